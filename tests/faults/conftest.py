"""The small city, for tests of faults."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.clocks import FixedClock
from tests.hazards.city import City, build_city
from tests.hazards.conftest import city, page_city

__all__ = ["city", "page_city", "sqlite_page_city"]


@pytest.fixture
def sqlite_page_city(sqlite_app: Flask, clock: FixedClock) -> City:
    """The small city once, on SQLite, for tests that fetch pages."""
    with sqlite_app.app_context():
        return build_city(clock())

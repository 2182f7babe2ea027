"""The small city, on each database and once on SQLite."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.clocks import FixedClock
from tests.hazards.city import City, build_city


@pytest.fixture
def city(context: Flask, clock: FixedClock) -> City:
    """The small city, with the application's context pushed (for operations)."""
    return build_city(clock())


@pytest.fixture
def sqlite_city(sqlite_context: Flask, clock: FixedClock) -> City:
    """The same once, on SQLite."""
    return build_city(clock())


@pytest.fixture
def page_city(app: Flask, clock: FixedClock) -> City:
    """The small city for tests that fetch pages; no context is left pushed."""
    with app.app_context():
        return build_city(clock())

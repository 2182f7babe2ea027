"""The small city of the register's tests, for inspecting."""

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
def page_city(app: Flask, clock: FixedClock) -> City:
    """The small city for tests that fetch pages with `client`."""
    with app.app_context():
        return build_city(clock())

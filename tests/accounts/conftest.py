"""The small world of accounts, on both databases and on SQLite alone."""

from __future__ import annotations

import pytest
from flask import Flask

from tests.accounts.world import World, build
from tests.clocks import FixedClock


@pytest.fixture
def world(app: Flask, clock: FixedClock) -> World:
    """The world on each database; no context is left pushed."""
    with app.app_context():
        return build(clock())


@pytest.fixture
def sqlite_world(sqlite_app: Flask, clock: FixedClock) -> World:
    """The world once, on SQLite."""
    with sqlite_app.app_context():
        return build(clock())

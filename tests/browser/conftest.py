"""A real server on each database and a real browser: Debian's Chromium, driven by Playwright.

Without Chromium these tests are skipped with one line; with CI=true that is a failure.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Playwright, sync_playwright

from core.db import db
from core.settings import Settings
from notices.fonts import install_fonts
from tests.browser.people import People
from tests.browser.running import CHROMIUM, launched, serving
from tests.clocks import FixedClock
from tests.hazards.city import PASSWORD, City, build_city
from tests.notices.cached_fonts import font_cache


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Playwright, once a module: its event loop would stand in the way of whatever runs one afterwards (signatures)."""
    if CHROMIUM is None:
        message = "Chromium is not installed: browser tests are skipped (Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests of a module."""
    started = launched(playwright)
    yield started
    started.close()


@pytest.fixture
def city(app: Flask, clock: FixedClock) -> City:
    """The small city."""
    with app.app_context():
        made = build_city(clock())
        db.session.remove()
        return made


@pytest.fixture
def documents(app: Flask, settings: Settings, request: pytest.FixtureRequest) -> Flask:
    """The application with fonts, so that it prints documents."""
    install_fonts(settings.instance / "fonts", cache=font_cache(request.config))
    return app


@pytest.fixture
def server(app: Flask) -> Iterator[str]:
    """The application on a real port of this machine; its address."""
    with serving(app) as address:
        yield address


@pytest.fixture
def people(browser: Browser, server: str, city: City) -> Iterator[People]:
    """Everybody of the city; no page may have had a script or policy error."""
    opened = People(browser, server, city.logins, PASSWORD)
    yield opened
    opened.close()
    assert opened.errors == []

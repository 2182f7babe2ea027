"""A real server on each database and a real browser: Debian's Chromium, driven by Playwright.

Without Chromium these tests are skipped with one line; with CI=true that is a failure.
"""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright
from werkzeug.serving import make_server

from core.db import db
from tests.clocks import FixedClock
from tests.hazards.city import PASSWORD, City, build_city

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE = {"width": 390, "height": 844}
DESK = {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """Playwright, once a session."""
    if CHROMIUM is None:
        message = "Chromium is not installed: browser tests are skipped (Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for all tests of this worker."""
    started = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
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
def server(app: Flask) -> Iterator[str]:
    """The application on a real port of this machine; its address."""
    running = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=running.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    thread.join(timeout=10)
    running.server_close()


@pytest.fixture
def contexts(browser: Browser, server: str) -> Iterator[list[BrowserContext]]:
    """Contexts a test opens; closed afterwards."""
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        context.close()


class People:
    """Opens a browser context signed in as somebody of the city, and watches for errors on every page."""

    def __init__(self, browser: Browser, server: str, city: City, contexts: list[BrowserContext]) -> None:
        self._browser, self._server, self._city, self._contexts = browser, server, city, contexts
        self.errors: list[str] = []
        self._pages: dict[tuple[str, bool], Page] = {}

    def page(self, who: str, *, phone: bool = False) -> Page:
        """A page of this person, signed in; the same one each time."""
        if (who, phone) not in self._pages:
            context = self._browser.new_context(
                base_url=self._server,
                viewport=PHONE if phone else DESK,  # type: ignore[arg-type]
                has_touch=phone,
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
            context.set_default_timeout(15_000)
            self._contexts.append(context)
            page = context.new_page()
            page.on("pageerror", lambda error: self.errors.append(str(error)))
            page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
            self._sign_in(page, who)
            self._pages[who, phone] = page
        return self._pages[who, phone]

    def _sign_in(self, page: Page, who: str) -> None:
        page.goto("/login")
        page.fill("input[name=login]", self._city.logins[who])
        page.fill("input[name=password]", PASSWORD)
        page.click("main button[type=submit]")
        page.wait_for_url("**/")


@pytest.fixture
def people(browser: Browser, server: str, city: City, contexts: list[BrowserContext]) -> Iterator[People]:
    """Everybody of the city, each in an own browser context; no page may have had a script or policy error."""
    opened = People(browser, server, city, contexts)
    yield opened
    assert opened.errors == []

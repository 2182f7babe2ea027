"""People at their browsers: who sits at the desk, who holds the phone, who has a browser of their own beside them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, ViewportSize, expect

from tests.accounts.world import token

PHONE: ViewportSize = {"width": 390, "height": 844}
DESK: ViewportSize = {"width": 1280, "height": 900}
PATIENCE = 30_000  # milliseconds; a loaded machine is slow, not wrong
expect.set_options(timeout=PATIENCE)


class People:
    """The people of the city at their browsers; keeps what any page reported as an error of script or policy.

    Signing in keeps a cookie for each person, so that a dozen of them can sit down one after the other at the same
    desk or take the same phone; `beside` opens another browser, for two who have a page open at the same time.
    """

    def __init__(self, browser: Browser, server: str, logins: Mapping[str, str], password: str) -> None:
        self._browser, self._server, self._logins, self._password = browser, server, logins, password
        self._contexts: list[BrowserContext] = []
        self._shared: dict[bool, Page] = {}
        self._cookies: dict[str, Any] = {}
        self.errors: list[str] = []

    def at_desk(self, who: str) -> Page:
        """The page of the desk, with this person before it."""
        return self._seated(who, phone=False)

    def on_phone(self, who: str) -> Page:
        """The page of the phone, in this person's hand."""
        return self._seated(who, phone=True)

    def beside(self, who: str, *, phone: bool = False, **options: Any) -> Page:
        """A page of this person's own, in a browser nobody else uses."""
        page = self._open(phone, **options)
        page.context.add_cookies(self._cookies_of(who))
        return page

    def stranger(self, *, phone: bool = False) -> Page:
        """A page before which nobody is signed in."""
        return self._open(phone)

    def forgive(self, words: str) -> None:
        """Errors with these words were meant to happen."""
        self.errors = [error for error in self.errors if words not in error]

    def close(self) -> None:
        """Close every browser."""
        for context in self._contexts:
            context.close()

    def _seated(self, who: str, *, phone: bool) -> Page:
        if phone not in self._shared:
            self._shared[phone] = self._open(phone)
        page = self._shared[phone]
        page.context.clear_cookies()
        page.context.add_cookies(self._cookies_of(who))
        return page

    def _open(self, phone: bool, **options: Any) -> Page:
        context = self._browser.new_context(
            base_url=self._server,
            viewport=PHONE if phone else DESK,
            has_touch=phone,
            locale="zh-CN",
            timezone_id="Asia/Shanghai",
            **options,
        )
        context.set_default_timeout(PATIENCE)
        self._contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", lambda said: self.errors.append(said.text) if said.type == "error" else None)
        return page

    def _cookies_of(self, who: str) -> Any:
        if who not in self._cookies:
            context = self._browser.new_context(base_url=self._server)
            shown = context.request.get("/login").text()
            typed: dict[str, Any] = {
                "csrf_token": token(shown),
                "login": self._logins[who],
                "password": self._password,
                "next": "",
            }
            answer = context.request.post("/login", form=typed, max_redirects=0)
            assert answer.status == 302, answer.text()[:500]
            self._cookies[who] = context.cookies()
            context.close()
        return self._cookies[who]

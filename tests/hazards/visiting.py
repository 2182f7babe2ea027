"""A person at a browser without script: opens pages, fills in the form that is there, sends what it holds.

Hidden fields, tokens and presets come from the page itself, as a browser would send them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.hazards.city import PASSWORD, photo

FILE = tuple[BytesIO, str]


def jpeg(colour: str = "green", name: str = "photo.jpg") -> FILE:
    """A small photo as an upload."""
    return BytesIO(photo(colour).data), name


@dataclass
class Form:
    """One POST form of a page: its address and what it would send untouched."""

    action: str
    values: dict[str, list[str]] = field(default_factory=dict)


class _Reader(HTMLParser):
    """Collects the forms of a page with their values, and its text."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._area: str | None = None
        self._select: str | None = None
        self._first_option = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag == "form":
            self.forms.append(Form(values.get("action") or ""))
        elif tag == "input" and self.forms:
            self._input(values)
        elif tag == "textarea":
            self._area = values.get("name")
            if self._area and self.forms:
                self.forms[-1].values[self._area] = [""]
        elif tag == "select":
            self._select, self._first_option = values.get("name"), True
        elif tag == "option" and self._select and self.forms:
            if self._first_option or "selected" in values:
                self.forms[-1].values[self._select] = [values.get("value") or ""]
            self._first_option = False

    def _input(self, values: dict[str, str | None]) -> None:
        name, kind = values.get("name"), values.get("type") or "text"
        if not name or kind in ("file", "submit"):
            return
        if kind in ("radio", "checkbox"):
            if "checked" in values:
                self.forms[-1].values.setdefault(name, []).append(values.get("value") or "on")
            return
        if kind == "hidden":  # one name may stand for each row of a table
            self.forms[-1].values.setdefault(name, []).append(values.get("value") or "")
            return
        self.forms[-1].values[name] = [values.get("value") or ""]

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area and self.forms:
            self.forms[-1].values[self._area][0] += data.removeprefix("\r\n").removeprefix("\n")
        self.words.append(data)


@dataclass
class Page:
    """What came back."""

    response: TestResponse
    url: str

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    @property
    def html(self) -> str:
        """The page as sent."""
        return self.response.get_data(as_text=True)

    @property
    def text(self) -> str:
        """Its words, blanks run together."""
        reader = _Reader()
        reader.feed(self.html)
        return " ".join(" ".join(reader.words).split())

    @property
    def forms(self) -> list[Form]:
        """Every form of the page."""
        reader = _Reader()
        reader.feed(self.html)
        return reader.forms

    @property
    def form(self) -> Form:
        """The form of the page itself: the one that is not for going out or searching."""
        reader = _Reader()
        reader.feed(self.html)
        own = [f for f in reader.forms if "csrf_token" in f.values and "logout" not in f.action]
        assert own, f"no form on {self.url}: {self.text[:300]}"
        return own[-1]


class Visitor:
    """One person at a browser."""

    def __init__(self, app: Flask, key: str) -> None:
        self.client: FlaskClient = app.test_client()
        self.key = key
        page = self.open("/login")
        answer = self.send(page, login=key, password=PASSWORD)
        assert answer.status == 302, answer.text[:500]

    def open(self, url: str) -> Page:
        """Fetch a page."""
        return Page(self.client.get(url, buffered=True), url)

    def send(self, page: Page, form: Form | None = None, **typed: Any) -> Page:
        """Send the page's form with what was typed; the answer itself, redirects not followed."""
        shown = form or page.form
        values: dict[str, Any] = dict(shown.values)
        values |= {name: value for name, value in typed.items() if value is not None}
        url = shown.action or page.url
        answer = self.client.post(url, data=values, content_type="multipart/form-data")
        return Page(answer, url)

    def follow(self, page: Page) -> Page:
        """Where a redirect leads."""
        assert page.status == 302, f"{page.status}: {page.text[:600]}"
        return self.open(page.response.headers["Location"])

    def fill(self, url: str, **typed: Any) -> Page:
        """Open a form, fill it in, send it, and follow."""
        page = self.open(url)
        assert page.status == 200, f"{page.status} {url}: {page.text[:600]}"
        return self.follow(self.send(page, **typed))

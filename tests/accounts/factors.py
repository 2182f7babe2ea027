"""A phone for tests: reads the secret off the page and shows the code of a moment, by the standard's own arithmetic."""

from __future__ import annotations

import hmac
import re
import struct
from base64 import b32decode
from datetime import datetime
from html import unescape

from flask import Flask
from flask.testing import FlaskClient

from tests.accounts.world import PASSWORD, log_in, text_of, token
from tests.clocks import FixedClock

SET_UP = "/me/second-factor/set-up"


class Phone:
    """Holds a secret, as text of the page."""

    def __init__(self, page: str) -> None:
        found = re.search(r'密钥：<span class="code">([A-Z2-7 ]+)</span>', page)
        assert found is not None, "the page shows no secret"
        self.secret = b32decode(found[1].replace(" ", ""))

    def code(self, now: datetime, steps: int = 0) -> str:
        """The six digits (RFC 4226, RFC 6238), `steps` time steps away."""
        counter = int(now.timestamp()) // 30 + steps
        digest = hmac.digest(self.secret, struct.pack(">Q", counter), "sha1")
        at = digest[-1] & 15
        return f"{(int.from_bytes(digest[at : at + 4]) & 0x7FFFFFFF) % 1_000_000:06d}"


def hidden_offer(page: str) -> str:
    """The sealed secret that travels with the form."""
    found = re.search(r'name="offer"[^>]*value="([^"]+)"', page)
    assert found is not None
    return unescape(found[1])


def set_up(client: FlaskClient, clock: FixedClock) -> tuple[Phone, list[str]]:
    """Set up a second factor in a signed-in browser: the phone, and the recovery codes."""
    page = text_of(client.get(SET_UP))
    phone = Phone(page)
    typed = {"offer": hidden_offer(page), "code": phone.code(clock()), "password": PASSWORD, "csrf_token": token(page)}
    answer = client.post(SET_UP, data=typed)
    assert answer.status_code == 200, text_of(answer)
    assert answer.headers["Cache-Control"] == "private, no-store"
    codes = re.findall(r"<li>([a-z2-9]{5}-[a-z2-9]{5})</li>", text_of(answer))
    assert len(set(codes)) == 10
    return phone, codes


def half_in(app: Flask, login: str) -> FlaskClient:
    """A browser in which the password was right and the code is asked."""
    client = app.test_client()
    answer = log_in(client, login)
    assert answer.location == "/login/code"
    return client


def send_code(client: FlaskClient, code: str) -> str:
    """Type a code: "" when signed in, else the page."""
    page = text_of(client.get("/login/code"))
    answer = client.post("/login/code", data={"csrf_token": token(page), "code": code})
    return "" if answer.status_code == 302 else text_of(answer)

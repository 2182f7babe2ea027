"""Every door is watched: a page needs a log-in unless its endpoint stands in the literal set here."""

from __future__ import annotations

from typing import Any, Final
from urllib.parse import urlsplit

from flask import Flask, flash, g, redirect, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import Unauthorized
from werkzeug.routing import IntegerConverter

from accounts import sessions
from accounts.access import actor_if_any, current_actor
from accounts.second_factor import must_have
from core.web import now, settings

# Open to everybody, each for its reason: what draws the log-in page, whether the server is well, proving a printed
# notice genuine, what the public may report and read, and a calendar at its secret address.
OPEN: Final = frozenset(
    {
        "static",
        "bootstrap.static",
        "core.healthz",
        "core.favicon",
        "accounts.login",
        "accounts.login_code",
        "accounts.feed",  # its secret is the key
        "help.log_in",
        "scanning.point",  # a risk point's label, the worker's report there, and what became of it
        "scanning.report",
        "scanning.follow",
        "notices.verify",
        "notices.verify_code",
        "complaints.new",
        "complaints.follow",
        "public.listed",
    }
)
# Open pages that look the same for everybody, so that nobody's session is read for them.
IMPERSONAL: Final = frozenset({"static", "bootstrap.static", "core.healthz", "core.favicon", "accounts.feed"})
# What somebody with a one-time password may open before having an own one.
BEFORE_CHANGE: Final = OPEN | {"accounts.password", "accounts.logout"}
# What somebody who must have a second factor may open before having one.
BEFORE_FACTOR: Final = BEFORE_CHANGE | {"accounts.set_up_factor", "accounts.still_here"}


class RowNumber(IntegerConverter):
    """A number in an address that a database can hold; a longer one is no address of ours (404)."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"max": 2**63 - 1, **kwargs})


def install(app: Flask) -> None:
    """Stand at the door of every request; before the rooms add their addresses."""
    app.url_map.converters["int"] = RowNumber
    app.before_request(_watch)
    app.teardown_request(sessions.put_down)


def _watch() -> ResponseReturnValue | None:
    if request.endpoint in IMPERSONAL:
        return None
    ended = sessions.take_up(now())
    if actor_if_any() is None:
        return _ask_who(ended)
    if g.must_change and request.endpoint not in BEFORE_CHANGE and request.endpoint is not None:
        return redirect(url_for("accounts.password"))
    return _lead_to_factor()


def _lead_to_factor() -> ResponseReturnValue | None:
    """Whoever must have a second factor and has not shown one in this session sets it up before anything else."""
    if sessions.has_shown_factor() or request.endpoint in BEFORE_FACTOR or request.endpoint is None:
        return None
    if not must_have(current_actor().roles, settings().second_factor):
        return None
    if request.path.startswith("/api/"):
        raise Unauthorized
    came_for = own_path(request.full_path) if request.method in ("GET", "HEAD") else "/"
    return redirect(url_for("accounts.set_up_factor", next=None if came_for == "/" else came_for))


def _ask_who(ended: str) -> ResponseReturnValue | None:
    if request.endpoint in OPEN or request.endpoint is None:
        return None
    if request.path.startswith("/api/"):
        raise Unauthorized
    if ended:
        flash(ended, "note")
    came_for = own_path(request.full_path if request.method in ("GET", "HEAD") else request.referrer)
    return redirect(url_for("accounts.login", next=None if came_for == "/" else came_for))


def own_path(url: str | None) -> str:
    """The path of an address of this very site, else the home page: nobody is sent elsewhere after the log-in."""
    if not url or any(ord(character) < 32 for character in url) or "\\" in url:
        return "/"
    parts = urlsplit(url)
    if parts.netloc and (parts.scheme not in ("http", "https") or parts.netloc != request.host):
        return "/"
    if (parts.scheme and not parts.netloc) or not parts.path.startswith("/") or parts.path.startswith("//"):
        return "/"
    return f"{parts.path}?{parts.query}" if parts.query else parts.path

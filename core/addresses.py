"""Addresses of pages, each worked out once: a page has a hundred, and working one out takes ten microseconds."""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from flask import Flask, has_request_context, request

KEPT: Final = 5000
PLAIN: Final = {str, int, type(None)}  # values of which equal ones give the same address


def install(app: Flask) -> None:
    """Let `url_for` remember what it answered, for pages and templates alike."""
    build = app.url_for

    @lru_cache(maxsize=KEPT)
    def remembered(_mounted_at: str, _blueprint: str | None, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return build(endpoint, **dict(values))

    def url_for(endpoint: str, **values: Any) -> str:
        if not has_request_context() or not PLAIN.issuperset(map(type, values.values())):
            return build(endpoint, **values)
        here = request.blueprint if endpoint.startswith(".") else None
        return remembered(request.root_path, here, endpoint, tuple(values.items()))

    app.url_for = url_for  # type: ignore[method-assign]
    app.jinja_env.globals["url_for"] = url_for

"""Answers that hold a secret: kept by no browser and no proxy on the way."""

from __future__ import annotations

from flask import Response, make_response


def keep_private(page: str, status: int) -> Response:
    """The page as an answer that nobody keeps."""
    answer = make_response(page, status)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

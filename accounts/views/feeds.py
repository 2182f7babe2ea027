"""The calendar at its secret address: /feeds/<secret>.ics, without a log-in."""

from __future__ import annotations

from flask import Response, request
from flask.typing import ResponseReturnValue

from accounts.feeds import calendar_for, tag_of
from accounts.views import accounts
from core.refusals import NotFound
from core.web import now


@accounts.get("/feeds/<secret>.ics")
def feed(secret: str) -> ResponseReturnValue:
    """What its owner must do by when; 304 where nothing changed."""
    try:
        content = calendar_for(secret[:100], now())
    except NotFound as refusal:  # asked by programs: words, no page
        return Response(refusal.sentence, 404, mimetype="text/plain")
    answer = Response(content, mimetype="text/calendar")
    answer.set_etag(tag_of(content))
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer.make_conditional(request)

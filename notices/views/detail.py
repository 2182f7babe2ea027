"""The page of one notice."""

from __future__ import annotations

from flask import render_template, request
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from notices.presenting.page import page_of
from notices.queries import notice_by_id
from notices.views.blueprint import blueprint


@blueprint.get("/notices/<int:notice_id>")
def detail(notice_id: int) -> ResponseReturnValue:
    """The notice; `?all=1` lists every step that this person cannot take."""
    page = page_of(notice_by_id(notice_id), current_actor())
    return render_template("notices/detail.html", page=page, shows_all=request.args.get("all") == "1")

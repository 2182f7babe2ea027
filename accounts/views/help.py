"""The handbook: /help/ with its chapters, search, pictures. The log-in's chapter is open before the log-in."""

from __future__ import annotations

from flask import Blueprint, render_template, request, send_from_directory
from flask.typing import ResponseReturnValue

from accounts.forms.base import clean
from core import handbook
from core.refusals import NotFound

blueprint = Blueprint("help", __name__, url_prefix=handbook.BASE)
BEFORE_LOG_IN = "login"


@blueprint.get("/")
def index() -> str:
    """Whom each chapter is for; with words, the sections that hold them."""
    sought = clean(request.args.get("q"))[:60]
    return render_template(
        "accounts/help.html",
        chapter=handbook.cover(),
        chapters=handbook.chapters(),
        sought=sought,
        hits=handbook.search(sought),
    )


@blueprint.get(f"/{BEFORE_LOG_IN}")
def log_in() -> str:
    """How to log in: the one chapter for whoever is not in yet."""
    return _shown(BEFORE_LOG_IN)


@blueprint.get("/<chapter>")
def read(chapter: str) -> str:
    """One chapter."""
    return _shown(chapter)


@blueprint.get("/pictures/<name>.png")
def picture(name: str) -> ResponseReturnValue:
    """A picture that stands in a chapter."""
    return send_from_directory(handbook.FOLDER / "pictures", f"{name}.png", max_age=3600)


def _shown(name: str) -> str:
    known = handbook.chapters()
    if name not in known:
        raise NotFound("手册里没有这一章。请从帮助的目录里找。")
    names = list(known)
    place = names.index(name)
    return render_template(
        "accounts/help_chapter.html",
        chapter=known[name],
        before=known[names[place - 1]] if place else None,
        after=known[names[place + 1]] if place + 1 < len(names) else None,
    )

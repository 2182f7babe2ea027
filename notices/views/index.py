"""The list of notices: /notices/."""

from __future__ import annotations

from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import SEES_WHOLE_ENTERPRISE, Actor, current_actor
from accounts.roles import Side
from core.days import shanghai_day
from core.web import now
from hazards.listing import count_words
from notices.presenting.listing import LONGEST_WORDS, View, asked_in, kind_choices, rows_of, views_for
from notices.queries import PAGE, Asked, counts_of, page_of
from notices.rules import kinds_drafted, kinds_taken
from notices.views.blueprint import blueprint
from notices.waiting import waiting_for_bar
from workflows.notices import NoticeKind, NoticeStatus

LONGEST_ID = 15  # digits; more are no id


@blueprint.get("/notices/")
def index() -> ResponseReturnValue:
    """Saved views with counts, search by number or addressee, fifty rows, newest first."""
    actor = current_actor()
    views = views_for(actor)
    view = _view(views, actor)
    kind, words = _asked_kind(), request.args.get("q", "").strip()[:LONGEST_WORDS]
    asked = asked_in(view, actor, kind=kind, words=words)
    figures = counts_of([asked, *(asked_in(one, actor) for one in views[:-1])])
    found, has_more = page_of(_before(asked))
    return render_template(
        "notices/index.html",
        view=view,
        views=_tabs(views, view, figures[1:]),
        rows=rows_of(found, shanghai_day(now())),
        words=words,
        kind=kind,
        kinds=kind_choices(actor),
        count=count_words(figures[0]),
        after=_link(view, kind, words, before=found[-1].id) if has_more else None,
        first=_link(view, kind, words) if asked_before() is not None else None,
        picks=_picks(view, actor),
        may_draft=bool(kinds_drafted(actor.roles)),
        may_word=actor.side is Side.REGULATOR,
        reads=actor.side is not Side.ENTERPRISE or actor.holds(*SEES_WHOLE_ENTERPRISE),
        page=PAGE,
    )


def _view(views: list[View], actor: Actor) -> View:
    """The view that was asked for; else what waits for this person, or everything where nothing does."""
    at_first = View.MINE if View.MINE in views and waiting_for_bar(actor) else views[-1]
    return next((one for one in views if one.value == request.args.get("view")), at_first)


def _tabs(views: list[View], view: View, figures: list[int]) -> list[tuple[str, str, str | None, bool]]:
    counted: list[str | None] = [count_words(figure) for figure in figures]
    return [
        (one.label, _link(one, None, ""), figure, one is view)
        for one, figure in zip(views, [*counted, None], strict=True)
    ]


def _picks(view: View, actor: Actor) -> list[tuple[str, str]]:
    """What this person may do with many of this view at once: the label and the name of the act."""
    if view in (View.MINE, View.REVIEWED) and kinds_taken(actor.roles, NoticeStatus.REVIEWED):
        return [("批量签发", "issue")]
    return [("批量打印", "print")] if view in (View.UNSERVED, View.ISSUED, View.RECEIVED, View.FINISHED) else []


def _asked_kind() -> NoticeKind | None:
    return next((kind for kind in NoticeKind if kind.value == request.args.get("kind")), None)


def asked_before() -> int | None:
    """The id after which an older page begins; what is no id asks for nothing."""
    text = request.args.get("before", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= LONGEST_ID else None


def _before(asked: Asked) -> Asked:
    return Asked(asked.statuses, asked.kind, asked.words, asked_before(), asked.also)


def _link(view: View, kind: NoticeKind | None, words: str, *, before: int | None = None) -> str:
    args: dict[str, Any] = {"view": view.value}
    args |= {"kind": kind.value} if kind is not None else {}
    args |= {"q": words} if words else {}
    args |= {"before": before} if before is not None else {}
    return url_for("notices.index", **args)

"""Help while a report is typed: likely clauses and earlier hazards as data for the script of the report form.

The same is on the form without script, behind its button. Both answer only whoever may report, on an enterprise the
person may report on, and only what that person may see.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response, jsonify, request, url_for

from accounts.access import current_actor
from accounts.models import Enterprise
from accounts.rules import SECTORS
from core.refusals import NotAllowed, NotFound
from hazards.candidates import candidates, close_clause
from hazards.duplicates import Earlier, likely_duplicates
from hazards.forms.cleaning import several_lines
from hazards.forms.judging import as_data, earlier_words
from hazards.forms.reporting import channels_of
from hazards.likeness import Said
from hazards.views.blueprint import blueprint
from hazards.views.reporting import enterprise_of

READ = 500  # characters of the text that are read while it is typed


@blueprint.get("/criteria/candidates")
def criteria_candidates() -> Response:
    """Clauses for a text, the likeliest first, each in pieces with what matches; and the one it is close to."""
    enterprise = _reported_on()
    sector = request.args.get("sector", "")
    where: dict[str, Any] = {
        "sector": sector if sector in SECTORS else enterprise.sector,
        "industry": enterprise.industry,
        "on": _day("found"),
    }
    text = _text("text")
    close = close_clause(text, **where)
    found = [as_data(candidate) for candidate in candidates(text, **where)]
    return _answer(candidates=found, close=as_data(close) if close is not None else None)


@blueprint.get("/likely-duplicates")
def duplicates() -> Response:
    """Earlier hazards of the enterprise that may be the one being typed: open ones, and closed ones."""
    enterprise = _reported_on()
    said = Said(_text("text"), _text("place"), _text("category"), _day("found"))
    found = likely_duplicates(enterprise.id, said)
    return _answer(
        open=[_as_data(one) for one in found if not one.is_closed],
        closed=[_as_data(one) for one in found if one.is_closed],
    )


def _reported_on() -> Enterprise:
    actor = current_actor()
    if not channels_of(actor):
        raise NotAllowed("您的角色不上报隐患，不能查找条款。")
    enterprise = enterprise_of(actor)
    if enterprise is None:
        raise NotFound("还没有选择企业。请先选企业，再写隐患。")
    return enterprise


def _as_data(earlier: Earlier) -> dict[str, str]:
    return {
        "number": earlier.number,
        "url": url_for("hazards.detail", number=earlier.number),
        "words": earlier_words(earlier),
    }


def _answer(**data: Any) -> Response:
    answer = jsonify(data)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _text(name: str) -> str:
    return several_lines(request.args.get(name, "")[:READ]) or ""


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, "")[:10])
    except ValueError:
        return None

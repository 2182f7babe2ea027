"""Risk points of an enterprise: the list with what is wrong now, the board, one point. /inspections/points, /board."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.models import Enterprise, OrgUnit
from accounts.queries import get_enterprise, search_enterprises, unit_subtree, units_tree
from accounts.roles import EXPORTERS, Role, Side
from core.days import shanghai_day
from core.db import db
from core.refusals import NotAllowed
from core.web import now
from hazards.forms.cleaning import member, one_line
from inspections.models import Checklist
from inspections.operations.open_reports import may_set
from inspections.operations.points import may_keep, units_kept
from inspections.queries.found import hazards_at, inspections_at, missed_at
from inspections.queries.points import PointRow, board, count_points, get_point, points_page, wrong_counts
from inspections.queries.tasks import late_points
from inspections.queries.wrong import MISSED_DAYS, WRONGS, PointsAsked, Wrong, wrong_at
from inspections.rules import PointKind, RiskGrade
from inspections.views.blueprint import blueprint
from inspections.views.firm import number_asked

NO_UNIT: Final = "none"  # the filter for points of no unit
FOUND: Final = 20
READERS: Final = "本企业班组长以上人员和监管部门"


@dataclass(frozen=True, slots=True)
class Here:
    """The enterprise whose points are looked at, its units by id, and what is asked for."""

    firm: Enterprise
    units: Mapping[int, str]
    asked: PointsAsked
    unit: str
    is_own: bool

    def url(self, endpoint: str = "inspections.points", **more: Any) -> str:
        """A page of these points; a regulator's says whose they are."""
        own: dict[str, Any] = {} if self.is_own else {"enterprise": self.firm.id}
        return url_for(endpoint, **own, **{name: value for name, value in more.items() if value not in ("", None)})

    def filters(self) -> dict[str, Any]:
        """What is asked for, as an address holds it."""
        asked = self.asked
        return {
            "q": asked.q,
            "unit": self.unit,
            "grade": asked.grade.value if asked.grade else "",
            "kind": asked.kind.value if asked.kind else "",
            "wrong": asked.wrong,
            "retired": "1" if asked.retired else "",
        }


def reader() -> Actor:
    """Whoever reads risk points; a worker meets them by their labels."""
    actor = current_actor()
    if actor.side is Side.SYSTEM or actor.roles <= {Role.WORKER}:
        raise NotAllowed(f"风险点由{READERS}查看。要上报隐患，请扫风险点上的二维码，或到「上报」。")
    return actor


def here() -> Here | None:
    """The enterprise asked for, with what is asked of it; None where a regulator has not chosen one yet."""
    actor = reader()
    enterprise_id = actor.enterprise_id or number_asked("enterprise")
    if enterprise_id is None:
        return None
    firm = get_enterprise(enterprise_id)
    units = {row.unit.id: row.unit.name for row in units_tree(firm.id, active=False)}
    unit = request.args.get("unit", "")
    unit_id = number_asked("unit")
    chosen = unit_subtree(firm.id, unit_id) if unit_id is not None and unit_id in units else None
    wrong = request.args.get("wrong", "")
    asked = PointsAsked(
        firm.id,
        shanghai_day(now()),
        q=one_line(request.args.get("q", "")[:100]),
        unit_ids=chosen,
        no_unit=unit == NO_UNIT,
        grade=member(RiskGrade, request.args.get("grade")),
        kind=member(PointKind, request.args.get("kind")),
        wrong=wrong if wrong in WRONGS else "",
        retired=request.args.get("retired") == "1",
        late=late_points(firm.id, now=now()),
    )
    shown = unit if chosen is not None or unit == NO_UNIT else ""
    return Here(firm, units, asked, shown, actor.enterprise_id is not None)


def choose_enterprise(endpoint: str, title: str) -> ResponseReturnValue:
    """Ask a regulator whose points to show."""
    sought = one_line(request.args.get("q", "")[:100])
    found = search_enterprises(sought, limit=FOUND)
    return render_template(
        "inspections/points_enterprise.html", q=sought, rows=found.rows, endpoint=endpoint, title=title
    )


def picked_points(at: Here) -> PointsAsked:
    """The points in use that are asked for, or those picked of them."""
    picks = frozenset(
        int(one) for one in request.args.getlist("pick") if one.isascii() and one.isdigit() and len(one) < 12
    )
    return replace(at.asked, ids=picks or None, retired=False)


@blueprint.get("/points/")
def points() -> ResponseReturnValue:
    """The list, the gravest first, by key."""
    at = here()
    if at is None:
        return choose_enterprise("inspections.points", "风险点")
    actor = current_actor()
    page = points_page(at.asked, _key())
    after = f"{page.after[0]}-{page.after[1]}" if page.after else None
    kept = units_kept(actor) if at.is_own else frozenset()
    return render_template(
        "inspections/points.html",
        at=at,
        rows=page.rows,
        total=count_points(at.asked),
        after=at.url(**at.filters(), after=after) if after else None,
        is_first=_key() is None,
        selects=_selects(at),
        picked=_picked(at),
        may_add=kept is None or bool(kept),
        keeps_all=kept is None,
        may_take_out=actor.holds(*EXPORTERS),
        may_set=may_set(actor, at.firm.id),
    )


@blueprint.get("/board")
def points_board() -> ResponseReturnValue:
    """How many points of which unit and grade, and what is wrong now; every figure leads to its list."""
    at = here()
    if at is None:
        return choose_enterprise("inspections.points_board", "风险点看板")
    squares = board(at.asked)
    rows: dict[int | None, dict[RiskGrade, Any]] = {}
    for square in squares:
        rows.setdefault(square.unit_id, {})[square.grade] = square
    order = [*(unit for unit in at.units if unit in rows), *(unit for unit in rows if unit not in at.units)]
    totals = {
        g: (sum(s.points for s in squares if s.grade is g), sum(s.wrong for s in squares if s.grade is g))
        for g in RiskGrade
    }
    return render_template(
        "inspections/board.html",
        at=at,
        rows=[(unit, at.units.get(unit, "不分部门") if unit else "不分部门", rows[unit]) for unit in order],
        totals=totals,
        counts=wrong_counts(at.asked),
        wrongs=WRONGS,
        grades=tuple(RiskGrade),
        worst=_worst(at),
        missed_days=MISSED_DAYS,
    )


@blueprint.get("/points/<int:point_id>")
def point(point_id: int) -> ResponseReturnValue:
    """One point: what it is, its measures, what was found there, by which inspections it was looked at."""
    actor = reader()
    found = get_point(point_id, controls=True)
    firm = get_enterprise(found.enterprise_id)
    asked = PointsAsked(firm.id, shanghai_day(now()), late=late_points(firm.id, now=now()))
    open_ones, more_open = hazards_at(found.id, open_ones=True, after=number_asked("open"))
    past, more_past = hazards_at(found.id, open_ones=False, after=number_asked("past"))
    return render_template(
        "inspections/point.html",
        point=found,
        firm=firm,
        unit=db.session.get(OrgUnit, found.unit_id) if found.unit_id else None,
        checklist=db.session.get(Checklist, found.checklist_id) if found.checklist_id else None,
        wrong=wrong_at([found.id], asked).get(found.id, Wrong()),
        controls=[one for one in found.controls if one.struck_at is None],
        struck=[one for one in found.controls if one.struck_at is not None],
        failed={one.control_id for one in open_ones if one.control_id is not None},
        open_ones=open_ones,
        more_open=more_open,
        past=past,
        more_past=more_past,
        inspections=inspections_at(found),
        missed=missed_at(found),
        may_keep=may_keep(actor, found.enterprise_id, found.unit_id),
        may_report=actor.enterprise_id == found.enterprise_id and found.active,
        is_own=actor.enterprise_id is not None,
    )


def _worst(at: Here) -> list[PointRow]:
    """Those with a major hazard first, then the others where something is wrong."""
    found: dict[int, PointRow] = {}
    for wrong in ("major", "any"):
        asked = PointsAsked(at.firm.id, at.asked.today, wrong=wrong, late=at.asked.late)
        for row in points_page(asked, limit=FOUND).rows:
            found.setdefault(row.point.id, row)
    return list(found.values())[:FOUND]


# --- parts -------------------------------------------------------------------------------------------------------


def _selects(at: Here) -> list[dict[str, Any]]:
    filters = at.filters()
    named = [(str(unit), name) for unit, name in at.units.items()]
    choices = (
        ("unit", "全部部门", [*named, (NO_UNIT, "不分部门")]),
        ("grade", "全部等级", [(grade.value, grade.label) for grade in RiskGrade]),
        ("kind", "全部类型", [(kind.value, kind.label) for kind in PointKind]),
        ("wrong", "不论有无问题", list(WRONGS.items())),
    )
    return [{"name": n, "label": label, "options": options, "value": filters[n]} for n, label, options in choices]


def _picked(at: Here) -> list[tuple[str, str]]:
    """The conditions as chips, each with the address without it."""
    filters, asked = at.filters(), at.asked
    words = {
        "q": f"“{asked.q}”",
        "unit": "不分部门" if at.unit == NO_UNIT else at.units.get(number_asked("unit") or 0, ""),
        "grade": asked.grade.label if asked.grade else "",
        "kind": asked.kind.label if asked.kind else "",
        "wrong": WRONGS.get(asked.wrong, ""),
        "retired": "已停用",
    }
    return [(words[name], at.url(**(filters | {name: ""}))) for name, value in filters.items() if value]


def _key() -> tuple[int, int] | None:
    rank, _, row = request.args.get("after", "").partition("-")
    digits = all(part.isascii() and part.isdigit() and len(part) < 12 for part in (rank, row))
    return (int(rank), int(row)) if digits else None

"""Facts about inspecting by place, sector, enterprise or unit, and the lists behind: /inspections/facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from flask import render_template, request, url_for
from sqlalchemy import select

from accounts.access import Actor, current_actor
from accounts.models import Region
from accounts.queries import get_enterprise, get_unit
from accounts.roles import Role, Side
from accounts.rules import SECTORS
from core.days import shanghai_day
from core.db import db
from core.refusals import NotAllowed, NotFound
from core.web import now
from hazards.forms.cleaning import member
from inspections.queries import behind as lists
from inspections.queries import facts
from inspections.queries.facts import Asked, Fact, Figures
from inspections.views.blueprint import blueprint
from inspections.views.firm import number_asked
from workflows.vocabulary import Tier

BY: Final = {"region": "按区域", "sector": "按行业", "enterprise": "按企业", "unit": "按部门、班组"}
MONTHS_BACK: Final = 24
FIRST_MONTH: Final = date(2000, 1, 1)
OF_REGIONS: Final[dict[str, Any]] = dict.fromkeys(("region", "by", "missed", "own", "sector"))
READERS: Final = "本企业班组长以上人员和监管部门"


@dataclass(frozen=True, slots=True)
class Looked:
    """What the page is asked for: of what, grouped how."""

    asked: Asked
    by: str
    place: str
    name: str
    region_code: str


@blueprint.get("/facts")
def facts_page() -> str:
    """Due, done, late, missed, found, overlooked, moved up: one line for each part, each figure a door to its list."""
    actor = reader()
    looked = _looked(actor)
    more = None
    if looked.by == "unit":
        rows = facts.by_unit(looked.asked, number_asked("after"))
        if len(rows) > facts.PAGE:
            rows = rows[: facts.PAGE]
            more = _url(looked, after=rows[-1].key)
    elif looked.by == "enterprise":
        page = facts.by_enterprise(looked.asked, _after_enterprise())
        rows = page.rows
        more = _url(looked, after=f"{page.after[1]}|{page.after[0]}") if page.after else None
    else:
        rows = facts.by_region(looked.asked) if looked.by == "region" else facts.by_sector(looked.asked)
    return render_template(
        "inspections/facts.html",
        looked=looked,
        rows=[
            (row, _row_url(looked, row), [(row.of(fact), _cell_url(looked, row, fact)) for fact in Fact])
            for row in rows
        ],
        total=_total(looked),
        facts=list(Fact),
        ways=_ways(looked),
        months=months_offered(),
        tiers=list(Tier),
        sectors=SECTORS,
        more=more,
    )


@blueprint.get("/facts/<what>")
def facts_list(what: str) -> str:
    """The list behind one figure of one enterprise."""
    actor = reader()
    fact = member(Fact, what)
    if fact is None:
        raise NotFound("没有这个数字的清单。请从排查情况页点数字打开。")
    looked = _looked(actor)
    if looked.asked.enterprise_id is None:
        raise NotFound("这份清单要先选企业。请在排查情况里点企业名称。")
    duties, hazards, more = [], [], None
    if fact in lists.OF_DUTIES:
        duties = lists.duties(fact, looked.asked, _after_duty())
        if len(duties) > lists.PAGE:
            last = duties[lists.PAGE - 1]
            after = f"{last.period_last.isoformat()}|{last.kind}|{last.id}"
            more = _url(looked, "inspections.facts_list", what=what, after=after)
    else:
        hazards = lists.hazards(fact, looked.asked, number_asked("before"))
        if len(hazards) > lists.PAGE:
            more = _url(looked, "inspections.facts_list", what=what, before=hazards[lists.PAGE - 1].id)
    return render_template(
        "inspections/facts_list.html",
        looked=looked,
        fact=fact,
        total=facts.total(looked.asked).of(fact),
        duties=duties[: lists.PAGE],
        hazards=hazards[: lists.PAGE],
        more=more,
        back=_url(looked, unit=None),
    )


def reader() -> Actor:
    """Whoever reads facts: regulators, and of an enterprise those who answer for a unit or the whole."""
    actor = current_actor()
    if actor.side is Side.SYSTEM or actor.roles <= {Role.WORKER}:
        raise NotAllowed(f"排查情况由{READERS}查看。")
    return actor


# --- what is asked ---------------------------------------------------------------------------------------------


def _looked(actor: Actor) -> Looked:
    asked = Asked(asked_month(), member(Tier, request.args.get("tier")))
    if actor.enterprise_id is not None:
        return _of_enterprise(asked, actor.enterprise_id)
    enterprise = number_asked("enterprise")
    if enterprise is not None:
        return _of_enterprise(asked, enterprise)
    region = _region(actor)
    sector = request.args.get("sector", "")
    asked = replace(asked, region_path=region.path, sector=sector if sector in SECTORS else None)
    by = request.args.get("by", "region")
    by = by if by in ("region", "sector", "enterprise") else "region"
    firms = by == "enterprise"
    own = firms and request.args.get("own") == "1"
    asked = replace(asked, missed_only=firms and request.args.get("missed") == "1", own_only=own)
    return Looked(asked, by, region.path, f"{region.name}{facts.OWN_LABEL if own else ''}", region.code)


def _of_enterprise(asked: Asked, enterprise_id: int) -> Looked:
    firm = get_enterprise(enterprise_id)
    unit = number_asked("unit")
    name = firm.name
    if unit:
        name = f"{firm.name} · {get_unit(firm.id, unit).name}"
    elif unit == 0:
        name = f"{firm.name} · {facts.WHOLE_LABEL}"
    return Looked(replace(asked, enterprise_id=firm.id, unit_id=unit), "unit", firm.region_path, name, "")


def _region(actor: Actor) -> Region:
    code = request.args.get("region", "")[:12]
    own = actor.region_path or ""
    wanted = select(Region).where(Region.code == code) if code else select(Region).where(Region.path == own)
    found = db.session.scalar(wanted)
    if found is None or not found.path.startswith(own):
        raise NotFound("找不到这个区域，或者它不在您的管辖范围内。请核对。")
    return found


def month_asked() -> date | None:
    """The month of the address, begun and no older than any record; None for anything else."""
    try:
        month = date.fromisoformat(f"{request.args.get('month', '')[:7]}-01")
    except ValueError:
        return None
    return month if FIRST_MONTH <= month <= shanghai_day(now()) else None


def asked_month() -> date:
    """The same; this month where none is asked for."""
    return month_asked() or shanghai_day(now()).replace(day=1)


def _after_enterprise() -> tuple[str, int] | None:
    number, _, path = request.args.get("after", "").partition("|")
    return (path[:80], int(number)) if path and number.isascii() and number.isdigit() and len(number) < 16 else None


def _after_duty() -> tuple[date, str, int] | None:
    day, _, rest = request.args.get("after", "").partition("|")
    kind, _, number = rest.partition("|")
    try:
        return (date.fromisoformat(day), kind, int(number[:15])) if kind in (lists.DONE, lists.MISSED) else None
    except ValueError:
        return None


# --- where figures lead ----------------------------------------------------------------------------------------


def _url(looked: Looked, endpoint: str = "inspections.facts_page", **changes: Any) -> str:
    asked = looked.asked
    given: dict[str, Any] = {
        "month": f"{asked.month:%Y-%m}",
        "tier": asked.tier.value if asked.tier else None,
        "sector": asked.sector,
    }
    if asked.enterprise_id is not None:
        given |= {"enterprise": asked.enterprise_id, "unit": asked.unit_id}
    else:
        given |= {"region": looked.region_code, "by": looked.by}
        given |= {"missed": "1" if asked.missed_only else None, "own": "1" if asked.own_only else None}
    return url_for(endpoint, **(given | changes))


def _row_url(looked: Looked, row: Figures) -> str | None:
    if looked.by == "unit":
        return url_for(
            "inspections.calendar",
            enterprise=looked.asked.enterprise_id,
            unit=row.key,
            month=f"{looked.asked.month:%Y-%m}",
        )
    if looked.by == "enterprise":
        return _url(looked, enterprise=row.key, **OF_REGIONS)
    if looked.by == "sector":
        return _url(looked, by="enterprise", sector=row.key or None)
    code = row.key.rstrip("/").rpartition("/")[2]
    return _url(looked, region=code) if row.key != looked.place else None


def _cell_url(looked: Looked, row: Figures, fact: Fact) -> str | None:
    if not row.of(fact):
        return None
    if looked.by == "unit":
        return _url(looked, "inspections.facts_list", what=fact.value, unit=row.key)
    if looked.by == "enterprise":
        return _url(looked, "inspections.facts_list", what=fact.value, enterprise=row.key, **OF_REGIONS)
    missed = "1" if fact is Fact.MISSED else None
    if looked.by == "sector":
        return _url(looked, by="enterprise", sector=row.key or None, missed=missed)
    own = "1" if row.key == looked.place else None
    return _url(looked, by="enterprise", region=row.key.rstrip("/").rpartition("/")[2], missed=missed, own=own)


def _total(looked: Looked) -> tuple[Figures, list[tuple[int, str | None]]]:
    """The whole, each figure with its door; also where only those that missed something are listed."""
    whole = facts.total(replace(looked.asked, missed_only=False))
    cells = []
    for fact in Fact:
        url = None
        if whole.of(fact) and looked.asked.enterprise_id is not None:
            url = _url(looked, "inspections.facts_list", what=fact.value)
        elif whole.of(fact):
            url = _url(looked, by="enterprise", missed="1" if fact is Fact.MISSED else None)
        cells.append((whole.of(fact), url))
    return whole, cells


def _ways(looked: Looked) -> list[tuple[str, str, None, bool]]:
    """The groupings as tabs; for one enterprise there is one."""
    if looked.by == "unit":
        return []
    tabs = [(label, _url(looked, by=by, missed=None, own=None), None, by == looked.by and not looked.asked.missed_only)
            for by, label in BY.items() if by != "unit"]  # fmt: skip
    return [*tabs, ("未开展排查", _url(looked, by="enterprise", missed="1", own=None), None, looked.asked.missed_only)]


def months_offered() -> list[str]:
    """This month and those before, as addresses hold them."""
    today = shanghai_day(now())
    numbers = (today.year * 12 + today.month - 1 - back for back in range(MONTHS_BACK))
    return [f"{number // 12}-{number % 12 + 1:02d}" for number in numbers]

"""Ledger `statistics` 隐患排查治理情况统计表: what was found in a period and became of it, by 行业领域 (domain.md §8).

What each figure counts [design; the printed form names its columns and says no more]:

* A hazard counts in the period in which it was found; one that was reported only after that period was over counts in
  the period of its report, so that months add up. An imported one counts by the day its file says. What was dismissed
  is no hazard. Grade and state are those of the period's last instant (§8), so a form is the same whenever printed.
* 已整改 is at least verified, as the lists of §4 count it; 已整改销号 is closed. Both of the hazards counted beside
  them, so that a rate never exceeds 100.
* 排查单位数: enterprises that finished an inspection in the period, or reported a hazard of their own that it counts.
* 列入治理计划的: of the major ones beside them those not closed that have a plan, written or brought by a file; each
  of its five points (五到位, §1) is counted by itself.
* 累计 counts from 1 January of the year in which the period ends.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Any, Final, NamedTuple

from sqlalchemy import BigInteger, ColumnElement, and_, case, cast, func, or_, select

from core.db import db
from hazards.models import Hazard
from inspections.models import Inspection
from inspections.rules import InspectionState
from reports.rules import Period
from reports.sheet import Column, LedgerLayout
from reports.standing import (
    READ_AT_ONCE,
    VERSION,
    VERSIONS,
    LedgerScope,
    of_place,
    of_scope,
    sector_of,
    sectors_listed,
    stood_before,
)
from workflows.vocabulary import Channel, Grade, State

NO_RATE: Final = "—"
TOTAL: Final = "合计"


class StatisticsRow(NamedTuple):
    """One line: a 行业领域, the sum, or the words of what follows with nothing else in the line."""

    industry: str
    units: int | None = None
    general: int | None = None
    general_rectified: int | None = None
    general_rate: Decimal | str | None = None
    major: int | None = None
    major_closed: int | None = None
    major_rate: Decimal | str | None = None
    planned: int | None = None
    planned_target: int | None = None
    planned_money: int | None = None
    planned_people: int | None = None
    planned_time: int | None = None
    planned_safety: int | None = None
    planned_fen: int | None = None


_GENERAL, _MAJOR, _PLANNED = "一般隐患", "重大隐患", "列入治理计划的"
_POINTS: Final[dict[str, tuple[str, str]]] = {
    "planned_target": ("落实目标任务", "plan_measures"),
    "planned_money": ("落实经费物资", "plan_money_fen"),
    "planned_people": ("落实机构人员", "plan_responsibility"),
    "planned_time": ("落实时间要求", "plan_deadline"),
    "planned_safety": ("落实安全措施应急预案", "plan_contingency"),
}
"""The five points: their columns, and where the plan says them."""


def _number(key: str, heading: str, unit: str, *above: str) -> Column:
    rate_or_money = {"%": "number", "万元": "money_wan"}
    kind: Any = rate_or_money.get(unit, "integer")
    return Column(key, heading, kind, 10 if kind == "money_wan" else 8.4, above=above, unit=unit)


STATISTICS = LedgerLayout(
    code="statistics",
    name="隐患排查治理情况统计表",
    title_template="{period}隐患排查治理情况统计表",
    columns=(
        Column("industry", "行业和领域", width=17),
        _number("units", "排查单位数", "家", _GENERAL),
        _number("general", "隐患数", "项", _GENERAL),
        _number("general_rectified", "已整改数", "项", _GENERAL),
        _number("general_rate", "整改率", "%", _GENERAL),
        _number("major", "隐患数", "项", _MAJOR),
        _number("major_closed", "已整改销号数", "项", _MAJOR),
        _number("major_rate", "整改率", "%", _MAJOR),
        _number("planned", "隐患数", "项", _PLANNED),
        *(_number(key, heading, "项", _PLANNED, "其中") for key, (heading, _) in _POINTS.items()),
        _number("planned_fen", "累计落实资金", "万元", _PLANNED),
    ),
    sign_off=("单位负责人(签字)", "填表人(签字)"),
    notes=(
        "注：隐患按发现日期计入，跨期上报的计入上报的一期；等级和状态为统计期末的情况，不予认定的不计。",
        "“已整改数”为已验收和已销号的；“列入治理计划的”为其中未销号、有整改方案的；同一单位在一行中只计一家。",
    ),
    called="本表",
    counted="行",
    paper="A4",
    head_line=("填报单位(章)：{office}", "统计范围：{scope}", "数据截至：{until}24时", "{filled}"),
    is_form=True,
)
"""The columns of domain.md §8, form 3."""


def statistics_rows(period: Period, scope: LedgerScope, *, limit: int | None = None) -> Iterator[StatisticsRow]:
    """本期, then 累计 where that is something else: each its words, a line for every 行业领域, and the sum."""
    return islice(_rows(period, scope), limit)


def _rows(period: Period, scope: LedgerScope) -> Iterator[StatisticsRow]:
    year = Period(date(period.last_day.year, 1, 1), period.last_day)
    if year.first_day < period.first_day:
        yield from _section(f"本期：{period.label}", period, scope)
        yield from _section(f"累计：{year.label}", year, scope)
    else:
        yield from _section(f"本期（同累计）：{period.label}", period, scope)


def _section(words: str, period: Period, scope: LedgerScope) -> Iterator[StatisticsRow]:
    sums, looked = _counted(period, scope)
    named = sectors_listed(scope) if scope.enterprise_id is None else []
    yield StatisticsRow(words)
    for sector in named + sorted((sums.keys() | looked.keys()) - set(named)):
        yield _row(sector, looked[sector], sums[sector])
    together = sum(sums.values(), Counter())
    yield _row(TOTAL, set[int]().union(*looked.values()), together)


def _row(name: str, looked: set[int], counted: Counter[str]) -> StatisticsRow:
    sums = {key: counted[key] for key in _SUMS}
    return StatisticsRow(
        industry=name,
        units=len(looked),
        general_rate=rate(sums["general_rectified"], sums["general"]),
        major_rate=rate(sums["major_closed"], sums["major"]),
        **sums,
    )


def rate(part: int, whole: int) -> Decimal | str:
    """In per cent with one decimal; — over nothing."""
    if not whole:
        return NO_RATE
    return (Decimal(100 * part) / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


# --- what is counted -------------------------------------------------------------------------------------------

_hazards: Final[Any] = Hazard.__table__
_inspections: Final[Any] = Inspection.__table__.c
_SUMS: Final = ("general", "general_rectified", "major", "major_closed", "planned", *_POINTS, "planned_fen")


def _counted_within(period: Period) -> ColumnElement[bool]:
    """Found in it, or found before and reported in it; an imported one by the day of its file alone."""
    found, hazard = VERSION.content["found_on"].as_string(), _hazards.c
    reported = hazard.reported_at >= period.begins
    here = or_(found >= period.first_day.isoformat(), and_(~hazard.imported, reported))
    return or_(and_(found <= period.last_day.isoformat(), here), and_(found.is_(None), reported))


def _counted(period: Period, scope: LedgerScope) -> tuple[defaultdict[str, Counter[str]], defaultdict[str, set[int]]]:
    """Of each 行业领域 the sums, and which enterprises looked for hazards.

    One way through the versions for both, since that is what a form over a city takes its time for.
    """
    sums: defaultdict[str, Counter[str]] = defaultdict(Counter)
    looked: defaultdict[str, set[int]] = defaultdict(set)
    for row in db.session.execute(_hazards_by_firm(period, scope).execution_options(yield_per=READ_AT_ONCE)):
        sums[row.kind].update({name: int(getattr(row, name)) for name in _SUMS})
        if row.own:
            looked[row.kind].add(row.enterprise_id)
    for row in db.session.execute(_inspected(period, scope).execution_options(yield_per=READ_AT_ONCE)):
        looked[row.kind].add(row.enterprise_id)
    return sums, looked


def _hazards_by_firm(period: Period, scope: LedgerScope) -> Any:
    """The sums of each 行业领域 and enterprise that has any, and whether it reported one of its own."""
    content, is_hazard = VERSION.content, VERSION.state != State.DISMISSED
    is_major, is_general = and_(is_hazard, VERSION.grade == Grade.MAJOR), and_(is_hazard, VERSION.grade != Grade.MAJOR)
    own = content["channel"].as_string() == Channel.SELF_INSPECTION.value
    points = {key: content[said].as_string().is_not(None) for key, (_, said) in _POINTS.items()}
    is_planned = and_(is_major, VERSION.state != State.CLOSED, or_(*points.values()))
    flags = {
        "general": is_general,
        "general_rectified": and_(is_general, VERSION.state.in_((State.VERIFIED, State.CLOSED))),
        "major": is_major,
        "major_closed": and_(is_major, VERSION.state == State.CLOSED),
        "planned": is_planned,
        "own": own,
    } | {key: and_(is_planned, has_it) for key, has_it in points.items()}
    money = cast(content["plan_money_fen"].as_string(), BigInteger)
    amounts = [case((flag, 1), else_=0).label(name) for name, flag in flags.items()]
    amounts.append(case((is_planned, func.coalesce(money, 0)), else_=0).label("planned_fen"))
    each = (
        select(sector_of(VERSION).label("kind"), VERSION.enterprise_id, *amounts)
        .select_from(VERSIONS.join(_hazards, _hazards.c.id == VERSION.hazard_id))
        .where(stood_before(VERSION, period.ends), of_scope(VERSION, scope), _counted_within(period))
        .where(or_(is_hazard, own))
        .subquery()
    )
    keys = (each.c.kind, each.c.enterprise_id)
    return select(*keys, *(func.sum(each.c[name]).label(name) for name in (*_SUMS, "own"))).group_by(*keys)


def _inspected(period: Period, scope: LedgerScope) -> Any:
    """The enterprises that finished an inspection in the period, by 行业领域."""
    wanted = select(sector_of(_inspections).label("kind"), _inspections.enterprise_id).where(
        _inspections.state == InspectionState.FINISHED,
        _inspections.finished_at >= period.begins,
        _inspections.finished_at < period.ends,
        of_place(_inspections, scope),
    )
    return wanted.distinct()

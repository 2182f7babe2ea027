"""Ledger `problems` 问题清单(晾晒表): the stock of major hazards of each region and 行业领域, and what moved it.

期初存量 + 新增 + 转入 − 转出 − 销号 − 核减 = 期末存量, in every line and in the sums (counted in `stock_moves.py`).
What came and went again in between (closed and reopened, graded up and down again) moved nothing; what was reported
and closed within the period is one 新增 and one 销号. 转入/转出 are hazards that lay elsewhere, or in another 行业领域,
when the period began: an enterprise that moves takes them along (domain.md §3).

新增: reported in the period, brought by an import, graded up, or reopened. 核减: 不予认定, or graded down.
按期: rectified by the deadline in force, as 逾期 is counted everywhere. 平均用时: from the day found to the day closed.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from itertools import islice
from typing import Final, NamedTuple

from sqlalchemy import select

from accounts.models import Enterprise, Region
from accounts.rules import SECTORS
from core.db import db
from inspections.queries.facts import OWN_LABEL
from reports.rules import Period
from reports.sheet import Column, LedgerLayout
from reports.standing import LedgerScope, Reader
from reports.statistics_ledger import NO_RATE, TOTAL, rate
from reports.stock_moves import AMOUNTS, At, Moved, moves

SUBTOTAL: Final = "小计"
Key = tuple[str, str]
"""Path of a part of the region, and 行业领域; without the latter a subtotal."""
_TOTAL_KEY: Final[Key] = (TOTAL, "")


class ProblemRow(NamedTuple):
    """One line: a part of the region and a 行业领域, a subtotal or the total."""

    region: str
    sector: str
    start: int
    fresh: int
    moved_in: int
    moved_out: int
    closed: int
    removed: int
    stock: int
    on_time: int
    overdue: int
    closure_rate: Decimal | str
    mean_days: Decimal | str
    self_found_rate: Decimal | str
    untold: int
    penalised: int


def _count(key: str, heading: str, width: float = 7.5) -> Column:
    return Column(key, heading, "integer", width)


def _figure(key: str, heading: str) -> Column:
    return Column(key, heading, "number", 9)


PROBLEMS = LedgerLayout(
    code="problems",
    name="问题清单",
    title_template="{period}重大事故隐患问题清单(晾晒表)",
    columns=(
        Column("serial", "序号", "serial", 5),
        Column("region", "区域", width=16),
        Column("sector", "行业领域", width=12),
        _count("start", "期初存量"),
        _count("fresh", "新增"),
        _count("moved_in", "转入"),
        _count("moved_out", "转出"),
        _count("closed", "销号"),
        _count("removed", "核减"),
        _count("stock", "期末存量"),
        _count("on_time", "按期销号"),
        _count("overdue", "逾期"),
        _figure("closure_rate", "销号率(%)"),
        _figure("mean_days", "平均用时(天)"),
        _figure("self_found_rate", "自查发现占比(%)"),
        _count("untold", "未告知", 8),
        _count("penalised", "处罚(项)", 8),
    ),
    sign_off=("审核人", "填表人", "联系电话", "单位负责人(签字)"),
    notes=(
        "注：期初存量＋新增＋转入－转出－销号－核减＝期末存量；“核减”为不予认定、调整为一般的；“逾期”“未告知”为期末存量中的。",
        "“销号率”为销号占销号与期末存量之和的比例；“自查发现占比”为新增中企业自查上报的；“处罚”为 0 的即零处罚。",
    ),
    called="本表",
    counted="行",
    paper="A4",
)
"""The columns of domain.md §5 and §8, form 5."""


def problem_rows(
    period: Period, scope: LedgerScope, reader: Reader, *, limit: int | None = None
) -> Iterator[ProblemRow]:
    """By part of the region: its 行业领域 with anything to show and its subtotal; at last the sum."""
    return islice(_rows(period, scope, reader), limit)


def _rows(period: Period, scope: LedgerScope, reader: Reader) -> Iterator[ProblemRow]:
    parts = _parts_of(scope)
    sums = _fold(moves(period, scope, reader.last_day), parts.holding)
    there = sorted({part for part, sector in sums if sector})
    for part in [*parts.names, *(part for part in there if part not in parts.names)]:
        name = parts.names.get(part, parts.other)
        for sector in SECTORS:
            if any(sums[part, sector].values()):
                yield _row(name, sector, sums[part, sector])
        if len(parts.names) > 1:
            yield _row(name, SUBTOTAL, sums[part, ""])
    yield _row(TOTAL, "", sums[_TOTAL_KEY])


def _fold(found: Iterator[Moved], holding: Callable[[str], str]) -> defaultdict[Key, Counter[str]]:
    """The sums of lines, subtotals and total; what moved within a line is no move of it."""
    sums: defaultdict[Key, Counter[str]] = defaultdict(Counter)
    for one in found:
        for key in (_line, _subtotal, _total):
            before, after = key(one.before, holding), key(one.after, holding)
            if before is not None:
                sums[before]["start"] += one.at_start
            if before != after and one.at_start:
                for at, way in ((before, "moved_out"), (after, "moved_in")):
                    if at is not None:
                        sums[at][way] += one.at_start
            if after is not None:
                sums[after].update(one.amounts)
    return sums


def _line(at: At | None, holding: Callable[[str], str]) -> Key | None:
    return None if at is None else (holding(at.path), at.sector)


def _subtotal(at: At | None, holding: Callable[[str], str]) -> Key | None:
    return None if at is None else (holding(at.path), "")


def _total(at: At | None, _holding: Callable[[str], str]) -> Key | None:
    return None if at is None else _TOTAL_KEY


def _row(region: str, sector: str, sums: Counter[str]) -> ProblemRow:
    timed = sums["timed"]
    mean = (Decimal(sums["days"]) / timed).quantize(Decimal("0.1"), ROUND_HALF_UP) if timed else NO_RATE
    counts = {name: sums[name] for name in ProblemRow._fields if name in _COUNTS}
    return ProblemRow(
        region=region,
        sector=sector,
        closure_rate=rate(sums["closed"], sums["closed"] + sums["stock"]),
        mean_days=mean,
        self_found_rate=rate(sums["self_found"], sums["fresh"]),
        **counts,
    )


_COUNTS: Final = {"start", "moved_in", "moved_out", *AMOUNTS}


# --- the parts of a region -------------------------------------------------------------------------------------


class _Parts(NamedTuple):
    """The lines' regions by path and name, the part that holds a path, and the name of what lies in none of them."""

    names: dict[str, str]
    holding: Callable[[str], str]
    other: str


def _parts_of(scope: LedgerScope) -> _Parts:
    """What lies directly below the ledger's region; the region itself, or the enterprise, where that has no parts."""
    if scope.enterprise_id is not None:
        name = db.session.scalars(select(Enterprise.name).where(Enterprise.id == scope.enterprise_id)).one()
        return _Parts({"": name}, lambda _path: "", "")
    above = Region.parent_code.is_(None) if scope.region_path is None else Region.path == scope.region_path
    region = db.session.scalars(select(Region).where(above).order_by(Region.path).limit(1)).one()
    below = select(Region.path, Region.name).where(Region.parent_code == region.code).order_by(Region.path)
    names = {row.path: row.name for row in db.session.execute(below)} or {region.path: region.name}
    return _Parts(names, lambda path: _child(path, region.path), region.name + OWN_LABEL)


def _child(path: str, above: str) -> str:
    """The path of the region directly below another in which a path lies; the other itself where in none."""
    below = path[len(above) :].split("/")[0]
    return f"{above}{below}/" if below else above

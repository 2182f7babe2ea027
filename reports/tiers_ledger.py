"""Ledger `tiers` 日/周/月/季 分色分类清单: what stood on which list at a period's last instant, with its colour.

Hazards come from their versions, lists from how they moved; the colour table stands in workflows/colours.py.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from typing import Any, NamedTuple

from sqlalchemy import select

from core.db import db
from core.scope import everything
from hazards.models import HazardStanding, TierMove
from inspections.presenting.lists import TONES
from reports.ledger_rows import CATEGORIES, GRADES, day, day_of
from reports.list_owners import owners_at
from reports.rules import Period
from reports.sheet import Column, LedgerLayout, long_text
from reports.standing import READ_AT_ONCE, VERSION, LedgerScope, Reader, standing
from workflows.colours import timing, tone
from workflows.deadlines import RUNNING
from workflows.vocabulary import Grade, State, Tier


class TierRow(NamedTuple):
    """One hazard on its list. `None` and "" print an empty cell."""

    tier: str
    colour: str
    number: str
    enterprise_name: str
    unit: str | None
    place: str | None
    category: str | None
    description: str
    grade: str
    since: date | None
    came_from: str | None
    days: int | None
    deadline_on: date | str | None
    timing: str
    owner: str | None
    responsible_person: str | None


TIERS = LedgerLayout(
    code="tiers",
    name="日周月季分色分类清单",
    title_template="{period}日/周/月/季分色分类清单",
    columns=(
        Column("serial", "序号", "serial", 5),
        Column("tier", "清单(日/周/月/季)", width=7),
        Column("colour", "颜色", width=5),
        Column("number", "隐患编号", width=12, latin=True),
        long_text("enterprise_name", "企业名称", 16),
        Column("unit", "部门/班组", width=10),
        long_text("place", "隐患部位", 12),
        Column("category", "隐患类别", width=7),
        long_text("description", "隐患描述", 26),
        Column("grade", "隐患等级", width=6),
        Column("since", "上清单日期", "date", 10),
        Column("came_from", "来自", width=6),
        Column("days", "已挂天数", "integer", 6),
        Column("deadline_on", "整改时限", "date", 10),
        Column("timing", "按期/临期/逾期", width=7),
        Column("owner", "清单责任人", width=10),
        Column("responsible_person", "整改责任人", width=10),
    ),
    sign_off=("主要负责人(签字)", "安全管理人员(签字)"),
    notes=(
        (
            "注：颜色为清单颜色，非风险等级色：蓝为按期在日清单，黄为周清单，橙为月清单、三天内到期或重大按期，"
            "红为季清单或逾期；重者优先。"
        ),
    ),
    paper="A4",
    empty_line="期末没有未整改的隐患（零报告）。",
)
"""The columns [design]; domain.md §8 names the list, §4 its colours."""


def tier_rows(period: Period, scope: LedgerScope, reader: Reader, *, limit: int | None = None) -> Iterator[TierRow]:
    """The rows by enterprise and number, read piece by piece."""
    content = VERSION.content
    running = VERSION.state.in_(sorted(RUNNING))
    wanted = standing(select(VERSION.hazard_id, content), period, scope, majors_only=False).where(running)
    keys = (VERSION.region_path, VERSION.enterprise_id, content["number"].as_string())
    rows = iter(db.session.execute(wanted.order_by(*keys).limit(limit).execution_options(yield_per=READ_AT_ONCE)))
    while page := list(islice(rows, READ_AT_ONCE)):
        lists = _lists([row.hazard_id for row in page], period.ends)
        for row in page:
            yield _row(row.content, lists[row.hazard_id], reader.last_day)


_STANDING = (HazardStanding.id, HazardStanding.tier, HazardStanding.tier_since, HazardStanding.list_owner_id)


class _Stood(NamedTuple):
    tier: Tier
    since: date | None
    came_from: Tier | None
    owner: str


def _lists(ids: Sequence[int], moment: datetime) -> dict[int, _Stood]:
    """On which list each of these stood just before a moment; those that moved later are taken back."""
    with everything("lists of hazards already chosen within the scope"):
        now = select(*_STANDING).where(HazardStanding.id.in_(ids))
        rows = db.session.execute(now).all()
        owners = owners_at({row.id: row.list_owner_id for row in rows}, moment)
        found = {row.id: _Stood(row.tier, row.tier_since, None, owners[row.id]) for row in rows}
        moves = select(TierMove).where(TierMove.hazard_id.in_(ids)).order_by(TierMove.id)
        is_settled: set[int] = set()
        for move in db.session.scalars(moves):
            owner = owners[move.hazard_id]
            if move.at < moment:
                found[move.hazard_id] = _Stood(move.to_tier, move.on_day, move.from_tier, owner)
            elif move.hazard_id not in is_settled and found[move.hazard_id].tier is not move.from_tier:
                found[move.hazard_id] = _Stood(move.from_tier, None, None, owner)
            is_settled.add(move.hazard_id)
    return found


def _row(content: dict[str, Any], stood: _Stood, last_day: date) -> TierRow:
    has = content.get
    deadline = day(has("deadline"))
    since = stood.since or day_of(has("reported_at"))
    colour = tone(State(content["state"]), Grade(content["grade"]), stood.tier, deadline, last_day)
    return TierRow(
        tier=stood.tier.label,
        colour=TONES[colour] if colour else "",
        number=content["number"],
        enterprise_name=content["enterprise_name"],
        unit=has("responsible_unit"),
        place=has("place"),
        category=CATEGORIES.get(has("category", "")),
        description=content["description"],
        grade=GRADES[content["grade"]],
        since=since,
        came_from=f"{stood.came_from.label}清单" if stood.came_from else None,
        days=max(0, (last_day - since).days) if since else None,
        deadline_on=deadline or has("deadline_text"),
        timing=timing(deadline, last_day).label,
        owner=stood.owner,
        responsible_person=has("responsible_person"),
    )

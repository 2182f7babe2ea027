"""Ledger `listed` 挂牌督办情况表: what was under 挂牌督办 at any moment of a period, as it stood at its last instant.

What is closed stays listed until the body that listed it lifts that (domain.md §3): it stands here until then. Only a
hazard that a file brought as closed long ago, without saying whether it was lifted, does not come back each month.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, NamedTuple

from sqlalchemy import and_, func, or_, select

from core.db import db
from reports.ledger_rows import LEVELS, day
from reports.rules import Period
from reports.sheet import Column, LedgerLayout, long_text
from reports.standing import READ_AT_ONCE, VERSION, LedgerScope, is_open, of_scope, stood_before
from workflows.vocabulary import State

NOT_LIFTED, LIFTED = "督办中", "已摘牌"


class ListedRow(NamedTuple):
    """One listed hazard. `None` and "" print an empty cell."""

    enterprise_name: str
    number: str
    place: str | None
    rectified: str
    """是 once it is verified, 否 before; 不予认定 where it proved to be none."""
    level: str
    office: str | None
    department: str | None
    due_on: date | str | None
    """By when the listing wants it done, else the hazard's own deadline."""


LISTED = LedgerLayout(
    code="listed",
    name="挂牌督办情况表",
    title_template="{period}重大事故隐患挂牌督办情况表",
    columns=(
        Column("serial", "序号", "serial", 6),
        long_text("enterprise_name", "单位名称", 26),
        Column("number", "隐患编号", width=17, latin=True),
        long_text("place", "隐患地址", 26),
        Column("rectified", "是否整改", width=10),
        Column("level", "挂牌级别", width=10),
        Column("office", "督办单位", width=20),
        Column("department", "督办部门", width=20),
        Column("due_on", "督办完成时间", "date", 13),
    ),
    sign_off=("审核人", "填表人", "联系电话", "单位负责人(签字)"),
    notes=("注：“督办完成时间”为挂牌督办要求完成的日期，没有定的为整改时限；“是否整改”以验收为准。",),
    paper="A4",
    empty_line="本期没有挂牌督办的隐患（零报告）。",
)
"""The columns of domain.md §8, form 4."""


def listed_rows(period: Period, scope: LedgerScope, *, limit: int | None = None) -> Iterator[ListedRow]:
    """The rows by place, enterprise and number, read piece by piece."""
    content = VERSION.content
    keys = (VERSION.region_path, VERSION.enterprise_id, content["number"].as_string())
    ordered = _listed(select(content), period, scope).order_by(*keys).limit(limit)
    for row in db.session.execute(ordered.execution_options(yield_per=READ_AT_ONCE)):
        yield _row(row.content)


def count_listed(period: Period, scope: LedgerScope, most: int) -> dict[str, int]:
    """How many are under supervision and how many lifted; stops counting one beyond `most`."""
    lifted = VERSION.content["delisted_on"].as_string().is_not(None).label("lifted")
    found = _listed(select(lifted), period, scope).limit(most + 1).subquery()
    rows = db.session.execute(select(found.c.lifted, func.count().label("number")).group_by(found.c.lifted))
    return {LIFTED if row.lifted else NOT_LIFTED: row.number for row in rows}


def _listed(wanted: Any, period: Period, scope: LedgerScope) -> Any:
    content = VERSION.content
    lifted = content["delisted_on"].as_string()
    still = and_(lifted.is_(None), content["imported"].as_string().is_(None))
    there = or_(is_open(VERSION), VERSION.ended_at >= period.begins, lifted >= period.first_day.isoformat(), still)
    until_now = or_(lifted.is_(None), lifted >= period.first_day.isoformat())
    return wanted.where(
        stood_before(VERSION, period.ends),
        of_scope(VERSION, scope),
        content["listed_level"].as_string().is_not(None),
        until_now,
        there,
    )


_RECTIFIED = {State.VERIFIED: "是", State.CLOSED: "是", State.DISMISSED: State.DISMISSED.label}


def _row(content: Mapping[str, Any]) -> ListedRow:
    has = content.get
    return ListedRow(
        enterprise_name=content["enterprise_name"],
        number=content["number"],
        place=has("place"),
        rectified=_RECTIFIED.get(State(content["state"]), "否"),
        level=LEVELS[content["listed_level"]],
        office=has("listed_office"),
        department=has("office"),
        due_on=day(has("listed_until")) or day(has("deadline")) or has("deadline_text"),
    )

"""Ledger `enterprise` 企业隐患排查治理台账: every hazard of an enterprise open at any moment of a period (§8).

Rows come from the versions of the hazards, what was inspected from the inspection that found them, which never changes;
so the same period gives the same rows whenever it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final, NamedTuple

from sqlalchemy import func, select

from accounts.models import OrgUnit
from core.db import db
from hazards.models import Signature, SignOffRequest
from inspections.models import Finding, Inspection
from reports.ledger_rows import CATEGORIES, GRADES, channel_word, day, day_of
from reports.rules import Period
from reports.sheet import Column, LedgerLayout, long_text
from reports.standing import READ_AT_ONCE, VERSION, VERSIONS, LedgerScope, Reader, standing
from workflows.vocabulary import Action, RequestStatus, State, Tier

# the bare tables: what belongs to a hazard of the ledger is seen by whoever reads the ledger
_findings: Final[Any] = Finding.__table__
_inspections: Final[Any] = Inspection.__table__
_units: Final[Any] = OrgUnit.__table__
_requests: Final[Any] = SignOffRequest.__table__
_signatures: Final[Any] = Signature.__table__


class EnterpriseRow(NamedTuple):
    """One hazard as it stood at the ledger's last instant. `None` and "" print an empty cell."""

    found_on: date | None
    tier: str | None
    """On which round it was found: 日 周 月 季; empty where by no inspection of the plan."""
    unit: str | None
    found_by: str | None
    place: str | None
    category: str | None
    description: str
    grade: str
    channel: str
    measures: str | None
    responsible_person: str | None
    funds_fen: int | None
    deadline_on: date | str | None
    completed_on: date | None
    verified_by: str | None
    closed_on: date | None
    remarks: str | None


ENTERPRISE = LedgerLayout(
    code="enterprise",
    name="企业隐患排查治理台账",
    title_template="{period}隐患排查治理台账",
    columns=(
        Column("serial", "序号", "serial", 5),
        Column("found_on", "排查日期", "date", 10),
        Column("tier", "排查层级(日/周/月/季)", width=7),
        Column("unit", "排查部门/班组", width=10),
        Column("found_by", "排查人", width=9),
        long_text("place", "隐患部位", 12),
        Column("category", "隐患类别", width=7),
        long_text("description", "隐患描述", 26),
        Column("grade", "隐患等级", width=6),
        Column("channel", "隐患来源", width=8),
        long_text("measures", "整改措施", 20),
        Column("responsible_person", "整改责任人", width=9),
        Column("funds_fen", "整改资金(万元)", "money_wan", 9, align="right"),
        Column("deadline_on", "整改时限", "date", 10),
        Column("completed_on", "完成日期", "date", 10),
        Column("verified_by", "验收人", width=9),
        Column("closed_on", "销号日期", "date", 10),
        long_text("remarks", "备注", 14),
    ),
    sign_off=("主要负责人(签字)", "安全管理人员(签字)"),
    paper="A4",
    notes=("注：“排查层级”为空的，不是按排查计划查出的（员工报告、检查发现、导入等）。",),
)
"""The columns of domain.md §8; the order is the form's."""


def enterprise_rows(
    period: Period, scope: LedgerScope, reader: Reader, *, limit: int | None = None
) -> Iterator[EnterpriseRow]:
    """The rows by enterprise, day found and number, read piece by piece."""
    content, found, unit = VERSION.content, _inspections.c, _units.c
    wanted = standing(
        select(content, found.tier.label("tier"), unit.name.label("unit"), _verifier(period).label("verifier"))
        .select_from(VERSIONS)
        .outerjoin(_findings, _findings.c.hazard_id == VERSION.hazard_id)
        .outerjoin(_inspections, found.id == _findings.c.inspection_id)
        .outerjoin(_units, unit.id == found.unit_id),
        period,
        scope,
        majors_only=False,
    )
    keys = (VERSION.region_path, VERSION.enterprise_id, content["found_on"].as_string())
    ordered = wanted.order_by(*keys, content["number"].as_string()).limit(limit)
    for row in db.session.execute(ordered.execution_options(yield_per=READ_AT_ONCE)):
        yield _row(row.content, row, reader)


def _verifier(period: Period) -> Any:
    """Who signed the verification that stood at the period's end: the last step of the newest one completed by then."""
    request, given = _requests.c, _signatures.c
    newest = (
        select(func.max(request.id))
        .where(
            request.hazard_id == VERSION.hazard_id,
            request.action == Action.VERIFY,
            request.status == RequestStatus.COMPLETED,
            request.ended_at < period.ends,
        )
        .correlate(VERSIONS)
        .scalar_subquery()
    )
    return (
        select(given.person_name)
        .where(given.request_id == newest)
        .order_by(given.step.desc())
        .limit(1)
        .correlate(VERSIONS)
        .scalar_subquery()
    )


def _row(content: Mapping[str, Any], row: Any, reader: Reader) -> EnterpriseRow:
    has = content.get
    is_verified = content["state"] in (State.VERIFIED, State.CLOSED)
    return EnterpriseRow(
        found_on=day(has("found_on")),
        tier=Tier(row.tier).label if row.tier else None,
        unit=row.unit or has("responsible_unit"),
        found_by=has("found_by"),
        place=has("place"),
        category=CATEGORIES.get(has("category", "")),
        description=content["description"],
        grade=GRADES[content["grade"]],
        channel=channel_word(content["channel"], reader),
        measures=has("plan_measures") or has("result"),
        responsible_person=has("responsible_person"),
        funds_fen=has("real_cost_fen", has("plan_money_fen")),
        deadline_on=day(has("deadline")) or has("deadline_text"),
        completed_on=day(has("completed_on")),
        verified_by=(row.verifier or has("reinspected_by")) if is_verified else None,
        closed_on=day_of(has("closed_at")),
        remarks=_remarks(content),
    )


def _remarks(content: Mapping[str, Any]) -> str | None:
    reason = content.get("dismissed_reason")
    found = [
        content.get("note"),
        "即查即改" if content.get("on_the_spot") else "",
        f"不予认定：{reason}" if reason and content["state"] == State.DISMISSED else "",
        "导入" if content.get("imported") else "",
    ]
    return "；".join(text for text in found if text) or None

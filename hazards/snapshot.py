"""The hazard as it stands, as plain values: what a version keeps, a ledger of a past month reads, a digest covers."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import inspect

from accounts.models import Enterprise, Person, Regulator
from core.days import shanghai_day
from core.db import db
from core.scope import everything
from hazards.models import Hazard

# columns that are bookkeeping, not facts of the hazard; where it stands on the lists (HazardStanding) is none either
BOOKKEEPING = frozenset(
    {
        "version",
        "holder",
        "holder_since",
        "watchers",
        "control_next_at",
        "control_missed",
        "changed_since_signed",
        "merge_key",
        "import_part",
        "hidden",
        "criterion_candidate_id",
        "recurred",
    }
)
COLUMNS = tuple(column.key for column in Hazard.__table__.columns if column.key not in BOOKKEEPING)


def plain(value: Any) -> Any:
    """A value as JSON keeps it: days and moments in ISO, enums by value."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return value


def snapshot(hazard: Hazard) -> dict[str, Any]:
    """Everything a ledger or a form prints of this hazard, by name; empty values are left out."""
    values = {name: plain(getattr(hazard, name)) for name in _columns_of(hazard)}
    values |= _names(hazard)
    if hazard.found_at is not None and hazard.found_on is None:
        values["found_on"] = shanghai_day(hazard.found_at).isoformat()
    # a plan of 0 yuan is a fact: only what is absent is left out
    return {name: value for name, value in values.items() if value is not None and value != "" and value is not False}


def _columns_of(hazard: Hazard) -> Iterable[str]:
    """The columns to read; of one that stands outside any session, those it was given."""
    return [name for name in COLUMNS if name in hazard.__dict__] if inspect(hazard).transient else COLUMNS


def _names(hazard: Hazard) -> dict[str, Any]:
    """Names as they are today, so that a later renaming does not change a past ledger."""
    with everything("names on a hazard's version"):
        enterprise = db.session.get_one(Enterprise, hazard.enterprise_id)
        concerned = db.session.get(Enterprise, hazard.concerned_id) if hazard.concerned_id else None
        office = db.session.get(Regulator, hazard.responsible_office_id) if hazard.responsible_office_id else None
        closer = db.session.get(Person, hazard.closed_by_id) if hazard.closed_by_id else None
    return {
        "enterprise_name": enterprise.name,
        "uscc": enterprise.uscc,
        "district": enterprise.region.name,
        "town": enterprise.town.name if enterprise.town else "",
        "owner_name": concerned.name if concerned else "",
        "office": office.name if office else hazard.office_name,
        "closed_by": closer.name if closer else "",
    }


LABELS: dict[str, str] = {
    "place": "隐患位置",
    "description": "隐患描述",
    "category": "隐患类别",
    "found_on": "发现日期",
    "responsible_unit": "责任单位",
    "responsible_person": "整改责任人",
    "deadline": "整改期限",
    "interim_controls": "管控措施",
    "stop_note": "停用撤人情况",
    "stop_scope": "是否停产",
    "plan_due": "方案提交日期",
    "plan_measures": "方案·措施",
    "plan_responsibility": "方案·责任",
    "plan_money_fen": "方案·资金",
    "plan_money_source": "方案·资金来源",
    "plan_deadline": "方案·时限",
    "plan_contingency": "方案·预案",
    "plan_situation": "现状及产生原因",
    "plan_harm": "危害程度和整改难易程度",
    "congress_told_on": "向职工代表大会报告",
    "result": "整改结果",
    "completed_on": "完成日期",
    "real_cost_fen": "实际资金",
    "cause": "产生原因",
    "similar_checked": "举一反三",
    "lasting_measure": "长效措施",
    "criterion_clause": "判定条款",
    "criterion_reason": "判定理由",
    "grade": "等级",
    "state": "状态",
    "order_number": "文书号",
    "served_on": "送达日期",
    "receipt_by": "签收人",
    "receipt_on": "签收日期",
}

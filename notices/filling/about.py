"""Everything a notice is about, read once: its fields, hazards, enterprise, office, and who makes it out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from accounts.models import Enterprise, Person, Regulator
from core.days import shanghai_day
from hazards.deed import basis_text
from hazards.models import Hazard
from notices.fields import shown_fields
from notices.parts.cleaning import day_text
from notices.snapshots import ItemSnapshot
from workflows.deadlines import days_overdue
from workflows.notices import NOTICES, NoticeKind, NoticeRow
from workflows.vocabulary import State

PASSED: Final[dict[State, str]] = {State.VERIFIED: "合格", State.CLOSED: "合格", State.RECTIFYING: "不合格"}
"""What a re-inspection says of an item by the state the register holds it in: verified by two inspectors, or not."""


@dataclass(frozen=True, slots=True)
class About:
    """What a notice is made of at this moment; `people` are those who make it out, the drafter first."""

    kind: NoticeKind
    now: datetime
    kept: Mapping[str, str]
    hazards: Sequence[Hazard]
    office: Regulator | None
    enterprise: Enterprise | None
    people: Sequence[Person]
    number: str = ""
    addressee: str = ""

    @property
    def row(self) -> NoticeRow:
        """The kind's row."""
        return NOTICES[self.kind]

    @property
    def today(self) -> date:
        """The day on which it is made out."""
        return shanghai_day(self.now)

    @property
    def issuer(self) -> str:
        """The full name of whoever issues it."""
        if self.office is not None:
            return self.office.name
        return self.enterprise.name if self.enterprise is not None else ""

    @property
    def shown(self) -> dict[str, str]:
        """The fields as papers print them, by label."""
        return shown_fields(self.row, self.kept)


def items_of(about: About) -> tuple[ItemSnapshot, ...]:
    """The hazards as items, in their order."""
    judged = about.kind is NoticeKind.REINSPECTION
    return tuple(
        ItemSnapshot(
            position=place,
            number=hazard.number,
            enterprise=hazard.enterprise.name,
            place=hazard.place,
            description=hazard.description,
            grade=hazard.grade.label,
            basis=_basis(about.kind, hazard),
            deadline=hazard.deadline,
            state=hazard.state.label,
            overdue_days=days_overdue(hazard.state, hazard.deadline, about.today),
            opinion=PASSED.get(hazard.state, "") if judged else "",
        )
        for place, hazard in enumerate(about.hazards, 1)
    )


def _basis(kind: NoticeKind, hazard: Hazard) -> str:
    """An order names the law it rests on; everything else the clause by which the hazard was judged."""
    judged = basis_text(hazard)
    return hazard.order_basis or judged if kind is NoticeKind.ORDER else judged


def values_of(about: About, items: Sequence[ItemSnapshot]) -> dict[str, Any]:
    """The value of every name a template of this kind may use (workflows/notices.py)."""
    said = {**_of_issuer(about), **_of_enterprise(about), **_of_items(about, items)}
    # what the draft says goes before what the register says: the new deadline of an extension, not the old one
    return said | {name: value for name, value in about.shown.items() if value or name not in said}


def _of_issuer(about: About) -> dict[str, Any]:
    office = about.office
    return {
        "机关": about.issuer,
        "文号": about.number,
        "主送": about.addressee,
        "政府": office.government if office else "",
        "法院": office.court if office else "",
        "签发日期": day_text(about.today),
        "检查人员": "、".join(person.name for person in about.people),
        "证件号": "、".join(person.certificate_no for person in about.people if person.certificate_no),
    }


def _of_enterprise(about: About) -> dict[str, Any]:
    firm = about.enterprise
    if firm is None:
        return dict.fromkeys(("企业", "信用代码", "企业地址", "主要负责人", "实际控制人", "区域", "行业"), "")
    return {
        "企业": firm.name,
        "信用代码": firm.uscc or "",
        "企业地址": firm.address,
        "主要负责人": firm.principal_name,
        "实际控制人": firm.controller_name,
        "区域": firm.region.name + (firm.town.name if firm.town else ""),
        "行业": firm.industry,
    }


def _of_items(about: About, items: Sequence[ItemSnapshot]) -> dict[str, Any]:
    first = about.hazards[0] if about.hazards else None
    shown = items[0] if items else None
    return {
        "项数": len(items),
        "隐患": [_item(item) for item in items],
        "指令书文号": first.order_number if first else "",
        "通过项": _places(items, "合格"),
        "未通过项": _places(items, "不合格"),
        "隐患编号": shown.number if shown else "",
        "隐患描述": shown.description.rstrip("。；;. \n") if shown else "",
        "隐患位置": shown.place if shown else "",
        "判定依据": shown.basis if shown else "",
        "发现日期": day_text(first.found_on, "") if first else "",
        "整改期限": day_text(first.deadline, "") if first else "",
        "逾期天数": shown.overdue_days if shown else 0,
        "挂牌文号": first.listed_number if first else "",
    }


def _item(item: ItemSnapshot) -> dict[str, Any]:
    return {
        "序号": item.position,
        "编号": item.number,
        "企业": item.enterprise,
        "位置": item.place,
        "描述": item.description.rstrip("。；;. \n"),
        "等级": item.grade,
        "依据": item.basis,
        "期限": day_text(item.deadline, ""),
        "状态": item.state,
        "逾期天数": item.overdue_days,
        "意见": item.opinion,
    }


def _places(items: Sequence[ItemSnapshot], opinion: str) -> str:
    return "、".join(str(item.position) for item in items if item.opinion == opinion)

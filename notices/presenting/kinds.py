"""Which kinds somebody may draft, by family, each with what it is for, and why not the others about these hazards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import url_for

from accounts.access import Actor
from accounts.roles import Side
from hazards.models import Hazard
from notices.operations.drafting import unfit
from notices.rules import kinds_drafted
from workflows.notices import NOTICES, Family, NoticeKind, NoticeRow

K = NoticeKind

FOR: Final[dict[NoticeKind, str]] = {
    K.INSPECTION_RECORD: "记下现场检查的时间、地点和查出的问题，由两名检查人员和被检查单位签字。",
    K.MEASURE_DECISION: "责令立即停产停业、停止使用或者撤出人员。",
    K.ORDER: "责令限期整改；先取号，用这个文号在隐患页签批「责令整改」，再签发。",
    K.REINSPECTION: "逐项写明整改是否合格，没有整改到位的仍然「整改中」。",
    K.TOLD: "把重大事故隐患告知主要负责人和实际控制人，签收后记入隐患。",
    K.HAZARD_REPORT: "企业向监管部门报告重大事故隐患：现状、危害程度、治理方案。",
    K.LETTER: "催办逾期或者进展慢的隐患，写明要求和反馈期限。",
    K.BULLETIN: "把几家单位的隐患整改情况通报有关单位。",
    K.INTERVIEW: "约谈企业或者区县、镇街的负责人。",
    K.LISTING: "把重大事故隐患挂牌督办，签发后记入隐患。",
    K.DELISTING: "已销号的解除挂牌，签发后记为摘牌。",
    K.EXTENSION_REQUEST: "企业申请延长整改期限，打印后签字盖章报送。",
    K.EXTENSION_DECISION: "答复企业的延期申请，同意或者不同意。",
    K.ACCEPTANCE_REQUEST: "企业自验合格后申请验收，打印后签字盖章报送。",
    K.ACCEPTANCE_OPINION: "写明验收合格或者不合格。",
    K.RESUME_CONSENT: "审查后同意恢复生产经营、恢复使用。",
    K.CLOSURE_FORM: "把隐患、照片和各环节签批打印成一份表。",
    K.STATISTICS: "按月、季、年统计排查治理情况。",
    K.TRANSFER: "把不属于本单位管辖的隐患移送有关部门。",
    K.SERVICE: "证明文书何时、怎样送达，由受送达人签收。",
    K.COMPLAINT_ANSWER: "把核查结论答复举报人，不写举报人的任何信息。",
}
"""What each kind is for, in one sentence."""

HOW_WITHOUT: Final = {K.SERVICE: "送达登记以后，从那份文书的「送达」起草，内容取自登记。"}
"""Where a kind that names no hazards is drafted, if not from the list."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One kind to choose: its address, or why it does not fit."""

    label: str
    sentence: str
    url: str = ""
    why_not: str = ""


def choices_for(actor: Actor, hazards: Sequence[Hazard]) -> list[tuple[str, list[Choice]]]:
    """The kinds this person may draft, by family; about these hazards where some are given, fitting ones first."""
    found, own = [], [NOTICES[kind] for kind in kinds_drafted(actor.roles)]
    for family in _families(actor):
        rows = [row for row in own if row.family is family]
        choices = [_choice(row, hazards) for row in rows]
        if choices:
            found.append((family.label, sorted(choices, key=lambda one: not one.url)))
    return found


def _families(actor: Actor) -> list[Family]:
    first = Family.FORM if actor.side is Side.ENTERPRISE else Family.ENFORCEMENT
    return sorted(Family, key=lambda family: family is not first)


def _choice(row: NoticeRow, hazards: Sequence[Hazard]) -> Choice:
    label, sentence = row.kind.label, FOR[row.kind]
    why = why_not(row, hazards)
    if why:
        return Choice(label, sentence, why_not=why)
    url = url_for("notices.new", kind=row.kind.value, hazard=[hazard.number for hazard in hazards])
    return Choice(label, sentence, url)


def why_not(row: NoticeRow, hazards: Sequence[Hazard]) -> str:
    """Why no notice of this kind is made about any of these hazards; empty where one is."""
    if not hazards:
        return ""
    if row.most == 0:
        return HOW_WITHOUT.get(row.kind, f"《{row.kind.label}》不写隐患，请从「文书」页起草。")
    reasons = [unfit(row, hazard) for hazard in hazards]
    return reasons[0] if all(reasons) else ""

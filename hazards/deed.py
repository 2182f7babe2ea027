"""What is signed: the exact lines a signer sees, stored letter by letter, and their digest.

A deed is made when a request is opened and never made again: later signers see the same lines, and what changed since
is shown beside them, not in them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from core.chain import canonical, digest
from core.money import wan_text
from hazards.case import Loaded
from hazards.models import Criterion, Evidence, Hazard, Signature
from hazards.rules import EvidenceKind
from workflows.closure import Variant
from workflows.vocabulary import Action, Grade

Lines = list[list[str]]
NOTHING: Final[Mapping[str, Any]] = {}
PHOTO_DIGEST: Final = re.compile(r"照片 \d+ 摘要")

STATEMENTS: dict[Action, str] = {
    Action.ACCEPT: "同意受理下列隐患，按所列责任人、期限和管控措施整改。",
    Action.ORDER: "责令下列单位在规定期限内整改下列隐患。",
    Action.PLAN: "同意下列整改方案，保证措施、责任、资金、时限、预案五到位。",
    Action.VERIFY: "确认下列隐患已整改完毕，同意通过验收。",
    Action.RESUME: "经检查，同意下列单位恢复生产。",
    Action.CLOSE: "确认下列隐患整改经验收合格，同意销号。",
    Action.DISMISS: "确认下列情况不予认定为隐患。",
    Action.EXTEND: "同意下列隐患延长整改期限。",
    Action.REGRADE: "同意调整下列隐患的等级。",
    Action.RETURN: "下列隐患退回继续整改。",
    Action.REOPEN: "下列隐患重新整改。",
    Action.TRANSFER: "同意移送下列隐患的监管责任。",
}


def deed_lines(loaded: Loaded, action: Action, variant: Variant, offered: dict[str, Any]) -> Lines:
    """Everything a signer of this action agrees to, as label and value."""
    hazard = loaded.hazard
    lines = [
        ["事项", action.label if variant is Variant.PLAIN else f"{action.label}（{variant.label}）"],
        ["声明", STATEMENTS[action]],
        ["隐患编号", hazard.number],
        ["企业", hazard.enterprise.name],
        ["隐患位置", hazard.place],
        ["隐患描述", hazard.description],
        ["隐患等级", hazard.grade.label],
        ["判定依据", basis_text(hazard)],
    ]
    lines += _PARTICULARS[action](loaded, offered) if action in _PARTICULARS else []
    lines += _offered_lines(offered)
    return [[label, value] for label, value in lines if value]


def deed_digest(lines: Lines) -> str:
    """The digest (64 hex digits) of exactly these lines."""
    return digest(canonical({"deed": lines}))


def signed_digest(deed: str, signature: Signature, before: list[Signature]) -> str:
    """What one signature covers: the deed, the opinion, and every signature before it."""
    return digest(
        canonical(
            {
                "deed": deed,
                "step": signature.step,
                "person": signature.person_id,
                "role": signature.role.value,
                "verdict": signature.verdict.value,
                "opinion": signature.opinion,
                "before": [earlier.deed_digest for earlier in before],
            }
        )
    )


def basis_text(hazard: Hazard) -> str:
    """The clause a hazard was judged by as it stood then, or the reason, or what a file said."""
    if hazard.criterion_clause:
        number = f"（{hazard.criterion_document_no}）" if hazard.criterion_document_no else ""
        condition = f"（已核实前提：{hazard.criterion_condition}）" if hazard.criterion_condition else ""
        return f"《{hazard.criterion_standard}》{number}{hazard.criterion_clause}：{hazard.criterion_text}{condition}"
    if hazard.criterion_reason:
        return f"不引条款，理由：{hazard.criterion_reason}"
    return f"{hazard.basis}（判定依据待确认）" if hazard.basis_unconfirmed and hazard.basis else hazard.basis


def criterion_text(criterion: Criterion) -> str:
    """A clause with its standard and number, as it is copied into the record."""
    number = f"（{criterion.document_no}）" if criterion.document_no else ""
    return f"《{criterion.standard}》{number}{criterion.clause}：{criterion.text}"


def plan_lines(loaded: Loaded, _offered: Mapping[str, Any] = NOTHING) -> Lines:
    """The plan as a signer reads it."""
    hazard = loaded.hazard
    source = f"（{hazard.plan_money_source}）" if hazard.plan_money_source else ""
    return [
        ["措施", hazard.plan_measures],
        ["责任", hazard.plan_responsibility],
        ["资金", wan_text(hazard.plan_money_fen) + source],
        ["时限", _day(hazard.plan_deadline)],
        ["预案", hazard.plan_contingency],
        ["隐患现状及产生原因", hazard.plan_situation],
        ["危害程度和整改难易程度分析", hazard.plan_harm],
        ["向职工代表大会报告", _day(hazard.congress_told_on)],
    ]


def work_lines(loaded: Loaded) -> Lines:
    """The work as a signer reads it, with how many photos show it."""
    hazard = loaded.hazard
    after = len(_photos_after(loaded))
    return [
        ["整改结果", hazard.result],
        ["整改要点", f"{hazard.points_total} 项，已整改 {hazard.points_done} 项" if hazard.points_total else ""],
        ["完成日期", _day(hazard.completed_on)],
        ["实际资金", wan_text(hazard.real_cost_fen)],
        ["产生原因", hazard.cause],
        ["举一反三", hazard.similar_checked],
        ["长效措施", hazard.lasting_measure],
        ["会签", co_signed_text(hazard)],
        ["整改后照片", f"{after} 张" if after else ""],
    ]


def _work(loaded: Loaded, _offered: Mapping[str, Any]) -> Lines:
    *work, photos = work_lines(loaded)
    digests = [[f"照片 {n} 摘要", item.file.digest] for n, item in enumerate(_photos_after(loaded), 1)]
    return [*work, ["整改期限", _day(loaded.hazard.deadline)], photos, *digests]


def _photos_after(loaded: Loaded) -> list[Evidence]:
    return [item for item in loaded.evidence if item.kind is EvidenceKind.AFTER]


def co_signed_text(hazard: Hazard) -> str:
    """Who co-signed for the landlord or client and what they said; empty where nobody had to."""
    if hazard.co_signed_at is None:
        return ""
    return "：".join(filter(None, (hazard.co_signer, hazard.co_sign_opinion)))


def _closing(loaded: Loaded, offered: Mapping[str, Any]) -> Lines:
    hazard = loaded.hazard
    resumed = [["恢复生产", f"{_day(hazard.resumed_on)}，{hazard.resume_checked}"]] if hazard.resumed_on else []
    verified = [["验收时间", hazard.verified_at.isoformat(timespec="minutes")]] if hazard.verified_at else []
    return [*_work(loaded, offered), *verified, *resumed]


def _extension(loaded: Loaded, offered: Mapping[str, Any]) -> Lines:
    """The controls stand once: those offered with the request, else those in force."""
    hazard = loaded.hazard
    controls = [] if offered.get("interim_controls") else [["管控措施", hazard.interim_controls]]
    return [["现整改期限", _day(hazard.deadline)], *controls]


_PARTICULARS = {
    Action.PLAN: plan_lines,
    Action.VERIFY: _work,
    Action.CLOSE: _closing,
    Action.RETURN: _closing,
    Action.EXTEND: _extension,
}

OFFERED_LABELS: dict[str, str] = {
    "criterion_text": "确认的判定条款",
    "criterion_condition": "已核实的前提",
    "criterion_reason": "不引条款的理由",
    "responsible_unit": "责任单位",
    "responsible_person": "整改责任人",
    "deadline": "整改期限",
    "deadline_days": "整改期限（自送达之日起，日）",
    "interim_controls": "管控措施",
    "plan_due": "方案提交日期",
    "stop_note": "停用撤人情况",
    "order_number": "文书号",
    "order_item": "文书项次",
    "order_basis": "法律依据",
    "authority_stopped": "责令停产",
    "resume_checked": "检查情况",
    "resume_from": "恢复生产日期",
    "reason": "理由",
    "new_deadline": "新的整改期限",
    "duplicate_of": "原隐患编号",
    "recurrence_of": "再次出现的隐患",
    "no_recurrence": "不是再次出现",
    "target_office": "接收单位",
    "note": "说明",
}


def _offered_lines(offered: dict[str, Any]) -> Lines:
    return [[label, str(offered[key])] for key, label in OFFERED_LABELS.items() if offered.get(key)]


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def needs_password(hazard: Hazard) -> bool:
    """Whether signing asks for the password again: always where it is major (pages.md §6)."""
    return hazard.grade is Grade.MAJOR

"""Co-signature (会签) of the landlord or client on what concerns the structure they answer for.

It judges nothing and changes no state: the enterprise's own route asks for it before verification (`Fact.CO_SIGNED`).
What was co-signed is void once the plan or the points it was given for are changed.
Source: domain.md §1 (the landlord or client co-signs what concerns the structure), 安全生产法 49.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.access import Actor
from core.db import db
from core.files import store_file
from core.outbox import tell
from core.refusals import Invalid
from core.scope import everything
from hazards import case as cases
from hazards.case import Loaded
from hazards.deed import Lines, deed_digest
from hazards.models import Hazard
from hazards.operations.attaching import NewFile
from hazards.operations.requests import refuse_unless
from hazards.queries import holders, points_of
from hazards.recording import record
from workflows.co_signing import RECORDERS, SIGNERS
from workflows.rulings import ALLOWED, Ruling, no, permit_correct
from workflows.vocabulary import Action, State


@dataclass(frozen=True, slots=True)
class OnPaper:
    """A co-signature given on paper: whose, and the scan."""

    name: str
    scan: NewFile


def set_structural(hazard: Hazard, structural: bool, *, by: Actor, now: datetime) -> None:
    """Say whether the rectification touches the structure; the landlord or client is told that it must co-sign."""
    loaded = _load(hazard, by, now)
    refuse_unless(permit_correct(loaded.case, by.person_id))
    _refuse_frozen(loaded)
    if hazard.concerned_id is None:
        raise Invalid("这条隐患没有登记产权、出租或发包单位，不须会签。")
    if hazard.structural is structural:
        raise Invalid("没有变动，没有写入任何内容。")
    hazard.structural = structural
    void(hazard)
    record(hazard, "structural", by=by.person_id, now=now, content={"structural": structural})
    if structural:
        with everything("who co-signs for the landlord or client"):
            persons = {one for role in SIGNERS for one in holders(role, enterprise_id=hazard.concerned_id)}
        said = f"{hazard.number} 的整改涉及贵单位的主体结构或公用设施，请会签。"
        key = f"co_sign:{hazard.id}:{hazard.chain_length}"
        tell(persons, "co_sign", said, now=now, url=f"/hazards/{hazard.number}/co-sign", key=key)


def permit_co_sign(loaded: Loaded, actor: Actor) -> Ruling:
    """Whether this person may co-sign, or record a co-signature given on paper."""
    hazard = loaded.hazard
    if not hazard.structural:
        return no("route", "这条隐患不须会签。")
    if hazard.state is not State.RECTIFYING:
        return no("state", f"现在是「{hazard.state.label}」，会签在「整改中」办理。")
    if hazard.co_signed_at is not None:
        return no("done", f"{hazard.co_signer} 已会签。")
    if _is_frozen(loaded):
        return no("frozen", "验收正在签批，内容已冻结。")
    if may_sign(hazard, actor) or may_record(loaded, actor):
        return ALLOWED
    return no(
        "not_yours", "会签由产权、出租或发包单位的主要负责人、安全管理人员办理；没有账号的，由检查人员代录纸质会签。"
    )


def may_sign(hazard: Hazard, actor: Actor) -> bool:
    """Whether this person may co-sign for the landlord or client."""
    return actor.enterprise_id is not None and actor.enterprise_id == hazard.concerned_id and actor.holds(*SIGNERS)


def may_record(loaded: Loaded, actor: Actor) -> bool:
    """Whether this person may record a co-signature given on paper."""
    return loaded.case.holds(actor.person_id, *RECORDERS)


def lines_of(hazard: Hazard) -> Lines:
    """What is co-signed, label by label."""
    points = [f"{point.position}. {point.text}" for point in points_of(hazard)]
    lines = [
        ["事项", "会签"],
        ["声明", "已知悉下列隐患及整改措施，涉及本单位主体结构、公用设施的部分同意实施并予配合。"],
        ["隐患编号", hazard.number],
        ["隐患位置", hazard.place],
        ["隐患描述", hazard.description],
        ["整改措施", hazard.plan_measures],
        ["安全措施和预案", hazard.plan_contingency],
        ["整改要点", "；".join(points)],
        ["管控措施", hazard.interim_controls],
    ]
    return [[label, value] for label, value in lines if value]


def co_sign(hazard: Hazard, *, opinion: str, seen: str, by: Actor, now: datetime, paper: OnPaper | None = None) -> None:
    """Give the co-signature on exactly what was seen (`seen` is its digest), or record one given on paper."""
    loaded = _load(hazard, by, now)
    refuse_unless(permit_co_sign(loaded, by))
    deed = deed_digest(lines_of(hazard))
    if seen != deed:
        raise Invalid("会签的内容刚刚有变动，没有签上。请重新核对后再签。")
    if paper is None and not may_sign(hazard, by):
        raise Invalid("代录纸质会签须填签署人，并上传扫描件。", fields={"name": "请填签署人。"})
    if paper is not None:
        if not paper.name.strip():
            raise Invalid("请填写纸质会签的签署人。", fields={"name": "请填签署人。"})
        scan = store_file(paper.scan.data, paper.scan.media_type, now)
        hazard.co_sign_scan_id = scan.id
    hazard.co_signed_at, hazard.co_signed_by_id = now, by.person_id
    hazard.co_signer = f"{paper.name.strip()[:60]}（纸质签署·代录）" if paper is not None else by.name[:120]
    hazard.co_sign_opinion = opinion.strip()[:500]
    db.session.flush()
    content = {"deed": deed, "paper": paper is not None}
    record(hazard, "co_sign", by=by.person_id, now=now, content=content, note=hazard.co_sign_opinion)


def void(hazard: Hazard) -> None:
    """What was co-signed is changed: it must be co-signed again; the history keeps the first."""
    hazard.co_signed_at = hazard.co_signed_by_id = hazard.co_sign_scan_id = None
    hazard.co_signer = hazard.co_sign_opinion = ""


def _load(hazard: Hazard, by: Actor, now: datetime) -> Loaded:
    return cases.load(hazard, now=now, actor_id=by.person_id)


def _is_frozen(loaded: Loaded) -> bool:
    return loaded.case.request is not None and loaded.case.request.action is Action.VERIFY


def _refuse_frozen(loaded: Loaded) -> None:
    if _is_frozen(loaded):
        raise Invalid("验收正在签批，内容已冻结。请申请人先撤回验收申请。")

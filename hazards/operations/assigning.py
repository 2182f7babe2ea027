"""Naming who puts a hazard right (指定整改责任人), apart from the request that accepts or orders it.

Whoever answered for it while it was being put right counts as having worked on it, as with a leaver's work: naming
somebody else makes nobody free to verify the own work.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.access import Actor
from accounts.models import Person
from core.db import db
from core.outbox import tell
from core.refusals import Invalid
from hazards import case as cases
from hazards.case import Loaded
from hazards.models import Hazard, WorkRecord
from hazards.operations.requests import refuse_unless
from hazards.recording import record
from workflows.rulings import ALLOWED, Ruling, no, permit_correct
from workflows.vocabulary import Action, State

LONGEST_REASON = 300


def permit_assign(loaded: Loaded, person: int) -> Ruling:
    """Whoever may correct the record may say who puts it right, until it is verified and while nobody signs it."""
    case = loaded.case
    if case.state is State.VERIFIED:
        return no("state", "现在是「已验收」，整改已经完成，不用再指定整改责任人。")
    ruling = permit_correct(case, person)
    if ruling.rule == "not_yours":
        return no("not_yours", "整改责任人由安全管理人员、主要负责人、现整改责任人或检查人员指定。")
    if not ruling.allowed:
        return ruling
    request = loaded.open_request
    if request is not None and (request.action is Action.VERIFY or "responsible_person" in request.offered):
        return no("one_request", f"「{request.action.label}」正在签批，内容已冻结。请先办完，或由申请人撤回。")
    return ALLOWED


def assign(hazard: Hazard, person_id: int, *, by: Actor, reason: str, now: datetime) -> str:
    """Name an active person of the hazard's enterprise as responsible; the name. That person is told."""
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    refuse_unless(permit_assign(loaded, by.person_id))
    wanted = select(Person).where(Person.id == person_id, Person.enterprise_id == hazard.enterprise_id, Person.active)
    chosen = db.session.scalar(wanted)
    if chosen is None:
        raise Invalid("整改责任人须是隐患所在企业的在岗人员。请重新选择。", fields={"person_id": "请从名单中选择。"})
    if hazard.responsible_person_id == chosen.id:
        raise Invalid(f"整改责任人已经是{chosen.name}，没有改动。")
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"说明最多 {LONGEST_REASON} 个字。请删减。", fields={"reason": f"最多 {LONGEST_REASON} 个字。"})
    _keep_the_one_before(hazard, chosen, by, now)
    hazard.responsible_person_id, hazard.responsible_person = chosen.id, chosen.name
    record(hazard, "assign", by=by.person_id, now=now, content={"receiver": chosen.id}, note=reason.strip())
    if chosen.id != by.person_id:
        due = f"，整改期限 {hazard.deadline.isoformat()}" if hazard.deadline else ""
        text = f"{by.name}指定您为 {hazard.number} 的整改责任人{due}。"
        tell([chosen.id], "assigned", text, now=now, url=f"/hazards/{hazard.number}")
    return chosen.name


def _keep_the_one_before(hazard: Hazard, chosen: Person, by: Actor, now: datetime) -> None:
    before = hazard.responsible_person_id
    if before is None or hazard.state is not State.RECTIFYING:
        return
    text = f"此前的整改责任人，改由{chosen.name}负责"
    db.session.add(WorkRecord(hazard_id=hazard.id, person_id=before, recorded_by_id=by.person_id, at=now, text=text))

"""A leaver's open work goes to a named person: the hazards answered for, the requests opened, the lists owned.

Signatures and history stay as they are. Whoever answered for a hazard while it was being put right counts as having
worked on it, so that handing it over makes nobody free to verify the own work.
"""

from __future__ import annotations

from datetime import datetime

from accounts.access import Actor
from accounts.authority import supervises
from accounts.models import Person
from accounts.news import PersonLeft
from accounts.roles import Role
from core.db import db
from core.outbox import tell
from core.refusals import Conflict, Invalid, NotAllowed
from core.scope import everything
from hazards import case as cases
from hazards.models import Hazard, WorkRecord
from hazards.open_work import LIST, REQUEST, RESPONSIBLE, count_open_work, what_of
from hazards.queries import holders
from hazards.recording import record
from workflows.vocabulary import State


def may_hand_over(by: Actor, person: Person) -> bool:
    """Of the own enterprise its safety managers and principal, else who supervises it; of an office its heads."""
    if person.id == by.person_id:
        return False
    if person.enterprise is not None:
        if by.enterprise_id == person.enterprise_id:
            return by.holds(Role.SAFETY_MANAGER, Role.PRINCIPAL)
        return by.holds(Role.INSPECTOR, Role.REVIEWER) and supervises(by, person.enterprise)
    if person.regulator_id is None or by.regulator_id != person.regulator_id:
        return False
    return by.holds(Role.REVIEWER, Role.APPROVER, Role.TOWN_HEAD)


def hand_over(
    hazard: Hazard, leaver: Person, receiver: Person, *, by: Actor, reason: str, now: datetime
) -> tuple[str, ...]:
    """Give everything the leaver has to do on this hazard to the receiver; what that was."""
    _check(leaver, receiver, by)
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    request = loaded.open_request
    what = what_of(hazard, leaver.id, has_request=request is not None and request.opened_by_id == leaver.id)
    if not what:
        raise Conflict(f"{hazard.number} 上已没有{leaver.name}的未了事项，可能刚被移交。")
    if RESPONSIBLE in what:
        if request is not None and request.offered.get("responsible_person_id") == leaver.id:
            where = f"{hazard.number} 正在签批「{request.action.label}」"
            raise Conflict(f"{where}，其中写明整改责任人是{leaver.name}。请办完或撤回后再移交。")
        _answer_for(hazard, leaver, receiver, by, now)
    if REQUEST in what and request is not None:
        request.opened_by_id = receiver.id
    if LIST in what:
        hazard.list_owner_id = receiver.id
    content = {"leaver": leaver.id, "receiver": receiver.id, "what": list(what)}
    record(hazard, "hand_over", by=by.person_id, now=now, content=content, note=reason)
    return what


def _answer_for(hazard: Hazard, leaver: Person, receiver: Person, by: Actor, now: datetime) -> None:
    if hazard.state is not State.REPORTED:
        named = f"此前的整改责任人，移交给{receiver.name}"
        db.session.add(
            WorkRecord(hazard_id=hazard.id, person_id=leaver.id, recorded_by_id=by.person_id, at=now, text=named)
        )
    hazard.responsible_person_id, hazard.responsible_person = receiver.id, receiver.name


def _check(leaver: Person, receiver: Person, by: Actor) -> None:
    if not may_hand_over(by, leaver):
        raise NotAllowed("您不能移交这个人的工作。企业人员的由本企业安全管理人员办理，监管人员的由本单位审核人办理。")
    own = (leaver.enterprise_id, leaver.regulator_id)
    if receiver.id == leaver.id or not receiver.active or own != (receiver.enterprise_id, receiver.regulator_id):
        raise Invalid("接手人不对。", fields={"receiver_id": "请选本单位的另一名在岗人员。"})


def tell_receiver(receiver: Person, leaver: Person, numbers: list[str], *, now: datetime) -> None:
    """One message, however many hazards came over. Inside a unit of work."""
    more = f" 等 {len(numbers)} 条" if len(numbers) > 1 else ""
    text = f"{leaver.name}的工作移交给您：{numbers[0]}{more}。"
    tell([receiver.id], "hand_over", text, now=now, url=f"/hazards/{numbers[0]}")


def person_left(news: PersonLeft) -> None:
    """Tell who may hand over that a leaver's work is open (domain.md §3)."""
    with everything("open work of a leaver"):
        person = db.session.get_one(Person, news.person_id)
        count = count_open_work(person)
        if not count:
            return
        if person.enterprise_id is not None:
            keepers = holders(Role.SAFETY_MANAGER, enterprise_id=person.enterprise_id)
            keepers = keepers or holders(Role.PRINCIPAL, enterprise_id=person.enterprise_id)
        else:
            keepers = holders(Role.REVIEWER, regulator_id=person.regulator_id)
    text = f"{person.name}已离岗，还有 {count} 条隐患上的工作没有移交。"
    tell(keepers, "left", text, now=news.at, url=f"/hazards/hand-over/{person.id}", key=f"left:{person.id}:{news.at}")

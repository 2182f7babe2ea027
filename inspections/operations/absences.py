"""Verbs on absences: somebody is away from–to, and who inspects meanwhile. Called inside a unit of work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.authority import allow
from accounts.models import Person
from core.days import shanghai_day
from core.db import db
from core.outbox import tell
from core.refusals import Conflict, Invalid
from inspections.models import Absence
from inspections.operations.checklists import may_keep

LONGEST: Final = timedelta(days=366)
LONGEST_REASON: Final = 120


@dataclass(frozen=True, slots=True)
class AbsenceDetails:
    """Who is away from which day to which, both included; the substitute, else it is whoever is next in line."""

    person_id: int
    first_on: date
    last_on: date
    substitute_id: int | None = None
    reason: str = ""


def may_record(actor: Actor, person_id: int, enterprise_id: int | None) -> bool:
    """Oneself, or whoever keeps the plans of the enterprise."""
    own = actor.person_id == person_id and actor.enterprise_id == enterprise_id
    return enterprise_id is not None and (own or may_keep(actor, enterprise_id))


def add_absence(details: AbsenceDetails, *, by: Actor, now: datetime) -> Absence:
    """Record that somebody is away; the substitute is told."""
    _allow(by, details.person_id, by.enterprise_id)
    person = _check(details, by, now)
    made = Absence(
        enterprise_id=by.enterprise_id,
        person_id=details.person_id,
        first_on=details.first_on,
        last_on=details.last_on,
        substitute_id=details.substitute_id,
        reason=details.reason,
        made_at=now,
        made_by_id=by.person_id,
    )
    db.session.add(made)
    db.session.flush()
    if details.substitute_id not in (None, by.person_id):
        words = f"{details.first_on} 至 {details.last_on}，{person.name}的排查由您代替。"
        tell({details.substitute_id}, "absence", words, now=now, url="/inspections/absences/")
    return made


def end_absence(absence: Absence, *, by: Actor, now: datetime) -> None:
    """Back earlier, or not away after all: from today on the person inspects again."""
    _allow(by, absence.person_id, absence.enterprise_id)
    today = shanghai_day(now)
    if absence.withdrawn_at is not None or absence.last_on < today:
        raise Conflict("这次离岗已经结束。")
    if absence.first_on < today:
        absence.last_on = today - timedelta(days=1)
    else:
        absence.withdrawn_at = now
    if absence.substitute_id not in (None, by.person_id):
        tell({absence.substitute_id}, "absence", "代替他人的排查已经结束。", now=now, url="/inspections/absences/")


def _allow(by: Actor, person_id: int, enterprise_id: int | None) -> None:
    permitted = may_record(by, person_id, enterprise_id)
    allow(permitted, "登记别人的离岗", "本人或本企业安全管理人员、厂长/经理、主要负责人")


def _check(details: AbsenceDetails, by: Actor, now: datetime) -> Person:
    wrong = {}
    person = _colleague(details.person_id, by)
    if person is None:
        wrong["person_id"] = "这个人已离岗，或者不是本企业的。请另选。"
    if details.last_on < max(details.first_on, shanghai_day(now)):
        wrong["last_on"] = "最后一天不能早于第一天，也不能早于今天。请核对。"
    elif details.last_on - details.first_on > LONGEST:
        wrong["last_on"] = "一次最长一年。更久的请在人员管理里调整。"
    if details.substitute_id is not None:
        if details.substitute_id == details.person_id:
            wrong["substitute_id"] = "代替的人不能是本人。"
        elif _colleague(details.substitute_id, by) is None:
            wrong["substitute_id"] = "这个人已离岗，或者不是本企业的。请另选。"
    if len(details.reason) > LONGEST_REASON:
        wrong["reason"] = f"最多 {LONGEST_REASON} 个字。"
    if not wrong and _overlaps(details):
        wrong["first_on"] = "这个人在这段时间已登记离岗。请先结束原来的，或改日期。"
    if wrong or person is None:
        raise Invalid("还没有保存：" + "".join(wrong.values()), fields=wrong)
    return person


def _colleague(person_id: int, by: Actor) -> Person | None:
    wanted = select(Person).where(Person.id == person_id, Person.enterprise_id == by.enterprise_id, Person.active)
    return db.session.scalar(wanted)


def _overlaps(details: AbsenceDetails) -> bool:
    same = select(Absence.id).where(
        Absence.person_id == details.person_id,
        Absence.withdrawn_at.is_(None),
        Absence.first_on <= details.last_on,
        Absence.last_on >= details.first_on,
    )
    return db.session.scalar(same.limit(1)) is not None

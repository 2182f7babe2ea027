"""Verbs on deputies: who acts for whom, from when to when (domain.md §2). Called inside a unit of work."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.authority import allow, may_keep_person
from accounts.history import record
from accounts.models import Deputation, Person
from accounts.roles import CLOSING_ROLES, REGULATOR_ROLES
from accounts.rules import SCOPE_LABELS, DeputyScope
from core.days import shanghai_day
from core.db import db
from core.outbox import tell
from core.refusals import Conflict, Invalid

LONGEST: Final = timedelta(days=366)
MAY_DEPUTISE: Final = CLOSING_ROLES | REGULATOR_ROLES  # all of them given by a regulator or the system administrator


def add_deputation(
    person: Person,
    deputy: Person,
    starts_at: datetime,
    ends_at: datetime,
    scope: DeputyScope = DeputyScope.ALL,
    *,
    by: Actor | None,
    now: datetime,
) -> Deputation:
    """Let `deputy` act for `person`; decided by the person or by whoever keeps the person."""
    _allow(by, person)
    _check(person, deputy, starts_at, ends_at, now)
    made = Deputation(
        person_id=person.id,
        deputy_id=deputy.id,
        starts_at=starts_at,
        ends_at=ends_at,
        scope=scope,
        granted_by_id=by.person_id if by else None,
    )
    db.session.add(made)
    db.session.flush()
    record(person, "deputy_added", by=by, now=now, deputation=made.id, deputy=deputy.id, scope=scope.value)
    _tell_both(made, person, f"请{deputy.name}代理{person.name}：{_words_of(made)}。", by, now)
    return made


def _words_of(deputation: Deputation) -> str:
    """2026-11-16 至 2026-11-20，全部隐患."""
    first = shanghai_day(deputation.starts_at)
    last = shanghai_day(deputation.ends_at - timedelta(microseconds=1))
    return f"{first.isoformat()} 至 {last.isoformat()}，{SCOPE_LABELS[deputation.scope]}"


def _tell_both(deputation: Deputation, person: Person, text: str, by: Actor | None, now: datetime) -> None:
    """Tell the two concerned, save who does it."""
    persons = {person.id, deputation.deputy_id} - {by.person_id if by else 0}
    tell(persons, "deputy", text, now=now, url="/me")


def end_deputation(deputation: Deputation, person: Person, *, by: Actor | None, now: datetime) -> None:
    """End it now; one that has not begun never acts, so only the history keeps it."""
    _allow(by, person)
    if deputation.ends_at <= now:
        raise Conflict("这项代理已经结束。")
    record(person, "deputy_ended", by=by, now=now, deputation=deputation.id, deputy=deputation.deputy_id)
    _tell_both(deputation, person, f"对{person.name}的代理已结束（原定 {_words_of(deputation)}）。", by, now)
    if deputation.starts_at < now:
        deputation.ends_at = now
    else:
        db.session.delete(deputation)


def may_set_deputies(by: Actor, person: Person) -> bool:
    """Whether this is the person, or somebody who keeps the person."""
    return by.person_id == person.id or may_keep_person(by, person)


def _allow(by: Actor | None, person: Person) -> None:
    allow(by is None or may_set_deputies(by, person), "安排这个人的代理", "本人或其管理人员")


def _check(person: Person, deputy: Person, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    own = (person.enterprise_id, person.regulator_id)
    if person.id == deputy.id or own != (deputy.enterprise_id, deputy.regulator_id) or not deputy.active:
        raise Invalid("代理人不对。", fields={"deputy_id": "请选本单位的另一名在岗人员。"})
    if not deputy.roles & MAY_DEPUTISE:
        raise Invalid(
            "代理人不对。",
            fields={"deputy_id": f"{deputy.name}没有可以签批的角色，不能代理。请先由有权的部门授予角色。"},
        )
    if ends_at <= max(starts_at, now) or ends_at - starts_at > LONGEST:
        raise Invalid("代理期间不对。", fields={"until": "止日须在今天以后、不早于起日，一次最长一年。请核对。"})
    same = select(Deputation.id).where(
        Deputation.person_id == person.id,
        Deputation.deputy_id == deputy.id,
        Deputation.starts_at < ends_at,
        Deputation.ends_at > starts_at,
    )
    if db.session.scalar(same) is not None:
        raise Invalid("代理已登记。", fields={"since": "这段时间已由这个人代理。请先结束原来的代理。"})

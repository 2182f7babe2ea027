"""Verbs on people and what they hold. Called inside a unit of work; `by` None is the operator at the command line.

Who may grant what is the table `GRANTS` (roles.py) together with `authority.py`. The system's three roles are given at
the command line only, one to a person: the three administrators are separate persons (等保三级).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from accounts.access import Actor
from accounts.authority import allow, grantable, may_keep_person, may_reset, side_of
from accounts.history import record
from accounts.models import Enterprise, Grant, Person, Regulator
from accounts.news import PersonLeft, RolesChanged
from accounts.passwords import OneTime, prepare_one_time
from accounts.queries import get_unit, normal_login, person_by_login
from accounts.roles import CLOSING_ROLES, Role, Side
from core.db import db
from core.refusals import Conflict, Invalid, NotAllowed
from core.web import announcements

LOGIN: Final = re.compile(r"[\w.@-]{2,40}")


@dataclass(frozen=True, slots=True)
class PersonDetails:
    """What is known of a person; without a login somebody known from paper only."""

    name: str
    login: str = ""
    unit_id: int | None = None
    title: str = ""
    certificate_no: str = ""
    phone: str = ""


class NewPerson(NamedTuple):
    """A person just made, and the one-time password to hand over (None without a login)."""

    person: Person
    one_time_password: str | None


def add_person(
    details: PersonDetails,
    *,
    by: Actor | None,
    now: datetime,
    enterprise: Enterprise | None = None,
    regulator: Regulator | None = None,
    roles: Iterable[Role] = (),
    prepared: OneTime | None = None,
) -> NewPerson:
    """Make a person of one organisation, or of the system where none is given, with these roles.

    `prepared` is a one-time password hashed beforehand, where many people are made at once.
    """
    _allow_adding(by, enterprise, regulator)
    made = Person(created_at=now, name=details.name, enterprise=enterprise, regulator=regulator, grants=[])
    made.enterprise_id = enterprise.id if enterprise else None
    made.regulator_id = regulator.id if regulator else None
    _fill(made, details)
    password = _first_password(made, details.login, now, prepared) if details.login else None
    db.session.add(made)
    record(made, "created", by=by, now=now)
    for role in sorted(set(roles)):
        grant_role(made, role, by=by, now=now)
    return NewPerson(made, password)


def _allow_adding(by: Actor | None, enterprise: Enterprise | None, regulator: Regulator | None) -> None:
    if enterprise is not None and regulator is not None:
        raise ValueError("a person belongs to one organisation")
    allow(
        by is None or bool(grantable(by, enterprise=enterprise, regulator=regulator)),
        "在这个单位增加人员",
        "本企业安全管理人员、监管部门或系统管理员",
    )


def change_person(person: Person, details: PersonDetails, *, by: Actor | None, now: datetime) -> None:
    """Change name, unit, title, certificate and telephone; the login stays."""
    _allow_keeping(by, person, "修改这个人的信息")
    unit_before = person.unit_id
    _fill(person, details)
    record(person, "changed", by=by, now=now)
    if person.unit_id != unit_before:
        announcements().announce(RolesChanged(person.enterprise_id, person.regulator_id, now))


def _fill(person: Person, details: PersonDetails) -> None:
    person.name, person.title = details.name, details.title
    person.certificate_no, person.phone = details.certificate_no, details.phone
    if details.unit_id is None:
        person.unit_id = person.unit = None
        return
    if person.enterprise_id is None:
        raise Invalid("监管单位没有部门、班组。", fields={"unit_id": "请留空。"})
    person.unit = get_unit(person.enterprise_id, details.unit_id)
    person.unit_id = person.unit.id


def _allow_keeping(by: Actor | None, person: Person, what: str) -> None:
    allow(by is None or may_keep_person(by, person), what, "所在单位的管理人员（会签销号的人员由监管部门）")


# --- roles -----------------------------------------------------------------------------------------------------


def grant_role(person: Person, role: Role, *, by: Actor | None, now: datetime) -> Grant:
    """Give a role to somebody else, where the table allows it."""
    _allow_role(person, role, by, "授予")
    if role in person.roles:
        raise Conflict(f"{person.name}已经是{role.label}。")
    made = Grant(role=role, granted_by_id=by.person_id if by else None, granted_at=now)
    person.grants.append(made)
    db.session.flush()
    record(person, "role_granted", by=by, now=now, role=role.value, grant=made.id)
    announcements().announce(RolesChanged(person.enterprise_id, person.regulator_id, now))
    return made


def end_role(person: Person, role: Role, *, by: Actor | None, now: datetime) -> None:
    """Take a role back; who may give it may take it. Signatures given in it stand."""
    _allow_role(person, role, by, "收回")
    held = [grant for grant in person.grants if grant.role is role and grant.ended_at is None]
    if not held:
        raise Conflict(f"{person.name}现在不是{role.label}。")
    for grant in held:
        grant.ended_at = now
    record(person, "role_ended", by=by, now=now, role=role.value)
    announcements().announce(RolesChanged(person.enterprise_id, person.regulator_id, now))


def _allow_role(person: Person, role: Role, by: Actor | None, verb: str) -> None:
    _check_side(person, role)
    if by is None:
        return
    if by.person_id == person.id:
        raise NotAllowed(f"不能给自己{verb}角色。请由别人办理。", rule="own_role")
    if role not in grantable(by, enterprise=person.enterprise, regulator=person.regulator):
        whose = _granters(role)
        raise NotAllowed(f"您不能{verb}“{role.label}”。这个角色由{whose}授予和收回。", rule="grant")


def _granters(role: Role) -> str:
    if role.side is Side.SYSTEM:
        return "系统操作员在命令行"
    if role in CLOSING_ROLES:
        return "监管部门的检查人员或审核人"
    return "系统管理员" if role.side is Side.REGULATOR else "本企业安全管理人员或系统管理员"


def _check_side(person: Person, role: Role) -> None:
    if role.side is not side_of(person):
        raise Invalid(f"“{role.label}”不是这个单位的角色。", fields={"role": "请选本单位的角色。"})
    if role.side is Side.SYSTEM and person.roles - {role}:
        raise Invalid("系统的三种管理员必须是三个人。", fields={"role": "请为这个角色另设一人。"})


# --- coming and going ------------------------------------------------------------------------------------------


def deactivate(person: Person, *, by: Actor | None, now: datetime) -> None:
    """A leaver: no log-in, running sessions end, roles end. The login name is never given to anybody else."""
    _allow_keeping(by, person, "停用这个人")
    if not person.active:
        raise Conflict(f"{person.name}已经停用。")
    person.active = False
    person.session_epoch += 1
    for grant in person.grants:
        grant.ended_at = grant.ended_at or now
    record(person, "deactivated", by=by, now=now)
    announcements().announce(PersonLeft(person.id, by.person_id if by else None, now))
    announcements().announce(RolesChanged(person.enterprise_id, person.regulator_id, now))


def reactivate(person: Person, *, by: Actor | None, now: datetime) -> None:
    """Somebody is back, or was deactivated by mistake; roles must be granted anew."""
    _allow_keeping(by, person, "恢复这个人")
    if person.active:
        raise Conflict(f"{person.name}没有停用。")
    person.active = True
    record(person, "reactivated", by=by, now=now)


def give_login(person: Person, login: str, *, by: Actor | None, now: datetime, prepared: OneTime | None = None) -> str:
    """Let somebody known from paper log in; the one-time password."""
    _allow_resetting(by, person, "为这个人开通登录")
    if person.login is not None:
        raise Conflict(f"{person.name}已有登录名。")
    password = _first_password(person, login, now, prepared)
    record(person, "login_given", by=by, now=now)
    return password


def reset_password(person: Person, *, by: Actor | None, now: datetime) -> str:
    """Replace a forgotten password by a one-time one; running sessions end, a lock is lifted."""
    _allow_resetting(by, person, "重设这个人的密码")
    if person.login is None:
        raise Invalid(f"{person.name}没有登录名。请先开通登录。")
    password = prepare_one_time()
    _set_one_time(person, password, now)
    record(person, "password_reset", by=by, now=now)
    return password.plain


def unlock(person: Person, *, by: Actor | None, now: datetime) -> None:
    """Lift a lock before its time."""
    _allow_resetting(by, person, "解锁这个人的登录")
    person.failed_tries, person.locked_until = 0, None
    record(person, "unlocked", by=by, now=now)


def _allow_resetting(by: Actor | None, person: Person, what: str) -> None:
    if by is not None and not may_reset(by, person):
        raise NotAllowed(
            f"您不能{what}。一般人员由本企业安全管理人员办理，会签销号的人员由监管部门办理，"
            "其他人员由安全管理员办理；系统管理人员由操作员在命令行办理。",
            rule="reset",
        )


def _first_password(person: Person, login: str, now: datetime, prepared: OneTime | None) -> str:
    name = normal_login(login)
    if not LOGIN.fullmatch(name):
        raise Invalid("登录名不对。", fields={"login": "2 到 40 个字符，可用文字、数字和 . _ - @，中间不留空格。"})
    if person_by_login(name) is not None:
        raise Invalid("登录名已有。", fields={"login": f"登录名“{name}”已经有人用过。请换一个。"})
    person.login = name
    password = prepared or prepare_one_time()
    _set_one_time(person, password, now)
    return password.plain


def _set_one_time(person: Person, password: OneTime, now: datetime) -> None:
    person.password_hash = password.kept
    person.password_changed_at = now
    person.must_change = True
    person.failed_tries, person.locked_until = 0, None
    person.session_epoch = (person.session_epoch or 0) + 1

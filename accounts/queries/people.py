"""Queries of people: by login, by organisation, by role; who deputises; who tried to log in."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from unicodedata import normalize

from sqlalchemy import String, and_, bindparam, func, or_, select, type_coerce

from accounts.models import Competence, Deputation, Enterprise, Grant, Person, Region, Regulator, SignIn
from accounts.roles import BY_CODE, Role
from accounts.security_models import LogInSession, SecondFactor
from core.db import db
from core.prepared import Prepared
from core.refusals import NotFound
from core.scope import everything

PAGE = 50


def normal_login(text: str) -> str:
    """A login as it is stored: without control characters and blanks around, half-width, lower case."""
    return "".join(c for c in normalize("NFKC", text) if c.isprintable()).strip().casefold()


def person_by_login(login: str) -> Person | None:
    """Whoever logs in by this name, active or not; past the scope, since nobody is looking yet."""
    with everything("log-in"):
        return db.session.scalar(select(Person).where(Person.login == normal_login(login)))


def person_by_id(person_id: int) -> Person | None:
    """The person of a running session; past the scope, which is made from the person."""
    with everything("log-in"):
        return db.session.scalar(select(Person).where(Person.id == person_id))


class Standing(NamedTuple):
    """Who is signed in and where they belong, as plain values of one reading."""

    person_id: int
    name: str
    must_change: bool
    enterprise_id: int | None
    unit_id: int | None
    regulator_id: int | None
    firm: str | None
    office: str | None
    office_short: str | None
    has_all_sectors: bool
    region_path: str | None
    roles: frozenset[Role]
    sectors: frozenset[str]


def standing_of_session(person_id: int, session_id: int) -> Standing | None:
    """The active person of a log-in that nobody has ended; past the scope, which is made from the person."""
    with everything("log-in"):
        found = _standing.first(person=person_id, session=session_id)
    if found is None:
        return None
    return Standing(
        person_id=found.id,
        name=found.name,
        must_change=found.must_change,
        enterprise_id=found.enterprise_id,
        unit_id=found.unit_id,
        regulator_id=found.regulator_id,
        firm=found.firm,
        office=found.office,
        office_short=found.short_name,
        has_all_sectors=bool(found.is_comprehensive or found.is_committee),
        region_path=found.path,
        roles=frozenset(BY_CODE[role] for role in (found.roles or "").split(",") if role),
        sectors=frozenset((found.sectors or "").split("\n")) - {""},
    )


def _standing_of_session() -> Any:
    running = (
        (LogInSession.person_id == Person.id)
        & (LogInSession.id == bindparam("session"))
        & LogInSession.ended_at.is_(None)
        & (LogInSession.epoch == Person.session_epoch)
    )
    roles = func.aggregate_strings(type_coerce(Grant.role, String), ",")
    held = select(roles).where(Grant.person_id == Person.id, Grant.ended_at.is_(None)).scalar_subquery()
    sectors = func.aggregate_strings(Competence.sector, "\n")
    competent = select(sectors).where(Competence.regulator_id == Person.regulator_id).scalar_subquery()
    return (
        select(
            Person.id,
            Person.name,
            Person.must_change,
            Person.enterprise_id,
            Person.unit_id,
            Person.regulator_id,
            Enterprise.name.label("firm"),
            Regulator.name.label("office"),
            Regulator.short_name,
            Regulator.is_comprehensive,
            Regulator.is_committee,
            Region.path,
            held.label("roles"),
            competent.label("sectors"),
        )
        .join(LogInSession, running)
        .outerjoin(Enterprise, Enterprise.id == Person.enterprise_id)
        .outerjoin(Regulator, Regulator.id == Person.regulator_id)
        .outerjoin(Region, Region.code == Regulator.region_code)
        .where(Person.id == bindparam("person"), Person.active, Person.login.is_not(None))
    )


_standing = Prepared(_standing_of_session)


def has_factor(person_id: int) -> bool:
    """Whether this person has a second factor."""
    return db.session.scalar(select(SecondFactor.person_id).where(SecondFactor.person_id == person_id)) is not None


def get_person(person_id: int) -> Person:
    """A person the viewer may see, else `NotFound`."""
    found = db.session.scalar(select(Person).where(Person.id == person_id))
    if found is None:
        raise NotFound("找不到这个人，或者不在您的管理范围内。请核对。")
    return found


def people_of(
    *,
    enterprise_id: int | None = None,
    regulator_id: int | None = None,
    roles: Collection[Role] = (),
    active: bool = True,
) -> list[Person]:
    """The people of one organisation, in one of these roles where any are given; active ones only unless asked."""
    wanted = select(Person).order_by(Person.active.desc(), Person.id)
    wanted = wanted.where(Person.enterprise_id == enterprise_id, Person.regulator_id == regulator_id)
    if active:
        wanted = wanted.where(Person.active)
    if roles:
        holders = select(Grant.person_id).where(Grant.role.in_(roles), Grant.ended_at.is_(None))
        wanted = wanted.where(Person.id.in_(holders))
    return list(db.session.scalars(wanted))


class PersonLabel(NamedTuple):
    """What is shown of somebody who signed or acts: never more than this."""

    name: str
    title: str
    organisation: str


def person_labels(person_ids: Iterable[int]) -> dict[int, PersonLabel]:
    """Names for people of any organisation, by id: an enterprise must read which inspector signed."""
    wanted = set(person_ids)
    if not wanted:
        return {}
    rows = (
        select(Person.id, Person.name, Person.title, Enterprise.name, Regulator.short_name)
        .outerjoin(Enterprise, Enterprise.id == Person.enterprise_id)
        .outerjoin(Regulator, Regulator.id == Person.regulator_id)
        .where(Person.id.in_(wanted))
    )
    with everything("names of signers"):
        return {
            person_id: PersonLabel(name, title, firm or office or "")
            for person_id, name, title, firm, office in db.session.execute(rows)
        }


class SeatRow(NamedTuple):
    """One active person in one role of one organisation (the other id is None)."""

    person_id: int
    role: Role
    enterprise_id: int | None
    regulator_id: int | None


def seat_rows(enterprise_id: int | None, regulator_ids: Collection[int], roles: Collection[Role] = ()) -> list[SeatRow]:
    """Everybody active in one of the roles (any, where none are given) of these organisations, in one query.

    Past the scope: who may sign does not depend on who is looking.
    """
    wanted = (
        select(Person.id, Grant.role, Person.enterprise_id, Person.regulator_id)
        .join(Grant, Grant.person_id == Person.id)
        .where(Person.active, Grant.ended_at.is_(None))
        .where(or_(Person.enterprise_id == enterprise_id, Person.regulator_id.in_(regulator_ids)))
        .order_by(Person.id, Grant.id)
    )
    if roles:
        wanted = wanted.where(Grant.role.in_(roles))
    with everything("who may sign"):
        return [SeatRow(*row) for row in db.session.execute(wanted)]


def deputations_between(person_ids: Collection[int], since: datetime, until: datetime) -> list[Deputation]:
    """Deputations of or by these people that were in force at some time of the period."""
    touches = or_(Deputation.person_id.in_(person_ids), Deputation.deputy_id.in_(person_ids))
    in_force = and_(Deputation.starts_at <= until, Deputation.ends_at > since)
    return list(db.session.scalars(select(Deputation).where(touches, in_force).order_by(Deputation.starts_at)))


def deputations_of(person_id: int, *, now: datetime) -> list[Deputation]:
    """Who deputises for this person now or later."""
    wanted = select(Deputation).where(Deputation.person_id == person_id, Deputation.ends_at > now)
    return list(db.session.scalars(wanted.order_by(Deputation.starts_at, Deputation.id)))


def deputations_by(person_id: int, *, now: datetime) -> list[Deputation]:
    """For whom this person deputises now or later."""
    wanted = select(Deputation).where(Deputation.deputy_id == person_id, Deputation.ends_at > now)
    return list(db.session.scalars(wanted.order_by(Deputation.starts_at, Deputation.id)))


def running_deputations(after: int, *, now: datetime, limit: int = PAGE) -> list[Deputation]:
    """Deputations of people the viewer sees, now or later, by id; one more than a page tells that there are more."""
    wanted = select(Deputation).join(Person, Person.id == Deputation.person_id)
    wanted = wanted.where(Deputation.ends_at > now, Deputation.id > after)
    return list(db.session.scalars(wanted.order_by(Deputation.id).limit(limit + 1)))


def sign_ins_of(person_id: int, limit: int = 20) -> list[SignIn]:
    """The newest tries to log in as this person."""
    wanted = select(SignIn).where(SignIn.person_id == person_id).order_by(SignIn.id.desc()).limit(limit)
    return list(db.session.scalars(wanted))


def newest_sign_ins(before: int | None = None, limit: int = PAGE) -> list[SignIn]:
    """Everybody's tries to log in, newest first; one more than a page tells that there are older ones."""
    wanted = select(SignIn).order_by(SignIn.id.desc()).limit(limit + 1)
    return list(db.session.scalars(wanted.where(SignIn.id < before) if before is not None else wanted))


def locked_people(now: datetime, limit: int = PAGE) -> list[Person]:
    """People the viewer sees whose log-in is locked now."""
    wanted = select(Person).where(Person.locked_until > now).order_by(Person.locked_until.desc()).limit(limit)
    return list(db.session.scalars(wanted))


def search_people(text: str, limit: int = PAGE) -> list[Person]:
    """People the viewer sees, by a part of the name or the whole login; at most `limit`."""
    sought = text.strip()
    if not sought:
        return []
    wanted = or_(Person.name.contains(sought, autoescape=True), Person.login == normal_login(sought))
    return list(db.session.scalars(select(Person).where(wanted).order_by(Person.id).limit(limit)))

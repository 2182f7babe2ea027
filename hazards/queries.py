"""Nouns of the register: one hazard by its number, people who hold a role."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, or_, select
from sqlalchemy.orm import joinedload

from accounts.models import Enterprise, Grant, Person, Region, Regulator
from accounts.roles import Role
from core.db import db
from core.entities import Part, PreparedEntities, join_loaded
from core.refusals import NotFound
from hazards.models import Hazard, HazardStanding, RectificationPoint

NOT_FOUND = "找不到这条隐患，或者它不在您的管辖范围内。请核对编号。"


def hazard_by_number(number: str, *, lock: bool = False) -> Hazard:
    """The hazard of this number within the viewer's scope, with what its page shows of others; `NotFound` else."""
    row = (_locked if lock else _by_number).first(number=number)
    if row is None:
        raise NotFound(NOT_FOUND)
    found, standing, enterprise, region, town, concerned, office = row
    join_loaded(found, "standing", standing)
    join_loaded(enterprise, "region", region)
    join_loaded(enterprise, "town", town)
    join_loaded(found, "enterprise", enterprise)
    join_loaded(found, "concerned", concerned)
    join_loaded(found, "responsible_office", office)
    hazard: Hazard = found
    return hazard


_leads_to = (Hazard.enterprise, Hazard.concerned, Hazard.responsible_office)
_hazard = Part(Hazard, "hazard", Hazard, again=[joinedload(one) for one in _leads_to])
_standing = Part(HazardStanding, "standing")
_firm, _region, _town = Part(Enterprise, "firm"), Part(Region, "region"), Part(Region, "town")
_concerned, _office = Part(Enterprise, "concerned"), Part(Regulator, "office")


def _wanted(columns: list[Any]) -> Select[Any]:
    firm, region, town = _firm.source.c, _region.source.c, _town.source.c
    return (
        select(*columns)
        .select_from(Hazard)
        .join(_standing.source, _standing.source.c.id == Hazard.id)
        .join(_firm.source, firm.id == Hazard.enterprise_id)
        .join(_region.source, region.code == firm.region_code)
        .outerjoin(_town.source, town.code == firm.town_code)
        .outerjoin(_concerned.source, _concerned.source.c.id == Hazard.concerned_id)
        .outerjoin(_office.source, _office.source.c.id == Hazard.responsible_office_id)
        .where(Hazard.number == bindparam("number"), ~Hazard.hidden)
    )


_parts = (_hazard, _standing, _firm, _region, _town, _concerned, _office)
_by_number = PreparedEntities(_parts, _wanted)
_locked = PreparedEntities(_parts, lambda columns: _wanted(columns).with_for_update(of=[Hazard, _standing.source]))


def hazards_by_numbers(numbers: Collection[str]) -> list[Hazard]:
    """Those of these numbers within the viewer's scope, with their enterprises."""
    wanted = select(Hazard).where(Hazard.number.in_(list(numbers))).options(joinedload(Hazard.enterprise))
    return list(db.session.scalars(wanted)) if numbers else []


def points_of(hazard: Hazard) -> list[RectificationPoint]:
    """The points on the list now, in their order."""
    wanted = select(RectificationPoint).where(
        RectificationPoint.hazard_id == hazard.id, RectificationPoint.struck_at.is_(None)
    )
    return list(db.session.scalars(wanted.order_by(RectificationPoint.position, RectificationPoint.id)))


def counts_still(hazard: Any = Hazard) -> ColumnElement[bool]:
    """Whether a hazard is seen, or will be once its import lands: not one given up or taken back."""
    return or_(~hazard.hidden, hazard.merge_key.is_not(None))


def holders(role: Role, *, enterprise_id: int | None = None, regulator_id: int | None = None) -> list[int]:
    """Ids of active people who hold a role in one organisation."""
    where: list[Any] = [Person.active, Grant.ended_at.is_(None), Grant.role == role]
    if enterprise_id is not None:
        where.append(Person.enterprise_id == enterprise_id)
    if regulator_id is not None:
        where.append(Person.regulator_id == regulator_id)
    return list(db.session.scalars(select(Person.id).join(Grant, Grant.person_id == Person.id).where(*where)))


def names_of(person_ids: Collection[int]) -> dict[int, str]:
    """Names of people by id."""
    rows = db.session.execute(select(Person.id, Person.name).where(Person.id.in_(sorted(set(person_ids)))))
    return {row.id: row.name for row in rows}

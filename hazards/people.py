"""People and offices that a form of one hazard offers to choose from."""

from __future__ import annotations

from sqlalchemy import select

from accounts.models import Person, Regulator
from accounts.rules import OfficeLevel
from core.db import db
from hazards.models import Hazard
from hazards.seating import Office

MOST = 500


def people_of_enterprise(hazard: Hazard) -> list[tuple[int, str]]:
    """Active people of the hazard's enterprise the viewer may see, by name; at most 500."""
    wanted = (
        select(Person.id, Person.name, Person.title)
        .where(Person.enterprise_id == hazard.enterprise_id, Person.active)
        .order_by(Person.name, Person.id)
        .limit(MOST)
    )
    return [(person, name) for person, name, _title in db.session.execute(wanted)]


def known_signers(hazard: Hazard, offices: tuple[Office, ...]) -> list[str]:
    """Names that may stand on a paper: of the enterprise and of the offices above it."""
    ids = [office.id for office in offices]
    wanted = select(Person.name).where(
        (Person.enterprise_id == hazard.enterprise_id) | Person.regulator_id.in_(ids), Person.active
    )
    return sorted(set(db.session.scalars(wanted.limit(MOST))))


def offices_to_receive(hazard: Hazard) -> list[tuple[int, str]]:
    """Offices a hazard may be handed over to: active ones but its own; a town's only for a town's own order."""
    wanted = select(Regulator).where(Regulator.active, Regulator.id != hazard.responsible_office_id)
    wanted = wanted.where(Regulator.is_committee.is_(False))
    if not hazard.town_order:
        wanted = wanted.where(Regulator.level != OfficeLevel.TOWN)
    rows = db.session.scalars(wanted.order_by(Regulator.region_code, Regulator.id).limit(MOST))
    return [(office.id, office.name) for office in rows]

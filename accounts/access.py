"""Who is here, with which eyes they look, and what of organisations and people they see (domain.md §2).

People of an enterprise see their own enterprise and the names of linked ones; people of a regulator the enterprises of
their region in their sectors and the offices of their region; the system's three see all organisations and people
(and no hazard). Who may administer what they see stands in `authority.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g
from sqlalchemy import ColumnElement, and_, or_, select, true

from accounts.models import Enterprise, EnterpriseLink, OrgUnit, Person, Region, Regulator
from accounts.queries import Standing, person_by_id, unit_subtree
from accounts.roles import SYSTEM_ROLES, Role, Side
from accounts.rules import EVERYWHERE_SECTORS
from accounts.shift_models import WorkCalendar, WorkStop
from core.refusals import NotAllowed
from core.scope import Viewer, guard, subtree

# a department head may close another unit's hazard and so sees it; a team leader sees the own team's (domain.md §2)
SEES_WHOLE_ENTERPRISE = frozenset({Role.SAFETY_MANAGER, Role.PRINCIPAL, Role.PLANT_MANAGER, Role.DEPARTMENT_HEAD})
SEES_OWN_UNIT = frozenset({Role.TEAM_LEADER})
NOBODYS = 0  # the id of no enterprise: whoever belongs nowhere sees nothing


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, as plain values that outlive the request's session: for operations, pages and templates."""

    person_id: int
    name: str
    roles: frozenset[Role]
    enterprise_id: int | None = None
    unit_id: int | None = None
    regulator_id: int | None = None
    org_name: str = ""
    role_label: str = ""
    region_path: str | None = None
    sectors: frozenset[str] | None = None

    @property
    def side(self) -> Side:
        """To which kind of organisation the person belongs."""
        if self.enterprise_id is not None:
            return Side.ENTERPRISE
        return Side.REGULATOR if self.regulator_id is not None else Side.SYSTEM

    def holds(self, *roles: Role) -> bool:
        """Whether the person holds one of these roles now."""
        return not self.roles.isdisjoint(roles)


# --- who is looking --------------------------------------------------------------------------------------------


def sectors_of(regulator: Regulator) -> frozenset[str] | None:
    """The sectors an office is competent for; None where it is comprehensive or the committee (all)."""
    if regulator.is_comprehensive or regulator.is_committee:
        return None
    return frozenset(competence.sector for competence in regulator.competences)


def actor_of(person: Person) -> Actor:
    """The person as one who acts."""
    return actor_from(_standing_of(person))


def viewer_of(person: Person) -> Viewer:
    """With which eyes a person looks; the system's people see no hazard, and whoever belongs nowhere sees nothing."""
    return viewer_from(_standing_of(person))


def _standing_of(person: Person) -> Standing:
    office, firm = person.regulator, person.enterprise
    sectors = sectors_of(office) if office else None
    return Standing(
        person.id,
        person.name,
        person.must_change,
        person.enterprise_id,
        person.unit_id,
        person.regulator_id,
        firm.name if firm else None,
        office.name if office else None,
        office.short_name if office else None,
        sectors is None,
        office.region.path if office else None,
        person.roles,
        sectors or frozenset(),
    )


def actor_from(who: Standing) -> Actor:
    """One who acts, from what a session knows."""
    return Actor(
        person_id=who.person_id,
        name=who.name,
        roles=who.roles,
        enterprise_id=who.enterprise_id,
        unit_id=who.unit_id,
        regulator_id=who.regulator_id,
        org_name=(who.office_short or who.office) if who.office is not None else who.firm or "系统管理",
        role_label="、".join(role.label for role in Role if role in who.roles),
        region_path=who.region_path,
        sectors=_sectors_of(who),
    )


def _sectors_of(who: Standing) -> frozenset[str] | None:
    return None if who.regulator_id is None or who.has_all_sectors else who.sectors


def viewer_from(who: Standing) -> Viewer:
    """The eyes of a person, from what a session knows."""
    if who.regulator_id is not None:
        return Viewer(
            who.person_id,
            regulator_id=who.regulator_id,
            region_path=who.region_path,
            sectors=_sectors_of(who),
            sees_whole=who.region_path is not None and who.region_path.count("/") == len("//"),
        )
    if who.enterprise_id is not None:
        return _enterprise_viewer(who, who.enterprise_id)
    if who.roles & SYSTEM_ROLES:
        return Viewer(who.person_id)
    return Viewer(who.person_id, enterprise_id=NOBODYS, unit_ids=(), own_reports_only=True)


def _enterprise_viewer(who: Standing, enterprise_id: int) -> Viewer:
    if who.roles & SEES_WHOLE_ENTERPRISE:
        return Viewer(who.person_id, enterprise_id=enterprise_id)
    if who.roles & SEES_OWN_UNIT:
        units = unit_subtree(enterprise_id, who.unit_id) if who.unit_id is not None else frozenset()
        return Viewer(who.person_id, enterprise_id=enterprise_id, unit_ids=tuple(sorted(units)))
    return Viewer(who.person_id, enterprise_id=enterprise_id, unit_ids=(), own_reports_only=True)


def current_person() -> Person:
    """The signed-in person of this request, read when first asked; `NotAllowed` where nobody is signed in."""
    person: Person | None = g.get("person")
    if person is None:
        person = person_by_id(current_actor().person_id)
        if person is None:
            raise NotAllowed("请登录。")
        g.person = person
    return person


def current_actor() -> Actor:
    """The signed-in person of this request as plain values; `NotAllowed` where nobody is signed in."""
    actor = actor_if_any()
    if actor is None:
        raise NotAllowed("请登录。")
    return actor


def actor_if_any() -> Actor | None:
    """Whoever is signed in, or None on a page that is open to everybody."""
    actor: Actor | None = g.get("actor")
    return actor


# --- scope of this room's tables -------------------------------------------------------------------------------

_enterprises = Enterprise.__table__.c
_links = EnterpriseLink.__table__.c
_offices = Regulator.__table__.c
_regions = Region.__table__.c


def _is_system(viewer: Viewer) -> bool:
    return viewer.enterprise_id is None and viewer.region_path is None


def _supervised(columns: Any, viewer: Viewer) -> ColumnElement[bool]:
    """Enterprises of the region in the office's sectors; of all sectors for matters that occur everywhere."""
    here = and_(~columns.hidden, subtree(columns.region_path, viewer.region_path))
    if viewer.sectors is None or viewer.sectors & EVERYWHERE_SECTORS:
        return here
    return and_(here, columns.sector.in_(sorted(viewer.sectors)))


def named_to(actor: Actor | None) -> ColumnElement[bool]:
    """Enterprises whose names this person may be told where the scope is looked past; None is the operator."""
    if actor is None:
        return ~Enterprise.hidden
    if actor.region_path is None:
        return Enterprise.id == actor.enterprise_id
    viewer = Viewer(actor.person_id, region_path=actor.region_path, sectors=actor.sectors)
    return _supervised(Enterprise, viewer)


def _supervised_ids(viewer: Viewer) -> Any:
    return select(_enterprises.id).where(_supervised(_enterprises, viewer))


def _may_see_enterprise(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    if _is_system(viewer):
        return _is_true(~model.hidden)
    if viewer.enterprise_id is None:
        return _supervised(model, viewer)
    own = viewer.enterprise_id
    linked = (
        select(_links.other_id)
        .where(_links.enterprise_id == own)
        .union(select(_links.enterprise_id).where(_links.other_id == own))
    )
    return or_(model.id == own, model.id.in_(linked))


def _may_see_unit(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    if _is_system(viewer):
        return _is_true(~model.hidden)
    if viewer.enterprise_id is None:
        return and_(~model.hidden, model.enterprise_id.in_(_supervised_ids(viewer)))
    return and_(~model.hidden, model.enterprise_id == viewer.enterprise_id)


def _may_see_person(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    if _is_system(viewer):
        return true()
    oneself = model.id == viewer.person_id
    if viewer.enterprise_id is not None:
        return or_(oneself, model.enterprise_id == viewer.enterprise_id)
    regions = select(_regions.code).where(subtree(_regions.path, viewer.region_path))
    offices = select(_offices.id).where(_offices.region_code.in_(regions))
    return or_(oneself, model.regulator_id.in_(offices), model.enterprise_id.in_(_supervised_ids(viewer)))


def _may_see_link(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    if _is_system(viewer):
        return true()
    if viewer.enterprise_id is not None:
        return or_(model.enterprise_id == viewer.enterprise_id, model.other_id == viewer.enterprise_id)
    ids = _supervised_ids(viewer)
    return or_(model.enterprise_id.in_(ids), model.other_id.in_(ids))


def _may_see_shifts(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    if _is_system(viewer):
        return true()
    if viewer.enterprise_id is not None:
        own: ColumnElement[bool] = model.enterprise_id == viewer.enterprise_id
        return own
    return _is_true(model.enterprise_id.in_(_supervised_ids(viewer)))


def _is_true(condition: Any) -> ColumnElement[bool]:
    after: ColumnElement[bool] = condition
    return after


guard(Enterprise, _may_see_enterprise)
guard(OrgUnit, _may_see_unit)
guard(Person, _may_see_person)
guard(EnterpriseLink, _may_see_link)
guard(WorkCalendar, _may_see_shifts)
guard(WorkStop, _may_see_shifts)

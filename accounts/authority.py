"""Who may administer organisations and people: one function for each verb (domain.md §2).

The pages ask them for their buttons, the operations for their refusals. Roles a person may give stand in the table
`GRANTS` of roles.py; here stands of which organisation.
"""

from __future__ import annotations

from accounts.access import Actor
from accounts.models import Enterprise, Person, Regulator
from accounts.roles import CLOSING_ROLES, Role, Side, may_grant
from accounts.rules import EVERYWHERE_SECTORS
from core.refusals import NotAllowed


def allow(permitted: bool, what: str, whose: str) -> None:
    """Refuse with who does it instead, unless permitted."""
    if not permitted:
        raise NotAllowed(f"您不能{what}。这一项由{whose}办理。")


KEEPS_ENTERPRISES = frozenset({Role.TOWN_OFFICER, Role.TOWN_HEAD, Role.INSPECTOR, Role.REVIEWER})
GRANTS_CLOSERS = frozenset({Role.INSPECTOR, Role.REVIEWER})


def supervises(actor: Actor, enterprise: Enterprise) -> bool:
    """Whether the enterprise lies in the region and the sectors of the actor's office."""
    if actor.region_path is None or not enterprise.region_path.startswith(actor.region_path):
        return False
    sectors = actor.sectors
    return sectors is None or enterprise.sector in sectors or bool(sectors & EVERYWHERE_SECTORS)


def may_keep_offices(actor: Actor) -> bool:
    """Regions, regulators and their people are set up by the system administrator."""
    return actor.holds(Role.SYSTEM_ADMIN)


def may_add_enterprises(actor: Actor) -> bool:
    """Who may register an enterprise that is not known yet."""
    return actor.holds(Role.SYSTEM_ADMIN, *KEEPS_ENTERPRISES)


def may_keep_enterprise(actor: Actor, enterprise: Enterprise) -> bool:
    """Who may change what decides about supervision: name, code, region, industry, links."""
    if actor.holds(Role.SYSTEM_ADMIN):
        return True
    return actor.holds(*KEEPS_ENTERPRISES) and supervises(actor, enterprise)


def may_keep_contacts(actor: Actor, enterprise: Enterprise) -> bool:
    """Who may change principal, controller, address and units: also the enterprise's own safety manager."""
    return _is_own_safety_manager(actor, enterprise.id) or may_keep_enterprise(actor, enterprise)


def _is_own_safety_manager(actor: Actor, enterprise_id: int | None) -> bool:
    return actor.holds(Role.SAFETY_MANAGER) and enterprise_id is not None and actor.enterprise_id == enterprise_id


def grantable(actor: Actor, *, enterprise: Enterprise | None, regulator: Regulator | None) -> frozenset[Role]:
    """The roles the actor may give to people of that organisation; empty when it is not the actor's to keep."""
    side = Side.ENTERPRISE if enterprise is not None else Side.REGULATOR if regulator is not None else None
    if side is None or not _keeps_people_of(actor, enterprise):
        return frozenset()
    return frozenset(role for role in Role if role.side is side and may_grant(_granting(actor, enterprise), role))


def _keeps_people_of(actor: Actor, enterprise: Enterprise | None) -> bool:
    if actor.holds(Role.SYSTEM_ADMIN):
        return True
    if enterprise is None:
        return False
    if _is_own_safety_manager(actor, enterprise.id):
        return True
    return actor.holds(*GRANTS_CLOSERS) and supervises(actor, enterprise)


def _granting(actor: Actor, enterprise: Enterprise | None) -> frozenset[Role]:
    """The roles by which the actor grants here; a regulator's people grant as such, never as something else."""
    if enterprise is not None and actor.enterprise_id != enterprise.id:
        return actor.roles - {Role.SAFETY_MANAGER}
    return actor.roles


def may_keep_person(actor: Actor, person: Person) -> bool:
    """Who may change, end and deactivate: not oneself; a safety manager nobody who can sign a closure."""
    if person.id == actor.person_id or side_of(person) is Side.SYSTEM:
        return False
    if _is_own_safety_manager(actor, person.enterprise_id):
        return not person.roles & CLOSING_ROLES
    return _keeps_people_of(actor, person.enterprise)


def may_reset(actor: Actor, person: Person) -> bool:
    """Who may give a new one-time password or unlock: never for oneself or the system's own people.

    The security administrator for everybody else; a safety manager for the own people who sign no closure; those who
    grant closing roles for the people they granted them to. The system administrator, who sets people up, may not:
    the two are kept apart (等保三级).
    """
    if person.id == actor.person_id or side_of(person) is Side.SYSTEM:
        return False
    if actor.holds(Role.SECURITY_ADMIN):
        return True
    signs = bool(person.roles & CLOSING_ROLES)
    if _is_own_safety_manager(actor, person.enterprise_id):
        return not signs
    return signs and person.enterprise is not None and _regulates(actor, person.enterprise)


def _regulates(actor: Actor, enterprise: Enterprise) -> bool:
    return actor.holds(*GRANTS_CLOSERS) and supervises(actor, enterprise)


def side_of(person: Person) -> Side:
    """To which kind of organisation a person belongs."""
    if person.enterprise_id is not None:
        return Side.ENTERPRISE
    return Side.REGULATOR if person.regulator_id is not None else Side.SYSTEM


def may_read_organisations(actor: Actor) -> bool:
    """Who has the administration pages at all."""
    return actor.side is not Side.ENTERPRISE or actor.holds(Role.SAFETY_MANAGER)

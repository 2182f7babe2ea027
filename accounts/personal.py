"""Personal data: shown only where needed, masked elsewhere; each look at the whole is recorded with its reason.

The person reads on the own page who looked and why, the auditor in the history (个人信息保护法 6, 51; domain.md §10).
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from accounts.access import Actor
from accounts.history import record
from accounts.models import Person
from accounts.notes import note_on
from accounts.queries.security import LOOKED
from accounts.roles import Role
from core.refusals import Conflict, NotAllowed

LOOKED_AT: Final[dict[str, str]] = {"phone": "电话"}
"""What a look was at, by the word in the history."""

HIDDEN: Final = "****"


def masked(phone: str) -> str:
    """138****5678: enough to tell one's own number from another's."""
    if len(phone) >= 11:
        return phone[:3] + HIDDEN + phone[-4:]
    return HIDDEN + phone[-2:] if len(phone) > 4 else HIDDEN if phone else ""


def may_look(by: Actor, person: Person) -> bool:
    """Whoever administers or supervises this person; the auditor reads the looks and needs no number."""
    return by.person_id != person.id and not by.holds(Role.AUDITOR)


def look_at_phone(person: Person, reason: str, *, by: Actor, now: datetime) -> str:
    """The whole number, once the look is written down. Inside a unit of work."""
    if not may_look(by, person):
        raise NotAllowed("您不需要别人的电话。请联系本单位的管理人员。")
    if not person.phone:
        raise Conflict(f"{person.name}没有登记电话。")
    record(person, LOOKED, by=by, now=now, what="phone", **note_on(person, reason, by=by, now=now))
    return person.phone

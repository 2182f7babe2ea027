"""Around the items of an inspection: where, with whom, pauses, giving it up, going on in another's place."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.models import Person
from core.chain import digest
from core.db import db
from core.history import append
from core.refusals import Invalid, NotAllowed
from inspections.models import Inspection
from inspections.operations.hands import (
    LONGEST,
    refuse_ended,
    refuse_unless_inspector,
    refuse_unless_may_end,
    refuse_unless_taking_part,
    resume_if_paused,
    stands_in,
    too_long,
)
from inspections.operations.starting import take_part
from inspections.queries.inspecting import participants_of
from inspections.queries.tasks import may_carry_out, task
from inspections.rules import InspectionState

MOST_PEOPLE: Final = 20


def locate(inspection: Inspection, longitude: float, latitude: float, *, by: Actor, now: datetime) -> None:
    """Keep where it is carried out, if the person allows it; the first place counts."""
    refuse_unless_taking_part(inspection, by, now)
    if not (-180 <= longitude <= 180 and -90 <= latitude <= 90):
        raise Invalid("位置看不懂，没有记录。可以不记录位置，继续排查。")
    if inspection.longitude is None:
        inspection.longitude, inspection.latitude = round(longitude, 6), round(latitude, 6)


def add_people(inspection: Inspection, persons: Collection[int], *, by: Actor, now: datetime) -> None:
    """Put down who else of the enterprise takes part."""
    refuse_unless_inspector(inspection, by, now)
    known = select(Person.id).where(
        Person.id.in_(list(persons)), Person.active, Person.enterprise_id == inspection.enterprise_id
    )
    found = set(db.session.scalars(known))
    if found != set(persons):
        raise Invalid("有人不在本企业的在册人员里。请重新选择。")
    if len(found | set(participants_of(inspection))) > MOST_PEOPLE:
        raise Invalid(f"一次排查最多 {MOST_PEOPLE} 人参加。请只选实际到场的人。")
    for person in sorted(found - {inspection.inspector_id}):
        take_part(inspection, person, by=by, now=now)


def pause(inspection: Inspection, *, by: Actor, now: datetime) -> None:
    """Break off for a while; what was recorded stays."""
    refuse_unless_taking_part(inspection, by, now)
    if inspection.state is InspectionState.RUNNING:
        inspection.state = InspectionState.PAUSED
        append(inspection, "pause", at=now, actor_id=by.person_id)


def resume(inspection: Inspection, *, by: Actor, now: datetime) -> None:
    """Go on."""
    refuse_unless_taking_part(inspection, by, now)
    resume_if_paused(inspection, by, now)


def give_up(inspection: Inspection, reason: str, *, by: Actor, now: datetime) -> None:
    """End it without a result, with a reason; the period of its duty is open again."""
    refuse_unless_may_end(inspection, by, now)
    if not reason:
        raise Invalid("请写明为什么作废。", fields={"reason": "请写明为什么作废。"})
    if len(reason) > LONGEST:
        raise too_long("reason", reason)
    inspection.state, inspection.note = InspectionState.GIVEN_UP, reason
    append(inspection, "give_up", at=now, actor_id=by.person_id, content={"reason_digest": digest(reason.encode())})


def take_over(inspection: Inspection, *, by: Actor, now: datetime) -> None:
    """Go on in the place of an inspector who cannot; who began it remains as somebody who took part."""
    if by.person_id == inspection.inspector_id:
        return
    refuse_ended(inspection, now)
    instead_of = None
    if inspection.plan_id is not None and inspection.period_key is not None:
        instead_of = may_carry_out(task(inspection.plan_id, inspection.period_key, now=now), by)
    elif not stands_in(inspection, by):
        raise NotAllowed("只有本企业安全管理人员可以接手这次排查。")
    before = inspection.inspector_id
    inspection.inspector_id, inspection.instead_of_id = by.person_id, instead_of
    take_part(inspection, before, by=by, now=now)
    append(inspection, "take_over", at=now, actor_id=by.person_id, content={"from_person": before})

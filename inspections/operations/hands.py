"""Who takes a hand in an inspection, and until when."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from accounts.access import Actor
from accounts.queries import person_labels
from core.history import append
from core.refusals import Conflict, Invalid, NotAllowed
from inspections.models import Inspection
from inspections.queries.inspecting import participants_of
from inspections.rules import UNFINISHED, InspectionState
from inspections.words import clock_text
from workflows.cadence import STAND_INS

LONGEST: Final = 1000
NOT_YOURS: Final = "这次排查由 {name} 进行。请由排查人把您加为参加人员，再来检查。"


def may_take_hand(inspection: Inspection, by: Actor) -> bool:
    """Whether somebody carries it out or takes part."""
    return by.person_id == inspection.inspector_id or by.person_id in participants_of(inspection)


def stands_in(inspection: Inspection, by: Actor) -> bool:
    """Whether somebody may act in any inspector's place: whoever keeps the 台账 of the enterprise."""
    return by.enterprise_id == inspection.enterprise_id and by.holds(*STAND_INS)


def refuse_ended(inspection: Inspection, now: datetime) -> None:
    """Nothing is changed after the signature, or after it was given up."""
    if inspection.state in UNFINISHED:
        return
    if inspection.state is InspectionState.GIVEN_UP:
        raise Conflict("这次排查已作废，不再记录。请回到「排查」重新开始。")
    assert inspection.finished_at is not None
    at = clock_text(inspection.finished_at, now)
    raise Conflict(f"这次排查已于 {at} 签名完成，不再改动。需要补充的，请在隐患页面上补充。")


def refuse_unless_taking_part(inspection: Inspection, by: Actor, now: datetime) -> None:
    """For whoever carries it out or takes part, while it runs."""
    if not may_take_hand(inspection, by):
        raise NotAllowed(NOT_YOURS.format(name=name_of(inspection.inspector_id)))
    refuse_ended(inspection, now)


def refuse_unless_inspector(inspection: Inspection, by: Actor, now: datetime) -> None:
    """For whoever carries it out, while it runs."""
    if by.person_id != inspection.inspector_id:
        raise NotAllowed(f"这一步由排查人 {name_of(inspection.inspector_id)} 办理。")
    refuse_ended(inspection, now)


def refuse_unless_may_end(inspection: Inspection, by: Actor, now: datetime) -> None:
    """Giving it up is for whoever carries it out, or stands in for them."""
    if by.person_id != inspection.inspector_id and not stands_in(inspection, by):
        raise NotAllowed("只有排查人或本企业安全管理人员可以作废这次排查。")
    refuse_ended(inspection, now)


def name_of(person_id: int) -> str:
    """A person's name, whoever is looking."""
    return person_labels((person_id,))[person_id].name


def resume_if_paused(inspection: Inspection, by: Actor, now: datetime) -> None:
    """Whoever records something goes on."""
    if inspection.state is InspectionState.PAUSED:
        inspection.state = InspectionState.RUNNING
        append(inspection, "resume", at=now, actor_id=by.person_id)


def too_long(name: str, text: str) -> Invalid:
    """The refusal of a text that is over the bound."""
    sentence = f"最多 {LONGEST:,} 个字，现在 {len(text):,} 个。请删减后再提交。"
    return Invalid(sentence, fields={name: sentence})

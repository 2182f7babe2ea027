"""The end of an inspection: everything answered, signed, and what failed stands in the register."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from accounts.access import Actor
from accounts.roles import Role
from core.chain import digest
from core.history import append
from core.outbox import tell
from core.refusals import Conflict, Invalid, NotAllowed
from core.scope import everything
from hazards.models import Hazard
from hazards.news import announce
from hazards.queries import holders
from inspections.deed import led_statement_of, statement_of
from inspections.gaps import gaps
from inspections.models import ChecklistItem, Inspection, ItemPhoto, ItemResult
from inspections.news import InspectionFinished
from inspections.operations.counting import count_finished, is_settled_as_missed
from inspections.operations.failed_items import Failed, into_register
from inspections.operations.hands import refuse_unless_inspector
from inspections.queries.inspecting import items_of, participants_of, photos_of, results_of, window_of_duty
from inspections.results import results_digest
from inspections.rules import InspectionState, ItemVerdict
from workflows.vocabulary import Manner

NAMED: Final = 12  # open items that a refusal names
LEADER: Final = Role.PRINCIPAL


@dataclass(frozen=True, slots=True)
class Signed:
    """What became of it: the hazards by item, and whether it came too late for its period."""

    hazards: Mapping[int, Hazard] = field(default_factory=dict)
    was_missed: bool = False


def finish(
    inspection: Inspection, *, by: Actor, now: datetime, seen: str = "", known: Mapping[int, str] | None = None
) -> Signed:
    """Sign it: every item answered, every failed one a hazard or tied to one `known` (item → number of an open hazard).

    `seen` is the digest of the results as the signer saw them; empty takes them as they stand. Raises `Invalid` naming
    what is missing, `Conflict` where the results changed since they were shown.
    """
    refuse_unless_inspector(inspection, by, now)
    items, results, photos = items_of(inspection), results_of(inspection), photos_of(inspection)
    _refuse_gaps(items, results, photos)
    content = results_digest(items, results, photos)
    if seen and seen != content:
        raise Conflict("您打开签名页后，检查结论或照片有了变化，没有提交。请核对后再签名。")
    failed = [
        Failed(n, item, results[item.id], photos.get(item.id, ()))
        for n, item in enumerate(items, 1)
        if results[item.id].verdict is ItemVerdict.FAILED
    ]
    hazards = into_register(inspection, failed, known or {}, by=by, now=now)
    was_missed = _end(inspection, by, now)
    signed = {
        "results": content,
        "deed": digest(statement_of(inspection).encode()),
        "manner": Manner.CONFIRMED.value,
        "items": len(items),
        "failed": len(failed),
        "hazards": sorted({hazard.number for hazard in hazards.values()}),
        "people": participants_of(inspection),
    }
    append(inspection, "finish", at=now, actor_id=by.person_id, content=signed)
    _sign_or_ask(inspection, content, by, now)
    count_finished(inspection)
    announce(InspectionFinished(inspection.id, now))
    return Signed(hazards, was_missed)


def sign_led(inspection: Inspection, *, by: Actor, now: datetime, seen: str = "") -> None:
    """The principal's signature of an inspection that the principal led. Raises `Conflict` where it is signed."""
    refuse_unless_led(inspection, by)
    content = results_digest(items_of(inspection), results_of(inspection), photos_of(inspection))
    if seen and seen != content:
        raise Conflict("您打开签名页后，内容有了变化，没有提交。请核对后再签名。")
    _led_signed(inspection, by, now, content)


def refuse_unless_led(inspection: Inspection, by: Actor) -> None:
    """Only a finished one that was led, only by the enterprise's principal, and once."""
    if not inspection.led:
        raise Conflict("这次排查不是主要负责人带队的，不需要您签名。")
    if inspection.state is not InspectionState.FINISHED:
        raise Conflict("这次排查还没有完成。排查人签名后再请您签名。")
    if by.enterprise_id != inspection.enterprise_id or not by.holds(LEADER):
        raise NotAllowed("带队排查由本企业主要负责人签名。")
    if inspection.led_signed_at is not None:
        raise Conflict("这次带队排查已由主要负责人签名，不必再签。")


def _refuse_gaps(
    items: Sequence[ChecklistItem], results: Mapping[int, ItemResult], photos: Mapping[int, Sequence[ItemPhoto]]
) -> None:
    numbered = list(enumerate(items, 1))
    unseen = [n for n, item in numbered if item.id not in results]
    if unseen:
        named = "、".join(map(str, unseen[:NAMED])) + (" 等" if len(unseen) > NAMED else "")
        raise Invalid(f"还不能签名：还有 {len(unseen)} 项没有结论（第 {named} 项）。请逐项检查后再签。")
    wrong = {}
    for n, item in numbered:
        if lacking := gaps(item, results[item.id], photos.get(item.id, ())):
            wrong[f"item-{item.id}"] = f"第 {n} 项：" + "".join(lacking.values())
    if wrong:
        raise Invalid("还不能签名，请补充：" + "".join(wrong.values()), fields=wrong)


def _end(inspection: Inspection, by: Actor, now: datetime) -> bool:
    """Whether its period was missed for good meanwhile: then it stays on record as one besides."""
    frame = window_of_duty(inspection)
    # what was settled as missed stays missed, even where shifts that changed since have made the grace longer
    is_over = frame is not None and now >= frame.closes
    was_missed = is_over or (inspection.duty_id is not None and is_settled_as_missed(inspection))
    if was_missed:
        append(
            inspection,
            "missed",
            at=now,
            actor_id=by.person_id,
            content={"duty": inspection.duty_id, "period": inspection.period_key},
        )
        inspection.duty_id = inspection.period_key = None
    elif inspection.duty_id is not None:
        inspection.in_time = frame is None or now <= frame.ends
    inspection.state, inspection.finished_at = InspectionState.FINISHED, now
    return was_missed


def _sign_or_ask(inspection: Inspection, content: str, by: Actor, now: datetime) -> None:
    """A led one is signed by the principal too: at once where the principal carried it out, else on being told."""
    if not inspection.led:
        return
    if by.holds(LEADER):
        _led_signed(inspection, by, now, content)
        return
    with everything("who signs a led inspection"):
        persons = holders(LEADER, enterprise_id=inspection.enterprise_id)
    tell(
        persons,
        "led",
        f"带队排查「{inspection.name}」已完成，等您签名：不合格 {inspection.items_failed} 项。",
        now=now,
        url=f"/inspections/{inspection.id}",
        key=f"led:{inspection.id}",
    )


def _led_signed(inspection: Inspection, by: Actor, now: datetime, content: str) -> None:
    inspection.led_by_id, inspection.led_signed_at = by.person_id, now
    deed = digest(led_statement_of(inspection).encode())
    signed = {"results": content, "deed": deed, "manner": Manner.CONFIRMED.value}
    append(inspection, "sign_led", at=now, actor_id=by.person_id, content=signed)

"""What comes into force when the last step of a route has signed, and what a refusal does.

One function for each action; only those of `MOVES_DEADLINE` (and a refusal of `REFUSAL_MOVES_DEADLINE`) set a deadline
later, which a test reads off the tables.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from accounts.models import Regulator
from accounts.roles import Side
from accounts.rules import OfficeLevel
from core.calendar import load_calendar
from core.changes import PreparedInsert
from core.days import Unit, due_after, shanghai_day
from core.db import db
from core.refusals import Invalid
from core.scope import everything
from hazards.case import Loaded
from hazards.models import Criterion, DeadlineChange, Hazard, Signature, SignOffRequest
from hazards.operations import tiers
from hazards.operations.recurring import link_recurrence, unlink_recurrence
from workflows.closure import Origin, Variant, target_state
from workflows.deadlines import due_on
from workflows.vocabulary import Action, Grade, State

Effect = Callable[[Loaded, SignOffRequest, Signature, datetime], None]


def apply(loaded: Loaded, request: SignOffRequest, last: Signature, *, now: datetime) -> None:
    """Bring a complete request into force."""
    hazard = loaded.hazard
    with db.session.no_autoflush:  # a time and its state go down together: the table checks that they do
        EFFECTS[request.action](loaded, request, last, now)
        hazard.state = target_state(request.action, loaded.case.state, request.variant)
        _clear_left_states(hazard)
    tiers.follow(hazard, loaded.case.state, now=now)


def refuse(
    loaded: Loaded, request: SignOffRequest, last: Signature, *, now: datetime, new_deadline: date | None
) -> None:
    """What a refusal leaves behind: a refused close acts as return; a refused verification asks for new photos."""
    hazard = loaded.hazard
    before = hazard.state
    if request.action is Action.CLOSE:
        hazard.state = State.RECTIFYING
        _clear_left_states(hazard)
    if request.action in (Action.CLOSE, Action.VERIFY):
        hazard.photos_after_since = now
        hazard.self_verified_at = hazard.reinspection_due = None
    if new_deadline is not None:
        set_deadline(hazard, new_deadline, Action.RETURN, by=last.person_id, now=now)
    tiers.follow(hazard, before, now=now)


def _clear_left_states(hazard: Hazard) -> None:
    """Times that belong to a state are kept only while the hazard is in it or beyond; history keeps them all."""
    if hazard.state is not State.CLOSED:
        hazard.closed_at = hazard.closed_by_id = None
        hazard.closed_by_office = ""
    if hazard.state is not State.DISMISSED:
        hazard.dismissed_at = None
    if hazard.state in (State.REPORTED, State.RECTIFYING):
        hazard.verified_at = None


def set_deadline(
    hazard: Hazard,
    deadline: date,
    action: Action,
    *,
    by: int | None,
    now: datetime,
    counted: str = "",
    late: bool = False,
) -> None:
    """Set the deadline in force; every one stays visible, the first one for good."""
    hazard.deadline = deadline
    hazard.deadline_first = hazard.deadline_first or deadline
    days = load_calendar()
    hazard.deadline_provisional = days.is_provisional(shanghai_day(now), deadline)
    change = DeadlineChange(
        hazard_id=hazard.id,
        at=now,
        action=action,
        deadline=deadline,
        counted=counted,
        provisional=hazard.deadline_provisional,
        was_late=late,
        by_id=by,
    )
    _deadlines.put([change])
    tiers.hold(hazard, deadline, now=now)


_deadlines = PreparedInsert(DeadlineChange)


def _day(offered: dict[str, Any], key: str) -> date | None:
    return date.fromisoformat(offered[key]) if offered.get(key) else None


def _judge(hazard: Hazard, offered: dict[str, Any], by: int, now: datetime) -> None:
    """Judged grade with its clause as it stands today, who puts it right, until when, what keeps people safe."""
    hazard.judged_at = now
    if offered.get("criterion_id"):
        _copy_criterion(hazard, int(offered["criterion_id"]), by, now)
        hazard.criterion_condition = offered.get("criterion_condition", "")
    elif offered.get("criterion_reason"):
        hazard.criterion_reason, hazard.criterion_by_id, hazard.criterion_at = offered["criterion_reason"], by, now
        hazard.criterion_candidate_id = None
    for name in ("responsible_unit", "responsible_person", "interim_controls", "stop_note"):
        if offered.get(name):
            setattr(hazard, name, offered[name])
    if offered.get("responsible_person"):
        hazard.responsible_person_id = offered.get("responsible_person_id")
    hazard.plan_due = _day(offered, "plan_due") or hazard.plan_due
    if offered.get("recurrence_of"):
        link_recurrence(hazard, offered["recurrence_of"])
    elif offered.get("no_recurrence"):
        unlink_recurrence(hazard)


_CRITERION = (
    "criterion_standard",
    "criterion_document_no",
    "criterion_clause",
    "criterion_text",
    "criterion_condition",
)


def _copy_criterion(hazard: Hazard, criterion_id: int, by: int, now: datetime) -> None:
    criterion = db.session.get(Criterion, criterion_id)
    if criterion is None:
        raise Invalid("找不到所选的判定条款。请重新选择。", fields={"criterion_id": "请重新选择条款。"})
    hazard.criterion_standard, hazard.criterion_document_no = criterion.standard, criterion.document_no
    hazard.criterion_clause, hazard.criterion_text = criterion.clause, criterion.text
    hazard.criterion_by_id, hazard.criterion_at, hazard.basis_unconfirmed = by, now, False
    hazard.criterion_candidate_id = None


def _becomes_ordered(hazard: Hazard, last: Signature, office: int | None) -> None:
    """What a regulator ordered, accepted ex officio, reopened or regraded counts as ordered from then on."""
    if last.role.side is Side.REGULATOR and not last.stand_in:
        hazard.origin = Origin.ORDERED
        hazard.issuing_office_id = hazard.issuing_office_id or office


def _accept(loaded: Loaded, request: SignOffRequest, last: Signature, now: datetime) -> None:
    hazard, offered = loaded.hazard, request.offered
    _judge(hazard, offered, last.person_id, now)
    deadline = _day(offered, "deadline") or hazard.deadline
    if deadline is not None:
        set_deadline(hazard, deadline, Action.ACCEPT, by=last.person_id, now=now)
    if request.variant is Variant.EX_OFFICIO:
        _becomes_ordered(hazard, last, hazard.responsible_office_id)


def _order(loaded: Loaded, request: SignOffRequest, last: Signature, now: datetime) -> None:
    hazard, offered = loaded.hazard, request.offered
    _judge(hazard, offered, last.person_id, now)
    hazard.order_number, hazard.order_basis = offered["order_number"], offered["order_basis"]
    hazard.order_item, hazard.ordered_on = offered.get("order_item"), shanghai_day(now)
    hazard.authority_stopped = bool(offered.get("authority_stopped")) or hazard.authority_stopped
    hazard.issuing_office_id = hazard.issuing_office_id or hazard.responsible_office_id
    if hazard.grade is Grade.MAJOR and hazard.plan_due is None:
        hazard.plan_due = due_on("plan", shanghai_day(now), load_calendar()).on
    deadline, counted = _order_deadline(offered, shanghai_day(now))
    set_deadline(hazard, deadline, Action.ORDER, by=last.person_id, now=now, counted=counted)


def _order_deadline(offered: dict[str, Any], start: date) -> tuple[date, str]:
    """A day as stated, or days from service; until it is served, counted from the day it was signed."""
    if offered.get("deadline_days"):
        due = due_after(start, int(offered["deadline_days"]), Unit.CALENDAR, load_calendar())
        return due.on, f"{due.counted}（送达后自送达之日起重算）"
    stated = _day(offered, "deadline")
    assert stated is not None, "an order is opened only with a deadline"
    return stated, "按文书所定日期"


def _plan(loaded: Loaded, request: SignOffRequest, last: Signature, now: datetime) -> None:
    loaded.hazard.plan_signed_at = now
    loaded.hazard.plan_filed_at = loaded.hazard.plan_filed_by_id = None


def _verify(loaded: Loaded, request: SignOffRequest, last: Signature, now: datetime) -> None:
    hazard = loaded.hazard
    hazard.verified_at = now
    hazard.reinspection_due = None
    judges = [s.person_name for s in request.signatures if s.role.side is Side.REGULATOR]
    hazard.reinspected_by = "、".join(judges)[:120]


def _resume(loaded: Loaded, request: SignOffRequest, last: Signature, now: datetime) -> None:
    loaded.hazard.resume_checked = request.offered["resume_checked"]
    loaded.hazard.resumed_on = _day(request.offered, "resume_from")


def _close(loaded: Loaded, request: SignOffRequest, last: Signature, now: datetime) -> None:
    hazard = loaded.hazard
    hazard.closed_at, hazard.closed_by_id = now, last.person_id
    hazard.closed_by_office = last.organisation[:100]


def _dismiss(loaded: Loaded, request: SignOffRequest, last: Signature, now: datetime) -> None:
    hazard, offered = loaded.hazard, request.offered
    hazard.dismissed_at, hazard.dismissed_reason = now, offered["reason"]
    unlink_recurrence(hazard)
    if offered.get("duplicate_of"):
        hazard.duplicate_of_id = live_original(hazard, offered["duplicate_of"]).id


def live_original(hazard: Hazard, number: str) -> Hazard:
    """The hazard a duplicate points to: a live one of the same enterprise."""
    with everything("the original of a duplicate"):
        original = db.session.scalar(
            select(Hazard).where(Hazard.number == number, Hazard.enterprise_id == hazard.enterprise_id, ~Hazard.hidden)
        )
    if original is None or original.id == hazard.id or original.state is State.DISMISSED:
        sentence = "原隐患须是同一企业的另一条有效隐患。请核对编号。"
        raise Invalid(sentence, fields={"duplicate_of": sentence})
    return original


def _extend(loaded: Loaded, request: SignOffRequest, last: Signature, now: datetime) -> None:
    hazard = loaded.hazard
    deadline = _day(request.offered, "new_deadline")
    assert deadline is not None, "an extension is opened only with a new deadline"
    hazard.extensions += 1
    hazard.interim_controls = request.offered.get("interim_controls") or hazard.interim_controls
    late = request.variant is Variant.LATE
    set_deadline(hazard, deadline, Action.EXTEND, by=last.person_id, now=now, late=late)


def _regrade(loaded: Loaded, request: SignOffRequest, last: Signature, now: datetime) -> None:
    hazard, offered = loaded.hazard, request.offered
    _becomes_ordered(hazard, last, hazard.responsible_office_id)
    if request.variant is Variant.DOWN:
        hazard.grade = Grade.GENERAL
        hazard.criterion_reason = offered["reason"]
        for name in _CRITERION:
            setattr(hazard, name, "")
        return
    _judge(hazard, offered, last.person_id, now)
    hazard.grade = hazard.proposed_grade = Grade.MAJOR
    # a signed plan does not stand through an upward regrade; a general one had none, so nothing is lost
    hazard.plan_signed_at = None
    hazard.photos_after_since = now if hazard.state is State.VERIFIED else hazard.photos_after_since
    if hazard.town_order:
        _to_district(hazard)
    deadline = _day(offered, "deadline")
    if deadline is not None and hazard.deadline is None:
        set_deadline(hazard, deadline, Action.REGRADE, by=last.person_id, now=now)


def _to_district(hazard: Hazard) -> None:
    """A town closes no major: the district's office answers for it from now on."""
    hazard.town_order = False
    office = db.session.get(Regulator, hazard.responsible_office_id) if hazard.responsible_office_id else None
    if office is not None and office.level is OfficeLevel.TOWN:
        hazard.responsible_office_id = office.parent_id
    hazard.issuing_office_id = hazard.responsible_office_id


def _return(loaded: Loaded, request: SignOffRequest, last: Signature, now: datetime) -> None:
    hazard = loaded.hazard
    hazard.photos_after_since, hazard.self_verified_at = now, None
    deadline = _day(request.offered, "new_deadline")
    assert deadline is not None, "a return is opened only with a new deadline"
    set_deadline(hazard, deadline, Action.RETURN, by=last.person_id, now=now)


def _reopen(loaded: Loaded, request: SignOffRequest, last: Signature, now: datetime) -> None:
    hazard = loaded.hazard
    _becomes_ordered(hazard, last, hazard.responsible_office_id)
    hazard.round_started_at = now
    hazard.photos_after_since, hazard.self_verified_at, hazard.struck_off_on = now, None, None
    hazard.duplicate_of_id = None
    deadline = _day(request.offered, "new_deadline")
    if deadline is not None:
        set_deadline(hazard, deadline, Action.REOPEN, by=last.person_id, now=now)


def _transfer(loaded: Loaded, request: SignOffRequest, last: Signature, now: datetime) -> None:
    hazard = loaded.hazard
    with everything("the receiving office of a transfer"):
        office = db.session.get_one(Regulator, request.target_office_id)
    hazard.responsible_office_id = office.id
    hazard.issuing_office_id = office.id if hazard.issuing_office_id is not None else None
    hazard.town_order = hazard.town_order and office.level is OfficeLevel.TOWN


EFFECTS: dict[Action, Effect] = {
    Action.ACCEPT: _accept,
    Action.ORDER: _order,
    Action.PLAN: _plan,
    Action.VERIFY: _verify,
    Action.RESUME: _resume,
    Action.CLOSE: _close,
    Action.DISMISS: _dismiss,
    Action.EXTEND: _extend,
    Action.REGRADE: _regrade,
    Action.RETURN: _return,
    Action.REOPEN: _reopen,
    Action.TRANSFER: _transfer,
}

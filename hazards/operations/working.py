"""What happens to a hazard between signatures: the work, the plan, corrections, service of an order, reminders.

Unsigned facts may be corrected; a correction of what an open request shows ends that request (its signatures stay in
the history, void). A signed plan is changed only by a new plan signed again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from accounts.access import Actor
from accounts.models import Person
from accounts.roles import Role
from core.calendar import load_calendar
from core.days import Unit, due_after, shanghai_day, start_of_day
from core.db import db
from core.outbox import tell
from core.refusals import Invalid, NotAllowed
from core.scope import everything
from hazards import case as cases
from hazards.models import Evidence, Hazard, WorkRecord
from hazards.operations.attaching import KeptFile, NewFile, attach
from hazards.operations.co_signing import void
from hazards.operations.effects import set_deadline
from hazards.operations.requests import finish, refuse_unless
from hazards.operations.still_so import while_held
from hazards.queries import holders
from hazards.recording import record
from hazards.rules import EvidenceKind
from workflows.casefile import RESPONSIBLE_OFFICE
from workflows.entries import PLAN_FILED, STRUCK_OFF, TOLD, TOLD_ON_PAPER
from workflows.rulings import permit_correct, permit_escalate
from workflows.vocabulary import Action, RequestStatus, State

# what may be corrected, and in which states; what a signature judged is changed only by another signature
FACTS = (
    "place",
    "description",
    "category",
    "responsible_unit",
    "stop_scope",
    "stop_note",
    "found_by",
    "interim_controls",
)
PLAN = (
    "plan_measures",
    "plan_responsibility",
    "plan_money_fen",
    "plan_money_source",
    "plan_deadline",
    "plan_contingency",
    "plan_situation",
    "plan_harm",
    "congress_told_on",
)
WORK = ("result", "completed_on", "real_cost_fen", "cause", "similar_checked", "lasting_measure")
TEXT_LIMIT = 2000
# what the landlord or client saw when co-signing
CO_SIGNED = frozenset({"place", "description", "plan_measures", "plan_contingency", "interim_controls"})


def correct(hazard: Hazard, changes: dict[str, Any], *, by: Actor, now: datetime) -> tuple[str, ...]:
    """Change unsigned facts, the plan or the work; the names of what changed. Ends an open request that showed them."""
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    refuse_unless(permit_correct(loaded.case, by.person_id))
    changed = _changed(hazard, changes)
    if not changed:
        return ()
    _check_texts(changes)
    _check_work(changes, hazard, now)
    if any(name in PLAN for name in changed) and hazard.plan_signed_at is not None:
        hazard.plan_signed_at = None
    for name in changed:
        setattr(hazard, name, changes[name])
    if hazard.co_signed_at is not None and any(name in CO_SIGNED for name in changed):
        void(hazard)
    _void_open_request(loaded, by, now)
    record(hazard, "correct", by=by.person_id, now=now, content={"changed": list(changed)})
    return changed


def _changed(hazard: Hazard, changes: dict[str, Any]) -> tuple[str, ...]:
    allowed = set(FACTS + PLAN + WORK)
    unknown = set(changes) - allowed
    if unknown:
        raise ValueError(f"not correctable: {sorted(unknown)}")
    return tuple(sorted(name for name, value in changes.items() if getattr(hazard, name) != value))


def _check_texts(changes: dict[str, Any]) -> None:
    limits = {"place": 300, "responsible_unit": 200, "found_by": 120, "plan_money_source": 200}
    wrong = {
        name: f"最多 {limits.get(name, TEXT_LIMIT):,} 个字，现在 {len(value):,} 个。请删减。"
        for name, value in changes.items()
        if isinstance(value, str) and len(value) > limits.get(name, TEXT_LIMIT)
    }
    if wrong:
        raise Invalid("有的内容太长，没有保存：" + "".join(wrong.values()), fields=wrong)


def _check_work(changes: dict[str, Any], hazard: Hazard, now: datetime) -> None:
    done = changes.get("completed_on")
    if isinstance(done, date) and done > shanghai_day(now):
        raise Invalid("完成日期不能晚于今天。请改正。", fields={"completed_on": "不能晚于今天。"})
    if isinstance(done, date) and hazard.found_on is not None and done < hazard.found_on:
        raise Invalid("完成日期早于发现日期。请改正。", fields={"completed_on": "不能早于发现日期。"})


def _void_open_request(loaded: cases.Loaded, by: Actor, now: datetime) -> None:
    request = loaded.open_request
    if request is None:
        return
    finish(request, RequestStatus.VOID, by.person_id, "内容更正，原申请作废", now)
    signers = {signature.person_id for signature in request.signatures} | {request.opened_by_id}
    tell(
        signers - {by.person_id},
        "void",
        f"{loaded.hazard.number} 内容有更正，「{request.action.label}」申请作废，须重新提出。",
        now=now,
        url=f"/hazards/{loaded.hazard.number}",
        key=f"request:{request.id}:void",
    )


@dataclass(frozen=True, slots=True)
class Work:
    """Work done: by whom, with what result; photos of after."""

    doers: tuple[int, ...]
    text: str
    facts: dict[str, Any]
    photos: tuple[NewFile, ...] = ()
    evaluation: tuple[NewFile, ...] = ()


def record_work(hazard: Hazard, work: Work, *, by: Actor, now: datetime) -> None:
    """Record the rectification: who is named as having done it cannot judge it afterwards."""
    _may_record_work(hazard, by, now)
    if hazard.state is not State.RECTIFYING:
        raise Invalid(f"现在是「{hazard.state.label}」，整改情况要在「整改中」填写。")
    doers = _doers(hazard, work, by)
    if work.facts:
        correct(hazard, work.facts, by=by, now=now)
    for kind, files in ((EvidenceKind.AFTER, work.photos), (EvidenceKind.EVALUATION, work.evaluation)):
        for file in files:
            attach(hazard, kind, file, by=by, now=now)
    for person in doers:
        db.session.add(
            WorkRecord(hazard_id=hazard.id, person_id=person, recorded_by_id=by.person_id, at=now, text=work.text)
        )
    db.session.flush()
    content = {"doers": sorted(doers), "photos": len(work.photos)}
    record(hazard, "work", by=by.person_id, now=now, content=content, note=work.text)


def _may_record_work(hazard: Hazard, by: Actor, now: datetime) -> None:
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    if loaded.case.request is not None and loaded.case.request.action is Action.VERIFY:
        raise Invalid("验收正在签批，内容已冻结。要改整改情况，请申请人先撤回验收申请。")
    refuse_unless(permit_correct(loaded.case, by.person_id))


def _doers(hazard: Hazard, work: Work, by: Actor) -> tuple[int, ...]:
    """Persons of the enterprise only; without a name it is the recorder's own work."""
    if not work.doers:
        return (by.person_id,)
    with everything("who did the work"):
        own = set(
            db.session.scalars(
                select(Person.id).where(Person.id.in_(work.doers), Person.enterprise_id == hazard.enterprise_id)
            )
        )
    if own != set(work.doers):
        raise Invalid("整改实施人须是本企业人员。请重新选择。", fields={"doers": "请从本企业人员中选择。"})
    return tuple(sorted(own))


def add_evidence(
    hazard: Hazard, kind: EvidenceKind, files: tuple[NewFile, ...], *, by: Actor, now: datetime
) -> tuple[Evidence, ...]:
    """Add photos or files to an open hazard."""
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    if kind is EvidenceKind.AFTER and loaded.case.request is not None and loaded.case.request.action is Action.VERIFY:
        raise Invalid("验收正在签批，内容已冻结。要加整改后照片，请申请人先撤回验收申请。")
    refuse_unless(permit_correct(loaded.case, by.person_id))
    return put_evidence(hazard, kind, files, by=by, now=now)


def put_evidence(
    hazard: Hazard, kind: EvidenceKind, files: Sequence[NewFile | KeptFile], *, by: Actor, now: datetime
) -> tuple[Evidence, ...]:
    """Put files beside a hazard, with their entry; for an operation that has asked who may."""
    added = tuple(attach(hazard, kind, file, by=by, now=now) for file in files)
    content = {"kind": kind.value, "files": [item.file.digest for item in added]}
    record(hazard, "evidence", by=by.person_id, now=now, content=content)
    return added


def serve_order(
    hazard: Hazard,
    *,
    served_on: date,
    how: str,
    receipt_by: str = "",
    receipt_on: date | None = None,
    note: str = "",
    by: Actor,
    now: datetime,
) -> None:
    """Record that the order was handed over, and who received it; days stated in it run from here."""
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    if not any(s.person == by.person_id and s.rung >= RESPONSIBLE_OFFICE for s in loaded.case.seats):
        raise NotAllowed("送达由发出文书的监管部门登记。")
    if not hazard.order_number or hazard.state is not State.RECTIFYING:
        raise Invalid("还没有签发责令整改文书，不能登记送达。")
    if hazard.served_on is not None and receipt_on is None:
        raise Invalid(f"已登记 {hazard.served_on.isoformat()} 送达，不能重复登记。")
    if served_on > shanghai_day(now) or (hazard.ordered_on is not None and served_on < hazard.ordered_on):
        raise Invalid("送达日期应在签发之后、今天之前。请核对。", fields={"served_on": "请核对日期。"})
    first = hazard.served_on is None
    hazard.served_on, hazard.served_how = hazard.served_on or served_on, how[:60] or hazard.served_how
    hazard.receipt_by, hazard.receipt_on, hazard.receipt_note = receipt_by[:60], receipt_on, note[:300]
    if first:
        _run_from_service(hazard, loaded, by, now)
    record(hazard, "serve", by=by.person_id, now=now, content={"served_on": hazard.served_on.isoformat()}, note=note)


def _run_from_service(hazard: Hazard, loaded: cases.Loaded, by: Actor, now: datetime) -> None:
    order = next((r for r in reversed(loaded.requests) if r.action is Action.ORDER), None)
    days = order.offered.get("deadline_days") if order is not None else None
    if days and hazard.served_on is not None:
        due = due_after(hazard.served_on, int(days), Unit.CALENDAR, load_calendar())
        hazard.deadline_first = due.on
        set_deadline(hazard, due.on, Action.ORDER, by=by.person_id, now=now, counted=f"送达：{due.counted}")


def file_plan(hazard: Hazard, *, by: Actor, now: datetime) -> None:
    """An inspector files the signed plan (备案); it blocks nothing."""
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    if not loaded.case.holds(by.person_id, *PLAN_FILED.roles):
        raise NotAllowed("方案由检查人员备案。")
    if hazard.plan_signed_at is None or hazard.plan_filed_at is not None:
        raise Invalid("没有待备案的方案。")
    hazard.plan_filed_at, hazard.plan_filed_by_id = now, by.person_id
    record(hazard, "file_plan", by=by.person_id, now=now)


def escalate(hazard: Hazard, *, by: Actor, reason: str, now: datetime) -> None:
    """A safety manager sends a major one straight to the regulator; that ends the open request (law 46)."""
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    refuse_unless(permit_escalate(loaded.case, by.person_id))
    if not reason.strip():
        raise Invalid("请写明直报的理由。", fields={"reason": "请写明理由。"})
    if loaded.open_request is not None:
        finish(loaded.open_request, RequestStatus.ENDED, by.person_id, f"直报监管部门：{reason}", now)
    hazard.escalated_at = now
    record(hazard, "escalate", by=by.person_id, now=now, note=reason)
    persons = [s.person for s in loaded.case.seats if s.role is Role.REVIEWER and s.rung == RESPONSIBLE_OFFICE]
    text = f"{hazard.number} 由企业安全管理人员直报，请受理。"
    tell(persons, "escalated", text, now=now, url=f"/hazards/{hazard.number}", key=f"escalated:{hazard.number}")


def remind(hazard: Hazard, *, by: Actor, text: str, now: datetime) -> int:
    """Remind whoever has it now (催办); how many were told. At most once a day by the same person."""
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    persons = _who_has_it(loaded)
    if not persons:
        raise Invalid("现在没有可以催办的人。")
    message = text.strip()[:300] or f"{hazard.number} 请尽快办理。"
    key = f"remind:{hazard.id}:{by.person_id}:{shanghai_day(now).isoformat()}"
    _once_a_day(key, persons)
    url, about = f"/hazards/{hazard.number}", while_held(hazard)
    tell(persons, "remind", message, now=now, url=url, key=key, about=about)
    record(hazard, "remind", by=by.person_id, now=now, content={"told": sorted(persons)}, note=text.strip()[:300])
    return len(persons)


def _who_has_it(loaded: cases.Loaded) -> set[int]:
    from_rows = cases.waiting_persons(loaded)
    return {person for person in from_rows if person is not None}


def _once_a_day(key: str, persons: set[int]) -> None:
    with everything("reminders of today"):
        if cases.was_told(f"{key}:{min(persons)}"):
            raise Invalid("您今天已经催办过这一条。请明天再催，或电话联系。")


def object_to_dismissal(hazard: Hazard, *, by: Actor, reason: str, now: datetime) -> None:
    """The reporter may object to a dismissal; the principal is told and may reopen it."""
    if hazard.state is not State.DISMISSED or hazard.reporter_id != by.person_id:
        raise NotAllowed("只有上报人可以对不予认定提出异议。")
    if not reason.strip():
        raise Invalid("请写明异议的理由。", fields={"reason": "请写明理由。"})
    record(hazard, "object", by=by.person_id, now=now, note=reason)
    with everything("who decides on an objection"):
        persons = holders(Role.PRINCIPAL, enterprise_id=hazard.enterprise_id)
    text = f"{hazard.number} 的上报人对不予认定有异议：{reason[:200]}"
    tell(persons, "objection", text, now=now, url=f"/hazards/{hazard.number}")


def acknowledge(hazard: Hazard, *, controller: bool, by: Actor, now: datetime) -> None:
    """The principal (or the actual controller, recorded by the principal) acknowledges being told of a major one."""
    if hazard.grade not in TOLD.grades:
        raise Invalid("一般隐患不需要签收告知。")
    if by.enterprise_id != hazard.enterprise_id or not by.holds(*TOLD.roles):
        raise NotAllowed("告知由主要负责人签收。")
    if controller:
        hazard.controller_told_at = hazard.controller_told_at or now
    else:
        hazard.principal_told_at = hazard.principal_told_at or now
    record(hazard, "told", by=by.person_id, now=now, content={"controller": controller})


def told_on_paper(hazard: Hazard, *, controller: bool, on: date, by: Actor, now: datetime) -> None:
    """An inspector records that the principal (or the actual controller) signed for the notice that tells of it."""
    if hazard.grade not in TOLD_ON_PAPER.grades:
        raise Invalid("一般隐患不需要签收告知。")
    if not by.holds(*TOLD_ON_PAPER.roles):
        raise NotAllowed("纸质告知的签收由检查人员登记。")
    at = start_of_day(on)
    if controller:
        hazard.controller_told_at = hazard.controller_told_at or at
    else:
        hazard.principal_told_at = hazard.principal_told_at or at
    record(hazard, "told", by=by.person_id, now=now, content={"controller": controller, "paper": True})


def strike_off(hazard: Hazard, *, on: date, by: Actor, now: datetime) -> None:
    """安委办 strikes a closed hazard off the problem list (清单销号), with its own date."""
    if not by.holds(*STRUCK_OFF.roles):
        raise NotAllowed("清单销号由安委办办理。")
    if hazard.state not in STRUCK_OFF.states or hazard.closed_at is None:
        raise Invalid("还没有核销，不能清单销号。请先由负责部门销号。")
    if hazard.struck_off_on is not None:
        raise Invalid(f"已于 {hazard.struck_off_on.isoformat()} 清单销号。")
    if not shanghai_day(hazard.closed_at) <= on <= shanghai_day(now):
        raise Invalid("清单销号日期应在核销之后、今天之前。请核对。", fields={"on": "请核对日期。"})
    hazard.struck_off_on = on
    record(hazard, "strike_off", by=by.person_id, now=now, content={"on": on.isoformat()})

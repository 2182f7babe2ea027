"""Asking for signatures and giving them: open, sign, sign on paper, withdraw, end.

Every one reads the rules from `workflows` and adds nothing to them. The caller holds the unit of work and has checked
the password where one is asked for; the manner says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, select
from sqlalchemy.orm.attributes import set_committed_value

from accounts.access import Actor
from accounts.models import Deputation, Person, Regulator
from accounts.roles import Role, Side
from accounts.rules import DeputyScope
from core.calendar import load_calendar
from core.changes import PreparedInsert
from core.days import shanghai_day
from core.db import db
from core.files import store_file
from core.outbox import tell
from core.prepared import Prepared
from core.refusals import Conflict, Invalid, NotAllowed, Refusal
from core.scope import everything
from hazards import case as cases
from hazards.deed import deed_digest, deed_lines, signed_digest
from hazards.facts import offered_facts
from hazards.models import Hazard, Signature, SignOffRequest
from hazards.operations.attaching import NewFile
from hazards.operations.controls import keep_checked
from hazards.operations.effects import apply, refuse
from hazards.operations.talking import tell_followers
from hazards.recording import record
from workflows.answers import Ruling
from workflows.casefile import ENTERPRISE, RESPONSIBLE_OFFICE, OpenRequest
from workflows.closure import REFUSAL_MOVES_DEADLINE, Route, Step, Variant
from workflows.deadlines import due_on
from workflows.ladder import StepNow, covers_next, roles_at, step_now
from workflows.paper import permit_named, permit_paper
from workflows.routing import draft_request, route_of
from workflows.rulings import permit_end, permit_open, permit_sign, permit_withdraw
from workflows.vocabulary import Action, Manner, RequestStatus, State, Verdict


@dataclass(frozen=True, slots=True)
class Paper:
    """A signature given on paper: who signed, in which role, when, under which number, with the scan."""

    name: str
    role: Role
    signed_on: date
    number: str
    scan: NewFile


def refuse_unless(ruling: Ruling) -> None:
    """Turn a ruling that says no into the refusal a person reads."""
    if ruling.allowed:
        return
    kind: type[Refusal] = NotAllowed
    if ruling.rule == "missing":
        raise Invalid(ruling.sentence, fields={fact.value: f"请补充{fact.words}。" for fact in ruling.missing})
    if ruling.rule in ("state", "one_request", "no_request"):
        kind = Conflict
    raise kind(ruling.sentence, rule=ruling.rule)


def open_request(
    hazard: Hazard,
    action: Action,
    *,
    by: Actor,
    offered: dict[str, Any],
    now: datetime,
    variant: Variant | None = None,
    note: str = "",
) -> SignOffRequest:
    """Open a request: freeze what it shows, and let the first step wait."""
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    ruling = permit_open(loaded.case, action, by.person_id, offered=offered_facts(offered), variant=variant)
    refuse_unless(ruling)
    drafted = draft_request(loaded.case, action, by.person_id, variant)
    request = _new_request(loaded, drafted, offered, note, now)
    db.session.add(request)
    db.session.flush()
    record(
        hazard,
        "open_request",
        by=by.person_id,
        now=now,
        content={"action": action.value, "request": request.id, "deed": request.deed_digest},
    )
    return request


def _new_request(
    loaded: cases.Loaded, drafted: OpenRequest, offered: dict[str, Any], note: str, now: datetime
) -> SignOffRequest:
    lines = deed_lines(loaded, drafted.action, drafted.variant, offered)
    return SignOffRequest(
        hazard_id=loaded.hazard.id,
        action=drafted.action,
        variant=drafted.variant,
        grade=drafted.grade,
        origin=drafted.origin,
        opened_by_id=drafted.opened_by,
        by_enterprise=drafted.by_enterprise,
        opened_at=now,
        note=note[:2000],
        offered=offered,
        deed=lines,
        deed_digest=deed_digest(lines),
        target_office_id=offered.get("target_office_id"),
        status=RequestStatus.OPEN,
    )


def sign(
    hazard: Hazard,
    *,
    by: Actor,
    verdict: Verdict,
    opinion: str,
    manner: Manner,
    now: datetime,
    seen: str | None = None,
    new_deadline: date | None = None,
) -> SignOffRequest:
    """Sign the next step of the open request. `seen` is the deed's digest on the page the person signed.

    Raises `NotAllowed` naming the rule, `Conflict` where the deed is another than the one seen, `Invalid` where a
    refusal gives no reason or no new deadline it needs.
    """
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    refuse_unless(permit_sign(loaded.case, by.person_id))
    request = _waiting(loaded)
    if seen is not None and seen != request.deed_digest:
        raise Conflict("签批的内容在您打开页面之后变了，没有提交。请重新核对后再签。")
    waits = _step(loaded)
    _check_verdict(request, verdict, opinion, new_deadline, waits.step, now)
    role = _role_of(waits, by.person_id)
    signature = _signature(loaded, request, waits, by.person_id, role, manner, verdict, opinion, now)
    both = verdict is Verdict.APPROVED and covers_next(loaded.case, _open(loaded), by.person_id)
    return _take(loaded, request, signature, by, now, new_deadline=new_deadline, both=both)


def sign_on_paper(
    hazard: Hazard,
    paper: Paper,
    *,
    by: Actor,
    verdict: Verdict,
    opinion: str,
    now: datetime,
    new_deadline: date | None = None,
) -> SignOffRequest:
    """Record a signature on paper (纸质签署·代录): the named signer counts for separation, the recorder is shown."""
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    request = _waiting(loaded)
    waits = _step(loaded)
    side = waits.step.side
    signer = _named(paper.name, side, loaded)
    refuse_unless(permit_paper(loaded.case, by.person_id, signer.id if signer else None, paper.role))
    held = signer.roles if signer is not None and signer.login is not None else None
    on_record = held is not None or paper.name.strip() == hazard.enterprise.principal_name
    refuse_unless(permit_named(loaded.case, by.person_id, paper.role, held=held, on_record=on_record))
    if paper.signed_on < shanghai_day(loaded.hazard.reported_at):
        raise Invalid("纸质签署日期早于上报日期。请核对。", fields={"signed_on": "不能早于上报日期。"})
    _check_verdict(request, verdict, opinion, new_deadline, waits.step, now)
    signer = signer or _new_person(paper.name, side, loaded, now)
    signature = _signature(
        loaded, request, waits, signer.id, paper.role, Manner.PAPER, verdict, opinion, now, name=paper.name
    )
    signature.recorder_id = by.person_id
    signature.paper_number, signature.paper_on = paper.number[:80], paper.signed_on
    signature.scan_id = store_file(paper.scan.data, paper.scan.media_type, now).id
    return _take(loaded, request, signature, by, now, new_deadline=new_deadline)


def withdraw(hazard: Hazard, *, by: Actor, reason: str, now: datetime) -> None:
    """The requester takes the request back; its signatures stay in the history, void."""
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    refuse_unless(permit_withdraw(loaded.case, by.person_id))
    finish(_waiting(loaded), RequestStatus.WITHDRAWN, by.person_id, reason, now)
    record(hazard, "withdraw", by=by.person_id, now=now, content={"request": _waiting_id(loaded)}, note=reason)


def end(hazard: Hazard, *, by: Actor, reason: str, now: datetime) -> None:
    """An inspector or reviewer ends an enterprise's request, with a reason."""
    loaded = cases.load(hazard, now=now, actor_id=by.person_id)
    refuse_unless(permit_end(loaded.case, by.person_id))
    if not reason.strip():
        raise Invalid("请写明终止的理由。", fields={"reason": "请写明终止的理由。"})
    request = _waiting(loaded)
    finish(request, RequestStatus.ENDED, by.person_id, reason, now)
    record(hazard, "end_request", by=by.person_id, now=now, content={"request": request.id}, note=reason)
    _tell_requester(hazard, request, f"您的「{request.action.label}」申请被终止：{reason}", now)


def finish(request: SignOffRequest, status: RequestStatus, by: int | None, reason: str, now: datetime) -> None:
    """Close a request; who ended it and why stay with it."""
    request.status, request.ended_at, request.ended_by_id, request.end_reason = status, now, by, reason


# --- the parts -------------------------------------------------------------------------------------------------


def _waiting(loaded: cases.Loaded) -> SignOffRequest:
    if loaded.open_request is None:
        raise Conflict("现在没有等待签批的流程：可能刚办完，或被撤回。请刷新后核对。")
    return loaded.open_request


def _waiting_id(loaded: cases.Loaded) -> int:
    return next(r.id for r in reversed(loaded.requests))


def _open(loaded: cases.Loaded) -> OpenRequest:
    assert loaded.case.request is not None
    return loaded.case.request


def _step(loaded: cases.Loaded) -> StepNow:
    waits = step_now(loaded.case, _open(loaded)) if loaded.case.request is not None else None
    if waits is None:
        raise Conflict("现在没有等待签批的流程：可能刚办完，或被撤回。请刷新后核对。")
    return waits


def _check_verdict(
    request: SignOffRequest, verdict: Verdict, opinion: str, new_deadline: date | None, step: Step, now: datetime
) -> None:
    if len(opinion) > 2000:
        raise Invalid("意见最多 2,000 个字。请删减后再签。", fields={"opinion": "最多 2,000 个字。"})
    if verdict is Verdict.APPROVED:
        return
    if not opinion.strip():
        raise Invalid("不通过时须写明理由。", fields={"opinion": "请写明不通过的理由。"})
    if request.action is Action.CLOSE and new_deadline is None:
        raise Invalid("退回整改须定新的整改期限。", fields={"new_deadline": "请填写新的整改期限。"})
    if new_deadline is None:
        return
    if request.action not in REFUSAL_MOVES_DEADLINE or (
        step.side is Side.ENTERPRISE and request.action is Action.VERIFY
    ):
        raise Invalid("这一步不通过时不能改整改期限。", fields={"new_deadline": "请留空。"})
    if new_deadline <= shanghai_day(now):
        raise Invalid("新的整改期限须晚于今天。", fields={"new_deadline": "须晚于今天。"})


def _role_of(waits: StepNow, person: int) -> Role:
    return next(seat.role for seat in waits.seats if seat.person == person)


def _signature(
    loaded: cases.Loaded,
    request: SignOffRequest,
    waits: StepNow,
    person: int,
    role: Role,
    manner: Manner,
    verdict: Verdict,
    opinion: str,
    now: datetime,
    *,
    name: str = "",
) -> Signature:
    signer, office = _signer(loaded, person)
    made = Signature(
        request_id=request.id,
        hazard_id=loaded.hazard.id,
        step=waits.index,
        step_label=waits.step.label,
        person_id=person,
        person_name=name or signer,
        role=role,
        organisation=loaded.hazard.enterprise.name if role.side is Side.ENTERPRISE else office,
        deputising_for_id=_deputised(person, waits, loaded, now),
        stand_in=waits.is_stand_in and manner is not Manner.PAPER,
        manner=manner,
        verdict=verdict,
        opinion=opinion.strip(),
        signed_at=now,
    )
    made.deed_digest = signed_digest(request.deed_digest, made, request.signatures)
    return made


def _signer(loaded: cases.Loaded, person: int) -> tuple[str, str]:
    """A person's name and office, whoever is looking."""
    if person in loaded.names:
        return loaded.names[person], loaded.people.office_of(person)
    with everything("names of signers"):
        row = _signers.first(person=person)
    return row.name, row.office or ""


_signers = Prepared(
    lambda: (
        select(Person.name, Regulator.name.label("office"))
        .outerjoin(Regulator, Regulator.id == Person.regulator_id)
        .where(Person.id == bindparam("person"))
    )
)


def _deputised(person: int, waits: StepNow, loaded: cases.Loaded, now: datetime) -> int | None:
    """For whom this person acts, where the one deputised holds a role of this very step."""
    if person in loaded.names:
        principals = loaded.people.deputised_by(person, loaded.hazard.grade, now=now)
    else:
        scopes = [DeputyScope.ALL, DeputyScope(loaded.hazard.grade.value)]
        with everything("deputies in force"):
            principals = set(_principals.scalars(deputy=person, now=now, scopes=scopes))
    roles = {role for rung in (ENTERPRISE, RESPONSIBLE_OFFICE) for role in _roles(waits, rung, loaded)}
    holders = sorted({seat.person for seat in loaded.case.seats if seat.role in roles} & principals)
    return holders[0] if holders else None


_principals = Prepared(
    lambda: select(Deputation.person_id).where(
        Deputation.deputy_id == bindparam("deputy"),
        Deputation.starts_at <= bindparam("now"),
        Deputation.ends_at > bindparam("now"),
        Deputation.scope.in_(bindparam("scopes", expanding=True)),
    )
)


def _roles(waits: StepNow, rung: int, loaded: cases.Loaded) -> tuple[Role, ...]:
    return roles_at(waits.step, rung, town_order=loaded.case.town_order)


def _take(
    loaded: cases.Loaded,
    request: SignOffRequest,
    signature: Signature,
    by: Actor,
    now: datetime,
    *,
    new_deadline: date | None = None,
    both: bool = False,
) -> SignOffRequest:
    """Put the signature down, bring into force what is complete, record the event, tell whom it concerns."""
    given = [signature, _second(request, signature)] if both else [signature]
    for one in given:
        _signatures.put_and_hold(one)
    set_committed_value(request, "signatures", [*request.signatures, *given])
    with db.session.no_autoflush:  # what follows from a signature goes down together
        _follow(loaded, request, signature, by, now, new_deadline=new_deadline, both=both)
    return request


_signatures = PreparedInsert(Signature)


def _follow(
    loaded: cases.Loaded,
    request: SignOffRequest,
    signature: Signature,
    by: Actor,
    now: datetime,
    *,
    new_deadline: date | None,
    both: bool,
) -> None:
    hazard, before = loaded.hazard, loaded.hazard.state
    route = route_of(_open(loaded))
    if signature.verdict is Verdict.REFUSED:
        finish(request, RequestStatus.REFUSED, by.person_id, signature.opinion, now)
        refuse(loaded, request, signature, now=now, new_deadline=new_deadline)
    elif signature.step + 1 + both >= len(route.steps):
        finish(request, RequestStatus.COMPLETED, by.person_id, "", now)
        apply(loaded, request, signature, now=now)
    else:
        _after_application(hazard, request, route, signature, now)
    keep_checked(hazard, now)
    content = _content(request, signature, before, hazard, both)
    record(hazard, "sign", by=by.person_id, now=now, content=content, loaded=loaded)
    _tell_after(loaded, request, signature, now)
    if hazard.state is not before:
        tell_followers(hazard, f"{before.label} → {hazard.state.label}", by=by, now=now)


def _second(request: SignOffRequest, first: Signature) -> Signature:
    """The same person's signature for the step it also covers (who alone holds both signs once, shown in both)."""
    route_label = route_of(cases.open_request_of(request)).steps[first.step + 1]
    again = Signature(
        request_id=first.request_id,
        hazard_id=first.hazard_id,
        step=first.step + 1,
        step_label=route_label.label,
        person_id=first.person_id,
        person_name=first.person_name,
        role=route_label.roles[0],
        organisation=first.organisation,
        deputising_for_id=first.deputising_for_id,
        manner=first.manner,
        verdict=first.verdict,
        opinion=first.opinion,
        signed_at=first.signed_at,
    )
    again.deed_digest = signed_digest(request.deed_digest, again, [first])
    return again


def _content(
    request: SignOffRequest, signature: Signature, before: State, hazard: Hazard, both: bool
) -> dict[str, Any]:
    content: dict[str, Any] = {
        "action": request.action.value,
        "request": request.id,
        "step": signature.step,
        "signature": signature.id,
        "signer": signature.person_id,
        "role": signature.role.value,
        "manner": signature.manner.value,
        "verdict": signature.verdict.value,
        "deed": signature.deed_digest,
        "status": request.status.value,
        "from": before.value,
        "to": hazard.state.value,
    }
    if both:
        second = request.signatures[-1]
        content |= {"covers": second.step, "covered": second.id, "covered_deed": second.deed_digest}
    if signature.recorder_id is not None:
        content["recorder"] = signature.recorder_id
    if signature.deputising_for_id is not None:
        content["deputising_for"] = signature.deputising_for_id
    return content


def _after_application(
    hazard: Hazard, request: SignOffRequest, route: Route, signature: Signature, now: datetime
) -> None:
    """An application starts the clock of the re-inspection (workflows/deadlines.py)."""
    if request.action is not Action.VERIFY or not route.steps[signature.step].applies:
        return
    from_rule = {"煤矿": "reinspection_coal", "特种设备": "reinspection_special"}
    rule = from_rule.get(hazard.sector, "reinspection")
    hazard.self_verified_at = now
    hazard.reinspection_due = due_on(rule, shanghai_day(now), load_calendar()).on


def _tell_after(loaded: cases.Loaded, request: SignOffRequest, signature: Signature, now: datetime) -> None:
    if request.status is RequestStatus.OPEN:
        return
    hazard = loaded.hazard
    what = f"「{request.action.label}」{request.status.label}"
    reason = f"，理由：{signature.opinion}" if signature.verdict is Verdict.REFUSED else ""
    _tell_requester(hazard, request, f"{hazard.number} {what}{reason}", now)
    _tell_told(loaded, request, what, now)


def _tell_requester(hazard: Hazard, request: SignOffRequest, text: str, now: datetime) -> None:
    persons = {request.opened_by_id}
    if hazard.reporter_id is not None and request.action in (Action.ACCEPT, Action.DISMISS, Action.CLOSE):
        persons.add(hazard.reporter_id)
    tell(persons, "request", text, now=now, url=f"/hazards/{hazard.number}", key=f"request:{request.id}:ended")


def _tell_told(loaded: cases.Loaded, request: SignOffRequest, what: str, now: datetime) -> None:
    """Roles the table says are told: the reviewer of an order, the inspectors who file a plan."""
    route = route_of(cases.open_request_of(request))
    if not route.told or request.status is not RequestStatus.COMPLETED:
        return
    hazard, case = loaded.hazard, cases.load_again(loaded, now=now).case
    persons = [seat.person for seat in case.seats if seat.role in route.told and seat.rung == RESPONSIBLE_OFFICE]
    tell(persons, "told", f"{hazard.number} {what}", now=now, url=f"/hazards/{hazard.number}", key=f"told:{request.id}")


def _named(name: str, side: Side, loaded: cases.Loaded) -> Person | None:
    """The person of that name in the signing organisation: one name is one natural person there."""
    with everything("the named signer of a paper"):
        return db.session.scalar(
            select(Person)
            .where(Person.name == name.strip(), *_within(side, loaded))
            .order_by(Person.login.is_(None), Person.id)
            .limit(1)
        )


def _within(side: Side, loaded: cases.Loaded) -> tuple[Any, ...]:
    if side is Side.ENTERPRISE:
        return (Person.enterprise_id == loaded.hazard.enterprise_id,)
    return (Person.regulator_id.in_([office.id for office in loaded.offices]),)


def _new_person(name: str, side: Side, loaded: cases.Loaded, now: datetime) -> Person:
    """Somebody known from paper only: a natural person without a log-in and without granted roles."""
    of_enterprise = side is Side.ENTERPRISE
    person = Person(
        name=name.strip()[:60],
        enterprise_id=loaded.hazard.enterprise_id if of_enterprise else None,
        regulator_id=None if of_enterprise else loaded.offices[0].id,
        created_at=now,
    )
    db.session.add(person)
    db.session.flush()
    return person

"""Fills the snapshot of 销号审批表 from the register: the hazard, its photos, every signature that led to its end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from datetime import date, datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from accounts.models import Enterprise
from accounts.queries import PersonLabel, person_labels
from core.chain import canonical, digest
from core.days import shanghai_day
from core.db import db
from core.files import file_store
from core.models import StoredFile
from core.money import wan_text
from core.refusals import NotAllowed
from core.scope import current_viewer, everything
from core.web import PRODUCT, settings
from hazards.deed import basis_text
from hazards.models import Evidence, Hazard, Signature, SignOffRequest
from hazards.queries import hazard_by_number
from hazards.rules import EvidenceKind
from hazards.snapshot import snapshot
from notices.anchors import anchor_words
from notices.snapshots import (
    MOST_PHOTOS,
    ClosureFormSnapshot,
    ListingSnapshot,
    PhotoSnapshot,
    SignatureSnapshot,
    VerificationSnapshot,
)
from workflows.vocabulary import Action, Channel, Manner, RequestStatus, State, StopScope

PRINTABLE: Final = frozenset({State.VERIFIED, State.CLOSED})
NOT_CLOSED: Final = "（未销号）"
FROM_A_FILE: Final = "导入：来自导入的台账，未经本系统签批"

# Once in force these stand through return and reopening; the others are asked for again.
_STANDING: Final = frozenset({Action.ACCEPT, Action.ORDER, Action.PLAN})
_IN_ORDER: Final = (Action.ACCEPT, Action.ORDER, Action.PLAN, Action.VERIFY, Action.RESUME, Action.CLOSE)
_EACH: Final = frozenset({Action.EXTEND, Action.REGRADE, Action.REOPEN, Action.TRANSFER})
_ONE_OF_A_PAIR: Final = re.compile(r"（第 \d+ 人）$")


def closure_snapshot(
    hazard_number: str, *, now: datetime, unscoped: bool = False, for_enterprise: bool = False
) -> ClosureFormSnapshot:
    """Everything the form shows of this hazard, as it stands now.

    From `verified` on, since reviewer and approver sign on the printed form too; it says 未销号 until it is closed.
    Raises `NotFound` out of scope, `NotAllowed` with what comes first where it is not verified. `unscoped` is for the
    command line; `for_enterprise`: it is read there too, whoever has it made.
    """
    eyes: AbstractContextManager[None] = everything("a form printed by the operator") if unscoped else nullcontext()
    with eyes:
        hazard = hazard_by_number(hazard_number)
        _refuse_too_early(hazard)
        requests, evidence = _requests_of(hazard), _photos_of(hazard)
    return _filled(hazard, requests, evidence, now, masked=_is_masked(hazard, for_enterprise))


def _refuse_too_early(hazard: Hazard) -> None:
    if hazard.state in PRINTABLE:
        return
    if hazard.state is State.DISMISSED:
        raise NotAllowed("这条隐患不予认定，没有销号审批表。")
    held = f"，由{hazard.holder}办理" if hazard.holder else ""
    raise NotAllowed(f"还没有验收，不能打印销号审批表。现在是「{hazard.state.label}」{held}，验收后再打印。")


def _requests_of(hazard: Hazard) -> list[SignOffRequest]:
    wanted = (
        select(SignOffRequest)
        .where(SignOffRequest.hazard_id == hazard.id)
        .where(SignOffRequest.status.in_([RequestStatus.COMPLETED, RequestStatus.OPEN]))
        .options(selectinload(SignOffRequest.signatures))
        .order_by(SignOffRequest.id)
    )
    return list(db.session.scalars(wanted))


def _photos_of(hazard: Hazard) -> list[Evidence]:
    """Photos before, and those of after that count: newer than the last refusal or return."""
    kinds = (EvidenceKind.BEFORE, EvidenceKind.AFTER)
    wanted = select(Evidence).where(Evidence.hazard_id == hazard.id, Evidence.kind.in_(kinds)).order_by(Evidence.id)
    since = hazard.photos_after_since
    found = db.session.scalars(wanted)
    return [item for item in found if item.kind is EvidenceKind.BEFORE or since is None or item.added_at > since]


def _filled(
    hazard: Hazard, requests: list[SignOffRequest], photos: list[Evidence], now: datetime, *, masked: bool
) -> ClosureFormSnapshot:
    signing = _in_force(hazard, requests)
    names = person_labels(_people(signing, photos))
    enterprise = hazard.enterprise
    is_closed = hazard.state is State.CLOSED
    return ClosureFormSnapshot(
        number=hazard.number if is_closed else hazard.number + NOT_CLOSED,
        grade=hazard.grade.label,
        enterprise=enterprise.name,
        uscc=enterprise.uscc or "",
        address=enterprise.address,
        industry=hazard.industry,
        region=_region(enterprise),
        place=hazard.place,
        channel=(Channel.SUPERVISION if masked else hazard.channel).label,
        found_on=hazard.found_on,
        description=hazard.description,
        basis=basis_text(hazard),
        measures=_paragraphs(hazard.plan_measures, ("整改结果", hazard.result)),
        responsible_person=hazard.responsible_person,
        issued_at=now,
        deadline_original=hazard.deadline_first,
        deadline_current=hazard.deadline,
        extensions=hazard.extensions,
        completed_on=hazard.completed_on,
        cost=wan_text(hazard.real_cost_fen) if hazard.real_cost_fen is not None else "",
        stopped=_stopped(hazard),
        resumed=f"{hazard.resumed_on.isoformat()} 起恢复生产：{hazard.resume_checked}" if hazard.resumed_on else "",
        listing=_listing(hazard),
        photos_before=_printed(photos, EvidenceKind.BEFORE, names, masked=masked),
        photos_after=_printed(photos, EvidenceKind.AFTER, names),
        signatures=tuple(_signatures(hazard, signing, names)),
        closed_on=_day(hazard.closed_at),
        struck_off_on=hazard.struck_off_on,
        delisted_on=hazard.delisted_on,
        responsible_office=hazard.responsible_office.name if hazard.responsible_office else hazard.office_name,
        verification=_verification(hazard),
        product=PRODUCT,
    )


def _region(enterprise: Enterprise) -> str:
    return enterprise.region.name + (enterprise.town.name if enterprise.town else "")


def _is_masked(hazard: Hazard, for_enterprise: bool) -> bool:
    """An enterprise reads a complaint's hazard as a check (domain.md §3)."""
    viewer = current_viewer()
    is_enterprise = for_enterprise or (viewer is not None and viewer.enterprise_id is not None)
    return is_enterprise and hazard.channel is Channel.COMPLAINT


def _paragraphs(first: str, *named: tuple[str, str]) -> str:
    return "\n".join([first] * bool(first) + [f"{word}：{text}" for word, text in named if text])


def _stopped(hazard: Hazard) -> str:
    if hazard.stop_scope is StopScope.NONE and not hazard.stop_note and not hazard.authority_stopped:
        return ""
    scope = "" if hazard.stop_scope is StopScope.NONE else hazard.stop_scope.label
    by = "监管部门责令停产停业" if hazard.authority_stopped else ""
    return "；".join(part for part in (scope, by, hazard.stop_note) if part)


def _listing(hazard: Hazard) -> ListingSnapshot | None:
    if hazard.listed_level is None:
        return None
    return ListingSnapshot(hazard.listed_level.label, hazard.listed_office, hazard.listed_number)


def _day(moment: datetime | None) -> date | None:
    return shanghai_day(moment) if moment else None


def _verification(hazard: Hazard) -> VerificationSnapshot:
    """The newest anchor, and the digest of the record as it stands, which the history holds too."""
    seen = digest(canonical(snapshot(hazard)))
    url = f"{settings().public_url}/hazards/{hazard.number}"
    return VerificationSnapshot(anchor=anchor_words(moment=False), url=url, digest=seen)


# --- photos ----------------------------------------------------------------------------------------------------


def photos_for(hazard: Hazard) -> tuple[tuple[PhotoSnapshot, ...], tuple[PhotoSnapshot, ...]]:
    """The photos before and after that an enterprise's form about this hazard shows."""
    photos = _photos_of(hazard)
    names, masked = person_labels(_people((), photos)), _is_masked(hazard, for_enterprise=True)
    before = _printed(photos, EvidenceKind.BEFORE, names, masked=masked)
    return before, _printed(photos, EvidenceKind.AFTER, names)


def _printed(
    photos: Iterable[Evidence], kind: EvidenceKind, names: Mapping[int, PersonLabel], *, masked: bool = False
) -> tuple[PhotoSnapshot, ...]:
    """The photos of one side: the upright copies of the first ones; of the rest only that they are there."""
    of_kind = [item for item in photos if item.kind is kind]
    shown = tuple(_photo(item, names, masked=masked) for item in of_kind[:MOST_PHOTOS])
    return shown + tuple(PhotoSnapshot(b"") for _ in of_kind[MOST_PHOTOS:])


def _photo(item: Evidence, names: Mapping[int, PersonLabel], *, masked: bool) -> PhotoSnapshot:
    copy = db.session.get(StoredFile, item.view_id) if item.view_id is not None else item.file
    with file_store().open((copy or item.file).digest) as file:
        data = file.read()
    if masked:
        return PhotoSnapshot(data, taken_by="监管部门")
    who = names.get(item.added_by_id) if item.added_by_id is not None else None
    how = "拍摄" if item.taken_at else "上传"
    return PhotoSnapshot(data, who.name if who else "", item.taken_at or item.added_at, how)


# --- signatures ------------------------------------------------------------------------------------------------


def _in_force(hazard: Hazard, requests: list[SignOffRequest]) -> list[SignOffRequest]:
    """The requests whose signatures stand: the last of each action, of this round; a closing that is under way."""
    standing = [request for request in requests if _counts(hazard, request)]
    last = {request.action: request.id for request in standing}
    return [r for r in standing if r.action in _EACH or (r.action in _IN_ORDER and last[r.action] == r.id)]


def _counts(hazard: Hazard, request: SignOffRequest) -> bool:
    if request.status is RequestStatus.OPEN:
        return request.action in (Action.CLOSE, Action.RESUME)
    ended = request.ended_at or request.opened_at
    return request.action in _STANDING | _EACH or ended >= hazard.round_started_at


def _people(requests: Iterable[SignOffRequest], photos: Iterable[Evidence]) -> set[int]:
    signatures = [signature for request in requests for signature in request.signatures]
    wanted = {person for s in signatures for person in (s.recorder_id, s.deputising_for_id)}
    wanted |= {item.added_by_id for item in photos}
    return {person for person in wanted if person is not None}


def _signatures(
    hazard: Hazard, requests: list[SignOffRequest], names: Mapping[int, PersonLabel]
) -> Iterable[SignatureSnapshot]:
    """Each signature in the order of the loop; what an imported or automatic step had instead of one."""
    done = {request.action for request in requests}
    if hazard.on_the_spot and Action.ACCEPT not in done and Action.ORDER not in done:
        yield SignatureSnapshot("受理", "系统", "", "", hazard.judged_at, "即查即改，自动受理")
    for request in requests:
        for signature in request.signatures:
            yield _signature(request, signature, names)
    if hazard.imported:
        yield from _imported(hazard, done)


def _imported(hazard: Hazard, done: set[Action]) -> Iterable[SignatureSnapshot]:
    if Action.VERIFY not in done and hazard.verified_at is not None:
        at = _day(hazard.verified_at)
        yield SignatureSnapshot("复查", hazard.reinspected_by, "", hazard.office_name, at, FROM_A_FILE)
    if Action.CLOSE not in done and hazard.closed_at is not None:
        at = _day(hazard.closed_at)
        yield SignatureSnapshot("销号", "", "", hazard.closed_by_office or hazard.office_name, at, FROM_A_FILE)


def _signature(request: SignOffRequest, signature: Signature, names: Mapping[int, PersonLabel]) -> SignatureSnapshot:
    on_paper = signature.manner is Manner.PAPER
    return SignatureSnapshot(
        stage=_stage(request, signature),
        person=signature.person_name,
        role=_role(signature, names),
        organisation=signature.organisation,
        at=signature.paper_on if on_paper else signature.signed_at,
        manner=_MANNERS[signature.manner](signature, names),
        opinion=signature.opinion or signature.verdict.label,
        digest=signature.deed_digest,
    )


def _stage(request: SignOffRequest, signature: Signature) -> str:
    """The step's label; with the action before it where the label alone would not say of what."""
    label = _ONE_OF_A_PAIR.sub("", signature.step_label)
    if request.action in (Action.ACCEPT, Action.PLAN, Action.VERIFY, Action.CLOSE) or request.action.label in label:
        return label
    return f"{request.action.label}：{label}"


def _role(signature: Signature, names: Mapping[int, PersonLabel]) -> str:
    words = [signature.role.label]
    if signature.stand_in:
        words.append("本环节无人可签，代为签批")
    if signature.deputising_for_id is not None:
        words.append(f"代理 {_name(signature.deputising_for_id, names)}")
    return "；".join(words)


def _name(person_id: int | None, names: Mapping[int, PersonLabel]) -> str:
    found = names.get(person_id) if person_id is not None else None
    return found.name if found else "—"


def _paper(signature: Signature, names: Mapping[int, PersonLabel]) -> str:
    number = f"，纸质文号 {signature.paper_number}" if signature.paper_number else ""
    recorded = f"{shanghai_day(signature.signed_at).isoformat()} 录入"
    return f"{Manner.PAPER.label}（代录人 {_name(signature.recorder_id, names)}，{recorded}{number}）"


_MANNERS: Final[dict[Manner, Callable[[Signature, Mapping[int, PersonLabel]], str]]] = {
    Manner.CONFIRMED: lambda _signature, _names: Manner.CONFIRMED.label,
    Manner.PASSWORD: lambda _signature, _names: f"{Manner.CONFIRMED.label}·{Manner.PASSWORD.label}",
    Manner.PAPER: _paper,
    Manner.AUTOMATIC: lambda _signature, _names: Manner.AUTOMATIC.label,
    Manner.IMPORTED: lambda _signature, _names: Manner.IMPORTED.label,
}

"""What issuing, serving and voiding a notice does to its hazards: one row an effect of workflows/notices.py.

Hazards are changed by the operations of their own room; here stands only which of them is called when.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from accounts.access import Actor
from core.refusals import Invalid, NotAllowed, Refusal
from hazards.models import Hazard
from hazards.operations import listings, working
from notices.models import Notice, NoticeService
from notices.queries import services_of
from workflows.entries import TOLD_ON_PAPER
from workflows.notices import LISTING_LEVELS, NOTICES, Effect, Receipt
from workflows.serving import TELLS, Head
from workflows.vocabulary import State

Hazards = Sequence[Hazard]


def _nothing(_notice: Notice, _hazards: Hazards) -> None:
    """Issuing needs nothing of the hazards."""


def _no_act(_notice: Notice, _hazards: Hazards, _by: Actor, _now: datetime) -> None:
    """Leaves the hazards as they are."""


def _no_service(_notice: Notice, _hazards: Hazards, _service: NoticeService, _by: Actor, _now: datetime) -> None:
    """Leaves the hazards as they are."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What must be so before issuing, and what issuing, voiding and serving do."""

    refuse: Callable[[Notice, Hazards], None] = _nothing
    on_issue: Callable[[Notice, Hazards, Actor, datetime], None] = _no_act
    on_void: Callable[[Notice, Hazards, Actor, datetime], None] = _no_act
    on_service: Callable[[Notice, Hazards, NoticeService, Actor, datetime], None] = _no_service


# --- an order --------------------------------------------------------------------------------------------------


def _refuse_unsigned(notice: Notice, hazards: Hazards) -> None:
    """An order states what two inspectors have signed under its very number (domain.md §3 order)."""
    if notice.number is None:
        raise Invalid("指令书要先取号，再用这个文号在隐患页办理「责令整改」签批，然后才能签发。")
    for place, hazard in enumerate(hazards, 1):
        if hazard.order_number == notice.number and hazard.state is not State.REPORTED:
            continue
        if hazard.order_number:
            raise Invalid(
                f"第 {place} 项 {hazard.number} 已由 {hazard.order_number} 责令整改，不能再用 {notice.number}。"
            )
        raise Invalid(
            f"第 {place} 项 {hazard.number} 还没有签批「责令整改」。请在隐患页办理，文书号填 {notice.number}。"
        )


def _keep_order(notice: Notice, hazards: Hazards, _by: Actor, _now: datetime) -> None:
    # its hazards may have gone elsewhere since; that it was served stands with the order itself
    if services_of(notice) or any(hazard.served_on is not None for hazard in hazards):
        raise NotAllowed("指令书已送达，整改期限已经起算，不能作废。需要改变的，请办理延期、不予认定或者重新责令。")


def _serve_order(_notice: Notice, hazards: Hazards, service: NoticeService, by: Actor, now: datetime) -> None:
    """Days stated in an order run from its first service; refusing to sign does not stop them (民事诉讼法 89).

    A later try adds to the hazard only that it was signed for; nobody is said to have received what was merely sent.
    """
    received = service.received_on if service.receipt is Receipt.SIGNED else None
    for hazard in hazards:
        is_told = hazard.served_on is not None and (hazard.receipt_on is not None or received is None)
        if is_told or hazard.state is not State.RECTIFYING:
            continue
        working.serve_order(
            hazard,
            served_on=service.served_on,
            how=service.manner.label,
            receipt_by=service.recipient,
            receipt_on=received,
            note=service.reason,
            by=by,
            now=now,
        )


# --- telling the head ------------------------------------------------------------------------------------------


def _told(_notice: Notice, hazards: Hazards, service: NoticeService, by: Actor, now: datetime) -> None:
    """Who signed for it has been told: the principal, or the actual controller; nobody is told through another.

    Service is recorded whatever became of the hazard meanwhile; of one that is no major one any more nothing is noted.
    """
    head = TELLS.get(service.relation)
    if service.receipt is not Receipt.SIGNED or head is None:
        return
    on: date = service.received_on or service.served_on
    for hazard in (one for one in hazards if TOLD_ON_PAPER.fits(one.state, one.grade)):
        working.told_on_paper(hazard, controller=head is Head.CONTROLLER, on=on, by=by, now=now)


# --- listing ---------------------------------------------------------------------------------------------------


def _refuse_listed(notice: Notice, hazards: Hazards) -> None:
    assert notice.office is not None
    if notice.office.level.value not in LISTING_LEVELS:
        raise NotAllowed("挂牌督办由区级或者市级安委办、监管部门办理。")
    for hazard in hazards:
        listings.refuse_listing(hazard)


def _list(notice: Notice, hazards: Hazards, by: Actor, now: datetime) -> None:
    assert notice.office is not None
    assert notice.number is not None
    level = LISTING_LEVELS[notice.office.level.value]
    for hazard in hazards:
        placed = listings.Listing(level, notice.office.name, notice.number, _day(notice, "until"))
        listings.put_on_list(hazard, placed, by=by, now=now)


def _refuse_delisting(notice: Notice, hazards: Hazards) -> None:
    for hazard in hazards:
        listings.refuse_delisting(hazard, on=_day(notice, "on"))


def _delist(notice: Notice, hazards: Hazards, by: Actor, now: datetime) -> None:
    for hazard in hazards:
        listings.take_off_list(hazard, on=_day(notice, "on"), by=by, now=now)


def _keep_listed(_notice: Notice, _hazards: Hazards, _by: Actor, _now: datetime) -> None:
    raise NotAllowed("挂牌和解除挂牌的通知书已经生效，不能作废。需要解除挂牌的，请签发解除挂牌督办通知书。")


def _day(notice: Notice, name: str) -> date:
    return date.fromisoformat(notice.fields[name])


EFFECTS: Final[dict[Effect, Effects]] = {
    Effect.NONE: Effects(),
    Effect.ORDERED: Effects(refuse=_refuse_unsigned, on_void=_keep_order, on_service=_serve_order),
    Effect.TOLD: Effects(on_service=_told),
    Effect.LISTED: Effects(refuse=_refuse_listed, on_issue=_list, on_void=_keep_listed),
    Effect.DELISTED: Effects(refuse=_refuse_delisting, on_issue=_delist, on_void=_keep_listed),
}


def refusal_of(notice: Notice, hazards: Hazards) -> str:
    """Why a notice whose fields are complete cannot be issued for its hazards' sake; empty where it can."""
    try:
        EFFECTS[NOTICES[notice.kind].effect].refuse(notice, hazards)
    except Refusal as refusal:
        return refusal.sentence
    return ""

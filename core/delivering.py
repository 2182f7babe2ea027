"""What leaves the house leaves it once: claimed before it is sent, settled afterwards, each in a short transaction.

Two runners never hold the same delivery. A runner that dies between the answer of the mail server (or the group's) and
its own commit leaves a claim that ends after `LEASE`; then it is sent again. So it is once, save after such a death:
at least once. The second letter bears the same Message-ID and the same text, by which it is known (docs/decisions).
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import or_, select, update

from core.db import db, unit_of_work
from core.delivery_models import Channel, Delivery, DeliveryItem, DeliveryState
from core.models import OutboxMessage

LEASE: Final = timedelta(minutes=10)  # longer than any single sending can take
BACKOFF: Final = tuple(timedelta(minutes=m) for m in (1, 5, 15, 60, 180, 360, 720))
MOST_TRIES: Final = len(BACKOFF) + 1  # over some 22 hours
CUT_SHORT: Final = "发送中途多次中断"


class NotDelivered(Exception):
    """It did not go out; `reason` in words without an address. `is_final`: trying again is of no use.

    `is_down`: nobody answers there at all, so that others need not be tried at this moment.
    """

    def __init__(self, reason: str, *, is_final: bool = False, is_down: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason[:200]
        self.is_final = is_final
        self.is_down = is_down


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery this runner holds."""

    id: int
    key: str
    claim: str
    tries: int
    channel: Channel
    person_id: int | None
    robot_id: int | None
    made_at: datetime


def claim_next(channel: Channel, now: datetime) -> Claimed | None:
    """Take the delivery that is due longest and that nobody else holds."""
    free = or_(Delivery.claimed_until.is_(None), Delivery.claimed_until <= now)
    due = select(Delivery).where(Delivery.state == DeliveryState.WAITING, Delivery.channel == channel)
    due = due.where(Delivery.next_try_at <= now, free).order_by(Delivery.next_try_at, Delivery.id).limit(1)
    with unit_of_work() as session:
        found = session.scalar(due.with_for_update(skip_locked=True))
        if found is None:
            return None
        found.claim, found.claimed_until = secrets.token_hex(16), now + LEASE
        found.tries += 1
        return Claimed(
            found.id,
            found.key,
            found.claim,
            found.tries,
            found.channel,
            found.person_id,
            found.robot_id,
            found.made_at,
        )


def messages_of(held: Claimed) -> list[OutboxMessage]:
    """The messages it carries, oldest first."""
    carried = select(OutboxMessage).join(DeliveryItem, DeliveryItem.message_id == OutboxMessage.id)
    return list(db.session.scalars(carried.where(DeliveryItem.delivery_id == held.id).order_by(OutboxMessage.id)))


def note_sent(held: Claimed, now: datetime) -> None:
    """It went out."""
    _settle(held, state=DeliveryState.SENT, sent_at=now, error="")


def cancel(held: Claimed, why: str) -> None:
    """It is not sent: nothing in it is still true, or the addressee wants it no longer."""
    _settle(held, state=DeliveryState.CANCELLED, error=why[:200])


def postpone(held: Claimed, until: datetime) -> None:
    """Not now (quiet hours); this was no try."""
    _settle(held, next_try_at=until, tries=held.tries - 1)


def note_failed(held: Claimed, failure: NotDelivered, now: datetime) -> bool:
    """It did not go out: to be tried again later, or given up; whether it was given up."""
    if failure.is_final or held.tries >= MOST_TRIES:
        _settle(held, state=DeliveryState.GIVEN_UP, error=failure.reason)
        return True
    _settle(held, next_try_at=now + BACKOFF[held.tries - 1], error=failure.reason)
    return False


def _settle(held: Claimed, **values: Any) -> None:
    """Let go of it; where the claim has ended and another runner holds it now, that one settles."""
    mine = update(Delivery).where(Delivery.id == held.id, Delivery.claim == held.claim)
    with unit_of_work() as session:
        session.execute(
            mine.values(claim="", claimed_until=None, **values), execution_options={"synchronize_session": False}
        )

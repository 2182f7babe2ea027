"""What the system administrator sees of sending: how much waits, what was given up and why; and trying it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from accounts.access import Actor
from accounts.history import record_own
from core.db import db
from core.delivery_models import Channel, Delivery, DeliveryState
from core.refusals import Conflict, NotFound

PAGE: Final = 50
COUNTED: Final = 1000
WAYS: Final = {Channel.MAIL: "邮件", Channel.ROBOT: "群消息"}


@dataclass(frozen=True, slots=True)
class WayNow:
    """One way as it stands: what waits for its time, what waits to be tried again, when something went out last."""

    label: str
    waiting: int
    failing: int
    last_sent: datetime | None


def ways_now() -> list[WayNow]:
    """Each way; counts stop one beyond `COUNTED`."""
    return [_way(channel, label) for channel, label in WAYS.items()]


def _way(channel: Channel, label: str) -> WayNow:
    waiting = select(Delivery.tries).where(Delivery.state == DeliveryState.WAITING, Delivery.channel == channel)
    some = waiting.limit(COUNTED + 1).subquery()
    number, failing = db.session.execute(
        select(func.count(), func.count().filter(some.c.tries > 0)).select_from(some)
    ).one()
    sent = select(Delivery.sent_at).where(Delivery.state == DeliveryState.SENT, Delivery.channel == channel)
    return WayNow(label, number, failing, db.session.scalar(sent.order_by(Delivery.id.desc()).limit(1)))


def given_up(before: int | None) -> list[Delivery]:
    """What was given up, newest first; one more than a page tells that there is more."""
    wanted = select(Delivery).where(Delivery.state == DeliveryState.GIVEN_UP)
    if before is not None:
        wanted = wanted.where(Delivery.id < before)
    return list(db.session.scalars(wanted.order_by(Delivery.id.desc()).limit(PAGE + 1)))


def send_again(delivery_id: int, *, by: Actor, now: datetime) -> None:
    """Begin anew with one that was given up. Inside a unit of work."""
    found = db.session.get(Delivery, delivery_id, with_for_update=True)
    if found is None:
        raise NotFound("找不到这一项。")
    if found.state is not DeliveryState.GIVEN_UP:
        raise Conflict("这一项已经在发送，或者已经发出。")
    found.state, found.tries, found.next_try_at, found.error = DeliveryState.WAITING, 0, now, ""
    record_own(by, "delivery_again", now=now, delivery=found.id)

"""Tables of what leaves the house: one row for each letter or post, and the messages it carries."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Code, Id, UtcDateTime, code_check


class Channel(StrEnum):
    """By which way something leaves the house."""

    MAIL = "mail"
    ROBOT = "robot"


class DeliveryState(StrEnum):
    """What became of it: it waits (for its time, or to be tried again), or one of the three ends."""

    WAITING = "waiting"
    SENT = "sent"
    CANCELLED = "cancelled"
    GIVEN_UP = "given_up"


class Delivery(Base):
    """One letter to one person, or one post to one group, with one or several messages in it.

    `key` makes it once only. Whoever sends it claims it before, in a transaction of its own, until `claimed_until`: the
    claim of a killed runner ends then, and the next one takes it up.
    """

    __tablename__ = "delivery"
    __table_args__ = (
        CheckConstraint(code_check("channel", Channel), name="channel"),
        CheckConstraint(code_check("state", DeliveryState), name="state"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_time"),
        CheckConstraint(
            "CASE WHEN channel = 'mail' THEN person_id IS NOT NULL AND robot_id IS NULL "
            "ELSE person_id IS NULL AND robot_id IS NOT NULL END",
            name="one_addressee",
        ),
        CheckConstraint("(claim = '') = (claimed_until IS NULL)", name="claim_has_end"),
        Index(
            "ix_delivery_waiting",
            *("channel", "next_try_at", "id"),
            sqlite_where=text("state = 'waiting'"),
            postgresql_where=text("state = 'waiting'"),
        ),
        Index("ix_delivery_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    key: Mapped[str] = mapped_column(String(120), unique=True)
    channel: Mapped[Channel] = mapped_column(Code(Channel))
    person_id: Mapped[int | None] = mapped_column(Id)
    robot_id: Mapped[int | None] = mapped_column(Id)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    state: Mapped[DeliveryState] = mapped_column(Code(DeliveryState), default=DeliveryState.WAITING)
    next_try_at: Mapped[datetime] = mapped_column(UtcDateTime)
    tries: Mapped[int] = mapped_column(Integer, default=0)
    claim: Mapped[str] = mapped_column(String(32), default="")
    claimed_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    # why the last try failed, or why it was not sent; never an address
    error: Mapped[str] = mapped_column(String(200), default="")


class DeliveryItem(Base):
    """A message that goes out with a delivery."""

    __tablename__ = "delivery_item"
    __table_args__ = (
        UniqueConstraint("delivery_id", "message_id"),
        Index("ix_delivery_item_message_id", "message_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    delivery_id: Mapped[int] = mapped_column(ForeignKey("delivery.id"))
    message_id: Mapped[int] = mapped_column(ForeignKey("outbox_message.id"))

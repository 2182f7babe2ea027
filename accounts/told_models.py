"""Tables of how people and organisations are told: mail addresses, choices, groups' robots, calendar subscriptions."""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import Boolean, CheckConstraint, Date, ForeignKey, Index, Integer, String, Text, Time, text
from sqlalchemy.orm import Mapped, mapped_column

from accounts.telling_rules import DAILY_HOUR, MailMode
from core.db import Base, Code, Id, Json, UtcDateTime, code_check
from core.robots import RobotKind
from core.scope import Tenant


class MailAddress(Tenant, Base):
    """A person's address once it was proved by a code, and another that is being proved (`wanted`, its code sealed)."""

    __tablename__ = "mail_address"
    __table_args__ = (
        CheckConstraint("(address = '') = (verified_at IS NULL)", name="proved_has_time"),
        CheckConstraint("(code = '') = (code_until IS NULL)", name="code_has_end"),
        CheckConstraint("code = '' OR wanted <> ''", name="code_proves_something"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    address: Mapped[str] = mapped_column(String(254), default="")
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    wanted: Mapped[str] = mapped_column(String(254), default="")
    code: Mapped[str] = mapped_column(String(200), default="")
    code_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    code_tries: Mapped[int] = mapped_column(Integer, default=0)
    code_error: Mapped[str] = mapped_column(String(200), default="")
    # how many codes were asked for on that day, and the last when
    codes_on: Mapped[date | None] = mapped_column(Date)
    codes_asked: Mapped[int] = mapped_column(Integer, default=0)
    asked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class TellingChoice(Tenant, Base):
    """How a person wants letters; without a row as `telling_rules.Choice` begins."""

    __tablename__ = "telling_choice"
    __table_args__ = (
        CheckConstraint(code_check("mode", MailMode), name="mode"),
        CheckConstraint("daily_hour BETWEEN 0 AND 23", name="daily_hour"),
        CheckConstraint("(quiet_from IS NULL) = (quiet_until IS NULL)", name="quiet_has_both_ends"),
    )

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    mode: Mapped[MailMode] = mapped_column(Code(MailMode), default=MailMode.EACH)
    daily_hour: Mapped[int] = mapped_column(Integer, default=DAILY_HOUR)
    quiet_from: Mapped[time | None] = mapped_column(Time)
    quiet_until: Mapped[time | None] = mapped_column(Time)
    urgent_at_once: Mapped[bool] = mapped_column(Boolean, default=True)
    topics: Mapped[list[str]] = mapped_column(Json)


class Robot(Tenant, Base):
    """群机器人 of an organisation: its address and secret sealed, shown by their last characters (`hint`) only."""

    __tablename__ = "robot"
    __table_args__ = (
        CheckConstraint(code_check("kind", RobotKind), name="kind"),
        CheckConstraint("(enterprise_id IS NULL) <> (regulator_id IS NULL)", name="one_organisation"),
        Index("ix_robot_enterprise_id", "enterprise_id"),
        Index("ix_robot_regulator_id", "regulator_id"),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    regulator_id: Mapped[int | None] = mapped_column(ForeignKey("regulator.id"))
    kind: Mapped[RobotKind] = mapped_column(Code(RobotKind))
    name: Mapped[str] = mapped_column(String(60))
    sealed: Mapped[str] = mapped_column(Text)
    hint: Mapped[str] = mapped_column(String(8))
    topics: Mapped[list[str]] = mapped_column(Json)
    made_by_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    posted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    error: Mapped[str] = mapped_column(String(200), default="")


class Feed(Tenant, Base):
    """A calendar subscription: whoever knows its secret reads what the person must do by when. Kept as fingerprint."""

    __tablename__ = "calendar_feed"
    __table_args__ = (
        Index(
            "uq_calendar_feed_running",
            "person_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    fingerprint: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

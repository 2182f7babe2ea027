"""The tables of being told refuse by themselves what no operation would write, on each database.

Statements go to the database as plain SQL, past every type and rule of the code.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError

from accounts import told_models
from accounts.feeds import new_feed
from accounts.told_models import Feed, MailAddress, Robot, TellingChoice
from core import delivery_models
from core.db import Base, db, unit_of_work
from core.delivery_models import Channel, Delivery, DeliveryItem
from core.models import OutboxMessage
from core.robots import RobotKind
from core.scope import everything
from tests.accounts.world import World
from tests.clocks import FixedClock

MODELS: tuple[type[Base], ...] = (MailAddress, TellingChoice, Robot, Feed, Delivery, DeliveryItem)
BREACHES: dict[str, str] = {
    "ck_mail_address_proved_has_time": "UPDATE mail_address SET address = 'a@b.cn'",
    "ck_mail_address_code_has_end": "UPDATE mail_address SET wanted = 'a@b.cn', code = 'x'",
    "ck_mail_address_code_proves_something": "UPDATE mail_address SET code = 'x', code_until = CURRENT_TIMESTAMP",
    "ck_telling_choice_mode": "UPDATE telling_choice SET mode = 'hourly'",
    "ck_telling_choice_daily_hour": "UPDATE telling_choice SET daily_hour = 24",
    "ck_telling_choice_quiet_has_both_ends": "UPDATE telling_choice SET quiet_from = '22:00:00'",
    "ck_robot_kind": "UPDATE robot SET kind = 'pigeon'",
    "ck_robot_one_organisation": "UPDATE robot SET enterprise_id = NULL",
    "uq_calendar_feed_fingerprint": "UPDATE calendar_feed SET fingerprint = 'same', ended_at = CURRENT_TIMESTAMP",
    "uq_calendar_feed_running": "UPDATE calendar_feed SET ended_at = NULL, person_id = 1",
    "ck_delivery_channel": "UPDATE delivery SET channel = 'drum', person_id = NULL, robot_id = 1",
    "ck_delivery_state": "UPDATE delivery SET state = 'lost'",
    "ck_delivery_sent_has_time": "UPDATE delivery SET state = 'sent'",
    "ck_delivery_one_addressee": "UPDATE delivery SET robot_id = 1",
    "ck_delivery_claim_has_end": "UPDATE delivery SET claim = 'x'",
    "uq_delivery_key": "UPDATE delivery SET key = 'same'",
    "uq_delivery_item_delivery_id_message_id": "UPDATE delivery_item SET delivery_id = 1, message_id = 1",
}


def test_every_constraint_of_these_tables_has_its_breach_here() -> None:
    modules = {told_models.__name__, delivery_models.__name__}
    assert {mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__module__ in modules} == set(MODELS)
    assert set(_named()) == set(BREACHES)


def _named() -> Iterator[str]:
    for model in MODELS:
        table = Base.metadata.tables[model.__tablename__]
        yield from (str(one.name) for one in table.constraints if isinstance(one, CheckConstraint | UniqueConstraint))
        yield from (str(index.name) for index in table.indexes if index.unique)


def test_every_constraint_of_these_tables_bites(context: Flask, world: World, clock: FixedClock) -> None:
    _fill(world, clock)
    with db.engine.connect() as connection:
        kind = connection.dialect.name
        for name, breach in BREACHES.items():
            with pytest.raises(IntegrityError) as refused, connection.begin():
                connection.execute(text(breach))
            said = str(refused.value.orig)
            unique = kind == "sqlite" and name.startswith("uq_")  # SQLite names the table with its columns instead
            wanted = f"UNIQUE constraint failed: {breach.split()[1]}." if unique else name
            assert wanted in said, (name, said)


def _fill(world: World, clock: FixedClock) -> None:
    """Two rows in each table."""
    now = clock()
    for who in ("principal", "worker"):
        person, actor = world.people[who], world.actor(who)
        with everything("test"), unit_of_work() as session:
            session.add(MailAddress(person_id=person))
            session.add(TellingChoice(person_id=person, topics=[]))
            session.add(
                Robot(
                    enterprise_id=world.enterprises["plant"],
                    kind=RobotKind.WECOM,
                    name="群",
                    sealed="",
                    hint="",
                    topics=[],
                    made_by_id=person,
                    made_at=now,
                )
            )
            new_feed(actor, now=now)
            message = OutboxMessage(person_id=person, kind="due", text="到期", made_at=now)
            made = Delivery(key=who, channel=Channel.MAIL, person_id=person, made_at=now, next_try_at=now)
            session.add_all([message, made])
            session.flush()
            session.add(DeliveryItem(delivery_id=made.id, message_id=message.id))

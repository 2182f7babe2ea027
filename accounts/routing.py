"""Which message goes out by which way and when: worked out once for each, in the transaction that notes it.

In-app a message is there from the beginning. Here rows of `delivery` are made: a letter for whoever proved an address
and wants it, a post for each robot of the person's organisation. What is told to several people of an organisation is
posted to its group once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Final, NamedTuple

from sqlalchemy import or_, select
from sqlalchemy.dialects import postgresql, sqlite

from accounts.models import Person
from accounts.telling import choice_of
from accounts.telling_rules import Choice, Slot, Topic, slot_for, topic_of
from accounts.told_models import MailAddress, Robot, TellingChoice
from core.db import db, is_sqlite, unit_of_work
from core.delivery_models import Channel, Delivery, DeliveryItem, DeliveryState
from core.models import OutboxMessage
from core.scope import everything

CHUNK: Final = 500


class _Reader(NamedTuple):
    """An active person who may be told outside the product."""

    person_id: int
    enterprise_id: int | None
    regulator_id: int | None


@dataclass(slots=True)
class _Ways:
    """By which ways the people of some messages are reached."""

    readers: dict[int, _Reader]
    letters: dict[int, Choice]
    robots: dict[tuple[int | None, int | None], list[tuple[int, frozenset[str]]]] = field(default_factory=dict)

    def robots_of(self, reader: _Reader) -> Iterable[tuple[int, frozenset[str]]]:
        return self.robots.get((reader.enterprise_id, reader.regulator_id), ())


def route_messages(now: datetime, *, with_mail: bool) -> int:
    """Route everything that was not yet, in chunks of one short transaction; how many messages."""
    routed, number = 0, CHUNK
    while number == CHUNK:
        with everything("by which way people are told"), unit_of_work() as session:
            new = select(OutboxMessage).where(OutboxMessage.sent_at.is_(None)).order_by(OutboxMessage.id).limit(CHUNK)
            messages = list(session.scalars(new.with_for_update(skip_locked=True)))
            ways = _ways_for({message.person_id for message in messages}, with_mail=with_mail)
            for message in messages:
                _route(message, ways, now)
                message.sent_at, message.tries = now, message.tries + 1
        number = len(messages)
        routed += number
    return routed


def _ways_for(persons: set[int], *, with_mail: bool) -> _Ways:
    who = select(Person.id, Person.enterprise_id, Person.regulator_id).where(Person.id.in_(persons), Person.active)
    ways = _Ways({row.id: _Reader(*row) for row in db.session.execute(who)}, {})
    if with_mail and ways.readers:
        proved = (
            select(MailAddress.person_id, TellingChoice)
            .outerjoin(TellingChoice, TellingChoice.person_id == MailAddress.person_id)
            .where(MailAddress.person_id.in_(ways.readers), MailAddress.verified_at.is_not(None))
        )
        ways.letters = {row.person_id: choice_of(row.TellingChoice) for row in db.session.execute(proved)}
    firms = {one.enterprise_id for one in ways.readers.values()} - {None}
    offices = {one.regulator_id for one in ways.readers.values()} - {None}
    here = or_(Robot.enterprise_id.in_(firms), Robot.regulator_id.in_(offices))
    for row in db.session.scalars(select(Robot).where(Robot.ended_at.is_(None), here).order_by(Robot.id)):
        known = ways.robots.setdefault((row.enterprise_id, row.regulator_id), [])
        known.append((row.id, frozenset(row.topics)))
    return ways


def _route(message: OutboxMessage, ways: _Ways, now: datetime) -> None:
    reader = ways.readers.get(message.person_id)
    if reader is None:
        return
    choice = ways.letters.get(reader.person_id)
    slot = slot_for(choice, message.kind, now) if choice is not None else None
    if slot is not None:
        _by_mail(message, slot, now)
    topic = topic_of(message.kind)
    for robot_id, topics in ways.robots_of(reader) if topic.for_groups else ():
        if topic.value in topics:
            _by_robot(message, robot_id, now)


def _by_mail(message: OutboxMessage, slot: Slot, now: datetime) -> None:
    single = f"mail:{message.id}"
    if not slot.gathered:
        _make(single, message, slot.at, now, person_id=message.person_id)
        return
    key = f"mail:{message.person_id}:{slot.at.isoformat()}"
    found = _make(key, None, slot.at, now, person_id=message.person_id)
    if found.state is DeliveryState.WAITING and not found.tries:
        db.session.add(DeliveryItem(delivery_id=found.id, message_id=message.id))
    else:  # that letter is on its way already
        _make(single, message, slot.at, now, person_id=message.person_id)


def _by_robot(message: OutboxMessage, robot_id: int, now: datetime) -> None:
    said = f"{message.kind}\n{message.text}\n{message.url}\n{message.made_at.isoformat()}"
    same = sha256(said.encode()).hexdigest()[:32]
    _make(f"robot:{robot_id}:{same}", message, now, now, robot_id=robot_id)


def _make(
    key: str,
    message: OutboxMessage | None,
    at: datetime,
    now: datetime,
    *,
    person_id: int | None = None,
    robot_id: int | None = None,
) -> Delivery:
    """The delivery of this key, made with this message in it unless there is one; its row locked."""
    made = {
        "key": key,
        "channel": Channel.MAIL if person_id is not None else Channel.ROBOT,
        "person_id": person_id,
        "robot_id": robot_id,
        "made_at": now,
        "state": DeliveryState.WAITING,
        "next_try_at": at,
        "tries": 0,
        "claim": "",
        "error": "",
    }
    insert = sqlite.insert(Delivery) if is_sqlite() else postgresql.insert(Delivery)
    new = db.session.scalar(insert.values(made).on_conflict_do_nothing().returning(Delivery.id))
    if new is not None and message is not None:
        db.session.add(DeliveryItem(delivery_id=new, message_id=message.id))
    wanted = select(Delivery).where(Delivery.key == key).with_for_update()
    return db.session.scalars(wanted.execution_options(populate_existing=True)).one()


def topics_for_groups() -> Sequence[Topic]:
    """What may be said in a group."""
    return tuple(topic for topic in Topic if topic.for_groups)

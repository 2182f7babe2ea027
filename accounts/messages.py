"""One's own messages: all of them, the unread first, and taking them as read."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from flask import has_request_context, request
from sqlalchemy import bindparam, func, select, update

from accounts.access import Actor
from core.db import Id, db
from core.models import OutboxMessage
from core.prepared import Prepared
from core.refusals import NotFound

PAGE: Final = 50
COUNTED: Final = 1000  # beyond it a count says 以上
_NOTED: Final = "accounts.unread"


@dataclass(frozen=True, slots=True)
class MessagePage:
    """One page: its messages, and where the next begins (None at the end)."""

    messages: list[OutboxMessage]
    after: str | None


def messages_of(person_id: int, after: str = "") -> MessagePage:
    """The unread first, newest first; then the read ones, newest first. `after` is a key as `MessagePage` gives it."""
    are_read, before = _key(after)
    found = [] if are_read else _some(person_id, read=False, before=before, most=PAGE + 1)
    if len(found) <= PAGE:
        found += _some(person_id, read=True, before=before if are_read else None, most=PAGE + 1 - len(found))
    shown = found[:PAGE]
    if len(found) <= PAGE:
        return MessagePage(shown, None)
    return MessagePage(shown, f"{'r' if shown[-1].read_at else 'u'}{shown[-1].id}")


def _key(text: str) -> tuple[bool, int | None]:
    number = text[1:]
    if text[:1] not in ("u", "r") or not (number.isascii() and number.isdigit() and len(number) < 19):
        return False, None
    return text[0] == "r", int(number)


def _some(person_id: int, *, read: bool, before: int | None, most: int) -> list[OutboxMessage]:
    mine = select(OutboxMessage).where(OutboxMessage.person_id == person_id)
    mine = mine.where(OutboxMessage.read_at.is_not(None) if read else OutboxMessage.read_at.is_(None))
    if before is not None:
        mine = mine.where(OutboxMessage.id < before)
    return list(db.session.scalars(mine.order_by(OutboxMessage.id.desc()).limit(most)))


def count_unread(person_id: int) -> int:
    """How many are unread; stops counting one beyond `COUNTED`."""
    mine = select(OutboxMessage.id).where(OutboxMessage.person_id == person_id, OutboxMessage.read_at.is_(None))
    return db.session.scalar(select(func.count()).select_from(mine.limit(COUNTED + 1).subquery())) or 0


def unread_for_bar(person_id: int) -> int:
    """How many are unread, for the bar of every page: read from the index alone, at most a hundred."""
    noted: tuple[int, int] | None = request.environ.get(_NOTED) if has_request_context() else None
    if noted is not None and noted[0] == person_id:
        return noted[1]
    return int(_for_bar.scalar(person=person_id) or 0)


def note_unread(person_id: int, number: int) -> None:
    """The page of this request has read all that are unread: its bar need not count them again."""
    if has_request_context():
        request.environ[_NOTED] = person_id, number


def _unread_of_one() -> Any:
    mine = select(OutboxMessage.id).where(OutboxMessage.person_id == bindparam("person", type_=Id))
    some = mine.where(OutboxMessage.read_at.is_(None)).limit(100).subquery()
    return select(func.count().label("number")).select_from(some)


_for_bar = Prepared(_unread_of_one)


def get_message(person_id: int, message_id: int) -> OutboxMessage:
    """One of the person's own messages, else `NotFound`."""
    mine = select(OutboxMessage).where(OutboxMessage.id == message_id, OutboxMessage.person_id == person_id)
    found = db.session.scalar(mine)
    if found is None:
        raise NotFound("找不到这条消息。")
    return found


def mark_read(message_ids: Collection[int], *, by: Actor, now: datetime) -> None:
    """Take these of the person's own messages as read; the first time counts. Inside a unit of work."""
    _mark(OutboxMessage.id.in_(message_ids), by, now)


def mark_all_read(up_to: int, *, by: Actor, now: datetime) -> None:
    """Take all that were there when the page was shown as read. Inside a unit of work."""
    _mark(OutboxMessage.id <= up_to, by, now)


def _mark(which: Any, by: Actor, now: datetime) -> None:
    mine = update(OutboxMessage).where(OutboxMessage.person_id == by.person_id, OutboxMessage.read_at.is_(None))
    db.session.execute(mine.where(which).values(read_at=now), execution_options={"synchronize_session": False})

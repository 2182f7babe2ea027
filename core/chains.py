"""Walking the histories: every event of every subject, in the order of its chain, and what a broken link means."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, Table, func, select

from core.chain import START
from core.damage import Break, Damage, Report
from core.db import Base
from core.history import chain, event_content
from core.models import Chained, Event
from core.snapshot import stream

_EVENT: Any = Event.__table__.c
_COLUMNS = ("subject_kind", "subject_id", "seq", "at", "actor_id", "kind", "content", "previous", "digest")


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of subject that has a history: its table, that in which its chain's head stands, what people call it."""

    table: Table
    heads: Table
    label: str

    @property
    def name(self) -> str:
        """How events name it."""
        return self.table.name

    def all_subjects(self) -> Select[Any]:
        """Id, head and length of each (and its number), by id."""
        columns, head = self.table.c, self.heads.c
        number = [columns.number] if "number" in columns else []
        wanted = select(columns.id, head.chain_head, head.chain_length, *number).order_by(columns.id)
        return wanted if self.heads is self.table else wanted.where(head.id == columns.id)

    def all_events(self) -> Select[Any]:
        """All their events, in the order of each history."""
        return _events().where(_EVENT.subject_kind == self.name).order_by(_EVENT.subject_id, _EVENT.seq)


def chained_kinds() -> list[Kind]:
    """Every kind of subject that has a history, by name."""
    kinds = [
        Kind(subject, heads, mapper.class_.chain_label or subject.name)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Chained) and isinstance(heads := mapper.local_table, Table)
        for subject in [Base.metadata.tables[mapper.class_.chain_of or heads.name]]
    ]
    return sorted(kinds, key=lambda kind: kind.name)


def _events() -> Select[Any]:
    return select(*(_EVENT[name] for name in _COLUMNS))


def verify_kind(connection: Connection, kind: Kind, report: Report) -> None:
    """Walk subjects and their events side by side, both by id."""
    grouped = groupby(stream(connection, kind.all_events()), key=lambda event: int(event.subject_id))
    waiting = next(grouped, None)
    for subject in stream(connection, kind.all_subjects()):
        while waiting is not None and waiting[0] < subject.id:
            report.add(_orphan(kind, *waiting))
            waiting = next(grouped, None)
        report.subjects += 1
        if waiting is not None and waiting[0] == subject.id:
            _verify_subject(connection, kind, subject, waiting[1], report)
            waiting = next(grouped, None)
        else:
            _verify_subject(connection, kind, subject, iter(()), report)
        report.walked()
    while waiting is not None:
        report.add(_orphan(kind, *waiting))
        waiting = next(grouped, None)


def _orphan(kind: Kind, subject_id: int, events: Iterator[Row[Any]]) -> Break:
    sentence = f"{kind.label} {subject_id} 号的记录被删去，经过还在。"
    return Break(Damage.REMOVED, kind.name, subject_id, next(events).seq, sentence)


def _verify_subject(
    connection: Connection, kind: Kind, subject: Row[Any], events: Iterator[Row[Any]], report: Report
) -> None:
    link, head, length = chain(), START, 0
    for event in events:
        report.events += 1
        length += 1
        is_next = event.seq == length and event.previous == head
        if not is_next or link.link(head, event_content(event)) != event.digest:
            damage, what = _diagnose(connection, event, length)
            report.add(_break(kind, subject, damage, length, f"第 {length} 条经过{what}。"))
            return
        head = event.digest
    if length < subject.chain_length:
        what = f"末尾被截去 {subject.chain_length - length} 条，自第 {length + 1} 条经过起。"
        report.add(_break(kind, subject, Damage.CUT, length + 1, what))
    elif (length, head) != (subject.chain_length, subject.chain_head):
        what = f"记录上的链头被改，与第 {length} 条经过不符。"
        report.add(_break(kind, subject, Damage.CHANGED, length, what))


def _break(kind: Kind, subject: Row[Any], damage: Damage, seq: int, what: str) -> Break:
    number = getattr(subject, "number", f"{subject.id} 号")
    return Break(damage, kind.name, subject.id, seq, f"{kind.label} {number} 的{what}")


def _diagnose(connection: Connection, event: Row[Any], place: int) -> tuple[Damage, str]:
    """What happened where the event found at a place does not follow the one before it."""
    if event.seq > place:
        return Damage.REMOVED, "被删去"
    link, has_moved, has_predecessor = chain(), _fits(event, place + 1), event.previous == START
    same = (_EVENT.subject_kind == event.subject_kind) & (_EVENT.subject_id == event.subject_id)
    for other in stream(connection, _events().where(same, _EVENT.seq != place)):
        if link.link(event.previous, _content_at(other, place)) == event.digest:
            return Damage.REORDERED, "与别的一条调换了次序"
        has_moved = has_moved or _fits(event, other.seq)
        has_predecessor = has_predecessor or other.digest == event.previous
    if not has_moved:
        return Damage.CHANGED, "被改过"
    return (Damage.REORDERED, "被调换了次序") if has_predecessor else (Damage.REMOVED, "被删去")


def _fits(event: Row[Any], seq: int) -> bool:
    """Whether this event was written for that place."""
    return bool(chain().link(event.previous, _content_at(event, seq)) == event.digest)


def _content_at(event: Row[Any], seq: int) -> dict[str, Any]:
    return {**event_content(event), "subject": [event.subject_kind, event.subject_id, seq]}


def verify_kinds_known(connection: Connection, known: set[str], report: Report) -> None:
    """Events of a kind of subject that does not exist."""
    kinds = select(_EVENT.subject_kind, func.min(_EVENT.subject_id)).group_by(_EVENT.subject_kind)
    for kind, subject_id in connection.execute(kinds.order_by(_EVENT.subject_kind)):
        if kind not in known:
            report.add(Break(Damage.CHANGED, kind, subject_id, 0, f"有属于“{kind}”的经过，没有这一类记录。"))

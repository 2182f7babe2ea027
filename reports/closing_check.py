"""Whether closed months are what they were: `flask audit verify` reads each frozen file and the event that names it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection, select

from core.damage import Break, Damage, Report
from core.files import file_store
from core.models import Event
from core.scope import everything
from reports.closing_manifest import FORMS, corrected_ledgers, frozen_ledgers, manifest_of
from reports.models import MonthClose

KIND = "month_close"

_EVENT: Any = Event.__table__.c
_CLOSE: Any = MonthClose.__table__.c


def check_closes(connection: Connection, report: Report) -> None:
    """Compare each close with what the history says of it, and each of its files with its digest."""
    with everything("closed months are verified"):
        said = {event.content.get("close"): event for event in _events(connection)}
        closed = select(_CLOSE.id, _CLOSE.month).where(_CLOSE.closed_at.is_not(None)).order_by(_CLOSE.id)
        for close in connection.execute(closed).all():
            event = said.pop(close.id, None)
            for what in _wrong(connection, close.id, event):
                _add(report, close.id, what[0], f"{close.month} 月结（{close.id} 号）{what[1]}")
        for close_id, event in said.items():
            month = event.content.get("month", "")
            _add(report, int(close_id or 0), Damage.REMOVED, f"{month} 月结（{close_id} 号）的记录被删去，经过还在。")


def _events(connection: Connection) -> list[Any]:
    wanted = select(_EVENT.content).where(_EVENT.kind == "month_closed").order_by(_EVENT.id)
    return list(connection.execute(wanted).all())


def _wrong(connection: Connection, close_id: int, event: Any) -> Iterator[tuple[Damage, str]]:
    if event is None:
        yield Damage.CHANGED, "没有经过。"
        return
    if event.content.get("manifest") != manifest_of(connection, close_id)["manifest"]:
        yield Damage.CHANGED, "所列的文件与经过所记不符。"
    store = file_store()
    for name, digest in _files(connection, close_id):
        if not store.exists(digest):
            yield Damage.REMOVED, f"的文件 {name} 不在存放处。"
        elif not store.verify(digest):
            yield Damage.CHANGED, f"的文件 {name} 被改过。"


def _files(connection: Connection, close_id: int) -> Iterator[tuple[str, str]]:
    for ledger in frozen_ledgers(connection, close_id):
        for form in FORMS:
            if ledger[form]:
                yield f"{ledger['file_name']}.{form}", ledger[form]
    for found in corrected_ledgers(connection, close_id):
        if found["jsonl"]:
            yield f"更正前的记录（{found['ledger_id']} 号）", found["jsonl"]


def _add(report: Report, close_id: int, damage: Damage, sentence: str) -> None:
    report.add(Break(damage, KIND, close_id, 0, sentence))

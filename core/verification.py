"""Whether the history is whole: `flask audit verify` walks every event, every anchor and the witness.

Chains show what was changed, removed or reordered inside a history, and a cut tail where the record's own head and
length were left; anchors show a tail cut together with them; the witness shows a database put back to an earlier copy.
Everything is read as a stream from one snapshot, so memory stays bounded and signatures made meanwhile do no harm.
What was added after the last anchor and cut again, with head and length patched, leaves no trace: hence an anchor every
five minutes and with each notice. Rooms add what else must be whole (`add_check`): issued papers with their files.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from itertools import chain as joined_to
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from flask import Flask, current_app
from sqlalchemy import Connection, Row, func, select

from core.chain import START
from core.chains import chained_kinds, verify_kind, verify_kinds_known
from core.damage import Break, Damage, Report, Watch
from core.days import SHANGHAI
from core.history import seal_anchor
from core.models import Anchor, Event
from core.snapshot import BATCH, snapshot, stream
from core.witness import Witnessed, standing_lines, undone_by_restores, witness_path

ANCHOR, WITNESS = "anchor", "witness"
FURTHER = "further_checks"

FurtherCheck = Callable[[Connection, Report], None]

_EVENT: Any = Event.__table__.c
_ANCHOR: Any = Anchor.__table__.c


def add_check(app: Flask, check: FurtherCheck) -> None:
    """Let a room check, in the same snapshot, what its histories vouch for; called by its `install`."""
    app.extensions.setdefault(FURTHER, []).append(check)


def verify(watch: Watch | None = None) -> Report:
    """Walk everything; outside a unit of work. `watch` is told how far it is."""
    report = Report(watch=watch)
    path = witness_path()
    size = path.stat().st_size if path.exists() else None  # before the snapshot, which then holds all it names
    with snapshot() as connection:
        kinds = chained_kinds()
        for kind in kinds:
            verify_kind(connection, kind, report)
        verify_kinds_known(connection, {kind.name for kind in kinds}, report)
        _verify_anchors(connection, report)
        for check in current_app.extensions.get(FURTHER, ()):
            check(connection, report)
        if size is None:
            report.remarks.append("没有见证文件 instance/anchors.log，看不出整库退回。后台任务运行后会自动建立。")
        else:
            _verify_witness(connection, path, size, report)
            report.remarks += [_went_back(line, newest) for line, newest in undone_by_restores(path, size)]
    return report


def _verify_anchors(connection: Connection, report: Report) -> None:
    """Walk all anchors with the events filed under each, in one stream."""
    bound = [_EVENT.subject_kind, _EVENT.subject_id, _EVENT.seq.label("event_seq"), _EVENT.digest.label("event_digest")]
    joined = Anchor.__table__.outerjoin(Event.__table__, _EVENT.anchor_id == _ANCHOR.id)
    rows = stream(connection, select(*_ANCHOR, *bound).select_from(joined).order_by(_ANCHOR.seq, _EVENT.id))
    expected, digest = 1, START
    for _seq, bound_rows in groupby(rows, key=lambda row: int(row.seq)):
        made, found = _sealed_again(bound_rows)
        report.anchors += 1
        if (broken := _broken_anchor(made, found, expected, digest, report.is_whole)) is not None:
            report.add(broken)
        expected, digest = made.seq + 1, made.digest


def _sealed_again(rows: Iterator[Row[Any]]) -> tuple[Row[Any], tuple[int, str]]:
    """An anchor, and what its count and digest should be by the events filed under it now."""
    made = next(rows)
    events = (
        (row.subject_kind, row.subject_id, row.event_seq, row.event_digest)
        for row in joined_to([made], rows)
        if row.event_digest is not None
    )
    return made, seal_anchor(made, events)


def _broken_anchor(
    made: Row[Any], found: tuple[int, str], expected: int, digest: str, chains_whole: bool
) -> Break | None:
    """The damage at an anchor, told from the one before it, the number of its events and its digest."""
    if made.seq != expected:
        return Break(Damage.REMOVED, ANCHOR, expected, expected, f"锚点 {expected} 被删去。")
    count, sealed = found
    if count < made.events:
        how = "：某条记录的末尾被截去，记录上的链头也被改" if chains_whole else ""
        what = f"锚点 {made.seq}（{_moment(made.at)}）绑定的经过少了 {made.events - count} 条{how}。"
        return Break(Damage.CUT, ANCHOR, made.seq, made.seq, what)
    if made.previous != digest or (count, sealed) != (made.events, made.digest):
        what = f"锚点 {made.seq}（{_moment(made.at)}）与它绑定的 {count} 条经过不符：锚点或经过的先后被改。"
        return Break(Damage.CHANGED, ANCHOR, made.seq, made.seq, what)
    return None


def _verify_witness(connection: Connection, path: Path, size: int, report: Report) -> None:
    """Compare what was witnessed outside the database with the anchors in it."""
    newest = connection.scalar(select(func.max(_ANCHOR.seq))) or 0
    lines = standing_lines(path, size)
    while batch := list(islice(lines, BATCH)):
        report.witnessed += len(batch)
        wanted = select(_ANCHOR.seq, _ANCHOR.digest).where(_ANCHOR.seq.in_({line.seq for line in batch}))
        digests = {row.seq: row.digest for row in connection.execute(wanted)}
        wrong = next((line for line in batch if digests.get(line.seq) != line.digest), None)
        if wrong is not None:
            report.add(_rolled_back(wrong, newest))
            return


def _rolled_back(line: Witnessed, newest: int) -> Break:
    if line.seq > newest:
        what = f"数据库退回到了锚点 {newest}；见证文件记有其后的锚点 {line.seq}（{line.at}）。"
    else:
        what = f"锚点 {line.seq} 与见证文件所记（{line.at}）不同：数据库曾退回到它之前，又续写过。"
    return Break(Damage.ROLLED_BACK, WITNESS, line.seq, line.seq, what)


def _went_back(line: Witnessed, newest: int) -> str:
    """A restore is no damage, but whoever looks for what it undid must hear of it."""
    undone = f"{line.seq + 1}" if newest == line.seq + 1 else f"{line.seq + 1}–{newest}"
    at = _moment(datetime.fromisoformat(line.at))
    return f"{at} 用备份恢复到锚点 {line.seq}：此前见证过的锚点 {undone} 绑定的经过已不在库里。请核对这次恢复是否有据。"


def _moment(at: datetime) -> str:
    return at.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")

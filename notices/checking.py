"""Whether issued papers are still what was issued: `flask audit verify` walks them after the histories.

Of each: the stored file has its digest, the frozen snapshot has its digest, and the entry in its history, which the
chain keeps, says the same of both.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, and_, select

from core.damage import Break, Damage, Report
from core.files import file_store
from core.models import Event, StoredFile
from core.snapshot import stream
from notices.making import digest_of
from notices.models import Notice
from notices.rules import PUBLISHED

AT_ONCE: Final = 100  # a snapshot of many items is as long as a book's chapter

_NOTICE: Any = Notice.__table__
_FILE: Any = StoredFile.__table__
_EVENT: Any = Event.__table__


def check_notices(connection: Connection, report: Report) -> None:
    """Walk every issued paper, one at a time, and add what is broken to the report."""
    for row in stream(connection, _issued(), batch=AT_ONCE):
        report.files += 1
        for damage, what in _faults(row):
            sentence = f"{Notice.chain_label} {row.number or row.code} {what}。"
            report.add(Break(damage, _NOTICE.name, row.id, 0, sentence))
        report.walked()


def _issued() -> Select[Any]:
    its = and_(_EVENT.c.subject_kind == _NOTICE.name, _EVENT.c.subject_id == _NOTICE.c.id, _EVENT.c.kind == "issued")
    columns = (_NOTICE.c.id, _NOTICE.c.number, _NOTICE.c.code, _NOTICE.c.snapshot, _NOTICE.c.snapshot_digest)
    found = select(*columns, _FILE.c.digest.label("file"), _EVENT.c.content)
    joined = _NOTICE.join(_FILE, _FILE.c.id == _NOTICE.c.file_id).outerjoin(_EVENT, its)
    return found.select_from(joined).where(_NOTICE.c.status.in_(PUBLISHED)).order_by(_NOTICE.c.id)


def _faults(row: Row[Any]) -> Iterator[tuple[Damage, str]]:
    store, told = file_store(), row.content or {}
    if not store.exists(row.file):
        yield Damage.REMOVED, "的存档文件不见了"
    elif not store.verify(row.file):
        yield Damage.CHANGED, "的存档文件被改过"
    if digest_of(row.snapshot or {}) != row.snapshot_digest:
        yield Damage.CHANGED, "签发时的内容被改过"
    if not told:
        yield Damage.REMOVED, "没有签发的经过"
    elif (told.get("file"), told.get("snapshot")) != (row.file, row.snapshot_digest):
        yield Damage.CHANGED, "的摘要与签发的经过不符"

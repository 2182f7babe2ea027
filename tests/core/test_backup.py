"""A backup holds everything, whole, and comes back into either database."""

from __future__ import annotations

import json
import tracemalloc
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from accounts.models import Enterprise, OrgUnit, Person, Region
from accounts.rules import RegionKind
from core.backup import write_backup
from core.calendar import load_calendar, seed_calendar
from core.chain import canonical
from core.db import db, unit_of_work
from core.files import file_store, store_file
from core.history import chain
from core.models import Anchor, Event, StoredFile
from core.portable import plain_table, stored_tables
from core.refusals import Conflict, Invalid, Unavailable
from core.restore import NoBackup, read_backup
from core.scope import everything
from core.snapshot import snapshot
from core.verification import verify
from core.witness import witness_anchors, witness_path
from tests.clocks import FixedClock
from tests.conftest import running, settings_for
from tests.core.subjects import add_event, make_histories
from tests.databases import KINDS, Databases

RARE = "镕堃䶮𬭬 «引号» \t\\ \" ' 😀 =1+1"
PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 1000


@pytest.fixture
def filled(context: Flask, clock: FixedClock) -> Flask:
    """A register with histories, a calendar, photos, rare characters, empty values and references to itself."""
    ids = make_histories(clock())
    with unit_of_work() as session, everything("tests"):
        seed_calendar(clock())
        store_file(PHOTO, "image/jpeg", clock())
        store_file(b"%PDF-1.7 " + RARE.encode(), "application/pdf", clock())
        session.add(Region(code="900001", name=RARE[:20], kind=RegionKind.STREET, parent_code="500112", path="/9/"))
        session.add(Region(code="100001", name="子", kind=RegionKind.STREET, parent_code="900001", path="/9/1/"))
        session.add(OrgUnit(id=2, enterprise_id=ids[0], name="上级"))
        session.flush()
        session.add(OrgUnit(id=1, enterprise_id=ids[0], name="下级", parent_id=2))
        session.add(Person(name=RARE[:10], enterprise_id=ids[1], created_at=datetime(1999, 12, 31, 16, tzinfo=UTC)))
        session.scalars(select(Enterprise).where(Enterprise.id == ids[1])).one().longitude = 106.551643
    witness_anchors()
    return context


@pytest.fixture(params=KINDS)
def elsewhere(
    request: pytest.FixtureRequest, databases: Databases, tmp_path: Path, clock: FixedClock, filled: Flask
) -> Iterator[Flask]:
    """Another installation, of each kind, with tables and no rows."""
    database = databases.filled(request.param, tmp_path, name="elsewhere")
    yield from running(settings_for(database, tmp_path / "elsewhere"), clock)


def contents() -> dict[str, list[tuple[object, ...]]]:
    """Everything in every table, as plain values that compare alike on both databases."""
    with snapshot() as connection:
        return {
            name: sorted(
                (
                    tuple(_plain(value) for value in row)
                    for row in connection.execute(select(plain_table(connection, name)))
                ),
                key=repr,
            )
            for name in stored_tables(connection)
        }


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def changed(path: Path, name: str, data: bytes) -> Path:
    """The same backup with one part exchanged, its checksum in the zip made to fit."""
    other = path.with_name("changed.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as target:
        for entry in source.infolist():
            target.writestr(entry.filename, data if entry.filename == name else source.read(entry))
    return other


def test_it_comes_back_into_either_database(filled: Flask, elsewhere: Flask, tmp_path: Path, clock: FixedClock) -> None:
    before = contents()
    made = write_backup(tmp_path / "b.zip", clock())
    assert (made.files, made.damaged) == (2, [])
    with elsewhere.app_context():
        read_backup(tmp_path / "b.zip", clock.advance(hours=1))
        assert contents() == before
        report = verify()
        assert (report.is_whole, report.breaks, report.remarks) == (True, [], [])
        assert (report.subjects, report.events, report.anchors) == (4, 8, 2)
        for digest in db.session.scalars(select(StoredFile.digest)):
            assert file_store().verify(digest)
        assert not load_calendar().is_working(date(2026, 10, 1))


def test_what_is_written_after_a_restore_gets_new_ids(
    filled: Flask, elsewhere: Flask, tmp_path: Path, clock: FixedClock
) -> None:
    write_backup(tmp_path / "b.zip", clock())
    with elsewhere.app_context():
        read_backup(tmp_path / "b.zip", clock())
        with everything("tests"):
            subject = db.session.scalar(select(func.min(Enterprise.id)))
        assert subject is not None
        add_event(subject, clock())
        assert db.session.scalar(select(func.count()).select_from(Event)) == 9
        assert verify().is_whole


def test_a_database_that_holds_something_is_not_overwritten(filled: Flask, tmp_path: Path, clock: FixedClock) -> None:
    write_backup(tmp_path / "b.zip", clock())
    before = contents()
    with pytest.raises(Conflict, match="已有数据"):
        read_backup(tmp_path / "b.zip", clock())
    assert contents() == before


def test_asked_explicitly_it_replaces_everything_and_the_history_stays_whole(
    filled: Flask, tmp_path: Path, clock: FixedClock
) -> None:
    write_backup(tmp_path / "b.zip", clock())
    before = contents()
    add_event(before_id(), clock.advance(hours=1))
    with unit_of_work() as session:
        session.add(StoredFile(digest="0" * 64, size=1, media_type="image/png", stored_at=clock()))
    read_backup(tmp_path / "b.zip", clock(), replace=True)
    assert contents() == before
    assert verify().is_whole
    assert "restored 2 " in witness_path().read_text()


def before_id() -> int:
    with everything("tests"):
        return db.session.scalars(select(Enterprise.id).order_by(Enterprise.id)).first() or 0


def test_a_backup_is_not_written_over_another(filled: Flask, tmp_path: Path, clock: FixedClock) -> None:
    (tmp_path / "b.zip").write_bytes(b"precious")
    with pytest.raises(Conflict, match="已存在"):
        write_backup(tmp_path / "b.zip", clock())
    assert (tmp_path / "b.zip").read_bytes() == b"precious"


def test_where_nothing_can_be_written_nothing_is_left(filled: Flask, tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(Unavailable, match="备份没有写成"):
        write_backup(tmp_path / "no such folder" / "b.zip", clock())
    assert not (tmp_path / "no such folder").exists()


def test_a_lost_photo_does_not_stop_the_backup_and_is_named(filled: Flask, tmp_path: Path, clock: FixedClock) -> None:
    digest = db.session.scalars(select(StoredFile.digest).order_by(StoredFile.id)).first()
    assert digest is not None
    file_store().path(digest).write_bytes(b"other")
    assert write_backup(tmp_path / "b.zip", clock()).damaged == [digest]


def test_secrets_are_not_in_it(filled: Flask, tmp_path: Path, clock: FixedClock) -> None:
    write_backup(tmp_path / "b.zip", clock())
    settings = filled.extensions["settings"]
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        whole = b"".join(archive.read(name) for name in archive.namelist())
    assert settings.secret_key.encode() not in whole
    assert settings.chain_key.hex().encode() not in whole


def test_only_the_owner_can_read_it(sqlite_context: Flask, tmp_path: Path, clock: FixedClock) -> None:
    write_backup(tmp_path / "b.zip", clock())
    assert (tmp_path / "b.zip").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("data", [b"", b"no zip at all", b"PK\x03\x04" + bytes(100)])
def test_what_is_no_backup_is_refused(sqlite_context: Flask, tmp_path: Path, clock: FixedClock, data: bytes) -> None:
    (tmp_path / "b.zip").write_bytes(data)
    with pytest.raises(NoBackup):
        read_backup(tmp_path / "b.zip", clock())


def test_a_missing_file_is_refused(sqlite_context: Flask, tmp_path: Path, clock: FixedClock) -> None:
    with pytest.raises(NoBackup, match="找不到"):
        read_backup(tmp_path / "nothing.zip", clock())


@pytest.mark.parametrize(
    ("part", "data", "sentence"),
    [
        ("tables/event.jsonl", b"[]\n", "表 event 已损坏"),
        ("manifest.json", b"{}", "不是本系统的备份"),
        ("manifest.json", b"[1", "不是本系统的备份"),
    ],
)
def test_a_changed_part_is_refused_and_nothing_written(
    sqlite_context: Flask, tmp_path: Path, clock: FixedClock, part: str, data: bytes, sentence: str
) -> None:
    make_histories(clock())
    write_backup(tmp_path / "b.zip", clock())
    before = contents()
    with pytest.raises(NoBackup, match=sentence):
        read_backup(changed(tmp_path / "b.zip", part, data), clock(), replace=True)
    assert contents() == before


def test_a_changed_photo_is_refused(sqlite_context: Flask, tmp_path: Path, clock: FixedClock) -> None:
    with unit_of_work():
        digest = store_file(PHOTO, "image/jpeg", clock()).digest
    write_backup(tmp_path / "b.zip", clock())
    with pytest.raises(NoBackup, match="文件"):
        read_backup(changed(tmp_path / "b.zip", f"files/{digest}", b"other"), clock(), replace=True)


def test_a_list_with_another_count_is_refused(sqlite_context: Flask, tmp_path: Path, clock: FixedClock) -> None:
    write_backup(tmp_path / "b.zip", clock())
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    manifest["files"] = 5
    with pytest.raises(NoBackup, match="清单被改过"):
        read_backup(changed(tmp_path / "b.zip", "manifest.json", json.dumps(manifest).encode()), clock())


def test_another_installations_key_is_asked_for_first(
    filled: Flask, databases: Databases, tmp_path: Path, clock: FixedClock
) -> None:
    write_backup(tmp_path / "b.zip", clock())
    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        manifest = json.loads(archive.read("manifest.json"))
    manifest["key_check"] = "0" * 64
    with pytest.raises(Invalid, match="CHAIN_KEY"):
        read_backup(changed(tmp_path / "b.zip", "manifest.json", json.dumps(manifest).encode()), clock(), replace=True)


def test_rows_that_do_not_fit_undo_everything(filled: Flask, tmp_path: Path, clock: FixedClock) -> None:
    write_backup(tmp_path / "b.zip", clock())
    before = contents()
    with unit_of_work() as session:
        session.execute(update(Anchor).values(reason="later"))
    later = contents()
    assert later != before
    broken = orphaned(tmp_path / "b.zip")
    with pytest.raises(Invalid, match="没有恢复任何内容"):
        read_backup(broken, clock(), replace=True)
    assert contents() == later


def orphaned(path: Path) -> Path:
    """A backup, sealed as it should be, whose events refer to anchors that are not in it."""
    with zipfile.ZipFile(path) as archive:
        manifest = json.loads(archive.read("manifest.json"))
    manifest.pop("seal")
    del manifest["tables"]["anchor"]
    manifest["seal"] = chain().seal(canonical(manifest))
    return changed(path, "manifest.json", canonical(manifest))


def test_many_rows_take_little_memory(sqlite_context: Flask, tmp_path: Path, clock: FixedClock) -> None:
    """Twenty megabytes of messages pass through much less."""
    row = {"made_at": clock(), "person_id": 1, "kind": "due", "url": "", "tries": 0}
    with unit_of_work() as session:
        rows = [row | {"text": f"{number:02000d}"} for number in range(10_000)]
        session.execute(db.metadata.tables["outbox_message"].insert(), rows)
    tracemalloc.start()
    write_backup(tmp_path / "b.zip", clock())
    before, peak_of_writing = tracemalloc.get_traced_memory()
    tracemalloc.reset_peak()
    read_backup(tmp_path / "b.zip", clock(), replace=True)
    _now, peak_of_reading = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_of_writing < 8_000_000
    assert peak_of_reading - before < 8_000_000

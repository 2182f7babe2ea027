"""Files are stored whole or not at all, once for the same content."""

from __future__ import annotations

import errno
import hashlib
import io
import os
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db, unit_of_work
from core.files import DISK_FULL, NOT_WRITABLE, FileStore, store_file
from core.models import StoredFile
from core.refusals import Invalid, NotFound, TooLarge, Unavailable
from tests.clocks import FixedClock

PHOTO = b"\xff\xd8\xff" + bytes(range(256)) * 4000


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files")


def everything_in(store: FileStore) -> list[Path]:
    return [path for path in store.folder.rglob("*") if path.is_file()]


@pytest.mark.parametrize("source", [PHOTO, io.BytesIO(PHOTO)], ids=["bytes", "stream"])
def test_what_is_put_in_comes_out(store: FileStore, source: bytes) -> None:
    digest, size = store.put(source)
    assert (digest, size) == (hashlib.sha256(PHOTO).hexdigest(), len(PHOTO))
    with store.open(digest) as file:
        assert file.read() == PHOTO
    assert store.verify(digest)


def test_the_same_bytes_stand_once(store: FileStore) -> None:
    assert store.put(PHOTO) == store.put(io.BytesIO(PHOTO))
    assert len(everything_in(store)) == 1


def test_over_the_limit_nothing_is_left(store: FileStore) -> None:
    with pytest.raises(TooLarge, match="20 MB"):
        store.put(io.BytesIO(bytes(20 * 1024 * 1024 + 1)))
    assert everything_in(store) == []


def test_at_the_limit_it_is_taken(store: FileStore) -> None:
    assert store.put(bytes(100), limit=100)[1] == 100


@pytest.mark.parametrize(
    ("number", "sentence"),
    [(errno.ENOSPC, DISK_FULL), (errno.EDQUOT, DISK_FULL), (errno.EIO, NOT_WRITABLE)],
)
def test_a_disk_that_takes_no_more_refuses_and_leaves_nothing(
    store: FileStore, monkeypatch: pytest.MonkeyPatch, number: int, sentence: str
) -> None:
    def full(_handle: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(Unavailable) as refusal:
        store.put(PHOTO)
    assert refusal.value.sentence == sentence
    assert everything_in(store) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_a_really_full_device_refuses(store: FileStore, monkeypatch: pytest.MonkeyPatch) -> None:
    def on_full_device() -> Path:
        store.folder.mkdir(parents=True, exist_ok=True)
        link = store.folder / "link"
        link.symlink_to("/dev/full")
        return link

    monkeypatch.setattr(store, "_temporary", on_full_device)
    with pytest.raises(Unavailable, match="磁盘已满，照片没有存上，其余内容没有提交。请联系系统管理员。"):
        store.put(PHOTO)
    assert everything_in(store) == []


def test_changed_bytes_are_found_out(store: FileStore) -> None:
    digest, _size = store.put(PHOTO)
    store.path(digest).write_bytes(b"other")
    assert not store.verify(digest)


def test_a_file_of_the_wrong_length_is_put_right(store: FileStore) -> None:
    digest, _size = store.put(PHOTO)
    store.path(digest).write_bytes(PHOTO[:10])
    store.put(PHOTO)
    assert store.verify(digest)


@pytest.mark.parametrize("digest", ["", "../../etc/passwd", "A" * 64, "0" * 63, "0" * 64 + "\n"])
def test_what_is_no_digest_leads_nowhere(store: FileStore, digest: str) -> None:
    with pytest.raises(NotFound):
        store.path(digest)


def test_a_lost_file_is_said_to_be_lost(store: FileStore) -> None:
    assert not store.exists("0" * 64)
    assert not store.verify("0" * 64)
    with pytest.raises(NotFound, match="备份"):
        store.open("0" * 64)


def test_a_stored_file_has_one_row_however_often_it_comes(context: Flask, clock: FixedClock) -> None:
    with unit_of_work():
        first = store_file(PHOTO, "image/jpeg", clock()).id
    with unit_of_work():
        assert store_file(io.BytesIO(PHOTO), "image/jpeg", clock.advance(days=1)).id == first
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1


def test_an_empty_file_is_refused(context: Flask, clock: FixedClock) -> None:
    with pytest.raises(Invalid, match="空的"), unit_of_work():
        store_file(b"", "image/jpeg", clock())
    assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0

"""Photos and papers, kept by their content: a file's name in the store is the digest of its bytes.

So the same photo is stored once, a digest in the history proves the bytes, and a half-written file is never seen: bytes
go to a temporary file first, are synced, and get their name last.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, BinaryIO

from flask import current_app
from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from core.db import after_commit, db, is_sqlite, unit_of_work
from core.models import StoredFile
from core.refusals import Conflict, Invalid, NotFound, NotStored, TooLarge

MEBIBYTE = 1024 * 1024
MAX_FILE = 20 * MEBIBYTE
CHUNK = 256 * 1024

DISK_FULL = "磁盘已满，照片没有存上，其余内容没有提交。请联系系统管理员。"
NOT_WRITABLE = "文件存放处暂时不能写入，其余内容没有提交。请联系系统管理员。"

_DIGEST = re.compile(r"[0-9a-f]{64}")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class FileStore:
    """The folder of files, by SHA-256, two levels of folders so that none grows long."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, digest: str) -> Path:
        """Where the file of this digest stands, whether it is there or not."""
        if not _DIGEST.fullmatch(digest):
            raise NotFound("找不到这个文件。请核对链接。")
        return self.folder / digest[:2] / digest[2:4] / digest

    def exists(self, digest: str) -> bool:
        """Whether the store holds it."""
        return self.path(digest).is_file()

    def open(self, digest: str) -> io.BufferedReader:
        """The bytes, as a stream the caller closes; `NotFound` where the store has lost them."""
        try:
            return self.path(digest).open("rb")
        except FileNotFoundError as error:
            raise NotFound("这个文件不在存放处。请联系系统管理员从备份恢复。") from error

    def verify(self, digest: str) -> bool:
        """Whether the file is there and its bytes are still those of its digest."""
        if not self.exists(digest):
            return False
        with self.open(digest) as file:
            return hashlib.file_digest(file, "sha256").hexdigest() == digest

    def put(self, source: bytes | IO[bytes], limit: int = MAX_FILE) -> tuple[str, int]:
        """Store the bytes whole or not at all; returns digest and size.

        Raises `TooLarge` over `limit` bytes, `NotStored` when the disk takes no more; nothing is left behind.
        """
        with _disk_refusals():
            temporary = self._temporary()
            try:
                digest, size = _copy(source, temporary, limit)
                self._name(temporary, digest)
            finally:
                temporary.unlink(missing_ok=True)
        return digest, size

    def put_written(self, write: Callable[[BinaryIO], object], limit: int = MAX_FILE) -> tuple[str, int]:
        """Store what `write` writes, whole or not at all; returns digest and size. Errors as of `put`.

        It is written where it will stand, so that a large file is neither held in memory nor copied.
        """
        with _disk_refusals():
            temporary = self._temporary()
            try:
                with temporary.open("w+b") as file:
                    write(file)
                    digest, size = _digest_of(file, limit)
                self._name(temporary, digest)
            finally:
                temporary.unlink(missing_ok=True)
        return digest, size

    def check_writable(self) -> None:
        """Write and remove a byte; `NotStored` where that fails."""
        with _disk_refusals():
            temporary = self._temporary()
            try:
                temporary.write_bytes(b".")
            finally:
                temporary.unlink(missing_ok=True)

    def _temporary(self) -> Path:
        incoming = self.folder / "incoming"
        incoming.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=incoming)
        os.close(handle)
        return Path(name)

    def _name(self, temporary: Path, digest: str) -> None:
        place = self.path(digest)
        if place.exists() and place.stat().st_size == temporary.stat().st_size:
            return
        place.parent.mkdir(parents=True, exist_ok=True)
        os.replace(temporary, place)
        _sync_folder(place.parent)


@contextmanager
def _disk_refusals() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise NotStored(DISK_FULL if error.errno in _FULL else NOT_WRITABLE) from error


def _copy(source: bytes | IO[bytes], place: Path, limit: int) -> tuple[str, int]:
    stream = io.BytesIO(source) if isinstance(source, bytes) else source
    made, size = hashlib.sha256(), 0
    with place.open("wb") as file:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            _check_size(size, limit)
            made.update(chunk)
            file.write(chunk)
        file.flush()
        os.fsync(file.fileno())
    return made.hexdigest(), size


def _check_size(size: int, limit: int) -> None:
    if size > limit:
        raise TooLarge(f"单个文件不超过 {limit // MEBIBYTE} MB，没有存上。请压缩后再传。")


def _digest_of(file: IO[bytes], limit: int) -> tuple[str, int]:
    """Digest and size of a file just written, which is on the disk afterwards."""
    file.flush()
    os.fsync(file.fileno())
    size = file.tell()
    _check_size(size, limit)
    file.seek(0)
    made = hashlib.sha256()
    while chunk := file.read(CHUNK):
        made.update(chunk)
    return made.hexdigest(), size


def _sync_folder(folder: Path) -> None:
    """Make the new name itself survive a power cut; Windows has no such call and needs none."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def file_store() -> FileStore:
    """The store of this application."""
    store: FileStore = current_app.extensions["files"]
    return store


def store_file(data: bytes | IO[bytes], media_type: str, now: datetime, *, limit: int = MAX_FILE) -> StoredFile:
    """Store bytes and give their row, inside the running unit of work; the same bytes have one row.

    The bytes come before the row: a unit of work that fails leaves at most a file nobody points to, never a row
    without its file.
    """
    digest, size = file_store().put(data, limit)
    if size == 0:
        raise Invalid("这个文件是空的，没有存上。请重新选择。")
    return keep_row(digest, size, media_type, now)


def keep_row(digest: str, size: int, media_type: str, now: datetime) -> StoredFile:
    """The row of a file that stands in the store, inside the running unit of work; the same bytes have one row."""
    make = sqlite.insert(StoredFile) if is_sqlite() else postgresql.insert(StoredFile)
    db.session.execute(
        make.values(digest=digest, size=size, media_type=media_type, stored_at=now).on_conflict_do_nothing()
    )
    return db.session.scalars(select(StoredFile).where(StoredFile.digest == digest)).one()


def forget_file(file_id: int) -> None:
    """Remove a file that nothing points to, in its own unit of work; the database knows whether something does."""
    digest = db.session.scalar(select(StoredFile.digest).where(StoredFile.id == file_id))
    if digest is None:
        return
    try:
        with unit_of_work() as session:
            session.execute(delete(StoredFile).where(StoredFile.id == file_id))
            after_commit(lambda: file_store().path(digest).unlink(missing_ok=True))
    except Conflict:  # something else of the register has the same bytes
        return

"""Putting a backup back, into either database: everything is checked first, then written in one transaction."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from alembic.runtime.migration import MigrationContext
from flask import current_app
from flask_migrate import upgrade
from sqlalchemy import Connection

from core.backup import FORMAT, KEY_CHECK, MANIFEST, PRODUCT, WITNESS
from core.chain import canonical
from core.files import CHUNK, file_store
from core.history import chain
from core.loading import load_tables
from core.portable import stored_tables
from core.refusals import Conflict, Invalid
from core.snapshot import snapshot
from core.witness import witness_path, witness_restore

MAX_MANIFEST = 64 * 1024 * 1024
MAX_FILE_IN_BACKUP = 1 << 40

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_FILE = re.compile(r"files/([0-9a-f]{64})")


class NoBackup(Invalid):
    """The file is no backup of this product, or is damaged."""


def read_backup(path: Path, now: datetime, *, replace: bool = False) -> dict[str, Any]:
    """Put a backup back and return its manifest; outside a unit of work.

    Into a database without rows, or with `replace` in place of everything there. Raises `NoBackup`, `Conflict` where
    the database holds something, `Invalid` where the backup was made with another `CHAIN_KEY`.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive)
        _check_parts(archive, manifest)
        _prepare_tables(manifest, replace)
        _restore_files(archive)
        load_tables(archive, manifest["tables"])
        _restore_witness(archive, now)
    if manifest["revision"] is not None:
        upgrade()
    current_app.extensions.pop("calendar", None)
    for make_again in current_app.extensions["derived"]:
        make_again(now)
    return manifest


@contextmanager
def _opened(path: Path) -> Iterator[zipfile.ZipFile]:
    if not path.is_file():
        raise NoBackup(f"找不到文件 {path}。请核对路径。")
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise NoBackup(f"{path.name} 不是本系统的备份，或已损坏，没有恢复任何内容。") from error


def _manifest(archive: zipfile.ZipFile) -> dict[str, Any]:
    try:
        if archive.getinfo(MANIFEST).file_size > MAX_MANIFEST:
            raise ValueError("too large")
        manifest = json.loads(archive.read(MANIFEST))
        product, edition, seal = manifest["product"], manifest["format"], manifest.pop("seal")
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise NoBackup("这不是本系统的备份，没有恢复任何内容。") from error
    if (product, edition) != (PRODUCT, FORMAT):
        raise NoBackup("这份备份由别的版本写成，本版本读不懂，没有恢复任何内容。请用写它的版本恢复。")
    if manifest.get("key_check") != chain().seal(KEY_CHECK):
        raise Invalid(
            "这份备份是用另一把 CHAIN_KEY 记的，没有恢复任何内容。请先把原来的 chain_key 放回 instance/，再恢复。"
        )
    if seal != chain().seal(canonical(manifest)) or not all(map(_NAME.fullmatch, manifest["tables"])):
        raise NoBackup("备份的清单被改过，没有恢复任何内容。")
    return dict(manifest)


def _check_parts(archive: zipfile.ZipFile, manifest: dict[str, Any]) -> None:
    """Read everything once: each table and each file must have the digest it is listed with."""
    for name, listed in manifest["tables"].items():
        with _part(archive, f"tables/{name}.jsonl") as lines:
            if hashlib.file_digest(lines, "sha256").hexdigest() != listed["sha256"]:  # type: ignore[arg-type]
                raise NoBackup(f"备份里的表 {name} 已损坏，没有恢复任何内容。")
    digests = _file_digests(archive)
    for digest in digests:
        with _part(archive, f"files/{digest}") as data:
            if hashlib.file_digest(data, "sha256").hexdigest() != digest:  # type: ignore[arg-type]
                raise NoBackup(f"备份里的文件 {digest[:12]}… 已损坏，没有恢复任何内容。")
    if len(digests) != manifest["files"]:
        raise NoBackup(f"备份里应有 {manifest['files']} 个文件，只有 {len(digests)} 个，没有恢复任何内容。")


def _part(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    try:
        return archive.open(name)
    except KeyError as error:
        raise NoBackup(f"备份里缺 {name}，没有恢复任何内容。") from error


def _file_digests(archive: zipfile.ZipFile) -> list[str]:
    return [found[1] for name in archive.namelist() if (found := _FILE.fullmatch(name))]


def _prepare_tables(manifest: dict[str, Any], replace: bool) -> None:
    """Make the tables of the backup's version where there are none; refuse where they hold rows or are of another."""
    with snapshot() as connection:
        there = stored_tables(connection)
        revision = MigrationContext.configure(connection).get_current_revision()
        full = [name for name in there if _has_rows(connection, name)]
    if not there:
        if manifest["revision"] is None:
            raise Invalid("备份没有记下数据库版本，这个库里也没有表。请先运行 flask init，再恢复。")
        upgrade(revision=manifest["revision"])
    elif revision != manifest["revision"]:
        raise Conflict("这个库的版本与备份不同，没有恢复任何内容。请恢复到一个空库，恢复后会自动升级。")
    elif full and not replace:
        raise Conflict("这个库里已有数据，没有恢复任何内容。请恢复到一个空库；确要替换全部数据的，加 --replace。")


def _has_rows(connection: Connection, name: str) -> bool:
    """Asked of the driver: a statement compiled and kept for each table costs more than the rows on their way."""
    quoted = connection.dialect.identifier_preparer.quote(name)
    return connection.exec_driver_sql(f"SELECT 1 FROM {quoted} LIMIT 1").first() is not None  # noqa: S608 our own table


def _restore_files(archive: zipfile.ZipFile) -> None:
    """Files go first: a file nobody points to does no harm, a row without its file does."""
    for digest in _file_digests(archive):
        if not file_store().verify(digest):
            file_store().path(digest).unlink(missing_ok=True)
            with archive.open(f"files/{digest}") as data:
                file_store().put(data, MAX_FILE_IN_BACKUP)


def _restore_witness(archive: zipfile.ZipFile, now: datetime) -> None:
    """Bring the witness along to a machine that has none, and say in it that the register was put back."""
    if not witness_path().exists() and WITNESS in archive.namelist():
        with archive.open(WITNESS) as source, witness_path().open("xb") as target:
            shutil.copyfileobj(source, target, CHUNK)
    witness_restore(now)

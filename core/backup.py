"""The whole register in one file: a zip of every table and every photo, the same from either database.

Made from one consistent snapshot while people go on working, streamed, with the digest of each part and the whole list
sealed with the chain's key. Secrets are not in it: `chain_key` must be kept beside it, or the history it holds can
never be verified again.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, select

from core.chain import canonical
from core.files import CHUNK, file_store
from core.history import chain
from core.models import StoredFile
from core.portable import encode_row, plain_table, stored_tables
from core.refusals import Conflict, Unavailable
from core.snapshot import snapshot, stream
from core.version import VERSION
from core.witness import witness_path

FORMAT = 1
PRODUCT = "hazard-register"
MANIFEST = "manifest.json"
WITNESS = "anchors.log"
KEY_CHECK = b"backup"


@dataclass(slots=True)
class BackupMade:
    """What was written."""

    tables: int = 0
    rows: int = 0
    files: int = 0
    damaged: list[str] = field(default_factory=list)


def write_backup(path: Path, now: datetime) -> BackupMade:
    """Write the backup whole or not at all; outside a unit of work.

    Raises `Conflict` where the file exists, `Unavailable` where it cannot be written. Photos that the store has lost
    or whose bytes have changed are named in `damaged` and left out.
    """
    if path.exists():
        raise Conflict(f"{path} 已存在，没有覆盖。请换一个文件名。")
    part = path.with_name(path.name + ".part")
    try:
        handle = os.open(part, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "w+b") as file:
            made = _write(file, now)
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, path)
    except FileExistsError as error:
        raise Conflict(f"{part} 已存在：可能另一次备份还在进行。确认没有后删去它，再备份。") from error
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Unavailable(f"备份没有写成（{error.strerror}）。请检查磁盘空间和文件夹权限。") from error
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return made


def _write(file: IO[bytes], now: datetime) -> BackupMade:
    made = BackupMade()
    manifest: dict[str, Any] = {"format": FORMAT, "product": PRODUCT, "version": VERSION, "made_at": now.isoformat()}
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive, snapshot() as connection:
        manifest["database"] = connection.dialect.name
        manifest["revision"] = MigrationContext.configure(connection).get_current_revision()
        manifest["tables"] = {name: _write_table(archive, connection, name) for name in stored_tables(connection)}
        made.tables = len(manifest["tables"])
        made.rows = sum(table["rows"] for table in manifest["tables"].values())
        made.files, made.damaged = _write_files(archive, connection)
        if witness_path().exists():
            archive.write(witness_path(), WITNESS)
        manifest |= {"files": made.files, "damaged": made.damaged, "key_check": chain().seal(KEY_CHECK)}
        manifest["seal"] = chain().seal(canonical(manifest))
        archive.writestr(MANIFEST, canonical(manifest))
    return made


def _write_table(archive: zipfile.ZipFile, connection: Connection, name: str) -> dict[str, Any]:
    """One table as lines; returns what the manifest says of it."""
    table = plain_table(connection, name)
    digest, rows = hashlib.sha256(), 0
    with archive.open(f"tables/{name}.jsonl", "w", force_zip64=True) as out:
        for row in stream(connection, select(table).order_by(*table.primary_key.columns)):
            line = encode_row(row)
            digest.update(line)
            out.write(line)
            rows += 1
    return {"columns": [column.name for column in table.columns], "rows": rows, "sha256": digest.hexdigest()}


def _write_files(archive: zipfile.ZipFile, connection: Connection) -> tuple[int, list[str]]:
    """Every file a row speaks of, by its digest; returns how many, and the digests of those lost or changed."""
    count, damaged = 0, []
    for (digest,) in stream(connection, select(StoredFile.__table__.c.digest).order_by(StoredFile.__table__.c.id)):
        if file_store().verify(digest):
            _write_file(archive, digest)
            count += 1
        else:
            damaged.append(digest)
    return count, damaged


def _write_file(archive: zipfile.ZipFile, digest: str) -> None:
    entry = zipfile.ZipInfo(f"files/{digest}")  # photos are compressed already: stored as they are
    with archive.open(entry, "w", force_zip64=True) as out, file_store().open(digest) as source:
        while chunk := source.read(CHUNK):
            out.write(chunk)

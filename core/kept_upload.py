"""A file that was uploaded and checked, kept until it is confirmed: in the file store, named by a signed token.

The token is bound to the person and to what the file is for, and lasts a day; the database knows nothing of the file
until it is confirmed. So no draft is left behind, and nobody can name another's file.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from dataclasses import field as with_default
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from typing import Final

from itsdangerous import BadData, URLSafeSerializer
from sqlalchemy import select

from core.db import db
from core.files import file_store, store_file
from core.models import StoredFile
from core.refusals import Invalid, NotFound
from core.sheets import clean
from core.sheets.table_rules import Told
from core.sniffing import XLSX
from core.web import settings

KEPT: Final = timedelta(days=1)
LARGEST: Final = 20 * 1024 * 1024
LONGEST_NAME: Final = 80
GONE: Final = "这份文件已过期，或者不是由您上传的，没有写入任何内容。请重新选择文件。"


@dataclass(frozen=True, slots=True)
class KeptUpload:
    """A file that waits for confirmation, with what a person said of its columns."""

    data: bytes
    filename: str
    digest: str
    told: Told = with_default(default_factory=dict)


def keep_upload(data: bytes, filename: str, *, purpose: str, person_id: int, now: datetime) -> str:
    """Keep the file; the token by which this person takes it up again. `TooLarge` over 20 MB."""
    if not data:
        raise Invalid("文件是空的，没有写入任何内容。请检查是否选错了文件。")
    digest, _size = file_store().put(data, LARGEST)
    head = [purpose, person_id, int(now.timestamp())]
    return str(_signer().dumps([*head, digest, short_name(filename)]))


def take_up(token: str, *, purpose: str, person_id: int, now: datetime) -> KeptUpload:
    """The file of a token; `NotFound` for another person, another purpose, after a day, or when the bytes are gone."""
    try:
        of_purpose, whose, at, digest, filename, *told = _signer().loads(token)
    except (BadData, ValueError) as error:
        raise NotFound(GONE) from error
    is_fresh = 0 <= now.timestamp() - at <= KEPT.total_seconds()
    if (of_purpose, whose) != (purpose, person_id) or not is_fresh or not file_store().exists(digest):
        raise NotFound(GONE)
    with file_store().open(digest) as file:
        return KeptUpload(file.read(), filename, digest, told[0] if told else {})


def with_told(token: str, told: Told) -> str:
    """The token of the same file read otherwise; what a person said of its columns stands in the address."""
    values = _signer().loads(token)[:5]
    return str(_signer().dumps([*values, told] if told else values))


def keep_for_good(upload: KeptUpload, now: datetime) -> None:
    """Give the file its row, inside the unit of work of what it brought: it is kept with the register."""
    store_file(upload.data, _media_type(upload), now, limit=LARGEST)


def drop_upload(digest: str) -> None:
    """Remove a file that was not confirmed, or holds what must not be kept; one the register points to stays."""
    if db.session.scalar(select(StoredFile.id).where(StoredFile.digest == digest)) is None:
        with contextlib.suppress(OSError):
            file_store().path(digest).unlink()


def short_name(filename: str) -> str:
    """The name of a file without its folders, short enough for an address; its ending stays."""
    name = clean(PurePosixPath(filename.replace("\\", "/")).name) or "文件"
    if len(name) <= LONGEST_NAME:
        return name
    suffix = PurePosixPath(name).suffix[:8]
    return name[: LONGEST_NAME - len(suffix)] + suffix


def _media_type(upload: KeptUpload) -> str:
    if upload.data.startswith(b"PK"):
        return XLSX
    return "application/json" if upload.filename.lower().endswith(".json") else "text/csv"


def _signer() -> URLSafeSerializer:
    """Times stand in the token itself, by the application's clock, so that a day is a day by it."""
    return URLSafeSerializer(settings().secret_key, salt="kept-upload")

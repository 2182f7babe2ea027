"""Photos and papers that wait while a form is put right: kept in the file store, named by a signed list in the form.

A browser never sends a chosen photo back with a refused form, and nobody should have to take it twice. The list is
bound to the person, lasts a day, and holds digests only; the rows come when the report is taken.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from itsdangerous import BadData, URLSafeSerializer

from core.files import file_store
from core.refusals import NotFound
from core.web import settings
from hazards.operations.attaching import NewFile

KEPT: Final = timedelta(days=1)
MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Staged:
    """What a form carries: the signed list, and for each photo its name and the token its small copy is shown by."""

    listed: str
    thumbs: tuple[tuple[str, str], ...]


def stage(photos: Iterable[NewFile], person_id: int, now: datetime) -> Staged:
    """Keep photos until the form is right. Raises `Unavailable` where the disk takes no more."""
    rows = [_row(photo) for photo in photos]
    signed = _signer()
    head = [person_id, int(now.timestamp())]
    listed = signed.dumps([*head, rows]) if rows else ""
    return Staged(str(listed), tuple((row[4], str(signed.dumps([*head, [row]]))) for row in rows))


def take_up(listed: str, person_id: int, now: datetime) -> list[NewFile]:
    """The photos of a signed list; none where it is not this person's, is older than a day, or the files are lost."""
    return [file for row in _read(listed, person_id, now) if (file := _file(row)) is not None]


def staged_thumb(token: str, person_id: int, now: datetime) -> bytes:
    """The small copy of one photo that waits; `NotFound` for anybody else and after a day."""
    rows = _read(token, person_id, now)
    if not rows:
        raise NotFound("这张照片已过期。请重新拍照。")
    return _bytes(rows[0][2])


def without_doubles(photos: Iterable[NewFile]) -> tuple[NewFile, ...]:
    """Each photo once, by its bytes: the device may send again what the form already keeps."""
    return tuple({hashlib.sha256(photo.data).digest(): photo for photo in photos}.values())


def _row(photo: NewFile) -> list[Any]:
    store = file_store()
    digests = [store.put(part)[0] if part else "" for part in (photo.data, photo.view, photo.thumb)]
    taken = photo.taken_at.isoformat() if photo.taken_at else ""
    return [*digests, photo.media_type, photo.name, taken, photo.longitude, photo.latitude]


def _read(listed: str, person_id: int, now: datetime) -> list[list[Any]]:
    try:
        whose, at, rows = _signer().loads(listed)
    except BadData:
        return []
    is_fresh = 0 <= now.timestamp() - at <= KEPT.total_seconds()
    return list(rows[:MOST]) if whose == person_id and is_fresh else []


def _file(row: list[Any]) -> NewFile | None:
    data, view, thumb, media_type, name, taken, longitude, latitude = row
    try:
        return NewFile(
            _bytes(data),
            media_type,
            name=name,
            view=_bytes(view) if view else None,
            thumb=_bytes(thumb) if thumb else None,
            taken_at=datetime.fromisoformat(taken) if taken else None,
            longitude=longitude,
            latitude=latitude,
        )
    except NotFound:
        return None


def _bytes(digest: str) -> bytes:
    with file_store().open(digest) as file:
        return file.read()


def _signer() -> URLSafeSerializer:
    """Times stand in the list itself, by the application's clock, so that a day is a day by it."""
    return URLSafeSerializer(settings().secret_key, salt="staged-photos")

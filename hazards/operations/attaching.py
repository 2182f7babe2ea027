"""Adding photos and files to a hazard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from accounts.access import Actor
from core.db import db
from core.files import store_file
from hazards.models import Evidence, Hazard
from hazards.rules import EvidenceKind


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that was checked by content; `view` and `thumb` are upright JPEG copies of a photo."""

    data: bytes
    media_type: str
    name: str = ""
    caption: str = ""
    view: bytes | None = None
    thumb: bytes | None = None
    taken_at: datetime | None = None
    longitude: float | None = None
    latitude: float | None = None


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that another record keeps already (a photo of an inspection): attached without storing it again."""

    file_id: int
    view_id: int | None
    thumb_id: int | None
    name: str = ""
    caption: str = ""
    taken_at: datetime | None = None
    longitude: float | None = None
    latitude: float | None = None


AnyFile = NewFile | KeptFile


def attach(
    hazard: Hazard, kind: EvidenceKind, file: AnyFile, *, by: Actor | None, now: datetime, point_id: int | None = None
) -> Evidence:
    """Keep the original and its copies, of one point of the rectification or of the whole; the caller records it."""
    kept = file if isinstance(file, KeptFile) else keep_file(file, now)
    evidence = Evidence(
        hazard_id=hazard.id,
        kind=kind,
        point_id=point_id,
        file_id=kept.file_id,
        view_id=kept.view_id,
        thumb_id=kept.thumb_id,
        name=file.name[:200],
        caption=file.caption[:200],
        added_by_id=by.person_id if by is not None else None,
        added_at=now,
        taken_at=file.taken_at,
        longitude=file.longitude,
        latitude=file.latitude,
    )
    db.session.add(evidence)
    db.session.flush()
    return evidence


def keep_file(file: NewFile, now: datetime) -> KeptFile:
    """Store the original and its copies, inside the running unit of work."""
    view = store_file(file.view, "image/jpeg", now) if file.view else None
    thumb = store_file(file.thumb, "image/jpeg", now) if file.thumb else None
    return KeptFile(
        store_file(file.data, file.media_type, now).id,
        view.id if view else None,
        thumb.id if thumb else None,
        file.name,
        file.caption,
        file.taken_at,
        file.longitude,
        file.latitude,
    )

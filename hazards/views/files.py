"""Photos and papers of a hazard: given out only to whoever may see the hazard."""

from __future__ import annotations

import io
from typing import BinaryIO, Final

from flask import Response, send_file
from sqlalchemy import select

from core.db import db
from core.files import file_store
from core.models import StoredFile
from core.refusals import NotFound
from core.sniffing import JPEG, SHOWN, SUFFIXES
from hazards.models import Evidence, Hazard
from hazards.photos import clean_name
from hazards.rules import EVIDENCE_LABELS
from hazards.views.blueprint import blueprint

NOT_FOUND: Final = "找不到这个文件，或者它不在您的管辖范围内。请从隐患页面打开。"
KEPT_SECONDS = 600  # evidence never changes, but whoever logs out on a shared machine must not leave photos behind


@blueprint.get("/<number>/evidence/<int:evidence_id>")
@blueprint.get("/<number>/evidence/<int:evidence_id>/<any(view, thumb, original):size>")
def evidence(number: str, evidence_id: int, size: str = "") -> Response:
    """A photo's upright copies (`view`, `thumb`), or the file byte for byte as it came in (`original`), to be saved.

    Without a size a photo is shown and a paper saved.
    """
    found = _evidence(number, evidence_id)
    if size == "original" or (not size and found.view_id is None):
        return _give(found.file, _name(found, number), as_attachment=True)
    return _copy(found.thumb_id if size == "thumb" else found.view_id, found, number)


def _evidence(number: str, evidence_id: int) -> Evidence:
    """The evidence of this hazard within the viewer's scope, else `NotFound`."""
    wanted = (
        select(Evidence)
        .join(Hazard, Hazard.id == Evidence.hazard_id)
        .where(Evidence.id == evidence_id, Hazard.number == number)
    )
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(NOT_FOUND)
    return found


def _copy(file_id: int | None, found: Evidence, number: str) -> Response:
    file = db.session.get(StoredFile, file_id) if file_id is not None else None
    if file is None:
        raise NotFound(NOT_FOUND)
    with file_store().open(file.digest) as kept:  # small, and nothing stays open when the browser goes away
        return _given(io.BytesIO(kept.read()), file, _name(found, number, JPEG), inline=True)


def _name(found: Evidence, number: str, media_type: str = "") -> str:
    """A name that says what it is; its ending is that of the content, whatever the sender called it."""
    label = EVIDENCE_LABELS[found.kind]
    given = clean_name(found.name, label)
    stem = given.rpartition(".")[0] or given
    return f"{number} {label} {stem}{SUFFIXES.get(media_type or found.file.media_type, '')}"


def _give(file: StoredFile, name: str, *, as_attachment: bool) -> Response:
    return _given(file_store().open(file.digest), file, name, inline=not as_attachment and file.media_type in SHOWN)


def _given(content: BinaryIO, file: StoredFile, name: str, *, inline: bool) -> Response:
    answer = send_file(
        content,
        mimetype=file.media_type,
        as_attachment=not inline,
        download_name=name,
        etag=file.digest,
        max_age=KEPT_SECONDS,
    )
    answer.content_length = file.size
    answer.cache_control.public = False
    answer.cache_control.private = True
    answer.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; sandbox"
    return answer

"""Photos of an inspection's items: taken up from a form, and given out to whoever may see the inspection."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Final

from flask import Response, request, send_file
from sqlalchemy import select

from core.db import db
from core.files import MAX_FILE, file_store
from core.models import StoredFile
from core.refusals import NotFound, Refusal
from core.sniffing import SUFFIXES
from hazards.operations.attaching import NewFile
from hazards.photos import clean_name, read_photo
from inspections.models import ItemPhoto
from inspections.operations.inspecting import MOST_PHOTOS
from inspections.rules import PhotoKind
from inspections.views.blueprint import blueprint

NOT_FOUND: Final = "找不到这张照片，或者它不在您的管辖范围内。请从排查页面打开。"
KEPT_SECONDS: Final = 600  # photos never change, but whoever logs out on a shared machine must not leave them behind


def read_uploads(fields: Mapping[PhotoKind, str]) -> tuple[list[tuple[PhotoKind, NewFile]], list[str]]:
    """The photos that came with a form, each with its kind, and a sentence for each that is none."""
    photos: list[tuple[PhotoKind, NewFile]] = []
    wrong: list[str] = []
    for kind, name in fields.items():
        uploads = [upload for upload in request.files.getlist(name) if upload.filename]
        if len(uploads) > MOST_PHOTOS:
            wrong.append(f"一项最多 {MOST_PHOTOS} 张{kind.label}照片，多出的 {len(uploads) - MOST_PHOTOS} 张没有存上。")
        for upload in uploads[:MOST_PHOTOS]:
            try:
                photos.append((kind, read_photo(upload.stream.read(MAX_FILE + 1), upload.filename or "")))
            except Refusal as refusal:
                wrong.append(refusal.sentence)
    return photos, wrong


def digest_key(item_id: int, kind: PhotoKind, data: bytes) -> str:
    """The key of a photo that a form without script brought: the same photo of an item sent again is the same."""
    return hashlib.sha256(f"{item_id}/{kind.value}/".encode() + data).hexdigest()[:40]


@blueprint.get("/<int:inspection_id>/photos/<int:photo_id>/<any(view, thumb, original):size>")
def photo(inspection_id: int, photo_id: int, size: str) -> Response:
    """An upright copy (`view`, `thumb`), or the file byte for byte as it came in (`original`), to be saved."""
    wanted = select(ItemPhoto).where(ItemPhoto.id == photo_id, ItemPhoto.inspection_id == inspection_id)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(NOT_FOUND)
    copies = {"view": found.view_id, "thumb": found.thumb_id, "original": found.file_id}
    file = db.session.get(StoredFile, copies[size] or found.file_id)
    if file is None:
        raise NotFound(NOT_FOUND)
    stem = clean_name(found.name, "照片").rpartition(".")[0] or "照片"
    answer = send_file(
        file_store().open(file.digest),
        mimetype=file.media_type,
        as_attachment=size == "original",
        download_name=f"{found.kind.label} {stem}{SUFFIXES.get(file.media_type, '')}",
        etag=file.digest,
        max_age=KEPT_SECONDS,
    )
    answer.content_length = file.size
    answer.cache_control.public = False
    answer.cache_control.private = True
    answer.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; sandbox"
    return answer

"""The papers: a preview of what would be issued now, the issued file as it was frozen, signed papers that came back."""

from __future__ import annotations

import io
from typing import Final

from flask import Response, send_file
from sqlalchemy import select

from accounts.access import current_actor
from core.db import db
from core.files import file_store
from core.models import StoredFile
from core.refusals import NotAllowed, NotFound
from core.sniffing import PDF, SHOWN, SUFFIXES
from core.web import now
from notices.making import preview as drawn_preview
from notices.models import NoticeScan
from notices.operations.common import case_of
from notices.presenting.words import file_name, named
from notices.queries import notice_by_id
from notices.rules import WAITING, permit_issue
from notices.views.blueprint import blueprint

NO_SCAN: Final = "找不到这份签字件，或者它不在您的管辖范围内。请从文书页打开。"
FRAMED: Final = "default-src 'self'; style-src 'self' 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"
"""Papers are shown inside the page of their notice; the browser's own viewer brings its styles along."""


@blueprint.get("/notices/<int:notice_id>/preview.pdf")
def preview(notice_id: int) -> Response:
    """What the notice would look like if it were issued now, marked as a draft."""
    notice = notice_by_id(notice_id)
    if notice.status not in WAITING:
        raise NotAllowed(f"文书现在是「{notice.status.label}」，没有预览。请看文书的文件。")
    actor = current_actor()
    issues = permit_issue(case_of(notice, actor)).allowed  # whoever may issue sees the paper with their own name on it
    data = drawn_preview(notice, now=now(), issuer_id=actor.person_id if issues else None)
    return _shown(send_file(io.BytesIO(data), PDF, download_name=f"预览 {notice.title}.pdf"))


@blueprint.get("/notices/<int:notice_id>.pdf")
def paper(notice_id: int) -> Response:
    """The issued paper, byte for byte as it was frozen."""
    notice = notice_by_id(notice_id)
    if notice.file is None:
        raise NotFound("这份文书还没有签发，没有文件。请看预览。")
    with file_store().open(notice.file.digest) as kept:  # small, and nothing stays open when the browser goes away
        return _shown(send_file(io.BytesIO(kept.read()), PDF, download_name=file_name(notice)))


@blueprint.get("/notices/<int:notice_id>/scans/<int:scan_id>")
def scan_file(notice_id: int, scan_id: int) -> Response:
    """A signed paper that came back."""
    notice = notice_by_id(notice_id)
    wanted = (
        select(StoredFile)
        .join(NoticeScan, NoticeScan.file_id == StoredFile.id)
        .where(NoticeScan.id == scan_id, NoticeScan.notice_id == notice.id)
    )
    file = db.session.scalar(wanted)
    if file is None:
        raise NotFound(NO_SCAN)
    answer = send_file(
        file_store().open(file.digest),
        file.media_type,
        as_attachment=file.media_type not in SHOWN,
        download_name=f"{named(notice)} 签字件 {scan_id}{SUFFIXES.get(file.media_type, '')}",
    )
    answer.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; sandbox"
    return _private(answer)


def _shown(answer: Response) -> Response:
    answer.headers["Content-Security-Policy"] = FRAMED
    return _private(answer)


def _private(answer: Response) -> Response:
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

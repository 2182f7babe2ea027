"""The page of one hazard: what it is, how long is left, who has it, what may be done and why not."""

from __future__ import annotations

from typing import Final

from flask import Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from accounts.access import current_actor
from core.db import db
from core.files import file_store
from core.models import StoredFile
from core.refusals import NotFound
from core.sniffing import SHOWN, SUFFIXES
from core.web import now
from hazards.models import Hazard, Signature
from hazards.panels import panels_of
from hazards.presenting.changes import frozen_rows, signed_rows
from hazards.presenting.judging import hint_for
from hazards.presenting.page import detail_page
from hazards.views.blueprint import blueprint
from hazards.views.opening import open_hazard

NO_SCAN: Final = "找不到这份扫描件，或者它不在您的管辖范围内。请从隐患页面打开。"
KEPT_SECONDS = 600


@blueprint.get("/<number>")
def detail(number: str) -> ResponseReturnValue:
    """The hazard; `?order=asc` begins the timeline with the oldest, `?all=1` lists every refusal."""
    loaded = open_hazard(number)
    oldest_first = request.args.get("order") == "asc"
    page = detail_page(loaded, current_actor(), now=now(), oldest_first=oldest_first)
    shows_all = request.args.get("all") == "1"
    hint = hint_for(loaded, current_actor())
    return render_template(
        "hazards/detail.html",
        page=page,
        oldest_first=oldest_first,
        shows_all=shows_all,
        hint=hint,
        more=tuple(panels_of(loaded.hazard, current_actor())),
    )


@blueprint.get("/<number>/changes")
def changes(number: str) -> ResponseReturnValue:
    """What differs now from what was last signed, and from the text of the open request: before and after."""
    loaded = open_hazard(number)
    signed = signed_rows(loaded)
    told = {row[0] for row in signed}
    frozen = tuple(row for row in frozen_rows(loaded) if row[0] not in told)
    return render_template("hazards/changes.html", number=loaded.hazard.number, signed=signed, frozen=frozen)


@blueprint.get("/<number>/scans/<int:signature_id>")
def scan(number: str, signature_id: int) -> Response:
    """The scan of a signature given on paper."""
    wanted = (
        select(StoredFile)
        .join(Signature, Signature.scan_id == StoredFile.id)
        .join(Hazard, Hazard.id == Signature.hazard_id)
        .where(Signature.id == signature_id, Hazard.number == number)
    )
    file = db.session.scalar(wanted)
    if file is None:
        raise NotFound(NO_SCAN)
    return _give(file, f"{number} 纸质签署 {signature_id}{SUFFIXES.get(file.media_type, '')}")


def _give(file: StoredFile, name: str) -> Response:
    """Photos in the page, papers to be saved; nothing in them may run."""
    answer = send_file(
        file_store().open(file.digest),
        mimetype=file.media_type,
        as_attachment=file.media_type not in SHOWN,
        download_name=name,
        etag=file.digest,
        max_age=KEPT_SECONDS,
    )
    answer.content_length = file.size
    answer.cache_control.public, answer.cache_control.private = False, True
    answer.headers["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; sandbox"
    return answer

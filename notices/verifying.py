"""What a paper's code proves to whoever holds it: that it was issued, by whom, when, and stands as it was issued.

Nothing confidential: no enterprise, no hazard, no reason of a voiding, nobody's name. A code is known only from the
paper; one that is none, of a draft, or never given out is not found, all alike.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import IO, Any, Final

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from core.db import db
from core.files import CHUNK, file_store
from core.models import Anchor, Event
from core.refusals import NotFound
from core.scope import everything
from notices.codes import clean_code
from notices.models import Notice, OfficeCertificate
from notices.rules import PUBLISHED
from notices.signing import SignatureFound, check_signature

UNKNOWN: Final = "没有这个核验码的文书。请与纸面上的核验码逐位核对；都对的，请向签发单位查问。"

# the identifier that a document keeps through every change of it (ISO 32000-1, 14.4)
_IDENTIFIER: Final = re.compile(rb"/ID\s*\[\s*<([0-9A-Fa-f]{32})>")


class Compared(StrEnum):
    """What an uploaded file is beside the one that was issued."""

    SAME = "same"  # byte for byte
    CHANGED = "changed"  # made from it, and changed
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Verified:
    """A paper as its code proves it. `office` None: an enterprise's own form, whose name is not told.

    kept_whole   the register's file still has its digest, and the history says the same
    signature    None where the paper bears no signature that can be read here
    """

    code: str
    number: str
    title: str
    issued_at: datetime
    office: str | None
    voided_at: datetime | None
    file_digest: str
    file_size: int
    snapshot_digest: str
    kept_whole: bool
    signed: bool
    own_certificate: bool
    self_made: bool
    signature: SignatureFound | None
    anchor_seq: int | None
    anchor_digest: str

    @property
    def signature_holds(self) -> bool:
        """Whether there is a signature and nothing is wrong with it."""
        found = self.signature
        return found is not None and found.intact and found.covers_whole and (found.trusted or not self.own_certificate)


def verified(typed: str) -> Verified:
    """The paper of this code, however it was typed; `NotFound` for every code that proves nothing."""
    notice = _notice_of(typed)
    data, digest = _kept(notice)
    event, anchor = _issued_event(notice.id)
    certificate = db.session.get(OfficeCertificate, notice.certificate_id) if notice.certificate_id else None
    assert notice.code is not None
    assert notice.issued_at is not None
    return Verified(
        code=notice.code,
        number=notice.number or "",
        title=notice.kind.label,
        issued_at=notice.issued_at,
        office=notice.office.name if notice.office is not None else None,
        voided_at=notice.voided_at,
        file_digest=digest,
        file_size=len(data),
        snapshot_digest=notice.snapshot_digest,
        kept_whole=hashlib.sha256(data).hexdigest() == digest and event.get("file") == digest,
        signed=notice.signed,
        own_certificate=certificate is not None,
        self_made=certificate is not None and certificate.self_made,
        signature=check_signature(data, notice.certificate_id) if notice.signed else None,
        anchor_seq=anchor.seq if anchor is not None else None,
        anchor_digest=anchor.digest if anchor is not None else "",
    )


def compared(typed: str, upload: IO[bytes]) -> Compared:
    """Whether an uploaded file is the one issued under this code; read piece by piece, nothing of it is kept."""
    notice = _notice_of(typed)
    data, digest = _kept(notice)
    mark = _IDENTIFIER.search(data)
    found, made = False, hashlib.sha256()
    for piece, overlapping in _pieces(upload):
        made.update(piece)
        found = found or (mark is not None and mark.group(1).lower() in overlapping.lower())
    if made.hexdigest() == digest:
        return Compared.SAME
    return Compared.CHANGED if found else Compared.OTHER


def _pieces(upload: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Each piece, and the same with the end of the one before it: what is looked for may lie across both."""
    end = b""
    while piece := upload.read(CHUNK):
        yield piece, end + piece
        end = piece[-32:]


def _notice_of(typed: str) -> Notice:
    code = clean_code(typed)
    wanted = select(Notice).where(Notice.code == code, Notice.status.in_(PUBLISHED))
    with everything("a paper's code proves the paper"):
        found = db.session.scalar(wanted.options(joinedload(Notice.office), joinedload(Notice.file))) if code else None
    if found is None:
        raise NotFound(UNKNOWN)
    return found


def _kept(notice: Notice) -> tuple[bytes, str]:
    """The issued bytes (empty where the store has lost them) and the digest they were kept under."""
    assert notice.file is not None
    try:
        with file_store().open(notice.file.digest) as file:
            return file.read(), notice.file.digest
    except NotFound:
        return b"", notice.file.digest


def _issued_event(notice_id: int) -> tuple[dict[str, Any], Anchor | None]:
    """What the history says of the issuing, and the anchor that binds it."""
    of_notice = (Event.subject_kind == Notice.__tablename__) & (Event.subject_id == notice_id)
    wanted = (
        select(Event.content, Anchor)
        .outerjoin(Anchor, Anchor.id == Event.anchor_id)
        .where(of_notice, Event.kind == "issued")
        .order_by(Event.id)
        .limit(1)
    )
    found = db.session.execute(wanted).one_or_none()
    return (dict(found[0]), found[1]) if found is not None else ({}, None)

"""A notice made ready to be issued, and the seal on it: given here, or by a seal service that must be waited for.

Where a seal service is set up, issuing takes two units of work with the waiting between them, so that nobody else's
number, nor on SQLite anybody's act at all, waits for it too: `prepare`, `sealed_outside`, `issue`. Whatever has become
of the notice meanwhile, only what was sealed is issued, or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

from accounts.access import Actor
from core.days import shanghai_day
from core.refusals import Conflict
from notices.codes import new_code
from notices.making import Snapshot, digest_of, finished, frozen, snapshot_of
from notices.models import Notice
from notices.printing import printed
from notices.queries import notice_by_id
from notices.signing import SignedDocument, has_seal_service, sign_document, sign_outside

MOVED: Final = "签章期间文书内容有变，没有签发。请核对后再签发。"


@dataclass(frozen=True, slots=True)
class Prepared:
    """A notice as it is to be issued: `paper` drawn `at` that moment from this version of it, with its code.

    `content` is the snapshot as it is kept, `digest` that of everything it shows; `reason` is what is signed, in the
    words of the signature.
    """

    notice_id: int
    version: int
    at: datetime
    code: str
    snapshot: Snapshot
    content: dict[str, Any]
    digest: str
    paper: bytes
    office_code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Sealed:
    """What was prepared with its signature, or without where nobody signs it."""

    prepared: Prepared
    document: SignedDocument


def is_sealed_outside(notice_id: int) -> bool:
    """Whether the seal service must be waited for: one is set up, and the notice is an office's."""
    return has_seal_service() and notice_by_id(notice_id).office_id is not None


def prepared(notice: Notice, *, by: Actor, now: datetime) -> Prepared:
    """The notice as it would be issued now by this person; its number must have been taken."""
    code = new_code()
    snapshot = finished(snapshot_of(notice, now=now, issuer_id=by.person_id, code=code))
    content = frozen(snapshot)
    return Prepared(
        notice_id=notice.id,
        version=notice.version,
        at=now,
        code=code,
        snapshot=snapshot,
        content=content,
        digest=digest_of(content),
        paper=printed(snapshot),
        office_code=notice.office.code if notice.office is not None else "",
        reason=f"{notice.title} {notice.number or ''}".strip(),
    )


def sealed_here(made: Prepared, office_id: int | None) -> Sealed:
    """Signed with the office's own certificate where it has one; an enterprise's form is signed by hand."""
    if office_id is None:
        return Sealed(made, SignedDocument(made.paper))
    return Sealed(made, sign_document(made.paper, office_id, now=made.at, reason=made.reason))


def sealed_outside(made: Prepared) -> Sealed:
    """What the seal service makes of it: up to ten seconds, outside of any unit of work; `SealRefused` in words."""
    return Sealed(made, sign_outside(made.paper, office_code=made.office_code, reason=made.reason))


def refuse_moved(notice: Notice, made: Prepared, *, by: Actor, now: datetime) -> None:
    """`Conflict` where the notice, or what it would show, is no longer what was sealed, or its day is over.

    The newest anchor is printed on a paper too: it may have moved on, since whoever acts meanwhile moves it.
    """
    shown = snapshot_of(notice, now=made.at, issuer_id=by.person_id, code=made.code)
    same = digest_of(frozen(replace(shown, verification=made.snapshot.verification))) == made.digest
    unmoved = (notice.id, notice.version) == (made.notice_id, made.version)
    if not (unmoved and same and shanghai_day(now) == shanghai_day(made.at)):
        raise Conflict(MOVED)

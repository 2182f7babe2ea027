"""How a notice becomes a paper: what it is about, read from the register, and the snapshot and bytes made of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select

from accounts.models import Person
from core.chain import canonical, digest
from core.db import db
from core.scope import everything
from core.web import settings
from hazards.models import Hazard
from notices.anchors import anchor_words
from notices.closure_filling import closure_snapshot, photos_for
from notices.filling.about import About, items_of, values_of
from notices.filling.paper import Filling, paper_of
from notices.filling.recipes import RECIPES
from notices.makers import maker_of
from notices.models import Notice
from notices.printing import printed
from notices.queries import all_hazards_of
from notices.snapshots import ClosureFormSnapshot, NoticeSnapshot, PhotoSnapshot, VerificationSnapshot
from notices.texts import fill
from notices.texts_in_force import template_for
from workflows.notices import NOTICES, NoticeKind

Snapshot = NoticeSnapshot | ClosureFormSnapshot


def about_of(notice: Notice, *, now: datetime, issuer_id: int | None = None) -> About:
    """What a notice is about as the register stands now; `issuer_id` is whoever is about to issue it."""
    hazards = all_hazards_of(notice, "成文")
    firms = {hazard.enterprise_id: hazard.enterprise for hazard in hazards}
    return About(
        kind=notice.kind,
        now=now,
        kept=notice.fields,
        hazards=hazards,
        office=notice.office,
        enterprise=next(iter(firms.values())) if len(firms) == 1 else notice.enterprise,
        people=people_of(notice, issuer_id),
        number=notice.number or "",
        addressee=notice.addressee,
    )


def people_of(notice: Notice, issuer_id: int | None = None) -> Sequence[Person]:
    """Who makes it out, the drafter first, then whoever issues it: the two inspectors of a paper made on the spot."""
    ids = [one for one in (notice.drafted_by_id, issuer_id or notice.issued_by_id) if one is not None]
    with everything("who makes out a notice"):
        found = {one.id: one for one in db.session.scalars(select(Person).where(Person.id.in_(set(ids))))}
    return [found[one] for one in dict.fromkeys(ids) if one in found]


def snapshot_of(notice: Notice, *, now: datetime, issuer_id: int | None = None, code: str = "") -> Snapshot:
    """Everything the paper shows now; with a code it is the one to be issued, without one a preview."""
    if notice.kind is NoticeKind.CLOSURE_FORM:
        (hazard,) = all_hazards_of(notice, "成文")
        form = closure_snapshot(hazard.number, now=now, for_enterprise=True)  # once finished it is read there
        return replace(form, verification=_verification(code)) if code else form
    make = maker_of(notice.kind)
    if make is not None:
        return replace(make(notice, now), verification=_verification(code), draft=not code)
    about = about_of(notice, now=now, issuer_id=issuer_id)
    text = template_for(notice.office_id, notice.kind)
    before, after = _photos(about)
    filling = Filling(text.parts, notice.body, _verification(code), draft=not code, before=before, after=after)
    return paper_of(about, filling)


def _photos(about: About) -> tuple[tuple[PhotoSnapshot, ...], tuple[PhotoSnapshot, ...]]:
    if not RECIPES[about.kind].with_photos or not about.hazards:
        return (), ()
    return photos_for(about.hazards[0])


def _verification(code: str) -> VerificationSnapshot:
    if not code:
        return VerificationSnapshot()
    url = f"{settings().public_url}/verify/{code}"
    return VerificationSnapshot(anchor=anchor_words(moment=False), code=code, url=url)


def finished(snapshot: Snapshot) -> Snapshot:
    """The snapshot with the digest of everything it shows, to be printed on it."""
    seen = digest_of(frozen(snapshot))
    return replace(snapshot, verification=replace(snapshot.verification, digest=seen))


def preview(notice: Notice, *, now: datetime, issuer_id: int | None = None) -> bytes:
    """What the notice would look like if it were issued now (by this person), marked as a draft."""
    return printed(snapshot_of(notice, now=now, issuer_id=issuer_id))


def template_body(notice: Notice, *, now: datetime) -> str:
    """The body of the text in force as it reads for this draft now, whatever was edited by hand."""
    about = about_of(notice, now=now)
    return fill(template_for(notice.office_id, notice.kind).parts.body, values_of(about, items_of(about)))


def of_hazard(kind: NoticeKind, hazard: Hazard, *, now: datetime) -> bytes:
    """A paper of this kind about one hazard as it stands, never issued: blanks where a draft would be asked."""
    office = hazard.responsible_office if NOTICES[kind].numbered else None
    about = About(kind, now, {}, [hazard], office, hazard.enterprise, (), addressee=hazard.enterprise.name)
    text = template_for(office.id if office else None, kind)
    before, after = _photos(about)
    return printed(paper_of(about, Filling(text.parts, draft=True, before=before, after=after)))


# --- freezing --------------------------------------------------------------------------------------------------


def frozen(snapshot: Snapshot) -> dict[str, Any]:
    """The snapshot as JSON keeps it: days and moments in ISO, photos by the digest of their bytes."""
    plain: dict[str, Any] = _plain(asdict(snapshot))
    return plain


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(one) for one in value]
    if isinstance(value, bytes):
        return digest(value)
    return value.isoformat() if isinstance(value, date) else value


def digest_of(content: dict[str, Any]) -> str:
    """The digest of what a paper shows, as it is frozen; what is printed of the digest itself does not count."""
    shown = {**content, "verification": {**content.get("verification", {}), "digest": ""}}
    return digest(canonical(shown))

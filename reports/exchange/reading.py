"""The hazards of a format and a period with all that its fields may ask for, read piece by piece.

Which hazards, the scope of their versions says (`reports/standing.py`). What stands beside those is read past today's
scope, so that a past period reads the same after an enterprise has moved on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from sqlalchemy import and_, func, or_, select

from accounts.models import Enterprise
from core.db import db
from core.models import StoredFile
from core.scope import everything
from core.sniffing import JPEG, PNG
from hazards.models import Evidence, Signature, SignOffRequest
from hazards.rules import EvidenceKind
from inspections.models import Finding, Inspection
from reports.exchange.formats import ExchangeFormat, HazardFacts, Picture
from reports.rules import Period
from reports.standing import READ_AT_ONCE, VERSION, LedgerScope, standing
from workflows.vocabulary import Action, RequestStatus, Tier

_PHOTOS: Final = (EvidenceKind.BEFORE, EvidenceKind.AFTER)
_TAKEN: Final = (JPEG, PNG)
"""What receivers of pictures take; the copies for pages are JPEG, upright, at most 1600 px."""


@dataclass(slots=True)
class _Beside:
    """What stands beside one hazard at the period's last instant."""

    applied: bool = False
    verifier: str = ""
    opinion: str = ""
    found_by_tier: Tier | None = None
    control_failed: bool = False
    pictures: dict[EvidenceKind, list[Picture]] = field(default_factory=lambda: {kind: [] for kind in _PHOTOS})
    place: tuple[float, float] | None = None


def facts_of(
    form: ExchangeFormat, period: Period, scope: LedgerScope, *, for_enterprise: bool, limit: int | None = None
) -> Iterator[HazardFacts]:
    """By district, enterprise and number, within whatever scope is looking; only the first ones where limited."""
    wanted = standing(
        select(VERSION.content, VERSION.hazard_id, VERSION.enterprise_id),
        period,
        scope,
        majors_only=form.majors_only,
    )
    ordered = wanted.order_by(VERSION.region_path, VERSION.enterprise_id, VERSION.content["number"].as_string())
    rows = db.session.execute(ordered.limit(limit).execution_options(yield_per=READ_AT_ONCE))
    for part in rows.partitions():
        yield from _of_part(form, period, part, for_enterprise=for_enterprise)


def _of_part(
    form: ExchangeFormat, period: Period, part: Sequence[Any], *, for_enterprise: bool
) -> Iterator[HazardFacts]:
    beside: dict[int, _Beside] = {row.hazard_id: _Beside() for row in part}
    with everything("what stands beside versions that the reader was given"):
        for gather in (_found, _asked, _signed, _photos):
            gather(beside, period)
        places = {} if form.of_enterprise else _places({row.enterprise_id for row in part})
    for row in part:
        its = beside[row.hazard_id]
        yield HazardFacts(
            content=row.content,
            for_enterprise=for_enterprise,
            applied=its.applied,
            verifier=its.verifier,
            opinion=its.opinion,
            found_by_tier=its.found_by_tier,
            control_failed=its.control_failed,
            before=tuple(its.pictures[EvidenceKind.BEFORE]),
            after=tuple(its.pictures[EvidenceKind.AFTER]),
            place=its.place or places.get(row.enterprise_id),
        )


def _found(beside: dict[int, _Beside], _period: Period) -> None:
    """By which round, and whether a control measure had failed; neither changes after the report."""
    wanted = (
        select(Finding.hazard_id, Finding.control_id, Inspection.tier)
        .outerjoin(Inspection, Inspection.id == Finding.inspection_id)
        .where(Finding.hazard_id.in_(beside))
    )
    for row in db.session.execute(wanted):
        beside[row.hazard_id].found_by_tier = row.tier
        beside[row.hazard_id].control_failed = row.control_id is not None


def _asked(beside: dict[int, _Beside], period: Period) -> None:
    """Whether a verification was asked for and not decided at the last instant."""
    request = SignOffRequest
    undecided = or_(request.ended_at.is_(None), request.ended_at >= period.ends)
    wanted = select(request.hazard_id).where(
        request.hazard_id.in_(beside), request.action == Action.VERIFY, request.opened_at < period.ends, undecided
    )
    for hazard_id in db.session.scalars(wanted):
        beside[hazard_id].applied = True


def _signed(beside: dict[int, _Beside], period: Period) -> None:
    """Who verified with which opinion: the last step of the newest verification completed by then."""
    request = SignOffRequest
    completed = and_(
        request.action == Action.VERIFY, request.status == RequestStatus.COMPLETED, request.ended_at < period.ends
    )
    newest = select(func.max(request.id)).where(request.hazard_id.in_(beside), completed).group_by(request.hazard_id)
    wanted = (
        select(Signature.hazard_id, Signature.person_name, Signature.opinion)
        .where(Signature.request_id.in_(newest))
        .order_by(Signature.step)
    )
    for row in db.session.execute(wanted):
        beside[row.hazard_id].verifier, beside[row.hazard_id].opinion = row.person_name, row.opinion


def _photos(beside: dict[int, _Beside], period: Period) -> None:
    """The pictures that were there by then, in the order they came, and where the first one was taken."""
    wanted = (
        select(
            Evidence.hazard_id,
            Evidence.kind,
            Evidence.longitude,
            Evidence.latitude,
            StoredFile.digest,
            StoredFile.media_type,
        )
        .join(StoredFile, StoredFile.id == func.coalesce(Evidence.view_id, Evidence.file_id))
        .where(Evidence.hazard_id.in_(beside), Evidence.kind.in_(_PHOTOS), Evidence.added_at < period.ends)
        .order_by(Evidence.id)
    )
    for row in db.session.execute(wanted):
        its = beside[row.hazard_id]
        if row.media_type in _TAKEN:
            its.pictures[row.kind].append(Picture(row.kind, row.digest, row.media_type))
        if its.place is None and row.kind is EvidenceKind.BEFORE and row.longitude is not None:
            its.place = (row.longitude, row.latitude)


def _places(enterprise_ids: Iterable[int]) -> dict[int, tuple[float, float]]:
    wanted = select(Enterprise.id, Enterprise.longitude, Enterprise.latitude).where(
        Enterprise.id.in_(enterprise_ids), Enterprise.longitude.is_not(None), Enterprise.latitude.is_not(None)
    )
    return {row.id: (row.longitude, row.latitude) for row in db.session.execute(wanted)}

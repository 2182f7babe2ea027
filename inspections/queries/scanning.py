"""What a scanned label stands for, and what became of a report by its follow code: as little as a stranger may know."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from accounts.models import Enterprise, OrgUnit
from core.db import db
from core.scope import everything
from hazards.models import Hazard
from inspections.models import OpenReporting, Reward, RiskPoint
from inspections.rules import PointKind, RiskGrade
from workflows.vocabulary import State

_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{10,40}")


@dataclass(frozen=True, slots=True)
class Scanned:
    """A point in use of an enterprise in business, as its label names it; `allowed`: strangers may report there."""

    point_id: int
    enterprise_id: int
    enterprise: str
    code: str
    name: str
    place: str
    unit_id: int | None
    unit: str
    kind: PointKind
    grade: RiskGrade
    checklist_id: int | None
    allowed: bool
    promise: str


def scanned(token: str) -> Scanned | None:
    """The point of a label; None where there is none, it was retired, or its enterprise is out of business."""
    if not _TOKEN.fullmatch(token):
        return None
    wanted = (
        select(RiskPoint, Enterprise.name, OrgUnit.name, OpenReporting.allowed, OpenReporting.promise)
        .join(Enterprise, Enterprise.id == RiskPoint.enterprise_id)
        .outerjoin(OrgUnit, OrgUnit.id == RiskPoint.unit_id)
        .outerjoin(OpenReporting, OpenReporting.enterprise_id == RiskPoint.enterprise_id)
        .where(RiskPoint.token == token, RiskPoint.active, Enterprise.active, ~Enterprise.hidden)
    )
    with everything("a scanned label"):
        found = db.session.execute(wanted).first()
    if found is None:
        return None
    point, enterprise, unit, allowed, promise = found
    return Scanned(
        point.id,
        point.enterprise_id,
        enterprise,
        point.code,
        point.name,
        point.place,
        point.unit_id,
        unit or "",
        point.kind,
        point.grade,
        point.checklist_id,
        bool(allowed),
        promise or "",
    )


@dataclass(frozen=True, slots=True)
class Followed:
    """What became of a report: words of its state and of its reward, and nothing of the hazard itself."""

    number: str
    state: State
    reported_at: datetime
    decided_at: datetime | None
    amount_fen: int | None
    paid_at: datetime | None


def followed(kept_code: str) -> Followed | None:
    """The report whose follow code is kept as this; None where there is none."""
    columns = (Hazard.number, Hazard.state, Hazard.reported_at, Reward.decided_at, Reward.amount_fen, Reward.paid_at)
    wanted = select(*columns).join(Reward, Reward.hazard_id == Hazard.id).where(Reward.follow_code == kept_code)
    with everything("a follow code"):
        found = db.session.execute(wanted).first()
    return Followed(*found) if found is not None else None

"""Checklists: the product's and an enterprise's own, their versions and items."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, or_, select

from core.db import db
from core.refusals import NotFound
from inspections.models import Checklist, ChecklistItem, ChecklistVersion, InspectionPlan, RiskPoint
from workflows.vocabulary import Tier

PAGE = 50
NO_CHECKLIST = "找不到这份检查表，或者它不属于您所在的企业。请从检查表列表里打开。"


class ChecklistRow(NamedTuple):
    """A checklist with its newest version."""

    checklist: Checklist
    version: int
    items: int


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which checklists a page shows: the product's or an enterprise's own, of an industry, a tier, with words."""

    enterprise_id: int | None = None
    templates: bool = False
    industry: str = ""
    tier: Tier | None = None
    words: str = ""
    use: str = ""  # the flag of an item: for_hazards, for_standard, for_regulator
    retired: bool = False


def checklists(wanted: Wanted, after: int = 0, limit: int = PAGE) -> list[ChecklistRow]:
    """The checklists the viewer sees, by id; one more than a page tells that there are more."""
    versions = ChecklistVersion.__table__.alias("versions")  # the bare table: of checklists that are seen anyway
    newest = select(func.max(versions.c.version)).where(versions.c.checklist_id == Checklist.id).scalar_subquery()
    rows = (
        select(Checklist, ChecklistVersion.version, ChecklistVersion.items)
        .join(ChecklistVersion, (ChecklistVersion.checklist_id == Checklist.id) & (ChecklistVersion.version == newest))
        .where(Checklist.id > after)
    )
    if wanted.templates:
        rows = rows.where(Checklist.enterprise_id.is_(None))
    else:
        rows = rows.where(Checklist.enterprise_id == wanted.enterprise_id)
    if wanted.tier is not None:
        rows = rows.where(Checklist.tier == wanted.tier)
    if wanted.industry:
        rows = rows.where(Checklist.industry.startswith(wanted.industry, autoescape=True))
    if wanted.words:
        rows = rows.where(Checklist.name.contains(wanted.words, autoescape=True))
    if wanted.use:
        has_use = select(ChecklistItem.id).where(
            ChecklistItem.version_id == ChecklistVersion.id, getattr(ChecklistItem, wanted.use)
        )
        rows = rows.where(has_use.exists())
    rows = rows.where(Checklist.active.is_(not wanted.retired)).order_by(Checklist.id).limit(limit + 1)
    return [ChecklistRow(*row) for row in db.session.execute(rows)]


def get_checklist(checklist_id: int) -> Checklist:
    """A checklist the viewer sees, else `NotFound`."""
    found = db.session.scalar(select(Checklist).where(Checklist.id == checklist_id))
    if found is None:
        raise NotFound(NO_CHECKLIST)
    return found


def versions_of(checklist_id: int) -> list[ChecklistVersion]:
    """Every version, the newest first."""
    wanted = select(ChecklistVersion).where(ChecklistVersion.checklist_id == checklist_id)
    return list(db.session.scalars(wanted.order_by(ChecklistVersion.version.desc())))


def newest_version(checklist_id: int) -> ChecklistVersion:
    """The version that inspections which begin now use."""
    wanted = select(ChecklistVersion).where(ChecklistVersion.checklist_id == checklist_id)
    found = db.session.scalar(wanted.order_by(ChecklistVersion.version.desc()).limit(1))
    if found is None:
        raise NotFound(NO_CHECKLIST)
    return found


def items_of(version_id: int) -> list[ChecklistItem]:
    """The items of a version in their order."""
    wanted = select(ChecklistItem).where(ChecklistItem.version_id == version_id)
    return list(db.session.scalars(wanted.order_by(ChecklistItem.position)))


def choices_for(enterprise_id: int, tier: Tier | None = None) -> list[Checklist]:
    """What may be planned with: an enterprise's own first, then the product's; of a tier, those of no tier too."""
    wanted = select(Checklist).where(
        Checklist.active, or_(Checklist.enterprise_id == enterprise_id, Checklist.enterprise_id.is_(None))
    )
    if tier is not None:
        wanted = wanted.where(or_(Checklist.tier == tier, Checklist.tier.is_(None)))
    return list(db.session.scalars(wanted.order_by(Checklist.enterprise_id.is_(None), Checklist.id)))


def usual_template(industry: str, tier: Tier) -> Checklist | None:
    """The product's checklist for an industry and tier: its own, else the sector's, else the general one.

    Where one sector has several, the one written for all of it; 工贸-机械（铸造） is 工贸-机械.
    """
    plain = industry.replace("（", "(").partition("(")[0].strip()
    of_tier = select(Checklist).where(Checklist.enterprise_id.is_(None), Checklist.active, Checklist.tier == tier)
    found = {one.industry: one for one in db.session.scalars(of_tier.order_by(Checklist.id.desc()))}
    return found.get(plain) or found.get(plain.partition("-")[0]) or found.get("")


def uses_of(checklist_id: int) -> tuple[int, int]:
    """How many running plans and active risk points use it."""
    plans = select(func.count()).select_from(InspectionPlan)
    points = select(func.count()).select_from(RiskPoint)
    plans = plans.where(InspectionPlan.checklist_id == checklist_id, InspectionPlan.ends_on.is_(None))
    points = points.where(RiskPoint.checklist_id == checklist_id, RiskPoint.active)
    return db.session.scalar(plans) or 0, db.session.scalar(points) or 0

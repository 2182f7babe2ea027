"""Which versions of hazards a ledger reads: those that stood at an instant, of what, and whose eyes they are for.

A version holds from `valid_from` on and no longer at `valid_to`; a period's last instant lies just before its end T, so
the version that stood then has valid_from < T and no valid_to before T. Each lies where its hazard lay then and is read
by whoever answered for that place: an enterprise that moves on takes its hazards along and leaves past ledgers as they
are. The bare table is read, since the scope of the register asks where a hazard lies today.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, case, false, func, or_, select, true

from accounts.rules import OTHER_SECTOR, SECTORS
from core.db import db
from core.scope import current_viewer, is_unscoped, subtree
from hazards.models import Hazard, HazardVersion
from reports.rules import Period
from workflows.vocabulary import OPEN_STATES, Grade

READ_AT_ONCE: Final = 500
COUNTED: Final = 100_000

VERSIONS: Final[Any] = HazardVersion.__table__
VERSION: Final[Any] = VERSIONS.c
_hazards: Final[Any] = Hazard.__table__.c


@dataclass(frozen=True, slots=True)
class LedgerScope:
    """Which records of the viewer's scope: of a region's subtree, of one enterprise, of one of its units, or all.

    `sector` is one 行业领域 of them.
    """

    region_path: str | None = None
    enterprise_id: int | None = None
    unit_id: int | None = None
    sector: str | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """For whom and of which day the rows are: an enterprise reads a complaint's hazard as a check (domain.md §3)."""

    last_day: date
    for_enterprise: bool = False


def standing(wanted: Any, period: Period, scope: LedgerScope, *, majors_only: bool = True) -> Any:
    """The version of each hazard that stood at the period's last instant, open or ended within the period."""
    wanted = wanted.where(stood_before(VERSION, period.ends), of_scope(VERSION, scope))
    if majors_only:
        wanted = wanted.where(VERSION.grade == Grade.MAJOR)
    return wanted.where(or_(is_open(VERSION), VERSION.ended_at >= period.begins))


def stood_before(version: Any, moment: datetime) -> ColumnElement[bool]:
    """Whether it is its hazard's version of the instant before a moment; of hazards that anybody sees.

    Also for the operator, whose eyes no filter holds: what an import has not brought in, or was taken back, is not.
    """
    return and_(
        version.valid_from < moment,
        or_(version.valid_to.is_(None), version.valid_to >= moment),
        version.hazard_id.not_in(select(_hazards.id).where(_hazards.hidden)),
    )


def is_open(version: Any) -> ColumnElement[bool]:
    """Whether its hazard was neither closed nor dismissed."""
    found: ColumnElement[bool] = version.state.in_(sorted(OPEN_STATES))
    return found


def of_scope(version: Any, scope: LedgerScope) -> ColumnElement[bool]:
    """Whether a version is of what the ledger covers, and for whoever looks."""
    content = version.content
    office = content["responsible_office_id"].as_integer()
    return and_(_seen_then(version, office), _covered(version, content["unit_id"].as_integer(), scope))


def of_place(row: Any, scope: LedgerScope) -> ColumnElement[bool]:
    """The same of another row that keeps whose it is and where that lay: an inspection, a missed duty."""
    return and_(_seen_then(row, None), _covered(row, row.unit_id, scope))


def hazards_within(scope: LedgerScope, most: int) -> int:
    """How many hazards lie in the place of a ledger, whatever they are; stops counting one beyond `most`.

    That is what a form of sums must look through, however few its lines are; by the index of the versions now in force.
    """
    place = LedgerScope(region_path=scope.region_path, enterprise_id=scope.enterprise_id)
    found = select(VERSION.hazard_id).where(VERSION.valid_to.is_(None), _covered(VERSION, None, place)).limit(most + 1)
    return db.session.scalars(select(func.count()).select_from(found.subquery())).one()


def _covered(row: Any, unit_id: Any, scope: LedgerScope) -> ColumnElement[bool]:
    asked: list[ColumnElement[bool]] = [true()]
    if scope.region_path is not None:
        asked.append(subtree(row.region_path, scope.region_path, is_whole=scope.region_path.count("/") == 2))
    if scope.enterprise_id is not None:
        asked.append(row.enterprise_id == scope.enterprise_id)
    if scope.unit_id is not None:
        asked.append(unit_id == scope.unit_id)
    if scope.sector is not None:
        asked.append(sector_of(row) == scope.sector)
    return and_(*asked)


def sector_of(row: Any) -> ColumnElement[str]:
    """The 行业领域 it is counted under: what is none of them falls to 其他."""
    return case((row.sector.in_(SECTORS), row.sector), else_=OTHER_SECTOR)


def _seen_then(row: Any, office: Any | None) -> ColumnElement[bool]:
    """Whether whoever looks saw it when it stood (domain.md §2): who sees a part of an enterprise has no ledger.

    `office` is the one that was responsible, where the row tells.
    """
    viewer = current_viewer()
    if is_unscoped():
        return true()
    if viewer is None or viewer.own_reports_only or viewer.unit_ids is not None:
        return false()
    if viewer.enterprise_id is not None:
        own: ColumnElement[bool] = row.enterprise_id == viewer.enterprise_id
        return own
    if viewer.region_path is None:
        return false()
    here = subtree(row.region_path, viewer.region_path, is_whole=viewer.sees_whole)
    if viewer.sectors is None:
        return here
    of_sector = and_(here, row.sector.in_(sorted(viewer.sectors)))
    return of_sector if office is None else or_(of_sector, office == viewer.regulator_id)


def sectors_listed(scope: LedgerScope) -> list[str]:
    """The 行业领域 that a form over this scope has a line for, whether there is anything to count or not."""
    viewer = None if is_unscoped() else current_viewer()
    own = viewer.sectors if viewer is not None else None
    return [name for name in SECTORS if (own is None or name in own) and scope.sector in (None, name)]

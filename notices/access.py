"""Who sees a notice, and who may take which step of it (domain.md §2, §7; workflows/notices.py).

An office's people see what their office drafts and what was issued in their region and sectors, or about a hazard that
was handed over to them; people who see a whole enterprise its own forms and what was issued to it. A paper may be about
several units, and it orders its addressee alone: so a team leader, a worker, a landlord or a client reads none of it,
though they see the hazard. An answer to an informant stays in its office, and what names another addressee (a letter to
a town, a transfer to the police) bears no enterprise of its own. Items, tries to serve and scans go with their notice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, false, or_, select

from core.scope import Viewer, guard, subtree
from hazards.models import Hazard
from notices.models import Notice, NoticeItem, NoticeRun, NoticeRunItem, NoticeScan, NoticeService
from notices.rules import OFFICE_ONLY, PUBLISHED

# the bare tables: as entities they would be filtered by this very criterion again
_notices = Notice.__table__
_items = NoticeItem.__table__
_runs = NoticeRun.__table__
_hazards = Hazard.__table__


def may_see(notice: Any, viewer: Viewer) -> ColumnElement[bool]:
    """The condition on a notice's row for this viewer."""
    if viewer.enterprise_id is not None:
        return _for_enterprise(notice, viewer)
    if viewer.regulator_id is None or viewer.region_path is None:
        return false()
    own: ColumnElement[bool] = notice.office_id == viewer.regulator_id
    here = subtree(notice.region_path, viewer.region_path, is_whole=viewer.sees_whole)
    if viewer.sectors is not None:
        handed_over = notice.id.in_(_about_hazards_of(viewer.regulator_id))
        here = or_(here & notice.sector.in_(sorted(viewer.sectors)), handed_over)
    return or_(own, and_(_goes_out(notice), here))


def _about_hazards_of(regulator_id: Any) -> Any:
    """Papers about hazards of another sector that this office answers for since 移送: it closes what they order."""
    its = select(_items.c.notice_id).join(_hazards, _hazards.c.id == _items.c.hazard_id)
    return its.where(_hazards.c.responsible_office_id == regulator_id)


def _for_enterprise(notice: Any, viewer: Viewer) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = notice.enterprise_id == viewer.enterprise_id
    if viewer.unit_ids is not None or viewer.own_reports_only:
        drafted: ColumnElement[bool] = notice.drafted_by_id == viewer.person_id
        return and_(mine, notice.office_id.is_(None), drafted)
    return and_(mine, or_(notice.office_id.is_(None), _goes_out(notice)))


def _goes_out(notice: Any) -> ColumnElement[bool]:
    """What others than its office may read: issued, and of no kind that stays in the house."""
    return and_(notice.status.in_(PUBLISHED), notice.kind.not_in(OFFICE_ONLY))


def _through_notice(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    its = _notices.alias("its_notice")
    wanted = select(its.c.id).where(its.c.id == model.notice_id, may_see(its.c, viewer))
    return exists(wanted.correlate_except(its))


def _own_run(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    mine: ColumnElement[bool] = model.person_id == viewer.person_id
    return mine


def _of_own_run(model: Any, viewer: Viewer) -> ColumnElement[bool]:
    own: ColumnElement[bool] = model.run_id.in_(select(_runs.c.id).where(_runs.c.person_id == viewer.person_id))
    return own


GUARDED = {
    Notice: may_see,
    NoticeItem: _through_notice,
    NoticeService: _through_notice,
    NoticeScan: _through_notice,
    NoticeRun: _own_run,
    NoticeRunItem: _of_own_run,
}

for _model, _criterion in GUARDED.items():
    guard(_model, _criterion)

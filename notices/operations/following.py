"""What becomes of notices when an enterprise moves to another district."""

from __future__ import annotations

from sqlalchemy import exists, select, update
from sqlalchemy.orm import aliased

from accounts.models import Enterprise
from accounts.news import EnterpriseMoved
from core.db import db
from core.scope import everything
from hazards.models import Hazard
from notices.models import Notice, NoticeItem


def enterprise_moved(news: EnterpriseMoved) -> None:
    """Papers about hazards that went with the enterprise, and about no other's, are read by its new region's offices.

    Whoever issued one keeps it (domain.md §3: the old office keeps what it signed, read-only); numbers, contents and
    versions stay. Called after the hazards have gone.
    """
    with everything("papers of an enterprise that moved"):
        firm = db.session.get_one(Enterprise, news.enterprise_id)
        went = (
            select(NoticeItem.notice_id)
            .join(Hazard, Hazard.id == NoticeItem.hazard_id)
            .where(Hazard.enterprise_id == firm.id, Hazard.region_path == firm.region_path)
        )
        beside, others = aliased(NoticeItem), aliased(Hazard)
        is_of_several = (
            select(beside.id)
            .join(others, others.id == beside.hazard_id)
            .where(beside.notice_id == Notice.id, others.enterprise_id != firm.id)
        )
        went = went.join(Notice, Notice.id == NoticeItem.notice_id).where(~exists(is_of_several))
        goes = update(Notice).where(Notice.id.in_(went)).values(region_path=firm.region_path, sector=firm.sector)
        db.session.execute(goes, execution_options={"synchronize_session": False})

"""What a reporter most likely means: places of earlier reports, enterprises reported on lately."""

from __future__ import annotations

from sqlalchemy import select

from accounts.models import Enterprise
from core.db import db
from core.models import Event
from hazards.models import Hazard

LOOKED_AT = 60
SHOWN = 6


def recent_places(enterprise_id: int, person_id: int) -> list[str]:
    """Where this enterprise's newest hazards stood, the person's own places first."""
    newest = (
        select(Hazard.place, Hazard.reporter_id)
        .where(Hazard.enterprise_id == enterprise_id, Hazard.place != "")
        .order_by(Hazard.id.desc())
        .limit(LOOKED_AT)
    )
    rows = db.session.execute(newest).all()
    own = [place for place, reporter in rows if reporter == person_id]
    return list(dict.fromkeys([*own, *(place for place, _reporter in rows)]))[:SHOWN]


def recent_enterprises(person_id: int) -> list[Enterprise]:
    """The enterprises this person reported on last, newest first."""
    reported = (
        select(Event.subject_id)
        .where(Event.actor_id == person_id, Event.subject_kind == "hazard", Event.kind == "report")
        .order_by(Event.at.desc(), Event.id.desc())
        .limit(LOOKED_AT)
    )
    hazards = list(db.session.scalars(reported))
    rows = db.session.execute(select(Hazard.id, Enterprise).join(Hazard.enterprise).where(Hazard.id.in_(hazards)))
    by_hazard = {row.id: row.Enterprise for row in rows}
    return list({by_hazard[i].id: by_hazard[i] for i in hazards if i in by_hazard}.values())[:SHOWN]

"""Whether a message about one hazard is still true when it leaves the house: nobody is urged to what is done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select

from core.db import among, db, ids_text
from core.outbox import About, Told
from core.scope import everything
from hazards.models import Hazard
from workflows.vocabulary import OPEN_STATES

HELD: Final = "held"
CHECK: Final = "check"


def while_held(hazard: Hazard) -> About:
    """True as long as whoever has it now has it (催办)."""
    return About(HELD, hazard.id, hazard.holder_since.isoformat() if hazard.holder_since else "")


def while_unchecked(hazard: Hazard) -> About:
    """True until the interim controls are checked, or need no check any more."""
    return About(CHECK, hazard.id, hazard.control_next_at.isoformat() if hazard.control_next_at else "")


def still_held(told: Sequence[Told], _now: datetime) -> Mapping[int, str]:
    """The urgings whose hazard is still open and where it was."""
    marks = _marks(told)
    return {one.message_id: one.text for one in told if marks.get(one.about.id, (None,))[0] == one.about.mark}


def still_unchecked(told: Sequence[Told], _now: datetime) -> Mapping[int, str]:
    """The calls for a check whose check is still the next."""
    marks = _marks(told)
    return {one.message_id: one.text for one in told if marks.get(one.about.id, (None, None))[1] == one.about.mark}


def _marks(told: Sequence[Told]) -> dict[int, tuple[str, str]]:
    """Of the open ones among these hazards: since when it is where it is, and when its next check is due."""
    with everything("whether a message is still true"):
        rows = db.session.execute(
            select(Hazard.id, Hazard.holder_since, Hazard.control_next_at).where(
                among(Hazard.id, "hazards"), Hazard.state.in_(sorted(OPEN_STATES))
            ),
            {"hazards": ids_text({one.about.id for one in told})},
        )
        return {
            row.id: (
                row.holder_since.isoformat() if row.holder_since else "",
                row.control_next_at.isoformat() if row.control_next_at else "",
            )
            for row in rows
        }

"""再次出现: a hazard that came back after its closure is linked to the closed one, by a person, and counted there."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select, update

from core.db import db
from core.refusals import Invalid
from core.scope import everything
from hazards.models import Hazard
from workflows.vocabulary import State


def link_recurrence(hazard: Hazard, number: str) -> None:
    """Say that a hazard is an earlier one come back; in its place where another one was said before.

    Whether that one is closed is asked when it is said (`refuse_unless_closed`): what then waits for signatures stands,
    whatever becomes of the earlier one meanwhile. Raises `Invalid` unless it is of the same enterprise.
    """
    original = _original(hazard, number)
    if original.id == hazard.recurrence_of_id:
        return
    unlink_recurrence(hazard)
    hazard.recurrence_of_id = original.id
    _count(original.id, 1)


def unlink_recurrence(hazard: Hazard) -> None:
    """It is none after all, or no hazard."""
    if hazard.recurrence_of_id is not None:
        _count(hazard.recurrence_of_id, -1)
        hazard.recurrence_of_id = None


def refuse_unless_closed(hazard: Hazard, number: str) -> None:
    """Only what was put right and closed can come back; one still open is a duplicate."""
    if _original(hazard, number).state is not State.CLOSED:
        raise _no_such()


def _original(hazard: Hazard, number: str) -> Any:
    with everything("the closed hazard that came back"):
        wanted = select(Hazard.id, Hazard.state).where(Hazard.number == number, ~Hazard.hidden)
        found = db.session.execute(wanted.where(Hazard.enterprise_id == hazard.enterprise_id)).one_or_none()
    if found is None or found.id == hazard.id:
        raise _no_such()
    return found


def _no_such() -> Invalid:
    sentence = "再次出现的须是同一企业已销号的隐患。请核对编号。"
    return Invalid(sentence, fields={"recurrence_of": sentence})


def _count(original: int, by: int) -> None:
    """A count beside the record, not a fact of it: its version and history stay as they were signed."""
    counted = update(Hazard).where(Hazard.id == original).values(recurred=Hazard.recurred + by)
    with everything("the closed hazard that came back"):
        db.session.execute(counted, execution_options={"synchronize_session": False})

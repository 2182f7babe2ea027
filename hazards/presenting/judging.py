"""What helps whoever judges: the clause a general hazard comes close to, and where a hazard was before."""

from __future__ import annotations

from flask import url_for
from markupsafe import Markup

from accounts.access import Actor
from hazards import candidates
from hazards.case import Loaded
from hazards.duplicates import came_back_as, recurrence_number
from hazards.models import Hazard
from workflows.rulings import permit_try
from workflows.vocabulary import Action, Grade, State

JUDGED_IN = (State.REPORTED, State.RECTIFYING)


def close_words(hazard: Hazard) -> str:
    """《…》第七条第（七）项：“…”, where a hazard graded general comes close to that clause; else nothing."""
    if hazard.grade is not Grade.GENERAL:
        return ""
    return candidates.close_words(
        hazard.description, sector=hazard.sector, industry=hazard.industry, on=hazard.found_on
    )


def hint_for(loaded: Loaded, actor: Actor) -> str:
    """The same for whoever may accept it or grade it up; it changes nothing by itself."""
    hazard = loaded.hazard
    if hazard.grade is not Grade.GENERAL or hazard.state not in JUDGED_IN:
        return ""
    judges = any(permit_try(loaded.case, action, actor.person_id).allowed for action in (Action.ACCEPT, Action.REGRADE))
    return close_words(hazard) if judges else ""


def recurrence_rows(hazard: Hazard) -> list[tuple[str, object, bool, str]]:
    """Rows of the facts: which closed hazard it is, and as which it came back."""
    rows: list[tuple[str, object, bool, str]] = []
    before = recurrence_number(hazard)
    if before:
        rows.append(("再次出现", _links([before]), True, "上次销号后同一部位又出现同样的问题"))
    after = came_back_as(hazard)
    if after:
        rows.append(("又出现过", _links(after), True, f"销号后再次出现 {hazard.recurred} 次"))
    return rows


def _links(numbers: list[str]) -> Markup:
    link = Markup('<a class="num" href="{}">{}</a>')
    return Markup("、").join(link.format(url_for("hazards.detail", number=number), number) for number in numbers)

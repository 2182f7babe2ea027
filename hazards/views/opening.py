"""What every page of one hazard does: find it, hand in a form once, refuse a stale one with its words kept."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import flash, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.views import handing_in
from accounts.views.handing_in import Done
from core.refusals import Refusal, Stale
from core.web import now
from hazards import case as cases
from hazards.case import Loaded
from hazards.forms.parts import HazardForm
from hazards.models import Hazard
from hazards.operations.requests import refuse_unless
from hazards.presenting.doing import holder_text
from hazards.presenting.duties import ruling_for
from hazards.presenting.staleness import Seen, meanwhile, stale
from hazards.presenting.words import headline
from hazards.queries import hazard_by_number
from workflows.rulings import permit_sign

Act = Callable[[Hazard], Done]


def open_hazard(number: str, *, lock: bool = False) -> Loaded:
    """The hazard of this number with its case, for the signed-in person; `NotFound` where it is another's."""
    return load(hazard_by_number(number, lock=lock), current_actor(), now())


def load(hazard: Hazard, actor: Actor, moment: datetime) -> Loaded:
    """The case of a hazard as this person meets it."""
    return cases.load(hazard, now=moment, actor_id=actor.person_id)


def open_for(number: str, duty: str) -> Loaded:
    """The same, refused where this person may not open the page of that duty."""
    loaded = open_hazard(number)
    refuse_unless(ruling_for(duty, loaded, current_actor()))
    return loaded


def subject_of(loaded: Loaded) -> dict[str, object]:
    """What every page beside the hazard's own shows of it; `voids` names the open request a change would end."""
    hazard = loaded.hazard
    return {
        "number": hazard.number,
        "subject": headline(hazard.description),
        "firm": hazard.enterprise.name,
        "hazard": hazard,
        "voids": loaded.open_request.action.label if loaded.open_request is not None else "",
    }


def detail_url(number: str) -> str:
    """The page of the hazard."""
    return url_for("hazards.detail", number=number)


def hand_in(
    form: HazardForm, number: str, act: Act, *, what: str, typed: str = "", draft: str = ""
) -> ResponseReturnValue | None:
    """Do what a valid form asks for, once, on the record it was made from; None where it must be shown again.

    `what` names in a refusal what was not submitted, `typed` is kept on that page; `draft` is what the device may
    forget once it is done. A second tap is led to where the first one went.
    """

    def once() -> Done:
        seen, hazard = form.seen, hazard_by_number(number, lock=True)
        if meanwhile(hazard, seen) or hazard.version < seen.version:
            raise _stale(hazard, seen, what, typed)
        return act(hazard)

    def late() -> Refusal | None:
        seen, hazard = form.seen, hazard_by_number(number)
        return _stale(hazard, seen, what, typed) if meanwhile(hazard, seen) else None

    answer = handing_in.hand_in(form, once, home=detail_url(number), late=late)
    if answer is not None and draft:
        flash(draft, "draft-clear")
    return answer


def draft_key(page: str, number: str) -> str:
    """Under which key the device keeps this person's unfinished form of this hazard."""
    return f"{page}:{number}:{current_actor().person_id}"


def _stale(hazard: Hazard, seen: Seen, what: str, typed: str) -> Stale:
    actor, moment = current_actor(), now()
    loaded = load(hazard, actor, moment)
    url, label = detail_url(hazard.number), "回到隐患"
    if permit_sign(loaded.case, actor.person_id).allowed:
        url, label = url_for("hazards.sign", number=hazard.number), "重新核对并签批"
    return stale(
        loaded, seen, meanwhile(hazard, seen), now=moment, what=what, typed=typed, next_url=url, next_label=label
    )


def who_is_next(hazard: Hazard) -> str:
    """The sentence that says who has it now, after the act inside the unit of work."""
    holder = holder_text(load(hazard, current_actor(), now()))
    if holder:
        return f"现在由 {holder} 办理。"
    return "现在没有人可以办理，已告知管理员。" if hazard.state.is_open else "没有需要办理的事项。"

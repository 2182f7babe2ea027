"""Handing in a form of this room: once, in one unit of work, refusals shown on the form with all that was typed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from accounts.access import current_actor
from core.db import unit_of_work
from core.once import AlreadyDone, keep_outcome, use_once
from core.refusals import Conflict, Invalid
from core.web import now


@dataclass(frozen=True, slots=True)
class Done:
    """What is said once it is done, and where it leads."""

    said: str
    url: str


def hand_in(form: Any, act: Callable[[], Done]) -> Response | None:
    """Do what a valid form asks for and go where it leads; None where the form must be shown again.

    A second tap goes where the first one went. `form.once` is the key that counts it.
    """
    key = form.once.data or ""
    try:
        with unit_of_work():
            use_once(key, current_actor().person_id, now())
            done = act()
            keep_outcome(key, done.url)
    except AlreadyDone as again:
        return redirect(again.outcome or url_for("inspections.index"))
    except (Invalid, Conflict) as refusal:
        form.show(refusal)
        return None
    flash(done.said, "good")
    return redirect(done.url)

"""Handing in a form, the same in every room: once, in one unit of work, nothing lost of what was typed.

Who taps twice is led to where the first tap went; what is refused stands at its field on the same form; and who was a
moment too late is told so by whatever the room knows of the record.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import flash, redirect
from werkzeug.wrappers import Response

from accounts.access import current_actor
from accounts.forms.base import OnceForm
from core.db import unit_of_work
from core.once import AlreadyDone, keep_outcome, use_once
from core.refusals import Conflict, Invalid, Refusal, Stale, Unavailable
from core.web import now


@dataclass(frozen=True, slots=True)
class Done:
    """What is said once it is done, where it leads, and how the line looks."""

    said: str
    url: str
    tone: str = "good"


def hand_in(
    form: OnceForm,
    act: Callable[[], Done],
    *,
    home: str,
    late: Callable[[], Refusal | None] | None = None,
    first: Callable[[], None] | None = None,
) -> Response | None:
    """Do what a valid form asks for and go where it leads; None where the form must be shown again.

    `home` is where a second tap is led when the first kept no address. `late` says what became of the record where
    somebody was quicker (None: nobody was, the refusal itself says what stands in the way); without it the refusal
    stands on the form. `first` is what must be done before, in units of work of its own.
    """
    try:
        if first is not None:
            first()
        done = _once(form.once.data or "", act)
    except AlreadyDone as before:
        done = Done(before.sentence, before.outcome or home, "note")
    except Stale:
        raise
    except (Invalid, Unavailable) as refusal:  # the same form may be sent again
        form.show(refusal)
        return None
    except Conflict as conflict:
        if late is None:
            form.show(conflict)
            return None
        raise late() or conflict from conflict
    flash(done.said, done.tone)
    return redirect(done.url)


def _once(key: str, act: Callable[[], Done]) -> Done:
    with unit_of_work():
        use_once(key, current_actor().person_id, now())
        done = act()
        keep_outcome(key, done.url)
    return done

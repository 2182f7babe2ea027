"""What an office sets for its notices: whose pages these are, and how their forms are handed in, once."""

from __future__ import annotations

from collections.abc import Callable, Collection

from flask import url_for
from werkzeug.wrappers import Response

from accounts.access import Actor, current_actor
from accounts.forms.base import OnceForm
from accounts.models import Regulator
from accounts.queries import get_regulator
from accounts.views import handing_in
from accounts.views.handing_in import Done
from core.refusals import NotAllowed, NotFound
from workflows.notices import NoticeKind


def own_office(what: str) -> tuple[Actor, Regulator]:
    """Whoever is signed in and their office; `NotAllowed` for whoever belongs to none."""
    actor = current_actor()
    if actor.regulator_id is None:
        raise NotAllowed(f"{what}由监管单位设置。您可以在文书里看到编好的文号和文字。")
    return actor, get_regulator(actor.regulator_id)


def kind_of(code: str, among: Collection[NoticeKind]) -> NoticeKind:
    """The kind of an address; `NotFound` for one that has no such page."""
    for kind in among:
        if kind.value == code:
            return kind
    raise NotFound("没有这种文书。请从列表中选。")


def hand_in(form: OnceForm, act: Callable[[], Done]) -> Response | None:
    """Do what a valid form asks for and go where it leads; None where the form must be shown again."""
    return handing_in.hand_in(form, act, home=url_for("notices.index"))

"""What may be picked in the list and done together: the buttons of the bar, and why a row is not this person's to sign.

The list says it from what it has read anyway; the page of the picked asks the rulings and gives the whole sentence.
"""

from __future__ import annotations

from typing import Any, Final

from flask import url_for

from accounts.access import Actor
from accounts.roles import Role
from hazards.bulk_buttons import Button, further_buttons
from hazards.rules import BULK_LABELS, BulkAct
from hazards.seating import SEATED

# who may name a responsible person or ask for an extension: the responsible person may hold any of these
ARRANGES: Final = frozenset(
    {Role.SAFETY_MANAGER, Role.PRINCIPAL, Role.PLANT_MANAGER, Role.DEPARTMENT_HEAD, Role.INSPECTOR, Role.TOWN_OFFICER}
)
SIGN_WORDS: Final = "逐条核对并签批"


def bulk_acts(actor: Actor) -> list[Button]:
    """Label, look and address of each button; none for those who only look on."""
    if not actor.holds(*SEATED):
        return further_buttons(actor)
    acts = [BulkAct.REMIND, BulkAct.SIGN]
    if actor.holds(*ARRANGES):
        acts = [BulkAct.ASSIGN, BulkAct.EXTEND, *acts]
    return [*further_buttons(actor), *(_button(act) for act in acts)]


def _button(act: BulkAct) -> Button:
    url = url_for("hazards.bulk", what=act.value)
    return (SIGN_WORDS, "primary", url) if act is BulkAct.SIGN else (BULK_LABELS[act], "plain", url)


def cannot_sign(row: Any, signs: bool | None) -> str | None:
    """Why this row is not to be signed by who looks; `signs` is None where it does not wait for that person."""
    if signs:
        return None
    if not row.state.is_open:
        return f"「{row.state.label}」"
    return "要先填写内容，请单独办理" if signs is False else f"现由 {row.holder or '别人'} 办理"

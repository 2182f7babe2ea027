"""What other rooms do with hazards picked in the list: further buttons of the bar, added when they are installed."""

from __future__ import annotations

from collections.abc import Callable

from flask import Flask, current_app

from accounts.access import Actor

Button = tuple[str, str, str]
"""Label, look and address; the picked travel in the address as `pick`."""

MakeButton = Callable[[Actor], Button | None]


def add_bulk_button(app: Flask, make: MakeButton) -> None:
    """Give the list's bar a button; called by a room's `install`. None where it is not this person's."""
    app.extensions.setdefault("bulk_buttons", []).append(make)


def further_buttons(actor: Actor) -> list[Button]:
    """The buttons of other rooms for this person."""
    makers: list[MakeButton] = current_app.extensions.get("bulk_buttons", [])
    return [button for make in makers if (button := make(actor)) is not None]

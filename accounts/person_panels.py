"""What other rooms have to say on a person's page (open work, for instance); they add it when they are installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from flask import Flask, current_app

from accounts.access import Actor
from accounts.models import Person


@dataclass(frozen=True, slots=True)
class PersonPanel:
    """A panel: its title, its sentences and, where the reader may act, the label and address of the next step."""

    title: str
    lines: tuple[str, ...]
    label: str = ""
    url: str = ""


MakePanel = Callable[[Person, Actor], PersonPanel | None]


def add_person_panel(app: Flask, make: MakePanel) -> None:
    """Give every person's page a panel; called by a room's `install`. None where there is nothing to say."""
    app.extensions.setdefault("person_panels", []).append(make)


def panels_of(person: Person, actor: Actor) -> Iterator[PersonPanel]:
    """What the rooms say of this person to this reader."""
    makers: list[MakePanel] = current_app.extensions.get("person_panels", [])
    for make in makers:
        if (panel := make(person, actor)) is not None:
            yield panel

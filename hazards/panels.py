"""What other rooms have to say on a hazard's page (where it was found, for instance); added when they are installed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app

from accounts.access import Actor
from hazards.models import Hazard


@dataclass(frozen=True, slots=True)
class HazardPanel:
    """A panel: its id and title, rows of term and value as the macro `facts` takes them, and one link."""

    id: str
    title: str
    rows: tuple[tuple[Any, ...], ...]
    link: tuple[str, str] | None = None


MakePanel = Callable[[Hazard, Actor], HazardPanel | None]


def add_hazard_panel(app: Flask, make: MakePanel) -> None:
    """Give every hazard's page a panel; called by a room's `install`. None where there is nothing to say."""
    app.extensions.setdefault("hazard_panels", []).append(make)


def panels_of(hazard: Hazard, actor: Actor) -> Iterator[HazardPanel]:
    """What the rooms say of this hazard to this reader."""
    makers: list[MakePanel] = current_app.extensions.get("hazard_panels", [])
    for make in makers:
        if (panel := make(hazard, actor)) is not None:
            yield panel

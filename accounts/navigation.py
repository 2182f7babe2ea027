"""The areas of the product in the top bar and the phone's tab bar; each room adds its own when it is installed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from flask import Flask, current_app, request, url_for

from accounts.access import Actor
from accounts.roles import Role

NAV_AT_MOST = 6
TABS_AT_MOST = 5


@dataclass(frozen=True, slots=True)
class Area:
    """One place to go. `order` counts from the left; `icon` names a symbol of static/icons.svg.

    `roles` says for whom (empty: everybody signed in); `in_nav`, `in_tabs` where it stands; `tab_label` the shorter
    word of the phone; `count` how many things wait there.
    """

    endpoint: str
    label: str
    icon: str
    order: int
    roles: frozenset[Role] = frozenset()
    in_nav: bool = True
    in_tabs: bool = True
    tab_label: str = ""
    count: Callable[[Actor], int] | None = None

    def is_for(self, actor: Actor) -> bool:
        """Whether this person has the area."""
        return not self.roles or not self.roles.isdisjoint(actor.roles)


@dataclass(frozen=True, slots=True)
class Door:
    """An area as a page draws it."""

    url: str
    label: str
    icon: str
    active: bool
    count: int


def add_area(app: Flask, area: Area) -> None:
    """Give the application an area; called by a room's `install`."""
    app.extensions.setdefault("areas", []).append(area)


def nav_for(actor: Actor) -> list[Door]:
    """The top bar of this person, at most six areas."""
    return _doors([area for area in _areas_of(actor) if area.in_nav][:NAV_AT_MOST], actor)


def tabs_for(actor: Actor) -> list[Door]:
    """The phone's tab bar of this person, at most five areas."""
    return _doors([area for area in _areas_of(actor) if area.in_tabs][:TABS_AT_MOST], actor, short=True)


def _areas_of(actor: Actor) -> list[Area]:
    known: list[Area] = current_app.extensions.get("areas", [])
    mine = [area for area in known if area.is_for(actor) and area.endpoint in current_app.view_functions]
    return sorted(mine, key=lambda area: area.order)


def _doors(areas: list[Area], actor: Actor, *, short: bool = False) -> list[Door]:
    here = _here(areas)
    return [
        Door(
            url=url_for(area.endpoint),
            label=(short and area.tab_label) or area.label,
            icon=area.icon,
            active=area is here,
            count=area.count(actor) if area.count else 0,
        )
        for area in areas
    ]


def _here(areas: list[Area]) -> Area | None:
    """The area of this page: the one of its endpoint, else the nearest of its blueprint by address, else the first."""
    exact = [area for area in areas if area.endpoint == request.endpoint]
    if exact:
        return exact[0]
    near = [area for area in areas if area.endpoint.rpartition(".")[0] == request.blueprint]
    above = [area for area in near if request.path.startswith(url_for(area.endpoint))]
    return max(above, key=lambda area: len(url_for(area.endpoint))) if above else next(iter(near), None)

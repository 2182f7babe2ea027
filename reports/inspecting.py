"""今日排查: how the inspections of a person's units stand now, as a few lines of the home page."""

from __future__ import annotations

from datetime import datetime

from flask import url_for

from accounts.access import Actor
from accounts.roles import Role
from inspections.presenting.today import GROUPS
from inspections.queries.tasks import todays_states
from reports.figures import Figure


def inspecting_today(actor: Actor, now: datetime) -> tuple[Figure, ...]:
    """Each figure leads to its list; nothing for whoever inspects nothing. Three queries at most."""
    if actor.enterprise_id is None or actor.roles <= {Role.WORKER}:
        return ()
    states = todays_states(actor.enterprise_id, now=now)
    counted = [(group, sum(states[state] for state in group.states)) for group in GROUPS]
    return tuple(
        Figure(group.label, url_for("inspections.today", state=group.code), f"{number:,}", group.tone)
        for group, number in counted
        if number
    )


def not_inspected_words(figures: tuple[Figure, ...]) -> str:
    """What presses of them, for whom no hazard waits: an inspection that is late or ends today; "" for none."""
    pressing = [f"{one.text} {one.end} 项" for one in figures if one.tone]
    return f"排查还没有做完：{'；'.join(pressing)}。" if pressing else ""

"""What of inspecting stands in a person's calendar: the inspections they are to carry out now."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from accounts.access import Actor
from accounts.feeds import Entry
from inspections.queries.tasks import tasks_for
from workflows.cadence import TaskState


def entries_of(actor: Actor, now: datetime) -> Iterator[Entry]:
    """Each by its last day, or from–to where it lasts no longer than a day; no name of a place."""
    for task in tasks_for(actor, now=now):
        late = "（逾期）" if task.state is TaskState.LATE else ""
        is_short = task.period.first == task.period.last
        yield Entry(
            uid=f"inspection-{task.plan.duty_id}-{task.period_key}",
            title=f"{task.plan.tier.label}排查 {task.period.label}{late}",
            url="/inspections/",
            changed_at=task.window.opens,
            day=None if is_short else task.period.last,
            starts=task.window.opens if is_short else None,
            ends=task.window.ends if is_short else None,
        )

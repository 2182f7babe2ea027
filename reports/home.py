"""The home page put together: at most eleven queries, whoever looks (pages.md §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import g, url_for

from accounts.access import Actor
from accounts.queries import person_labels
from accounts.roles import Role, Side
from core.days import shanghai_day
from hazards.imports import may_import, open_imports
from hazards.waiting import COUNTED, count_waiting_for, waiting_for
from reports import waiting
from reports.figures import Doors, Figure, bounded, figure, other_figures, tier_figures
from reports.inspecting import inspecting_today, not_inspected_words
from reports.notice_rows import notice_rows, summary_with
from reports.presenting import (
    TodoRow,
    idle_text,
    import_row,
    late_remark,
    late_row,
    late_title,
    may_report,
    sent_row,
    summary,
    to_do,
    unaccepted_row,
)
from workflows.deadlines import RUNNING

SENT_SHOWN, MESSAGES_SHOWN = 5, 5


@dataclass(frozen=True, slots=True)
class Home:
    """Everything the home page shows of hazards and messages; totals are words, since a bounded count says 以上."""

    summary: str
    to_do: tuple[TodoRow, ...]
    to_do_total: str
    has_more: bool
    idle_text: str
    ways: tuple[tuple[str, str, str], ...]
    imports: tuple[TodoRow, ...]
    late: tuple[TodoRow, ...]
    late_title: str
    late_total: str
    late_remark: str
    unaccepted: tuple[TodoRow, ...]
    tiers: tuple[tuple[str, str, str, str], ...]
    figures: tuple[Figure, ...]
    sent: tuple[TodoRow, ...]
    sent_total: str
    messages: tuple[Any, ...]
    message_total: str
    may_report: bool
    doors: Doors
    inspecting: tuple[Figure, ...] = ()
    notices: tuple[TodoRow, ...] = ()
    notice_total: str = ""


def home_of(actor: Actor, now: datetime) -> Home:
    """The home page of a person of an enterprise or a regulator."""
    today = shanghai_day(now)
    items = waiting_for(actor, now=now)
    mine = {item.number for item in items}
    people = {person for item in items for person in (item.sender_id, item.instead_of) if person is not None}
    labels = person_labels(people)
    counted, counts = to_do_count(actor, now), waiting.counts(actor, today)
    sent, messages = waiting.sent(actor), waiting.unread(actor.person_id)
    late = waiting.overdue(today)
    others = [row for row in late if row.hazard.number not in mine]
    notices, notice_total = notice_rows(actor, now)
    inspecting = inspecting_today(actor, now)
    reports, shows_imports = may_report(actor), counts.imports > 0 and may_import(actor)
    return Home(
        summary=summary_with(
            summary(counted, [item.due_on for item in items if item.state in RUNNING], today), counted, notice_total
        ),
        to_do=tuple(to_do(item, labels, actor, now) for item in items),
        to_do_total=bounded(counted, COUNTED),
        has_more=counted > len(items),
        idle_text=not_inspected_words(inspecting) or idle_text(actor),
        ways=_ways(actor, reports, inspects=bool(not_inspected_words(inspecting))),
        imports=tuple(import_row(draft, now) for draft in (open_imports() if shows_imports else ())),
        late=tuple(late_row(row, actor, now) for row in others),
        late_title=late_title(actor),
        late_total=figure(counts.overdue, counts),
        late_remark=late_remark(counts.to_reinspect, len(late) - len(others)),
        unaccepted=tuple(unaccepted_row(row, actor, now) for row in _unaccepted(actor, today)),
        tiers=tier_figures(counts),
        figures=other_figures(counts),
        sent=tuple(sent_row(row, mine, now) for row in sent[:SENT_SHOWN]),
        sent_total=bounded(len(sent), waiting.READ),
        messages=tuple(messages[:MESSAGES_SHOWN]),
        message_total=bounded(len(messages), waiting.READ),
        may_report=reports,
        doors=Doors(),
        inspecting=inspecting,
        notices=notices,
        notice_total=notice_total,
    )


def _ways(actor: Actor, reports: bool, *, inspects: bool) -> tuple[tuple[str, str, str], ...]:
    """What a person may begin with while nothing waits."""
    found = [("去排查", url_for("inspections.index"), "plain")] if inspects else []
    found += [("上报隐患", url_for("hazards.new"), "plain")] if reports else []
    return (*found, *([("导入台账", url_for("hazards.imports"), "plain")] if may_import(actor) else []))


def _unaccepted(actor: Actor, today: date) -> list[waiting.HazardRow]:
    if actor.side is not Side.REGULATOR or not actor.holds(Role.INSPECTOR, Role.REVIEWER, Role.APPROVER):
        return []
    return waiting.not_accepted(actor, today)


def to_do_count(actor: Actor, now: datetime) -> int:
    """How many hazards wait for this person; asked once a request, since bar, tabs and page all show it."""
    if actor.side is Side.SYSTEM:
        return 0
    kept: tuple[int, int] | None = g.get("to_do_count")
    if kept is None or kept[0] != actor.person_id:
        kept = (actor.person_id, count_waiting_for(actor, now=now, most=COUNTED))
        g.to_do_count = kept
    return kept[1]

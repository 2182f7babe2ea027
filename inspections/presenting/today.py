"""今日排查 in lists: what the inspections of a person's units come to now, each figure of the home page one list."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from flask import url_for

from accounts.access import Actor
from inspections.presenting.mine import name_of
from inspections.queries.tasks import AtHand, Task, todays_tasks
from inspections.words import end_text
from workflows.cadence import STAND_INS, TaskState

SHOWN: Final = 300


@dataclass(frozen=True, slots=True)
class Group:
    """One list: its code in the address, its words, the states it holds, the colour of its figure."""

    code: str
    label: str
    states: frozenset[TaskState]
    tone: str = ""


# what presses most stands first
GROUPS: Final = (
    Group("late", "已逾期，可补查", frozenset({TaskState.LATE}), "late"),
    Group("due", "今天到期", frozenset({TaskState.DUE}), "soon"),
    Group("open", "本期内可查", frozenset({TaskState.OPEN})),
    Group("done", "本期已完成", frozenset({TaskState.DONE, TaskState.DONE_LATE})),
)


@dataclass(frozen=True, slots=True)
class TodayRow:
    """One inspection: which, of which unit and period, until when, whose it is, and how it stands."""

    name: str
    unit: str
    period: str
    until: str
    who: str
    said: str
    tone: str
    url: str


@dataclass(frozen=True, slots=True)
class Today:
    """The page: the lists with their numbers, the one that is shown, and its first rows."""

    counts: tuple[tuple[Group, int], ...]
    shown: Group
    number: int
    rows: tuple[TodayRow, ...]


def today_of(actor: Actor, enterprise_id: int, code: str, now: datetime) -> Today:
    """The list of this code, else the first that holds anything."""
    hand = todays_tasks(enterprise_id, now=now)
    of = {group.code: [one for one in hand.mine if one.state in group.states] for group in GROUPS}
    asked = next((group for group in GROUPS if group.code == code), None)
    shown = asked or next((group for group in GROUPS if of[group.code]), GROUPS[0])
    tasks = of[shown.code]
    return Today(
        tuple((group, len(of[group.code])) for group in GROUPS),
        shown,
        len(tasks),
        tuple(_row(one, hand, actor, now) for one in tasks[:SHOWN]),
    )


def _row(one: Task, hand: AtHand, actor: Actor, now: datetime) -> TodayRow:
    late = one.state is TaskState.LATE
    whose = "、".join(hand.names.get(person, "") for person in one.responsible)
    return TodayRow(
        name=name_of(one, hand.unit_names),
        unit=hand.unit_names.get(one.plan.unit_id, "") if one.plan.unit_id is not None else "全企业",
        period=one.period.label,
        until=f"补至 {end_text(one.window.closes, now)}" if late else end_text(one.window.ends, now),
        who=whose or "没有人可以排查",
        said=_said(one),
        tone="late" if late or one.state is TaskState.DONE_LATE else "soon" if one.state is TaskState.DUE else "",
        url=_url(one, actor),
    )


def _said(one: Task) -> str:
    if one.is_running:
        return "正在排查"
    return {
        TaskState.LATE: "已逾期",
        TaskState.DUE: "今天到期",
        TaskState.OPEN: "还没有开始",
        TaskState.DONE_LATE: "逾期补查",
    }.get(one.state, "按时完成")


def _url(one: Task, actor: Actor) -> str:
    """The inspection there is; else where this person may begin it; "" for whoever has no part in it."""
    if one.inspection_id is not None:
        return url_for("inspections.inspection", inspection_id=one.inspection_id)
    if actor.person_id in one.responsible or actor.holds(*STAND_INS):
        return url_for("inspections.index")
    return ""

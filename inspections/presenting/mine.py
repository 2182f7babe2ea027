"""排查: what this person has to inspect now, what waits for a signature, what could be done in another's place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import url_for

from accounts.access import Actor
from core.once import new_key
from inspections.models import Inspection
from inspections.operations.finishing import LEADER
from inspections.queries.done import DoneRow, Sought, done
from inspections.queries.inspecting import led_unsigned, unfinished_of
from inspections.queries.tasks import AtHand, Task, tasks_at_hand
from inspections.words import clock_text, end_text
from workflows.cadence import TaskState

NEWEST = 8
STAND_INS_SHOWN = 20


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a to-do list (templates/_components/todo.html)."""

    what: str
    url: str
    meta: tuple[str, ...]
    verb: str
    act_url: str
    act_method: str
    days: str
    days_tone: str = ""
    date: str = ""
    tone: str = ""
    ask: str = ""
    number: str = ""
    holder: str = ""


@dataclass(frozen=True, slots=True)
class Mine:
    """The whole page."""

    now: tuple[Row, ...]
    sign: tuple[Row, ...]
    instead: tuple[Row, ...]
    more_instead: int
    recent: tuple[DoneRow, ...]


def mine(actor: Actor, now: datetime) -> Mine:
    """Due today first, then late, then open; what runs besides any plan is first of all."""
    hand = tasks_at_hand(actor, now=now)
    units = hand.unit_names
    running = {one.id: one for one in unfinished_of(actor.person_id)}
    started = {task.inspection_id for task in hand.mine}
    besides = [_running_row(one, now) for one in running.values() if one.id not in started]
    order = {TaskState.DUE: 0, TaskState.LATE: 1, TaskState.OPEN: 2}
    rows = [_task_row(task, units, running, now) for task in sorted(hand.mine, key=lambda one: order[one.state])]
    led = led_unsigned(actor.enterprise_id) if actor.enterprise_id is not None and actor.holds(LEADER) else []
    others = _stand_in_rows(hand, now)
    return Mine(
        (*besides, *rows),
        tuple(_led_row(one, now) for one in led),
        others,
        max(0, len(hand.others) - STAND_INS_SHOWN),
        tuple(done(Sought(), limit=NEWEST)[:NEWEST]),
    )


def name_of(task: Task, units: Mapping[int, str]) -> str:
    """What a task is called: by its plan, else by its tier and unit."""
    plan = task.plan
    unit = units.get(plan.unit_id, "") if plan.unit_id is not None else "全企业"
    return plan.name or f"{plan.tier.label}排查：{unit}"


def _task_row(task: Task, units: Mapping[int, str], running: Mapping[int, Inspection], now: datetime) -> Row:
    own = running.get(task.inspection_id) if task.inspection_id is not None else None
    words = [task.period.label, units.get(task.plan.unit_id, "") if task.plan.unit_id is not None else "全企业"]
    verb, url, method = "开始排查", _start_url(task), "post"
    if own is not None:
        seen = own.items_ok + own.items_failed + own.items_na
        words.append(f"已检查 {seen} / {own.items} 项")
        verb, url, method = "继续排查", url_for("inspections.inspection", inspection_id=own.id), "get"
    elif task.is_running:
        words.append("已由别人开始")
        verb = "加入排查"
    days, tone, date = _when(task, now)
    shown = url if method == "get" else url_for("inspections.index")
    return Row(name_of(task, units), shown, tuple(words), verb, url, method, days, tone, date, _stripe(task))


def _start_url(task: Task) -> str:
    """The key makes one beginning of a page that is sent twice."""
    return url_for("inspections.start_one", plan=task.plan.id, period=task.period_key, key=new_key())


def _when(task: Task, now: datetime) -> tuple[str, str, str]:
    """Until when it is in time, or until when it still counts; the tone; a second line."""
    if task.state is TaskState.LATE:
        return "已逾期", "late", f"补至 {end_text(task.window.closes, now)}"
    return f"{end_text(task.window.ends, now)} 截止", "soon" if task.state is TaskState.DUE else "", ""


def _stripe(task: Task) -> str:
    return {TaskState.LATE: "red", TaskState.DUE: "orange"}.get(task.state, "")


def _running_row(one: Inspection, now: datetime) -> Row:
    url = url_for("inspections.inspection", inspection_id=one.id)
    seen = one.items_ok + one.items_failed + one.items_na
    words = (f"{clock_text(one.started_at, now)} 开始", f"已检查 {seen} / {one.items} 项")
    return Row(one.name, url, words, "继续排查", url, "get", one.state.label)


def _led_row(one: Inspection, now: datetime) -> Row:
    assert one.finished_at is not None
    url = url_for("inspections.inspection", inspection_id=one.id)
    words = (f"{clock_text(one.finished_at, now)} 完成", f"不合格 {one.items_failed} 项")
    sign = url_for("inspections.sign_led", inspection_id=one.id)
    return Row(one.name, url, words, "签名", sign, "get", "等您签名", "soon")


def _stand_in_rows(hand: AtHand, now: datetime) -> tuple[Row, ...]:
    rows = []
    for task in hand.others[:STAND_INS_SHOWN]:
        days, tone, date = _when(task, now)
        whose = hand.names.get(task.responsible[0], "") if task.responsible else ""
        words = (task.period.label, f"应由 {whose} 排查" if whose else "没有人可以排查")
        name, verb = name_of(task, hand.unit_names), "加入排查" if task.is_running else "代为排查"
        url = url_for("inspections.index")
        rows.append(Row(name, url, words, verb, _start_url(task), "post", days, tone, date, _stripe(task)))
    return tuple(rows)

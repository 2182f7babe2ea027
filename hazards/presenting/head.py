"""The head of a hazard's page: number, text, grade, state, flags, and the deadline with how it was counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from core.days import shanghai_day
from hazards.case import Loaded
from hazards.models import DeadlineChange, Hazard
from hazards.presenting.words import day_text, headline, left_text, moment_text, weekday_text
from workflows.closure import Origin
from workflows.colours import tone
from workflows.vocabulary import Action, Grade, State

PROVISIONAL = "{year} 年的工作日表还没有装载，期限暂按周一至周五计，装载后自动重算。"


@dataclass(frozen=True, slots=True)
class Clock:
    """The deadline box: words, tone and share of time used (percent 0–100 or None)."""

    label: str
    left: str
    date: str = ""
    tone: str = ""
    percent: int | None = None
    bar_tone: str = "blue"
    how: tuple[str, ...] = ()
    provisional: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above everything else."""

    number: str
    title: str
    state: State
    grade: Grade
    listed: str
    changed: int
    imported: bool
    tier: str
    tier_tone: str
    clock: Clock


def head_of(loaded: Loaded, changes: Sequence[DeadlineChange], now: datetime) -> Head:
    """The head of the page."""
    hazard, today = loaded.hazard, shanghai_day(now)
    return Head(
        number=hazard.number,
        title=headline(hazard.description),
        state=hazard.state,
        grade=hazard.grade,
        listed=_listed(hazard),
        changed=hazard.changed_since_signed,
        imported=hazard.imported,
        tier=f"{hazard.tier.label}清单" if hazard.state.is_open else "",
        tier_tone=tone(hazard.state, hazard.grade, hazard.tier, hazard.deadline, today) or "",
        clock=clock_of(hazard, changes, today),
    )


def _listed(hazard: Hazard) -> str:
    if hazard.listed_level is None:
        return ""
    return f"{hazard.listed_level.label}挂牌督办" + ("（已摘牌）" if hazard.delisted_on else "")


def clock_of(hazard: Hazard, changes: Sequence[DeadlineChange], today: date) -> Clock:
    """Which term runs now, what is left of it, and how it was counted."""
    if hazard.state is State.CLOSED:
        return Clock("已销号", moment_text(hazard.closed_at), how=_endings(hazard))
    if hazard.state is State.DISMISSED:
        return Clock("不予认定", moment_text(hazard.dismissed_at))
    if hazard.state is State.VERIFIED:
        return Clock("已验收", moment_text(hazard.verified_at), how=_deadline_lines(hazard, changes))
    if hazard.deadline is None:
        return _before_deadline(hazard, today)
    return _running(hazard, hazard.deadline, changes, today)


def _endings(hazard: Hazard) -> tuple[str, ...]:
    lines = [f"核销单位：{hazard.closed_by_office}"] if hazard.closed_by_office else []
    lines += [f"清单销号：{day_text(hazard.struck_off_on)}"] if hazard.struck_off_on else []
    lines += [f"摘牌：{day_text(hazard.delisted_on)}"] if hazard.delisted_on else []
    return tuple(lines)


def _before_deadline(hazard: Hazard, today: date) -> Clock:
    if hazard.state is State.REPORTED and hazard.accept_due is not None:
        left, hue = left_text((hazard.accept_due - today).days)
        word = left if hue != "late" else left.replace("逾期", "逾期未受理")
        how = ("自上报之日次日起 3 个工作日内受理",)
        return Clock("受理期限", word, weekday_text(hazard.accept_due), hue, how=how)
    text = (f"原文：{hazard.deadline_text}",) if hazard.deadline_text else ()
    return Clock("整改期限", "还没有定", how=text)


def _running(hazard: Hazard, deadline: date, changes: Sequence[DeadlineChange], today: date) -> Clock:
    left, hue = left_text((deadline - today).days)
    percent = _share_used(hazard, deadline, changes, today)
    return Clock(
        "整改期限",
        left,
        weekday_text(deadline),
        hue,
        percent,
        "red" if hue == "late" else "orange" if hue == "soon" or (percent or 0) >= 80 else "blue",
        _deadline_lines(hazard, changes) + _other_terms(hazard, today),
        PROVISIONAL.format(year=deadline.year) if hazard.deadline_provisional else "",
    )


def _share_used(hazard: Hazard, deadline: date, changes: Sequence[DeadlineChange], today: date) -> int | None:
    """Percent of the time from the first deadline's setting (an order: its service) to the deadline."""
    if not changes:
        return None
    start = shanghai_day(changes[0].at)
    if hazard.origin is Origin.ORDERED and hazard.served_on is not None:
        start = hazard.served_on
    whole = (deadline - start).days
    if whole <= 0:
        return 100
    return max(0, min(100, round(100 * (today - start).days / whole)))


def _deadline_lines(hazard: Hazard, changes: Sequence[DeadlineChange]) -> tuple[str, ...]:
    lines = [changes[-1].counted] if changes and changes[-1].counted else []
    if hazard.deadline_first is not None and hazard.deadline_first != hazard.deadline:
        moved = [change for change in changes if change.action in (Action.EXTEND, Action.RETURN, Action.REOPEN)]
        words = "、".join(dict.fromkeys(change.action.label for change in moved)) or "变更"
        lines.append(f"原期限 {hazard.deadline_first.isoformat()}，因{words}改为现期限")
    return tuple(lines)


def _other_terms(hazard: Hazard, today: date) -> tuple[str, ...]:
    lines = []
    if hazard.reinspection_due is not None:
        lines.append(f"复查时限：{_term(hazard.reinspection_due, today)}")
    if hazard.grade is Grade.MAJOR and hazard.plan_signed_at is None and hazard.plan_due is not None:
        lines.append(f"整改方案提交时限：{_term(hazard.plan_due, today)}")
    return tuple(lines)


def _term(due: date, today: date) -> str:
    return f"{due.isoformat()}，{left_text((due - today).days)[0]}"

"""Verbs on when an enterprise works: rest days, rotas, night shifts, stopped plants.

What was missed stays missed: whoever keeps the calendar for the own enterprise says it beforehand, not afterwards.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime, time

from accounts.access import Actor
from accounts.authority import allow, may_keep_contacts
from accounts.history import record
from accounts.models import Enterprise
from accounts.news import ShiftsChanged
from accounts.queries import get_unit
from accounts.roles import Side
from accounts.shift_models import WorkCalendar, WorkStop
from core.days import shanghai_day
from core.db import db
from core.refusals import Invalid
from core.shifts import LATE_IN_THE_DAY, WorkKind
from core.web import announcements

KEEPERS = "本企业安全管理人员或监管部门"
LONGEST_ROTA = 60  # days of one cycle
LATEST_HANDOVER = time(12, 0)


@dataclass(frozen=True, slots=True)
class CalendarDetails:
    """When a unit works; `pattern` as `core.shifts.Shifts` reads it."""

    kind: WorkKind
    pattern: str = ""
    starts_on: date | None = None
    keeps_holidays: bool = True
    day_ends: time = time(0, 0)
    late_from: time = LATE_IN_THE_DAY


def set_calendar(
    enterprise: Enterprise, unit_id: int | None, details: CalendarDetails, *, by: Actor | None, now: datetime
) -> WorkCalendar:
    """Say when an enterprise or one of its units works from tomorrow on; for the days before what stood then holds."""
    _allow(enterprise, by)
    _check(details)
    if unit_id is not None:
        get_unit(enterprise.id, unit_id)
    made = WorkCalendar(
        enterprise_id=enterprise.id,
        unit_id=unit_id,
        made_at=now,
        made_by_id=by.person_id if by else None,
        **asdict(details),
    )
    db.session.add(made)
    db.session.flush()
    record(enterprise, "shifts_set", by=by, now=now, unit=unit_id, calendar=made.id)
    announcements().announce(ShiftsChanged(enterprise.id, now))
    return made


def _check(details: CalendarDetails) -> None:
    pattern = details.pattern
    if details.kind is WorkKind.WEEKDAYS and not re.fullmatch("[01]{7}", pattern):
        raise Invalid("每周的工作日没有选对。", fields={"weekdays": "请至少选一天。"})
    if details.kind is WorkKind.ROTA and not re.fullmatch(f"[01]{{2,{LONGEST_ROTA}}}", pattern):
        sentence = f"请写成 1 和 0，1 为上班、0 为休息，例如四班两运转写 1100；最多 {LONGEST_ROTA} 天。"
        raise Invalid("轮班周期没有写对。", fields={"rota": sentence})
    if details.kind in (WorkKind.WEEKDAYS, WorkKind.ROTA) and "1" not in pattern:
        field = "weekdays" if details.kind is WorkKind.WEEKDAYS else "rota"
        raise Invalid("没有工作日。", fields={field: "至少要有一个工作日；停产请登记停产。"})
    if details.kind is WorkKind.ROTA and details.starts_on is None:
        raise Invalid("轮班没有起始日。", fields={"starts_on": "请填周期第一天的日期。"})
    if details.day_ends > LATEST_HANDOVER:
        raise Invalid("交班时间不对。", fields={"day_ends": "夜班在次日中午以前交班；没有夜班的填 00:00。"})


def add_stop(
    enterprise: Enterprise,
    unit_id: int | None,
    first: date,
    last: date | None,
    reason: str,
    *,
    by: Actor | None,
    now: datetime,
) -> WorkStop:
    """Register that an enterprise or unit does not work from–to, and why."""
    _allow(enterprise, by)
    wrong = {}
    if last is not None and last < first:
        wrong["last_on"] = "止日早于起日。请改正。"
    if not reason.strip():
        wrong["reason"] = "请写明停产的原因。"
    if _is_own(by) and first < shanghai_day(now):
        wrong["first_on"] = "停产要事先登记，起日最早是今天；已过的日子请由监管部门登记。"
    if wrong:
        raise Invalid("停产还不能登记：" + "".join(wrong.values()), fields=wrong)
    if unit_id is not None:
        get_unit(enterprise.id, unit_id)
    made = WorkStop(
        enterprise_id=enterprise.id,
        unit_id=unit_id,
        first_on=first,
        last_on=last,
        reason=reason.strip()[:300],
        made_at=now,
        made_by_id=by.person_id if by else None,
    )
    db.session.add(made)
    db.session.flush()
    record(enterprise, "stop_added", by=by, now=now, unit=unit_id, stop=made.id)
    announcements().announce(ShiftsChanged(enterprise.id, now))
    return made


def end_stop(enterprise: Enterprise, stop: WorkStop, *, by: Actor | None, now: datetime) -> None:
    """Work begins again today: the stop ends yesterday, or is withdrawn where it had not begun."""
    _allow(enterprise, by)
    today = shanghai_day(now)
    if stop.withdrawn_at is not None or (stop.last_on is not None and stop.last_on < today):
        raise Invalid("这次停产已经结束，不用再办。", fields={})
    if stop.first_on >= today:
        stop.withdrawn_at = now
    else:
        stop.last_on = date.fromordinal(today.toordinal() - 1)
    record(enterprise, "stop_ended", by=by, now=now, stop=stop.id)
    announcements().announce(ShiftsChanged(enterprise.id, now))


def _allow(enterprise: Enterprise, by: Actor | None) -> None:
    allow(by is None or may_keep_contacts(by, enterprise), "登记班次和停产", KEEPERS)


def _is_own(by: Actor | None) -> bool:
    return by is not None and by.side is Side.ENTERPRISE

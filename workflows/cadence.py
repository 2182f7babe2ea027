"""日周月: who inspects how often, when an inspection is due, and how an uncleared hazard moves up the lists.

Pure tables and functions; the unit's shifts and the moment are passed in. Sources: the Chongqing plans of 2024–2026
(team daily, department weekly, plant monthly, principal quarterly, in high-risk industries monthly; 日清周进 周清月进
月清季进), read as domain.md §4 says; rows marked [design] are decided for this product.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from accounts.roles import Role
from core.shifts import Shifts
from workflows.deadlines import RUNNING
from workflows.vocabulary import Label, State, Tier

R = Role


@dataclass(frozen=True, slots=True)
class TierRow:
    """One row of the table: who inspects, who answers for the list (the first there is), how long one may be late.

    `grace` is the number of the unit's working days after the period within which a late inspection still counts as
    done late; afterwards it is missed for good (未开展排查) [design].
    """

    tier: Tier
    inspectors: tuple[Role, ...]
    owners: tuple[Role, ...]
    grace: int
    clears: str
    source: str


PLAN = "日周月隐患排查方案（重庆 2024–2026）"
TIERS: dict[Tier, TierRow] = {
    row.tier: row
    for row in (
        TierRow(Tier.DAY, (R.TEAM_LEADER,), (R.TEAM_LEADER, R.DEPARTMENT_HEAD, R.SAFETY_MANAGER, R.PRINCIPAL), 1,
                "日清周进", f"{PLAN}：班组每日"),
        TierRow(Tier.WEEK, (R.DEPARTMENT_HEAD,), (R.DEPARTMENT_HEAD, R.SAFETY_MANAGER, R.PLANT_MANAGER, R.PRINCIPAL), 2,
                "周清月进", f"{PLAN}：部门每周"),
        TierRow(Tier.MONTH, (R.PLANT_MANAGER,), (R.PLANT_MANAGER, R.PRINCIPAL, R.SAFETY_MANAGER), 5,
                "月清季进", f"{PLAN}：厂级每月"),
        TierRow(Tier.QUARTER, (R.PRINCIPAL,), (R.PRINCIPAL, R.PLANT_MANAGER, R.SAFETY_MANAGER), 10,
                "", f"{PLAN}：主要负责人每季度，高危行业每月"),
    )
}  # fmt: skip
ORDER: tuple[Tier, ...] = tuple(Tier)
# whoever keeps the 台账 may carry out any inspection in the place of the person away; shown as done in that place
STAND_INS = frozenset({R.SAFETY_MANAGER})


class Frequency(Label):
    """How often an inspection is carried out; its period."""

    DAY = "day", "每日"
    WEEK = "week", "每周"
    MONTH = "month", "每月"
    QUARTER = "quarter", "每季度"


USUAL: dict[Tier, Frequency] = dict(zip(ORDER, Frequency, strict=True))
MOST_A_DAY = 24  # chemical plants: operators hourly, technicians twice daily


def usual_frequency(tier: Tier, *, high_risk: bool) -> Frequency:
    """How often a tier inspects: as its name says, the principal of a high-risk industry every month."""
    return Frequency.MONTH if tier is Tier.QUARTER and high_risk else USUAL[tier]


# --- periods ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A Shanghai day (or the n-th of `slots` parts of one), an ISO week, a month or a quarter."""

    first: date
    last: date
    frequency: Frequency
    slot: int = 0
    slots: int = 1

    @property
    def key(self) -> str:
        """2026-11-22, 2026-11-22#2 (of several a day), 2026-W47, 2026-11, 2026-Q4."""
        match self.frequency:
            case Frequency.DAY:
                return self.first.isoformat() + (f"#{self.slot + 1}" if self.slots > 1 else "")
            case Frequency.WEEK:
                year, week, _ = self.first.isocalendar()
                return f"{year}-W{week:02d}"
            case Frequency.MONTH:
                return f"{self.first:%Y-%m}"
            case _:
                return f"{self.first.year}-Q{(self.first.month + 2) // 3}"

    @property
    def label(self) -> str:
        """11 月 22 日, 11 月 22 日第 2 次, 2026 年第 47 周, 2026 年 11 月, 2026 年第 4 季度."""
        match self.frequency:
            case Frequency.DAY:
                day = f"{self.first.month} 月 {self.first.day} 日"
                return day + (f"第 {self.slot + 1} 次" if self.slots > 1 else "")
            case Frequency.WEEK:
                year, week, _ = self.first.isocalendar()
                return f"{year} 年第 {week} 周"
            case Frequency.MONTH:
                return f"{self.first.year} 年 {self.first.month} 月"
            case _:
                return f"{self.first.year} 年第 {(self.first.month + 2) // 3} 季度"


def period_of(frequency: Frequency, day: date, *, slot: int = 0, slots: int = 1) -> Period:
    """The period that holds a day."""
    match frequency:
        case Frequency.DAY:
            return Period(day, day, frequency, slot, slots)
        case Frequency.WEEK:
            monday = day - timedelta(days=day.weekday())
            return Period(monday, monday + timedelta(days=6), frequency)
        case Frequency.MONTH:
            return Period(day.replace(day=1), _month_end(day.year, day.month), frequency)
        case _:
            first = (day.month - 1) // 3 * 3 + 1
            return Period(date(day.year, first, 1), _month_end(day.year, first + 2), frequency)


def _month_end(year: int, month: int) -> date:
    return date(year + month // 12, month % 12 + 1, 1) - timedelta(days=1)


def periods_between(frequency: Frequency, first: date, last: date, *, slots: int = 1) -> Iterator[Period]:
    """Every period that ends from `first` to `last`, both included, in order."""
    day = first
    while True:
        period = period_of(frequency, day)
        if period.last > last:
            return
        for slot in range(slots if frequency is Frequency.DAY else 1):
            yield period_of(frequency, day, slot=slot, slots=slots if frequency is Frequency.DAY else 1)
        day = period.last + timedelta(days=1)


def period_from_key(key: str, *, slots: int = 1) -> Period:
    """The period of a key as `Period.key` writes it; ValueError for anything else."""
    if "-W" in key:
        year, week = key.split("-W")
        return period_of(Frequency.WEEK, date.fromisocalendar(int(year), int(week), 1))
    if "-Q" in key:
        year, quarter = key.split("-Q")
        return period_of(Frequency.QUARTER, date(int(year), int(quarter) * 3 - 2, 1))
    day, _, slot = key.partition("#")
    if len(day) == len("2026-11"):
        return period_of(Frequency.MONTH, date.fromisoformat(f"{day}-01"))
    return period_of(Frequency.DAY, date.fromisoformat(day), slot=int(slot) - 1 if slot else 0, slots=slots)


# --- when an inspection is due ---------------------------------------------------------------------------------


class TaskState(Label):
    """How an inspection that a plan asks for stands."""

    OFF = "off", "不需排查"
    UPCOMING = "upcoming", "未到时间"
    OPEN = "open", "可排查"
    DUE = "due", "今天到期"
    LATE = "late", "已逾期，可补查"
    MISSED = "missed", "未开展"
    DONE = "done", "按时完成"
    DONE_LATE = "done_late", "逾期补查"


SETTLED = frozenset({TaskState.MISSED, TaskState.DONE, TaskState.DONE_LATE})


@dataclass(frozen=True, slots=True)
class Window:
    """From when an inspection may begin, until when it is in time, and until when a late one still counts."""

    opens: datetime
    ends: datetime
    closes: datetime
    last_working: date


def window(tier: Tier, period: Period, shifts: Shifts) -> Window | None:
    """The window of one inspection; None where the unit does not work in the period at all."""
    working = shifts.working_between(period.first, period.last)
    if not working:
        return None
    opens = shifts.end_of(period.first - timedelta(days=1))
    whole = shifts.end_of(period.last) - opens
    ends = opens + whole * (period.slot + 1) / period.slots
    closes = shifts.end_of(shifts.add_working(period.last, TIERS[tier].grace))
    return Window(opens + whole * period.slot / period.slots, ends, closes, working[-1])


def task_state(
    tier: Tier, period: Period, shifts: Shifts, *, now: datetime, done_at: datetime | None = None
) -> TaskState:
    """How the inspection of a period stands at this moment.

    In time is what is finished before the period ends; late what is finished within the grace after it.
    """
    frame = window(tier, period, shifts)
    if done_at is not None:
        return TaskState.DONE if frame is None or done_at <= frame.ends else TaskState.DONE_LATE
    if frame is None:
        return TaskState.OFF
    if now < frame.opens:
        return TaskState.UPCOMING
    if now >= frame.closes:
        return TaskState.MISSED
    if now >= frame.ends:
        return TaskState.LATE
    return TaskState.DUE if shifts.day_of(now) >= frame.last_working else TaskState.OPEN


# --- moving up the lists ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """On which list a hazard stands and since which day of its unit."""

    tier: Tier
    since: date


def is_listed(state: State) -> bool:
    """Whether a hazard of this state stands on a list: it leaves once it is at least verified."""
    return state in RUNNING


def entry(found: datetime, shifts: Shifts) -> Standing:
    """Where a new hazard stands first: the list of the day of its team (of the next shift, if found late)."""
    return Standing(Tier.DAY, shifts.list_day(found))


def reentry(left: Tier, now: datetime, shifts: Shifts) -> Standing:
    """Returned or reopened it stands again on the list it left."""
    return Standing(left, shifts.list_day(now))


def last_day(standing: Standing, shifts: Shifts) -> date | None:
    """The last day on which it stands on this list; None on the quarter's, from which nothing moves on.

    The period is the one that holds the unit's first working day on the list, so that whoever answers for a list has
    a working day to clear it [design].
    """
    if standing.tier is Tier.QUARTER:
        return None
    working = shifts.next_working(standing.since)
    return None if working is None else period_of(USUAL[standing.tier], working).last


def moves_at(standing: Standing, shifts: Shifts) -> datetime | None:
    """The instant at which it moves up if it is not cleared; None where it never does by itself."""
    last = last_day(standing, shifts)
    return None if last is None else shifts.end_of(last)


def moves_until(standing: Standing, shifts: Shifts, now: datetime) -> Iterator[Standing]:
    """Each standing it comes to until this moment, in order: one move for each period, never down."""
    at = standing
    while (moment := moves_at(at, shifts)) is not None and moment <= now:
        last = last_day(at, shifts)
        assert last is not None
        at = Standing(ORDER[ORDER.index(at.tier) + 1], last + timedelta(days=1))
        yield at


def holding(deadline: date, today: date) -> Tier:
    """The lowest list whose running period holds an approved later deadline."""
    for tier in ORDER:
        if deadline <= period_of(USUAL[tier], today).last:
            return tier
    return Tier.QUARTER


def held(standing: Standing, deadline: date, today: date) -> Standing:
    """Where it stands once a later deadline is approved: never lower than before."""
    first = max(today, standing.since)  # found late in the day it stands only from the next shift
    tier = holding(deadline, first)
    return Standing(tier, first) if ORDER.index(tier) > ORDER.index(standing.tier) else standing


# --- who answers for a list ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the enterprise in one role, of a unit or of the whole."""

    person: int
    role: Role
    unit: int | None


def list_owner(tier: Tier, line: Sequence[int], members: Collection[Member]) -> int | None:
    """Who must now care: the first role of the row that somebody holds; None where nobody does.

    `line` are the hazard's unit and those above it. Leaders of teams and departments answer for their own line, from
    the nearest unit up; those of the plant for all of it. Where several could, the one registered first.
    """
    for role in TIERS[tier].owners:
        of_role = [member for member in members if member.role is role]
        if role not in OF_UNITS:
            if of_role:
                return min(member.person for member in of_role)
            continue
        for unit in line:
            near = [member.person for member in of_role if member.unit == unit]
            if near:
                return min(near)
    return None


def may_own(person: int, tier: Tier, line: Collection[int], members: Collection[Member]) -> bool:
    """Whether a person holds a role that answers for this list, for a unit's leaders in its line."""
    return any(
        member.person == person
        and member.role in TIERS[tier].owners
        and (member.role not in OF_UNITS or member.unit in line)
        for member in members
    )


OF_UNITS = frozenset({R.TEAM_LEADER, R.DEPARTMENT_HEAD})

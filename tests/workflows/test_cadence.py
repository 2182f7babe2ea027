"""日周月: periods, windows and moves hold for every way of working, at every moment, in every order of catching up."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.roles import Role
from core.days import SHANGHAI, WorkingDays, start_of_day
from core.shifts import Shifts, Stop, WorkKind
from workflows.cadence import (
    ORDER,
    SETTLED,
    TIERS,
    USUAL,
    Frequency,
    Member,
    Period,
    Standing,
    TaskState,
    entry,
    held,
    holding,
    is_listed,
    last_day,
    list_owner,
    may_own,
    moves_at,
    moves_until,
    period_from_key,
    period_of,
    periods_between,
    reentry,
    task_state,
    usual_frequency,
    window,
)
from workflows.cadence_document import DOCUMENT, document, tables_markdown
from workflows.vocabulary import State, Tier

DAY, WEEK, MONTH, QUARTER = Tier
# leap day, ends of months and years, and a golden week lie within
DAYS = st.dates(date(2027, 11, 1), date(2029, 3, 31))
HOLIDAYS = WorkingDays(
    {date(2028, 10, d): False for d in range(1, 9)} | {date(2028, 9, 30): True, date(2028, 1, 1): False}, frozenset()
)


@st.composite
def stops(draw: st.DrawFn) -> Stop:
    first = draw(DAYS)
    last = draw(st.one_of(st.none(), st.integers(0, 60).map(lambda n: first + timedelta(days=n))))
    return Stop(first, last, "检修")


@st.composite
def shifts(draw: st.DrawFn, *, may_end: bool = True) -> Shifts:
    kind = draw(st.sampled_from(WorkKind))
    pattern = ""
    if kind is WorkKind.WEEKDAYS:
        pattern = draw(st.text("01", min_size=7, max_size=7).filter(lambda text: "1" in text))
    if kind is WorkKind.ROTA:
        pattern = draw(st.text("01", min_size=1, max_size=12).filter(lambda text: "1" in text))
    made = draw(st.lists(stops(), max_size=3))
    return Shifts(
        kind=kind,
        pattern=pattern,
        starts_on=draw(DAYS) if kind is WorkKind.ROTA else None,
        keeps_holidays=draw(st.booleans()),
        day_ends=draw(st.sampled_from([time(0), time(7, 30), time(8), time(12)])),
        stops=tuple(stop for stop in made if may_end or stop.last is not None),
        days=HOLIDAYS,
    )


# the bounds are naive, as the strategy wants them
MOMENTS = st.datetimes(datetime(2027, 11, 1), datetime(2029, 6, 30), timezones=st.just(UTC))  # noqa: DTZ001
STANDINGS = st.builds(Standing, st.sampled_from(Tier), DAYS)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


# --- moving up -------------------------------------------------------------------------------------------------


@given(STANDINGS, shifts(), MOMENTS)
def test_no_hazard_moves_down_or_twice_for_one_period(standing: Standing, works: Shifts, now: datetime) -> None:
    before, moments = standing, []
    for step in moves_until(standing, works, now):
        moment, last = moves_at(before, works), last_day(before, works)
        assert moment is not None
        assert last is not None
        assert ORDER.index(step.tier) == ORDER.index(before.tier) + 1
        assert step.since == last + timedelta(days=1) > before.since
        moments.append(moment)
        before = step
    assert moments == sorted(set(moments))
    assert all(moment <= now for moment in moments)
    following = moves_at(before, works)
    assert following is None or following > now


@given(STANDINGS, shifts(), st.lists(MOMENTS, min_size=1, max_size=6))
def test_any_order_and_number_of_catching_up_gives_the_same_lists(
    standing: Standing, works: Shifts, moments: list[datetime]
) -> None:
    """The clock may jump back between two runs: what has moved stays moved."""
    stood, moved = standing, []
    for moment in moments:
        for step in moves_until(stood, works, moment):
            stood = step
            moved.append(step)
    at_once = list(moves_until(standing, works, max(moments)))
    assert moved == at_once
    assert stood == (at_once[-1] if at_once else standing)


@given(STANDINGS, shifts())
def test_whoever_answers_for_a_list_has_a_working_day_to_clear_it(standing: Standing, works: Shifts) -> None:
    last = last_day(standing, works)
    if standing.tier is QUARTER or works.next_working(standing.since) is None:
        assert last is None
        return
    assert last is not None
    assert works.working_between(standing.since, last)


@given(STANDINGS, DAYS, DAYS)
def test_a_later_deadline_never_lowers_and_lifts_once(standing: Standing, deadline: date, today: date) -> None:
    then = held(standing, deadline, today)
    assert ORDER.index(then.tier) >= ORDER.index(standing.tier)
    assert then.since >= standing.since
    assert held(then, deadline, today) == then
    assert then == standing or then.tier is holding(deadline, max(today, standing.since))


@given(DAYS, DAYS)
def test_the_list_of_a_deadline_is_the_lowest_whose_period_holds_it(deadline: date, today: date) -> None:
    tier = holding(deadline, today)
    lower = ORDER[: ORDER.index(tier)]
    assert tier is QUARTER or deadline <= period_of(USUAL[tier], today).last
    assert all(deadline > period_of(USUAL[one], today).last for one in lower)


@given(MOMENTS, shifts())
def test_a_new_hazard_stands_on_a_day_that_is_not_over_and_is_worked(found: datetime, works: Shifts) -> None:
    stands = entry(found, works)
    assert stands.tier is DAY
    assert stands.since >= works.day_of(found)
    assert works.is_working(stands.since) or works.next_working(stands.since) is None
    moment = moves_at(stands, works)
    assert moment is None or moment > found


@given(st.sampled_from(Tier), MOMENTS, shifts())
def test_reopened_it_stands_on_the_list_it_left(left: Tier, now: datetime, works: Shifts) -> None:
    stands = reentry(left, now, works)
    assert stands.tier is left
    moment = moves_at(stands, works)
    assert moment is None or moment > now


@pytest.mark.parametrize(
    ("found", "moves"),
    [
        ("2026-11-16T10:00", ["2026-11-17", "2026-11-23", "2026-12-01"]),  # Monday
        ("2026-11-20T16:00", ["2026-11-24", "2026-11-30", "2026-12-01"]),  # late on Friday: Monday's
        ("2026-11-30T23:59", ["2026-12-02", "2026-12-07", "2027-01-01"]),  # at the last minute of a month
        ("2028-02-29T09:00", ["2028-03-01", "2028-03-06", "2028-04-01"]),  # leap day
        ("2028-12-29T09:00", ["2028-12-30", "2029-01-08", "2029-02-01"]),  # the last Friday of a year
    ],
)
def test_moves_as_a_calendar_has_them(found: str, moves: list[str]) -> None:
    works = Shifts()
    steps = moves_until(entry(at(found), works), works, at("2029-12-31T00:00"))
    assert [step.since.isoformat() for step in steps] == moves


def test_at_midnight_and_not_before_it() -> None:
    works = Shifts()
    stands = entry(at("2026-11-16T10:00"), works)
    assert list(moves_until(stands, works, at("2026-11-17T00:00") - timedelta(microseconds=1))) == []
    assert list(moves_until(stands, works, at("2026-11-17T00:00"))) == [Standing(WEEK, date(2026, 11, 17))]


def test_a_night_shift_keeps_its_day_until_the_handover() -> None:
    works = Shifts(WorkKind.EVERY_DAY, day_ends=time(8))
    stands = entry(at("2026-11-17T03:00"), works)
    assert stands == Standing(DAY, date(2026, 11, 16))
    assert moves_at(stands, works) == at("2026-11-17T08:00")
    assert entry(at("2026-11-17T08:00"), works).since == date(2026, 11, 17)


def test_a_unit_that_does_not_work_has_no_day_to_miss() -> None:
    stopped = Shifts(stops=(Stop(date(2026, 11, 17), date(2026, 12, 6), "检修"),))
    assert moves_at(entry(at("2026-11-17T09:00"), stopped), stopped) == at("2026-12-08T00:00")
    assert moves_at(Standing(WEEK, date(2026, 11, 17)), stopped) == at("2026-12-14T00:00")
    closed = Shifts(stops=(Stop(date(2026, 11, 17), None, "关闭"),))
    assert moves_at(entry(at("2026-11-17T09:00"), closed), closed) is None


def test_it_is_listed_until_it_is_verified() -> None:
    assert [state for state in State if is_listed(state)] == [State.REPORTED, State.RECTIFYING]


# --- periods ---------------------------------------------------------------------------------------------------


@given(st.sampled_from(Frequency), DAYS)
def test_every_day_lies_in_one_period_which_its_key_gives_again(frequency: Frequency, day: date) -> None:
    period = period_of(frequency, day)
    assert period.first <= day <= period.last
    assert period_of(frequency, period.first) == period_of(frequency, period.last) == period
    assert period_from_key(period.key) == period
    assert period_of(frequency, period.last + timedelta(days=1)).first == period.last + timedelta(days=1)


@given(DAYS, st.integers(2, 24), st.integers(0, 23))
def test_several_a_day_have_keys_of_their_own(day: date, slots: int, slot: int) -> None:
    assume(slot < slots)
    period = period_of(Frequency.DAY, day, slot=slot, slots=slots)
    assert period_from_key(period.key, slots=slots) == period


@given(st.sampled_from(Frequency), DAYS, st.integers(0, 200))
def test_periods_between_are_those_that_end_there(frequency: Frequency, first: date, length: int) -> None:
    last = first + timedelta(days=length)
    made = list(periods_between(frequency, first, last))
    expected = sorted({period_of(frequency, first + timedelta(days=n)) for n in range(length + 1)})
    assert made == [period for period in expected if period.last <= last]


# --- when an inspection is due ---------------------------------------------------------------------------------

RANK = {
    state: rank
    for rank, state in enumerate((TaskState.UPCOMING, TaskState.OPEN, TaskState.DUE, TaskState.LATE, TaskState.MISSED))
}


@given(st.sampled_from(Tier), st.sampled_from(Frequency), DAYS, shifts(), st.lists(MOMENTS, min_size=2, max_size=6))
def test_an_inspection_passes_its_states_in_one_direction(
    tier: Tier, frequency: Frequency, day: date, works: Shifts, moments: list[datetime]
) -> None:
    period = period_of(frequency, day)
    states = [task_state(tier, period, works, now=moment) for moment in sorted(moments)]
    if window(tier, period, works) is None:
        assert set(states) == {TaskState.OFF}
        return
    ranks = [RANK[state] for state in states]
    assert ranks == sorted(ranks)


@given(st.sampled_from(Tier), DAYS, st.integers(1, 24), shifts())
def test_windows_follow_one_another_without_gap(tier: Tier, day: date, slots: int, works: Shifts) -> None:
    parts = [window(tier, period_of(Frequency.DAY, day, slot=n, slots=slots), works) for n in range(slots)]
    frames = [part for part in parts if part is not None]
    assume(frames)
    assert frames[0].opens == works.end_of(day - timedelta(days=1))
    assert frames[-1].ends == works.end_of(day)
    assert all(one.ends == two.opens for one, two in pairwise(frames))
    assert all(frame.opens < frame.ends < frame.closes for frame in frames)


@given(st.sampled_from(Tier), DAYS, shifts(), MOMENTS)
def test_done_is_done_whenever_it_is_asked(tier: Tier, day: date, works: Shifts, done: datetime) -> None:
    period = period_of(USUAL[tier], day)
    states = {task_state(tier, period, works, now=done + timedelta(days=n), done_at=done) for n in range(0, 90, 30)}
    assert len(states) == 1
    assert states <= SETTLED - {TaskState.MISSED}


def test_a_week_of_tasks_at_its_edges() -> None:
    works, week = Shifts(), period_of(Frequency.WEEK, date(2026, 11, 18))
    expected = {
        "2026-11-15T23:59": TaskState.UPCOMING,
        "2026-11-16T00:00": TaskState.OPEN,
        "2026-11-19T23:59": TaskState.OPEN,
        "2026-11-20T00:00": TaskState.DUE,  # Friday is its last working day
        "2026-11-22T23:59": TaskState.DUE,
        "2026-11-23T00:00": TaskState.LATE,
        "2026-11-24T23:59": TaskState.LATE,
        "2026-11-25T00:00": TaskState.MISSED,
    }
    assert {moment: task_state(WEEK, week, works, now=at(moment)) for moment in expected} == expected


# --- shifts ----------------------------------------------------------------------------------------------------


@given(shifts(), MOMENTS)
def test_a_moment_belongs_to_the_day_that_has_begun_and_not_ended(works: Shifts, moment: datetime) -> None:
    day = works.day_of(moment)
    assert works.end_of(day - timedelta(days=1)) <= moment < works.end_of(day)


@given(shifts(may_end=False), DAYS, st.integers(0, 12))
def test_working_days_are_added_as_they_are_counted(works: Shifts, start: date, number: int) -> None:
    end = works.add_working(start, number)
    assume(works.next_working(start) is not None)
    if number and end != start + timedelta(days=number):
        assert works.is_working(end)
    if works.is_working(end):
        assert len(works.working_between(start + timedelta(days=1), end)) == number or number == 0


def test_a_day_ends_at_midnight_in_shanghai_or_with_the_handover() -> None:
    day = date(2028, 2, 29)
    assert Shifts().end_of(day) == start_of_day(date(2028, 3, 1))
    assert Shifts(day_ends=time(7, 30)).end_of(day) == start_of_day(date(2028, 3, 1)) + timedelta(hours=7, minutes=30)


# --- who -------------------------------------------------------------------------------------------------------


def test_the_nearest_in_line_answers_and_else_those_of_the_plant() -> None:
    people = [
        Member(1, Role.PRINCIPAL, None),
        Member(2, Role.SAFETY_MANAGER, None),
        Member(3, Role.DEPARTMENT_HEAD, 10),
        Member(4, Role.TEAM_LEADER, 11),
        Member(5, Role.TEAM_LEADER, 12),
    ]
    assert list_owner(DAY, (12, 10), people) == 5
    assert list_owner(DAY, (13, 10), people) == 3
    assert list_owner(DAY, (), people) == 2
    assert list_owner(WEEK, (12, 10), people) == 3
    assert list_owner(MONTH, (12, 10), people) == 1
    assert list_owner(QUARTER, (12, 10), people) == 1
    assert all(list_owner(tier, (12, 10), []) is None for tier in Tier)


def test_a_list_stays_with_whoever_holds_a_role_that_answers_for_it() -> None:
    leader, head = Member(5, Role.TEAM_LEADER, 12), Member(3, Role.DEPARTMENT_HEAD, 10)
    manager, worker = Member(2, Role.SAFETY_MANAGER, None), Member(7, Role.WORKER, 12)
    people = [leader, head, manager, worker]
    owners = {tier: {one.person for one in people if may_own(one.person, tier, (12, 10), people)} for tier in Tier}
    assert owners == {DAY: {5, 3, 2}, WEEK: {3, 2}, MONTH: {2}, QUARTER: {2}}
    assert not may_own(5, DAY, (13, 10), people), "of another team"
    assert not may_own(3, WEEK, (), people), "of no unit"


def test_the_principal_of_a_high_risk_industry_inspects_monthly() -> None:
    assert {tier: usual_frequency(tier, high_risk=False) for tier in Tier} == USUAL
    assert usual_frequency(QUARTER, high_risk=True) is Frequency.MONTH
    assert usual_frequency(MONTH, high_risk=True) is Frequency.MONTH
    assert all(TIERS[tier].owners and TIERS[tier].inspectors for tier in Tier)


def test_the_document_is_current() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert document(text) == text, "run `make docs`"
    assert all(row.label in tables_markdown() for row in (*Tier, *Frequency, *TaskState))
    with pytest.raises(ValueError, match="markers"):
        document("# 日周月\n")


def test_a_period_reads_as_people_say_it() -> None:
    day = date(2026, 11, 22)
    assert [period_of(one, day).label for one in Frequency] == [
        "11 月 22 日",
        "2026 年第 47 周",
        "2026 年 11 月",
        "2026 年第 4 季度",
    ]
    assert Period(day, day, Frequency.DAY, 1, 3).label == "11 月 22 日第 2 次"

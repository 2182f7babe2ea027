"""What was missed, what was done, what others found: each counted once, kept figures equal to the counted ones."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from accounts.news import ShiftsChanged
from accounts.shift_models import WorkCalendar, WorkStop
from core.db import db, unit_of_work
from core.scope import Viewer, everything, viewing
from core.shifts import WorkKind
from hazards.news import HazardsMovedUp, Moves
from hazards.operations.reporting import report
from inspections.models import DutyFigure, MissedDuty, Overlooked, RegionFigure
from inspections.operations import counting, settling
from inspections.operations.figures import COUNTS
from tests.hazards.city import City, a_report
from tests.inspections import rounds
from tests.inspections.duties import a_plan, finish
from workflows.cadence import Frequency, period_of
from workflows.vocabulary import Channel, Tier

MONDAY = date(2026, 11, 2)


def at(day: date, hour: int = 10) -> datetime:
    """An hour of a Shanghai day."""
    return datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(hours=hour - 8)


def figures(model: Any = DutyFigure, **where: Any) -> dict[str, int]:
    """The kept figures added together."""
    with everything("test figures"):
        wanted = select(*(func.coalesce(func.sum(getattr(model, name)), 0) for name in COUNTS)).filter_by(**where)
        row = db.session.execute(wanted).one()
    return {name: int(value) for name, value in zip(COUNTS, row, strict=True) if value}


def missed_keys() -> list[str]:
    """The periods that were missed."""
    with everything("test figures"):
        return list(db.session.scalars(select(MissedDuty.period_key).order_by(MissedDuty.period_key)))


def test_a_week_with_one_day_done_one_late_three_missed(city: City) -> None:
    """Monday in time, Tuesday within the grace, the rest never; Saturday and Sunday nobody works."""
    plan = a_plan(city, MONDAY, at(MONDAY))
    tuesday = MONDAY + timedelta(days=1)
    finish(city, plan, period_of(Frequency.DAY, MONDAY), at(MONDAY, 15))
    finish(city, plan, period_of(Frequency.DAY, tuesday), at(MONDAY + timedelta(days=2), 9))
    assert settling.settle(at(MONDAY + timedelta(days=8), 1)) == 3
    assert missed_keys() == ["2026-11-04", "2026-11-05", "2026-11-06"]
    assert figures() == {"due": 5, "in_time": 1, "late": 1, "missed": 3}
    assert figures(RegionFigure) == figures()


@pytest.mark.parametrize("hours", [(1,), (1, 7, 30, 31, 200), tuple(range(0, 400, 13))])
def test_however_often_it_is_settled_the_same_is_missed(city: City, hours: tuple[int, ...]) -> None:
    """Run late, often, or twice: the same rows and figures."""
    a_plan(city, MONDAY, at(MONDAY))
    for hour in (*hours, 400, 400):
        settling.settle(at(MONDAY) + timedelta(hours=hour))
    assert missed_keys()[:3] == ["2026-11-02", "2026-11-03", "2026-11-04"]
    assert figures() == {"due": len(missed_keys()), "missed": len(missed_keys())}


def test_a_clock_that_jumps_back_takes_nothing_away(city: City) -> None:
    """What was settled stays; nothing is settled twice when the clock comes there again."""
    a_plan(city, MONDAY, at(MONDAY))
    settling.settle(at(MONDAY + timedelta(days=3)))
    before = missed_keys()
    settling.settle(at(MONDAY + timedelta(days=1)))
    assert missed_keys() == before
    settling.settle(at(MONDAY + timedelta(days=4)))
    assert figures()["missed"] == len(missed_keys()) == len(before) + 1


def test_a_stopped_plant_misses_nothing(city: City) -> None:
    """No work, no day to miss; afterwards days are due again."""
    a_plan(city, MONDAY, at(MONDAY))
    with everything("test stop"), unit_of_work() as session:
        stop = WorkStop(
            enterprise_id=city.enterprises["plant"],
            first_on=MONDAY,
            last_on=MONDAY + timedelta(days=3),
            reason="检修停产",
            made_at=at(MONDAY),
        )
        session.add(stop)
    settling.settle(at(MONDAY + timedelta(days=9)))
    assert missed_keys() == ["2026-11-06", "2026-11-09"]


def test_a_new_calendar_frees_no_day_of_before(city: City) -> None:
    """Set on Monday afternoon it holds from Tuesday on: Monday stays due, the Saturday before stays free."""
    a_plan(city, MONDAY - timedelta(days=3), at(MONDAY - timedelta(days=3)))
    with everything("test calendar"), unit_of_work() as session:
        session.add(
            WorkCalendar(
                enterprise_id=city.enterprises["plant"],
                kind=WorkKind.WEEKDAYS,
                pattern="0000110",
                made_at=at(MONDAY, 16),
            )
        )
    settling.settle(at(MONDAY + timedelta(days=12)))
    assert missed_keys() == ["2026-10-30", "2026-11-02", "2026-11-06", "2026-11-07"]


def test_several_a_day_are_several_duties(city: City) -> None:
    """Technicians twice daily: each round counts by itself."""
    plan = a_plan(city, MONDAY, at(MONDAY), per_day=2)
    finish(city, plan, period_of(Frequency.DAY, MONDAY, slot=1, slots=2), at(MONDAY, 15))
    settling.settle(at(MONDAY + timedelta(days=2), 1))
    assert missed_keys() == ["2026-11-02#1"]
    assert figures() == {"due": 2, "in_time": 1, "missed": 1}


def test_a_changed_plan_neither_loses_nor_doubles_a_period(city: City) -> None:
    """Changed on Wednesday: the week is due once, under the plan in force on its last day."""
    old = a_plan(city, MONDAY, at(MONDAY), tier=Tier.WEEK)
    with everything("test change"), unit_of_work() as session:
        old.ends_on = MONDAY + timedelta(days=1)
        session.add(old)
        session.flush()
    new = a_plan(city, MONDAY + timedelta(days=2), at(MONDAY), tier=Tier.WEEK, duty_id=old.duty_id)
    settling.settle(at(MONDAY + timedelta(days=12)))
    assert missed_keys() == ["2026-W45"]
    with everything("test change"):
        assert db.session.scalars(select(MissedDuty.plan_id)).one() == new.id


def test_what_comes_after_it_was_missed_changes_no_figure(city: City) -> None:
    """The fact stays; the inspection is on record."""
    plan = a_plan(city, MONDAY, at(MONDAY))
    settling.settle(at(MONDAY + timedelta(days=2)))
    assert figures() == {"due": 1, "missed": 1}
    finish(city, plan, period_of(Frequency.DAY, MONDAY), at(MONDAY + timedelta(days=2)))
    assert figures() == {"due": 1, "missed": 1}


def test_a_stand_in_whose_eyes_do_not_reach_the_missed_duty_counts_it_no_second_time(city: City) -> None:
    """The settling job was first by a moment; a worker who inspects sees neither the plan nor what was missed."""
    monday = date.fromisoformat(rounds.TODAY)
    person = city.people["worker"]
    plan = rounds.a_plan(city, at(monday), starts_on=monday, settle_at=at(monday), person_id=person)
    begun = rounds.begun(city, plan, at(monday), by="worker")
    rounds.all_ok(city, begun, at(monday), by="worker")
    assert settling.settle(at(monday + timedelta(days=2), 0)) == 1
    rounds.end(city, begun, at(monday + timedelta(days=1), 23), by="worker")
    assert figures() == {"due": 1, "missed": 1}
    assert rounds.stood(begun).duty_id is None, "what is counted as missed is not shown as done"


def test_whoever_keeps_the_shifts_and_sees_no_duty_has_them_settled_anew(city: City) -> None:
    """A system administrator may keep the calendar and sees nothing of inspecting."""
    plan = a_plan(city, MONDAY, at(MONDAY), settle_at=at(MONDAY + timedelta(days=90)))
    with viewing(Viewer(person_id=0)), unit_of_work():
        settling.shifts_changed(ShiftsChanged(city.enterprises["plant"], at(MONDAY)))
    with everything("test duties"):
        db.session.refresh(plan)
    assert plan.settle_at == at(MONDAY)


def _found_by_an_inspector(city: City, when: datetime, **changes: Any) -> None:
    with city.eyes("inspector_a") as actor, unit_of_work():
        what = a_report(
            city, when, channel=Channel.SUPERVISION, found_at=when, unit_id=city.units["smelting"], **changes
        )
        report(what, by=actor, now=when)


def test_what_an_inspector_finds_where_the_team_had_looked_that_day(city: City) -> None:
    """查不出: the day's inspection was finished before; the week's of the week before does not count."""
    daily = a_plan(city, MONDAY, at(MONDAY))
    weekly = a_plan(city, MONDAY - timedelta(days=7), at(MONDAY), tier=Tier.WEEK)
    finish(city, daily, period_of(Frequency.DAY, MONDAY), at(MONDAY, 9))
    finish(city, weekly, period_of(Frequency.WEEK, MONDAY - timedelta(days=3)), at(MONDAY - timedelta(days=3), 9))
    _found_by_an_inspector(city, at(MONDAY, 14))
    with everything("test overlooked"):
        assert list(db.session.scalars(select(Overlooked.tier))) == [Tier.DAY]
    assert figures()["overlooked"] == 1
    _found_by_an_inspector(city, at(MONDAY + timedelta(days=1), 14), place="南区")
    assert figures()["overlooked"] == 1, "that day nobody had inspected"


def test_moves_are_counted_for_the_list_they_leave(city: City) -> None:
    """By the month of the last day on it."""
    move = Moves(city.enterprises["plant"], None, date(2026, 12, 1), Tier.MONTH, 2)
    with unit_of_work():
        counting.count_moves(HazardsMovedUp([move], at(MONDAY)))
    assert figures(month=date(2026, 11, 1), tier=Tier.MONTH) == {"moved_up": 2}
    assert figures(RegionFigure, sector="工贸") == {"moved_up": 2}

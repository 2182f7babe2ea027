"""三清三进: onto which list a hazard comes, how it moves up, and who answers for it then."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import OrgUnit, Person
from accounts.organisations import close_unit
from accounts.people import deactivate, grant_role
from accounts.queries import get_enterprise
from accounts.roles import Role
from accounts.shifts import CalendarDetails, add_stop, set_calendar
from core.db import db, is_sqlite, unit_of_work
from core.jobs import claim_run
from core.models import JobRun
from core.scope import everything
from core.shifts import WorkKind
from core.verification import verify
from hazards.models import HazardStanding, TierMove
from hazards.news import HazardsMovedUp
from hazards.operations.tiers import give_standing
from inspections.rollover import JOB, Outcome, roll_over, slot_of
from tests.clocks import FixedClock
from tests.hazards.acts import accept, ask, sign, work
from tests.hazards.city import City, hazard
from tests.inspections.lists import found, move_events, moves, on, standings, told
from workflows.vocabulary import Action, Channel, Tier, Verdict

DAY, WEEK, MONTH, QUARTER = Tier


def run(until: object = None, now: object = None) -> Outcome:
    moment = until or now
    return roll_over(moment, now=now or moment)  # type: ignore[arg-type]


def test_a_report_stands_on_the_day_list_of_its_team(city: City) -> None:
    numbers = found(city, on(11, 16))
    assert standings(numbers) == [(DAY, "2026-11-16", "leader")]
    assert hazard(numbers[0]).tier_until == on(11, 17, 0)


def test_found_late_it_counts_for_the_next_shift(city: City) -> None:
    friday = found(city, on(11, 20, 16, 30))
    assert standings(friday) == [(DAY, "2026-11-23", "leader")]


def test_reported_later_it_comes_onto_the_list_of_the_day_of_the_report(city: City) -> None:
    numbers = found(city, on(11, 18), found_at=on(11, 12))
    assert standings(numbers) == [(DAY, "2026-11-18", "leader")]


def test_what_is_not_cleared_moves_up_at_the_end_of_each_period_to_the_next_in_line(city: City) -> None:
    (number,) = found(city, on(11, 16))
    assert run(on(11, 16, 23, 59)).moved == 0
    assert run(on(11, 17, 0)).moves == {DAY: 1}
    assert standings([number]) == [(WEEK, "2026-11-17", "head")]
    assert run(on(11, 22, 23, 59)).moved == 0
    run(on(11, 23, 0))
    assert standings([number]) == [(MONTH, "2026-11-23", "plant_manager")]
    run(on(12, 1, 0))
    assert standings([number]) == [(QUARTER, "2026-12-01", "principal")]
    assert run(on(12, 31)).moved == 0
    expected = [("day", "week", "2026-11-17"), ("week", "month", "2026-11-23"), ("month", "quarter", "2026-12-01")]
    assert moves(number) == expected
    assert [(e["from_tier"], e["to_tier"], e["on"]) for e in move_events(number)] == expected
    assert {event["state"] for event in move_events(number)} == {"reported"}
    assert verify().breaks == []


def test_after_an_outage_it_catches_up_in_order_and_once(city: City) -> None:
    numbers = found(city, on(11, 16), 3)
    assert run(on(12, 2)).moves == {DAY: 3, WEEK: 3, MONTH: 3}
    assert [row[2] for row in moves(numbers[0])] == ["2026-11-17", "2026-11-23", "2026-12-01"]
    assert run(on(12, 2)).moved == run(on(12, 3)).moved == 0
    assert len(moves(numbers[0])) == 3
    assert verify().breaks == []


def test_a_clock_that_jumps_back_moves_nothing(city: City) -> None:
    numbers = found(city, on(11, 16))
    run(on(11, 17, 0))
    assert run(on(11, 10)).moved == 0
    assert standings(numbers) == [(WEEK, "2026-11-17", "head")]


def test_cleared_it_leaves_the_lists_and_returned_it_comes_back_to_the_one_it_left(
    city: City, clock: FixedClock
) -> None:
    now = on(11, 16)
    (number,) = found(city, now)
    accept(city, number, "manager", now=now, deadline="2026-11-16")
    run(on(11, 17, 0))
    work(city, number, on(11, 17), completed_on=date(2026, 11, 17))
    ask(city, number, Action.VERIFY, "manager_b", on(11, 17))
    sign(city, number, "manager_b", now=on(11, 17))
    assert hazard(number).tier_until is None
    assert standings([number]) == [(WEEK, "2026-11-17", "head")]
    assert run(on(12, 5)).moved == 0
    ask(city, number, Action.CLOSE, "plant_manager", on(12, 7))
    sign(
        city,
        number,
        "plant_manager",
        now=on(12, 7),
        verdict=Verdict.REFUSED,
        opinion="没有改到位",
        new_deadline=date(2026, 12, 9),
    )
    assert standings([number]) == [(WEEK, "2026-12-07", "head")]
    assert run(on(12, 14, 0)).moves == {WEEK: 1}


def test_a_later_deadline_holds_it_on_the_list_of_that_period(city: City) -> None:
    now = on(11, 16)
    (number,) = found(city, now)
    accept(city, number, "manager", now=now, deadline="2026-11-27")
    assert standings([number]) == [(MONTH, "2026-11-16", "plant_manager")]
    assert moves(number) == [("day", "month", "2026-11-16")]
    assert move_events(number) == []
    assert run(on(11, 30)).moved == 0
    assert run(on(12, 1, 0)).moves == {MONTH: 1}


def test_a_deadline_within_the_period_lifts_nothing(city: City) -> None:
    now = on(11, 20, 16, 30)  # Friday, for Monday's shift
    (number,) = found(city, now)
    accept(city, number, "manager", now=now, deadline="2026-11-23")
    assert standings([number]) == [(DAY, "2026-11-23", "leader")]


def test_a_night_shift_ends_its_day_with_the_handover(city: City) -> None:
    firm = city.enterprises["plant"]
    with city.eyes("manager") as actor, unit_of_work():
        details = CalendarDetails(WorkKind.EVERY_DAY, day_ends=time(8, 0))
        set_calendar(get_enterprise(firm), city.units["smelting"], details, by=actor, now=on(11, 15))
    numbers = found(city, on(11, 17, 3))
    assert standings(numbers) == [(DAY, "2026-11-16", "leader")]
    assert run(on(11, 17, 7, 59)).moved == 0
    assert run(on(11, 17, 8)).moved == 1


def test_a_stop_that_is_registered_puts_the_move_off_but_never_down(city: City) -> None:
    firm = city.enterprises["plant"]
    early, late = found(city, on(11, 16)), found(city, on(11, 17))
    run(on(11, 17, 0))
    with city.eyes("manager") as actor, unit_of_work():
        add_stop(get_enterprise(firm), None, date(2026, 11, 17), date(2026, 12, 3), "检修", by=actor, now=on(11, 17))
    assert run(on(11, 18, 0)).moved == 0
    assert hazard(late[0]).tier_until == on(12, 5, 0)
    assert standings(early) == [(WEEK, "2026-11-17", "head")]
    assert hazard(early[0]).tier_until == on(12, 7, 0)


def test_an_enterprise_that_works_no_more_keeps_its_lists(city: City) -> None:
    firm = city.enterprises["plant"]
    with city.eyes("manager") as actor, unit_of_work():
        add_stop(get_enterprise(firm), None, date(2026, 11, 16), None, "关闭", by=actor, now=on(11, 16))
    numbers = found(city, on(11, 16))
    assert hazard(numbers[0]).tier_until is None
    assert run(on(12, 31)).moved == 0


def test_a_leaver_s_lists_pass_at_once_to_who_answers_for_them_now(city: City) -> None:
    numbers = found(city, on(11, 16), 2)
    with city.eyes("manager") as actor, unit_of_work():
        deactivate(db.session.get_one(Person, city.people["leader"]), by=actor, now=on(11, 16, 12))
    assert [row[2] for row in standings(numbers)] == ["head", "head"]
    assert told(city, "head") == ["人员或部门有变动，2 条隐患转入您的清单，请督促清零。"]
    run(on(11, 17, 0))
    assert told(city, "leader") == []


def test_nobody_is_told_of_hazards_that_nobody_sees(city: City) -> None:
    shown, hidden = found(city, on(11, 16), 2)
    with everything("test"), unit_of_work():
        hazard(hidden).hidden = True
    with city.eyes("manager") as actor, unit_of_work():
        deactivate(db.session.get_one(Person, city.people["leader"]), by=actor, now=on(11, 16, 12))
    assert [row[2] for row in standings([shown, hidden])] == ["head", "head"]
    assert told(city, "head") == ["人员或部门有变动，1 条隐患转入您的清单，请督促清零。"]


def test_a_dissolved_unit_s_lists_pass_to_those_above_and_still_move(city: City) -> None:
    numbers = found(city, on(11, 16))
    with city.eyes("manager") as actor, unit_of_work():
        unit = db.session.get_one(OrgUnit, city.units["smelting"])
        close_unit(get_enterprise(city.enterprises["plant"]), unit, by=actor, now=on(11, 16, 12))
    assert standings(numbers) == [(DAY, "2026-11-16", "manager")]
    run(on(11, 17, 0))
    assert standings(numbers) == [(WEEK, "2026-11-17", "manager")]


def test_nobody_s_list_goes_to_the_first_who_is_appointed(city: City) -> None:
    with everything("test"), unit_of_work():
        for key in ("principal", "plant_manager", "manager", "manager_b", "head", "leader"):
            deactivate(db.session.get_one(Person, city.people[key]), by=None, now=on(11, 15))
    numbers = found(city, on(11, 16), by="inspector_a", channel=Channel.SUPERVISION)
    assert standings(numbers)[0][2] == ""
    with everything("test"), unit_of_work():
        worker = db.session.get_one(Person, city.people["worker"])
        grant_role(worker, Role.TEAM_LEADER, by=None, now=on(11, 16, 12))
    assert standings(numbers)[0][2] == "worker"


# --- being told ------------------------------------------------------------------------------------------------


def test_each_new_owner_is_told_once_for_each_run(city: City) -> None:
    found(city, on(11, 16), 3)
    found(city, on(11, 9))
    outcome = run(on(11, 17, 0))
    assert outcome.moves == {DAY: 4, WEEK: 1}
    assert told(city, "head") == ["3 条隐患进入您的周清单。请督促在期限内清零。"]
    assert told(city, "plant_manager") == ["1 条隐患进入您的月清单。请督促在期限内清零。"]
    run(on(11, 17, 0))
    run(on(11, 17, 1))
    assert len(told(city, "head")) == 1
    assert outcome.told == 2


def test_one_owner_of_several_lists_reads_one_message(city: City) -> None:
    found(city, on(11, 16), unit_id=None, enterprise_id=city.enterprises["shop"], by="shop_principal")
    found(city, on(11, 9), unit_id=None, enterprise_id=city.enterprises["shop"], by="shop_principal")
    run(on(11, 17, 0))
    expected = "1 条隐患进入您的周清单，1 条进入您的月清单。请督促在期限内清零。"
    assert told(city, "shop_principal") == [expected]


def test_starts_of_the_same_ten_minutes_are_one_run(city: City) -> None:
    found(city, on(11, 16))
    for minute in (0, 3, 9):
        moment = on(11, 17, 0, minute)
        roll_over(slot_of(moment), now=moment)
    assert db.session.scalar(select(func.count()).select_from(JobRun).where(JobRun.job == "rollover")) == 1


# --- what stays as it was --------------------------------------------------------------------------------------


def test_hidden_hazards_do_not_move(city: City) -> None:
    (number,) = found(city, on(11, 16))
    with everything("test"), unit_of_work():
        hazard(number).hidden = True
    assert run(on(12, 2)).moved == 0


def test_a_move_is_entered_and_leaves_the_hazard_as_whoever_reads_it_has_it(city: City) -> None:
    (number,) = found(city, on(11, 16))
    before = hazard(number)
    version, length = before.version, before.chain_length
    run(on(12, 2))
    db.session.expire_all()
    after = hazard(number)
    assert (after.version, after.chain_length) == (version, length + 3)


def test_more_than_a_chunk_moves_in_the_order_in_which_periods_end(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspections.rollover.CHUNK", 3)
    monkeypatch.setattr("inspections.rollover.HANDS", 1)  # several keep the order of each hazard, not that between them
    found(city, on(11, 17), 4)
    found(city, on(11, 16), 4)
    assert run(on(11, 18, 0)).moves == {DAY: 8}
    with everything("test"):
        days = list(db.session.scalars(select(TierMove.on_day).order_by(TierMove.id)))
    assert days == [date(2026, 11, 17)] * 4 + [date(2026, 11, 18)] * 4


def test_the_operator_reads_what_was_done_and_running_again_does_nothing(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    with app.app_context():
        found(page_city, clock(), 2)
    clock.advance(days=3)
    until = "2026-11-17T00:00+08:00"
    first = app.test_cli_runner().invoke(args=["rollover", "--until", until])
    assert first.output == "截至 2026-11-17 00:00：清单上移 2 次，日 → 周 2 条；已告知 1 人。\n"
    again = app.test_cli_runner().invoke(args=["rollover", "--until", until])
    assert again.output == "截至 2026-11-17 00:00：没有要移动的隐患。\n"
    naive = app.test_cli_runner().invoke(args=["rollover", "--until", "2026-11-17T00:00"])
    assert naive.exit_code == 2
    assert "带时区" in naive.output
    ahead = app.test_cli_runner().invoke(args=["rollover", "--until", "2026-12-01T00:00+08:00"])
    assert ahead.output.startswith("注意：")


def test_the_job_stands_in_the_scheduler(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        numbers = found(page_city, clock())
    clock.set(on(11, 17, 0, 1))
    app.extensions["jobs"].run("rollover")
    with app.app_context():
        assert standings(numbers) == [(WEEK, "2026-11-17", "head")]
    assert app.extensions["jobs"].periodic["rollover"][0] <= timedelta(hours=1).seconds // 60


def test_who_stands_where_for_the_first_time(city: City) -> None:
    """Records of before there were lists get their place with `flask init`."""
    (number,) = found(city, on(11, 16))
    with everything("test"), unit_of_work():
        old = hazard(number)
        old.tier_until = old.tier_since = old.list_owner_id = None
    assert give_standing(on(11, 16)) == "日周月季清单：1 条隐患。"
    assert standings([number]) == [(DAY, "2026-11-16", "leader")]
    assert give_standing(on(11, 16)) == ""
    with everything("test"):
        assert (
            db.session.scalar(
                select(func.count()).select_from(HazardStanding).where(HazardStanding.tier_until.is_(None))
            )
            == 0
        )


def test_whoever_waits_for_the_hands_of_a_run_holds_no_connection(context: Flask, city: City) -> None:
    """Neither when an interrupted run goes on: where connections are few, its hands need them."""
    found(city, on(11, 16))
    with unit_of_work():
        claim_run(JOB, on(11, 17, 0).isoformat(), on(11, 17, 0))
    starter, seen = db.session(), []
    context.extensions["announcements"].subscribe(HazardsMovedUp, lambda _: seen.append(starter.in_transaction()))
    assert run(on(11, 17, 0)).moved == 1
    assert seen == [is_sqlite()]  # where the starter moves by itself

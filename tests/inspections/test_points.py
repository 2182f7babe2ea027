"""Risk points: who keeps them, what their history says, what is wrong at them now, what was found there."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.days import shanghai_day
from core.db import db, unit_of_work
from core.models import Event
from core.refusals import Conflict, Invalid, NotAllowed, NotFound
from core.scope import everything
from core.verification import verify
from hazards.operations.reporting import report
from inspections.models import Finding, MissedDuty, RiskPoint
from inspections.operations import points as operations
from inspections.operations.findings import Seen, report_at, tie
from inspections.operations.points import ControlDetails
from inspections.queries.found import hazards_at
from inspections.queries.points import board, count_points, get_point, points_page, wrong_counts
from inspections.queries.tasks import late_points
from inspections.queries.wrong import WRONGS, PointsAsked, Wrong, wrong_at
from inspections.rules import PointKind, RiskGrade
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, a_report, hazard
from tests.inspections.duties import a_plan
from tests.inspections.points import a_point, details, found_at, kept
from workflows.vocabulary import Action, Category, Channel, Tier


def events_of(point_id: int) -> list[tuple[str, dict[str, Any]]]:
    wanted = select(Event).where(Event.subject_kind == "risk_point", Event.subject_id == point_id).order_by(Event.seq)
    return [(event.kind, event.content) for event in db.session.scalars(wanted)]


def asked(city: City, clock: FixedClock, **more: Any) -> PointsAsked:
    return PointsAsked(city.enterprises["plant"], shanghai_day(clock()), **more)


# --- who keeps them ----------------------------------------------------------------------------------------------

KEEPERS = {"manager", "plant_manager", "principal", "head"}


@pytest.mark.parametrize(
    "key", ["worker", "leader", "head", "manager", "plant_manager", "principal", "shop_principal", "inspector_a"]
)
def test_the_enterprise_keeps_its_points_and_a_head_those_of_the_own_unit(
    city: City, clock: FixedClock, key: str
) -> None:
    enterprise = city.enterprises["plant"]
    for unit, who in ((city.units["smelting"], KEEPERS), (None, KEEPERS - {"head"})):
        with city.eyes(key) as actor, unit_of_work():
            what = details(city, unit_id=unit)
            if key in who:
                assert operations.add_point(enterprise, what, by=actor, now=clock()).unit_id == unit
            else:
                with pytest.raises(NotAllowed):
                    operations.add_point(enterprise, what, by=actor, now=clock())


def test_a_head_moves_no_point_out_of_or_into_another_unit(city: City, clock: FixedClock) -> None:
    mine, others = a_point(city, clock()), a_point(city, clock(), unit_id=None)
    with city.eyes("head") as actor, unit_of_work():
        with pytest.raises(NotAllowed):
            operations.change_point(get_point(mine), details(city, unit_id=None), by=actor, now=clock())
        with pytest.raises(NotAllowed):
            operations.change_point(get_point(others), details(city), by=actor, now=clock())


def test_codes_are_given_or_counted_and_none_twice(city: City, clock: FixedClock) -> None:
    enterprise = city.enterprises["plant"]
    with city.eyes("manager") as actor, unit_of_work():
        made = operations.add_point(enterprise, details(city), code="FX-0001", by=actor, now=clock())
        assert made.code == "FX-0001"
        assert operations.add_point(enterprise, details(city), by=actor, now=clock()).code == "FX-0002"
        with pytest.raises(Invalid) as refused:
            operations.add_point(enterprise, details(city), code="FX-0002", by=actor, now=clock())
        assert set(refused.value.fields) == {"code"}


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "长" * 121}, "name"),
        ({"place": "长" * 201}, "place"),
        ({"possible_harm": "长" * 1001}, "possible_harm"),
        ({"unit_id": 4_000_000_000}, "unit_id"),
        ({"responsible_id": 4_000_000_000}, "responsible_id"),
        ({"checklist_id": 4_000_000_000}, "checklist_id"),
    ],
)
def test_what_is_wrong_with_a_point_is_said_at_its_field(
    city: City, clock: FixedClock, changes: dict[str, Any], field: str
) -> None:
    with city.eyes("manager") as actor, pytest.raises(Invalid) as refused, unit_of_work():
        operations.add_point(city.enterprises["plant"], details(city, **changes), by=actor, now=clock())
    assert set(refused.value.fields) == {field}


def test_nobody_of_another_enterprise_answers_for_a_point(city: City, clock: FixedClock) -> None:
    what = details(city, responsible_id=city.people["shop_principal"])
    with city.eyes("manager") as actor, pytest.raises(Invalid) as refused, unit_of_work():
        operations.add_point(city.enterprises["plant"], what, by=actor, now=clock())
    assert "responsible_id" in refused.value.fields


# --- history -----------------------------------------------------------------------------------------------------


def test_every_change_is_an_entry_of_the_points_chain(city: City, clock: FixedClock) -> None:
    point_id = a_point(city, clock())
    with city.eyes("manager") as actor, unit_of_work():
        point = get_point(point_id, lock=True, controls=True)
        changed = operations.change_point(point, details(city, grade=RiskGrade.ORANGE), by=actor, now=clock())
        assert changed == ("grade",)
        assert operations.change_point(point, details(city, grade=RiskGrade.ORANGE), by=actor, now=clock()) == ()
        operations.strike_control(point, point.controls[0], by=actor, now=clock())
        operations.retire_point(point, by=actor, now=clock())
        operations.restore_point(point, by=actor, now=clock())
        with pytest.raises(Conflict):
            operations.strike_control(point, point.controls[0], by=actor, now=clock())
    kinds = [kind for kind, _content in events_of(point_id)]
    assert kinds == ["added", "control_added", "control_added", "changed", "control_struck", "retired", "restored"]
    assert events_of(point_id)[3][1] == {"changed": ["grade"], "from": "red", "to": "orange"}
    assert kept(point_id).chain_length == len(kinds)
    assert verify().is_whole


def test_a_point_takes_so_many_measures(city: City, clock: FixedClock) -> None:
    point_id = a_point(city, clock())
    with city.eyes("manager") as actor, unit_of_work():
        point = get_point(point_id)
        for number in range(operations.MOST_CONTROLS - 2):
            operations.add_control(point, ControlDetails(f"措施 {number}"), by=actor, now=clock())
        with pytest.raises(Invalid):
            operations.add_control(point, ControlDetails("再一条"), by=actor, now=clock())
        with pytest.raises(Invalid) as refused:
            operations.add_control(point, ControlDetails(""), by=actor, now=clock())
        assert set(refused.value.fields) == {"text"}


# --- what is found there -----------------------------------------------------------------------------------------


def test_a_failed_measure_becomes_a_hazard_tied_to_it(city: City, clock: FixedClock) -> None:
    point_id = a_point(city, clock())
    number = found_at(city, point_id, clock(), failed=0)
    found = hazard(number)
    assert (found.place, found.unit_id) == ("北区熔炼车间（1 号中频电炉）", city.units["smelting"])
    assert (found.channel, found.category) == (Channel.SELF_INSPECTION, Category.EQUIPMENT)
    with everything("test"):
        tied = db.session.scalars(select(Finding)).one()
    assert (tied.hazard_id, tied.risk_point_id) == (found.id, point_id)
    assert tied.control_id == kept(point_id).controls[0].id


def test_a_hazard_is_tied_to_no_point_of_another_enterprise(city: City, clock: FixedClock) -> None:
    other = a_point(city, clock(), by="shop_principal", enterprise="shop")
    mine = a_point(city, clock())
    with city.eyes("manager") as actor, unit_of_work():
        made = report(a_report(city, clock()), by=actor, now=clock())
        with pytest.raises(NotFound):
            tie(made, point_id=other)
        with pytest.raises(NotFound):
            tie(made, control_id=kept(other).controls[0].id)
        with pytest.raises(NotFound):
            tie(made, point_id=mine, inspection_id=4_000_000_000)
        assert tie(made, control_id=kept(mine).controls[1].id).risk_point_id == mine


def test_nothing_is_reported_at_a_retired_point_or_by_a_struck_measure(city: City, clock: FixedClock) -> None:
    point_id = a_point(city, clock())
    with city.eyes("manager") as actor, unit_of_work():
        point = get_point(point_id, controls=True)
        operations.strike_control(point, point.controls[0], by=actor, now=clock())
        with pytest.raises(Conflict):
            report_at(point, Seen("护栏缺失"), control=point.controls[0], by=actor, now=clock())
        operations.retire_point(point, by=actor, now=clock())
        with pytest.raises(Conflict):
            report_at(point, Seen("护栏缺失"), by=actor, now=clock())


# --- what is wrong now -------------------------------------------------------------------------------------------


def test_what_is_wrong_now_is_counted_and_every_figure_equals_its_list(city: City, clock: FixedClock) -> None:
    first, second = a_point(city, clock()), a_point(city, clock(), name="行车", grade=RiskGrade.BLUE)
    a_point(city, clock(), name="喷漆房", grade=RiskGrade.BLUE, unit_id=None)
    found_at(city, first, clock(), failed=0)
    found_at(city, first, clock())
    missed(city, clock, second)
    with city.eyes("manager"):
        counts = wrong_counts(asked(city, clock))
        assert counts == {"any": 2, "hazards": 1, "major": 1, "controls": 1, "missed": 1}
        for how in WRONGS:
            assert count_points(asked(city, clock, wrong=how)) == counts[how]
        found = wrong_at([first, second], asked(city, clock))
        assert found == {first: Wrong(2, 1, 1, 0), second: Wrong(0, 0, 0, 1)}
        squares = board(asked(city, clock))
    unit = city.units["smelting"]
    assert set(squares) == {
        (unit, RiskGrade.RED, 1, 1),
        (unit, RiskGrade.BLUE, 1, 1),
        (None, RiskGrade.BLUE, 1, 0),
    }


def missed(city: City, clock: FixedClock, point_id: int, days_ago: int = 3) -> None:
    plan = a_plan(city, date(2026, 1, 1), clock(), risk_point_id=point_id)
    day = shanghai_day(clock()) - timedelta(days=days_ago)
    with everything("test"), unit_of_work() as session:
        session.add(
            MissedDuty(
                duty_id=plan.duty_id,
                plan_id=plan.id,
                period_key=str(day),
                period_first=day,
                period_last=day,
                enterprise_id=plan.enterprise_id,
                unit_id=plan.unit_id,
                region_path="/500000/500110/500110001/",
                tier=Tier.DAY,
                settled_at=clock(),
            )
        )


def test_a_late_inspection_is_wrong_at_once_not_only_once_it_is_settled_as_missed(
    city: City, clock: FixedClock
) -> None:
    """And no longer when it has been made up for or missed."""
    point_id = a_point(city, clock())
    a_plan(city, shanghai_day(clock()), clock(), risk_point_id=point_id)

    def late() -> PointsAsked:
        enterprise = city.enterprises["plant"]
        return PointsAsked(enterprise, shanghai_day(clock()), late=late_points(enterprise, now=clock()))

    with city.eyes("manager"):
        assert wrong_counts(late())["any"] == 0
        clock.advance(days=1)
        assert wrong_at([point_id], late()) == {point_id: Wrong(late=1)}
        assert wrong_counts(late()) == {"any": 1, "hazards": 0, "major": 0, "controls": 0, "missed": 1}
        assert sum(square.wrong for square in board(late())) == 1
        assert [row.point.id for row in points_page(replace(late(), wrong="missed")).rows] == [point_id]
        clock.advance(days=1)
        assert wrong_at([point_id], late())[point_id].late == 1, "the day before has passed its grace"


def test_a_missed_inspection_of_long_ago_is_no_longer_wrong(city: City, clock: FixedClock) -> None:
    point_id = a_point(city, clock())
    missed(city, clock, point_id, days_ago=31)
    with city.eyes("manager"):
        assert wrong_counts(asked(city, clock))["any"] == 0


def test_what_was_closed_or_dismissed_is_past(city: City, clock: FixedClock) -> None:
    point_id = a_point(city, clock())
    number = found_at(city, point_id, clock())
    acts.ask(city, number, Action.DISMISS, "manager", clock(), reason="不属实")
    acts.sign(city, number, "manager", now=clock())
    with city.eyes("manager"):
        assert wrong_counts(asked(city, clock))["any"] == 0
        open_ones, _ = hazards_at(point_id, open_ones=True)
        past, _ = hazards_at(point_id, open_ones=False)
    assert (len(open_ones), [row.number for row in past]) == (0, [number])


def test_lists_filter_and_page_by_key(city: City, clock: FixedClock) -> None:
    grades = list(RiskGrade)
    for number in range(7):
        a_point(city, clock(), name=f"设备 {number}", grade=grades[number % 4], kind=PointKind.PLACE)
    a_point(city, clock(), name="喷漆房", unit_id=None)
    with city.eyes("manager"):
        seen: list[int] = []
        after = None
        while True:
            page = points_page(asked(city, clock), after, limit=3)
            seen += [row.point.id for row in page.rows]
            after = page.after
            if after is None:
                break
        ranks = [grades.index(db.session.get_one(RiskPoint, one).grade) for one in seen]
        assert len(seen) == len(set(seen)) == 8
        assert ranks == sorted(ranks)
        unit = frozenset({city.units["smelting"]})
        assert count_points(asked(city, clock, unit_ids=unit)) == 7
        assert count_points(asked(city, clock, no_unit=True)) == 1
        assert count_points(asked(city, clock, q="喷漆")) == 1
        assert count_points(asked(city, clock, q="%")) == 0
        assert count_points(asked(city, clock, kind=PointKind.EQUIPMENT)) == 1
        assert count_points(asked(city, clock, grade=RiskGrade.ORANGE)) == 2
        assert count_points(asked(city, clock, retired=True)) == 0


def test_whoever_supervises_reads_and_nobody_else(city: City, clock: FixedClock) -> None:
    mine, other_unit = a_point(city, clock()), a_point(city, clock(), unit_id=None)
    sees = {"leader": {mine}, "head": {mine, other_unit}, "inspector_a": {mine, other_unit}, "worker": set()}
    sees |= {"shop_principal": set(), "far_inspector": set(), "fire_inspector": set()}
    for key, expected in sees.items():
        with city.eyes(key):
            found = {row.point.id for row in points_page(asked(city, clock)).rows}
            assert found == expected, key
            for point_id in {mine, other_unit} - expected:
                with pytest.raises(NotFound):
                    get_point(point_id)

"""Carrying out an inspection: who may begin, answer and end it, what failed becomes a hazard, nothing counts twice."""

from __future__ import annotations

from core.scope import everything
from hazards.queries import hazard_by_number
from inspections.rules import InspectionState
from tests.clocks import FixedClock
from tests.hazards.city import City, hazard
from tests.inspections import rounds
from tests.inspections.rounds import FAILED, NA, OK
from workflows.vocabulary import Channel, Grade, State, Tier


def test_a_whole_round_ends_with_its_hazards(city: City, clock: FixedClock) -> None:
    plan = rounds.a_plan(city, clock())
    begun = rounds.begun(city, plan, clock())
    rounds.all_ok(city, begun, clock.advance(minutes=5), besides=(2, 4, 5))
    rounds.see(city, begun, 2, FAILED, clock(), note="2 号管道法兰处漏灰")
    rounds.shoot(city, begun, 2, clock())
    rounds.on_the_spot(city, begun, 4, clock())
    rounds.see(city, begun, 5, NA, clock())
    numbers = rounds.end(city, begun, clock.advance(minutes=5))
    assert set(numbers) == {2, 4}
    found = hazard(numbers[2])
    assert (found.channel, found.grade, found.state) == (Channel.SELF_INSPECTION, Grade.GENERAL, State.REPORTED)
    assert found.description == "2 号管道法兰处漏灰（检查项：除尘管道无积尘、无明显破损）"
    assert (found.place, found.unit_id, found.tier) == ("熔炼车间", city.units["smelting"], Tier.DAY)
    done = hazard(numbers[4])
    assert (done.state, done.on_the_spot, done.result) == (State.RECTIFYING, True, "已擦净")
    inspection = rounds.stood(begun)
    assert inspection.state is InspectionState.FINISHED
    assert (inspection.items_ok, inspection.items_failed, inspection.items_na, inspection.in_time) == (2, 2, 1, True)
    assert rounds.finding(numbers[2]).inspection_id == begun
    with everything("test"):
        assert hazard_by_number(numbers[2]).found_by == "班组长·堃"
    assert OK

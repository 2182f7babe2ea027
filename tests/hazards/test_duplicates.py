"""Reports that repeat an earlier one: told apart on made pairs, found within bounds and scope, linked by a person."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import event, select

from benchmarks import matching
from core.db import db, unit_of_work
from core.refusals import Invalid
from core.scope import everything
from hazards import duplicates
from hazards.duplicates import came_back_as, likely_duplicates, recurrence_number
from hazards.likeness import LIKELY, Said, likeness
from hazards.models import Hazard
from hazards.operations.recurring import link_recurrence
from hazards.queries import hazard_by_number
from tests.clocks import START, FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, reported
from workflows.vocabulary import Action, State

SPRAY = "2号喷漆室通风不足，漆雾外溢"
AGAIN = "喷漆房排风量不够，漆雾往外跑"


# --- measured -----------------------------------------------------------------------------------------------------


def test_the_same_in_other_words_is_told_from_the_same_kind_elsewhere_and_from_others_there() -> None:
    rates = matching.pair_rates()
    assert {kind: (rate.right, rate.wrong) for kind, rate in rates.items()} == {
        "elsewhere": (30, 20),
        "other": (30, 20),
    }
    assert rates["elsewhere"].missed <= 4
    assert rates["elsewhere"].false <= 1
    assert rates["other"].false <= 1


def test_a_report_in_another_order_is_known_again_and_any_two_texts_are_not() -> None:
    assert matching.shortened_rate().missed <= 2
    chance = matching.chance_rate()
    assert chance.false / chance.wrong < 0.035


# --- likeness -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "is_likely"),
    [
        (Said(SPRAY, "2号喷漆室"), Said(SPRAY, "2号喷漆室"), True),
        (Said(SPRAY, "2号喷漆室"), Said(AGAIN, "2 号喷漆室"), True),
        (Said(SPRAY, ""), Said(SPRAY, "2号喷漆室"), True),
        (Said("安全出口被货物堵塞", "成品库"), Said("安全出口被货物堵塞", "锅炉房"), False),
        (Said("炉底积水", "1号炉"), Said("炉底积水", "三号炉"), False),
        (Said("炉底积水", "3号炉"), Said("炉底积水", "三号炉"), True),
        (Said("", "1号炉"), Said("", "1号炉"), False),
    ],
)
def test_words_place_and_numbers_decide_together(one: Said, other: Said, is_likely: bool) -> None:
    assert (likeness(one, other) >= LIKELY) is is_likely
    assert likeness(one, other) == pytest.approx(likeness(other, one))
    assert 0 <= likeness(one, other) <= 1


def test_time_and_category_only_weaken_it() -> None:
    same = Said(SPRAY, "2号喷漆室", "equipment", date(2026, 1, 1))
    assert likeness(same, same) == pytest.approx(1)
    for other in (
        Said(SPRAY, "2号喷漆室", "fire", date(2026, 1, 1)),
        Said(SPRAY, "2号喷漆室", "equipment", date(2020, 1, 1)),
    ):
        assert LIKELY < likeness(same, other) < 1


# --- the register ---------------------------------------------------------------------------------------------------


def spray(city: City, by: str, clock: FixedClock, text: str = SPRAY, place: str = "2号喷漆室") -> str:
    return reported(city, by, clock.advance(minutes=1), description=text, place=place)


def closed(city: City, number: str, clock: FixedClock) -> None:
    acts.accept(city, number, "manager", now=clock.advance(minutes=1))
    acts.work(city, number, clock.advance(minutes=1))
    acts.ask(city, number, Action.VERIFY, "head", clock())
    acts.sign(city, number, "manager", now=clock.advance(minutes=1))
    acts.ask(city, number, Action.CLOSE, "principal", clock())
    acts.sign(city, number, "principal", now=clock.advance(minutes=1))
    assert hazard(number).state is State.CLOSED


def test_open_and_closed_ones_are_found_and_told_apart(city: City, clock: FixedClock) -> None:
    before = spray(city, "manager", clock)
    closed(city, before, clock)
    open_one = spray(city, "manager", clock, AGAIN)
    spray(city, "manager", clock, "化学品仓库酸碱混存", "危化品库")
    with city.eyes("manager"):
        found = likely_duplicates(city.enterprises["plant"], Said(SPRAY, "2号喷漆室"))
    assert [(one.number, one.is_closed) for one in found] == [(before, True), (open_one, False)]
    assert found[0].closed_on == START.date()


def test_a_dismissed_one_is_no_original(city: City, clock: FixedClock) -> None:
    number = spray(city, "manager", clock)
    acts.ask(city, number, Action.DISMISS, "manager", clock(), reason="不属实")
    acts.sign(city, number, "manager", now=clock.advance(minutes=1))
    with city.eyes("manager"):
        assert likely_duplicates(city.enterprises["plant"], Said(SPRAY, "2号喷漆室")) == []


def test_nobody_learns_of_what_the_own_list_does_not_show(city: City, clock: FixedClock) -> None:
    number = spray(city, "manager", clock)
    said = Said(SPRAY, "2号喷漆室")
    for key, sees in (("manager", True), ("inspector_a", True), ("worker", False), ("far_inspector", False)):
        with city.eyes(key):
            found = [one.number for one in likely_duplicates(city.enterprises["plant"], said)]
        assert found == ([number] if sees else []), key


def test_only_the_newest_are_read_however_many_there_are(
    city: City, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = spray(city, "manager", clock)
    for _ in range(3):
        spray(city, "manager", clock, "化学品仓库酸碱混存", "危化品库")
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    said = Said(SPRAY, "2号喷漆室")
    with city.eyes("manager"):
        event.listen(db.engine, "before_cursor_execute", note)
        assert [one.number for one in likely_duplicates(city.enterprises["plant"], said)] == [first]
        monkeypatch.setattr(duplicates, "LOOKED_AT", 3)
        assert likely_duplicates(city.enterprises["plant"], said) == []
        event.remove(db.engine, "before_cursor_execute", note)
    assert len(asked) == 2
    assert all("LIMIT" in statement for statement in asked)


def test_a_hazard_come_back_is_linked_both_ways_and_counted(city: City, clock: FixedClock) -> None:
    before = spray(city, "manager", clock)
    closed(city, before, clock)
    again = reported(city, "manager", clock.advance(minutes=1), description=SPRAY, recurrence_of=before)
    with city.eyes("manager"):
        assert recurrence_number(hazard_by_number(again)) == before
        assert came_back_as(hazard_by_number(before)) == [again]
    assert hazard(before).recurred == 1
    with everything("test"):
        kept = db.session.scalars(select(Hazard).where(Hazard.recurrence_of_id.is_not(None))).all()
    assert [one.number for one in kept] == [again]


def test_what_is_still_open_or_anothers_cannot_have_come_back(city: City, clock: FixedClock) -> None:
    still_open = spray(city, "manager", clock)
    with pytest.raises(Invalid, match="已销号"):
        reported(city, "manager", clock(), description=SPRAY, recurrence_of=still_open)
    db.session.rollback()
    with pytest.raises(Invalid, match="已销号"):
        reported(city, "manager", clock(), description=SPRAY, recurrence_of="YH-500110-2026-999999")
    db.session.rollback()
    assert hazard(still_open).recurred == 0


def test_the_acceptance_links_and_a_dismissal_takes_the_link_back(city: City, clock: FixedClock) -> None:
    before = spray(city, "manager", clock)
    closed(city, before, clock)
    again = spray(city, "manager", clock, AGAIN)
    acts.accept(city, again, "manager", now=clock.advance(minutes=1), recurrence_of=before)
    assert hazard(before).recurred == 1
    assert hazard(again).recurrence_of_id == hazard(before).id
    acts.ask(city, again, Action.DISMISS, "manager", clock.advance(minutes=1), reason="不属实")
    acts.sign(city, again, "manager_b", now=clock.advance(minutes=1))
    assert hazard(before).recurred == 0
    assert hazard(again).recurrence_of_id is None


def test_the_acceptance_may_say_that_it_is_none(city: City, clock: FixedClock) -> None:
    before = spray(city, "manager", clock)
    closed(city, before, clock)
    again = reported(city, "manager", clock.advance(minutes=1), description=SPRAY, recurrence_of=before)
    acts.accept(city, again, "manager", now=clock.advance(minutes=1), no_recurrence="不是同一处")
    assert hazard(again).recurrence_of_id is None
    assert hazard(before).recurred == 0


def test_a_hazard_is_not_its_own_recurrence(city: City, clock: FixedClock, context: Flask) -> None:
    number = spray(city, "manager", clock)
    closed(city, number, clock)
    with city.eyes("manager"), unit_of_work(), pytest.raises(Invalid):
        link_recurrence(hazard_by_number(number), number)

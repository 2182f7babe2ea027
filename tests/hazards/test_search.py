"""Words are found on both databases, by whoever may see the hazard, and the index follows every change."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select, update

from accounts.access import viewer_of
from accounts.models import Enterprise, Person
from core.db import db, unit_of_work
from core.refusals import Conflict
from core.scope import everything, viewing
from hazards.models import Hazard
from hazards.queries import hazard_by_number
from hazards.search import INDEX, bring_up_to_date, hits_of, rebuild
from tests.clocks import FixedClock
from tests.hazards.city import City, reported


def found(query: str, login: str) -> list[str]:
    """The numbers a person finds, newest first."""
    with everything("test"):
        person = db.session.scalars(select(Person).where(Person.login == login)).one()
        eyes = viewer_of(person)
    with viewing(eyes):
        ids = hits_of(query).ids
        numbers = dict(db.session.execute(select(Hazard.id, Hazard.number).where(Hazard.id.in_(ids))).all())
    return [numbers[one] for one in ids if one in numbers]


@pytest.fixture
def number(city: City, context: Flask, clock: FixedClock) -> str:
    """One hazard of the plant."""
    return reported(city, "leader", clock(), description="疏散通道被𠮷野家货架堵塞 KM01", place="东门")


@pytest.mark.parametrize(
    "query", ["疏散", "通道", "疏散通道被", "塞", "𠮷野", "km0", "ＫＭ０１", "东门", "疏散 东门", "疏散 KM01 货架"]
)
def test_words_of_description_and_place_find_it(number: str, query: str) -> None:
    assert found(query, "inspector_a") == [number]


@pytest.mark.parametrize("query", ["散疏", "疏散西门", "道被疏散", "%", "_", '" OR ""', "东门)", "NOT 西门", "", " "])
def test_other_words_symbols_and_syntax_find_nothing(number: str, query: str) -> None:
    assert found(query, "inspector_a") == []


def test_number_enterprise_code_and_initials_find_it(number: str, clock: FixedClock) -> None:
    bring_up_to_date(clock())  # gives enterprises from before there were initials theirs
    with everything("test"):
        firm = hazard_by_number(number).enterprise
        sought = [number, number[:14], firm.name, firm.name[1:3], firm.initials[2:6], firm.uscc or firm.name]
    for query in sought:
        assert found(query, "inspector_a") == [number], query


def test_nobody_finds_what_they_may_not_see(number: str) -> None:
    seen = {"leader", "manager", "far_inspector", "far_principal", "city_inspector_a", "worker"}
    assert {login for login in seen if found("疏散", login)} == {"leader", "manager", "city_inspector_a"}
    assert hits_of("疏散").ids == ()


def test_a_renamed_enterprise_is_found_by_its_new_name_alone(number: str) -> None:
    with everything("test"), unit_of_work():
        firm = db.session.scalars(select(Enterprise).join(Hazard, Hazard.enterprise_id == Enterprise.id)).first()
        assert firm is not None
        before, firm.name = firm.name[:4], "改名后的另一家"
    assert found("改名后", "inspector_a") == [number]
    assert found(before, "inspector_a") == []


def test_what_is_undone_leaves_no_words(number: str) -> None:
    with pytest.raises(Conflict):
        _change_and_fail(number)
    assert found("锅炉", "inspector_a") == []
    assert found("疏散", "inspector_a") == [number]


def _change_and_fail(number: str) -> None:
    with everything("test"), unit_of_work():
        hazard_by_number(number).description = "锅炉泄漏"
        db.session.flush()
        db.session.execute(update(Hazard).values(number=None))


def test_an_index_that_is_lost_is_made_again_by_init(number: str, clock: FixedClock) -> None:
    bring_up_to_date(clock())
    with unit_of_work() as session:
        INDEX.clear(session.connection())
    assert found("疏散", "inspector_a") == []
    assert bring_up_to_date(clock()) == "查找用的词：1 条隐患。"
    assert found("疏散", "inspector_a") == [number]
    assert bring_up_to_date(clock()) == ""
    assert rebuild() == 1

"""The tables of inspecting refuse by themselves what no operation would write, on each database.

Statements go to the database as plain SQL, past every type and rule of the code. One section for each part of the
room: its models, a breach for each named constraint, and what fills the tables with two rows or more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError

from core.db import db
from inspections.models import Inspection, InspectionPerson, ItemPhoto, ItemResult
from tests.clocks import FixedClock
from tests.hazards.city import City
from tests.inspections import rounds
from tests.inspections.rounds import FAILED, OK


@dataclass(frozen=True, slots=True)
class Section:
    """One part: each constraint with a statement that breaks it and no other."""

    models: tuple[type[Any], ...]
    breaches: dict[str, str]
    fill: Callable[[City, FixedClock], None]


# --- carrying out ------------------------------------------------------------------------------------------------


def _two_inspections(city: City, clock: FixedClock) -> None:
    plan = rounds.a_plan(city, clock())
    for period in ("2026-11-16", "2026-11-13"):
        begun = rounds.begun(city, plan, clock(), period=period)
        rounds.begin(city, plan, clock(), by="manager", period=period)
        rounds.begin(city, plan, clock(), by="manager_b", period=period)
        rounds.see(city, begun, 1, OK, clock())
        rounds.see(city, begun, 2, FAILED, clock(), note="漏灰")
        for key in ("photo-key-a", "photo-key-b"):
            rounds.shoot(city, begun, 2, clock(), key=key)


CARRYING_OUT = Section(
    (Inspection, InspectionPerson, ItemResult, ItemPhoto),
    {
        "ck_inspection_tier": "UPDATE inspection SET tier = 'year'",
        "ck_inspection_state": "UPDATE inspection SET state = 'asleep'",
        "ck_inspection_finished_has_time": "UPDATE inspection SET state = 'finished'",
        "ck_inspection_duty_has_period": "UPDATE inspection SET period_key = NULL",
        "ck_inspection_led_has_signer": "UPDATE inspection SET led_signed_at = CURRENT_TIMESTAMP",
        "uq_inspection_duty_period": "UPDATE inspection SET period_key = 'same'",
        "uq_inspection_client_key": "UPDATE inspection SET client_key = 'same'",
        "uq_inspection_person_inspection_id_person_id": "UPDATE inspection_person SET inspection_id = 1, person_id = 1",
        "ck_item_result_verdict": "UPDATE item_result SET verdict = 'fine', treatment = NULL",
        "ck_item_result_only_failed_has_hazard": "UPDATE item_result "
        "SET verdict = 'ok', treatment = NULL, hazard_id = 1",
        "ck_item_result_only_failed_is_treated": "UPDATE item_result SET verdict = 'ok', treatment = 'hazard'",
        "ck_item_result_treatment": "UPDATE item_result SET verdict = 'failed', treatment = 'prayer'",
        "ck_item_result_grade": "UPDATE item_result SET grade = 'huge'",
        "ck_item_result_stop_scope": "UPDATE item_result SET stop_scope = 'half'",
        "uq_item_result_inspection_id_item_id": "UPDATE item_result SET inspection_id = 1, item_id = 1",
        "ck_item_photo_kind": "UPDATE item_photo SET kind = 'meanwhile'",
        "uq_item_photo_inspection_id_client_key": "UPDATE item_photo SET client_key = 'same'",
    },
    _two_inspections,
)

SECTIONS = {"carrying out": CARRYING_OUT}


@pytest.mark.parametrize("section", SECTIONS.values(), ids=list(SECTIONS))
def test_every_constraint_has_its_breach(section: Section) -> None:
    assert set(_named(section)) == set(section.breaches)


@pytest.mark.parametrize("section", SECTIONS.values(), ids=list(SECTIONS))
def test_every_constraint_bites(context: Flask, city: City, clock: FixedClock, section: Section) -> None:
    section.fill(city, clock)
    db.session.remove()
    with db.engine.connect() as connection:
        kind = connection.dialect.name
        for name, breach in section.breaches.items():
            with pytest.raises(IntegrityError) as refused, connection.begin():
                connection.execute(text(breach))
            assert _names(name, breach, str(refused.value.orig), kind), (name, refused.value.orig)


def _named(section: Section) -> Iterator[str]:
    for model in section.models:
        table = model.__table__
        yield from (str(one.name) for one in table.constraints if isinstance(one, CheckConstraint | UniqueConstraint))
        yield from (str(index.name) for index in table.indexes if index.unique)


def _names(constraint: str, breach: str, sentence: str, kind: str) -> bool:
    """PostgreSQL names the constraint; SQLite names a check, and of a unique one the table with its columns."""
    if kind == "postgresql" or constraint.startswith("ck_"):
        return constraint in sentence
    return sentence.startswith(f"UNIQUE constraint failed: {breach.split()[1]}.")

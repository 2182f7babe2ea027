"""The tables of notices refuse by themselves what no operation would write, on each database.

Statements go to the database as plain SQL, past every type and rule of the code: a breach for each named constraint,
one that breaks it and no other.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError

import notices.models
from core.db import Base, db, unit_of_work
from core.once import new_key
from notices.fonts import FontBook
from notices.models import NoticeTemplate, NumberPattern
from notices.operations import runs
from tests.clocks import FixedClock
from tests.hazards.city import City, build_city, reported
from tests.notices import city as papers
from workflows.notices import NoticeKind
from workflows.vocabulary import Channel

BREACHES = {
    "ck_notice_kind": "UPDATE notice SET kind = 'poem'",
    "ck_notice_status": "UPDATE notice SET status = 'asleep' WHERE issued_at IS NULL",
    "ck_notice_receipt": "UPDATE notice SET receipt = 'eaten'",
    "ck_notice_number_whole": "UPDATE notice SET year = NULL WHERE number IS NOT NULL",
    "ck_notice_has_issuer": "UPDATE notice SET office_id = NULL, enterprise_id = NULL WHERE number IS NULL",
    "ck_notice_number_of_office": "UPDATE notice SET office_id = NULL WHERE number IS NOT NULL",
    "ck_notice_issued_is_frozen": "UPDATE notice SET file_id = NULL WHERE issued_at IS NOT NULL",
    "ck_notice_voided_has_time": "UPDATE notice SET voided_at = NULL WHERE voided_at IS NOT NULL",
    "ck_notice_voided_has_reason": "UPDATE notice SET void_reason = '' WHERE voided_at IS NOT NULL",
    "uq_notice_office_id_series_year_sequence": "UPDATE notice SET sequence = 7 WHERE number IS NOT NULL",
    "uq_notice_office_id_number": "UPDATE notice SET number = 'same' WHERE number IS NOT NULL",
    "uq_notice_code": "UPDATE notice SET code = 'same' WHERE code IS NOT NULL",
    "uq_notice_item_notice_id_position": "UPDATE notice_item SET notice_id = 1, position = 1",
    "uq_notice_item_notice_id_hazard_id": "UPDATE notice_item SET notice_id = 1, position = id",
    "ck_notice_service_manner": "UPDATE notice_service SET manner = 'thrown'",
    "ck_notice_service_receipt": "UPDATE notice_service SET receipt = 'eaten'",
    "ck_notice_service_refusal_has_reason": "UPDATE notice_service SET receipt = 'refused', reason = ''",
    "ck_number_pattern_kind": "UPDATE number_pattern SET kind = 'poem'",
    "ck_number_pattern_first": "UPDATE number_pattern SET first = 0",
    "uq_number_pattern_regulator_id_kind": "UPDATE number_pattern SET kind = 'letter'",
    "ck_notice_template_kind": "UPDATE notice_template SET kind = 'poem'",
    "uq_notice_template_regulator_id_kind_number": "UPDATE notice_template SET number = 1",
    "ck_notice_run_act": "UPDATE notice_run SET act = 'burn'",
    "uq_notice_run_item_run_id_position": "UPDATE notice_run_item SET position = 0",
}


@pytest.fixture
def filled(context: Flask, clock: FixedClock, fonts: FontBook) -> City:
    """A row or more of each table: an issued, a voided and a drafted letter, a try to serve, a run, a pattern."""
    context.extensions["font_book"] = fonts
    city = papers.with_prefixes(build_city(clock()))
    number = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION)
    issued, voided = (papers.a_letter(city, number, clock()) for _ in range(2))
    papers.voided(city, voided, "reviewer", clock())
    papers.a_letter(city, number, clock(), until="drafted")
    papers.served(city, issued, "inspector_a", clock())
    with city.eyes("approver") as actor, unit_of_work():
        runs.begin(runs.PRINT, [issued, voided], new_key(), by=actor, now=clock())
    _settings(city, clock)
    return city


def _settings(city: City, clock: FixedClock) -> None:
    """Two patterns and two versions of a text."""
    changed = {"changed_by_id": city.people["reviewer"], "changed_at": clock()}
    office = city.offices["district"]
    with unit_of_work() as session:
        for kind in (NoticeKind.LETTER, NoticeKind.BULLETIN):
            pattern = "{字头}{文种}〔{年}〕{序号}号"
            session.add(NumberPattern(regulator_id=office, kind=kind, pattern=pattern, series=kind.value, **changed))
        for number in (1, 2):
            kind = NoticeKind.LETTER
            session.add(
                NoticeTemplate(regulator_id=office, kind=kind, number=number, text="[正文]", own=True, **changed)
            )


def test_every_constraint_has_its_breach() -> None:
    assert set(_named()) == set(BREACHES)


def test_every_constraint_bites(filled: City) -> None:
    db.session.remove()
    with db.engine.connect() as connection:
        kind = connection.dialect.name
        for name, breach in BREACHES.items():
            with pytest.raises(IntegrityError) as refused, connection.begin():
                connection.execute(text(breach))
            assert _names(name, breach, str(refused.value.orig), kind), (name, refused.value.orig)


def _named() -> Iterator[str]:
    for mapper in Base.registry.mappers:
        if mapper.class_.__module__ == notices.models.__name__:
            table = mapper.class_.__table__
            for one in table.constraints:
                if isinstance(one, CheckConstraint | UniqueConstraint):
                    yield str(one.name)
            yield from (str(index.name) for index in table.indexes if index.unique)


def _names(constraint: str, breach: str, sentence: str, kind: str) -> bool:
    """PostgreSQL names the constraint; SQLite names a check, and of a unique one the table with its columns."""
    if kind == "postgresql" or constraint.startswith("ck_"):
        return constraint in sentence
    return sentence.startswith(f"UNIQUE constraint failed: {breach.split()[1]}.")

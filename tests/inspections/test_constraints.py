"""The tables of inspecting refuse by themselves what no operation would write, on each database.

Statements go to the database as plain SQL, past every type and rule of the code. One section for each part of the
room: its models, a breach for each named constraint, and what fills the tables with two rows or more.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.exc import IntegrityError

import inspections.models
from accounts import shift_models
from accounts.shift_models import WorkCalendar, WorkStop
from core.db import Base, db, unit_of_work
from core.scope import everything
from core.shifts import WorkKind
from hazards.operations.reporting import report
from inspections.models import (
    Absence,
    Checklist,
    ChecklistItem,
    ChecklistVersion,
    DutyFigure,
    Finding,
    Inspection,
    InspectionPerson,
    InspectionPlan,
    ItemPhoto,
    ItemResult,
    MissedDuty,
    OpenReporting,
    Overlooked,
    RegionFigure,
    Reward,
    RiskControl,
    RiskPoint,
)
from inspections.operations import settling
from inspections.operations.findings import Seen
from inspections.operations.open_reports import report_as_stranger
from inspections.queries.scanning import scanned
from tests.clocks import FixedClock
from tests.hazards.city import City, a_report
from tests.inspections import keeping, points, rounds
from tests.inspections.duties import a_plan, finish
from tests.inspections.rounds import FAILED, OK
from tests.inspections.test_counting import at
from workflows.cadence import Frequency, period_of
from workflows.vocabulary import Channel


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


# --- risk points ---------------------------------------------------------------------------------------------------


def _points_and_reports(city: City, clock: FixedClock) -> None:
    points.opened(city, clock())
    for name in ("电炉", "行车"):
        point_id = points.a_point(city, clock(), name=name)
        here = scanned(points.kept(point_id).token)
        assert here is not None
        with unit_of_work():
            report_as_stranger(here, Seen("漏水"), name="", contact="", key=f"key of {name}", now=clock())


POINTS = Section(
    (RiskPoint, RiskControl, Finding, OpenReporting, Reward),
    {
        "ck_risk_point_grade": "UPDATE risk_point SET grade = 'purple'",
        "ck_risk_point_kind": "UPDATE risk_point SET kind = 'thing'",
        "uq_risk_point_enterprise_id_code": "UPDATE risk_point SET code = 'FX-1'",
        "uq_risk_point_token": "UPDATE risk_point SET token = 'same'",
        "ck_risk_control_kind": "UPDATE risk_control SET kind = 'hope'",
        "uq_finding_hazard_id": "UPDATE finding SET hazard_id = 1",
        "ck_finding_has_origin": "UPDATE finding SET risk_point_id = NULL, inspection_id = NULL",
        "uq_reward_hazard_id": "UPDATE reward SET hazard_id = 1",
        "uq_reward_follow_code": "UPDATE reward SET follow_code = 'same'",
        "ck_reward_decided_has_person": "UPDATE reward SET decided_at = CURRENT_TIMESTAMP",
        "ck_reward_amount": "UPDATE reward SET amount_fen = -1",
        "ck_reward_paid_was_decided": "UPDATE reward SET paid_at = CURRENT_TIMESTAMP",
    },
    _points_and_reports,
)

# --- checklists, plans and absences ------------------------------------------------------------------------------


KEEPING = Section(
    (Checklist, ChecklistVersion, ChecklistItem, InspectionPlan, Absence),
    {
        "ck_checklist_tier": "UPDATE checklist SET tier = 'year'",
        "ck_checklist_template_is_nobodys": "UPDATE checklist SET template_key = name",
        "uq_checklist_template_key": "UPDATE checklist SET enterprise_id = NULL, template_key = 'same'",
        "uq_checklist_version_checklist_id_version": "UPDATE checklist_version SET checklist_id = 1, version = 1",
        "ck_checklist_item_grade": "UPDATE checklist_item SET grade = 'huge'",
        "ck_checklist_item_category": "UPDATE checklist_item SET category = 'luck'",
        "uq_checklist_item_version_id_position": "UPDATE checklist_item SET version_id = 1, position = 1",
        "ck_inspection_plan_tier": "UPDATE inspection_plan SET tier = 'year'",
        "ck_inspection_plan_frequency": "UPDATE inspection_plan SET frequency = 'often'",
        "ck_inspection_plan_per_day": "UPDATE inspection_plan SET per_day = 25",
        "ck_inspection_plan_several_only_a_day": "UPDATE inspection_plan SET per_day = 2, frequency = 'week'",
        "ck_inspection_plan_order": "UPDATE inspection_plan SET ends_on = '2000-01-01', end_reason = ''",
        "uq_inspection_plan_duty": "UPDATE inspection_plan SET duty_id = 1",
        "ck_absence_order": "UPDATE absence SET last_on = '2000-01-01'",
        "ck_absence_not_oneself": "UPDATE absence SET substitute_id = person_id",
    },
    keeping.lists_plans_and_absences,
)

# --- facts and shifts --------------------------------------------------------------------------------------------


def _facts_and_shifts(city: City, clock: FixedClock) -> None:
    monday = date(2026, 11, 2)
    plans = [a_plan(city, monday, at(monday)), a_plan(city, monday, at(monday), unit_id=None)]
    for plan in plans:
        finish(city, plan, period_of(Frequency.DAY, monday), at(monday, 9))
    firm, unit, now = city.enterprises["plant"], city.units["smelting"], clock()
    with city.eyes("inspector_a") as actor, unit_of_work():
        for place in ("北区", "南区"):
            more = {"found_at": at(monday, 14), "unit_id": unit, "place": place, "channel": Channel.SUPERVISION}
            report(a_report(city, at(monday, 14), **more), by=actor, now=at(monday, 14))
    settling.settle(now)
    with everything("test shifts"), unit_of_work() as session:
        session.add(WorkCalendar(enterprise_id=firm, kind=WorkKind.EVERY_DAY, made_at=now))
        session.add(WorkStop(enterprise_id=firm, first_on=monday, last_on=monday, reason="检修", made_at=now))


FACTS = Section(
    (MissedDuty, Overlooked, DutyFigure, RegionFigure, WorkCalendar, WorkStop),
    {
        "uq_missed_duty_duty_id_period_key": "UPDATE missed_duty SET duty_id = 1, period_key = 'same'",
        "ck_missed_duty_tier": "UPDATE missed_duty SET tier = 'year'",
        "uq_overlooked_hazard_id_tier": "UPDATE overlooked SET hazard_id = 1, tier = 'day'",
        "ck_overlooked_tier": "UPDATE overlooked SET tier = 'year'",
        "ck_duty_figure_tier": "UPDATE duty_figure SET tier = 'year'",
        "ck_duty_figure_due_adds_up": "UPDATE duty_figure SET due = due + 1",
        "ck_region_figure_tier": "UPDATE region_figure SET tier = 'year'",
        "ck_region_figure_due_adds_up": "UPDATE region_figure SET missed = missed + 1",
        "ck_work_calendar_kind": "UPDATE work_calendar SET kind = 'lazy'",
        "ck_work_calendar_rota_has_start": "UPDATE work_calendar SET kind = 'rota', pattern = '10'",
        "ck_work_calendar_has_pattern": "UPDATE work_calendar SET kind = 'weekdays'",
        "ck_work_stop_order": "UPDATE work_stop SET last_on = '2000-01-01'",
    },
    _facts_and_shifts,
)

SECTIONS = {"carrying out": CARRYING_OUT, "risk points": POINTS, "keeping": KEEPING, "facts": FACTS}


def test_every_table_of_the_room_has_its_section() -> None:
    rooms = (inspections.models.__name__, shift_models.__name__)
    mapped = {mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__module__.startswith(rooms)}
    assert mapped == {model for section in SECTIONS.values() for model in section.models}


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

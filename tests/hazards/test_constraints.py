"""The tables of the register refuse by themselves what no operation would write, on each database.

Statements go to the database as plain SQL, past every type and rule of the code.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import CheckConstraint, UniqueConstraint, select, text
from sqlalchemy.exc import IntegrityError

import hazards.models
from core.db import Base, db
from core.files import store_file
from hazards.models import (
    BulkItem,
    BulkRun,
    ControlCheck,
    Criterion,
    CriterionVersion,
    DraftStage,
    HeaderTitle,
    ImportDraft,
    ImportDraftRow,
    Investigation,
    NameDecision,
    RectificationPoint,
    SavedFilter,
    SheetShape,
    Watch,
)
from hazards.rules import BulkAct
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, reported
from workflows.investigations import Ground
from workflows.vocabulary import Action, Grade

# Each constraint with a statement that breaks it and no other. There are several rows in each table.
BREACHES: dict[str, str] = {
    "ck_hazard_state": "UPDATE hazard SET state = 'lost'",
    "ck_hazard_grade": "UPDATE hazard SET grade = 'huge'",
    "ck_hazard_channel": "UPDATE hazard SET channel = 'rumour'",
    "ck_hazard_origin": "UPDATE hazard SET origin = 'found'",
    "ck_hazard_closed_has_time": "UPDATE hazard SET state = 'closed'",
    "ck_hazard_closed_has_signer": "UPDATE hazard SET state = 'closed', closed_at = CURRENT_TIMESTAMP",
    "ck_hazard_dismissed_has_time": "UPDATE hazard SET state = 'dismissed'",
    "ck_hazard_town_closes_no_major": "UPDATE hazard SET town_order = true, grade = 'major'",
    "ck_hazard_not_its_own_duplicate": "UPDATE hazard SET duplicate_of_id = id",
    "uq_hazard_number": "UPDATE hazard SET number = 'YH-1'",
    "uq_hazard_merge_key": "UPDATE hazard SET merge_key = 'same'",
    "ck_hazard_standing_tier": "UPDATE hazard_standing SET tier = 'year'",
    "ck_tier_move_from_tier": "UPDATE tier_move SET from_tier = 'year'",
    "ck_tier_move_to_tier": "UPDATE tier_move SET to_tier = 'year'",
    "ck_tier_move_moves": "UPDATE tier_move SET from_tier = to_tier",
    "uq_tier_move_hazard_id_on_day_to_tier": "UPDATE tier_move SET hazard_id = 1, on_day = '2026-01-01'",
    "uq_hazard_version_hazard_id_version": "UPDATE hazard_version SET hazard_id = 1, version = 1",
    "ck_sign_off_request_action": "UPDATE sign_off_request SET action = 'sing'",
    "ck_sign_off_request_status": "UPDATE sign_off_request SET status = 'lost', ended_at = CURRENT_TIMESTAMP",
    "ck_sign_off_request_open_has_no_end": "UPDATE sign_off_request SET ended_at = NULL, status = 'completed'",
    "uq_sign_off_request_open": "UPDATE sign_off_request SET hazard_id = 1, status = 'open', ended_at = NULL",
    "uq_signature_request_id_step": "UPDATE signature SET request_id = 1, step = 0",
    "ck_signature_role": "UPDATE signature SET role = 'king'",
    "ck_signature_manner": "UPDATE signature SET manner = 'wink'",
    "ck_signature_paper_has_recorder": "UPDATE signature SET manner = 'paper'",
    "ck_signature_recorder_is_not_signer": "UPDATE signature SET manner = 'paper', recorder_id = person_id",
    "ck_evidence_kind": "UPDATE evidence SET kind = 'rumour'",
    "ck_waiting_what": "UPDATE waiting SET what = 'hope'",
    "ck_waiting_somebody": "UPDATE waiting SET enterprise_id = NULL, regulator_id = NULL, person_id = NULL",
    "ck_hazard_points_done_of_total": "UPDATE hazard SET points_done = 1",
    "ck_rectification_point_done_has_person": "UPDATE rectification_point "
    "SET done_at = '2026-01-01', done_on = '2026-01-01'",
    "ck_rectification_point_done_has_day": "UPDATE rectification_point SET done_at = '2026-01-01', done_by_id = 1",
    "ck_rectification_point_done_is_not_struck": "UPDATE rectification_point "
    "SET done_at = '2026-01-01', done_by_id = 1, done_on = '2026-01-01', struck_at = '2026-01-01'",
    "ck_hazard_structural_has_owner": "UPDATE hazard SET structural = true",
    "ck_hazard_co_signed_has_signer": "UPDATE hazard SET co_signer = '甲'",
    "ck_hazard_not_its_own_recurrence": "UPDATE hazard SET recurrence_of_id = id",
    "ck_bulk_run_act": "UPDATE bulk_run SET act = 'pray'",
    "ck_bulk_item_outcome": "UPDATE bulk_item SET outcome = 'perhaps'",
    "uq_bulk_item_run_id_position": "UPDATE bulk_item SET position = 1",
    "ck_import_draft_stage": "UPDATE import_draft SET stage = 'dream'",
    "ix_import_draft_row_place": "UPDATE import_draft_row SET row = 1",
    "ck_sheet_shape_one_organisation": "UPDATE sheet_shape SET enterprise_id = NULL, regulator_id = NULL",
    "uq_sheet_shape_enterprise": "UPDATE sheet_shape SET enterprise_id = 1, regulator_id = NULL, shape = 'a'",
    "ck_name_decision_one_organisation": "UPDATE name_decision SET enterprise_id = NULL, regulator_id = NULL",
    "uq_name_decision_enterprise": "UPDATE name_decision SET enterprise_id = 1, regulator_id = NULL, key = 'a'",
    "uq_name_decision_regulator": "UPDATE name_decision SET enterprise_id = NULL, regulator_id = 1, key = 'a'",
    "uq_sheet_shape_regulator": "UPDATE sheet_shape SET enterprise_id = NULL, regulator_id = 1, shape = 'a'",
    "uq_header_title_plain": "UPDATE header_title SET plain = 'a'",
    "uq_saved_filter_person_id_name": "UPDATE saved_filter SET name = 'a'",
    "uq_criterion_version_criterion_id_number": "UPDATE criterion_version SET number = 1",
    "ck_investigation_ground": "UPDATE investigation SET ground = 'rumour'",
    "ck_investigation_concluded_has_outcome": "UPDATE investigation SET outcome = '罚款'",
    "ck_investigation_in_order": "UPDATE investigation SET outcome = '罚款', concluded_on = '2001-01-01'",
    "ck_control_check_missed_by_nobody": "UPDATE control_check SET by_id = NULL",
    "ck_control_check_made_has_answer": "UPDATE control_check SET holds = NULL",
    "uq_watch_hazard_id_person_id": "UPDATE watch SET hazard_id = 1, person_id = 1",
    "uq_criterion_standard_document_no_industry_clause": "UPDATE criterion SET clause = '第三条'",
}


def test_every_constraint_of_the_register_has_its_breach_here() -> None:
    assert set(_named()) == set(BREACHES)


def _named() -> Iterator[str]:
    tables = [
        mapper.local_table
        for mapper in Base.registry.mappers
        if mapper.class_.__module__.startswith(hazards.models.__name__)
    ]
    for table in tables:
        yield from (str(one.name) for one in table.constraints if isinstance(one, CheckConstraint | UniqueConstraint))
        yield from (str(index.name) for index in table.indexes if index.unique)


def test_every_constraint_of_the_register_bites(context: Flask, city: City, clock: FixedClock) -> None:
    _fill(city, clock)
    with db.engine.connect() as connection:
        kind = connection.dialect.name
        for name, breach in BREACHES.items():
            with pytest.raises(IntegrityError) as refused, connection.begin():
                connection.execute(text(breach))
            assert _names(name, str(refused.value.orig), kind), (name, refused.value.orig)


def _fill(city: City, clock: FixedClock) -> None:
    """Two rows or more in each table that has constraints; one request is open, others are complete."""
    first = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
    acts.accept(city, first, "manager", "principal", now=clock.advance(hours=1))
    second = reported(city, "leader", clock())
    acts.accept(city, second, "manager", now=clock.advance(hours=1))
    acts.ask(
        city,
        second,
        Action.EXTEND,
        "manager",
        clock(),
        reason="设备未到",
        new_deadline="2027-01-15",
        interim_controls="停用",
    )
    for clause in ("第三条", "第四条"):
        db.session.add(
            Investigation(
                hazard_id=1,
                ground=Ground.OTHER,
                office="区应急局",
                opened_on=clock().date(),
                recorded_by_id=1,
                recorded_at=clock(),
            )
        )
        db.session.add(ControlCheck(hazard_id=1, at=clock(), by_id=1, holds=True))
        _fill_imports_and_lists(clause, clock())
        db.session.add(RectificationPoint(hazard_id=1, position=1, text=clause))
        db.session.add(
            Watch(hazard_id=1, person_id=city.people["worker" if clause == "第三条" else "leader"], since=clock())
        )
        db.session.add(
            Criterion(standard="工贸企业重大事故隐患判定标准", industry="机械", clause=clause, text="冷却水")
        )
    db.session.commit()


def _fill_imports_and_lists(word: str, now: datetime) -> None:
    """A row in each table of imports, saved filters and acts on several."""
    place = 1 if word == "第三条" else 2
    file = store_file(word.encode(), "text/csv", now)
    stage = next(iter(DraftStage))
    draft = ImportDraft(owner_id=1, file_id=file.id, file_name=word, made_at=now, touched_at=now, stage=stage)
    run = BulkRun(person_id=1, act=next(iter(BulkAct)), asked=1, at=now)
    db.session.add_all([draft, run])
    db.session.flush()
    db.session.add_all(
        [
            ImportDraftRow(draft_id=1, check_no=0, row=place, outcome="created", content={}),
            BulkItem(run_id=1, position=place, number=word),
            NameDecision(enterprise_id=1, key=word, value="1", kept_at=now, kept_by_id=1),
            SheetShape(enterprise_id=1, shape=word, corrections={}, kept_at=now, kept_by_id=1),
            HeaderTitle(field="place", title=word, plain=word, added_at=now, added_by_id=1),
            SavedFilter(person_id=1, name=word, query="", saved_at=now),
        ]
    )
    if place == 2:
        judged = db.session.scalars(select(Criterion.id)).first()
        db.session.add_all(
            CriterionVersion(criterion_id=judged, number=number, text=word, replaced_at=now) for number in (1, 2)
        )


def _names(constraint: str, sentence: str, kind: str) -> bool:
    """PostgreSQL names the constraint; SQLite names a check, and of a unique one the table with its columns."""
    if kind == "postgresql" or constraint.startswith("ck_"):
        return constraint in sentence
    table = BREACHES[constraint].split()[1]
    return sentence.startswith(f"UNIQUE constraint failed: {table}.")

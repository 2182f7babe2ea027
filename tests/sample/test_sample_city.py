"""The sample city moves in once, shows what is new, and stays as it is when it is asked for again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import Deputation, Person
from core.db import db
from core.models import Event, OutboxMessage
from core.scope import everything
from core.verification import verify
from hazards.models import ControlCheck, Evidence, Hazard, Investigation, RectificationPoint
from hazards.operations.controls import watch_controls
from tests.clocks import START, FixedClock
from tests.conftest import running, settings_for
from tests.databases import Databases
from workflows.vocabulary import Grade, State


@pytest.fixture(scope="module")
def city(databases: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The sample city on SQLite, built once."""
    folder = tmp_path_factory.mktemp("sample")
    settings = settings_for(databases.filled("sqlite", folder), folder / "instance")
    for app in running(settings, FixedClock()):
        with app.app_context():
            for step in app.extensions["on_init"]:
                step(START)
            db.session.remove()
        _run(app)
        yield app


@pytest.fixture
def inside(city: Flask) -> Iterator[None]:
    """Everything of the city may be read."""
    with city.app_context():
        with everything("test of the sample"):
            yield
        db.session.remove()


def _run(app: Flask) -> str:
    ran = app.test_cli_runner().invoke(args=["demo"])
    assert ran.exit_code == 0, ran.output
    return ran.output


def test_asked_for_again_it_only_prints_the_people(city: Flask) -> None:
    def events() -> int | None:
        with city.app_context(), everything("test of the sample"):
            found = db.session.scalar(select(func.count()).select_from(Event))
            db.session.remove()
        return found

    before = events()
    assert "qy-aq" in _run(city)
    assert events() == before


@pytest.mark.usefixtures("inside")
def test_its_history_verifies() -> None:
    report = verify()
    assert report.is_whole, report


@pytest.mark.usefixtures("inside")
def test_two_of_four_points_are_put_right_and_the_landlord_is_asked() -> None:
    hazard = db.session.scalars(select(Hazard).where(Hazard.points_total > 0)).one()
    assert (hazard.points_done, hazard.points_total, hazard.state) == (2, 4, State.RECTIFYING)
    assert hazard.structural
    assert hazard.concerned_id is not None
    assert hazard.co_signed_at is None
    done = db.session.scalars(select(RectificationPoint.id).where(RectificationPoint.done_at.is_not(None))).all()
    photos = db.session.scalars(select(Evidence.point_id).where(Evidence.point_id.is_not(None))).all()
    assert set(photos) == set(done)
    assert len(photos) == len(done)
    told = set(db.session.scalars(select(OutboxMessage.kind)))
    assert {"co_sign", "comment", "deputy"} <= told


@pytest.mark.usefixtures("inside")
def test_exactly_one_check_of_controls_was_missed_and_none_is_due_at_once() -> None:
    wanted = select(Hazard).where(Hazard.grade == Grade.MAJOR, Hazard.state == State.RECTIFYING)
    hazards = db.session.scalars(wanted).all()
    assert sorted(hazard.control_missed or 0 for hazard in hazards) == [0] * (len(hazards) - 1) + [1]
    assert all(hazard.control_next_at is not None and hazard.control_next_at > START for hazard in hazards)
    checked = select(func.count()).select_from(ControlCheck).where(ControlCheck.missed == 0)
    assert db.session.scalar(checked) == len(hazards) - 1


def test_the_job_finds_nothing_more_to_count(city: Flask) -> None:
    def missed() -> int | None:
        with city.app_context(), everything("test of the sample"):
            found = db.session.scalar(select(func.sum(Hazard.control_missed)))
            db.session.remove()
        return found

    with city.app_context():
        watch_controls(START + timedelta(hours=1))
    assert missed() == 1


@pytest.mark.usefixtures("inside")
def test_a_deputy_acts_and_a_case_is_concluded() -> None:
    deputation = db.session.scalars(select(Deputation)).one()
    assert deputation.starts_at <= START < deputation.ends_at
    names = {db.session.get_one(Person, one).name for one in (deputation.person_id, deputation.deputy_id)}
    assert names == {"厂长·丙", "部门负责人·喆"}
    case = db.session.scalars(select(Investigation)).one()
    assert case.concluded_on is not None
    assert case.people_held == 2

"""The sample city moves in once, shows what is new, and stays as it is when it is asked for again."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from accounts.models import Deputation, Person
from core.db import db
from core.models import Event, OutboxMessage
from core.scope import everything
from core.verification import verify
from hazards.models import ControlCheck, Evidence, Hazard, Investigation, RectificationPoint
from hazards.operations.controls import watch_controls
from notices.fonts import install_fonts
from notices.models import Notice, NoticeService
from notices.queries import hazards_of
from reports.models import CloseStatus, MonthClose
from tests.accounts.world import log_in
from tests.clocks import START, FixedClock
from tests.conftest import running, settings_for
from tests.databases import Databases
from tests.notices.cached_fonts import font_cache
from workflows.notices import NoticeKind, NoticeStatus, Receipt, ServiceManner
from workflows.vocabulary import Grade, State


@pytest.fixture(scope="module")
def city(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Flask]:
    """The sample city on SQLite, built once."""
    folder = tmp_path_factory.mktemp("sample")
    made = settings_for(databases.filled("sqlite", folder), folder / "instance")
    settings = replace(made, seal_url="http://127.0.0.1:9/")  # nobody seals there: invented papers are not sent out
    install_fonts(settings.instance / "fonts", cache=font_cache(request.config))
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


# --- papers ----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("inside")
def test_every_kind_of_notice_was_issued() -> None:
    issued = set(db.session.scalars(select(Notice.kind).where(Notice.status == NoticeStatus.ISSUED)))
    assert issued == set(NoticeKind)
    assert set(db.session.scalars(select(Notice.status))) == set(NoticeStatus)


@pytest.mark.usefixtures("inside")
def test_papers_are_served_in_several_ways_and_some_are_signed_electronically() -> None:
    manners = set(db.session.scalars(select(NoticeService.manner)))
    assert {ServiceManner.HANDED, ServiceManner.POSTED, ServiceManner.LEFT} <= manners
    assert set(db.session.scalars(select(NoticeService.receipt))) == set(Receipt)
    signed = db.session.scalars(select(Notice).where(Notice.signed)).all()
    assert len({notice.office_id for notice in signed}) == 2


@pytest.mark.usefixtures("inside")
def test_numbers_of_an_office_have_no_gap_and_no_double() -> None:
    wanted = select(Notice.office_id, Notice.series, Notice.year, Notice.sequence).where(Notice.number.is_not(None))
    given: dict[tuple[int, str, int], list[int]] = {}
    for office, series, year, sequence in db.session.execute(wanted):
        given.setdefault((office, series, year), []).append(sequence)
    assert all(sorted(numbers) == list(range(1, len(numbers) + 1)) for numbers in given.values())
    texts = db.session.scalars(select(Notice.number).where(Notice.number.is_not(None))).all()
    assert len(set(texts)) == len(texts)
    assert any(text.startswith("（渝北）应急责改〔") for text in texts)


@pytest.mark.usefixtures("inside")
def test_an_order_bears_the_number_under_which_it_was_signed_and_what_is_listed_stands_on_the_hazard() -> None:
    orders = db.session.scalars(
        select(Notice).where(Notice.kind == NoticeKind.ORDER, Notice.status == NoticeStatus.ISSUED)
    ).all()
    assert len(orders) > 20
    for order in orders:
        (hazard,) = hazards_of(order)
        assert (hazard.order_number, hazard.served_on is not None) == (order.number, True)
    listed = db.session.scalars(select(Hazard).where(Hazard.listed_number != "").order_by(Hazard.delisted_on)).all()
    assert sorted(hazard.delisted_on is not None for hazard in listed) == [False, True]


@pytest.mark.usefixtures("inside")
def test_last_month_is_closed() -> None:
    close = db.session.scalars(select(MonthClose)).one()
    assert (close.month, close.status) == ("2026-10", CloseStatus.CLOSED)


# --- its pages -------------------------------------------------------------------------------------------------

LOOKED_AT = 200
"""Pages of one person: enough for each kind of page that is linked from others."""
OF_A_KIND = 2
_VALUES = re.compile(r"[A-Z]+-[\dA-Z-]*\d[\dA-Z-]*|\d+")


@pytest.mark.parametrize("login", ["qy-bz", "qy-bm", "qy-aq", "qy-zyf", "yb-yj-jc1", "yb-yj-sh", "yb-aw-bg", "yb-zj1"])
def test_no_link_leads_to_a_refusal(city: Flask, login: str) -> None:
    client = _logged_in(city, login)
    waiting, kinds, refused = deque([("/", "")]), Counter[str](), list[str]()
    while waiting:
        url, page = waiting.popleft()
        answer = client.get(url)
        if answer.status_code >= 400:
            refused.append(f"{answer.status_code} {url} on {page}")
        if answer.mimetype == "text/html":
            for link in _links(answer.get_data(as_text=True)):
                if kinds[_kind(link)] < OF_A_KIND and kinds.total() < LOOKED_AT:
                    kinds[_kind(link)] += 1
                    waiting.append((link, url))
        answer.close()
    assert kinds.total() > LOOKED_AT / 2
    assert refused == []


def _logged_in(city: Flask, login: str) -> FlaskClient:
    client = city.test_client()
    password = re.search(r"密码都是：(\S+)", _run(city))
    assert password is not None
    assert log_in(client, login, password[1]).status_code == 302
    return client


def _links(html: str) -> list[str]:
    found = [unescape(link) for link in re.findall(r'href="(/[^"#/][^"#]*)', html)]
    return [link for link in found if not link.startswith("/static/")]


def _kind(url: str) -> str:
    """Where it leads and what it asks, whatever the values."""
    path, _, asked = url.partition("?")
    return _VALUES.sub("#", path) + "?" + ",".join(sorted(part.partition("=")[0] for part in asked.split("&")))

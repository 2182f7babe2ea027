"""Help while reporting: clauses and earlier hazards, behind the button and as data for the script; what is kept."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from core.db import db, unit_of_work
from core.scope import everything
from hazards import criteria
from hazards.criteria import find_criteria
from hazards.models import Hazard
from hazards.operations.reporting import report
from tests.clocks import FixedClock
from tests.hazards.browsing import Photo, browser, errors_on, hidden, send
from tests.hazards.city import City, a_report, hazard, reported
from tests.hazards.pictures import jpeg
from workflows.vocabulary import Grade, State

NEW = "/hazards/new"
CANDIDATES = "/hazards/criteria/candidates"
DUPLICATES = "/hazards/likely-duplicates"
TEXT = "1号喷漆室使用油性油漆，未设置可燃气体浓度监测报警装置"
PLACE = "1号喷漆室"
WORDS = {
    "place": PLACE,
    "description": TEXT,
    "category": "safety",
    "grade": "general",
    "found_at": "2026-11-16T09:30",
    "responsible_unit": "设备部",
}
MAJOR = {"grade": "major", "stop_scope": "partial", "stop_note": "09:40 停用，撤出 2 人"}
PHOTO: Photo = ("IMG_1.jpg", jpeg())


@pytest.fixture
def clauses(app: Flask, page_city: City, clock: FixedClock) -> City:
    """The city with all clauses."""
    with app.app_context():
        criteria.seed(clock())
    return page_city


def close(number: str, clock: FixedClock) -> None:
    """Closed elsewhere before it came in: what is looked for here is not how."""
    with everything("test"), unit_of_work():
        found = hazard(number)
        found.state, found.closed_at, found.imported = State.CLOSED, clock(), True


def fill(client: FlaskClient, url: str = NEW, **more: Any) -> Any:
    files = {"photos": [PHOTO]} if more.pop("with_photo", False) else {}
    return send(client, url, client.get(url).get_data(as_text=True), WORDS | more, **files)


def cards(page: str) -> list[str]:
    return re.findall(r'name="criterion" value="(\d+)"', page)


# --- the button ----------------------------------------------------------------------------------------------------


def test_the_button_shows_clauses_with_what_matches_and_reports_nothing(app: Flask, clauses: City) -> None:
    answer = fill(browser(app, "leader"), look="1", with_photo=True)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 200
    assert errors_on(page) == {}
    assert 1 <= len(cards(page)) <= 5
    assert "非水性漆</mark>" in page
    assert "都不是，或说不准" in page
    assert TEXT in page
    assert "/hazards/new/photo/" in page  # the photo waits with the words
    assert "接近判定条款第七条第（七）项。" in page
    with app.app_context(), everything("test"):
        assert db.session.scalar(select(func.count()).select_from(Hazard)) == 0


def test_an_empty_form_has_the_button_and_no_candidates(app: Flask, clauses: City) -> None:
    page = browser(app, "leader").get(NEW).get_data(as_text=True)
    assert 'name="look"' in page
    assert cards(page) == []
    assert "data-look-likely hidden" in page


def test_only_clauses_in_force_when_it_was_found_are_offered(app: Flask, clauses: City) -> None:
    client = browser(app, "leader")
    page = fill(client, look="1", found_at="2019-05-01T09:00").get_data(as_text=True)
    with app.app_context():
        since = {
            str(one.id) for one in find_criteria(limit=400) if one.effective_from and one.effective_from.year > 2019
        }
    assert not set(cards(page)) & since


def test_an_open_one_alike_is_named_before_saving_and_a_closed_one_may_be_picked(
    app: Flask, clauses: City, clock: FixedClock
) -> None:
    with app.app_context():
        before = reported(
            clauses, "manager", clock(), description="喷漆室没有装可燃气体报警器，用的油性漆", place=PLACE
        )
        close(before, clock)
        still = reported(clauses, "manager", clock(), description=TEXT, place=PLACE)
    client = browser(app, "manager")
    page = fill(client, look="1").get_data(as_text=True)
    assert f'href="/hazards/{still}"' in page
    assert "可能已经报过：" in page
    assert f'name="recurrence_of" value="{before}"' in page
    answer = send(client, NEW, page, WORDS | {"recurrence_of": before})
    assert answer.status_code == 302
    made = client.get(answer.headers["Location"]).get_data(as_text=True)
    assert "再次出现" in made
    assert f'href="/hazards/{before}"' in made
    earlier = client.get(f"/hazards/{before}").get_data(as_text=True)
    assert "又出现过" in earlier
    assert answer.headers["Location"] in earlier
    listed = client.get("/hazards/?view=all&recurring=1").get_data(as_text=True)
    assert answer.headers["Location"] in listed
    assert f"/hazards/{before}" not in listed
    assert "再次出现的" in listed
    home = client.get("/").get_data(as_text=True)
    door = home[home.index("recurring=1") :]
    assert re.search(r"销号后再次出现.{0,120}?>1<", door, re.DOTALL)


# --- what is kept ---------------------------------------------------------------------------------------------------


def test_a_clause_picked_stands_unconfirmed_until_a_person_judges(app: Flask, clauses: City) -> None:
    client = browser(app, "manager")
    page = fill(client, look="1", **MAJOR).get_data(as_text=True)
    first = cards(page)[0]
    answer = send(client, NEW, page, WORDS | MAJOR | {"criterion": first}, photos=[PHOTO])
    number = answer.headers["Location"].rsplit("/", 1)[1]
    with app.app_context():
        made = hazard(number)
        assert made.criterion_candidate_id == int(first)
        assert made.criterion_clause == ""
        assert made.basis_unconfirmed
        assert "第七条第（七）项" in made.basis
    assert "判定依据待确认" in client.get(f"/hazards/{number}").get_data(as_text=True)
    judging = client.get(f"/hazards/{number}/accept").get_data(as_text=True)
    assert re.search(rf'name="criterion" value="{first}" checked', judging)


def test_none_of_them_is_always_offered_and_its_reason_kept(app: Flask, clauses: City) -> None:
    client = browser(app, "manager")
    more = MAJOR | {"criterion": "none", "criterion_reason": "可致群死群伤"}
    number = fill(client, with_photo=True, **more).headers["Location"].rsplit("/", 1)[1]
    with app.app_context():
        made = hazard(number)
        assert made.criterion_candidate_id is None
        assert made.basis == "上报人认为没有对应条款，理由：可致群死群伤"
        assert made.grade is Grade.MAJOR


def test_a_clause_changes_no_grade_by_itself(app: Flask, clauses: City) -> None:
    client = browser(app, "leader")
    first = cards(fill(client, look="1").get_data(as_text=True))[0]
    number = fill(client, criterion=first).headers["Location"].rsplit("/", 1)[1]
    with app.app_context():
        assert hazard(number).grade is Grade.GENERAL
        assert hazard(number).basis == ""


@pytest.mark.parametrize("odd", ["999999999", "-1", "abc", "1 OR 1=1"])
def test_a_clause_that_is_none_is_refused_or_left_out(app: Flask, clauses: City, odd: str) -> None:
    answer = fill(browser(app, "leader"), criterion=odd)
    if odd == "999999999":
        assert answer.status_code == 422
        assert "找不到所选的判定条款" in answer.get_data(as_text=True)
    else:
        assert answer.status_code == 302


def test_a_number_that_is_not_closed_is_refused_with_all_words_kept(app: Flask, clauses: City) -> None:
    answer = fill(browser(app, "leader"), recurrence_of="YH-500110-2026-000099")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "再次出现的须是同一企业已销号的隐患。请核对编号。" in page
    assert TEXT in page


# --- the data -------------------------------------------------------------------------------------------------------


def test_the_script_gets_clauses_in_pieces(app: Flask, clauses: City) -> None:
    answer = browser(app, "leader").get(CANDIDATES, query_string={"text": TEXT, "found": "2026-11-16"})
    data = answer.get_json()
    first = data["candidates"][0]
    assert first["clause"] == "第七条第（七）项"
    assert "".join(piece for piece, _hit in first["parts"]).startswith("使用非水性漆的调漆间")
    assert any(hit for _piece, hit in first["parts"])
    assert first["source"] == "《工贸企业重大事故隐患判定标准》（应急管理部令第10号）· 工贸-机械"
    assert data["close"]["id"] == first["id"]
    assert "no-store" in answer.headers["Cache-Control"]


@pytest.mark.parametrize("asked", [{}, {"text": ""}, {"text": "<script>"}, {"text": "\0", "found": "2026-13-99"}])
def test_odd_questions_find_nothing_and_break_nothing(app: Flask, clauses: City, asked: dict[str, str]) -> None:
    client = browser(app, "leader")
    assert client.get(CANDIDATES, query_string=asked).get_json() == {"candidates": [], "close": None}
    assert client.get(DUPLICATES, query_string=asked).get_json() == {"open": [], "closed": []}


def test_earlier_ones_come_as_data_for_whom_may_see_them(app: Flask, clauses: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(clauses, "manager", clock(), description=TEXT, place=PLACE)
    asked = {"text": TEXT, "place": PLACE}
    found = browser(app, "manager").get(DUPLICATES, query_string=asked).get_json()
    assert [one["number"] for one in found["open"]] == [number]
    assert found["open"][0]["url"] == f"/hazards/{number}"
    assert "已上报" in found["open"][0]["words"]
    assert browser(app, "worker").get(DUPLICATES, query_string=asked).get_json()["open"] == []
    inspector = browser(app, "inspector_a")
    plant, far = clauses.enterprises["plant"], clauses.enterprises["far"]
    seen = inspector.get(DUPLICATES, query_string=asked | {"enterprise": plant}).get_json()
    assert [one["number"] for one in seen["open"]] == [number]
    for url in (DUPLICATES, CANDIDATES):
        assert inspector.get(url, query_string=asked | {"enterprise": far}).status_code == 404
        assert inspector.get(url, query_string=asked).status_code == 404
        assert browser(app, "reviewer").get(url, query_string=asked).status_code == 403
        assert app.test_client().get(url).status_code == 302


def test_a_correction_of_the_standard_is_offered_at_once(app: Flask, clauses: City) -> None:
    client = browser(app, "leader")
    asked = {"text": "飞艇系留缆绳断股", "found": "2026-11-16"}
    assert client.get(CANDIDATES, query_string=asked).get_json()["candidates"] == []
    with app.app_context(), unit_of_work():
        row = {
            "standard": "某标准",
            "document_no": "",
            "effective_from": "",
            "industry": "工贸-机械",
            "clause": "第一条",
        }
        criteria.load([row | {"text": "飞艇系留缆绳断股仍继续使用的"}])
    found = client.get(CANDIDATES, query_string=asked).get_json()["candidates"]
    assert [one["source"] for one in found] == ["《某标准》· 工贸-机械"]


def test_the_operation_refuses_a_reason_that_is_too_long(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context(), page_city.eyes("manager") as actor, pytest.raises(Exception, match="最多 2,000 个字"):
        report(a_report(page_city, clock(), criterion_reason="字" * 2001), by=actor, now=clock())


def test_hidden_fields_of_the_form_stay_what_they_are(app: Flask, clauses: City) -> None:
    client = browser(app, "leader")
    first = client.get(NEW).get_data(as_text=True)
    again = send(client, NEW, first, WORDS | {"look": "1"}).get_data(as_text=True)
    assert hidden(again)["once"] == hidden(first)["once"]

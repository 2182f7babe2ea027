"""The pages of risk points: keeping them, reporting there, the board, whose figures lead to lists of their length."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import event

from core.db import db
from tests.accounts.test_pages import keeps_house_rules
from tests.accounts.world import post, text_of, token
from tests.clocks import FixedClock
from tests.hazards.browsing import browser, errors_on, flashes, send
from tests.hazards.city import City, photo
from tests.inspections.points import a_point, found_at, hazards_in_register, kept

LIST = "/inspections/points/"
PHOTO = ("a.jpg", photo().data)
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}'\"=1+1\u202e𬭬"


def test_a_point_is_added_changed_and_retired_by_its_pages(app: Flask, page_city: City) -> None:
    client = browser(app, "manager")
    page = text_of(client.get(f"{LIST}new"))
    made = post(client, f"{LIST}new", {"name": "电炉", "grade": "red", "kind": "equipment", "responsible": "王工"})
    assert made.status_code == 302
    url = made.location
    assert post(client, f"{url}/controls", {"text": "每班点检", "kind": "management"}).status_code == 302
    keeps_house_rules("point", text_of(client.get(url)))
    edit = {"name": "电炉二", "grade": "orange", "kind": "equipment", "place": "熔炼车间"}
    assert post(client, f"{url}/edit", edit).status_code == 302
    with app.app_context():
        point = kept(int(url.rpartition("/")[2]))
        control = point.controls[0].id
        assert (point.name, point.place, point.code) == ("电炉二", "熔炼车间", "FX-0001")
    answer = post(client, f"{url}/controls?instead={control}", {"text": "每小时点检", "kind": "management"})
    assert answer.status_code == 302
    page = text_of(client.get(url))
    assert "<s>每班点检</s>" in page
    shown = token(page)
    assert client.post(f"{url}/retire", data={"csrf_token": shown}).status_code == 302
    assert "已停用" in text_of(client.get(url))
    assert "电炉二" not in text_of(client.get(LIST))
    assert "电炉二" in text_of(client.get(f"{LIST}?retired=1"))
    assert client.post(f"{url}/retire", data={"csrf_token": shown, "restore": "1"}).status_code == 302
    with app.app_context():
        assert kept(point.id).active


def test_what_is_lacking_is_said_at_its_field_and_what_was_typed_stays(app: Flask, page_city: City) -> None:
    client = browser(app, "manager")
    answer = post(client, f"{LIST}new", {"name": "", "place": "熔炼车间", "grade": "purple"})
    assert answer.status_code == 422
    assert set(errors_on(text_of(answer))) >= {"name", "grade"}
    assert 'value="熔炼车间"' in text_of(answer)


def test_a_failed_measure_is_reported_once_and_shown_on_the_hazard(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    with app.app_context():
        point_id = a_point(page_city, clock())
        control = kept(point_id).controls[0].id
    client = browser(app, "leader")
    url = f"{LIST}{point_id}/failed?control={control}"
    page = text_of(client.get(url))
    assert "管控措施失效：出水温度报警并与电源联锁" in page
    refused = send(client, url, page, {"control": str(control), "description": "", "grade": "general"})
    assert (refused.status_code, set(errors_on(text_of(refused)))) == (422, {"description"})
    words = {"control": str(control), "description": "断水不报警", "grade": "major", "stop_note": "已停炉"}
    lacking = send(client, url, page, words)
    assert "至少要 1 张整改前照片" in text_of(lacking)
    done = send(client, url, page, words | {"category": "instrument"}, photos=[PHOTO])
    assert done.status_code == 302
    assert flashes(client)[0][0] == "good"
    again = send(client, url, page, words, photos=[PHOTO])
    assert again.location == done.location
    with app.app_context():
        assert hazards_in_register() == 1
    hazard = text_of(client.get(done.location))
    assert "失效的管控措施" in hazard
    assert f'href="{LIST}{point_id}"' in hazard
    shown = text_of(client.get(f"{LIST}{point_id}"))
    assert "现在失效，隐患未销号" in shown
    assert done.location in shown


@pytest.mark.parametrize(
    "key", ["worker", "leader", "head", "manager", "inspector_a", "far_inspector", "shop_principal"]
)
def test_each_opens_what_is_theirs(app: Flask, page_city: City, clock: FixedClock, key: str) -> None:
    with app.app_context():
        point_id = a_point(page_city, clock())
        other = a_point(page_city, clock(), unit_id=None)
    client = browser(app, key)
    reads = {"leader": 200, "head": 200, "manager": 200, "inspector_a": 200, "worker": 403}.get(key, 404)
    keeps = {"head": 200, "manager": 200, "leader": 403, "inspector_a": 403, "worker": 403}.get(key, 404)
    reports = {"leader": 200, "head": 200, "manager": 200, "inspector_a": 403, "worker": 403}.get(key, 404)
    url = f"{LIST}{point_id}"
    expected = {"": reads, "/edit": keeps, "/controls": keeps, "/failed": reports}
    assert {path: client.get(url + path).status_code for path in expected} == expected
    assert client.get(f"{LIST}{other}/edit").status_code == {"head": 403, "manager": 200, "leader": 404}.get(key, keeps)
    shown = token(text_of(client.get("/me/password")))
    for path in ("/retire", f"/controls/{kept_control(app, point_id)}/strike"):
        answer = client.post(url + path, data={"csrf_token": shown})
        assert answer.status_code == {200: 302}.get(keeps, keeps), (key, path)


def kept_control(app: Flask, point_id: int) -> int:
    with app.app_context():
        return kept(point_id).controls[0].id


def test_figures_of_the_board_are_doors_to_lists_of_that_length(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        first = a_point(page_city, clock())
        a_point(page_city, clock(), name="行车", unit_id=None)
        found_at(page_city, first, clock(), failed=0)
    client = browser(app, "principal")
    page = text_of(client.get("/inspections/board"))
    keeps_house_rules("board", page)
    doors = re.findall(
        r'href="(/inspections/points/\?[^"]*)"[^>]*>(?:有问题 )?(?:<span class="l">.*?<span class="v">)?(\d+)', page
    )
    assert len(doors) >= 8
    for url, figure in doors:
        listed = text_of(client.get(unescape(url)))
        assert f"共 {figure} 个" in listed or (figure == "0" and "没有符合条件的风险点" in listed), url


def test_a_regulator_chooses_an_enterprise_first_and_reads(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        point_id = a_point(page_city, clock())
    client, plant = browser(app, "inspector_a"), page_city.enterprises["plant"]
    for page in (LIST, "/inspections/board", "/inspections/labels"):
        chosen = text_of(client.get(page, query_string={"q": "机械"}))
        assert f"enterprise={plant}" in chosen
        assert client.get(f"{page}?enterprise={plant}").status_code == 200
        assert client.get(f"{page}?enterprise={page_city.enterprises['far']}").status_code == 404
    assert "1 号中频电炉" in text_of(client.get(f"{LIST}?enterprise={plant}"))
    assert "修改" not in text_of(client.get(f"{LIST}{point_id}"))
    taken = client.get(f"{LIST}list.xlsx?enterprise={plant}")
    assert taken.status_code == 200
    assert client.get(f"{LIST}list.xlsx").status_code == 404


def test_hostile_text_stays_text(app: Flask, page_city: City) -> None:
    client = browser(app, "manager")
    made = post(client, f"{LIST}new", {"name": HOSTILE, "place": HOSTILE, "grade": "red", "possible_harm": HOSTILE})
    assert made.status_code == 302
    assert post(client, f"{made.location}/controls", {"text": HOSTILE, "answers": HOSTILE}).status_code == 302
    for url in (made.location, LIST, "/inspections/board", f"{made.location}/failed", f"{made.location}/edit"):
        page = text_of(client.get(url))
        assert "<script>alert" not in page, url
        assert "{{ 7*7 }}" in unescape(page) or url == "/inspections/board", url


@pytest.mark.parametrize(
    "query", ["after=1", "after=a-b", "after=1-99999999999999", "unit=abc", "grade=x", "kind=x", "wrong=x", "open=x"]
)
def test_a_made_up_address_shows_the_list(app: Flask, page_city: City, clock: FixedClock, query: str) -> None:
    assert browser(app, "manager").get(f"{LIST}?{query}").status_code == 200


def test_pages_of_many_points_ask_few_questions(app: Flask, page_city: City, clock: FixedClock) -> None:
    client, asked = browser(app, "manager"), list[str]()
    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", lambda *given: asked.append(given[2]))

    def questions() -> list[int]:
        counts = []
        for url in (LIST, "/inspections/board"):
            asked.clear()
            assert client.get(url).status_code == 200
            counts.append(len(asked))
        return counts

    with app.app_context():
        found_at(page_city, a_point(page_city, clock(), name="设备"), clock(), failed=0)
    few = questions()
    with app.app_context():
        for number in range(12):
            found_at(page_city, a_point(page_city, clock(), name=f"设备 {number}"), clock(), failed=0)
    assert questions() == few
    assert max(few) <= 22, few

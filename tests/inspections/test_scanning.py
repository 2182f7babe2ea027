"""A scanned label: its people's tasks, a worker's report without an account, and what became of it; nobody else's."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from accounts.models import Enterprise
from core.db import db, unit_of_work
from core.models import OutboxMessage
from core.refusals import TooOften
from core.scope import everything
from core.verification import verify
from hazards.models import Evidence, Hazard
from inspections.models import Finding, Reward
from inspections.operations import open_reports
from inspections.operations.findings import Seen
from inspections.operations.open_reports import code_of, kept_code, report_as_stranger
from inspections.operations.points import retire_point
from inspections.queries.points import get_point
from inspections.queries.scanning import scanned
from inspections.web import FOLLOW_LIMIT, REPORT_LIMIT
from tests.accounts.test_pages import keeps_house_rules
from tests.accounts.world import post, text_of, token
from tests.clocks import FixedClock
from tests.hazards.browsing import browser, errors_on, send
from tests.hazards.city import City, photo
from tests.inspections.duties import a_plan
from tests.inspections.points import a_point, found_at, hazards_in_register, kept, opened
from workflows.vocabulary import Channel, State

HOSTILE = "<script>alert(1)</script>{{ 7*7 }}'\"=1+1\u202e𬭬"
PHOTO = ("a.jpg", photo().data)


class Door:
    """A label of the plant, and a browser in which nobody is signed in."""

    def __init__(self, app: Flask, city: City, clock: FixedClock, *, allowed: bool = True) -> None:
        self.app, self.client = app, app.test_client()
        with app.app_context():
            opened(city, clock(), allowed=allowed)
            self.point_id = a_point(city, clock())
            self.token = kept(self.point_id).token
        self.url = f"/p/{self.token}"
        self.form = f"{self.url}/report"

    def report(self, client: FlaskClient | None = None, page: str = "", **words: str) -> tuple[int, str]:
        """Send the form; status and page."""
        client = client or self.client
        page = page or text_of(client.get(self.form))
        answer = send(client, self.form, page, {"description": "冷却水管漏水"} | words, photos=[PHOTO])
        return answer.status_code, text_of(answer)


@pytest.fixture
def door(app: Flask, page_city: City, clock: FixedClock) -> Door:
    return Door(app, page_city, clock)


def row(app: Flask) -> tuple[Hazard, Reward, Finding]:
    with app.app_context(), everything("test"):
        wanted = select(Hazard, Reward, Finding).join(Reward, Reward.hazard_id == Hazard.id)
        found = db.session.execute(wanted.join(Finding, Finding.hazard_id == Hazard.id)).one()
        return found[0], found[1], found[2]


# --- a worker without an account -----------------------------------------------------------------------------------


def test_a_stranger_reports_and_follows_the_report(app: Flask, page_city: City, door: Door) -> None:
    assert door.client.get(door.url).location == door.form
    page = text_of(door.client.get(door.form))
    assert "每条奖励 50 元" in page
    assert "示例綦江机械制造有限公司5号厂" in page
    status, told = door.report(page=page, name="张三", contact="13800001234")
    assert status == 200
    keeps_house_rules("told", told)
    hazard, reward, finding = row(app)
    assert (hazard.channel, hazard.state, hazard.reporter_id) == (Channel.SELF_INSPECTION, State.REPORTED, None)
    assert (hazard.found_by, hazard.unit_id) == (open_reports.UNNAMED, page_city.units["smelting"])
    assert finding.risk_point_id == door.point_id
    assert hazard.number in told
    assert reward.reporter == "张三"
    assert "138" not in reward.contact
    code = re.sub(r"\s", "", re.search(r'class="follow-code num">([^<]+)<', told)[1])  # type: ignore[index]
    with app.app_context(), everything("test"):
        assert reward.follow_code == kept_code(code) != code
        evidence = db.session.scalars(select(Evidence)).one()
        told_of = set(db.session.scalars(select(OutboxMessage.person_id).where(OutboxMessage.kind == "worker_report")))
        assert verify().is_whole
    assert evidence.added_by_id is None
    assert told_of == {page_city.people["manager"], page_city.people["manager_b"]}
    followed = post(door.client, "/p/follow", {"code": f" {code[:4].lower()} {code[4:]}"})
    keeps_house_rules("follow", text_of(followed))
    assert "已上报，等企业核实受理" in text_of(followed)
    assert "冷却水" not in text_of(followed)


def test_its_photo_and_its_page_are_whole_for_the_enterprise(app: Flask, page_city: City, door: Door) -> None:
    door.report()
    hazard, _reward, _finding = row(app)
    page = browser(app, "manager").get(f"/hazards/{hazard.number}")
    assert page.status_code == 200
    assert "从业人员（扫码上报）" in text_of(page)
    assert "在哪里发现" in text_of(page)


def test_a_second_tap_is_the_same_report_with_the_same_code(app: Flask, door: Door) -> None:
    page = text_of(door.client.get(door.form))
    _status, first = door.report(page=page)
    _status, second = door.report(page=page)
    with app.app_context():
        assert hazards_in_register() == 1
    facts = r"<dd[^>]*>.*?</dd>"
    assert re.findall(facts, first, re.DOTALL) == re.findall(facts, second, re.DOTALL)


def test_what_is_lacking_is_said_and_the_words_and_photos_stay(app: Flask, door: Door) -> None:
    page = text_of(door.client.get(door.form))
    status, refused = door.report(page=page, description="", name="张三")
    assert (status, set(errors_on(refused))) == (422, {"description"})
    assert 'value="张三"' in refused
    assert "已存照片：a.jpg" in refused
    assert send(door.client, door.form, refused, {"description": "漏水"}).status_code == 200
    with app.app_context(), everything("test"):
        assert db.session.query(Evidence).count() == 1


def test_photos_of_another_label_are_not_taken_up(app: Flask, page_city: City, clock: FixedClock, door: Door) -> None:
    with app.app_context():
        other = kept(a_point(page_city, clock(), name="行车")).token
    _status, refused = door.report(description="")
    staged = re.search(r'name="staged"[^>]*value="([^"]+)"', refused) or re.search(
        r'value="([^"]+)"[^>]*name="staged"', refused
    )
    assert staged is not None
    page = text_of(door.client.get(f"/p/{other}/report"))
    words = {"description": "漏水", "staged": unescape(staged[1])}
    assert send(door.client, f"/p/{other}/report", page, words).status_code == 200
    with app.app_context(), everything("test"):
        assert db.session.query(Evidence).count() == 0


@pytest.mark.parametrize(
    "words",
    [{"description": "长" * 2001}, {"name": "长" * 61}, {"contact": "1" * 61}, {"once": "made up"}, {"once": ""}],
)
def test_what_does_not_fit_is_refused_in_words(app: Flask, door: Door, words: dict[str, str]) -> None:
    status, page = door.report(**words)
    assert status == 422
    assert "请先改好这几处" in page
    with app.app_context():
        assert hazards_in_register() == 0


def test_hostile_text_stays_text(app: Flask, page_city: City, door: Door) -> None:
    status, _told = door.report(description=HOSTILE, name=HOSTILE[:60], contact=HOSTILE[:60])
    assert status == 200
    hazard, _reward, _finding = row(app)
    assert hazard.description == HOSTILE.replace("\u202e", "")
    client = browser(app, "manager")
    pages = ("/inspections/rewards", f"/inspections/rewards/{hazard.number}", f"/inspections/points/{door.point_id}")
    for url in pages:
        page = text_of(client.get(url))
        assert "<script>alert" not in page, url
        assert "{{ 7*7 }}" in unescape(page), url


@pytest.mark.parametrize(("name", "data"), [("a.jpg", b"MZ\x90"), ("a.jpg", b""), ("a.svg", b"<svg onload=alert(1)>")])
def test_what_is_no_photo_is_refused(app: Flask, door: Door, name: str, data: bytes) -> None:
    page = text_of(door.client.get(door.form))
    answer = send(door.client, door.form, page, {"description": "漏水"}, photos=[(name, data)])
    assert answer.status_code == 422
    with app.app_context():
        assert hazards_in_register() == 0


def test_more_than_three_photos_are_told_and_a_huge_body_is_not_read(app: Flask, door: Door) -> None:
    page = text_of(door.client.get(door.form))
    colours = ("red", "green", "blue", "black")
    photos = [(f"{colour}.jpg", photo(colour).data) for colour in colours]
    answer = send(door.client, door.form, page, {"description": "漏水"}, photos=photos)
    assert answer.status_code == 422
    assert "一次最多 3 个" in text_of(answer)
    body = b"x" * (33 * 1024 * 1024)
    huge = door.client.post(door.form, data=body, content_type="multipart/form-data; boundary=x")
    assert huge.status_code == 413


def test_a_likely_repeat_is_told_of_and_taken_all_the_same(app: Flask, door: Door) -> None:
    words = "1 号中频电炉冷却水管接头漏水，地面积水"
    assert "可能有人报过" not in door.report(description=words)[1]
    _status, page = door.report(description=words)
    assert "这里最近可能有人报过类似的情况" in page
    with app.app_context():
        assert hazards_in_register() == 2


# --- doors that stay shut ----------------------------------------------------------------------------------------


def test_where_it_is_not_allowed_one_logs_in_first(app: Flask, page_city: City, clock: FixedClock) -> None:
    door = Door(app, page_city, clock, allowed=False)
    for url in (door.url, door.form):
        answer = door.client.get(url)
        assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login")
        assert door.token in answer.location
    shown = token(text_of(door.client.get("/login")))
    answer = door.client.post(door.form, data={"csrf_token": shown, "description": "漏水"})
    assert (answer.status_code, answer.location.split("?")[0]) == (302, "/login")
    with app.app_context():
        assert hazards_in_register() == 0


def test_an_enterprise_that_closes_the_door_meanwhile_gets_no_report(
    app: Flask, page_city: City, clock: FixedClock, door: Door
) -> None:
    page = text_of(door.client.get(door.form))
    with app.app_context():
        opened(page_city, clock(), allowed=False)
    assert door.report(page=page)[0] == 302
    with app.app_context():
        assert hazards_in_register() == 0


def test_labels_retired_made_up_or_of_a_closed_enterprise_look_alike(
    app: Flask, page_city: City, clock: FixedClock, door: Door
) -> None:
    with app.app_context():
        retired = kept(a_point(page_city, clock(), name="旧炉")).token
        with page_city.eyes("manager") as actor, unit_of_work():
            point = get_point(scanned(retired).point_id)  # type: ignore[union-attr]
            retire_point(point, by=actor, now=clock())
    sentences = set()
    for name in (retired, "x.y", "A" * 16, "A" * 200, "..%2f..%2fetc"):
        for url in (f"/p/{name}", f"/p/{name}/report"):
            answer = door.client.get(url)
            assert answer.status_code == 404, url
            sentences.add(
                re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", text_of(answer).split("<main")[1])).split("打印")[0]
            )
    assert len(sentences) <= 2  # the second where the address is none at all
    with app.app_context(), everything("test"), unit_of_work():
        db.session.get_one(Enterprise, page_city.enterprises["plant"]).active = False
    assert door.client.get(door.form).status_code == 404


def test_a_stranger_reads_nothing_of_the_enterprise(app: Flask, page_city: City, clock: FixedClock, door: Door) -> None:
    with app.app_context():
        number = found_at(page_city, door.point_id, clock(), failed=0)
    page = text_of(door.client.get(door.form))
    for secret in (number, "护栏", "报警并与电源联锁", "部门负责人"):
        assert secret not in page
    for url in (f"/inspections/points/{door.point_id}", f"/hazards/{number}", "/inspections/board"):
        assert door.client.get(url).location.startswith("/login")


def test_a_flood_from_one_address_is_dammed(app: Flask, door: Door) -> None:
    most = int(REPORT_LIMIT.split()[0])
    page = text_of(door.client.get(door.form))
    statuses = [door.report(page=page, description="")[0] for _ in range(most + 1)]
    assert statuses == [422] * most + [429]
    assert door.client.get(door.form).status_code == 200  # reading is not limited


def test_codes_cannot_be_tried_out(app: Flask, door: Door) -> None:
    most = int(FOLLOW_LIMIT.split()[0])
    page = token(text_of(door.client.get("/p/follow")))
    tries = [
        door.client.post("/p/follow", data={"csrf_token": page, "code": f"AAAA BBBB CC{n:02d}"}).status_code
        for n in range(20, 20 + most + 1)
    ]
    assert tries == [404] * most + [429]


def test_so_many_a_day_and_no_more(
    app: Flask, page_city: City, clock: FixedClock, door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(open_reports, "MOST_A_DAY", 2)

    def one(key: str) -> str:
        with app.app_context(), unit_of_work():
            here = scanned(door.token)
            assert here is not None
            return report_as_stranger(here, Seen("漏水"), name="", contact="", key=key, now=clock()).number

    one("k1"), one("k2")
    with pytest.raises(TooOften):
        one("k3")
    clock.advance(days=1, seconds=1)
    assert one("k4")


def test_follow_codes_are_of_their_form_and_forgive_how_they_are_typed(app: Flask) -> None:
    with app.app_context():
        codes = {code_of(f"key {n}") for n in range(300)}
        assert len(codes) == 300
        assert all(re.fullmatch(r"[2-9A-HJKMNP-Z]{12}", code) for code in codes)
        assert kept_code("abcd-efgh 2345") == kept_code("ABCDEFGH2345") != kept_code("ABCDEFGH2346")


# --- somebody signed in --------------------------------------------------------------------------------------------


def test_a_signed_in_worker_reports_and_gets_a_reward_put_down(app: Flask, page_city: City, door: Door) -> None:
    client = browser(app, "worker")
    assert "上报这里的隐患" in text_of(client.get(door.url))
    page = text_of(client.get(door.form))
    assert 'name="contact"' not in page
    status, told = door.report(client, page)
    assert status == 200
    assert "查询码" not in told
    hazard, reward, _finding = row(app)
    assert hazard.reporter_id == page_city.people["worker"]
    assert (reward.reporter, reward.follow_code, reward.contact) == ("从业人员·甲", None, "")


def test_whoever_decides_on_rewards_reports_without_one(app: Flask, door: Door) -> None:
    client = browser(app, "manager")
    assert door.report(client)[0] == 200
    with app.app_context(), everything("test"):
        assert (db.session.query(Hazard).count(), db.session.query(Reward).count()) == (1, 0)


@pytest.mark.parametrize("key", ["shop_principal", "far_principal", "far_inspector", "fire_inspector"])
def test_a_foreigner_finds_nothing_at_the_label(app: Flask, page_city: City, door: Door, key: str) -> None:
    client = browser(app, key)
    for url in (door.url, door.form):
        assert client.get(url).status_code == 404
    shown = token(text_of(client.get("/me/password")))
    assert client.post(door.form, data={"csrf_token": shown, "description": "漏水"}).status_code == 404


def test_a_supervising_inspector_is_led_to_the_point(app: Flask, door: Door) -> None:
    client = browser(app, "inspector_a")
    assert client.get(door.url).location == f"/inspections/points/{door.point_id}"
    assert client.get(door.form).status_code == 403


def test_a_team_leader_finds_the_tasks_and_hazards_of_the_place(
    app: Flask, page_city: City, clock: FixedClock, door: Door
) -> None:
    with app.app_context():
        number = found_at(page_city, door.point_id, clock())
        plan = a_plan(page_city, (clock() - timedelta(days=1)).date(), clock(), name="炉前班查")
        plan_id = plan.id
        other_id = a_plan(page_city, (clock() - timedelta(days=1)).date(), clock(), name="炉后班查").id
    client = browser(app, "leader")
    page = text_of(client.get(door.url))
    assert number in page
    assert "炉前班查" in page
    start = re.search(r'action="(/inspections/start\?[^"]+)"', page)
    assert start is not None
    assert f"plan={plan_id}" in unescape(start[1])
    begun = client.post(unescape(start[1]), data={"csrf_token": token(page)})
    assert re.fullmatch(r"/inspections/\d+", begun.location)
    second = re.search(rf'action="(/inspections/start\?[^"]*plan={other_id}&[^"]+)"', page)
    assert second is not None
    another = client.post(unescape(second[1]), data={"csrf_token": token(page)})
    assert another.location != begun.location, "each beginning of one page is its own"
    assert "接着排查" in text_of(client.get(door.url))

"""The report form: who has it, what it asks, what it keeps, and that a report is taken once."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from accounts.models import EnterpriseLink, Regulator
from accounts.rules import LinkKind
from core.db import db, unit_of_work
from core.scope import everything
from hazards.models import Evidence, Hazard, SignOffRequest
from hazards.rules import EvidenceKind
from tests.clocks import FixedClock
from tests.hazards.browsing import browser, errors_on, flashes, hidden, send
from tests.hazards.city import City, build_city
from tests.hazards.pictures import RED, jpeg, looks, opened
from workflows.vocabulary import Action, Category, Channel, Grade, State, StopScope

NEW = "/hazards/new"
WORDS = {
    "place": "北区熔炼车间",
    "description": "电炉冷却水系统未设置监测报警装置",
    "category": "equipment",
    "grade": "general",
    "found_at": "2026-11-16T09:30",
    "responsible_unit": "设备部",
}
MAJOR = {"grade": "major", "stop_scope": "partial", "stop_note": "09:40 停用 2 号炉，撤出 6 人"}
SPOT = {"on_the_spot": "y", "result": "已更换报警器"}
PHOTO = ("IMG_1.jpg", jpeg())
AFTER = ("IMG_2.jpg", jpeg(300, 300))


@pytest.fixture
def sqlite_city(sqlite_app: Flask, clock: FixedClock) -> City:
    """The small city once, for what does not depend on the database."""
    with sqlite_app.app_context():
        return build_city(clock())


def fill(client: FlaskClient, url: str = NEW, **more: Any) -> TestResponse:
    """Open the form and send it with the usual words, changed by `more`; photos by `photos`, `photos_after`."""
    files = {name: more.pop(name) for name in ("photos", "photos_after") if name in more}
    return send(client, url, client.get(url).get_data(as_text=True), WORDS | more, **files)


def hazards() -> list[Hazard]:
    with everything("test"):
        return list(db.session.scalars(select(Hazard).order_by(Hazard.id)))


def photos_of(hazard_id: int, kind: EvidenceKind) -> list[Evidence]:
    with everything("test"):
        wanted = select(Evidence).where(Evidence.hazard_id == hazard_id, Evidence.kind == kind).order_by(Evidence.id)
        return list(db.session.scalars(wanted))


# --- who has the form -------------------------------------------------------------------------------------------

SELF, CHECKS = "self", "checks"
HAS_FORM = {
    **dict.fromkeys(["worker", "leader", "head", "manager", "plant_manager", "principal", "far_principal"], SELF),
    **dict.fromkeys(["town_officer", "inspector_a", "fire_inspector", "city_inspector_a", "far_inspector"], CHECKS),
    **dict.fromkeys(["town_head", "reviewer", "approver", "clerk"], ""),
}


@pytest.mark.parametrize(("login", "form"), HAS_FORM.items())
def test_who_may_report_has_the_form_and_others_are_told_why_not(
    app: Flask, page_city: City, login: str, form: str
) -> None:
    answer = browser(app, login).get(NEW)
    page = answer.get_data(as_text=True)
    assert answer.status_code == (200 if form else 403)
    assert ("看到了什么" in page) == (form == SELF)
    assert ("先选企业" in page) == (form == CHECKS)
    if not form:
        assert "您的角色不上报隐患" in page


def test_a_stranger_is_sent_to_the_log_in(sqlite_client: FlaskClient, sqlite_city: City) -> None:
    assert sqlite_client.get(NEW).headers["Location"].startswith("/login")
    assert sqlite_client.post(NEW).status_code in (302, 400)


@pytest.mark.parametrize("login", ["inspector_a", "town_officer"])
def test_a_regulator_reports_on_enterprises_of_its_region_only(app: Flask, page_city: City, login: str) -> None:
    client = browser(app, login)
    assert client.get(f"{NEW}?enterprise={page_city.enterprises['plant']}").status_code == 200
    assert client.get(f"{NEW}?enterprise={page_city.enterprises['far']}").status_code == 404
    found = client.get(f"{NEW}?q=示例").get_data(as_text=True)
    assert "示例綦江五金店" in found
    assert "万州" not in found


def test_an_enterprise_reports_on_itself_whatever_the_address_says(app: Flask, page_city: City) -> None:
    answer = fill(browser(app, "far_principal"), f"{NEW}?enterprise={page_city.enterprises['plant']}")
    assert answer.status_code == 302
    with app.app_context():
        assert hazards()[0].enterprise_id == page_city.enterprises["far"]


@pytest.mark.parametrize("enterprise", ["abc", "-1", "9" * 30, "1 OR 1=1", ""])
def test_an_address_without_an_enterprise_asks_for_one(sqlite_app: Flask, sqlite_city: City, enterprise: str) -> None:
    assert "先选企业" in browser(sqlite_app, "inspector_a").get(f"{NEW}?enterprise={enterprise}").get_data(as_text=True)


# --- what comes of it -------------------------------------------------------------------------------------------


def test_a_report_gets_its_number_and_says_who_is_next(app: Flask, page_city: City) -> None:
    client = browser(app, "leader")
    answer = fill(client, photos=[PHOTO])
    assert answer.headers["Location"] == "/hazards/YH-500110-2026-000001"
    said = dict(flashes(client))
    assert said["good"].startswith("已上报：YH-500110-2026-000001。现在由 ")
    assert said["draft-clear"] == f"report:{page_city.people['leader']}"
    with app.app_context():
        made = hazards()[0]
        assert (made.place, made.description) == (WORDS["place"], WORDS["description"])
        assert (made.channel, made.category, made.grade) == (
            Channel.SELF_INSPECTION,
            Category.EQUIPMENT,
            Grade.GENERAL,
        )
        assert made.found_at is not None
        assert made.found_at.isoformat() == "2026-11-16T01:30:00+00:00"
        assert made.unit_id is None
        assert len(photos_of(made.id, EvidenceKind.BEFORE)) == 1


def test_the_form_comes_preset_with_now_the_unit_and_the_grade(sqlite_app: Flask, sqlite_city: City) -> None:
    page = browser(sqlite_app, "leader").get(NEW).get_data(as_text=True)
    assert re.search(r'name="found_at"[^>]*value="2026-11-16T10:00"', page)
    assert f'<option selected value="{sqlite_city.units["smelting"]}">' in page
    assert re.search(r'name="grade" value="general" checked', page)
    assert 'value="示例綦江机械制造有限公司5号厂"' in page
    assert f'data-draft="report:{sqlite_city.people["leader"]}"' in page


def test_a_major_one_takes_what_was_stopped(app: Flask, page_city: City) -> None:
    assert fill(browser(app, "manager"), photos=[PHOTO], **MAJOR).status_code == 302
    with app.app_context():
        made = hazards()[0]
        assert (made.grade, made.stop_scope) == (Grade.MAJOR, StopScope.PARTIAL)
        assert made.stop_note == MAJOR["stop_note"]


def test_what_belongs_to_a_major_one_is_not_kept_of_a_general_one(sqlite_app: Flask, sqlite_city: City) -> None:
    assert fill(browser(sqlite_app, "manager"), **(MAJOR | {"grade": "general"})).status_code == 302
    with sqlite_app.app_context():
        assert (hazards()[0].stop_scope, hazards()[0].stop_note) == (StopScope.NONE, "")


def test_put_right_on_the_spot_is_one_report(app: Flask, page_city: City) -> None:
    client = browser(app, "leader")
    assert fill(client, photos=[PHOTO], photos_after=[AFTER], **SPOT).status_code == 302
    assert "已记录并申请验收" in dict(flashes(client))["good"]
    with app.app_context():
        made = hazards()[0]
        assert (made.state, made.on_the_spot, made.result) == (State.RECTIFYING, True, "已更换报警器")
        assert len(photos_of(made.id, EvidenceKind.AFTER)) == 1
        with everything("test"):
            assert db.session.scalars(select(SignOffRequest.action)).all() == [Action.VERIFY]


def test_a_regulator_cannot_put_right_on_the_spot(app: Flask, page_city: City) -> None:
    url = f"{NEW}?enterprise={page_city.enterprises['plant']}"
    client = browser(app, "inspector_a")
    assert "即查即改）" not in client.get(url).get_data(as_text=True)
    assert fill(client, url, photos=[PHOTO], **SPOT).status_code == 302
    with app.app_context():
        assert (hazards()[0].state, hazards()[0].on_the_spot) == (State.REPORTED, False)


@pytest.mark.parametrize("channel", [Channel.SUPERVISION, Channel.COMPLAINT])
def test_an_inspector_says_how_it_was_found(app: Flask, page_city: City, channel: Channel) -> None:
    url = f"{NEW}?enterprise={page_city.enterprises['plant']}"
    assert fill(browser(app, "inspector_a"), url, channel=channel.value).status_code == 302
    with app.app_context():
        assert (hazards()[0].channel, hazards()[0].check_office) == (channel, "綦江区应急管理局")


def test_a_channel_of_the_other_side_is_refused(sqlite_app: Flask, sqlite_city: City) -> None:
    answer = fill(browser(sqlite_app, "leader"), channel="complaint")
    assert answer.status_code == 422
    with sqlite_app.app_context():
        assert hazards() == []


def test_a_fire_inspector_reports_in_the_own_sector(app: Flask, page_city: City) -> None:
    url = f"{NEW}?enterprise={page_city.enterprises['plant']}"
    client = browser(app, "fire_inspector")
    answer = fill(client, url)
    assert answer.status_code == 302
    assert client.get(answer.headers["Location"]).status_code == 200
    with app.app_context():
        made = hazards()[0]
        assert made.sector == "消防"
        assert made.responsible_office_id == page_city.offices["fire"]


def test_a_linked_enterprise_is_offered_and_taken(app: Flask, page_city: City) -> None:
    shop, plant = page_city.enterprises["shop"], page_city.enterprises["plant"]
    with app.app_context(), everything("test"), unit_of_work() as session:
        session.add(EnterpriseLink(enterprise_id=plant, other_id=shop, kind=LinkKind.TENANT))
    client = browser(app, "manager")
    assert "示例綦江五金店（承租）" in client.get(NEW).get_data(as_text=True)
    assert fill(client, concerned=str(shop)).status_code == 302
    assert fill(client, concerned=str(page_city.enterprises["far"])).status_code == 422
    with app.app_context():
        assert [made.concerned_id for made in hazards()] == [shop]


def test_places_of_earlier_reports_are_one_tap_away(app: Flask, page_city: City) -> None:
    client = browser(app, "leader")
    fill(client)
    fill(client, place="1 号喷漆室")
    page = client.get(NEW).get_data(as_text=True)
    assert re.findall(r'name="recent_place" value="([^"]+)"', page) == ["1 号喷漆室", "北区熔炼车间"]
    fill(client, place="", recent_place="1 号喷漆室")
    fill(client, place="调漆间", recent_place="1 号喷漆室")
    with app.app_context():
        assert [made.place for made in hazards()] == ["北区熔炼车间", "1 号喷漆室", "1 号喷漆室", "调漆间"]


def test_enterprises_reported_on_lately_are_one_tap_away(app: Flask, page_city: City) -> None:
    client = browser(app, "inspector_a")
    for key in ("shop", "plant", "shop"):
        fill(client, f"{NEW}?enterprise={page_city.enterprises[key]}")
    page = client.get(NEW).get_data(as_text=True)
    assert page.index("示例綦江五金店") < page.index("5号厂")
    assert page.count("示例綦江五金店") == 1


# --- refused, and nothing lost ----------------------------------------------------------------------------------


def test_everything_missing_is_said_at_once_and_at_its_field(sqlite_app: Flask, sqlite_city: City) -> None:
    client = browser(sqlite_app, "leader")
    empty = {"place": "", "description": "", "category": "", "responsible_unit": ""}
    answer = fill(client, **empty, grade="major", stop_note="")
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert set(errors_on(page)) >= {"place", "description", "category", "stop_note", "responsible_unit", "photos"}
    assert "data-error-summary" in page
    with sqlite_app.app_context():
        assert hazards() == []


def test_the_words_of_a_refused_form_come_back(sqlite_app: Flask, sqlite_city: City) -> None:
    page = fill(browser(sqlite_app, "leader"), place="", stop_note="撤出 6 人", **SPOT).get_data(as_text=True)
    assert WORDS["description"] in page
    assert "撤出 6 人" in page
    assert "已更换报警器" in page
    assert re.search(r'name="category" value="equipment" checked', page)
    assert re.search(r'<input[^>]*checked[^>]*name="on_the_spot"', page)


def test_photos_of_a_refused_form_are_kept_and_shown(app: Flask, page_city: City) -> None:
    client = browser(app, "leader")
    refused = fill(client, place="", photos=[PHOTO], photos_after=[AFTER], **SPOT).get_data(as_text=True)
    shown = [unescape(url) for url in re.findall(r'<img class="ph" src="([^"]+)"', refused)]
    assert len(shown) == 2
    thumb = client.get(shown[0])
    assert (thumb.status_code, thumb.mimetype) == (200, "image/jpeg")
    assert "private" in thumb.headers["Cache-Control"]
    assert looks(opened(thumb.data).getpixel((20, 50)), RED)
    assert send(client, NEW, refused, WORDS | SPOT).status_code == 302
    with app.app_context():
        made = hazards()[0]
        (before,), (after,) = photos_of(made.id, EvidenceKind.BEFORE), photos_of(made.id, EvidenceKind.AFTER)
        assert (before.name, after.name) == ("IMG_1.jpg", "IMG_2.jpg")
        assert before.view_id is not None


def test_a_photo_kept_and_sent_again_counts_once(sqlite_app: Flask, sqlite_city: City) -> None:
    client = browser(sqlite_app, "leader")
    refused = fill(client, place="", photos=[PHOTO]).get_data(as_text=True)
    assert send(client, NEW, refused, WORDS, photos=[PHOTO, AFTER]).status_code == 302
    with sqlite_app.app_context():
        assert len(photos_of(hazards()[0].id, EvidenceKind.BEFORE)) == 2


def test_photos_that_wait_are_nobody_elses(sqlite_app: Flask, sqlite_city: City) -> None:
    refused = fill(browser(sqlite_app, "leader"), place="", photos=[PHOTO]).get_data(as_text=True)
    url = unescape(re.findall(r'<img class="ph" src="([^"]+)"', refused)[0])
    other = browser(sqlite_app, "worker")
    assert other.get(url).status_code == 404
    page = other.get(NEW).get_data(as_text=True)
    assert send(other, NEW, page, WORDS | {"staged": hidden(refused)["staged"]}).status_code == 302
    with sqlite_app.app_context():
        assert photos_of(hazards()[0].id, EvidenceKind.BEFORE) == []


def test_photos_wait_for_a_day_only(sqlite_app: Flask, sqlite_city: City, clock: FixedClock) -> None:
    client = browser(sqlite_app, "leader")
    refused = fill(client, place="", photos=[PHOTO]).get_data(as_text=True)
    kept = hidden(refused)["staged"]
    clock.advance(hours=24, seconds=1)
    client = browser(sqlite_app, "leader")
    page = client.get(NEW).get_data(as_text=True)
    assert send(client, NEW, page, WORDS | MAJOR | {"staged": kept}).status_code == 422
    assert send(client, NEW, page, WORDS | MAJOR | {"staged": "made.up"}).status_code == 422


@pytest.mark.parametrize(
    ("content", "words"), [(b"\xff\xd8\xff\xe0 no picture", "打不开"), (b"<script>", "不是照片"), (b"", "空的")]
)
def test_a_photo_that_is_none_is_refused_and_the_others_kept(
    sqlite_app: Flask, sqlite_city: City, content: bytes, words: str
) -> None:
    client = browser(sqlite_app, "leader")
    answer = fill(client, photos=[PHOTO, ("fake.jpg", content)])
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert words in errors_on(page)["photos"]
    assert "fake.jpg" in errors_on(page)["photos"]
    assert send(client, NEW, page, WORDS).status_code == 302
    with sqlite_app.app_context():
        assert [photo.name for photo in photos_of(hazards()[0].id, EvidenceKind.BEFORE)] == ["IMG_1.jpg"]


def test_more_photos_than_a_form_takes_are_said(sqlite_app: Flask, sqlite_city: City) -> None:
    many = [(f"{n}.jpg", jpeg(40 + n, 40)) for n in range(13)]
    answer = fill(browser(sqlite_app, "leader"), photos=many)
    assert "一次最多 12" in errors_on(answer.get_data(as_text=True))["photos"]


@pytest.mark.parametrize("found_at", ["2026-11-16T10:01", "tomorrow", "2026-13-45T00:00"])
def test_a_time_that_cannot_be_is_refused(sqlite_app: Flask, sqlite_city: City, found_at: str) -> None:
    answer = fill(browser(sqlite_app, "leader"), found_at=found_at)
    assert "found_at" in errors_on(answer.get_data(as_text=True))


def test_a_time_left_empty_is_now(sqlite_app: Flask, sqlite_city: City, clock: FixedClock) -> None:
    assert fill(browser(sqlite_app, "leader"), found_at="").status_code == 302
    with sqlite_app.app_context():
        assert hazards()[0].found_at == clock()


# --- an impatient thumb -----------------------------------------------------------------------------------------


def test_a_form_sent_twice_reports_once(app: Flask, page_city: City) -> None:
    client = browser(app, "leader")
    page = client.get(NEW).get_data(as_text=True)
    first, second = (send(client, NEW, page, WORDS, photos=[PHOTO]) for _ in range(2))
    assert first.status_code == second.status_code == 302
    assert first.headers["Location"] == second.headers["Location"]
    assert any("没有重复办理" in words for _kind, words in flashes(client))
    with app.app_context(), everything("test"):
        assert db.session.scalar(select(func.count()).select_from(Hazard)) == 1
        assert db.session.scalar(select(func.count()).select_from(Evidence)) == 1


def test_a_refused_form_can_be_sent_again_with_its_key(sqlite_app: Flask, sqlite_city: City) -> None:
    client = browser(sqlite_app, "leader")
    page = client.get(NEW).get_data(as_text=True)
    refused = send(client, NEW, page, WORDS | {"place": ""}).get_data(as_text=True)
    assert hidden(refused)["once"] == hidden(page)["once"]
    assert send(client, NEW, refused, WORDS).status_code == 302


def test_a_form_without_its_key_or_with_anothers_is_refused(sqlite_app: Flask, sqlite_city: City) -> None:
    client = browser(sqlite_app, "leader")
    page = client.get(NEW).get_data(as_text=True)
    assert send(client, NEW, page, WORDS | {"once": "x"}).status_code == 422
    assert send(client, NEW, page, WORDS).status_code == 302
    other = browser(sqlite_app, "worker")
    mine = other.get(NEW).get_data(as_text=True)
    assert send(other, NEW, mine, WORDS | {"once": hidden(page)["once"]}).status_code == 422


def test_without_the_forms_token_nothing_is_taken(sqlite_app: Flask, sqlite_city: City) -> None:
    assert browser(sqlite_app, "leader").post(NEW, data=WORDS).status_code == 400
    with sqlite_app.app_context():
        assert hazards() == []


# --- hostile words ----------------------------------------------------------------------------------------------

HOSTILE = {
    "markup": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&",
    "formula": '=HYPERLINK("http://x")',
    "control": "a\x00b\x07c\x1bd\u202ee\ufeff",
    "emoji": "🔥👨‍👩‍👧 䶮𬭬镕堃",
    "template": "{{ 7*7 }}{% raw %}",
}
FIELDS = ("place", "description", "responsible_unit", "stop_note", "result", "recent_place")


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_words_are_words(app: Flask, page_city: City, kind: str) -> None:
    client = browser(app, "leader")
    words = dict.fromkeys(FIELDS, HOSTILE[kind])
    url = fill(client, photos=[PHOTO], **(MAJOR | words)).headers["Location"]
    for page_url in (url, "/hazards/", NEW):
        answer = client.get(page_url)
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "\x00" not in page
    with app.app_context():
        made = hazards()[0]
        kept = "abcde" if kind == "control" else HOSTILE[kind]
        assert (made.place, made.description, made.responsible_unit, made.stop_note) == (kept,) * 4


@pytest.mark.parametrize("field", ["place", "description", "responsible_unit", "stop_note"])
def test_ten_thousand_characters_are_refused_and_kept(sqlite_app: Flask, sqlite_city: City, field: str) -> None:
    answer = fill(browser(sqlite_app, "leader"), photos=[PHOTO], **(MAJOR | {field: "长" * 10_000}))
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert "现在 10,000 个" in errors_on(page)[field]
    assert "长" * 10_000 in page


def test_ten_thousand_characters_of_what_was_done_are_refused(sqlite_app: Flask, sqlite_city: City) -> None:
    spot = SPOT | {"result": "长" * 10_000}
    answer = fill(browser(sqlite_app, "leader"), photos=[PHOTO], photos_after=[AFTER], **spot)
    assert "2,000" in errors_on(answer.get_data(as_text=True))["result"]


@pytest.mark.parametrize(
    "wrong",
    [{"category": "x"}, {"grade": "x"}, {"unit": "999999"}, {"unit": "x"}, {"sector": "x"}, {"channel": "x"}],
)
def test_a_choice_that_is_none_is_refused(sqlite_app: Flask, sqlite_city: City, wrong: dict[str, str]) -> None:
    answer = fill(browser(sqlite_app, "leader"), **wrong)
    assert answer.status_code == 422
    assert set(errors_on(answer.get_data(as_text=True))) <= {*wrong}


# --- files of a hazard ------------------------------------------------------------------------------------------


@pytest.fixture
def evidence(app: Flask, page_city: City) -> str:
    """The address of a photo taken upright by a phone held sideways."""
    held = jpeg(orientation=6, taken="2026:11:16 09:20:00")
    number = fill(browser(app, "leader"), photos=[("<b>现场</b>.jpg", held)]).headers["Location"]
    with app.app_context():
        return f"{number}/evidence/{photos_of(hazards()[0].id, EvidenceKind.BEFORE)[0].id}"


def test_a_photo_is_shown_upright_and_small(app: Flask, evidence: str) -> None:
    client = browser(app, "leader")
    for part, size in (("", (200, 400)), ("/view", (200, 400)), ("/thumb", (180, 360))):
        answer = client.get(evidence + part)
        image = opened(answer.data)
        assert (answer.status_code, answer.mimetype, image.size) == (200, "image/jpeg", size)
        assert looks(image.getpixel((image.width // 2, 20)), RED)
        assert answer.headers["Content-Disposition"].startswith("inline")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "private" in answer.headers["Cache-Control"]
        assert "public" not in answer.headers["Cache-Control"]
        answer.close()


def test_the_original_is_saved_byte_for_byte_under_a_plain_name(app: Flask, evidence: str) -> None:
    answer = browser(app, "leader").get(evidence + "/original")
    assert answer.data == jpeg(orientation=6, taken="2026:11:16 09:20:00")
    said = answer.headers["Content-Disposition"]
    assert said.startswith("attachment")
    assert "<" not in said
    assert ".jpg" in said
    answer.close()


def test_a_photo_seen_before_is_not_sent_again(app: Flask, evidence: str) -> None:
    client = browser(app, "leader")
    first = client.get(evidence + "/thumb")
    again = client.get(evidence + "/thumb", headers={"If-None-Match": first.headers["ETag"]})
    assert again.status_code == 304
    first.close()
    again.close()


SEES_EVIDENCE = {
    **dict.fromkeys(
        ["leader", "manager", "principal", "inspector_a", "town_officer", "city_inspector_a", "clerk"], 200
    ),
    **dict.fromkeys(["worker", "shop_principal", "far_principal", "far_inspector", "fire_inspector"], 404),
}


@pytest.mark.parametrize(("login", "code"), SEES_EVIDENCE.items())
def test_photos_follow_the_hazard(app: Flask, evidence: str, login: str, code: int) -> None:
    client = browser(app, login)
    for part in ("", "/view", "/thumb", "/original"):
        answer = client.get(evidence + part)
        assert answer.status_code == code
        answer.close()


def test_a_photo_of_another_hazard_or_none_is_not_found(app: Flask, page_city: City, evidence: str) -> None:
    client = browser(app, "leader")
    fill(client)
    number, _, place = evidence.rpartition("/evidence/")
    assert client.get(f"/hazards/YH-500110-2026-000002/evidence/{place}").status_code == 404
    assert client.get(f"{number}/evidence/999999/view").status_code == 404
    assert client.get(f"{number}/evidence/{place}/secret").status_code == 404


def test_a_photo_the_store_lost_is_said_plainly(app: Flask, evidence: str) -> None:
    store = app.extensions["files"]
    for file in store.folder.rglob("*"):
        if file.is_file():
            file.unlink()
    answer = browser(app, "leader").get(evidence + "/view")
    assert answer.status_code == 404
    assert "备份" in answer.get_data(as_text=True)


def test_the_towns_office_stands(app: Flask, page_city: City) -> None:
    """The town's officer orders within the town: the report names the office."""
    url = f"{NEW}?enterprise={page_city.enterprises['shop']}"
    assert fill(browser(app, "town_officer"), url).status_code == 302
    with app.app_context(), everything("test"):
        made = db.session.scalars(select(Hazard)).one()
        office = db.session.get_one(Regulator, page_city.offices["town"])
        assert (made.town_order, made.check_office) == (True, office.name)

"""The pages of carrying out an inspection: without script, by fetch, for everybody at every door, with any text."""

from __future__ import annotations

from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.scope import everything
from hazards.forms.cleaning import several_lines
from hazards.models import Hazard
from inspections.models import Inspection, ItemPhoto, ItemResult
from tests.clocks import FixedClock
from tests.hazards.city import City, build_city
from tests.hazards.visiting import Form, Page, Visitor, jpeg
from tests.inspections import rounds
from tests.inspections.rounds import FAILED
from tests.pages.reading import breaks
from tests.pages.test_hostile_text import LONGEST, TEXTS
from workflows.vocabulary import Tier

JSON = {"Accept": "application/json"}


@pytest.fixture
def city(app: Flask, clock: FixedClock) -> City:
    """The small city with a daily plan of the smelting team, no context pushed."""
    with app.app_context():
        made = build_city(clock())
        rounds.a_plan(made, clock(), name="日排查：抛丸班")
        db.session.remove()
    return made


def _count(app: Flask, model: type[Any]) -> int:
    with app.app_context(), everything("test"):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def _start(visitor: Visitor, period: str = rounds.TODAY) -> Page:
    page = visitor.open("/inspections/")
    form = next(form for form in page.forms if "/inspections/start" in form.action and period in form.action)
    return visitor.follow(visitor.send(page, form))


def _form(page: Page, n: int) -> Form:
    return [form for form in page.forms if "/items/" in form.action][n - 1]


def _see(visitor: Visitor, url: str, n: int, verdict: str, **typed: Any) -> Page:
    page = visitor.open(url)
    answer = visitor.send(page, _form(page, n), verdict=verdict, **typed)
    return visitor.follow(answer) if answer.status == 302 else answer


def _done(app: Flask, clock: FixedClock, city: City, by: str = "leader", **more: Any) -> int:
    with app.app_context():
        begun = rounds.begun(city, 1, clock(), by=by, **more)
        rounds.all_ok(city, begun, clock(), by=by, besides=(2,))
        rounds.see(city, begun, 2, FAILED, clock(), by=by, note="法兰处漏灰")
        rounds.shoot(city, begun, 2, clock(), by=by)
        rounds.end(city, begun, clock(), by=by)
        db.session.remove()
    return begun


# --- without script ----------------------------------------------------------------------------------------------


def test_a_whole_round_without_script(app: Flask, city: City) -> None:
    leader = Visitor(app, "leader")
    page = _start(leader)
    url = page.url
    assert breaks(page.html) == []
    for n in (1, 3, 5):
        page = _see(leader, url, n, "ok")
    assert f"{url}#item-2" in _see(leader, url, 1, "ok").url
    page = _see(leader, url, 2, "failed")
    assert "还缺：" in page.text
    page = _see(leader, url, 2, "failed", note="法兰处漏灰", treatment="hazard", photos=jpeg())
    assert "还缺：" not in page.text
    spot = {"note": "油污", "treatment": "on_the_spot", "result": "已擦净"}
    _see(leader, url, 4, "failed")
    _see(leader, url, 4, "failed", **spot, photos=jpeg("red"), photos_after=jpeg("green"))
    assert "核对并签名" in leader.open(url).text
    signing = leader.open(f"{url}/finish")
    assert breaks(signing.html) == []
    for words in ("法兰处漏灰", "当场整改，申请他人验收", "共 5 项：合格 3 项，不合格 2 项"):
        assert words in signing.text
    done = leader.follow(leader.send(signing))
    assert breaks(done.html) == []
    for words in ("已签名，排查完成。", "YH-500110-2026-000001", "第 1 版", "页面确认", "内容摘要"):
        assert words in done.text
    assert leader.send(signing).status == 302
    assert (_count(app, Hazard), _count(app, ItemPhoto)) == (2, 3)
    assert leader.open(url).status == 200
    assert "完成的排查" in leader.open("/inspections/done").text


def test_a_refused_item_keeps_what_was_typed(app: Flask, city: City) -> None:
    leader = Visitor(app, "leader")
    page = _start(leader)
    assert "请选择合格、不合格或不适用" in leader.send(page, _form(page, 1)).text
    long = "字<😀&" * LONGEST
    answer = leader.send(page, _form(page, 1), verdict="failed", note=long)
    assert answer.status == 422
    assert "最多 1,000 个字" in answer.text
    assert "字&lt;😀&amp;" in answer.html
    assert breaks(answer.html) == []
    wrong = leader.send(page, _form(page, 1), verdict="failed", note="漏灰", photos=(BytesIO(b"x"), "a.jpg"))
    assert wrong.status == 422
    assert "不是照片" in wrong.text
    many = leader.send(page, _form(page, 1), verdict="failed", note="漏灰", photos=[jpeg() for _ in range(14)])
    assert many.status == 422
    assert "一项最多 12 张检查时照片，多出的 2 张没有存上。" in many.text


def test_the_slower_of_two_is_told_on_the_page_and_may_then_overwrite(app: Flask, city: City) -> None:
    leader = Visitor(app, "leader")
    page = _start(leader)
    manager = Visitor(app, "manager")
    joined = _start(manager)
    assert "这次排查由 班组长·堃 于 10:00 开始。" in joined.text
    leader.send(page, _form(page, 1), verdict="ok")
    late = manager.send(joined, _form(joined, 1), verdict="failed", note="漏灰")
    assert late.status == 409
    assert "您的结论没有保存" in late.text
    assert "漏灰" in late.html
    assert manager.send(late, _form(late, 1), verdict="failed", note="漏灰").status == 302
    assert _count(app, ItemResult) == 1


# --- by fetch ----------------------------------------------------------------------------------------------------


def _fetch(visitor: Visitor, page: Page, path: str, **values: Any) -> Any:
    token = _form(page, 1).values["csrf_token"][0]
    data = {"csrf_token": token} | values
    return visitor.client.post(path, data=data, headers=JSON, content_type="multipart/form-data")


def test_by_fetch_the_same_is_one_and_another_is_told(app: Flask, city: City) -> None:
    leader = Visitor(app, "leader")
    page = _start(leader)
    first, second = (_form(page, n).action for n in (1, 2))
    for _ in range(2):
        told = _fetch(leader, page, first, verdict="ok", seen="").get_json()
        assert (told["verdict"], told["answered"], told["gaps"]) == ("ok", 1, [])
    refused = _fetch(leader, page, first, verdict="na", seen="")
    assert refused.status_code == 409
    assert refused.get_json()["mark"] == told["mark"]
    assert _fetch(leader, page, first, verdict="na", seen=told["mark"]).status_code == 200
    assert _fetch(leader, page, first, verdict="perhaps").status_code == 422
    key = uuid4().hex
    for _ in range(2):  # the photo before its answer, twice
        photo = _fetch(leader, page, f"{second}/photos", kind="before", key=key, photo=jpeg())
        assert photo.status_code == 200
    for values in ({"kind": "before"}, {"kind": "x", "photo": jpeg()}, {"kind": "after", "photo": jpeg(), "key": "k"}):
        assert _fetch(leader, page, f"{second}/photos", **values).status_code == 422
    assert _count(app, ItemPhoto) == 1
    place = f"{page.url}/place"
    assert _fetch(leader, page, place, longitude="106.6", latitude="29.0").status_code == 200
    assert _fetch(leader, page, place, longitude="nan", latitude="x").status_code == 422
    other = Visitor(app, "head")
    token = {"csrf_token": other.open("/me/password").form.values["csrf_token"][0]}
    where = {"longitude": "106.6", "latitude": "29.0"}
    for path in (first, f"{second}/photos", place):
        values = {"verdict": "ok", "photo": jpeg(), "kind": "before", "key": key * 2} | where | token
        assert _fetch(other, page, path, **values).status_code == 403, path
    assert (_count(app, ItemPhoto), _count(app, ItemResult)) == (1, 1)


def test_an_impatient_thumb_begins_and_signs_once(app: Flask, city: City, clock: FixedClock) -> None:
    leader = Visitor(app, "leader")
    page = leader.open("/inspections/")
    form = next(form for form in page.forms if "/inspections/start" in form.action)
    places = {leader.send(page, form).response.headers["Location"] for _ in range(3)}
    assert len(places) == 1
    url = places.pop()
    for n in range(1, 6):
        _see(leader, url, n, "ok")
    signing = leader.open(f"{url}/finish")
    assert [leader.send(signing).status for _ in range(2)] == [302, 302]
    assert _count(app, Inspection) == 1
    again = leader.follow(leader.send(page, form))  # the old page, after it is done
    assert "已完成" in again.text


# --- everybody at every door -------------------------------------------------------------------------------------

READERS = "leader head manager plant_manager principal inspector_a reviewer clerk town_officer city_reviewer"
RUNNING = {
    "": READERS,
    "/finish": "leader",
    "/people": "leader",
    "/give-up": "leader manager",
    "/sign-led": "",
    "/photos/1/thumb": READERS,
}
SEES = set(RUNNING[""].split())
OUTSIDE = ("worker", "shop_principal", "far_principal", "far_inspector", "fire_inspector")


@pytest.mark.parametrize("key", [*sorted(SEES), *OUTSIDE])
def test_everybody_at_every_door_of_one_that_runs(app: Flask, city: City, clock: FixedClock, key: str) -> None:
    with app.app_context():
        begun = rounds.begun(city, 1, clock())
        rounds.shoot(city, begun, 1, clock())
        db.session.remove()
    visitor, wrong = Visitor(app, key), []
    for path, who in RUNNING.items():
        page = visitor.open(f"/inspections/{begun}{path}")
        expected = (404,) if key not in SEES else (200,) if key in who.split() else (403, 409)
        if page.status not in expected:
            wrong.append((path, page.status))
        elif page.status == 200 and not path.startswith("/photos"):
            wrong += breaks(page.html)
    assert wrong == []


@pytest.mark.parametrize("key", ["leader", "manager", "inspector_a", "far_inspector", "worker"])
def test_a_finished_one_is_read_by_those_it_concerns_and_changed_by_nobody(
    app: Flask, city: City, clock: FixedClock, key: str
) -> None:
    done = _done(app, clock, city)
    visitor = Visitor(app, key)
    sees = key in SEES
    page = visitor.open(f"/inspections/{done}")
    assert page.status == (200 if sees else 404)
    assert ("法兰处漏灰" in page.text) == sees
    for path in ("/finish", "/give-up", "/people", "/sign-led"):
        assert visitor.open(f"/inspections/{done}{path}").status in ((403, 409) if sees else (404,))
    listed = visitor.open("/inspections/done")
    assert listed.status == (403 if key == "worker" else 200)
    assert ("日排查：抛丸班" in listed.text) == sees
    assert visitor.open(f"/inspections/{done}/photos/1/original").status == (200 if sees else 404)
    assert visitor.open(f"/inspections/{done + 1}/photos/1/thumb").status == 404


def test_the_principal_signs_a_led_one_on_its_page(app: Flask, city: City, clock: FixedClock) -> None:
    with app.app_context():
        led = rounds.a_plan(
            city, clock(), tier=Tier.QUARTER, unit_id=None, led=True, person_id=city.people["plant_manager"]
        )
        begun = rounds.begun(city, led, clock(), by="plant_manager", period="2026-Q4")
        rounds.all_ok(city, begun, clock(), by="plant_manager")
        rounds.end(city, begun, clock(), by="plant_manager")
        db.session.remove()
    principal = Visitor(app, "principal")
    assert "等我签名的带队排查" in principal.open("/inspections/").text
    page = principal.open(f"/inspections/{begun}/sign-led")
    assert "本人带队开展了这次排查。" in page.text
    assert breaks(page.html) == []
    done = principal.follow(principal.send(page))
    assert "带队的主要负责人" in done.text
    assert principal.open(f"/inspections/{begun}/sign-led").status == 409


def test_pausing_people_giving_up_and_taking_over(app: Flask, city: City) -> None:
    leader, manager = Visitor(app, "leader"), Visitor(app, "manager")
    page = _start(leader)
    url = page.url
    pause = next(form for form in page.forms if form.action.endswith("/pause"))
    assert "已暂停" in leader.follow(leader.send(page, pause)).text
    page = leader.open(url)
    leader.send(page, next(form for form in page.forms if form.action.endswith("/resume")))
    people = leader.open(f"{url}/people?q=部门")
    assert "部门负责人·喆" in people.text
    leader.follow(leader.send(people, persons=str(city.people["head"])))
    assert "参加人员：部门负责人·喆" in leader.open(url).text
    page = manager.open(url)
    taken = manager.follow(manager.send(page, next(form for form in page.forms if "take-over" in form.action)))
    assert "您已接手这次排查" in taken.text
    empty = manager.send(manager.open(f"{url}/give-up"), reason=" ")
    assert empty.status == 422
    assert "请写明为什么作废" in empty.text
    assert "已作废" in manager.follow(manager.send(manager.open(f"{url}/give-up"), reason="选错了")).text
    assert "选错了" in manager.open(url).text


# --- the signature and the list ----------------------------------------------------------------------------------


def test_what_is_known_is_offered_at_the_signature(app: Flask, city: City, clock: FixedClock) -> None:
    _done(app, clock, city)
    clock.advance(days=1)
    leader = Visitor(app, "leader")
    url = _start(leader, "2026-11-17").url
    for n in (1, 3, 4, 5):
        _see(leader, url, n, "ok")
    _see(leader, url, 2, "failed", note="法兰处仍漏灰")
    signing = leader.open(f"{url}/finish")
    assert "可能是已有的隐患" in signing.text
    name = next(name for name in signing.form.values if name.startswith("known-"))
    wrong = leader.send(signing, **{name: "YH-500110-2026-000009"})
    assert wrong.status == 422
    odd = {"known-²": "x", f"known-{'9' * 5000}": "x", "known-": "x"}
    leader.follow(leader.send(signing, **{name: "YH-500110-2026-000001"}, **odd))
    assert _count(app, Hazard) == 1


def test_it_cannot_be_signed_before_everything_is_there(app: Flask, city: City) -> None:
    leader = Visitor(app, "leader")
    url = _start(leader).url
    page = leader.open(f"{url}/finish")
    assert "还不能签名，缺 5 项" in page.text
    assert "第 3 项还没有结论。" in page.text
    assert breaks(page.html) == []


def test_the_list_is_narrowed_and_paged_by_key(app: Flask, city: City, clock: FixedClock) -> None:
    done = _done(app, clock, city)
    with app.app_context():
        with everything("test"):
            first = db.session.get_one(Inspection, done)
            copied = {c.key: getattr(first, c.key) for c in Inspection.__table__.columns if c.key != "id"}
            for n in range(60):
                changed = {"client_key": f"copy-{n:04d}", "duty_id": None, "period_key": None, "items_failed": n % 2}
                db.session.add(Inspection(**(copied | changed)))
            db.session.commit()
        db.session.remove()
    manager = Visitor(app, "manager")
    page = manager.open("/inspections/done")
    assert page.html.count("data-row") == 50
    assert breaks(page.html) == []
    older = page.html.split("before=")[1].split('"')[0]
    assert manager.open(f"/inspections/done?before={older}").html.count("data-row") == 11
    assert manager.open("/inspections/done?found=1").html.count("data-row") == 31
    assert manager.open("/inspections/done?month=2026-11&tier=day").html.count("data-row") == 50
    for asked in ("month=2026-10", "tier=week", f"unit={city.units['smelting'] + 1}"):
        assert "没有符合条件的排查" in manager.open(f"/inspections/done?{asked}").text
    for odd in ("abc", "-1", "9" * 30, "%00", "<script>", "9999999999999999-1"):
        for name in ("before", "month", "tier", "unit", "found"):
            assert manager.open(f"/inspections/done?{name}={odd}").status == 200
        assert manager.client.get(f"/inspections/start?plan={odd}").status_code in (404, 405)


# --- hostile text ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", list(TEXTS.values()), ids=list(TEXTS))
def test_any_text_is_shown_as_text(app: Flask, city: City, text: str) -> None:
    leader, typed = Visitor(app, "leader"), text[:1000]
    url = _start(leader).url
    for n in (1, 2, 5):
        _see(leader, url, n, "ok", note=typed)
    _see(leader, url, 3, "failed")
    photo = jpeg(name=f"../../{' '.join(typed[:60].split())}.jpg")
    _see(leader, url, 3, "failed", note=typed, grade="major", stop_note=typed, photos=photo)
    _see(leader, url, 4, "failed")
    spot = {"note": typed, "treatment": "on_the_spot", "result": typed}
    _see(leader, url, 4, "failed", **spot, photos=jpeg(), photos_after=jpeg("red"))
    signing = leader.open(f"{url}/finish")
    leader.follow(leader.send(signing))
    for page in (leader.open(url), signing, leader.open("/inspections/"), leader.open("/inspections/done")):
        assert page.status == 200
        assert breaks(page.html) == []
        assert "<script>alert" not in page.html
    shown = " ".join(several_lines(typed)[:30].split())
    assert shown in " ".join(leader.open(url).text.split())

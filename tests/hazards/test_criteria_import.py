"""The standards from a file: a new edition beside the old one, corrections that keep what they replace."""

from __future__ import annotations

import json
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db, unit_of_work
from core.models import Event, StoredFile
from core.verification import verify
from hazards.criteria import SOURCE, load, seed
from hazards.editions import editions, in_force
from hazards.models import Criterion, CriterionVersion
from tests.accounts.tables import book, checked, confirmed, fields_of, filled, plain, seen, send
from tests.accounts.test_pages import keeps_house_rules
from tests.accounts.world import World, browser_of, build, text_of
from tests.clocks import START, FixedClock

PAGE = "/admin/criteria/import"
OLD = "应急管理部令第10号"
STANDARD = "工贸企业重大事故隐患判定标准"
HEAD = ("标准名称", "文号", "施行日期", "行业", "条款", "内容")


@pytest.fixture
def world(app: Flask, clock: FixedClock) -> World:
    """The small world with the standards that come with the product."""
    with app.app_context():
        seed(clock())
        return build(clock())


@pytest.fixture
def sqlite_world(sqlite_app: Flask, clock: FixedClock) -> World:
    """The same once, on SQLite."""
    with sqlite_app.app_context():
        seed(clock())
        return build(clock())


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def clause_named(clause: str, document_no: str = OLD) -> Criterion:
    wanted = select(Criterion).where(Criterion.clause == clause, Criterion.document_no == document_no)
    return db.session.scalars(wanted).one()


def test_a_new_edition_stands_beside_the_old_one(world: World, app: Flask) -> None:
    client = browser_of(app, "system_admin")
    data = book(
        标准=[
            ("工贸新标准",),
            HEAD,
            (f"《{STANDARD}》", "应急管理部令第99号", date(2027, 1, 1), "工贸-管理类", "第三条第（一）项", "新的内容"),
            (f"《{STANDARD}》", "应急管理部令第99号", date(2027, 1, 1), "工贸-管理类", "第三条第(一)项", "又一次"),
            (f"《{STANDARD}》", "应急管理部令第99号", "近期", "工贸-冶金", "第四条", "没有日期的"),
            (f"《{STANDARD}》", "应急管理部令第99号", "", "工贸-冶金", "第五条", ""),
        ]
    )
    url = checked(client, PAGE, data)
    text = seen(client, url)
    for sentence in (
        "数据 4 行 = 新建 2 + 不导入 2",
        "与第 3 行是同一条款",
        "不是确切日期，没有写入",
        "没有写，留空：不推测",
        "没有内容",
        f"《{STANDARD}》（应急管理部令第99号）是新的一版，与登记的 {OLD}（65 条） 并存。",
    ):
        assert sentence in text, sentence
    keeps_house_rules(url, text_of(client.get(url)))
    with app.app_context():
        assert count(Criterion) == 258
    assert confirmed(client, url).status_code == 302
    with app.app_context():
        assert count(Criterion) == 260
        numbers = [edition.document_no for edition in editions(STANDARD)]
        assert numbers == [OLD, "应急管理部令第99号"]
        assert clause_named("第三条第（一）项").text.startswith("未对承包单位")
        new = clause_named("第三条第（一）项", "应急管理部令第99号")
        assert (new.effective_from, new.text) == (date(2027, 1, 1), "新的内容")
        holding = set(db.session.scalars(select(Criterion.document_no).where(in_force(date(2026, 12, 31)))))
        assert "应急管理部令第99号" in holding, "of the clause whose day nobody knows"
        assert new.id not in set(db.session.scalars(select(Criterion.id).where(in_force(date(2026, 12, 31)))))
        assert new.id in set(db.session.scalars(select(Criterion.id).where(in_force(date(2027, 1, 1)))))
        assert count(StoredFile) == 1


def test_a_correction_keeps_what_it_replaces_and_survives_another_init(world: World, app: Flask) -> None:
    client = browser_of(app, "system_admin")
    with app.app_context():
        before = clause_named("第三条第（一）项").text
    data = book(标准=[HEAD, (STANDARD, OLD, "", "工贸-管理类", "第三条第（一）项", "改正后的内容")])
    url = checked(client, PAGE, data)
    text = seen(client, url)
    assert f"内容： {before} → 改正后的内容" in text
    assert "登记有 64 条不在这份文件里：不动。" in text
    assert confirmed(client, url).status_code == 302
    with app.app_context():
        found = clause_named("第三条第（一）项")
        assert (found.text, found.effective_from) == ("改正后的内容", date(2023, 5, 15))
        kept = db.session.scalars(select(CriterionVersion)).one()
        assert (kept.text, kept.replaced_by_id) == (before, world.people["system_admin"])
        event = db.session.scalars(select(Event).where(Event.subject_kind == "criterion")).one()
        assert (event.kind, event.content["version"]) == ("corrected", 1)
        assert before not in str(event.content), "events hold digests only"
        assert verify().breaks == []
        assert seed(START) == "", "what a person corrected is not put back"
        assert clause_named("第三条第（一）项").text == "改正后的内容"
    assert "没有要写入的内容" in seen(client, checked(client, PAGE, data))


def test_json_of_the_shipped_shape_comes_in(world: World, app: Flask) -> None:
    client = browser_of(app, "system_admin")
    url = checked(client, PAGE, SOURCE.read_bytes(), "criteria.json")
    assert "数据 258 行 = 没有变化 258" in seen(client, url), "the shipped file is what is there"
    rows = json.loads(SOURCE.read_text("utf-8"))[:2]
    rows[0] |= {"document_no": "新文号", "effective_from": "2026-06-31", "precondition": "仍继续使用的"}
    rows[1] |= {"text": 7, "note": "x"}
    data = json.dumps([*rows, "不是", {"standard": "只有名称"}], ensure_ascii=False).encode()
    url = checked(client, PAGE, data, "新标准.json")
    text = seen(client, url)
    for sentence in (
        "数据 4 行 = 新建 1 + 不导入 3",
        "施行日期“2026-06-31”：不是确切日期，没有写入",
        "，仍继续使用的",
        "没有内容",
        "不是一条条款",
        "没有行业、条款、内容",
    ):
        assert sentence in text, sentence
    assert confirmed(client, url).status_code == 302
    with app.app_context():
        assert count(Criterion) == 259


BAD = {
    "{}": "这份 JSON 读不了",
    "[]": "这份 JSON 读不了",
    "[1,": "这份 JSON 读不了",
    "[" * 100_000: "这份 JSON 读不了",
    json.dumps([{}] * 5_001): "一次最多 5000 条",
}


@pytest.mark.parametrize("text", BAD, ids=range(len(BAD)))
def test_json_that_is_none_ends_with_one_sentence(sqlite_world: World, sqlite_app: Flask, text: str) -> None:
    answer = send(browser_of(sqlite_app, "system_admin"), PAGE, text.encode(), "a.json")
    assert answer.status_code == 422
    assert BAD[text] in text_of(answer)


def test_what_is_downloaded_comes_back_as_it_is(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "system_admin")
    url = checked(client, PAGE, client.get("/admin/criteria/criteria.xlsx").data)
    assert "数据 258 行 = 没有变化 258" in seen(client, url)
    form = client.get(f"{PAGE}/form.xlsx").data
    assert "数据 0 行" in seen(client, checked(client, PAGE, form))
    row = ("新标准", "GB 1-2026", date(2026, 1, 1), "", "消防", "4.1", "=内容", "仍继续使用的")
    url = checked(client, PAGE, filled(form, 判定标准=[[*row[:6], "内容", row[7]]]))
    assert "数据 1 行 = 新建 1" in seen(client, url)
    assert "没有这一类的行" in seen(client, url, "look")


def test_a_correction_made_in_between_is_shown_again(world: World, app: Flask) -> None:
    client = browser_of(app, "system_admin")
    data = book(标准=[HEAD, (STANDARD, OLD, "", "工贸-管理类", "第三条第（一）项", "改正后的内容")])
    url = checked(client, PAGE, data)
    form = fields_of(text_of(client.get(url)))
    with app.app_context(), unit_of_work():
        clause_named("第三条第（一）项").text = "别人先改的内容"
    answer = client.post(url, data=form)
    assert answer.status_code == 409
    assert "内容： 别人先改的内容 → 改正后的内容" in plain(text_of(answer))


def test_loading_adds_to_what_a_person_loaded(sqlite_world: World, sqlite_app: Flask) -> None:
    row = {
        "standard": "新标准",
        "document_no": "",
        "effective_from": None,
        "industry": "消防",
        "clause": "一",
        "text": "内容",
    }
    with sqlite_app.app_context(), unit_of_work():
        assert load([row]) == 1

"""The pages of the standards: read by everybody, corrected by the system administrator; what stood before is kept."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.roles import Role
from core.db import db, unit_of_work
from hazards.criteria import seed
from hazards.editions import editions, search_clauses
from hazards.models import Criterion, CriterionVersion
from tests.accounts.tables import plain, sheet_rows
from tests.accounts.test_pages import keeps_house_rules
from tests.accounts.world import World, browser_of, build, post, text_of
from tests.clocks import FixedClock

PAGE = "/admin/criteria/"


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


def first_of(document_no: str) -> int:
    wanted = select(Criterion.id).where(Criterion.document_no == document_no).order_by(Criterion.id)
    return db.session.scalars(wanted).first() or 0


def test_the_standards_are_listed_with_number_day_and_clauses(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "inspector")
    text = plain(text_of(client.get(PAGE)))
    assert "工贸企业重大事故隐患判定标准 应急管理部令第10号 2023-05-15 现行 65" in text
    assert "特种设备重大事故隐患判定准则 GB 45067-2024 没有填 施行日期未填 47" in text
    assert "导入标准" not in text


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_everybody_reads_and_the_system_administrator_keeps(sqlite_world: World, sqlite_app: Flask, role: str) -> None:
    client = browser_of(sqlite_app, role)
    with sqlite_app.app_context():
        clause = first_of("应急管理部令第10号")
    for url in (PAGE, f"{PAGE}?q=粉尘", f"{PAGE}?q=没有这样的字", f"{PAGE}{clause}", f"{PAGE}editions/{clause}"):
        answer = client.get(url)
        assert answer.status_code == 200, url
        keeps_house_rules(url, text_of(answer))
        assert ("更正</a>" in text_of(answer)) is (role == "system_admin" and url == f"{PAGE}{clause}")
    kept = 200 if role == "system_admin" else 403
    for url in (f"{PAGE}{clause}/correct", f"{PAGE}editions/{clause}/days"):
        answer = client.get(url)
        assert answer.status_code == kept, url
        if kept == 200:
            keeps_house_rules(url, text_of(answer))


def test_a_clause_is_corrected_and_shows_how_it_read(world: World, app: Flask) -> None:
    client = browser_of(app, "system_admin")
    with app.app_context():
        clause = first_of("应急管理部令第10号")
        before = db.session.get_one(Criterion, clause).text
    url = f"{PAGE}{clause}/correct"
    typed = {
        "text": "更正后的条文",
        "effective_from": "2023-05-15",
        "source": "应急管理部公告 2026 年第 1 号",
        "seen": "0",
    }
    assert post(client, url, typed).status_code == 302
    text = plain(text_of(client.get(f"{PAGE}{clause}")))
    assert "更正后的条文" in text
    assert before in text
    assert "系统管理员·堃" in text
    assert "应急管理部公告 2026 年第 1 号" in text
    again = post(client, url, typed | {"text": "又一次"})
    assert again.status_code == 409, "the form was made before the correction"
    assert post(client, url, typed | {"text": "更正后的条文", "seen": "1"}).status_code == 422
    with app.app_context():
        assert db.session.get_one(Criterion, clause).text == "更正后的条文"
        assert [kept.text for kept in db.session.scalars(select(CriterionVersion))] == [before]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"text": " "}, "请填条款内容。"),
        ({"source": ""}, "请填更正依据。"),
        ({"effective_to": "2020-01-01"}, "有效至的日期早于施行日期。请核对。"),
        ({"text": "长" * 4001}, "最多 4000 个字。"),
    ],
)
def test_a_correction_that_cannot_be_right_is_refused_and_kept(
    sqlite_world: World, sqlite_app: Flask, typed: dict[str, str], sentence: str
) -> None:
    client = browser_of(sqlite_app, "system_admin")
    with sqlite_app.app_context():
        clause = first_of("应急管理部令第10号")
    whole = {"text": "更正后的<b>条文</b>", "effective_from": "2023-05-15", "source": "公告", "seen": "0"} | typed
    answer = post(client, f"{PAGE}{clause}/correct", whole)
    assert answer.status_code == 422
    assert sentence in text_of(answer)
    assert "<b>条文" not in text_of(answer)
    keeps_house_rules(PAGE, text_of(answer))


@pytest.mark.parametrize("odd", ["", "x", "-1", "9" * 30, "١"])
def test_a_tampered_form_is_refused(sqlite_world: World, sqlite_app: Flask, odd: str) -> None:
    client = browser_of(sqlite_app, "system_admin")
    with sqlite_app.app_context():
        clause = first_of("应急管理部令第10号")
    answer = post(client, f"{PAGE}{clause}/correct", {"text": "改", "source": "公告", "seen": odd})
    assert answer.status_code == 409


def test_an_old_edition_ends_with_its_last_day(world: World, app: Flask) -> None:
    client = browser_of(app, "system_admin")
    with app.app_context():
        clause = first_of("矿安〔2024〕41号")
    url = f"{PAGE}editions/{clause}/days"
    answer = post(client, url, {"effective_from": "2024-04-23", "effective_to": "2026-11-01", "source": "新标准"})
    assert answer.status_code == 302
    page = plain(text_of(client.get(answer.location)))
    assert "日期已更正，共 8 条。" in page
    assert "已不适用" in page
    with app.app_context():
        ended = next(one for one in editions() if one.document_no == "矿安〔2024〕41号")
        assert (ended.effective_to, ended.clauses) == (date(2026, 11, 1), 8)
    same = post(client, url, {"effective_from": "2024-04-23", "effective_to": "2026-11-01", "source": "新标准"})
    assert same.status_code == 422
    assert "日期与现在的一样，没有改动。" in text_of(same)


def test_the_same_clause_of_another_edition_is_shown_beside(sqlite_world: World, sqlite_app: Flask) -> None:
    with sqlite_app.app_context():
        clause = first_of("应急管理部令第10号")
        old = db.session.get_one(Criterion, clause)
        with unit_of_work():
            columns = {"standard": old.standard, "industry": old.industry, "clause": old.clause}
            db.session.add(Criterion(**columns, document_no="新文号", text="新一版的内容"))
    client = browser_of(sqlite_app, "worker")
    assert "新文号 新一版的内容" in plain(text_of(client.get(f"{PAGE}{clause}")))
    assert "同一标准的其他版" in plain(text_of(client.get(f"{PAGE}editions/{clause}")))


def test_words_find_clauses_by_text_number_industry_and_standard(context: Flask, clock: FixedClock) -> None:
    seed(clock())
    assert [one.document_no for one in search_clauses("774 第三十六条第（十七）项")] == ["国务院令第774号"]
    assert all("煤矿" in one.industry + one.standard + one.text for one in search_clauses("煤矿", limit=5))
    assert len(search_clauses("", limit=100)) == 101
    assert search_clauses("%_") == []


def test_one_edition_is_downloaded_alone(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "approver")
    with sqlite_app.app_context():
        clause = first_of("矿安〔2024〕41号")
    rows = sheet_rows(client.get(f"{PAGE}criteria.xlsx?edition={clause}").data)
    assert len(rows) == 2 + 8
    assert rows[1][:3] == ("标准名称", "文号", "施行日期")
    assert client.get(f"{PAGE}999999").status_code == 404
    assert client.get(f"{PAGE}criteria.xlsx?edition=999999").status_code == 404

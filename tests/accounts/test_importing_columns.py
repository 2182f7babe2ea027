"""Columns of a table that were understood wrongly, or not at all, are pointed out on the page and read otherwise."""

from __future__ import annotations

import re

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.importing.tables import ENTERPRISES
from accounts.models import Enterprise, Person
from core.db import db
from core.files import file_store
from core.scope import everything
from core.sheets.table import read_tables
from tests.accounts.tables import book, checked, confirmed, plain, seen
from tests.accounts.test_pages import keeps_house_rules
from tests.accounts.world import World, browser_of, text_of, token

PAGE = "/admin/enterprises/import"
OWN_WORDS = [
    ("厂子", "信用代码", "属地", "老板"),
    ("綦江新磊石材厂", "", "綦江区", "甲"),
    ("綦江二厂", "", "綦江区", "乙"),
]


def correct(client: FlaskClient, url: str, **columns: str) -> TestResponse:
    """Send the form of columns as it stands, with these letters changed."""
    html = text_of(client.get(url))
    values: dict[str, str] = {"csrf_token": token(html)}
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', html, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options)
        values[name] = chosen[1] if chosen else ""
    values |= {f"column-0-{letter}": key for letter, key in columns.items() if letter != "reset"}
    values |= {"reset": "1"} if "reset" in columns else {}
    return client.post(f"{url}/columns", data=values)


def read_otherwise(client: FlaskClient, url: str, **columns: str) -> str:
    """The address of the page after a correction that was taken."""
    answer = correct(client, url, **columns)
    assert answer.status_code == 302, plain(text_of(answer))
    return str(answer.location)


def test_a_column_that_must_be_there_is_pointed_out(world: World, app: Flask) -> None:
    client = browser_of(app, "inspector")
    url = checked(client, PAGE, book(名录=OWN_WORDS))
    html = text_of(client.get(url))
    keeps_house_rules(url, html)
    assert "没有找到“企业名称”一列，没有写入任何内容。" in plain(html)
    assert "厂子" in plain(html)
    assert "綦江新磊石材厂、綦江二厂" in plain(html)
    right = read_otherwise(client, url, A="name", D="principal_name")
    text = seen(client, right)
    assert "数据 2 行 = 新建 2" in text
    assert "已按您的更正读取。" in text
    keeps_house_rules(right, text_of(client.get(right)))
    assert confirmed(client, right).status_code == 302
    with app.app_context(), everything("test"):
        heads = db.session.execute(select(Enterprise.name, Enterprise.principal_name)).all()
        db.session.remove()
    assert {("綦江新磊石材厂", "甲"), ("綦江二厂", "乙")} <= {tuple(pair) for pair in heads}


def test_a_column_understood_wrongly_is_corrected_and_put_back(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "inspector")
    head = ("企业名称", "区县", "负责人", "真正的负责人")
    url = checked(client, PAGE, book(名录=[head, ("綦江新磊石材厂", "綦江区", "村支书", "王五")]))
    other = read_otherwise(client, url, C="-", D="principal_name")
    assert "按系统的理解重读" in seen(client, other)
    assert re.search(
        r'name="column-0-D">(?:(?!</select>).)*value="principal_name" selected', text_of(client.get(other))
    )
    again = read_otherwise(client, other, C="address")  # a correction on top of the first
    assert re.search(r'name="column-0-C">(?:(?!</select>).)*value="address" selected', text_of(client.get(again)))
    assert re.search(
        r'name="column-0-D">(?:(?!</select>).)*value="principal_name" selected', text_of(client.get(again))
    )
    assert browser_of(sqlite_app, "reviewer").get(again).status_code == 404, (
        "a corrected file is its sender's alone too"
    )
    back = read_otherwise(client, again, reset="1")
    assert back == url
    assert "按系统的理解重读" not in seen(client, back)


def test_what_is_contradictory_or_nothing_is_refused_with_what_was_chosen(
    sqlite_world: World, sqlite_app: Flask
) -> None:
    client = browser_of(sqlite_app, "inspector")
    url = checked(client, PAGE, book(名录=[("企业名称", "区县", "备注甲"), ("綦江新磊石材厂", "綦江区", "x")]))
    twice = correct(client, url, C="region")
    assert twice.status_code == 422
    assert "B、C 列都选了“区县”，没有重新核对。" in plain(text_of(twice))
    assert re.search(r'name="column-0-C">(?:(?!</select>).)*value="region" selected', text_of(twice))
    assert "没有改动" in plain(text_of(correct(client, url)))
    assert "没有改动" in plain(text_of(correct(client, url, C="nonsense")))
    unnamed = read_otherwise(client, url, A="-")
    assert "没有找到“企业名称”一列，没有写入任何内容。" in seen(client, unnamed)
    missing = correct(client, unnamed, C="region")
    assert (missing.status_code, "都选了“区县”" in plain(text_of(missing))) == (422, True)
    keeps_house_rules(unnamed, text_of(missing))
    assert "数据 1 行" in seen(client, read_otherwise(client, unnamed, A="name"))


def test_each_sheet_has_its_own_columns(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "inspector")
    links = [("企业", "关系", "对方企业", "开工"), ("綦江一厂", "承包", "綦江二厂", "2026-01-02")]
    data = book(企业名录=[("企业名称", "区县"), ("綦江一厂", "綦江区"), ("綦江二厂", "綦江区")], 企业关系=links)
    url = checked(client, PAGE, data)
    html = text_of(client.get(url))
    assert 'name="column-1-D"' in html
    answer = client.post(f"{url}/columns", data={"csrf_token": token(html), "column-1-D": "since"})
    assert answer.status_code == 302
    assert re.search(
        r'name="column-1-D">(?:(?!</select>).)*value="since" selected', text_of(client.get(str(answer.location)))
    )


def test_people_are_read_otherwise_and_the_file_is_not_kept(world: World, app: Flask) -> None:
    client = browser_of(app, "safety_manager")
    page = f"/admin/enterprises/{world.enterprises['plant']}/people/import"
    url = checked(client, page, book(人员=[("称呼", "部门", "角色"), ("新来的甲", "车间", "员工")]))
    right = read_otherwise(client, url, A="name")
    assert "数据 1 行 = 新建 1" in seen(client, right)
    assert confirmed(client, right).status_code == 302
    with app.app_context(), everything("test"):
        assert db.session.scalars(select(Person.name).where(Person.name == "新来的甲")).one()
        assert not [path for path in file_store().folder.rglob("*") if path.is_file()]
        db.session.remove()
    assert client.get(right).status_code == 404


def test_what_is_said_of_a_column_goes_before_its_title() -> None:
    data = book(名录=[("企业名称", "区县", "单位名称"), ("甲", "綦江区", "乙")])
    (usual,) = read_tables(data, "a.xlsx", (ENTERPRISES,))
    (told,) = read_tables(data, "a.xlsx", (ENTERPRISES,), {"名录": {"C": "name"}})
    assert usual is not None
    assert told is not None
    assert [usual.rows[0].values["name"], told.rows[0].values["name"]] == ["甲", "乙"]
    assert [column.key for column in told.columns] == ["", "region", "name"]

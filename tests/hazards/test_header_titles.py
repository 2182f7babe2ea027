"""Column titles an office adds: kept by the system administrator, taken by the reader, remembered when taken away."""

from __future__ import annotations

import re
from datetime import datetime

import pytest
from flask import Flask

from core.db import db, unit_of_work
from core.refusals import Invalid
from hazards.header_titles import add_title, remove_title, titles_in_force
from hazards.ledger import Field
from tests.clocks import FixedClock
from tests.hazards.city import City
from tests.hazards.imports import HEADER, ledger
from tests.hazards.test_import_pages import form_to, hand_in, row
from tests.hazards.visiting import Form, Visitor
from tests.pages.house import further_people
from tests.pages.reading import breaks

OWN = ledger(row("甲处渗漏"), header=[*HEADER[:3], "毛病", *HEADER[4:]])


@pytest.fixture
def admin(app: Flask, page_city: City, clock: FixedClock) -> Visitor:
    """The system administrator at a browser."""
    with app.app_context():
        further_people(page_city, clock())
        db.session.remove()
    return Visitor(app, "system_admin")


def test_an_added_title_is_taken_by_the_next_import(app: Flask, admin: Visitor) -> None:
    inspector = Visitor(app, "inspector_a")
    assert "没有找到「隐患描述」一列" in hand_in(inspector, OWN).text
    page = admin.fill("/admin/header-titles", title="毛 病", field="description")
    assert "已添加「毛 病」" in page.text
    assert breaks(page.html) == []
    assert "数据 1 行 = 新建 1" in hand_in(inspector, OWN).text


def test_a_removed_title_stays_as_history(app: Flask, admin: Visitor) -> None:
    page = admin.fill("/admin/header-titles", title="毛病", field="description")
    page = admin.follow(admin.send(page, form_to(page, "/remove")))
    assert "已移除「毛病」" in page.text
    history = page.text.partition("移除过的")[2]
    assert re.search(r"毛病 隐患描述 系统管理员 2026-11-16 10:00 系统管理员 2026-11-16 10:00", history)
    assert "没有找到「隐患描述」一列" in hand_in(Visitor(app, "inspector_a"), OWN).text


@pytest.mark.parametrize(("title", "sentence"), [("隐患 描述", "内置的表里已有"), ("", "请写表头的文字")])
def test_what_is_known_already_is_not_added(admin: Visitor, title: str, sentence: str) -> None:
    answer = admin.send(admin.open("/admin/header-titles"), title=title, field="place")
    assert answer.status == 422
    assert sentence in answer.text
    assert breaks(answer.html) == []


def test_others_of_the_system_read_it_and_nobody_else(app: Flask, admin: Visitor) -> None:
    admin.fill("/admin/header-titles", title="毛病", field="description")
    auditor = Visitor(app, "auditor")
    page = auditor.open("/admin/header-titles")
    assert "毛病" in page.text
    assert "添加一个" not in page.text
    token = auditor.open("/me/password").form.values
    assert auditor.send(page, form=_to("/admin/header-titles", token), title="缺陷", field="place").status == 403
    assert auditor.send(page, form=_to("/admin/header-titles/1/remove", token)).status == 403
    for key in ("inspector_a", "manager"):
        assert Visitor(app, key).open("/admin/header-titles").status == 403, key


def _to(url: str, token: dict[str, list[str]]) -> Form:
    return Form(url, {"csrf_token": token["csrf_token"]})


def test_a_title_is_known_once_at_a_time(context: Flask, city: City, clock: FixedClock) -> None:
    by, now = city.actor("inspector_a"), datetime(2026, 11, 16, tzinfo=clock().tzinfo)
    with unit_of_work():
        first = add_title("毛病", Field.DESCRIPTION, by=by, now=now).id
    with pytest.raises(Invalid, match="已经添加过"), unit_of_work():
        add_title("毛　病", Field.PLACE, by=by, now=now)
    with unit_of_work():
        remove_title(first, by=by, now=now)
    with unit_of_work():
        add_title("毛　病", Field.PLACE, by=by, now=now)
    assert titles_in_force() == {"毛　病": Field.PLACE}

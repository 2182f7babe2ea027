"""Risk points from Excel: usual titles, several measures in a cell, several rows of a point; nothing is lost."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from core.db import db
from core.scope import everything
from inspections.measures import split_measures, who_answers, written
from inspections.models import RiskPoint
from inspections.queries.points import get_point
from inspections.rules import ControlKind, PointKind, RiskGrade
from inspections.views.point_tables import MOST
from tests.accounts.tables import book, checked, confirmed, filled, plain, seen, send, sheet_rows
from tests.accounts.world import text_of
from tests.clocks import FixedClock
from tests.hazards.browsing import browser
from tests.hazards.city import City
from tests.inspections.points import a_point

PAGE = "/inspections/points/import"
HEAD = ("序号", "风险点", "所在位置", "责任部门", "风险等级（红橙黄蓝）", "事故类型", "主要管控措施", "管控责任人")


def points_by_name(app: Flask) -> dict[str, RiskPoint]:
    with app.app_context(), everything("test"):
        ids = db.session.scalars(select(RiskPoint.id)).all()
        return {point.name: point for point in (get_point(one, controls=True) for one in ids)}


def test_a_list_as_enterprises_write_it_comes_in(app: Flask, page_city: City) -> None:
    client = browser(app, "manager")
    rows = [
        ("示例綦江机械制造有限公司安全风险分级管控清单",),
        HEAD,
        (
            1,
            "1号中频电炉",
            "北区熔炼车间",
            "熔炼车间",
            "重大",
            "灼烫\n爆炸",
            "1.温度报警；2.每班点检",
            "部门负责人·喆",
        ),
        (2, "喷漆房", "涂装车间", "涂装车间", "橙色", "火灾", "①通风联锁②可燃气体报警③禁火", "王工"),
        (3, "行车", "机加车间", "", "IV级", "起重伤害", "每月检验", ""),
        (4, "叉车", "厂区", "", "特别大", "", "", ""),
        (5, "", "厂区", "", "蓝", "", "", ""),
    ]
    url = checked(client, PAGE, book(清单=rows))
    page = seen(client, url)
    assert "这家企业没有这个部门或班组" in page
    assert "不在可填的范围内" in page
    assert confirmed(client, url).status_code == 302
    found = points_by_name(app)
    assert set(found) == {"1号中频电炉", "喷漆房", "行车"}
    furnace, paint = found["1号中频电炉"], found["喷漆房"]
    assert (furnace.grade, furnace.unit_id) == (RiskGrade.RED, page_city.units["smelting"])
    assert furnace.possible_harm == "灼烫\n爆炸"
    assert (furnace.responsible, furnace.responsible_id) == ("部门负责人·喆", page_city.people["head"])
    assert [one.text for one in furnace.controls] == ["温度报警", "每班点检"]
    assert (paint.grade, paint.unit_id, paint.responsible_id) == (RiskGrade.ORANGE, None, None)
    assert [one.text for one in paint.controls] == ["通风联锁", "可燃气体报警", "禁火"]
    assert found["行车"].grade is RiskGrade.BLUE


def test_rows_of_the_same_point_make_one_graded_by_the_gravest(app: Flask, page_city: City) -> None:
    head = ("风险点名称", "部位", "类型", "风险级别", "可能导致的事故类型", "工程技术", "管理措施", "个体防护")
    rows = [
        head,
        ("电炉", "熔炼车间", "设备设施", "较大", "灼烫", "联锁", "点检", "面罩"),
        ("电炉", "熔炼车间", "设备设施", "重大", "爆炸", "联锁", "演练", ""),
        ("电炉", "二车间", "设备设施", "低", "", "", "", ""),
    ]
    client = browser(app, "principal")
    url = checked(client, PAGE, book(表=rows))
    assert "与第 2 行是同一个风险点" in seen(client, url)
    assert confirmed(client, url).status_code == 302
    with app.app_context(), everything("test"):
        points = db.session.scalars(select(RiskPoint).order_by(RiskPoint.id)).all()
        made = get_point(points[0].id, controls=True)
    assert [point.place for point in points] == ["熔炼车间", "二车间"]
    assert (made.grade, made.kind, made.possible_harm) == (RiskGrade.RED, PointKind.EQUIPMENT, "灼烫\n爆炸")
    assert [(one.kind, one.text) for one in made.controls] == [
        (ControlKind.ENGINEERING, "联锁"),
        (ControlKind.MANAGEMENT, "点检"),
        (ControlKind.PROTECTION, "面罩"),
        (ControlKind.MANAGEMENT, "演练"),
    ]


def test_what_is_taken_out_comes_in_again_without_a_change(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        a_point(page_city, clock(), possible_harm="灼烫\n=1+1", name="=cmd|'/C calc'!A0")
        a_point(page_city, clock(), name="喷漆房", unit_id=None, grade=RiskGrade.YELLOW)
    client = browser(app, "manager")
    taken = client.get("/inspections/points/list.xlsx").data
    sheet = load_workbook(BytesIO(taken)).worksheets[0]
    assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
    rows = sheet_rows(taken)
    assert len(rows) == 2 + 2
    page = plain(text_of(client.get(checked(client, PAGE, taken) + "?show=all")))
    assert "没有变化 2" in page


def test_known_points_are_corrected_and_get_their_new_measures(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        point_id = a_point(page_city, clock())
    client = browser(app, "manager")
    form = client.get(f"{PAGE}/form.xlsx").data
    row = ("FX-0001", "1 号中频电炉", "", "", "", "橙", "", "每班点检冷却水压力\n新措施（责任人：甲）")
    url = checked(client, PAGE, filled(form, 风险点清单=[row]))
    page = seen(client, url)
    assert "较大风险（橙）" in page
    assert confirmed(client, url).status_code == 302
    with app.app_context(), everything("test"):
        point = get_point(point_id, controls=True)
    assert (point.grade, point.place) == (RiskGrade.ORANGE, "北区熔炼车间")
    assert [one.text for one in point.controls][2:] == ["新措施"]
    assert point.controls[2].answers == "甲"
    # a second time there is nothing to write
    assert "没有变化 1" in plain(seen(client, checked(client, PAGE, filled(form, 风险点清单=[row]))))


def test_a_measure_too_long_is_told_and_the_row_still_comes_in(app: Flask, page_city: City) -> None:
    rows = [("风险点名称", "风险等级", "管控措施"), ("电炉", "红", f"点检\n{'长' * 501}")]
    client = browser(app, "manager")
    url = checked(client, PAGE, book(表=rows))
    assert "有 501 个字" in seen(client, url)
    assert confirmed(client, url).status_code == 302
    assert [one.text for one in points_by_name(app)["电炉"].controls] == ["点检"]


def test_a_file_that_is_no_list_of_points_is_refused_in_one_sentence(app: Flask, page_city: City) -> None:
    answer = send(browser(app, "manager"), PAGE, book(表=[("企业名称", "区县"), ("甲", "綦江区")]))
    assert answer.status_code == 422
    assert "没有找到风险点清单的表头" in text_of(answer)


@pytest.mark.parametrize("key", ["worker", "leader", "head", "inspector_a"])
def test_only_who_keeps_all_points_imports(app: Flask, page_city: City, key: str) -> None:
    assert browser(app, key).get(PAGE).status_code == 403


def test_another_enterprises_file_is_not_confirmed(app: Flask, page_city: City) -> None:
    rows = [("风险点名称", "风险等级"), ("电炉", "红")]
    url = checked(browser(app, "manager"), PAGE, book(表=rows))
    assert browser(app, "shop_principal").get(url).status_code == 404
    assert points_by_name(app) == {}


@pytest.mark.parametrize(
    ("cell", "measures"),
    [
        ("1.设护栏；2.每班点检。", ("设护栏", "每班点检")),
        ("设护栏\n每班点检", ("设护栏", "每班点检")),
        ("设护栏；每班点检；", ("设护栏", "每班点检")),
        ("①设护栏②每班点检", ("设护栏", "每班点检")),
        ("一是设护栏，二是每班点检", ("设护栏", "每班点检")),
        ("每班点检3.5MPa压力", ("每班点检3.5MPa压力",)),
        ("", ()),
        ("；；\n", ()),
        ("点检\n点检", ("点检",)),
    ],
)
def test_measures_of_a_cell_are_taken_apart(cell: str, measures: tuple[str, ...]) -> None:
    assert split_measures(cell) == measures


@pytest.mark.parametrize(
    ("written_so", "measure", "name"),
    [
        ("每班点检（责任人：甲）", "每班点检", "甲"),
        ("每班点检，管控责任人:王工", "每班点检", "王工"),
        ("落实责任人制度", "落实责任人制度", ""),
        ("责任人：甲", "责任人：甲", ""),
    ],
)
def test_who_answers_stands_behind_a_measure(written_so: str, measure: str, name: str) -> None:
    assert who_answers(written_so) == (measure, name)
    assert not name or who_answers(written(measure, name)) == (measure, name)


def test_a_list_is_bounded(app: Flask, page_city: City, monkeypatch: Any) -> None:
    monkeypatch.setattr("inspections.views.point_tables.count_points", lambda _asked: MOST + 1)
    answer = browser(app, "manager").get("/inspections/points/list.xlsx")
    assert answer.status_code == 413

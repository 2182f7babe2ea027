"""The list of hazards as a file: exactly the rows of the list, escaped, in bounded memory, saying who and by what."""

from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any
from urllib.parse import unquote

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from core.db import db
from core.models import Event
from core.scope import everything
from hazards.columns import Columns
from hazards.conditions import Conditions, Looking, View
from reports import list_export
from reports.list_export import ListOrder, written_list
from tests.clocks import START
from tests.hazards.browsing import browser
from tests.hazards.city import City
from tests.hazards.test_list_page import FAR, SHOP, TODAY, put, shown
from tests.hazards.visiting import Visitor
from workflows.vocabulary import Channel, Grade, State, Tier


def rows_of(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200, answer.get_data(as_text=True)[:300]
    return list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"), newline="")))


def test_the_file_holds_the_rows_of_the_list_in_its_order(app: Flask, page_city: City) -> None:
    put(
        app,
        page_city,
        {"left": 5, "grade": Grade.MAJOR},
        {"left": -2},
        {"firm": FAR},
        {"firm": SHOP},
        {"state": State.CLOSED, "left": 1},
        {"left": 3, "grade": Grade.MAJOR},
    )
    for who in ("manager", "inspector_a", "far_principal"):
        client = browser(app, who)
        for query in ("", "?view=all", "?grade=major&sort=-number", "?view=overdue", "?q=隐患"):
            wanted = shown(client, query)
            found = [row["隐患编号"] for row in rows_of(client.get(f"/reports/list.csv{query}"))]
            assert [str(int(number[-6:])) for number in found] == wanted, (who, query)


def test_a_text_that_would_run_does_not(app: Flask, page_city: City) -> None:
    text = "=cmd|' /C calc'!A0 镕堃䶮𬭬"
    put(app, page_city, {"description": text, "holder": "@SUM(1)"})
    client = browser(app, "manager")
    (row,) = rows_of(client.get("/reports/list.csv"))
    assert row["隐患描述"] == f"'{text}"
    assert row["现由谁办"] == "'@SUM(1)"
    book = openpyxl.load_workbook(io.BytesIO(client.get("/reports/list.xlsx").data))
    cells = [cell for cells in book.worksheets[0].iter_rows() for cell in cells]
    assert [cell.data_type for cell in cells if cell.value == text] == ["s"]
    assert not [cell for cell in cells if cell.data_type == "f"]


def test_it_says_who_took_it_out_when_and_by_what(app: Flask, page_city: City) -> None:
    put(app, page_city, {"grade": Grade.MAJOR, "description": "长" * 900})
    answer = browser(app, "manager").get("/reports/list.xlsx?grade=major")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    texts = [str(cell.value) for cells in book.worksheets[0].iter_rows() for cell in cells if cell.value is not None]
    assert "导出：安全管理人员·镕，2026-11-16 10:00" in texts
    assert "条件：全部未销号；重大" in texts
    assert "导出人：安全管理人员·镕（示例綦江机械制造有限公司5号厂）" in texts
    assert "长" * 900 in texts, "the whole description, not the line of the list"
    assert any(text.startswith("本清单共 1 条") for text in texts)
    assert "隐患清单_全部未销号；重大_安全管理人员·镕_20261116-1000.xlsx" in unquote(
        answer.headers["Content-Disposition"]
    )
    assert answer.headers["Cache-Control"] == "private, no-store"
    with app.app_context(), everything("test"):
        noted = db.session.scalars(select(Event).where(Event.kind == "ledger_exported")).one()
        assert (noted.content["records"], noted.content["filter"]) == (1, "全部未销号；重大")


def test_a_filter_of_any_words_makes_a_name(app: Flask, page_city: City) -> None:
    answer = browser(app, "manager").get("/reports/list.csv?q=../a:b%22%0d%0ac<d>")
    name = unquote(answer.headers["Content-Disposition"])
    assert "隐患清单_全部；“.. a b  c d ”_安全管理人员·镕_20261116-1000.csv" in name


def test_columns_are_those_chosen_or_all(app: Flask, page_city: City) -> None:
    put(app, page_city, {"channel": Channel.COMPLAINT, "points_total": 5, "points_done": 3, "tier": Tier.WEEK})
    manager = Visitor(app, "manager")
    manager.send(manager.open("/hazards/columns"), usual=["state", "due"], more=["points"])
    (row,) = rows_of(manager.client.get("/reports/list.csv"))
    assert list(row) == ["序号", "隐患编号", "隐患描述", "状态", "整改期限", "要点完成"]
    assert row["要点完成"] == "3/5"
    (full,) = rows_of(manager.client.get("/reports/list.csv?columns=all"))
    assert {"企业名称", "隐患位置", "责令文书号", "下次管控检查", "延期次数"} <= set(full)
    assert full["隐患来源"] == Channel.SUPERVISION.label, "an enterprise is not told that it came from a complaint"
    assert full["发现时间"] == "2026-11-15"


def test_only_whoever_answers_for_the_whole_takes_it_out(app: Flask, page_city: City) -> None:
    put(app, page_city, {})
    for who in ("worker", "leader", "head"):
        client = browser(app, who)
        assert client.get("/reports/list.csv").status_code == 403
        assert "/reports/list" not in client.get("/hazards/").get_data(as_text=True)
    assert browser(app, "approver").get("/reports/list.csv").status_code == 200
    assert '/reports/list.xlsx?view=open"' in browser(app, "manager").get("/hazards/").get_data(as_text=True)


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_a_long_list_stays_within_a_few_megabytes(
    sqlite_app: Flask, sqlite_city: City, monkeypatch: pytest.MonkeyPatch, ending: str
) -> None:
    """Rows come and go one by one: 30,000 of them need no more memory than 3,000."""

    def many(_asked: Any, _who: Any, _columns: Any) -> Iterator[Any]:
        for place in range(30_000):
            yield SimpleNamespace(
                number=f"YH-500110-2026-{place:06d}",
                description=f"第 {place} 条：电炉冷却水系统未设置监测报警装置",
                enterprise_name="示例綦江机械制造有限公司5号厂",
                grade=Grade.GENERAL,
                state=State.RECTIFYING,
                tier=Tier.DAY,
                deadline=TODAY,
                deadline_text="",
                holder="部门负责人·喆",
            )

    monkeypatch.setattr(list_export, "rows_to_take_out", many)
    with sqlite_city.eyes("manager") as actor:
        order = ListOrder(Conditions(view=View.ALL), Looking(actor, TODAY), Columns(), "全部", START)
        tracemalloc.start()
        file, written = written_list(order, ending)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        file.close()
    assert written.count == 30_000
    assert peak < 24 * 1024 * 1024

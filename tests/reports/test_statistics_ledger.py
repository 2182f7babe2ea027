"""Ledger `statistics`: what it counts, worked out by hand, and that it is the printed form, opened by LibreOffice."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from openpyxl.worksheet.worksheet import Worksheet

from core.scope import everything
from reports.ledger_rows import regulator_rows
from reports.rules import Period, month_of, quarter_of, year_of
from reports.standing import LedgerScope, Reader
from reports.statistics_ledger import NO_RATE, STATISTICS, StatisticsRow, rate, statistics_rows
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City
from tests.inspections.duties import a_plan, finish
from tests.reports.figures_city import accepted, at, closed, dismissed, general, major, verified
from tests.reports.printing import converted, pages_of
from workflows.cadence import Frequency, period_of
from workflows.vocabulary import Channel

SEPTEMBER_7, OCTOBER_12, NOVEMBER_2 = date(2026, 9, 7), date(2026, 10, 12), date(2026, 11, 2)
OCTOBER = month_of(OCTOBER_12)
DISTRICT = LedgerScope(region_path="/500000/500110/")
NOTHING = (0, 0, 0, NO_RATE, 0, 0, NO_RATE, 0, 0, 0, 0, 0, 0, 0)


def build(city: City, clock: FixedClock) -> dict[str, str]:
    """A district's October, and what came before and after it; numbers by name."""
    clock.set(at(SEPTEMBER_7))
    made = {"old": accepted(city, major(city, SEPTEMBER_7), SEPTEMBER_7)}
    clock.set(at(OCTOBER_12))
    made["done"] = accepted(city, general(city, OCTOBER_12), OCTOBER_12, "manager")
    verified(city, made["done"], OCTOBER_12, "plant_manager")
    shop = {"enterprise_id": city.enterprises["shop"], "responsible_unit": "门店"}
    made["waiting"] = general(city, OCTOBER_12, "shop_principal", **shop)
    made["closed"] = closed(city, accepted(city, major(city, OCTOBER_12), OCTOBER_12), OCTOBER_12)
    made["planned"] = accepted(city, major(city, OCTOBER_12), OCTOBER_12)
    acts.plan(city, made["planned"], at(OCTOBER_12, 12))
    made["dismissed"] = dismissed(city, major(city, OCTOBER_12), OCTOBER_12)
    far = {"channel": Channel.SUPERVISION, "enterprise_id": city.enterprises["far"]}
    made["far"] = major(city, OCTOBER_12, "far_inspector", **far)
    clock.set(at(NOVEMBER_2))
    made["late"] = general(city, NOVEMBER_2, found_at=at(date(2026, 10, 30)))
    return made


def rows_of(period: Period = OCTOBER, scope: LedgerScope = DISTRICT) -> list[StatisticsRow]:
    with everything("tests"):
        return list(statistics_rows(period, scope))


def line(rows: list[StatisticsRow], industry: str, section: int = 0) -> tuple[Any, ...]:
    """The figures of a line of the first (本期) or second (累计) section."""
    return tuple([row for row in rows if row.industry == industry][section][1:])


def test_the_figures_are_those_worked_out_by_hand(city: City, clock: FixedClock) -> None:
    build(city, clock)
    rows = rows_of()
    half, third = Decimal("50.0"), Decimal("33.3")
    # the plant and the shop; of two general ones one verified; of two majors one closed, the other has a plan
    of_october = (2, 2, 1, half, 2, 1, half, 1, 1, 1, 1, 1, 1, 42_000_000)
    # September's major has no plan yet
    since_january = (2, 2, 1, half, 3, 1, third, 1, 1, 1, 1, 1, 1, 42_000_000)
    assert line(rows, "工贸") == of_october
    assert line(rows, "工贸", 1) == since_january
    assert line(rows, "合计") == of_october
    assert line(rows, "合计", 1) == since_january
    assert line(rows, "消防") == NOTHING


def test_the_words_of_each_section_say_which_days_it_counts(city: City, clock: FixedClock) -> None:
    build(city, clock)
    said = [row.industry for row in rows_of() if row.units is None]
    assert said == ["本期：2026年10月", "累计：2026年1月1日至10月31日"]
    assert len(rows_of()) == 2 * (1 + 15 + 1)
    said = [row.industry for row in rows_of(year_of(OCTOBER_12)) if row.units is None]
    assert said == ["本期（同累计）：2026年"]


def test_months_add_up_to_their_quarter(city: City, clock: FixedClock) -> None:
    """What is reported late counts in the month of its report, so nothing falls between two months."""
    build(city, clock)
    october, november = (line(rows_of(month_of(day)), "合计") for day in (OCTOBER_12, NOVEMBER_2))
    quarter = line(rows_of(quarter_of(OCTOBER_12)), "合计")
    assert (october[1], november[1], quarter[1]) == (2, 1, 3)
    assert (october[4], november[4], quarter[4]) == (2, 0, 2)


def test_a_past_months_form_is_the_same_whenever_it_is_printed(city: City, clock: FixedClock) -> None:
    made = build(city, clock)
    before = rows_of()
    closed(city, made["old"], NOVEMBER_2)
    verified(city, made["planned"], NOVEMBER_2)
    major(city, NOVEMBER_2)
    assert rows_of() == before


def test_totals_are_the_counts_of_the_list(city: City, clock: FixedClock) -> None:
    build(city, clock)
    with everything("tests"):
        listed = list(regulator_rows(OCTOBER, DISTRICT, Reader(OCTOBER.last_day)))
    found = [row for row in listed if row.found_on == OCTOBER_12 and row.state != "dismissed"]
    figures = line(rows_of(), "合计")
    assert figures[4] == len(found) == 2
    assert figures[5] == sum(row.state == "closed" for row in found) == 1
    assert figures[13] == sum(int(row.funds_fen or 0) for row in found if row.state != "closed")


def test_a_unit_counts_once_however_often_it_inspects_and_reports(city: City, clock: FixedClock) -> None:
    """The plant inspects twice, and reports in two sectors: once in each line, once in the sum."""
    clock.set(at(OCTOBER_12))
    for day in (OCTOBER_12, date(2026, 10, 13)):
        finish(city, a_plan(city, day, at(day)), period_of(Frequency.DAY, day), at(day))
    general(city, OCTOBER_12)
    general(city, OCTOBER_12, sector="消防")
    rows = rows_of()
    assert (line(rows, "工贸")[0], line(rows, "消防")[0], line(rows, "合计")[0]) == (1, 1, 1)
    assert line(rows_of(month_of(SEPTEMBER_7)), "合计") == NOTHING


def test_an_inspection_that_finds_nothing_counts_its_unit(city: City, clock: FixedClock) -> None:
    clock.set(at(OCTOBER_12))
    finish(city, a_plan(city, OCTOBER_12, at(OCTOBER_12)), period_of(Frequency.DAY, OCTOBER_12), at(OCTOBER_12))
    assert line(rows_of(), "工贸") == (1, *NOTHING[1:])


def test_each_reads_the_figures_of_what_is_his(city: City, clock: FixedClock) -> None:
    build(city, clock)
    read = {}
    for who in ("inspector_a", "city_reviewer", "far_inspector", "fire_inspector", "principal", "worker"):
        with city.eyes(who):
            figures = line(list(statistics_rows(OCTOBER, LedgerScope())), "合计")
        read[who] = (figures[1], figures[4])
    expected = {"inspector_a": (2, 2), "city_reviewer": (2, 3), "far_inspector": (0, 1), "fire_inspector": (0, 0)}
    assert read == expected | {"principal": (1, 2), "worker": (0, 0)}
    assert line(list(statistics_rows(OCTOBER, LedgerScope())), "合计") == NOTHING  # nobody looks


def test_it_may_be_of_one_industry_and_of_one_enterprise(city: City, clock: FixedClock) -> None:
    build(city, clock)
    fire = rows_of(scope=LedgerScope(sector="消防"))
    assert [row.industry for row in fire[:3]] == ["本期：2026年10月", "消防", "合计"]
    assert line(fire, "合计")[4] == 1  # the one of the far district
    shop = rows_of(scope=LedgerScope(enterprise_id=city.enterprises["shop"]))
    assert [row.industry for row in shop[:3]] == ["本期：2026年10月", "工贸", "合计"]
    assert line(shop, "合计")[:2] == (1, 1)


@pytest.mark.parametrize(
    ("part", "whole", "shown"),
    [(80, 88, Decimal("90.9")), (2, 3, Decimal("66.7")), (0, 5, Decimal("0.0")), (1, 1, Decimal("100.0")), (0, 0, "—")],
)
def test_a_rate_has_one_decimal_and_over_nothing_is_a_dash(part: int, whole: int, shown: object) -> None:
    assert rate(part, whole) == shown


# --- the printed form ------------------------------------------------------------------------------------------


@pytest.fixture
def october(sqlite_app: Flask, sqlite_city: City, clock: FixedClock) -> Flask:
    """A register with the district's October."""
    build(sqlite_city, clock)
    return sqlite_app


def exported(app: Flask, folder: Path, ending: str, *more: str) -> Path:
    made = folder / f"s.{ending}"
    arguments = ["export", "statistics", "--month", "2026-10", "--region", "500110", *more, "-o", str(made)]
    done = app.test_cli_runner().invoke(args=arguments)
    assert done.exit_code == 0, done.output
    assert "已导出2026年10月隐患排查治理情况统计表：34 行" in done.output
    return made


def check_form(sheet: Worksheet) -> None:
    """Title, line, the merged three-row head, units, numbers of columns, as the printed form has them."""
    assert sheet["A1"].value == "2026年10月隐患排查治理情况统计表"
    said = [cell.value for cell in sheet[2] if cell.value]
    assert said == ["填报单位(章)：綦江区安委办", "统计范围：綦江区", "数据截至：2026年10月31日24时", "2026年11月2日"]
    merged = {str(one) for one in sheet.merged_cells.ranges}
    groups = {"B3:E3", "F3:H3", "I3:O3", "J4:N4"}
    down = {"A3:A5", *(f"{letter}4:{letter}5" for letter in "BCDEFGHIO")}
    assert {one for one in merged if 3 <= int("".join(filter(str.isdigit, one.split(":")[0]))) <= 7} == groups | down
    assert [sheet[at].value for at in ("A3", "B3", "F3", "I3", "J4")] == [
        *("行业和领域", "一般隐患", "重大隐患", "列入治理计划的", "其中"),
    ]
    assert [sheet[f"{letter}4"].value for letter in "BCDEFGHIO"] == [
        *("排查单位数", "隐患数", "已整改数", "整改率", "隐患数", "已整改销号数", "整改率", "隐患数", "累计落实资金"),
    ]
    assert [sheet[f"{letter}5"].value for letter in "JKLMN"] == [
        *("落实目标任务", "落实经费物资", "落实机构人员", "落实时间要求", "落实安全措施应急预案"),
    ]
    units = ["计量单位", "家", "项", "项", "%", "项", "项", "%", *["项"] * 6, "万元"]
    assert [cell.value for cell in sheet[6]] == units
    assert [str(cell.value) for cell in sheet[7]] == ["甲", *map(str, range(1, 15))]
    assert sheet["A8"].value == "本期：2026年10月"
    shop = next(row for row in sheet.iter_rows(min_row=9, values_only=True) if row[0] == "工贸")
    assert shop[1:] == (2, 2, 1, 50, 2, 1, 50, 1, 1, 1, 1, 1, 1, 42)
    fire = next(row for row in sheet.iter_rows(min_row=9, values_only=True) if row[0] == "消防")
    assert (fire[4], fire[7]) == ("—", "—")


def test_the_workbook_is_the_printed_form(october: Flask, tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(exported(october, tmp_path, "xlsx")).worksheets[0]
    check_form(sheet)
    assert sheet.auto_filter.ref is None
    assert sheet.freeze_panes == "B8"
    assert sheet.print_title_rows == "$3:$7"
    last = [str(cell.value) for row in sheet.iter_rows(min_row=42) for cell in row if cell.value]
    assert last[:2] == ["单位负责人(签字)：", "填表人(签字)："]
    assert "本表共 34 行" in last[-1]


def test_libreoffice_opens_it_and_prints_one_page_across(october: Flask, tmp_path: Path) -> None:
    """Saved again by LibreOffice it is the same form, so nothing was repaired."""
    made = exported(october, tmp_path, "xlsx")
    check_form(openpyxl.load_workbook(converted(made, "xlsx")).worksheets[0])
    pages = pages_of(converted(made, "pdf"))
    assert len(pages) == 2
    assert {(round(one.mediabox.width / 72 * 25.4), round(one.mediabox.height / 72 * 25.4)) for one in pages} == {
        (297, 210)
    }
    assert all("计量单位" in one.extract_text() for one in pages), "the head stands on every page"
    assert "单位负责人(签字)" in pages[-1].extract_text()


def test_csv_and_json_lines_hold_the_same_figures(october: Flask, tmp_path: Path) -> None:
    table = list(csv.reader(io.StringIO(exported(october, tmp_path, "csv").read_text("utf-8-sig"), newline="")))
    assert table[0][:4] == ["行业和领域", "一般隐患：排查单位数(家)", "一般隐患：隐患数(项)", "一般隐患：已整改数(项)"]
    assert table[0][9] == "列入治理计划的：其中：落实目标任务(项)"
    assert len(set(table[0])) == len(table[0]) == len(STATISTICS.columns)
    assert next(row for row in table if row[0] == "工贸")[1:5] == ["2", "2", "1", "50.0"]
    lines = [json.loads(text) for text in exported(october, tmp_path, "jsonl").read_text("utf-8").splitlines()]
    assert len(lines) == len(table) - 1 == 34
    shop = next(one for one in lines if one["industry"] == "工贸")
    assert (shop["general_rate"], shop["planned_fen"], shop["major_rate"]) == ("50.0", 42_000_000, "50.0")


def test_our_own_import_refuses_it_as_statistics(october: Flask, tmp_path: Path) -> None:
    for ending in ("xlsx", "csv"):
        made = exported(october, tmp_path, ending)
        done = october.test_cli_runner().invoke(args=["import", str(made), "--region", "500110", "--dry-run"])
        assert done.exit_code == 2, done.output
        assert "这不是隐患台账，而是统计表（没有逐条的隐患描述），没有写入任何内容。" in done.output

"""Ledger `problems`: the stock of major hazards adds up, also where an enterprise moved; and `listed`."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask

from accounts import organisations
from accounts.models import Enterprise
from accounts.organisations import EnterpriseDetails
from core.db import db, unit_of_work
from core.scope import everything
from hazards.queries import hazard_by_number
from hazards.recording import record
from reports.ledger_rows import regulator_rows
from reports.listed_ledger import ListedRow, count_listed, listed_rows
from reports.problems_ledger import ProblemRow, problem_rows
from reports.rules import Period, month_of, quarter_of
from reports.standing import COUNTED, LedgerScope, Reader
from reports.statistics_ledger import NO_RATE
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City
from tests.reports.figures_city import accepted, at, closed, dismissed, major
from tests.reports.printing import converted, pages_of
from workflows.vocabulary import Action, Channel, ListingLevel

SEPTEMBER_7, OCTOBER_12, NOVEMBER_2 = date(2026, 9, 7), date(2026, 10, 12), date(2026, 11, 2)
SEPTEMBER, OCTOBER, NOVEMBER = (month_of(day) for day in (SEPTEMBER_7, OCTOBER_12, NOVEMBER_2))
DISTRICT = LedgerScope(region_path="/500000/500110/")
FAR = LedgerScope(region_path="/500000/500101/")
CITY = LedgerScope(region_path="/500000/")
COUNTS = ("start", "fresh", "moved_in", "moved_out", "closed", "removed", "stock")


def move_shop_away(city: City, day: date) -> None:
    """The shop goes to the far district, with its open hazards."""
    with everything("tests"), unit_of_work():
        shop = db.session.get_one(Enterprise, city.enterprises["shop"])
        details = EnterpriseDetails(shop.name, "500101", shop.uscc or "", None, shop.industry)
        organisations.change_enterprise(shop, details, by=None, now=at(day))


def build(city: City, clock: FixedClock) -> dict[str, str]:
    """Three in stock when October begins, four new ones; the shop moves away on the 20th."""
    clock.set(at(SEPTEMBER_7))
    made = {
        "stays": accepted(city, major(city, SEPTEMBER_7), SEPTEMBER_7, deadline="2026-10-20"),
        "late": accepted(city, major(city, SEPTEMBER_7), SEPTEMBER_7, deadline="2026-10-10"),
    }
    shop = {"enterprise_id": city.enterprises["shop"], "responsible_unit": "门店"}
    made["moves"] = major(city, SEPTEMBER_7, "shop_principal", **shop)
    clock.set(at(OCTOBER_12))
    closed(city, made["late"], OCTOBER_12)  # found on 7 September: 35 days, two after its deadline
    made["at_once"] = closed(city, accepted(city, major(city, OCTOBER_12), OCTOBER_12), OCTOBER_12)  # 0 days, in time
    made["none"] = dismissed(city, major(city, OCTOBER_12), OCTOBER_12)
    made["new"] = major(city, OCTOBER_12)
    made["ordered"] = major(city, OCTOBER_12, "inspector_a", channel=Channel.SUPERVISION)
    clock.set(at(date(2026, 10, 20)))
    move_shop_away(city, date(2026, 10, 20))
    clock.set(at(NOVEMBER_2))
    return made


def rows_of(period: Period = OCTOBER, scope: LedgerScope = DISTRICT) -> dict[tuple[str, str], ProblemRow]:
    with everything("tests"):
        found = list(problem_rows(period, scope, Reader(period.last_day)))
    lines = {(row.region, row.sector): row for row in found}
    assert len(lines) == len(found), "each line once"
    for row in found:
        came, went = row.start + row.fresh + row.moved_in, row.moved_out + row.closed + row.removed
        assert came - went == row.stock, row
    return lines


def counts(row: ProblemRow) -> tuple[int, ...]:
    return tuple(getattr(row, name) for name in COUNTS)


def test_the_figures_are_those_worked_out_by_hand(city: City, clock: FixedClock) -> None:
    build(city, clock)
    lines = rows_of()
    assert list(lines) == [("三江街道", "工贸"), ("合计", "")]
    row = lines["三江街道", "工贸"]
    # 3 in stock; new, at_once, none, ordered came; late and at_once closed; none dismissed; the shop's one moved away
    assert counts(row) == (3, 4, 0, 1, 2, 1, 3)
    assert (row.on_time, row.overdue) == (1, 1)
    # closed 2 of 2 + 3; (35 + 0) days / 2; three of four found by the enterprise itself; nobody was told or penalised
    assert (row.closure_rate, row.mean_days, row.self_found_rate) == (Decimal("40.0"), Decimal("17.5"), Decimal("75.0"))
    assert (row.untold, row.penalised) == (3, 0)
    assert lines["合计", ""][2:] == row[2:]


def test_what_moves_between_districts_leaves_the_citys_stock_as_it_is(city: City, clock: FixedClock) -> None:
    build(city, clock)
    far = rows_of(scope=FAR)["合计", ""]
    assert counts(far) == (0, 0, 1, 0, 0, 0, 1)
    assert (far.closure_rate, far.mean_days, far.self_found_rate) == (Decimal("0.0"), NO_RATE, NO_RATE)
    whole = rows_of(scope=CITY)
    assert list(whole) == [
        *(("万州区", "工贸"), ("万州区", "小计"), ("綦江区", "工贸"), ("綦江区", "小计")),
        ("合计", ""),
    ]
    assert counts(whole["万州区", "小计"]) == (0, 0, 1, 0, 0, 0, 1)
    assert counts(whole["綦江区", "小计"]) == (3, 4, 0, 1, 2, 1, 3)
    assert counts(whole["合计", ""]) == (3, 4, 0, 0, 2, 1, 4)


def test_one_periods_end_is_the_next_ones_beginning(city: City, clock: FixedClock) -> None:
    """Also over the quarter, where the moves of its months add up."""
    made = build(city, clock)
    closed(city, accepted(city, made["new"], NOVEMBER_2), NOVEMBER_2)
    months = [rows_of(month, CITY)["合计", ""] for month in (SEPTEMBER, OCTOBER, NOVEMBER)]
    assert [row.stock for row in months[:2]] == [row.start for row in months[1:]]
    quarter = rows_of(quarter_of(OCTOBER_12), CITY)["合计", ""]
    assert (quarter.start, quarter.stock) == (months[1].start, months[2].stock)
    for name in ("fresh", "closed", "removed"):
        assert getattr(quarter, name) == getattr(months[1], name) + getattr(months[2], name)


def test_reopened_is_new_again(city: City, clock: FixedClock) -> None:
    made = build(city, clock)
    again = {"reason": "又坏了", "new_deadline": "2026-12-31"}
    acts.ask(city, made["at_once"], Action.REOPEN, "inspector_a", at(NOVEMBER_2), **again)
    acts.sign(city, made["at_once"], "inspector_a", "reviewer", now=at(NOVEMBER_2))
    assert counts(rows_of(NOVEMBER)["合计", ""]) == (3, 1, 0, 0, 0, 0, 4)
    assert counts(rows_of()["合计", ""]) == (3, 4, 0, 1, 2, 1, 3)


def test_totals_are_the_counts_of_the_list(city: City, clock: FixedClock) -> None:
    build(city, clock)
    with everything("tests"):
        listed = list(regulator_rows(OCTOBER, DISTRICT, Reader(OCTOBER.last_day)))
    states = [row.state for row in listed]
    total = rows_of()["合计", ""]
    assert total.closed == states.count("closed")
    assert total.removed == states.count("dismissed")
    assert total.stock == len(states) - total.closed - total.removed
    late = [row for row in listed if row.overdue_days and row.state in ("reported", "rectifying")]
    assert total.overdue == len(late)


def test_an_enterprise_that_moved_leaves_past_ledgers_as_they_were(city: City, clock: FixedClock) -> None:
    """The old office reads what was its own then; the new one what came to it, and not what was before."""
    made = build(city, clock)
    read: dict[tuple[str, str], Any] = {}
    for who, period in (("inspector_a", SEPTEMBER), ("far_inspector", SEPTEMBER), ("far_inspector", OCTOBER)):
        with city.eyes(who):
            rows = list(regulator_rows(period, LedgerScope(), Reader(period.last_day)))
            figures = list(problem_rows(period, LedgerScope(), Reader(period.last_day)))[-1]
        read[who, period.code] = ({row.number for row in rows}, figures.stock)
    assert read["inspector_a", "2026-09"] == ({made["stays"], made["late"], made["moves"]}, 3)
    assert read["far_inspector", "2026-09"] == (set(), 0)
    assert read["far_inspector", "2026-10"] == ({made["moves"]}, 1)


def test_it_may_be_of_one_industry_and_of_one_enterprise(city: City, clock: FixedClock) -> None:
    build(city, clock)
    assert counts(rows_of(scope=LedgerScope(sector="消防"))["合计", ""]) == (0,) * 7
    plant = rows_of(scope=LedgerScope(enterprise_id=city.enterprises["plant"]))
    assert counts(plant["示例綦江机械制造有限公司5号厂", "工贸"]) == (2, 4, 0, 0, 2, 1, 3)
    shop = rows_of(scope=LedgerScope(enterprise_id=city.enterprises["shop"]))
    assert counts(shop["合计", ""]) == (1, 0, 0, 0, 0, 0, 1), "it moved with its own stock"


# --- listed ----------------------------------------------------------------------------------------------------


def listed(city: City, number: str, day: date, **more: Any) -> str:
    """Put on the list, as the district's committee decided."""
    facts = {
        "listed_level": ListingLevel.DISTRICT,
        "listed_office": "綦江区安委会",
        "listed_number": "綦安委督〔2026〕3号",
        "listed_on": day,
        "listed_until": date(2026, 12, 31),
    } | more
    with everything("tests"), unit_of_work():
        hazard = hazard_by_number(number)
        for name, value in facts.items():
            setattr(hazard, name, value)
        record(hazard, "listed", by=city.people["clerk"], now=at(day))
    return number


def listed_in(period: Period) -> dict[str, ListedRow]:
    with everything("tests"):
        found = list(listed_rows(period, DISTRICT))
        assert sum(count_listed(period, DISTRICT, COUNTED).values()) == len(found)
    return {row.number: row for row in found}


def test_a_listed_one_stands_until_it_is_lifted(city: City, clock: FixedClock) -> None:
    """Also after its closure; in the period in which it was lifted for the last time."""
    clock.set(at(SEPTEMBER_7))
    number = listed(city, accepted(city, major(city, SEPTEMBER_7), SEPTEMBER_7), SEPTEMBER_7)
    major(city, SEPTEMBER_7)
    assert listed_in(SEPTEMBER)[number] == ListedRow(
        enterprise_name="示例綦江机械制造有限公司5号厂",
        number=number,
        place="北区熔炼车间",
        rectified="否",
        level="区级",
        office="綦江区安委会",
        department="綦江区应急管理局",
        due_on=date(2026, 12, 31),
    )
    closed(city, number, date(2026, 9, 28))
    assert list(listed_in(SEPTEMBER)) == list(listed_in(OCTOBER)) == [number], "closed, and not lifted yet"
    assert listed_in(OCTOBER)[number].rectified == "是"
    listed(city, number, OCTOBER_12, delisted_on=OCTOBER_12)
    assert list(listed_in(OCTOBER)) == [number]
    assert listed_in(NOVEMBER) == {}
    assert listed_in(month_of(date(2026, 8, 1))) == {}


def test_one_brought_as_closed_by_a_file_does_not_come_back_each_month(city: City, clock: FixedClock) -> None:
    clock.set(at(SEPTEMBER_7))
    number = closed(city, accepted(city, major(city, SEPTEMBER_7), SEPTEMBER_7), SEPTEMBER_7)
    listed(city, number, SEPTEMBER_7, imported=True)
    assert list(listed_in(SEPTEMBER)) == [number]
    assert listed_in(OCTOBER) == {}


# --- as files --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ledger", "said"), [("problems", "期末存量"), ("listed", "督办完成时间")])
def test_libreoffice_opens_it_and_prints_it_on_a_page(
    sqlite_app: Flask, sqlite_city: City, tmp_path: Path, clock: FixedClock, ledger: str, said: str
) -> None:
    made = build(sqlite_city, clock)
    listed(sqlite_city, made["stays"], OCTOBER_12)
    file = tmp_path / f"{ledger}.xlsx"
    arguments = ["export", ledger, "--period", "2026-Q4", "--region", "500110", "-o", str(file)]
    done = sqlite_app.test_cli_runner().invoke(args=arguments)
    assert done.exit_code == 0, done.output
    again = openpyxl.load_workbook(converted(file, "xlsx")).worksheets[0]
    cells = {cell.value for line in again.iter_rows() for cell in line if cell.value is not None}
    assert said in cells
    assert "统计范围：綦江区" in cells
    if ledger == "listed":
        assert (again["I4"].is_date, str(again["I4"].value)[:10]) == (True, "2026-12-31"), "a day is a day"
    pages = pages_of(converted(file, "pdf"))
    assert [round(one.mediabox.width / 72 * 25.4) for one in pages] == [297]
    assert "单位负责人(签字)" in pages[0].extract_text()

"""Ledgers `enterprise`, `tiers` and `not_inspected`: from what happened, the same whenever they are taken out."""

from __future__ import annotations

import os
import shutil
import subprocess
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from flask import Flask
from openpyxl.utils import get_column_letter
from pypdf import PdfReader

from hazards.operations.reporting import report
from inspections.models import Finding, Inspection
from inspections.operations import settling
from reports.enterprise_ledger import EnterpriseRow, enterprise_rows
from reports.ledger_rows import LedgerScope, Reader
from reports.not_inspected_ledger import not_inspected_rows
from reports.rules import Period, month_of, quarter_of
from reports.tiers_ledger import tier_rows
from tests.accounts.world import log_in, post
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import PASSWORD, City, a_report
from tests.inspections.duties import a_plan, finish
from tests.inspections.test_counting import at
from workflows.cadence import Frequency, period_of
from workflows.vocabulary import Action, Tier

OCTOBER = month_of(date(2026, 10, 1))
THURSDAY = date(2026, 10, 15)
PLANT = "91350100M000100Y43"


def inspected(city: City, day: date = THURSDAY, place: str = "南区 3 号抛丸机") -> str:
    """A hazard that the team's daily inspection found; its number."""
    numbers: list[str] = []

    def found(session: Any, made: Inspection) -> None:
        unit = city.units["smelting"]
        what = a_report(city, at(day), place=place, found_at=at(day), unit_id=unit, responsible_unit="熔炼车间")
        hazard = report(what, by=city.actor("leader"), now=at(day))
        session.add(Finding(hazard_id=hazard.id, inspection_id=made.id))
        numbers.append(hazard.number)

    plan = a_plan(city, day, at(day))
    finish(city, plan, period_of(Frequency.DAY, day), at(day), found=found)
    return numbers[0]


def rows_of(city: City, who: str = "manager", month: Period = OCTOBER, **scope: Any) -> list[EnterpriseRow]:
    """The rows of the plant's ledger as somebody takes them out."""
    plant = LedgerScope(enterprise_id=city.enterprises["plant"], **scope)
    with city.eyes(who):
        return list(enterprise_rows(month, plant, Reader(month.last_day, for_enterprise=True)))


def test_a_hazard_of_an_inspection_stands_with_its_round_team_and_inspector(city: City) -> None:
    """And who verified it, once somebody had."""
    number = inspected(city)
    acts.accept(city, number, "manager", now=at(THURSDAY, 14))
    acts.work(city, number, at(THURSDAY, 15), completed_on=THURSDAY)
    acts.ask(city, number, Action.VERIFY, "manager", at(THURSDAY, 16))
    acts.sign(city, number, "plant_manager", now=at(THURSDAY, 16))
    [row] = rows_of(city)
    assert (row.found_on, row.tier, row.unit, row.found_by) == (THURSDAY, "日", "熔炼车间", "班组长·堃")
    assert row.verified_by == "厂长·丙"
    assert row.grade == "一般"
    assert row.closed_on is None
    acts.ask(city, number, Action.CLOSE, "manager", at(date(2026, 11, 3)))
    acts.sign(city, number, "manager_b", now=at(date(2026, 11, 3)))
    assert rows_of(city) == [row], "the month's ledger stays as it was"
    [later] = rows_of(city, month=month_of(date(2026, 11, 1)))
    assert later.closed_on == date(2026, 11, 3)


def test_a_unit_takes_out_its_own_part(city: City) -> None:
    """By the unit of the hazard."""
    inspected(city)
    assert len(rows_of(city, unit_id=city.units["smelting"])) == 1
    assert rows_of(city, unit_id=987654) == []


def tiers_of(city: City, month: Period, who: str = "manager") -> list[tuple[str, str, str, str | None]]:
    """Tier, colour, timing and where it came from of each row."""
    plant = LedgerScope(enterprise_id=city.enterprises["plant"])
    with city.eyes(who):
        rows = list(tier_rows(month, plant, Reader(month.last_day, for_enterprise=True)))
    return [(row.tier, row.colour, row.timing, row.came_from) for row in rows]


def test_the_lists_of_a_past_month_end_are_read_from_the_moves(context: Flask, city: City) -> None:
    """Found on the last working day: on the day's list then, on the week's and further later."""
    friday = date(2026, 10, 30)
    inspected(city, friday)
    assert tiers_of(city, OCTOBER) == [("日", "蓝", "按期", None)]
    done = context.test_cli_runner().invoke(args=["rollover", "--until", "2026-11-30T00:00+08:00"])
    assert done.exit_code == 0, done.output
    assert tiers_of(city, OCTOBER) == [("日", "蓝", "按期", None)], "the past month is as it was"
    [row] = tiers_of(city, month_of(date(2026, 11, 1)))
    assert row[0] in ("月", "季")
    assert row[3] in ("周清单", "月清单")


def test_who_missed_which_inspections_is_listed_by_unit_and_tier(city: City) -> None:
    """With the periods in words; a regulator reads those of its region, another district nothing."""
    plan = a_plan(city, THURSDAY, at(THURSDAY))
    finish(city, plan, period_of(Frequency.DAY, THURSDAY), at(THURSDAY))
    a_plan(city, THURSDAY, at(THURSDAY), tier=Tier.WEEK, ends_on=THURSDAY + timedelta(days=10))
    settling.settle(at(date(2026, 10, 21), 9))
    district = LedgerScope(region_path="/500000/500110/")
    with city.eyes("clerk"):
        rows = list(not_inspected_rows(OCTOBER, district))
    assert [(row.tier, row.unit, row.due, row.in_time, row.missed, row.periods) for row in rows] == [
        ("日", "熔炼车间", 3, 1, 2, "10 月 16 日、10 月 19 日"),
        ("周", "熔炼车间", 1, 0, 1, "2026 年第 42 周"),
    ]
    assert rows[0].enterprise_name == "示例綦江机械制造有限公司5号厂"
    assert (rows[0].district, rows[0].town) == ("綦江区", "三江街道")
    with city.eyes("far_inspector"):
        assert list(not_inspected_rows(OCTOBER, district)) == []


def test_a_quarter_sums_what_its_months_list(city: City) -> None:
    """Also for days that are no whole months: what is missed counts by the last day of its own period."""
    plan = a_plan(city, THURSDAY, at(THURSDAY))
    finish(city, plan, period_of(Frequency.DAY, THURSDAY), at(THURSDAY))
    a_plan(city, THURSDAY, at(THURSDAY), tier=Tier.WEEK, ends_on=THURSDAY + timedelta(days=20))
    settling.settle(at(date(2026, 11, 4), 9))
    district = LedgerScope(region_path="/500000/500110/")

    def counted(period: Period) -> dict[str, tuple[int, int, int]]:
        with city.eyes("clerk"):
            rows = list(not_inspected_rows(period, district))
        return {row.tier: (row.due, row.in_time, row.missed) for row in rows}

    october, november = counted(OCTOBER), counted(month_of(date(2026, 11, 1)))
    both = {
        tier: tuple(sum(pair) for pair in zip(october.get(tier, (0, 0, 0)), november.get(tier, (0, 0, 0)), strict=True))
        for tier in october.keys() | november.keys()
    }
    assert counted(quarter_of(THURSDAY)) == both
    # from Thursday to the Tuesday after: Thursday was inspected, Friday, Monday and Tuesday were not; one week ended
    assert counted(Period(THURSDAY, date(2026, 10, 20))) == {"日": (4, 1, 3), "周": (1, 0, 1)}
    assert counted(Period(date(2026, 10, 17), date(2026, 10, 17))) == {}, "nobody works on that Saturday"


def test_ledgers_of_a_quarter_hold_what_was_open_at_any_moment_of_it(city: City) -> None:
    """And the lists stand as at its end."""
    number = inspected(city)
    acts.accept(city, number, "manager", now=at(THURSDAY, 14))
    acts.work(city, number, at(THURSDAY, 15), completed_on=THURSDAY)
    acts.ask(city, number, Action.VERIFY, "manager", at(THURSDAY, 16))
    acts.sign(city, number, "plant_manager", now=at(THURSDAY, 16))
    acts.ask(city, number, Action.CLOSE, "manager", at(date(2026, 11, 3)))
    acts.sign(city, number, "manager_b", now=at(date(2026, 11, 3)))
    [row] = rows_of(city, month=quarter_of(THURSDAY))
    assert (row.closed_on, row.verified_by) == (date(2026, 11, 3), "厂长·丙")
    assert rows_of(city, month=Period(date(2026, 11, 4), date(2026, 11, 5))) == []
    assert rows_of(city, month=quarter_of(date(2026, 8, 1))) == []
    inspected(city, date(2026, 11, 5))
    assert [found[0] for found in tiers_of(city, quarter_of(THURSDAY))] == ["日"]


def test_the_page_shows_each_ledger_and_leads_to_its_file(app: Flask, page_city: City, clock: FixedClock) -> None:
    """An enterprise starts with its own ledger; a regulator must name the enterprise for it."""
    with app.app_context():
        inspected(page_city)
        settling.settle(at(date(2026, 10, 21), 9))
    client = app.test_client()
    log_in(client, "manager", PASSWORD)
    for ledger, words in (
        ("", "企业隐患排查治理台账"),
        ("tiers", "分色分类清单"),
        ("not_inspected", "未开展排查情况表"),
    ):
        page = client.get("/reports/", query_string={"ledger": ledger, "month": "2026-10"})
        assert page.status_code == 200
        assert words in page.text
        code = ledger or "enterprise"
        file = post(
            client, f"/reports/{code}.csv", {"month": "2026-10", "unit": page_city.units["smelting"]}, at="/reports/"
        )
        assert file.status_code == 200
        assert len(file.text.splitlines()) >= 2
    client = app.test_client()
    log_in(client, "inspector_a", PASSWORD)
    first = client.get("/reports/", query_string={"ledger": "enterprise", "month": "2026-10"})
    assert first.status_code == 200
    assert "先填企业的统一社会信用代码" in first.text
    assert post(client, "/reports/enterprise.csv", {"month": "2026-10"}, at="/reports/").status_code == 422
    given = post(client, "/reports/enterprise.csv", {"month": "2026-10", "enterprise": PLANT}, at="/reports/")
    assert "南区 3 号抛丸机" in given.text


@pytest.mark.parametrize("ledger", ["enterprise", "tiers", "not_inspected"])
def test_libreoffice_prints_it_on_a_page(
    sqlite_app: Flask, sqlite_city: City, tmp_path: Path, ledger: str, clock: FixedClock
) -> None:
    """Opened without repair; days are days; one page across, the sign-off below the last row."""
    program = shutil.which("soffice")
    if program is None:
        reason = "LibreOffice (soffice) is not installed: the ledger was not opened and printed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    inspected(sqlite_city)
    settling.settle(clock())
    made = tmp_path / f"{ledger}.xlsx"
    arguments = ["export", ledger, "--month", "2026-10", "--enterprise", PLANT, "-o", str(made)]
    done = sqlite_app.test_cli_runner().invoke(args=arguments)
    assert done.exit_code == 0, done.output
    profile = f"-env:UserInstallation=file://{tmp_path / 'profile'}"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path), str(made)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    pages = PdfReader(tmp_path / f"{ledger}.pdf").pages
    assert len(pages) == 1
    assert round(pages[0].mediabox.width / 72 * 25.4) == 297, "A4 across"
    assert _narrowest(made) > 0.15, "no part of the line below the title is squeezed into a sliver"
    text = pages[0].extract_text()
    assert "签字" in text.replace("\n", "")
    if ledger == "enterprise":
        cells = [cell for line in openpyxl.load_workbook(made).worksheets[0].iter_rows() for cell in line]
        assert any(cell.is_date and cell.value.date() == THURSDAY for cell in cells if cell.value)


def _narrowest(made: Path) -> float:
    """Of the parts that stand side by side below the title, the narrowest one's share of the width."""
    sheet = openpyxl.load_workbook(made).worksheets[0]
    widths = [sheet.column_dimensions[get_column_letter(at)].width for at in range(1, sheet.max_column + 1)]
    starts = [cell.column for cell in sheet[2] if cell.value] + [len(widths) + 1]
    parts = [sum(widths[first - 1 : last - 1]) for first, last in pairwise(starts)]
    assert len(parts) == 4
    return min(parts) / sum(widths)

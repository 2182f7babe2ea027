"""The page of ledgers: which ledger, of which period, over what; and the command with the same choices."""

from __future__ import annotations

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from core.scope import everything, viewing
from reports.ledgers import LEDGERS
from reports.rules import month_of
from reports.standing import LedgerScope, Reader
from tests.accounts.world import log_in, post
from tests.clocks import FixedClock
from tests.hazards.city import PASSWORD, City
from tests.reports.figures_city import accepted, at, general, major
from workflows.vocabulary import Channel

SEPTEMBER_7, OCTOBER_12 = date(2026, 9, 7), date(2026, 10, 12)
NOVEMBER_3 = datetime(2026, 11, 3, 2, tzinfo=UTC)


@pytest.fixture
def filled(app: Flask, page_city: City, clock: FixedClock) -> dict[str, str]:
    """A major one of September, one of October, and a fire hazard of October; numbers by name."""
    with app.app_context():
        clock.set(at(SEPTEMBER_7))
        made = {"old": accepted(page_city, major(page_city, SEPTEMBER_7), SEPTEMBER_7)}
        clock.set(at(OCTOBER_12))
        made["new"] = major(page_city, OCTOBER_12)
        fire = {"channel": Channel.SUPERVISION, "sector": "消防"}
        made["fire"] = major(page_city, OCTOBER_12, "fire_inspector", **fire)
        general(page_city, OCTOBER_12)
    clock.set(NOVEMBER_3)
    return made


def seen(app: Flask, who: str, **asked: str) -> TestResponse:
    client = app.test_client()
    log_in(client, who, PASSWORD)
    return client.get("/reports/", query_string=asked)


def numbers(page: TestResponse) -> set[str]:
    return set(re.findall(r"YH-\d+-\d{4}-\d+", page.text.split('aria-label="台账前几条"')[-1]))


@pytest.mark.parametrize(
    ("asked", "title", "names"),
    [
        ({}, "2026年10月重大事故隐患台账", {"old", "new", "fire"}),
        ({"month": "2026-09"}, "2026年9月重大事故隐患台账", {"old"}),
        ({"period": "2026-Q3"}, "2026年第三季度重大事故隐患台账", {"old"}),
        ({"period": "2026"}, "2026年重大事故隐患台账", {"old", "new", "fire"}),
        ({"first": "2026-09-01", "last": "2026-10-11"}, "2026年9月1日至10月11日重大事故隐患台账", {"old"}),
        ({"period": "2026", "first": "2026-08-01", "last": "2026-08-31"}, "2026年8月重大事故隐患台账", set()),
        ({"period": "2026-10", "sector": "消防"}, "2026年10月重大事故隐患台账", {"fire"}),
        ({"period": "2026-10", "region": "500110001"}, "三江街道", {"old", "new", "fire"}),
    ],
)
def test_a_ledger_is_of_any_period_and_industry(
    app: Flask, filled: dict[str, str], asked: dict[str, str], title: str, names: set[str]
) -> None:
    page = seen(app, "inspector_a", **asked)
    assert (page.status_code, title in page.text) == (200, True)
    assert numbers(page) == {filled[name] for name in names}


@pytest.mark.parametrize(
    ("asked", "sentence", "kept"),
    [
        ({"period": "2026-13"}, "统计期要写成 2026-10、2026-Q3、2026 或", ""),
        ({"period": "2027"}, "2027年还没有开始", ""),
        ({"first": "2026-10-02", "last": "2026-10-01"}, "止日不能早于起日", 'value="2026-10-02"'),
        ({"first": "2026-10-02"}, "起日和止日要一起填", 'value="2026-10-02"'),
        ({"first": "10月", "last": "2026-10-01"}, "不是有效的日期", 'value="10月"'),
        ({"sector": "炼丹"}, "“炼丹”不是本系统的行业领域", ""),
        ({"month": "<b>"}, "月份要写成 2026-10 这样", ""),
    ],
)
def test_what_it_cannot_show_it_says_and_keeps_what_was_typed(
    app: Flask, filled: dict[str, str], asked: dict[str, str], sentence: str, kept: str
) -> None:
    page = seen(app, "inspector_a", **asked)
    assert (page.status_code, sentence in page.text) == (422, True)
    assert kept in page.text


def test_each_is_offered_what_lies_within_reach(app: Flask, filled: dict[str, str]) -> None:
    district = seen(app, "inspector_a").text
    assert "綦江区</option>" in district
    assert "三江街道</option>" in district
    assert "万州区</option>" not in district
    whole = seen(app, "city_reviewer").text
    assert "万州区</option>" in whole
    assert "三江街道</option>" not in whole
    assert "三江街道</option>" in seen(app, "city_reviewer", region="500110").text
    fire = seen(app, "fire_inspector")
    assert "工贸</option>" not in fire.text
    assert numbers(fire) == {filled["fire"]}
    refused = seen(app, "fire_inspector", sector="工贸")
    assert (refused.status_code, "“工贸”不在本单位的监管范围内" in refused.text) == (422, True)
    own = seen(app, "principal", ledger="problems").text
    assert 'name="region"' not in own.split("h-ledger")[0]


@pytest.mark.parametrize("ledger", sorted(set(LEDGERS) - {"enterprise"}))
def test_every_ledger_is_shown_and_taken_out_for_a_quarter(
    app: Flask, filled: dict[str, str], ledger: str, clock: FixedClock
) -> None:
    """What the page counts is what the file holds, in each form."""
    client = app.test_client()
    log_in(client, "reviewer", PASSWORD)
    shown = client.get("/reports/", query_string={"ledger": ledger, "period": "2026-Q3"})
    assert shown.status_code == 200
    found = re.search(r"共 <b>(\d+)</b>", shown.text)
    assert found is not None
    for ending in ("jsonl", "csv", "xlsx"):
        taken = post(client, f"/reports/{ledger}.{ending}", {"period": "2026-Q3"}, at="/reports/")
        assert taken.status_code == 200
        if ending == "jsonl":
            assert len([json.loads(line) for line in taken.text.splitlines()]) == int(found[1])
        taken.close()


def test_a_form_of_figures_is_shown_whole(app: Flask, filled: dict[str, str]) -> None:
    page = seen(app, "reviewer", ledger="statistics", period="2026-10").text
    assert "共 <b>34</b> 行" in page
    assert page.count('<tr><td class="nowrap">') == 34
    assert '<th scope="colgroup" colspan="7">列入治理计划的</th>' in page
    assert '<th scope="col" rowspan="3">行业和领域</th>' in page
    assert '<th scope="col">计量单位</th>' in page


# --- the command -----------------------------------------------------------------------------------------------


def test_the_command_takes_any_period_and_one_industry(
    sqlite_app: Flask, sqlite_city: City, clock: FixedClock, tmp_path: Path
) -> None:
    clock.set(at(SEPTEMBER_7))
    old = accepted(sqlite_city, major(sqlite_city, SEPTEMBER_7), SEPTEMBER_7)
    fire = major(sqlite_city, OCTOBER_12, "fire_inspector", channel=Channel.SUPERVISION, sector="消防")
    clock.set(NOVEMBER_3)
    place = tmp_path / "l.jsonl"
    for asked, wanted in (
        (("--period", "2026-Q3"), {old}),
        (("--period", "2026"), {old, fire}),
        (("--period", "2026-10-01..2026-11-02", "--industry", "消防"), {fire}),
        (("--month", "2026-10", "--region", "500110001"), {old, fire}),
    ):
        done = sqlite_app.test_cli_runner().invoke(args=["export", "regulator", *asked, "-o", str(place)])
        assert done.exit_code == 0, done.output
        assert {json.loads(line)["number"] for line in place.read_text("utf-8").splitlines()} == wanted


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ((), "--month 2026-10，或者 --period 2026-Q3，只写一个"),
        (("--month", "2026-10", "--period", "2026-Q3"), "只写一个"),
        (("--period", "十月"), "统计期要写成"),
        (("--period", "2026", "--industry", "炼丹"), "“炼丹”不是本系统的行业领域"),
    ],
)
def test_the_command_says_what_is_wrong(
    sqlite_app: Flask, tmp_path: Path, asked: tuple[str, ...], sentence: str
) -> None:
    done = sqlite_app.test_cli_runner().invoke(args=["export", "regulator", *asked, "-o", str(tmp_path / "l.csv")])
    assert (done.exit_code, sentence in done.output) == (1, True), done.output


def test_nobody_reads_a_ledger_without_eyes(context: Flask, city: City, clock: FixedClock) -> None:
    """Every ledger, past no scope: nothing but the lines that a form always has."""
    clock.set(at(OCTOBER_12))
    with everything("tests"):
        major(city, OCTOBER_12)
    october = month_of(OCTOBER_12)
    with viewing(None):
        for ledger in LEDGERS.values():
            rows: list[Any] = list(ledger.rows(october, LedgerScope(), Reader(october.last_day), None))
            assert all(not value for row in rows for value in row if isinstance(value, int)), ledger.code
            assert not rows or ledger.of_figures

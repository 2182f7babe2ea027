"""The clauses that make a hazard major: loaded once, corrected in place, found by words and by likeness."""

from __future__ import annotations

import json
from datetime import date

from flask import Flask
from sqlalchemy import func, select

from core.db import db, unit_of_work
from hazards.candidates import candidates
from hazards.criteria import SOURCE, find_criteria, get_criterion, load, seed
from hazards.models import Criterion
from tests.clocks import START

PAINT = "1 号、2 号喷漆室使用油性油漆，未设置可燃气体浓度监测报警装置"


def count() -> int:
    return db.session.scalar(select(func.count()).select_from(Criterion)) or 0


def test_every_clause_of_the_file_is_there_and_a_second_time_changes_nothing(context: Flask) -> None:
    assert seed(START) == "判定标准：装入 258 条。"
    assert seed(START) == ""
    assert count() == 258


def test_a_clause_that_reads_differently_is_corrected_not_doubled(context: Flask) -> None:
    rows = json.loads(SOURCE.read_text("utf-8"))[:2]
    with unit_of_work():
        load(rows)
    with unit_of_work():
        assert load([rows[0] | {"text": "改过的条文"}, rows[1]]) == 1
    assert count() == 2
    assert [found.text for found in find_criteria("改过的")] == ["改过的条文"]


def test_dates_that_nobody_knows_stay_open_and_conditions_are_not_lost(sqlite_context: Flask) -> None:
    seed(START)
    lift = find_criteria("淘汰", sector="特种设备")[0]
    assert lift.effective_from is None
    assert lift.text.endswith("，有该情形仍继续使用的")
    assert find_criteria(sector="工贸")[0].effective_from == date(2023, 5, 15)


def test_words_and_sector_narrow_the_clauses(sqlite_context: Flask) -> None:
    seed(START)
    found = find_criteria("喷漆室 报警", sector="工贸")
    assert found
    assert all("喷漆室" in one.text and one.industry.startswith("工贸") for one in found)
    assert find_criteria("喷漆室", sector="煤矿") == []
    assert all("%" in one.text for one in find_criteria("%"))
    assert len(find_criteria(sector="危险化学品")) == 20
    assert get_criterion(found[0].id) is found[0]
    assert get_criterion(10**9) is None


def test_the_likeliest_clause_comes_first_with_the_words_it_shares(sqlite_context: Flask) -> None:
    seed(START)
    first, *others = candidates(PAINT, sector="工贸", industry="工贸-机械")
    assert "喷漆室" in first.criterion.text
    assert any("喷漆室" in words for words in first.shared)
    assert "可燃气体浓度监测报警装置" in first.shared
    assert len(others) <= 4


def test_nothing_shared_is_no_candidate(sqlite_context: Flask) -> None:
    seed(START)
    assert candidates("", sector="工贸") == []
    assert candidates("abc 123", sector="工贸") == []

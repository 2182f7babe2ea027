"""Every figure equals the list behind it, however it is grouped; kept figures equal the counted ones."""

from __future__ import annotations

import random
from datetime import date, timedelta
from functools import partial
from itertools import product
from typing import Any

import pytest

from core.db import unit_of_work
from core.models import JobRun
from core.scope import everything
from hazards.models import TierMove
from hazards.news import HazardsMovedUp, Moves
from hazards.operations.reporting import report
from inspections.models import Finding, Inspection
from inspections.operations import counting, settling
from inspections.queries import behind, facts
from inspections.queries.facts import Asked, Fact
from tests.hazards.city import City, a_report, photo
from tests.inspections.duties import a_plan, finish
from tests.inspections.test_counting import at
from workflows.cadence import Frequency, period_of
from workflows.vocabulary import Channel, Tier

MONDAY = date(2026, 10, 19)
NOVEMBER, OCTOBER = date(2026, 11, 1), date(2026, 10, 1)


@pytest.fixture
def busy(city: City) -> City:
    """Four weeks over the end of a month: daily, weekly and whole-plant duties, findings, overlooked, moves."""
    chance = random.Random(7)
    daily = a_plan(city, MONDAY, at(MONDAY))
    weekly = a_plan(city, MONDAY, at(MONDAY), tier=Tier.WEEK)
    whole = a_plan(city, OCTOBER, at(MONDAY), tier=Tier.MONTH, unit_id=None)
    for back in range(28):
        day = MONDAY + timedelta(days=back)
        if day.weekday() < 5 and chance.random() < 0.7:
            late = chance.random() < 0.3
            found = partial(_found, city, day, chance.random() < 0.5) if chance.random() < 0.4 else None
            when = at(day + timedelta(days=late), 9 if late else 15)
            finish(city, daily, period_of(Frequency.DAY, day), when, found=found)
        if day.weekday() == 3 and chance.random() < 0.6:
            finish(city, weekly, period_of(Frequency.WEEK, day), at(day))
        settling.settle(at(day, 23))
    finish(city, whole, period_of(Frequency.MONTH, OCTOBER), at(date(2026, 10, 28)))
    settling.settle(at(date(2026, 11, 30)))
    with city.eyes("inspector_a") as actor, unit_of_work():
        when = at(date(2026, 10, 29), 14)
        unit = city.units["smelting"]
        what = a_report(city, when, channel=Channel.SUPERVISION, found_at=when, unit_id=unit, place="检查发现处")
        report(what, by=actor, now=when)
    return city


def _found(city: City, day: date, on_the_spot: bool, session: Any, made: Inspection) -> None:
    """A hazard found by an inspection, which later moves up."""
    more: dict[str, Any] = {}
    if on_the_spot:
        more = {"photos": (photo(),), "photos_after": (photo("green"),), "result": "已改", "on_the_spot": True}
    what = a_report(city, at(day, 9), place=f"{day} 处", found_at=at(day, 9), **more)
    hazard = report(what, by=city.actor("leader"), now=at(day, 15))
    session.add(Finding(hazard_id=hazard.id, inspection_id=made.id))
    run = JobRun(job="rollover", key=hazard.number, started_at=at(day))
    session.add(run)
    session.flush()
    unit = city.units["smelting"]
    on = day + timedelta(days=1)
    session.add(
        TierMove(
            hazard_id=hazard.id,
            enterprise_id=hazard.enterprise_id,
            unit_id=unit,
            region_path=hazard.region_path,
            on_day=on,
            at=at(day),
            from_tier=Tier.DAY,
            to_tier=Tier.WEEK,
            run_id=run.id,
        )
    )
    counting.count_moves(HazardsMovedUp([Moves(hazard.enterprise_id, unit, on, Tier.DAY, 1)], at(day)))


MONTHS = (OCTOBER, NOVEMBER)


def test_every_figure_equals_the_list_behind_it(busy: City) -> None:
    """Of the enterprise, of each unit, of each tier."""
    units = (None, 0, busy.units["smelting"])
    with busy.eyes("manager"):
        for month, tier, unit in product(MONTHS, (None, *Tier), units):
            asked = Asked(month, tier, enterprise_id=busy.enterprises["plant"], unit_id=unit)
            whole = facts.total(asked)
            for fact in Fact:
                rows = behind.duties if fact in behind.OF_DUTIES else behind.hazards
                assert len(rows(fact, asked, limit=10_000)) == whole.of(fact), (fact, asked)


def test_there_is_something_to_count(busy: City) -> None:
    """So that the test above compares more than zeros."""
    with busy.eyes("manager"):
        both = [facts.total(Asked(month, enterprise_id=busy.enterprises["plant"])) for month in MONTHS]
    counted = {fact: sum(one.of(fact) for one in both) for fact in Fact}
    assert all(counted[fact] > 0 for fact in Fact if fact is not Fact.FOUND_MAJOR), counted


def test_units_enterprises_places_and_sectors_add_up_to_the_same(busy: City) -> None:
    """Whatever the grouping, a regulator reads the same totals."""
    with busy.eyes("inspector_a") as actor:
        for month in MONTHS:
            asked = Asked(month, region_path=actor.region_path)
            whole = facts.total(asked).counts
            groups = (facts.by_region(asked), facts.by_sector(asked), facts.by_enterprise(asked).rows)
            firm = Asked(month, enterprise_id=busy.enterprises["plant"])
            for rows in (*groups, facts.by_unit(firm)):
                assert tuple(map(sum, zip(*(row.counts for row in rows), strict=True))) == whole
            assert [row.name for row in groups[0]] == ["三江街道"]


def test_those_who_missed_something_are_listed_with_all_their_figures(busy: City) -> None:
    """未开展排查 of a region."""
    with busy.eyes("clerk") as actor:
        page = facts.by_enterprise(Asked(NOVEMBER, region_path=actor.region_path, missed_only=True))
        assert [row.name for row in page.rows] == ["示例綦江机械制造有限公司5号厂"]
        assert page.rows[0].of(Fact.DUE) > page.rows[0].of(Fact.MISSED) > 0
        assert facts.by_enterprise(Asked(date(2026, 1, 1), region_path=actor.region_path, missed_only=True)).rows == []


def test_nobody_reads_figures_of_others(busy: City) -> None:
    """Another district nothing, another enterprise nothing, a team leader the own team's."""
    with busy.eyes("far_inspector") as actor:
        assert facts.total(Asked(NOVEMBER, region_path=actor.region_path)).counts == (0,) * len(Fact)
        assert facts.total(Asked(NOVEMBER, region_path="/500000/")).counts == (0,) * len(Fact)
    with busy.eyes("shop_principal"):
        assert facts.by_unit(Asked(OCTOBER, enterprise_id=busy.enterprises["plant"])) == []
    with busy.eyes("leader"):
        rows = facts.by_unit(Asked(OCTOBER, enterprise_id=busy.enterprises["plant"]))
        assert [row.name for row in rows] == ["熔炼车间"]


def test_lists_page_by_key_without_gap_or_double(busy: City) -> None:
    """Three at a time gives the same lines as all at once."""
    with busy.eyes("manager"):
        asked = Asked(NOVEMBER, enterprise_id=busy.enterprises["plant"])
        whole = behind.duties(Fact.DUE, asked, limit=1000)
        walked: list[behind.Duty] = []
        after = None
        while True:
            page = behind.duties(Fact.DUE, asked, after, limit=3)
            walked += page[:3]
            if len(page) <= 3:
                break
            after = (page[2].period_last, page[2].kind, page[2].id)
        assert walked == whole
        every = behind.hazards(Fact.FOUND, asked, limit=1000)
        assert behind.hazards(Fact.FOUND, asked, every[1].id, limit=1000) == every[2:]


def test_without_a_name_the_whole_is_read_from_the_sums_of_places(busy: City) -> None:
    """The figure of a region is one row for each place and sector, not one for each enterprise."""
    with everything("test facts"):
        kept = facts.total(Asked(OCTOBER, region_path="/500000/"))
        counted = facts.total(Asked(OCTOBER))
    assert kept == counted

"""A large import: written in pages nobody sees, then in at once; interrupted, it leaves nothing, or is finished."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import Enterprise
from core.db import db
from core.refusals import Conflict, NotFound
from core.scope import everything
from core.verification import verify
from hazards.models import DeadlineChange, Hazard, HazardVersion, Waiting
from hazards.operations.importing import finish_imports, import_ledger, landing, take_back
from hazards.queries import hazard_by_number
from hazards.recording import settle_many
from hazards.search import hits_of
from hazards.snapshot import snapshot
from tests.clocks import FixedClock
from tests.hazards.city import City
from tests.hazards.imports import LEDGER, PLANT, TOLD, hazards, imports, ledger, make_regions, sample_bytes, take

HEADER = [
    "企业名称",
    "统一社会信用代码",
    "区县",
    "隐患描述",
    "隐患等级",
    "发现时间",
    "整改状态",
    "隐患来源",
    "整改时限",
]


class Killed(BaseException):
    """The process dies here."""


@pytest.fixture(autouse=True)
def large(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is more than twenty hazards is large, and a page has ten."""
    monkeypatch.setattr(landing, "ONE_WRITE", 20)
    monkeypatch.setattr(landing, "FIRST", 10)
    monkeypatch.setattr(landing, "next_size", lambda _done, _seconds: 10)
    monkeypatch.setattr(landing, "breathe", lambda _free=0: None)


@pytest.fixture
def offices(context: Flask) -> dict[str, int]:
    """A register with all regions, two offices, and nobody and nothing else."""
    return make_regions()


def plant_rows(count: int, deadline: str = "") -> bytes:
    rows = [
        ["示例綦江机械制造有限公司5号厂", PLANT, "綦江区", f"隐患{n}", "一般", "2026-11-02", "待整改", "检查", deadline]
        for n in range(count)
    ]
    return ledger(*rows, header=HEADER)


def at_row(row: int, act: Callable[[], None]) -> Callable[[int, int], None]:
    """Do something once when so many hazards are written."""
    passed: Counter[int] = Counter()

    def tick(done: int, _total: int) -> None:
        passed[done] += 1
        if done == row and passed[done] == 1:  # planning tells of other figures
            act()

    return tick


def how_many(model: type) -> int:
    with everything("tests"):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_in_pages_comes_what_one_write_would_bring(offices: dict[str, int], clock: FixedClock) -> None:
    report = take(sample_bytes(), clock(), name=LEDGER)
    assert (report.created, report.hazards, report.new_enterprises) == (120, 120, 120)
    found = hazards()
    assert [one.import_row for one in found] == list(range(4, 124))
    assert not any(one.hidden for one in found)
    with everything("tests"):
        assert not db.session.scalars(select(Enterprise).where(Enterprise.hidden)).all()
        versions = {row.hazard_id: row for row in db.session.scalars(select(HazardVersion))}
        assert all(versions[one.id].content == snapshot(one) for one in found)
    (entry,) = imports()
    assert (entry.landed_at, entry.unfinished, entry.created, entry.hazards) == (clock(), False, 120, 120)
    assert [one["number"] for one in entry.report["hazards"]] == [one.number for one in found]
    assert [one.number for one in report.outcomes] == [one.number for one in found]
    assert verify().is_whole


def test_who_has_it_is_worked_out_as_for_any_hazard(city: City, clock: FixedClock) -> None:
    take(plant_rows(25), clock())
    columns = (Waiting.hazard_id, Waiting.what, Waiting.action, Waiting.role, Waiting.regulator_id, Waiting.due_on)
    asked = select(*columns).order_by(*columns)
    with everything("tests"):
        arrived = db.session.execute(asked).all()
        holders = [one.holder for one in hazards()]
        settle_many(hazards(), now=clock())
        db.session.flush()
        assert db.session.execute(asked).all() == arrived
        assert [one.holder for one in hazards()] == holders
        db.session.rollback()
    assert len(arrived) >= 25
    assert all(holders)


def test_nobody_sees_anything_before_it_has_come_in(context: Flask, city: City, clock: FixedClock) -> None:
    seen: list[int] = []

    def beside() -> None:
        with context.app_context():
            look()
            db.session.remove()

    def in_a_request_of_its_own() -> None:
        thread = threading.Thread(target=beside)
        thread.start()
        thread.join()

    def look() -> None:
        number = hazards()[0].number
        with city.eyes("inspector_a"):
            seen.append(db.session.scalar(select(func.count()).select_from(Hazard)) or 0)
            seen.append(db.session.scalar(select(func.count()).select_from(HazardVersion)) or 0)
            seen.append(db.session.scalar(select(func.count()).select_from(Waiting)) or 0)
            with pytest.raises(NotFound):
                hazard_by_number(number)
        with everything("tests"), pytest.raises(NotFound):
            hazard_by_number(number)
        assert verify().is_whole

    import_ledger(plant_rows(30), "台账.xlsx", TOLD, by=None, now=clock(), tick=at_row(20, in_a_request_of_its_own))
    assert seen == [0, 0, 0]
    with city.eyes("inspector_a"):
        assert db.session.scalar(select(func.count()).select_from(Hazard)) == 30


def test_a_failure_in_a_later_page_leaves_nothing_to_be_seen(offices: dict[str, int], clock: FixedClock) -> None:
    def fail() -> None:
        raise RuntimeError("disk gone")

    with pytest.raises(RuntimeError, match="disk gone"):
        import_ledger(sample_bytes(), LEDGER, TOLD, by=None, now=clock(), tick=at_row(50, fail))
    assert all(one.hidden and one.merge_key is None for one in hazards())
    (entry,) = imports()
    assert (entry.landed_at, entry.given_up_at, entry.unfinished) == (None, clock(), False)
    assert take(sample_bytes(), clock(), name=LEDGER).created == 120
    shown = [one for one in hazards() if not one.hidden]
    assert len({one.number for one in hazards()}) == len(hazards())
    assert len(shown) == 120
    assert verify().is_whole


def test_another_who_brings_the_same_meanwhile_is_told(offices: dict[str, int], clock: FixedClock) -> None:
    told: list[str] = []

    def also() -> None:
        with pytest.raises(Conflict) as refusal:
            take(sample_bytes(), clock(), name=LEDGER)
        told.append(refusal.value.sentence)

    report = import_ledger(sample_bytes(), LEDGER, TOLD, by=None, now=clock(), tick=at_row(50, also))
    assert told[0].startswith("同样的隐患正在导入")
    assert "没有写入任何内容" in told[0]
    assert (report.created, len(hazards()), how_many(Enterprise)) == (120, 120, 120)
    assert verify().is_whole


def test_what_died_is_cleared_away_by_the_next_import_of_the_same(offices: dict[str, int], clock: FixedClock) -> None:
    def die() -> None:
        raise Killed

    with pytest.raises(Killed):
        import_ledger(sample_bytes(), LEDGER, TOLD, by=None, now=clock(), tick=at_row(50, die))
    assert imports()[0].given_up_at is None
    with pytest.raises(Conflict, match="正在导入"):
        take(sample_bytes(), clock(), name=LEDGER)
    report = take(sample_bytes(), clock.advance(minutes=3), name=LEDGER)
    assert report.created == 120
    assert len([one for one in hazards() if not one.hidden]) == 120
    assert imports()[0].given_up_at is not None
    assert verify().is_whole


def test_what_died_is_cleared_away_by_the_periodic_job(offices: dict[str, int], clock: FixedClock) -> None:
    def die() -> None:
        raise Killed

    with pytest.raises(Killed):
        import_ledger(sample_bytes(), LEDGER, TOLD, by=None, now=clock(), tick=at_row(50, die))
    assert finish_imports(clock()) == 0  # it may still live
    assert finish_imports(clock.advance(minutes=3)) == 1
    assert finish_imports(clock()) == 0
    assert all(one.merge_key is None for one in hazards())
    assert how_many(Waiting) == 0
    assert take(sample_bytes(), clock(), name=LEDGER).created == 120


def test_who_was_given_up_writes_no_more(offices: dict[str, int], clock: FixedClock) -> None:
    def pass_on() -> None:
        finish_imports(clock() + timedelta(minutes=3))
        clock.advance(minutes=3)
        finish_imports(clock())

    with pytest.raises(Conflict, match="导入中断太久"):
        import_ledger(sample_bytes(), LEDGER, TOLD, by=None, now=clock(), tick=at_row(50, pass_on))
    assert all(one.hidden for one in hazards())
    assert imports()[0].landed_at is None


def test_many_fills_follow_in_pages_and_are_finished_after_a_death(
    city: City, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    take(plant_rows(50), clock())
    calls = Counter[str]()

    def die(_free: float = 0) -> None:
        calls["breath"] += 1
        if calls["breath"] == 2:
            raise Killed

    monkeypatch.setattr(landing, "breathe", die)
    with pytest.raises(Killed):
        take(plant_rows(50, "2026-12-20"), clock.advance(days=1))
    filled = [one.deadline for one in hazards()]
    assert Counter(filled) == {date(2026, 12, 20): 40, None: 10}
    entry = imports()[-1]
    assert (entry.landed_at, entry.unfinished, len(entry.pending)) == (clock(), True, 10)
    assert finish_imports(clock.advance(minutes=3)) == 1
    assert {one.deadline for one in hazards()} == {date(2026, 12, 20)}
    assert how_many(DeadlineChange) == 50
    assert (imports()[-1].unfinished, len(imports()[-1].filled)) == (False, 50)
    assert verify().is_whole


@pytest.mark.parametrize("count", [5, 25])
def test_what_came_in_is_found_by_its_words(city: City, clock: FixedClock, count: int) -> None:
    """In one write and in pages; what died half way is found by nobody, and neither is what was taken back."""
    report = take(plant_rows(count), clock(), city=city, by="inspector_a")
    with city.eyes("inspector_a"):
        assert len(hits_of("隐患").ids) == count
        assert len(find_hazards("隐患4")) == 1
    assert report.import_id is not None
    take_back(report.import_id, by=city.actor("inspector_a"), now=clock.advance(hours=1))
    with city.eyes("inspector_a"):
        assert find_hazards("隐患4") == []


def find_hazards(words: str) -> list[int]:
    """What the register shows of a search's hits."""
    return list(db.session.scalars(select(Hazard.id).where(Hazard.id.in_(hits_of(words).ids))))

"""Ledger `regulator` from the register: which hazards, as they stood when, in whose eyes, and as a file."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from core.days import shanghai_day
from core.db import unit_of_work
from core.scope import everything
from hazards.operations import working
from hazards.queries import hazard_by_number
from hazards.recording import record
from reports.ledger_rows import LedgerScope, Reader, count_by_state, ledger_row, regulator_rows
from reports.regulator_columns import RegulatorRow
from reports.rules import Period, month_of
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, reported
from workflows.vocabulary import Action, Category, Channel, Grade, State

OCTOBER = month_of(date(2026, 10, 1))
OCTOBER_12 = datetime(2026, 10, 12, 2, tzinfo=UTC)
OCTOBER_OVER = datetime(2026, 10, 31, 16, tzinfo=UTC)  # 00:00 of 1 November in Shanghai
NOVEMBER_3 = datetime(2026, 11, 3, 2, tzinfo=UTC)


def rows_of(month: Period = OCTOBER, **scope: Any) -> list[RegulatorRow]:
    with everything("tests"):
        return list(regulator_rows(month, LedgerScope(**scope), Reader(month.last_day)))


def numbers(found: list[RegulatorRow]) -> list[str]:
    return [row.number for row in found]


def major(city: City, now: datetime, by: str = "leader", **more: Any) -> str:
    return reported(city, by, now, proposed_grade=Grade.MAJOR, **more)


def accepted(city: City, now: datetime, **more: Any) -> str:
    number = major(city, now)
    acts.accept(city, number, "manager", "principal", now=now, **more)
    return number


def closed(city: City, number: str, now: datetime) -> None:
    acts.plan(city, number, now)
    acts.work(city, number, now, completed_on=shanghai_day(now))
    acts.ask(city, number, Action.VERIFY, "head", now)
    acts.sign(city, number, "principal", "inspector_a", "inspector_b", now=now)
    acts.ask(city, number, Action.CLOSE, "reviewer", now)
    acts.sign(city, number, "reviewer", "approver", now=now)


# --- which hazards, as they stood when -------------------------------------------------------------------------


def test_a_past_months_ledger_is_the_same_whenever_it_is_read(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    number = accepted(city, clock(), deadline="2026-10-20")
    before = rows_of()
    clock.set(NOVEMBER_3)
    closed(city, number, clock())
    major(city, clock())
    assert rows_of() == before
    assert (before[0].state, before[0].deadline_on, before[0].closed_on) == ("rectifying", date(2026, 10, 20), None)
    later = rows_of(month_of(date(2026, 11, 1)))
    assert [(row.number, row.state) for row in later] == [(number, "closed"), (later[1].number, "reported")]
    assert later[0].closed_on == date(2026, 11, 3)


def test_what_happens_at_the_months_end_belongs_to_the_next_month(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    number = accepted(city, clock())
    with city.eyes("manager") as actor, unit_of_work():
        working.correct(hazard_by_number(number), {"place": "一刻之后"}, by=actor, now=OCTOBER_OVER)
    newcomer = major(city, OCTOBER_OVER)
    assert [(row.number, row.place) for row in rows_of()] == [(number, "北区熔炼车间")]
    assert {(row.number, row.place) for row in rows_of(month_of(date(2026, 11, 1)))} >= {(number, "一刻之后")}
    assert newcomer in numbers(rows_of(month_of(date(2026, 11, 1))))


def test_it_holds_what_was_open_at_any_moment_of_the_month_and_is_major(city: City, clock: FixedClock) -> None:
    clock.set(datetime(2026, 9, 7, 2, tzinfo=UTC))
    long_gone, gone_this_month, open_since = (accepted(city, clock()) for _ in range(3))
    closed(city, long_gone, clock())
    clock.set(OCTOBER_12)
    closed(city, gone_this_month, clock())
    dismissed = major(city, clock())
    acts.ask(city, dismissed, Action.DISMISS, "inspector_a", clock(), reason="不是隐患")
    acts.sign(city, dismissed, "inspector_a", "reviewer", "approver", now=clock())
    general = reported(city, "leader", clock())
    acts.accept(city, general, "manager", now=clock())
    states = {row.number: row.state for row in rows_of()}
    assert states == {gone_this_month: "closed", open_since: "rectifying", dismissed: "dismissed"}
    with everything("tests"):
        counted = count_by_state(OCTOBER, LedgerScope())
    assert counted == {State.CLOSED: 1, State.RECTIFYING: 1, State.DISMISSED: 1}


def test_a_hazard_stands_once_however_often_it_changed(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    number = accepted(city, clock())
    for place in ("甲处", "乙处", "丙处"):  # the same moment: versions of no length lie between
        with city.eyes("manager") as actor, unit_of_work():
            working.correct(hazard_by_number(number), {"place": place}, by=actor, now=clock())
    assert [(row.number, row.place) for row in rows_of()] == [(number, "丙处")]


def test_rows_stand_by_district_enterprise_and_number(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    made = [
        major(city, clock()),
        major(city, clock(), "shop_principal", enterprise_id=city.enterprises["shop"], responsible_unit="门店"),
        major(city, clock()),
        major(city, clock(), "far_inspector", channel=Channel.SUPERVISION, enterprise_id=city.enterprises["far"]),
    ]
    assert numbers(rows_of()) == [made[3], made[0], made[2], made[1]]


def test_days_overdue_are_counted_to_the_ledgers_day_or_to_the_rectification(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    late = accepted(city, clock(), deadline="2026-10-20")
    done = accepted(city, clock(), deadline="2026-10-13")
    in_time = accepted(city, clock(), deadline="2026-10-31")
    clock.set(datetime(2026, 10, 16, 2, tzinfo=UTC))
    acts.plan(city, done, clock())
    acts.work(city, done, clock(), completed_on=date(2026, 10, 15))
    acts.ask(city, done, Action.VERIFY, "head", clock())
    acts.sign(city, done, "principal", "inspector_a", "inspector_b", now=clock())
    clock.set(NOVEMBER_3)
    assert {row.number: row.overdue_days for row in rows_of()} == {late: 11, done: 2, in_time: 0}


# --- what a row says -------------------------------------------------------------------------------------------


def test_a_closed_one_says_everything_from_its_order_to_its_closure(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    number = major(city, clock(), "inspector_a", channel=Channel.SUPERVISION, category=Category.FIRE)
    acts.order(city, number, "inspector_a", "inspector_b", now=clock(), order_item=2, deadline="2026-10-30")
    closed(city, number, clock())
    (row,) = rows_of()
    assert row._asdict() == {
        "number": number,
        "district": "綦江区",
        "town": "三江街道",
        "enterprise_name": "示例綦江机械制造有限公司5号厂",
        "uscc": "91350100M000100Y43",
        "owner_name": None,
        "industry": "工贸-机械",
        "channel": "督导检查发现",
        "inspected_by": "綦江区应急管理局",
        "document_number": "（渝綦）应急责改〔2026〕118号 第 2 项",
        "found_on": date(2026, 10, 12),
        "reported_on": date(2026, 10, 12),
        "place": "北区熔炼车间",
        "category": "消防",
        "description": "电炉冷却水系统未设置出水温度、进水流量差监测报警装置",
        "criterion": "",
        "measures": "加装出水温度、进出水流量差监测报警装置并与电源联锁",
        "responsible_person": "部门负责人·喆",
        "funds_fen": 42_000_000,
        "first_deadline_on": date(2026, 10, 30),
        "deadline_on": date(2026, 10, 30),
        "extensions": 0,
        "interim_controls": "预案：冷却水中断现场处置方案；高位应急水箱常满\n管控：专人值守，停用 2、3 号炉",
        "stopped": "否",
        "listing": "否",
        "principal_told_on": None,
        "controller_told_on": None,
        "regulator": "綦江区应急管理局",
        "regulator_person": None,
        "state": "closed",
        "overdue_days": 0,
        "applied_on": date(2026, 10, 12),
        "rectified_on": date(2026, 10, 12),
        "reinspected_on": date(2026, 10, 12),
        "reinspectors": "检查人员·䶮、检查人员·乙",
        "closing_office": "綦江区应急管理局",
        "closed_on": date(2026, 10, 12),
        "struck_off_on": None,
        "delisted_on": None,
        "penalty_numbers": None,
        "import_mark": None,
        "remarks": None,
    }


def test_an_enterprise_reads_a_complaints_hazard_as_a_check(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    major(city, clock(), "inspector_a", channel=Channel.COMPLAINT)
    read = {}
    for who in ("principal", "inspector_a"):
        with city.eyes(who) as actor:
            reader = Reader(OCTOBER.last_day, for_enterprise=actor.enterprise_id is not None)
            read[who] = [row.channel for row in regulator_rows(OCTOBER, LedgerScope(), reader)]
    assert read == {"principal": ["督导检查发现"], "inspector_a": ["群众举报核查"]}


def test_imported_is_marked_until_a_signature_here_has_moved_it(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    untouched, moved = major(city, clock()), major(city, clock())
    for number in (untouched, moved):
        with city.eyes("manager") as actor, unit_of_work():
            hazard = hazard_by_number(number)
            hazard.imported, hazard.import_note = True, "整改时限：6月底前"
            record(hazard, "import", by=actor.person_id, now=clock())
    assert [(row.import_mark, row.reported_on, row.remarks) for row in rows_of()] == [
        ("导入", None, "原台账：整改时限：6月底前")
    ] * 2
    acts.accept(city, moved, "manager", "principal", now=clock())
    acts.accept(city, untouched, "manager", "principal", now=NOVEMBER_3)
    assert {row.number: row.import_mark for row in rows_of()} == {untouched: "导入", moved: None}


def content(**more: Any) -> dict[str, Any]:
    """The least a version holds."""
    least = {"number": "YH-1", "enterprise_name": "厂", "channel": "supervision", "description": "述"}
    return least | {"state": "verified"} | more


def row_of(**more: Any) -> RegulatorRow:
    return ledger_row(content(**more), Reader(OCTOBER.last_day), moved_here=False)


def test_a_listing_is_named_with_its_level_body_and_number() -> None:
    listed = row_of(listed_level="city", listed_office="市安委会", listed_number="渝安委督〔2026〕3号")
    assert listed.listing == "市级／市安委会／渝安委督〔2026〕3号"
    assert row_of().listing == "否"


def test_a_deadline_in_words_of_a_file_keeps_its_words() -> None:
    row = row_of(deadline_text="6月底前")
    assert (row.first_deadline_on, row.deadline_on, row.overdue_days) == ("6月底前", "6月底前", None)


def test_a_clause_is_printed_as_it_stood_when_judged() -> None:
    clause = {
        "criterion_standard": "工贸企业重大事故隐患判定标准",
        "criterion_document_no": "应急管理部令第10号",
        "criterion_clause": "第七条第（七）项",
        "criterion_text": "未设置监测报警装置的",
    }
    judged = "《工贸企业重大事故隐患判定标准》（应急管理部令第10号）第七条第（七）项：未设置监测报警装置的"
    assert row_of(**clause).criterion == judged
    declared = row_of(basis="自行申报", basis_unconfirmed=True)
    assert (declared.criterion, declared.remarks) == ("自行申报（判定依据待确认）", "判定依据待确认")


# --- whose eyes ------------------------------------------------------------------------------------------------


def test_nobody_reads_a_row_out_of_scope(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    plant = major(city, clock())
    shop = major(city, clock(), "shop_principal", enterprise_id=city.enterprises["shop"], responsible_unit="门店")
    found = {}
    regulators = ("inspector_a", "town_officer", "city_reviewer", "far_inspector")
    for who in ("principal", "shop_principal", "worker", *regulators):
        with city.eyes(who):
            found[who] = set(numbers(list(regulator_rows(OCTOBER, LedgerScope(), Reader(OCTOBER.last_day)))))
    both = {plant, shop}
    assert found == {
        "principal": {plant},
        "shop_principal": {shop},
        "inspector_a": both,
        "town_officer": both,
        "city_reviewer": both,
        "far_inspector": set(),
        "worker": set(),
    }
    assert numbers(list(regulator_rows(OCTOBER, LedgerScope(), Reader(OCTOBER.last_day)))) == []  # nobody looks
    assert numbers(rows_of(enterprise_id=city.enterprises["shop"])) == [shop]
    assert numbers(rows_of(region_path="/500000/500101/")) == []

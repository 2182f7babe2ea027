"""Importing ledgers at the operation: what is created, merged, skipped, and what never happens, on both databases."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import event, func, select

from accounts.models import Enterprise
from core.db import db, unit_of_work
from core.files import file_store
from core.models import Event, StoredFile
from core.refusals import Conflict, Invalid, NotAllowed
from core.scope import everything
from core.verification import verify
from hazards import recording
from hazards.ledger import NotALedger
from hazards.models import DeadlineChange, HazardVersion, Signature, SignOffRequest, TierMove, Waiting
from hazards.operations import importing
from hazards.operations.importing import ImportReport, writing
from hazards.operations.importing.filling import Overtaken
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, reported
from tests.hazards.imports import (
    HEADER,
    LEDGER,
    PLANT,
    TOLD,
    counts,
    hazards,
    imports,
    ledger,
    make_regions,
    one_row,
    reasons,
    sample_bytes,
    take,
)
from workflows.closure import Origin
from workflows.vocabulary import Action, Channel, Grade, ListingLevel, State, StopScope, Tier


@pytest.fixture
def offices(context: Flask) -> dict[str, int]:
    """A register with all regions, two offices, and nobody and nothing else."""
    return make_regions()


def many(model: type) -> int:
    with everything("tests"):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


# --- the regulator's ledger ------------------------------------------------------------------------------------


def test_every_row_of_the_regulators_ledger_becomes_a_hazard_without_any_signature(
    offices: dict[str, int], clock: FixedClock
) -> None:
    report = take(sample_bytes(), clock(), name=LEDGER)
    assert (report.rows, report.created, report.merged, report.skipped) == (120, 120, 0, ())
    assert report.new_enterprises == 120
    states = {State.REPORTED: 24, State.RECTIFYING: 29, State.VERIFIED: 46, State.CLOSED: 21}
    assert report.states == states
    found = hazards()
    assert Counter(one.state for one in found) == states
    assert all(one.imported and one.grade is Grade.MAJOR and one.basis_unconfirmed for one in found)
    assert (many(Signature), many(SignOffRequest)) == (0, 0)
    assert many(HazardVersion) == 120
    with everything("tests"):
        waiting = set(db.session.scalars(select(Waiting.hazard_id)))
        answered = {one.id for one in found if one.state.is_open and one.region_code == "500110"}
    assert waiting <= {one.id for one in found if one.state.is_open}
    assert not waiting & {one.id for one in found if one.state is State.CLOSED}
    assert {one.holder for one in found if one.id in answered} == {"无人可办，已告知管理员"}  # nobody works there yet
    assert verify().is_whole


def test_numbers_run_without_gaps_in_each_district_and_carry_the_year_of_the_import(
    offices: dict[str, int], clock: FixedClock
) -> None:
    take(sample_bytes(), clock(), name=LEDGER)
    in_qijiang = [one.number for one in hazards() if one.region_code == "500110"]
    assert in_qijiang == [f"YH-500110-2026-{place:06d}" for place in range(1, 26)]
    take(one_row(), clock())
    assert hazards()[-1].number in {"YH-500110-2026-000026"} | set(in_qijiang)
    assert "YH-500110-2026-000026" in {one.number for one in hazards()}


def test_facts_of_rows_stand_in_their_columns(offices: dict[str, int], clock: FixedClock) -> None:
    take(sample_bytes(), clock(), name=LEDGER)
    by_row = {one.import_row: one for one in hazards()}
    closed = by_row[5]
    assert closed.closed_at == datetime(2026, 6, 23, 16, tzinfo=UTC)  # 00:00 of the 24th in Shanghai
    assert closed.closed_by_id is None
    assert closed.verified_at == datetime(2026, 6, 20, 16, tzinfo=UTC)
    assert closed.reinspected_by == "执法二组"
    verified = by_row[14]
    assert (verified.deadline_first, verified.deadline) == (date(2025, 4, 8), date(2025, 4, 8))
    assert (verified.listed_level, verified.completed_on) == (ListingLevel.DISTRICT, date(2025, 4, 6))
    assert (verified.channel, verified.origin) == (Channel.SUPERVISION, Origin.ORDERED)
    assert verified.office_name == "万州区应急管理局"
    assert verified.responsible_office_id == offices["city"]  # 万州区 has no office of its own here
    assert by_row[4].responsible_office_id == offices["district"]
    waiting = by_row[6]
    assert waiting.basis == "《工贸企业粉尘防爆安全规定》 第十五条；第十八条"
    assert (waiting.state, waiting.plan_money_fen, waiting.reported_at) == (State.REPORTED, 28000000, clock())
    assert (waiting.verified_at, waiting.completed_on, waiting.stop_scope) == (None, None, StopScope.NONE)
    assert by_row[20].import_note.count("销号时间：2026-12-15") == 1


def test_days_that_have_not_come_establish_no_state(offices: dict[str, int], clock: FixedClock) -> None:
    take(sample_bytes(), clock(), name=LEDGER)
    for one in hazards():
        for moment in (one.closed_at, one.verified_at):
            assert moment is None or moment <= datetime(2026, 11, 10, 16, tzinfo=UTC)
        assert (one.state is State.CLOSED) == (one.closed_at is not None)
        assert one.closed_by_office == "" or one.state is State.CLOSED


def test_towns_and_short_names_of_districts_are_known(offices: dict[str, int], clock: FixedClock) -> None:
    take(sample_bytes(), clock(), name=LEDGER)
    with everything("tests"):
        rows = db.session.execute(
            select(Enterprise.region_code, Enterprise.town_code, func.count()).group_by(
                Enterprise.region_code, Enterprise.town_code
            )
        )
    assert {(region, town): number for region, town, number in rows} == {
        ("500110", "500110003000"): 25,
        ("500101", "500101144000"): 20,
        ("500115", "500115002000"): 20,
        ("500112", "500112011000"): 19,
        ("500102", "500102011000"): 18,
        ("500241", "500241109000"): 18,  # written 秀山县
    }


def test_remarks_name_row_column_text_and_reason(offices: dict[str, int], clock: FixedClock) -> None:
    report = take(sample_bytes(), clock(), name=LEDGER)
    kinds = Counter(remark.reason[:12] for remark in report.remarks)
    assert kinds["没有判定依据：按申报的重"] == 92
    assert kinds["新建企业：登记里没有这家"] == 120
    late = [one for one in report.as_json()["remarks"] if one["row"] == 85 and one["column"] == "销号时间"]
    assert late == [
        {
            "row": 85,
            "column": "销号时间",
            "text": "2026-12-12",
            "reason": "在填报日期 2026-11-10 之后，不据此认定：原文保留，日期留空",
        }
    ] or late[0]["reason"].startswith("在填报日期 2026-11-10 之后")
    assert "没有登记这个监管单位：由“重庆市应急管理局”负责" in reasons(report, 6)
    assert [remark.row for remark in report.remarks] == sorted(remark.row for remark in report.remarks)


def test_each_import_is_one_event_naming_the_file(offices: dict[str, int], clock: FixedClock) -> None:
    take(sample_bytes(), clock(), name=LEDGER)
    entry = imports()[-1]
    file = db.session.get_one(StoredFile, entry.file_id)
    assert file_store().verify(file.digest)
    assert (entry.file_name, entry.filed_by, entry.filed_on) == (LEDGER, "某区安委办", date(2026, 11, 10))
    assert [one["row"] for one in entry.report["hazards"]] == list(range(4, 124))
    events = db.session.scalars(select(Event).where(Event.subject_kind == "hazard")).all()
    assert len(events) == 120
    assert {(one.kind, one.content["import"], one.content["file"]) for one in events} == {
        ("import", entry.id, file.digest)
    }


def test_the_same_file_again_creates_nothing_and_leaves_only_its_own_event(
    offices: dict[str, int], clock: FixedClock
) -> None:
    take(sample_bytes(), clock(), name=LEDGER)
    before = counts()
    again = take(sample_bytes(), clock.advance(hours=1), name=LEDGER)
    assert (again.rows, again.created, again.merged, again.skipped) == (120, 0, 120, ())
    assert again.differences == ()
    assert counts() == before | {"ledger_import": 2, "event": before["event"] + 1}
    assert verify().is_whole


def test_a_dry_run_writes_nothing_and_reports_the_same(offices: dict[str, int], clock: FixedClock) -> None:
    before = counts()
    tried = take(sample_bytes(), clock(), name=LEDGER, dry_run=True)
    assert counts() == before
    assert take(sample_bytes(), clock(), name=LEDGER).as_json() == tried.as_json()


def test_a_failure_in_the_middle_of_the_write_leaves_nothing(
    offices: dict[str, int], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = writing.write_arrivals

    def broken(arrivals: recording.Arrivals) -> None:
        whole(replace(arrivals, hazards=arrivals.hazards[:60]))
        db.session.flush()
        raise RuntimeError("disk gone")

    monkeypatch.setattr(writing, "write_arrivals", broken)
    before = counts()
    with pytest.raises(RuntimeError, match="disk gone"):
        take(sample_bytes(), clock(), name=LEDGER)
    assert counts() == before
    monkeypatch.undo()
    assert take(sample_bytes(), clock(), name=LEDGER).created == 120
    assert hazards()[0].number.endswith("-000001")


def test_two_who_import_the_same_file_at_once_create_nothing_twice(
    offices: dict[str, int], context: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    both_planned, plan = threading.Barrier(2), importing.make_plan
    planned = threading.local()

    def meet(*words: object) -> object:
        made = plan(*words)  # type: ignore[arg-type]
        if not getattr(planned, "once", False):
            planned.once = True
            both_planned.wait(60)
        return made

    monkeypatch.setattr(importing, "make_plan", meet)
    reports: list[ImportReport] = []

    def run() -> None:
        with context.app_context():
            reports.append(take(sample_bytes(), clock(), name=LEDGER))
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted((one.created, one.merged) for one in reports) == [(0, 120), (120, 0)]
    assert (many(Enterprise), len(hazards())) == (120, 120)
    assert verify().is_whole


def test_who_is_always_overtaken_is_told_and_writes_nothing(
    offices: dict[str, int], clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def overtaken(*_words: object, **_named: object) -> None:
        raise Overtaken

    monkeypatch.setattr(importing, "land", overtaken)
    with pytest.raises(Conflict, match="没有写入任何内容"):
        take(sample_bytes(), clock(), name=LEDGER)
    assert many(Enterprise) == 0


def test_reads_grow_with_pages_and_not_with_rows(offices: dict[str, int], clock: FixedClock) -> None:
    def rows(first: int, last: int) -> bytes:
        return ledger(
            *(
                [f"示例{n}号厂", "", "綦江区", f"隐患{n}", "重大", "2026-11-02", "整改中", "检查"]
                for n in range(first, last)
            )
        )

    few = _reads(lambda: take(rows(0, 20), clock()))
    lots = _reads(lambda: take(rows(100, 300), clock()))
    assert lots <= few + 5


def _reads(act: Callable[[], object]) -> int:
    said: list[str] = []

    def count(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            said.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        act()
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(said)


# --- merging ---------------------------------------------------------------------------------------------------


def test_a_later_file_fills_what_is_empty_and_overwrites_nothing(city: City, clock: FixedClock) -> None:
    take(one_row(隐患位置="熔炼车间"), clock())
    number = hazards()[0].number
    later = one_row(隐患位置="熔炼车间", 整改时限="2026-12-20", 整改责任人="张堃", 隐患等级="重大", 检查单位="区督导组")
    report = take(later, clock.advance(days=1))
    assert (report.created, report.merged) == (0, 1)
    found = hazard(number)
    assert (found.deadline, found.responsible_person, found.check_office) == (date(2026, 12, 20), "张堃", "区督导组")
    assert found.grade is Grade.GENERAL
    assert [(one.column, one.here, one.file) for one in report.differences] == [("隐患等级", "一般", "重大")]
    assert "登记的是“一般”，没有改动" in reasons(report, 3)
    with everything("tests"):
        assert list(db.session.scalars(select(DeadlineChange.deadline))) == [date(2026, 12, 20)]
        kinds = list(db.session.scalars(select(Event.kind).where(Event.subject_kind == "hazard").order_by(Event.id)))
    assert kinds == ["import", "import"]
    assert verify().is_whole


def test_a_deadline_filled_in_lifts_what_stands_on_a_list_and_nothing_else(city: City, clock: FixedClock) -> None:
    done = {"整改状态": "已整改", "复查时间": "2026-11-05", "复查人": "甲、乙", "整改完成日期": "2026-11-04"}
    for place, more in (("熔炼车间", {}), ("成品库", done)):
        take(one_row(隐患位置=place, 隐患描述=f"{place}积水", **more), clock())
        take(one_row(隐患位置=place, 隐患描述=f"{place}积水", 整改时限="2026-12-20", **more), clock.advance(days=1))
    opened, verified = hazards()
    assert (opened.deadline, verified.deadline) == (date(2026, 12, 20), date(2026, 12, 20))
    assert (opened.tier, opened.tier_until is None) == (Tier.QUARTER, True)
    assert (verified.state, verified.tier, verified.list_owner_id) == (State.VERIFIED, Tier.DAY, None)
    with everything("tests"):
        assert list(db.session.scalars(select(TierMove.hazard_id))) == [opened.id]


def test_reads_of_what_is_filled_in_grow_with_pages_and_not_with_rows(city: City, clock: FixedClock) -> None:
    def rows(first: int, last: int, deadline: str) -> bytes:
        firm = ("示例綦江机械制造有限公司5号厂", PLANT, "綦江区")
        told = ("一般", "2026-11-02", "待整改", "检查", deadline)
        cells = ([*firm, f"第{n}处渗漏", *told] for n in range(first, last))
        return ledger(*cells, header=[*HEADER, "整改时限"])

    take(rows(0, 100, ""), clock())
    few = _reads(lambda: take(rows(0, 20, "2026-12-20"), clock.advance(days=1)))
    lots = _reads(lambda: take(rows(20, 100, "2026-12-20"), clock.advance(days=1)))
    assert {one.tier for one in hazards()} == {Tier.QUARTER}
    assert lots <= few + 10


def test_what_was_signed_here_is_not_touched_by_a_file(city: City, clock: FixedClock) -> None:
    take(one_row(隐患位置="熔炼车间"), clock())
    number = hazards()[0].number
    acts.order(city, number, "inspector_a", "inspector_b", now=clock.advance(hours=1))
    before = hazard(number)
    stood = (before.deadline, before.chain_length, before.version)
    report = take(one_row(隐患位置="熔炼车间", 整改时限="2027-12-20", 处罚文号="渝罚1号"), clock.advance(hours=1))
    after = hazard(number)
    assert (after.deadline, after.chain_length, after.version) == stood
    assert after.penalty == ""
    assert after.state is State.RECTIFYING
    assert {one.column for one in report.differences} >= {"整改时限", "处罚文号", "整改状态"}
    assert "登记的空着，已有签批，没有补上" in reasons(report, 3)


def test_an_imported_hazard_goes_its_way_like_any_other(city: City, clock: FixedClock) -> None:
    take(one_row(整改状态="已整改", 复查时间="2026-11-05", 复查人="甲、乙", 整改完成日期="2026-11-04"), clock())
    number = hazards()[0].number
    assert hazard(number).state is State.VERIFIED
    assert hazard(number).holder == "审核人·己"
    acts.ask(city, number, Action.CLOSE, "reviewer", clock.advance(hours=1))
    acts.sign(city, number, "reviewer", now=clock.advance(hours=1))
    assert hazard(number).state is State.CLOSED
    assert verify().is_whole


def test_a_hazard_reported_here_is_known_by_its_number_and_by_its_facts(city: City, clock: FixedClock) -> None:
    number = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION, description="安全出口锁闭")
    facts: dict[str, object] = {"隐患描述": "安全出口锁闭。", "隐患位置": "北区熔炼车间", "发现时间": "2026-11-16"}
    for cells in ({"隐患编号": number, "隐患描述": "安全出口锁闭"}, facts):
        report = take(one_row(**cells), clock())
        assert (report.created, report.merged) == (0, 1)
    assert len(hazards()) == 1


def test_a_number_of_another_enterprise_is_not_taken(city: City, clock: FixedClock) -> None:
    number = reported(city, "shop_principal", clock(), enterprise_id=city.enterprises["shop"])
    report = take(one_row(隐患编号=number), clock())
    assert [one.reason for one in report.skipped] == [f"编号 {number} 登记在别的企业名下，请核对"]
    unknown = take(one_row(隐患编号="YH-500110-2019-000777"), clock())
    assert (unknown.created, reasons(unknown, 3)[-1]) == (1, "本册没有这个编号：另编新号，原编号记在导入说明")
    assert "隐患编号：YH-500110-2019-000777" in hazards()[-1].import_note


def test_rows_repeated_in_one_file_become_one_hazard(offices: dict[str, int], clock: FixedClock) -> None:
    row = ["示例甲厂", "", "綦江区", "通道堵塞", "一般", "2026-11-02", "整改中", "检查"]
    data = ledger([*row, ""], [*row, "2026-12-01"], row, header=[*HEADER, "整改时限"])
    report = take(data, clock())
    assert (report.rows, report.created, report.merged) == (3, 1, 2)
    assert [one.deadline for one in hazards()] == [date(2026, 12, 1)]
    assert (take(data, clock()).created, many(Enterprise)) == (0, 1)


# --- whose it is -----------------------------------------------------------------------------------------------


def test_an_enterprise_is_known_by_code_then_by_name_in_its_region(city: City, clock: FixedClock) -> None:
    plant = city.enterprises["plant"]
    by_code = take(one_row(企业名称="綦江机械5号厂", 隐患描述="一"), clock())
    assert "这个信用代码登记的企业是“示例綦江机械制造有限公司5号厂”：记在它名下" in reasons(by_code, 3)
    take(one_row(统一社会信用代码="", 企业名称="示例綦江机械制造有限公司 ５号厂", 隐患描述="二"), clock())
    mistyped = take(one_row(统一社会信用代码="91350100M000100Y44", 隐患描述="三"), clock())
    assert f"与登记的 {PLANT} 不同：按企业名称认定，请核对" in reasons(mistyped, 3)
    take(one_row(统一社会信用代码="", 区县="", 隐患描述="四"), clock())
    assert [one.enterprise_id for one in hazards()] == [plant] * 4
    another = take(one_row(统一社会信用代码="91500110MA0000059X", 隐患描述="五"), clock())
    assert another.new_enterprises == 1
    elsewhere = take(one_row(统一社会信用代码="", 区县="万州区", 隐患描述="六"), clock())
    assert elsewhere.new_enterprises == 1


def test_similar_names_are_pointed_out_and_doubtful_ones_not_guessed_at(city: City, clock: FixedClock) -> None:
    alike = take(one_row(企业名称="重庆示例綦江机械制造5号厂", 统一社会信用代码=""), clock())
    assert "与已登记的“示例綦江机械制造有限公司5号厂”相近：按新企业登记，请核对" in reasons(alike, 3)
    with everything("tests"), unit_of_work() as session:
        for _ in range(2):
            session.add(
                Enterprise(name="双名店", region_code="500110", region_path="/500000/500110/", created_at=clock())
            )
    doubtful = take(one_row(企业名称="双名店", 统一社会信用代码=""), clock())
    assert [one.reason for one in doubtful.skipped] == ["登记有 2 家“双名店”，请在文件里写明区县和统一社会信用代码"]


def test_a_code_that_fails_its_check_is_remarked_and_still_registered(city: City, clock: FixedClock) -> None:
    report = take(one_row(企业名称="新厂", 统一社会信用代码="91350100M000100Y44"), clock())
    assert "统一社会信用代码的校验位不符，请核对" in reasons(report, 3)
    assert report.new_enterprises == 1


@pytest.mark.parametrize(
    ("written", "district"),
    [
        ("秀山县", "500241"),
        ("秀山土家族苗族自治县", "500241"),
        ("綦江", "500110"),
        ("重庆市綦江区", "500110"),
        ("綦江区三江街道", "500110"),
        ("高新区", "500192"),
        ("两江新区", "500191"),
    ],
)
def test_districts_are_known_by_the_names_ledgers_use(
    offices: dict[str, int], clock: FixedClock, written: str, district: str
) -> None:
    take(one_row(区县=written), clock())
    assert hazards()[0].region_code == district


def test_without_a_known_region_a_new_enterprise_is_skipped_unless_one_is_told(
    offices: dict[str, int], clock: FixedClock
) -> None:
    for written, reason in (("火星区", "“火星区”不是登记的区县"), ("", "没有写区县")):
        report = take(one_row(区县=written), clock())
        assert [one.reason for one in report.skipped] == [f"企业还没有登记，{reason}：请补上，或用 --region 指明"]
    assert take(one_row(区县="火星区"), clock(), replace(TOLD, region="500112")).created == 1
    assert hazards()[0].region_path == "/500000/500112/"
    with pytest.raises(Invalid, match="999999 不是登记的区县"):
        take(one_row(), clock(), replace(TOLD, region="999999"))


def test_an_unknown_town_is_remarked_and_left_empty(offices: dict[str, int], clock: FixedClock) -> None:
    report = take(one_row(乡镇="没有这个镇"), clock())
    assert "区县下没有登记这个镇街：企业的镇街留空" in reasons(report, 3)
    assert hazards()[0].region_path == "/500000/500110/"


def test_a_named_office_answers_though_the_sector_has_another(city: City, clock: FixedClock) -> None:
    take(one_row(行业领域="消防-商场", 隐患描述="一"), clock())
    take(one_row(行业领域="消防-商场", 监管责任单位="綦江区应急管理局", 隐患描述="二"), clock())
    offices = [one.responsible_office_id for one in hazards()]
    assert offices == [city.offices["fire"], city.offices["district"]]


def test_all_rows_of_one_enterprises_file_are_its_own(city: City, clock: FixedClock) -> None:
    header = ["排查日期", "排查层级", "隐患部位", "隐患描述", "隐患等级", "整改时限"]
    data = ledger(["2026-11-02", "日", "炉前", "积水", "一般", "2026-11-20"], header=header, title="隐患排查治理台账")
    report = take(data, clock(), replace(TOLD, enterprise=PLANT))
    found = hazards()[0]
    assert (report.created, found.enterprise_id, found.channel) == (
        1,
        city.enterprises["plant"],
        Channel.SELF_INSPECTION,
    )
    assert (found.origin, found.accept_due) == (Origin.SELF_FOUND, date(2026, 11, 19))
    other = take(one_row(企业名称="别家公司", 统一社会信用代码=""), clock(), replace(TOLD, enterprise=PLANT))
    assert "不是这次导入的企业" in other.skipped[0].reason
    with pytest.raises(Invalid, match="没有登记信用代码"):
        take(data, clock(), replace(TOLD, enterprise="91500110MA0000059X"))


def test_the_channel_is_the_files_else_the_told_one_else_remarked(city: City, clock: FixedClock) -> None:
    silent = take(one_row(隐患来源="", 隐患描述="一"), clock())
    assert "没有写隐患来源：按「督导检查发现」登记，请核对；可用 --channel 指明" in reasons(silent, 2)
    told = take(one_row(隐患来源="", 隐患描述="二"), clock(), replace(TOLD, channel=Channel.SELF_INSPECTION))
    assert not [remark for remark in told.remarks if remark.column == "隐患来源"]
    take(one_row(隐患描述="三"), clock(), replace(TOLD, channel=Channel.SELF_INSPECTION))
    channels = [one.channel for one in hazards()]
    assert channels == [Channel.SUPERVISION, Channel.SELF_INSPECTION, Channel.SUPERVISION]


# --- who imports -----------------------------------------------------------------------------------------------


def test_a_persons_scope_bounds_what_may_be_written(city: City, clock: FixedClock) -> None:
    report = take(sample_bytes(), clock(), city=city, by="inspector_a", name=LEDGER)
    assert (report.created, len(report.skipped)) == (25, 95)
    assert {one.region_code for one in hazards()} == {"500110"}
    far = take(one_row(), clock(), city=city, by="far_inspector")
    assert [one.reason for one in far.skipped] == ["“示例綦江机械制造有限公司5号厂”不在检查人员·远的管辖范围内"]


def test_an_office_of_one_sector_imports_that_sector_only(city: City, clock: FixedClock) -> None:
    ours = take(one_row(行业领域="消防-厂房", 隐患描述="一"), clock(), city=city, by="fire_inspector")
    theirs = take(one_row(行业领域="工贸-机械", 隐患描述="二"), clock(), city=city, by="fire_inspector")
    assert (ours.created, theirs.created) == (1, 0)


def test_an_enterprises_person_imports_for_the_own_enterprise_only(city: City, clock: FixedClock) -> None:
    own = take(one_row(), clock(), city=city, by="manager")
    other = take(
        one_row(企业名称="示例綦江五金店", 统一社会信用代码="91110000101623741K"), clock(), city=city, by="manager"
    )
    assert (own.created, other.created) == (1, 0)
    assert [one.by_id for one in imports()] == [city.people["manager"]] * 2


def test_a_clerks_ledger_registers_enterprises_in_the_operators_name(city: City, clock: FixedClock) -> None:
    report = take(one_row(企业名称="示例新厂", 统一社会信用代码=""), clock(), city=city, by="clerk")
    assert (report.created, report.new_enterprises) == (1, 1)


@pytest.mark.parametrize("who", ["worker", "leader", "head"])
def test_who_has_no_business_with_ledgers_imports_none(city: City, clock: FixedClock, who: str) -> None:
    with pytest.raises(NotAllowed, match="不能导入台账"):
        take(one_row(), clock(), city=city, by=who)


# --- texts -----------------------------------------------------------------------------------------------------


def test_hostile_texts_come_in_as_text(city: City, clock: FixedClock) -> None:
    nasty = '<script>alert(1)</script>\u202e=HYPERLINK("x")😀镕堃䶮𬭬' + "长" * 10_000
    report = take(
        one_row(
            隐患描述=nasty,
            隐患位置=nasty,
            整改责任人=nasty,
            备注=nasty,
            整改措施=nasty,
            判定依据=nasty,
            文书号=nasty,
            监管责任单位=nasty,
            行业领域=nasty,
            整改资金="9" * 30,
            不懂的列=nasty,
        ),
        clock(),
    )
    assert report.created == 1
    found = hazards()[0]
    assert found.description.startswith('<script>alert(1)</script>=HYPERLINK("x")😀镕堃䶮𬭬长')
    assert (len(found.description), len(found.place), len(found.responsible_person)) == (2000, 300, 60)
    assert len(found.import_note) <= 4000
    assert any("只登记前 300 个字" in reason for reason in reasons(report, 3))
    again = take(one_row(隐患描述=nasty, 隐患位置=nasty), clock())
    assert (again.created, again.merged) == (0, 1)


def test_a_name_too_long_is_shortened_and_known_again(offices: dict[str, int], clock: FixedClock) -> None:
    data = one_row(企业名称="示例" + "很" * 300 + "长厂", 统一社会信用代码="")
    assert take(data, clock()).created == 1
    assert take(data, clock()).merged == 1


def test_what_tells_of_an_informant_stands_with_no_hazard(city: City, clock: FixedClock) -> None:
    secret = "举报人王镕电话13900000000"
    cells = {
        "隐患来源": "群众举报",
        "备注": secret,
        "检查人": "王镕本人",
        "举报人电话": "13900000000",
        "检查单位": "12345热线王镕",
        "上报单位": "信访办王镕",
        "处理经过": "举报人王镕陪同",
    }
    report = take(one_row(**cells), clock())
    found = hazards()[0]
    assert found.channel is Channel.COMPLAINT
    with everything("tests"):
        content = db.session.scalars(select(HazardVersion.content)).one()
    shown = json.dumps([content, report.as_json()], ensure_ascii=False)
    for part in ("王镕", "13900000000"):
        assert part not in shown
        assert part not in found.note + found.import_note + found.found_by
    entry = imports()[-1]
    assert "王镕" not in json.dumps(entry.report, ensure_ascii=False)
    assert entry.complaints[0]["row"] == 3
    assert "举报人王镕电话139****0000" in entry.complaints[0]["text"]  # masked, as everywhere outside its column


def test_words_that_are_no_day_stay_beside_the_deadline(city: City, clock: FixedClock) -> None:
    take(one_row(整改时限="6月底前", 是否挂牌督办="是"), clock())
    found = hazards()[0]
    assert (found.deadline, found.deadline_text) == (None, "6月底前")
    assert "整改时限：6月底前" in found.import_note
    assert found.listed_level is ListingLevel.DISTRICT


def test_what_is_no_ledger_is_refused_and_nothing_kept(offices: dict[str, int], clock: FixedClock) -> None:
    before = counts()
    with pytest.raises(NotALedger, match="统计表"):
        take(sample_bytes("statistics_not_a_ledger.xlsx"), clock())
    assert counts() == before


@pytest.mark.parametrize("name", ["enterprise_ledger.xlsx", "grouped_header.xlsx", "coded_export.csv"])
def test_every_row_of_the_other_samples_is_in_exactly_one_place(
    offices: dict[str, int], clock: FixedClock, name: str
) -> None:
    report = take(sample_bytes(name), clock(), replace(TOLD, region="500110"), name=name)
    assert report.rows == {"enterprise_ledger.xlsx": 40, "grouped_header.xlsx": 60, "coded_export.csv": 61}[name]
    assert report.created == len(hazards()) > 0
    again = take(sample_bytes(name), clock(), replace(TOLD, region="500110"), name=name)
    assert (again.created, again.merged, again.skipped) == (0, report.created + report.merged, report.skipped)
    assert again.differences == report.differences
    assert verify().is_whole

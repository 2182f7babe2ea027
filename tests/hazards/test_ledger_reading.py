"""The sample ledgers, read: every row accounted for, and a dozen of them checked by hand."""

from __future__ import annotations

from collections import Counter
from datetime import date

import pytest

from core.sheets import BadFile
from hazards.ledger import Field, LedgerRow, NotALedger, read_ledger
from tests.hazards.ledgers import FOLDER, TODAY, kept, made, reasons, sample
from tests.sheets.files import workbook
from workflows.vocabulary import Channel, Grade, ListingLevel, State, StopScope

REGULATOR = sample("regulator_ledger.xlsx")
BY_ROW = {row.row: row for row in REGULATOR.rows}


def test_every_record_of_the_regulators_ledger_is_read_and_its_foot_is_not() -> None:
    assert [row.row for row in REGULATOR.rows] == list(range(4, 124))
    assert [row.serial for row in REGULATOR.rows] == [str(number) for number in range(1, 121)]
    assert REGULATOR.skipped == ()
    assert "审核人" in REGULATOR.footer


def test_head_and_columns_of_the_regulators_ledger_are_understood() -> None:
    assert REGULATOR.title == "2026年重大事故隐患排查整治台账"
    assert REGULATOR.filed_by == "某区安委办"
    assert REGULATOR.filed_on == date(2026, 11, 10)
    assert REGULATOR.header_rows == (3, 3)
    assert REGULATOR.not_understood == ()
    assert {column.letter: column.field for column in REGULATOR.columns}["O"] is Field.COST
    assert {column.letter: column.samples for column in REGULATOR.columns}["V"] == ("已整改", "已销号", "待整改")


# row, state, enterprise, found, deadline, completed, re-inspected, closed, cost in fen
BY_HAND = {
    int(line.split()[0]): line.split()[1:]
    for line in """
    4 verified 示例綦江渔业有限公司59号厂 2025-10-03 2025-10-10 2025-10-08 2025-10-11 - 1200000
    5 closed 示例綦江商贸服务有限公司65号厂 2026-06-05 2026-06-20 2026-06-18 2026-06-21 2026-06-24 3000000
    6 reported 示例万州机械制造有限公司12号厂 2026-09-07 2026-10-07 - - - 28000000
    8 rectifying 示例万州商贸服务有限公司66号厂 2026-07-03 2026-10-01 - - - -
    13 rectifying 示例万州机械制造有限公司10号厂 2023-09-06 2023-11-05 - - - 128500000
    15 closed 示例长寿机械制造有限公司10号厂 2024-09-26 2024-09-27 2024-09-25 2024-09-28 2024-10-01 500000
    20 rectifying 示例涪陵商贸服务有限公司84号厂 2026-09-12 2026-12-11 - - - -
    27 verified 示例綦江机械制造有限公司19号厂 2024-03-01 2024-03-02 2024-02-29 2024-03-03 - 500000
    85 verified 示例綦江煤业有限公司41号厂 2026-09-09 2026-11-08 2026-11-06 2026-11-09 - 128500000
    108 rectifying 示例渝北矿业有限公司41号厂 2026-09-02 2026-10-02 - - - 28000000
    119 verified 示例涪陵矿业有限公司24号厂 2026-07-14 2026-07-29 2026-07-27 2026-07-30 - 3000000
    122 rectifying 示例长寿煤业有限公司42号厂 2026-09-23 2026-12-22 - - - -
    123 rectifying 示例綦江机械制造有限公司23号厂 2025-06-23 2025-06-24 - - - 500000
    """.strip().splitlines()
}


def day(value: date | None) -> str:
    return value.isoformat() if value else "-"


@pytest.mark.parametrize("number", BY_HAND)
def test_a_row_of_the_regulators_ledger_says_what_a_person_reads_there(number: int) -> None:
    row = BY_ROW[number]
    days = (row.found_on, row.deadline, row.completed_on, row.reinspected_on, row.closed_on)
    cost = "-" if row.cost_fen is None else str(row.cost_fen)
    assert [row.state.value, row.enterprise_name, *(day(value) for value in days), cost] == BY_HAND[number]


def test_all_facts_of_one_row() -> None:
    assert BY_ROW[14] == LedgerRow(
        row=14,
        state=State.VERIFIED,
        grade=Grade.MAJOR,
        grade_declared=True,
        basis_pending=True,
        serial="11",
        region_name="万州区",
        town_name="分水镇",
        enterprise_name="示例万州机械制造有限公司28号厂",
        uscc="91500101MA0000028N",
        industry="工贸-轻工",
        channel=Channel.SUPERVISION,
        found_on=date(2025, 1, 8),
        place="成品库",
        description="制冷机房液氨可燃气体报警仪已拆除送修，机房仍在生产",
        measures="立即整改",
        responsible_person="设备部主管",
        deadline=date(2025, 4, 8),
        controls="专人值守，设置警示标志",
        stopped=StopScope.NONE,
        listed=True,
        listing_level=ListingLevel.DISTRICT,
        regulator_name="万州区应急管理局",
        progress="已整改",
        completed_on=date(2025, 4, 6),
        reinspected_on=date(2025, 4, 9),
        reinspected_by="执法二组",
        note="罚款（金额未载）",
        remarks=BY_ROW[14].remarks,
    )
    assert reasons(BY_ROW[14], "判定依据") == ["没有判定依据：按申报的重大登记，判定依据待确认"]


def test_a_ledger_of_major_hazards_declares_every_row_major() -> None:
    assert {row.grade for row in REGULATOR.rows} == {Grade.MAJOR}
    assert sum(row.basis_pending for row in REGULATOR.rows) == 92
    assert not BY_ROW[6].basis_pending
    assert BY_ROW[6].basis == "《工贸企业粉尘防爆安全规定》 第十五条；第十八条"


def test_states_of_the_regulators_ledger() -> None:
    assert Counter(row.state for row in REGULATOR.rows) == {
        State.REPORTED: 24,  # 待整改
        State.RECTIFYING: 29,  # 24 整改中, 3 completed and 2 closed on days that have not come
        State.VERIFIED: 46,  # 45 re-inspected, 1 closed only after the ledger's own date
        State.CLOSED: 21,
    }


@pytest.mark.parametrize("number", [20, 25, 32, 74, 122])
def test_days_after_the_ledgers_own_date_are_kept_as_text_and_establish_nothing(number: int) -> None:
    row = BY_ROW[number]
    assert row.state is State.RECTIFYING
    assert (row.completed_on, row.reinspected_on, row.closed_on) == (None, None, None)
    assert set(kept(row)) >= {"整改完成时间", "复查时间"}
    assert all(text > "2026-11-10" for text in kept(row).values())
    assert any("填报日期 2026-11-10" in reason for reason in reasons(row, "整改完成时间"))


def test_a_closure_dated_after_the_ledger_is_only_verified() -> None:
    assert BY_ROW[85].state is State.VERIFIED
    assert kept(BY_ROW[85]) == {"销号时间": "2026-11-12"}
    assert reasons(BY_ROW[85], "整改进展") == ["销号时间在填报日期或今天之后，不据此认定销号，按「已验收」导入"]


def test_a_completion_before_the_finding_is_pointed_out_and_left() -> None:
    assert reasons(BY_ROW[15], "整改完成时间") == ["整改完成时间早于发现时间（2024-09-26），请核对"]
    assert BY_ROW[15].completed_on == date(2024, 9, 25)


def test_several_hazards_in_one_cell_stay_one_with_a_remark() -> None:
    assert BY_ROW[18].description.startswith("1.采掘工程平面图无1067综采工作面")
    assert len(BY_ROW[18].parts) > 1
    assert reasons(BY_ROW[18], "隐患描述")[0].startswith("像是 ")


def test_a_note_about_an_informant_is_set_apart() -> None:
    row = BY_ROW[108]
    assert (row.channel, row.note, row.complaint_note) == (Channel.COMPLAINT, "", "奖励举报人7.5万元")


def test_a_statistics_table_is_refused() -> None:
    with pytest.raises(NotALedger) as refusal:
        sample("statistics_not_a_ledger.xlsx")
    assert refusal.value.sentence == "这不是隐患台账，而是统计表（没有逐条的隐患描述），没有写入任何内容。"


def test_an_enterprises_own_ledger_belongs_to_the_enterprise_in_its_title() -> None:
    reading = sample("enterprise_ledger.xlsx")
    assert [row.row for row in reading.rows] == list(range(3, 43))
    assert reading.skipped == ()
    assert {row.enterprise_name for row in reading.rows} == {"示例綦江渔业有限公司59号厂"}
    first, third, fifth = reading.rows[0], reading.rows[2], reading.rows[4]
    assert (first.found_on, first.check_level, first.place) == (date(2026, 5, 19), "周", "原料罐区")
    assert (first.grade, first.state, first.cost_fen) == (Grade.GENERAL, State.RECTIFYING, 2_000_000)
    assert (third.grade, third.cost_fen) == (Grade.MAJOR, 300_000)
    assert (fifth.cost_fen, kept(fifth)["整改资金（元）"]) == (3_500_000, "约3.5万元")
    assert (fifth.state, fifth.completed_on, kept(fifth)["完成日期"]) == (State.REPORTED, None, "2026-12-01")
    assert reading.rows[1].cost_fen == 80_000


def test_a_grouped_header_and_merged_cells_are_read() -> None:
    reading = sample("grouped_header.xlsx")
    rows = {row.row: row for row in reading.rows}
    assert reading.header_rows == (2, 5)
    assert list(rows) == list(range(6, 66))
    assert reading.skipped == ()
    assert {column.title for column in reading.columns} >= {"整改责任单位/建设", "整改责任单位/施工"}
    assert [rows[number].enterprise_name for number in (6, 7, 8)] == ["示例秀山机械制造有限公司13号厂"] * 3
    assert [rows[number].found_on for number in (6, 7, 8)] == [date(2026, 9, 28)] * 3
    assert rows[6].responsible_unit == "建设：示例秀山机械制造有限公司13号厂"
    assert rows[7].responsible_unit == "施工：施工单位"
    assert rows[11].found_at is not None


def test_grades_are_read_by_the_legend_under_the_table() -> None:
    rows = {row.row: row for row in sample("grouped_header.xlsx").rows}
    assert [rows[number].grade for number in (6, 7, 8, 10)] == [Grade.GENERAL, Grade.GENERAL, Grade.MAJOR, Grade.MAJOR]
    assert (rows[9].grade, rows[9].grade_declared) == (Grade.GENERAL, False)
    assert reasons(rows[6], "隐患类型") == ["“一般”是隐患等级，不是隐患类别：原文保留，类别留空"]


def test_texts_that_are_no_days_stay_texts() -> None:
    rows = {row.row: row for row in sample("grouped_header.xlsx").rows}
    assert (rows[14].deadline, kept(rows[14])["整改期限"]) == (None, "6月底前")
    assert reasons(rows[14], "整改期限") == ["“6月底前”不是确切日期：原文保留，整改期限留空"]
    assert (rows[8].deadline, rows[10].found_on) == (date(2026, 6, 30), date(2021, 11, 4))
    assert "整改期限：3月11日至13日" in rows[18].kept_note
    assert reasons(rows[13], "整改完成日期") == ["“已整改”是整改状态，不是日期：原文保留，整改完成日期留空"]
    assert rows[13].state is State.RECTIFYING


def test_codes_are_read_by_the_list_in_the_header() -> None:
    reading = sample("coded_export.csv")
    rows = {row.row: row for row in reading.rows}
    assert list(rows) == list(range(2, 62))
    assert [(one.row, one.reason) for one in reading.skipped] == [(62, "隐患描述只写了“无”，没有可登记的隐患")]
    assert [column.title for column in reading.not_understood] == ["时间戳"]
    assert (rows[2].number, rows[2].uscc, rows[2].region_code) == ("X00000", "", "500101")
    assert (rows[2].grade, rows[2].state, rows[2].channel) == (Grade.GENERAL, State.REPORTED, Channel.SELF_INSPECTION)
    assert (rows[3].grade, rows[3].state, rows[3].channel) == (Grade.MAJOR, State.RECTIFYING, Channel.SUPERVISION)
    assert rows[5].description.splitlines()[1] == "2）消防通道堆放杂物"
    assert rows[6].channel is None
    assert reasons(rows[6], "信息来源") == ["代码“5”不在表头的代码表里：原文保留，留空"]
    assert reasons(rows[2], "社会信用代码") == ["“0”不是统一社会信用代码：留空"]
    assert kept(rows[3])["时间戳"] == "2024-01-22 10:01:00"


@pytest.mark.parametrize(
    "name", ["regulator_ledger.xlsx", "enterprise_ledger.xlsx", "grouped_header.xlsx", "coded_export.csv"]
)
def test_every_remark_names_a_row_of_the_file_and_a_reason(name: str) -> None:
    reading = sample(name)
    rows = {row.row for row in reading.rows} | set(reading.header_rows)
    assert all(remark.row in rows and remark.reason for remark in reading.all_remarks)
    assert {row.row for row in reading.rows}.isdisjoint(one.row for one in reading.skipped)


def test_the_same_ledger_as_gb18030_csv_reads_the_same() -> None:
    text = (FOLDER / "coded_export.csv").read_text(encoding="utf-8-sig")
    again = read_ledger(text.encode("gb18030"), "coded_export.csv", today=TODAY)
    assert again == sample("coded_export.csv")


def test_a_table_without_descriptions_is_no_ledger() -> None:
    with pytest.raises(NotALedger, match="没有找到「隐患描述」"):
        made(["序号", "企业名称", "备注"], [1, "甲厂", ""])


def test_a_ledger_without_a_record_is_refused() -> None:
    with pytest.raises(NotALedger, match="没有一条记录"):
        made(["序号", "企业名称", "隐患描述"], ["审核人：", None, None])


def test_a_formula_without_its_result_is_refused() -> None:
    data = workbook([["序号", "企业名称", "隐患描述"], [1, "甲厂", "=HYPERLINK(1)"]])
    with pytest.raises(BadFile, match="C2"):
        read_ledger(data, "台账.xlsx", today=TODAY)

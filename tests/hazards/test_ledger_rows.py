"""Single rows of ledgers: states, grades, words in the wrong place, hostile texts, and the merge key."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from core.refusals import Refusal
from core.sheets import Synonyms
from hazards.ledger import RULES, Field, merge_key, read_ledger
from hazards.ledger.fields import synonyms
from hazards.ledger.head import declares_major
from hazards.ledger.states import Evidence, establish_state
from hazards.ledger.words import StateWord, read_listing, read_state_word
from tests.hazards.ledgers import TODAY, kept, made, one, reasons
from tests.sheets.files import saved
from workflows.vocabulary import Category, Channel, Grade, ListingLevel, State, StopScope

LEDGER_ONE = [
    "序号",
    "隐患编号",
    "区县",
    "乡镇(街道)",
    "企业名称",
    "统一社会信用代码",
    "产权/出租单位",
    "行业领域",
    "隐患来源",
    "检查单位",
    "文书号",
    "发现时间",
    "上报时间",
    "隐患位置",
    "隐患类别",
    "隐患描述",
    "判定依据",
    "整改措施",
    "整改责任人",
    "整改资金(万元)",
    "整改时限(原)",
    "整改时限(现)",
    "延期次数",
    "应急预案/管控措施",
    "是否停产",
    "是否挂牌督办(级别/单位/文号)",
    "告知主要负责人时间",
    "告知实际控制人时间",
    "监管责任单位",
    "监管责任人",
    "整改进展",
    "逾期天数",
    "自验时间",
    "整改完成时间",
    "复查时间",
    "复查人(两名)",
    "核销单位",
    "销号时间",
    "清单销号时间",
    "摘牌时间",
    "处罚文号",
    "导入标记",
    "备注",
]

DONE, LATER = date(2026, 11, 1), date(2026, 11, 2)
REINSPECTED = Evidence(StateWord.DONE, reinspected_on=DONE, reinspected_by="张三、李四")
LATE_CLOSURE = frozenset({Field.CLOSED_ON})
LATE_BOTH = frozenset({Field.CLOSED_ON, Field.REINSPECTED_ON})


def test_every_title_of_the_registers_own_ledger_has_its_own_field() -> None:
    table = synonyms()
    meanings = [table.meaning((title,)) for title in LEDGER_ONE]
    assert None not in meanings
    assert len({meaning.field for meaning in meanings if meaning}) == len(LEDGER_ONE)


def test_titles_met_in_real_files_are_known() -> None:
    table = synonyms()
    for title in ("整改期限", "治理期限", "整改时限", "计划完成时间", "限期整改日期"):
        meaning = table.meaning((title,))
        assert meaning is not None
        assert meaning.field == Field.DEADLINE


def test_no_title_stands_for_two_fields() -> None:
    titles = [title for rule in RULES for title in rule.titles]
    assert len(titles) == len(set(titles))
    assert {rule.field for rule in RULES} == set(Field)
    assert isinstance(synonyms(RULES[:2]), Synonyms)


@pytest.mark.parametrize(
    ("evidence", "state", "is_remarked"),
    [
        (Evidence(StateWord.NOT_BEGUN, "待整改"), State.REPORTED, False),
        (Evidence(StateWord.NOT_BEGUN, "待整改", completed_on=DONE), State.REPORTED, True),
        (Evidence(StateWord.UNDER_WAY, "整改中"), State.RECTIFYING, False),
        (replace(REINSPECTED, word=StateWord.UNDER_WAY), State.RECTIFYING, True),
        (Evidence(StateWord.DONE, "已整改", completed_on=DONE), State.RECTIFYING, False),
        (REINSPECTED, State.VERIFIED, False),
        (replace(REINSPECTED, reinspected_by=""), State.RECTIFYING, True),
        (replace(REINSPECTED, reinspected_on=None), State.RECTIFYING, True),
        (Evidence(StateWord.DONE, late=frozenset({Field.REINSPECTED_ON})), State.RECTIFYING, True),
        (Evidence(StateWord.DONE, late=frozenset({Field.COMPLETED_ON})), State.RECTIFYING, True),
        (replace(REINSPECTED, word=StateWord.VERIFIED), State.VERIFIED, False),
        (Evidence(StateWord.VERIFIED, "已验收"), State.RECTIFYING, True),
        (Evidence(StateWord.CLOSED, "已销号", closed_on=LATER), State.CLOSED, False),
        (Evidence(StateWord.CLOSED, "已销号"), State.VERIFIED, True),
        (replace(REINSPECTED, word=StateWord.CLOSED), State.VERIFIED, True),
        (replace(REINSPECTED, word=StateWord.CLOSED, late=LATE_CLOSURE), State.VERIFIED, True),
        (Evidence(StateWord.CLOSED, "已销号", late=LATE_CLOSURE), State.RECTIFYING, True),
        (Evidence(StateWord.CLOSED, "已销号", late=LATE_BOTH), State.RECTIFYING, True),
        (Evidence(StateWord.CLOSED, "已销号", late=frozenset({Field.REINSPECTED_ON})), State.RECTIFYING, True),
        (Evidence(None), State.REPORTED, True),
        (Evidence(None, completed_on=DONE), State.RECTIFYING, True),
        (replace(REINSPECTED, word=None), State.VERIFIED, True),
        (Evidence(None, closed_on=DONE), State.CLOSED, True),
    ],
)
def test_a_state_is_established_only_by_what_stands_in_the_row(
    evidence: Evidence, state: State, is_remarked: bool
) -> None:
    ruling = establish_state(evidence)
    assert (ruling.state, bool(ruling.reason)) == (state, is_remarked)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        *(("待整改", StateWord.NOT_BEGUN), ("未整改", StateWord.NOT_BEGUN), ("整改中", StateWord.UNDER_WAY)),
        *(("已整改。", StateWord.DONE), ("整改完成", StateWord.DONE), ("现场处置", StateWord.DONE)),
        *(("已销号", StateWord.CLOSED), ("已整改销号", StateWord.CLOSED), ("已整改（见附件）", StateWord.DONE)),
        *(("未销号", None), ("正在采购设备", None), ("", None), ("是", None)),
    ],
)
def test_words_for_states(text: str, word: StateWord | None) -> None:
    assert read_state_word(text) is word


def test_a_question_whether_it_is_done_is_answered_by_yes_and_no() -> None:
    assert one(是否整改="是").state is State.RECTIFYING
    assert one(是否整改="否").state is State.REPORTED


def test_a_free_text_about_progress_says_no_state() -> None:
    row = one(整改进展="正在采购设备，下月到货")
    assert (row.state, row.progress) == (State.REPORTED, "正在采购设备，下月到货")
    assert reasons(row, "整改进展") == ["“正在采购设备，下月到货”看不出整改状态，按「已上报」导入"]


def test_a_day_after_today_establishes_no_state_where_the_ledger_has_no_date() -> None:
    row = one(整改状态="已销号", 销号时间="2026-11-22")
    assert (row.state, row.closed_on, kept(row)["销号时间"]) == (State.RECTIFYING, None, "2026-11-22")
    assert one(整改状态="已销号", 销号时间="2026-11-21").state is State.CLOSED


def test_a_hazard_cannot_have_been_found_in_the_future() -> None:
    row = one(发现时间="2027-01-01")
    assert (row.found_on, kept(row)["发现时间"]) == (None, "2027-01-01")


def test_found_after_the_ledgers_own_date_is_kept_and_pointed_out() -> None:
    reading = made(
        ["填报日期：2026年11月1日"], ["企业名称", "隐患描述", "发现时间"], ["甲厂", "漏电", "2026-11-05"], title="台账"
    )
    assert reading.rows[0].found_on == date(2026, 11, 5)
    assert reasons(reading.rows[0], "发现时间") == ["在填报日期 2026-11-01 之后，请核对"]


@pytest.mark.parametrize(
    ("title", "is_major"),
    [
        *(("2026年重大事故隐患排查整治台账", True), ("重大隐患清单", True), ("重大火灾隐患台账", True)),
        *(("一般隐患和重大事故隐患台账", False), ("隐患排查治理台账", False), ("", False)),
    ],
)
def test_titles_that_declare_all_rows_major(title: str, is_major: bool) -> None:
    assert declares_major(title) is is_major


def test_grades_by_word_and_by_column() -> None:
    assert one(隐患等级="重大事故隐患").grade is Grade.MAJOR
    assert one(隐患等级="较大").grade is Grade.GENERAL
    assert kept(one(隐患等级="较大")) == {"隐患等级": "较大"}
    assert one(隐患等级="", 隐患类别="重大").grade is Grade.MAJOR
    unknown = one(隐患等级="红色")
    assert (unknown.grade, unknown.grade_declared, kept(unknown)) == (Grade.GENERAL, False, {"隐患等级": "红色"})


def test_a_row_called_general_in_a_ledger_of_major_hazards_is_major_and_remarked() -> None:
    reading = made(["企业名称", "隐患描述", "隐患等级"], ["甲厂", "漏电", "一般"], title="重大事故隐患台账")
    assert reading.rows[0].grade is Grade.MAJOR
    assert len(reasons(reading.rows[0], "隐患等级")) == 1


def test_choices_are_read_into_the_registers_own_values() -> None:
    row = one(隐患来源="群众举报核查", 是否停产="局部停产", 隐患类别="消防")
    assert (row.channel, row.stopped, row.category) == (Channel.COMPLAINT, StopScope.PARTIAL, Category.FIRE)
    row = one(隐患来源="企业自查上报", 是否停产="是", 隐患类别="杂项")
    assert (row.channel, row.stopped, row.category) == (Channel.SELF_INSPECTION, StopScope.FULL, None)
    assert kept(row) == {"隐患类别": "杂项"}


def test_a_listing_with_level_office_and_number() -> None:
    row = one(**{"是否挂牌督办(级别/单位/文号)": "是（市级/某市安委会/渝安委〔2026〕3号）"})
    assert (row.listed, row.listing_level) == (True, ListingLevel.CITY)
    assert (row.listing_office, row.listing_number) == ("某市安委会", "渝安委〔2026〕3号")
    assert read_listing("否") == (False, None, "", "")
    assert read_listing("待研究") is None


def test_credit_codes_are_checked_and_a_failing_one_warns() -> None:
    assert one(统一社会信用代码="９１３５０１００m000100y43").uscc == "91350100M000100Y43"
    failing = one(统一社会信用代码="91350100M000100Y44")
    assert (failing.uscc, len(reasons(failing, "统一社会信用代码"))) == ("91350100M000100Y44", 1)
    short = one(统一社会信用代码="9135")
    assert (short.uscc, kept(short)) == ("", {"统一社会信用代码": "9135"})


def test_rows_that_cannot_be_a_hazard_are_skipped_with_the_reason() -> None:
    reading = made(
        ["序号", "企业名称", "隐患描述", "隐患位置", "整改进展"],
        [1, "甲厂", "漏电", "配电室", "整改中"],
        [2, "", "漏气", "锅炉房", "整改中"],
        [3, "丙厂", "/", "锅炉房", "整改中"],
        [4, "丁厂", None, "锅炉房", "整改中"],
        [5, None, None, None, None],
        [6, "戊厂", "漏水", "锅炉房", "不予认定"],
    )
    assert [row.row for row in reading.rows] == [3]
    assert [(one.row, one.reason) for one in reading.skipped] == [
        (4, "没有企业名称和统一社会信用代码，不知道是谁的隐患"),
        (5, "隐患描述只写了“/”，没有可登记的隐患"),
        (6, "没有隐患描述"),
        (7, "只有序号，没有内容"),
        (8, "写着“不予认定”，不作为隐患登记"),
    ]


def test_the_caller_may_name_the_enterprise_of_rows_that_name_none() -> None:
    reading = made(["序号", "隐患描述"], [1, "漏电"], enterprise_name="䶮镕机械厂")
    assert reading.rows[0].enterprise_name == "䶮镕机械厂"


def test_two_columns_of_one_meaning_keep_both_texts() -> None:
    row = one(发现时间="2026-01-02", 检查时间="2026-01-01", 整改时限="2026-02-01", 治理期限="2026-02-01")
    assert (row.found_on, kept(row)) == (date(2026, 1, 2), {"检查时间": "2026-01-01"})
    assert one(判定依据="甲标准", 违反判定依据具体条款="第三条").basis == "甲标准；第三条"


def test_a_second_sheet_with_records_is_named_and_not_read() -> None:
    book = Workbook()
    for name in ("甲", "乙"):
        page = book.create_sheet(name)
        page.append(["企业名称", "隐患描述"])
        page.append([f"{name}厂", "漏电"])
    reading = read_ledger(saved(book), "台账.xlsx", today=TODAY)
    assert (reading.sheet, [row.enterprise_name for row in reading.rows]) == ("甲", ["甲厂"])
    assert "工作表“乙”也像台账，这次没有读：请单独导入" in [remark.reason for remark in reading.remarks]


def test_a_row_that_stands_twice_is_pointed_out() -> None:
    reading = made(["企业名称", "隐患描述"], ["甲厂", "漏电"], ["甲厂", "漏电"])
    assert reasons(reading.rows[1], "隐患描述") == [
        "与第 3 行是同一条隐患（编号或企业、时间、位置、描述相同），将并为一条"
    ]


def test_the_key_is_the_files_own_number_within_its_enterprise() -> None:
    first = one(隐患编号="X1", 隐患描述="漏电")
    assert merge_key(first) == merge_key(one(隐患编号="x1", 隐患描述="已更正的描述"))
    assert merge_key(first) != merge_key(one(隐患编号="X1", 企业名称="乙厂"))
    assert merge_key(first) != merge_key(one(隐患编号="X2", 隐患描述="漏电"))
    own = one(隐患编号="YH-500112-2026-000123")
    assert merge_key(own) == merge_key(one(隐患编号="YH-500112-2026-000123", 企业名称="改名后的厂"))


def test_without_a_number_the_key_is_made_of_the_facts() -> None:
    row = one(隐患描述="通道堵塞，  未清理。", 隐患位置="1号车间", 发现时间="2026.6.30")
    same = one(隐患描述="通道堵塞,未清理", 隐患位置="1 号车间", 发现时间="20260630", 整改状态="已整改", 序号=9)
    assert merge_key(row) == merge_key(same)
    assert len({merge_key(row), *(merge_key(replace(row, **change)) for change in CHANGES)}) == len(CHANGES) + 1  # type: ignore[arg-type]


CHANGES: tuple[dict[str, object], ...] = (
    {"description": "别的隐患"},
    {"place": "2号车间"},
    {"found_on": date(2026, 7, 1)},
    {"found_on": None},
    {"enterprise_name": "乙厂"},
    {"uscc": "91350100M000100Y43"},
)


def test_a_row_keeps_its_key_when_the_caller_knows_the_enterprise() -> None:
    without, with_code = one(统一社会信用代码="0"), one(统一社会信用代码="91350100M000100Y43")
    code = "91350100M000100Y43"
    assert merge_key(without, enterprise=code) == merge_key(with_code, enterprise=code) == merge_key(with_code)


@pytest.mark.parametrize(
    "hostile",
    ["<script>alert(1)</script>", "'; DROP TABLE hazards; --", "𬭬🚒堃", "x" * 10_000, "{{7*7}}", "-2+3|cmd"],
)
def test_hostile_texts_stay_the_texts_they_are(hostile: str) -> None:
    row = one(隐患描述=hostile, 隐患位置=hostile, 备注=hostile, 整改时限=hostile, 整改资金=hostile)
    assert (row.description, row.place, row.note) == (hostile, hostile, hostile)
    assert (row.deadline, row.cost_fen) == (None, None)
    assert list(kept(row).values()) == [hostile, hostile]
    assert all(len(remark.text) <= 200 for remark in row.remarks)


def test_a_cell_that_looks_like_a_formula_in_a_csv_stays_text() -> None:
    data = "企业名称,隐患描述\n甲厂,=cmd|'/c calc'!A1\n".encode()
    assert read_ledger(data, "a.csv", today=TODAY).rows[0].description == "=cmd|'/c calc'!A1"


def test_control_characters_are_removed_and_remarked() -> None:
    data = "企业名称,隐患描述\n甲厂,通道\x07堵\u202e塞\n".encode()
    row = read_ledger(data, "a.csv", today=TODAY).rows[0]
    assert row.description == "通道堵塞"
    assert reasons(row, "隐患描述") == ["去掉了 2 个看不见的控制字符"]


CELLS = st.one_of(st.text(max_size=30), st.integers(-(10**9), 10**9).map(str), st.just("2026.6.30"), st.just("已销号"))
TITLES = st.sampled_from([title for rule in RULES for title in rule.titles[:2]])


@settings(max_examples=60, deadline=None)
@given(st.lists(TITLES, min_size=1, max_size=8), st.lists(st.lists(CELLS, max_size=10), max_size=6))
def test_any_table_is_read_whole_or_refused(titles: list[str], rows: list[list[str]]) -> None:
    lines = [["序号", "企业名称", "隐患描述", *titles], *rows]
    quoted = (",".join('"' + cell.replace('"', '""') + '"' for cell in line) for line in lines)
    data = "\n".join(quoted).encode("utf-8", "replace")
    try:
        reading = read_ledger(data, "a.csv", today=TODAY)
    except Refusal as refusal:
        reading = None
        sentence = refusal.sentence
    assert reading is None or not {row.row for row in reading.rows} & {one.row for one in reading.skipped}
    assert reading is not None or sentence.endswith("。")

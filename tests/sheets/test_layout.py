"""Where the header, the records and the footer of a sheet stand."""

from __future__ import annotations

from core.sheets import Layout, Synonyms, codes_in, find_layout, open_sheets, title_of_path, unit_of
from core.sheets.header import Path
from core.sheets.layout import REPEATED_REASON, SUM_REASON, TITLE_REASON
from tests.sheets.files import grid, workbook

TABLE = Synonyms(
    {
        "serial": ("序号",),
        "name": ("企业名称", "单位名称"),
        "text": ("隐患描述", "问题"),
        "unit": ("责任单位",),
        "due": ("整改时限",),
        "first_due": ("整改时限(原)",),
        "rechecked": ("复查时间",),
        "note": ("备注",),
    },
    groups=frozenset({"unit"}),
)


def known(path: Path) -> bool:
    return TABLE.meaning(path) is not None


def layout_of(data: bytes) -> Layout:
    layout = find_layout(open_sheets(data, "台账.xlsx")[0], known)
    assert layout is not None
    return layout


def titles(layout: Layout) -> list[str]:
    return [title_of_path(path) for path in layout.header.paths]


def fields(layout: Layout) -> list[str | None]:
    meanings = [TABLE.meaning(path) for path in layout.header.paths]
    return [meaning.field if meaning else None for meaning in meanings]


def test_title_head_lines_records_and_signatures_are_told_apart() -> None:
    layout = layout_of(
        workbook(
            [
                ["附件1：2026年隐患台账"],
                ["填报单位：某区安委办", None, "填报日期：", "2026年11月10日"],
                ["序号", "企业名称", "隐患描述", "备注"],
                [1, "甲厂", "通道堵塞", None],
                [None, None, None, None],
                [2, "乙厂", "无消防水", "/"],
                ["合计", None, 2, None],
                ["审核人：", None, "填表人：张三", None],
            ]
        )
    )
    assert layout.title == "2026年隐患台账"
    assert {line.label: line.value for line in layout.head_lines} == {
        "填报单位": "某区安委办",
        "填报日期": "2026年11月10日",
    }
    assert (layout.header.first_row, layout.header.last_row) == (3, 3)
    assert layout.data_rows == (4, 6)
    assert layout.footer_rows == (7, 8)


def test_a_group_of_merged_cells_is_part_of_the_titles_under_it() -> None:
    layout = layout_of(
        workbook(
            [
                ["隐患问题库", None, None, None, None],
                ["序号", "企业名称", "问题", "责任单位", None],
                [None, None, None, "建设", "施工"],
                [1, "甲厂", "通道堵塞", None, "丙公司"],
            ],
            merges=["A2:A3", "B2:B3", "C2:C3", "D2:E2"],
        )
    )
    assert (layout.header.first_row, layout.header.last_row) == (2, 3)
    assert titles(layout) == ["序号", "企业名称", "问题", "责任单位/建设", "责任单位/施工"]
    assert fields(layout) == ["serial", "name", "text", "unit", "unit"]
    assert layout.data_rows == (4,)


def test_a_group_without_merged_cells_is_found_too() -> None:
    layout = layout_of(
        workbook(
            [
                ["序号", "企业名称", "问题", "整改时限", None, "复查", None],
                [None, None, None, "原", "现", "时间", "人"],
                [1, "甲厂", "通道堵塞", "2026.1.1", None, None, None],
            ]
        )
    )
    assert titles(layout)[3:] == ["整改时限/原", "整改时限/现", "复查/时间", "复查/人"]
    assert fields(layout)[3:] == ["first_due", None, "rechecked", None]
    assert layout.data_rows == (3,)


def test_a_header_of_five_merged_rows() -> None:
    rows: list[list[object]] = [["序号", "企业名称", "隐患描述"], [None] * 3, [None] * 3, [None] * 3, [None] * 3]
    layout = layout_of(workbook([*rows, [1, "甲厂", "漏电"]], merges=["A1:A5", "B1:B5", "C1:C5"]))
    assert (layout.header.first_row, layout.header.last_row, layout.data_rows) == (1, 5, (6,))


def test_a_row_that_counts_the_columns_is_no_record() -> None:
    layout = layout_of(
        workbook(
            [["序号", "企业名称", "隐患描述", "备注"], [1, 2, 3, 4], [1, "甲厂", "漏电", "无"], [2, "乙厂", "漏气", ""]]
        )
    )
    assert layout.data_rows == (3, 4)


def test_sums_headings_and_repeated_headers_between_records_are_set_aside_with_a_reason() -> None:
    head = ["序号", "企业名称", "隐患描述", "备注"]
    layout = layout_of(
        workbook(
            [
                head,
                ["一、消防"],
                [1, "甲厂", "漏电", ""],
                ["小计", None, 1, None],
                head,
                [2, "乙厂", "漏气", ""],
                ["合计", "", 2, ""],
            ]
        )
    )
    assert layout.data_rows == (3, 6)
    assert [(aside.row, aside.reason) for aside in layout.asides] == [
        (2, TITLE_REASON),
        (4, SUM_REASON),
        (5, REPEATED_REASON),
    ]
    assert layout.footer_rows == (7,)


def test_every_row_with_content_below_the_header_is_in_exactly_one_place() -> None:
    made = grid(
        ["序号", "企业名称", "隐患描述"],
        [1, "甲厂", "漏电"],
        ["合计", None, 1],
        [None, None, "只有描述"],
        ["一、标题", None, None],
        [None, None, None],
        ["填写要求：如实填写", None, None],
    )
    layout = find_layout(made, known)
    assert layout is not None
    places = [*layout.data_rows, *(aside.row for aside in layout.asides), *layout.footer_rows]
    assert sorted(places) == [2, 3, 4, 5, 7]


def test_a_merged_cell_means_same_as_above_and_a_blank_one_does_not() -> None:
    data = workbook(
        [["序号", "企业名称", "隐患描述"], [1, "甲厂", "漏电"], [2, None, "漏气"], [3, None, "漏水"]], merges=["B2:B3"]
    )
    made = open_sheets(data, "a.xlsx")[0]
    assert [made.same_as_above(row, 2) for row in (2, 3, 4)] == ["甲厂", "甲厂", None]


def test_a_cell_merged_to_the_right_does_not_fill_other_columns() -> None:
    made = open_sheets(workbook([["a", "b"], ["甲厂", None]], merges=["A2:B2"]), "a.xlsx")[0]
    assert made.same_as_above(2, 1) == "甲厂"
    assert made.same_as_above(2, 2) is None
    assert made.shown(2, 2) == "甲厂"


def test_a_form_of_names_and_answers_is_no_table() -> None:
    assert (
        find_layout(grid(["单位名称", "甲厂", "备注", "无"], ["隐患描述", "漏电", "整改时限", "立即"]), known) is None
    )


def test_titles_are_known_by_synonyms_units_brackets_and_stars() -> None:
    assert [
        TABLE.meaning((title,)) is not None for title in ("*企业名称：", "3.单位名称", "企业名称（全称）", "名称")
    ] == [*(True, True, True, False)]
    assert unit_of(("整改资金（万元）",)) == "万元"
    assert unit_of(("整改资金",)) == ""


def test_codes_written_into_a_title() -> None:
    assert codes_in("隐患等级（1：一般隐患 2：重大隐患）") == {"1": "一般隐患", "2": "重大隐患"}
    assert codes_in("信息来源：1-企业自查 2-监管检查") == {"1": "企业自查", "2": "监管检查"}
    assert codes_in("整改资金（1：元）") == {}

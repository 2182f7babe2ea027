"""Official letters measured on the finished PDF: positions, sizes and spacing of GB/T 9704-2012, within half a mm."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from notices.fonts import FontBook
from notices.parts.official import ADVANCE, PITCH
from notices.rendering import render
from notices.snapshots import AnnexSnapshot, VerificationSnapshot
from tests.notices.measuring import MM, Row, dark_rows, picture, red_rows, row_with, rows_of, rules_of
from tests.notices.papers import LETTER_BODY, items, letter
from workflows.notices import NoticeKind

LINE = PITCH / MM  # 10.23
CHARACTER = ADVANCE / MM  # 5.57
HALF = (LINE - 16 / MM) / 2  # free above and below a square of 16 points in its line
TEXT_TOP, TEXT_BOTTOM, TEXT_LEFT, TEXT_RIGHT = 37, 262, 28, 184
FILE = letter(NoticeKind.LISTING)
LETTER = letter(NoticeKind.LETTER, title="督办函")
HAN = "隐患排查治理整改销号挂牌督办通知"


def close(value: float) -> object:
    """Within half a millimetre."""
    return pytest.approx(value, abs=0.5)


@pytest.fixture(scope="module")
def file_rows(fonts: FontBook) -> list[list[Row]]:
    return rows_of(render(FILE, fonts))


@pytest.fixture(scope="module")
def red_file(fonts: FontBook, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[float, float]]:
    """The bands of red ink: the name and the rule."""
    return red_rows(picture(render(FILE, fonts), tmp_path_factory.mktemp("file")))


@pytest.fixture(scope="module")
def red_letter(fonts: FontBook, tmp_path_factory: pytest.TempPathFactory) -> list[tuple[float, float]]:
    """The bands of red ink: the name and two double rules."""
    return red_rows(picture(render(LETTER, fonts), tmp_path_factory.mktemp("letter")))


@pytest.fixture(scope="module")
def letter_rows(fonts: FontBook) -> list[list[Row]]:
    return rows_of(render(LETTER, fonts))


def test_the_red_name_of_a_file_begins_35_mm_below_the_text_area(red_file: list[tuple[float, float]]) -> None:
    assert len(red_file) == 2, "the name and one rule"
    assert red_file[0][0] == close(TEXT_TOP + 35)


def test_the_number_stands_in_the_middle_two_lines_below_the_name(
    red_file: list[tuple[float, float]], file_rows: list[list[Row]]
) -> None:
    name = red_file[0]
    number = row_with(file_rows[0], "綦安办督〔2026〕17号")
    assert number.size == 16
    assert (number.left + number.right) / 2 == close((TEXT_LEFT + TEXT_RIGHT) / 2)
    assert number.top - HALF == close(name[1] + 2 * LINE)


def test_a_red_rule_of_the_texts_width_lies_4_mm_below_the_number(
    fonts: FontBook, red_file: list[tuple[float, float]], file_rows: list[list[Row]]
) -> None:
    left, right, _, _ = rules_of(render(FILE, fonts))[0]
    rule = red_file[1]
    assert (left, right) == (close(TEXT_LEFT), close(TEXT_RIGHT))
    assert rule[0] == close(row_with(file_rows[0], "〔2026〕").bottom + 4)


def test_the_title_stands_in_the_middle_two_lines_below_the_rule(fonts: FontBook, file_rows: list[list[Row]]) -> None:
    title = row_with(file_rows[0], "重大事故隐患挂牌督办通知书")
    rule = rules_of(render(FILE, fonts))[0][2]
    assert title.size == 22
    assert (title.left + title.right) / 2 == close((TEXT_LEFT + TEXT_RIGHT) / 2)
    assert title.top - (33 - 22) / 2 / MM == close(rule + 2 * LINE)


def test_the_addressee_stands_flush_left_a_line_below_the_title_and_ends_with_a_wide_colon(
    file_rows: list[list[Row]],
) -> None:
    title, first = row_with(file_rows[0], "通知书"), row_with(file_rows[0], "綦江区应急管理局、")
    assert first.left == close(TEXT_LEFT)
    assert first.top - HALF == close(title.bottom + (33 - 22) / 2 / MM + LINE)
    assert row_with(file_rows[0], "限责任公司").text.endswith("：")


def test_lines_follow_one_another_by_29_points_and_paragraphs_begin_two_characters_in(
    file_rows: list[list[Row]],
) -> None:
    body = [row for row in file_rows[0] if row.size == 16 and row.top > 155]
    gaps = [after.top - before.top for before, after in pairwise(body)]
    assert all(gap == pytest.approx(LINE, abs=0.05) for gap in gaps)
    assert 28 <= LINE * MM <= 29
    assert row_with(body, "2026年11月18日，").left == close(TEXT_LEFT + 2 * CHARACTER)
    assert row_with(body, "（一）立即").left == close(TEXT_LEFT + 2 * CHARACTER)


def test_a_page_holds_22_lines_of_28_characters(fonts: FontBook) -> None:
    pages = rows_of(render(replace(FILE, body=HAN * 120), fonts))
    middle = [row for row in pages[1] if row.size == 16]
    assert len(middle) == 22
    assert {len(row.text) for row in middle} == {28}
    assert middle[0].top - HALF == close(TEXT_TOP)
    assert middle[-1].bottom + HALF == close(TEXT_BOTTOM)
    for row in middle:
        assert (row.left, row.right) == (close(TEXT_LEFT), close(TEXT_RIGHT))
    steps = {round(b["x0"] - a["x0"], 2) for a, b in pairwise(middle[3].chars)}
    assert steps == {round(ADVANCE, 2)}


def test_headings_stand_in_their_fonts(file_rows: list[list[Row]], fonts: FontBook) -> None:
    fonts_of = {row.text[:2]: {char["fontname"][7:] for char in row.chars} for row in file_rows[0]}
    assert fonts_of["一、"] == {"NotoSansSC-Regular"}
    assert fonts_of["（一"] == {"NotoSerifSC-Regular"}


def test_the_date_ends_four_characters_from_the_right_and_the_office_stands_over_its_middle(fonts: FontBook) -> None:
    rows = rows_of(render(replace(FILE, signers=("綦江区安委办",)), fonts))[-1]
    date, office = row_with(rows, "2026年11月21日"), row_with(rows, "綦江区安委办")
    assert date.right == close(TEXT_RIGHT - 4 * CHARACTER)
    assert (office.left + office.right) / 2 == close((date.left + date.right) / 2)
    assert date.top - office.top == close(LINE)


def test_a_long_office_ends_at_the_edge_with_the_date_below_its_middle(file_rows: list[list[Row]]) -> None:
    office, date = row_with(file_rows[-1], "委员会办公室"), row_with(file_rows[-1], "2026年11月21日")
    assert office.right <= TEXT_RIGHT + 0.5
    assert (office.left + office.right) / 2 == close((date.left + date.right) / 2)


def test_a_seal_of_42_mm_over_office_and_date_stays_within_a_line_of_the_text(file_rows: list[list[Row]]) -> None:
    last, office = row_with(file_rows[-1], "特此通知"), row_with(file_rows[-1], "委员会办公室")
    date = row_with(file_rows[-1], "2026年11月21日")
    seal_top = (office.top + date.bottom) / 2 - 42 * 0.6  # office and date a little below the seal's middle
    assert last.bottom - 1 < seal_top < last.bottom + LINE


def test_three_offices_stand_side_by_side_with_room_for_their_seals(fonts: FontBook) -> None:
    names = ("区应急局", "区住建委", "区交通局")
    rows = rows_of(render(replace(FILE, signers=names), fonts))[-1]
    row = row_with(rows, "区应急局")
    assert row.text == "".join(names)
    starts = [row.chars[row.text.index(name)]["x0"] / MM for name in names]
    assert all(b - a >= 42 for a, b in pairwise(starts))
    date = row_with(rows, "2026年11月21日")
    last = (starts[-1] + row.right) / 2
    assert last == close((date.left + date.right) / 2)


def test_the_imprint_ends_at_the_text_areas_lower_edge_between_its_rules(fonts: FontBook) -> None:
    document = render(FILE, fonts)
    rules = rules_of(document, page=1)
    assert [round(weight, 2) for *_, weight in rules] == [0.35, 0.25, 0.35]
    assert rules[-1][2] == close(TEXT_BOTTOM)
    assert all((left, right) == (close(TEXT_LEFT), close(TEXT_RIGHT)) for left, right, _, _ in rules)
    rows = rows_of(document)[-1]
    copies, printed = row_with(rows, "抄送："), row_with(rows, "印发")
    assert copies.size == printed.size == 14
    assert copies.text.endswith("。")
    assert copies.left == close(TEXT_LEFT + 14 / MM)
    assert (printed.left, printed.right) == (close(TEXT_LEFT + 14 / MM), close(TEXT_RIGHT - 14 / MM))
    assert rules[0][2] < copies.top < rules[1][2] < printed.top < rules[2][2]


def test_page_numbers_stand_7_mm_below_the_text_outside_right_then_left(
    fonts: FontBook, tmp_path: Path, file_rows: list[list[Row]]
) -> None:
    odd, even = row_with(file_rows[0], "— 1 —"), row_with(file_rows[1], "— 2 —")
    assert odd.size == even.size == 14
    assert odd.right == close(TEXT_RIGHT - 14 / MM)
    assert even.left == close(TEXT_LEFT + 14 / MM)
    dash = dark_rows(picture(render(FILE, fonts), tmp_path), odd.left, odd.left + 14 / MM - 1)[-1]
    assert sum(dash) / 2 == close(TEXT_BOTTOM + 7)


def test_the_check_stands_on_the_last_page_inside_the_text_area_and_above_the_imprint(
    fonts: FontBook, file_rows: list[list[Row]]
) -> None:
    assert not [row for row in file_rows[0] if "核验码" in row.text]
    rules = rules_of(render(FILE, fonts), page=1)
    for words in ("核验码：K7QM-3TZP", "内容摘要：5d3e1c7f", "存证锚点：第 1024 号", "《电子签名法》第十三条"):
        assert TEXT_TOP < row_with(file_rows[-1], words).top < rules[0][2]
    without = rules_of(render(replace(FILE, verification=replace(FILE.verification, code="", url="")), fonts), page=1)
    assert without == rules, "the imprint's lines do not move for it"


# --- 信函格式 (10.1) ---------------------------------------------------------------------------------------------


def test_the_name_of_a_letter_begins_30_mm_below_the_pages_edge_above_a_double_rule(
    fonts: FontBook, red_letter: list[tuple[float, float]]
) -> None:
    name, upper, lower, *last = red_letter
    assert name[0] == close(30)
    assert upper[0] == close(name[1] + 4)
    assert upper[1] - upper[0] > lower[1] - lower[0], "thick above thin"
    assert last[0][1] - last[0][0] < last[1][1] - last[1][0], "thin above thick"
    assert last[1][1] == close(297 - 20)
    for left, right, _, _ in rules_of(render(LETTER, fonts)):
        assert (left, right) == (close(20), close(190)), "170 mm, in the middle"


def test_the_number_of_a_letter_ends_at_the_right_edge_below_the_rule(
    red_letter: list[tuple[float, float]], letter_rows: list[list[Row]]
) -> None:
    lower = red_letter[2]
    number = row_with(letter_rows[0], "綦安办督〔2026〕17号")
    assert number.right == close(TEXT_RIGHT)
    assert number.top == close(lower[1] + 16 * 7 / 8 / MM)
    title = row_with(letter_rows[0], "督办函")
    assert title.top - (33 - 22) / 2 / MM == close(number.bottom + HALF + 2 * LINE)


def test_a_letters_first_page_bears_no_number_and_the_next_one_does(letter_rows: list[list[Row]]) -> None:
    assert not [row for row in letter_rows[0] if row.text.startswith("—")]
    assert row_with(letter_rows[1], "— 2 —").left == close(TEXT_LEFT + 14 / MM)


def test_the_imprint_of_a_letter_has_neither_rules_nor_printer(fonts: FontBook) -> None:
    document = render(LETTER, fonts)
    rows = rows_of(document)[-1]
    assert row_with(rows, "抄送：").bottom == close(TEXT_BOTTOM - (25 - 14) / 2 / MM)
    assert not [row for row in rows if row.text.endswith("印发")]
    assert rules_of(document, page=1) == []


# --- 附件 -------------------------------------------------------------------------------------------------------


def test_annexes_are_listed_a_line_below_the_text_and_their_names_stand_below_one_another(fonts: FontBook) -> None:
    annexes = (AnnexSnapshot("整改责任清单", text="内容"), AnnexSnapshot("整改要求" * 8, text="内容"))
    bare = replace(LETTER, copies=(), printed_by="", verification=VerificationSnapshot())
    rows = rows_of(render(replace(bare, body="请按要求整改。", annexes=annexes), fonts))[0]
    last, note = row_with(rows, "特此通知"), row_with(rows, "附件：1.")
    assert note.text == "附件：1.整改责任清单"
    assert note.left == close(TEXT_LEFT + 2 * CHARACTER)
    assert note.top == close(last.top + 2 * LINE)
    second, wrapped = [row for row in rows if "整改要求" in row.text][:2]
    assert second.left == close(note.chars[3]["x0"] / MM), "2. below 1."
    name = next(char["x0"] / MM for char in second.chars if char["text"] == "整")
    assert name == close(next(char["x0"] / MM for char in note.chars if char["text"] == "整"))
    assert wrapped.left == close(name)


def test_each_annex_begins_a_page_with_its_mark_and_its_title_on_the_third_line(fonts: FontBook) -> None:
    pages = rows_of(render(replace(FILE, annexes=(AnnexSnapshot("整改责任清单", text=LETTER_BODY),)), fonts))
    first = next(rows for rows in pages if rows[0].text == "附件")
    mark, title = first[0], first[1]
    assert mark.left == close(TEXT_LEFT)
    assert {char["fontname"][7:] for char in mark.chars} == {"NotoSansSC-Regular"}
    assert mark.top - HALF == close(TEXT_TOP)
    assert (title.text, title.size) == ("整改责任清单", 22)
    assert title.top - (33 - 22) / 2 / MM == close(TEXT_TOP + 2 * LINE)
    assert row_with(pages[-1], "抄送：")


def test_items_of_a_letter_become_its_annex_whose_head_stands_on_every_page(fonts: FontBook) -> None:
    document = render(letter(NoticeKind.BULLETIN, items=items(60), items_shown=True), fonts)
    pages = rows_of(document)
    listed = [rows for rows in pages if any(row.text.startswith("序号") for row in rows)]
    assert len(listed) >= 4
    text = "".join(row.text for rows in pages for row in rows)
    assert "附件：事故隐患清单" in text
    assert all(f"第{number}号储罐区" in text for number in range(1, 61))

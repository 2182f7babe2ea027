"""The language of notice texts: what it says, what it refuses, and that nothing gets out of bounds."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notices.texts import Fault, TemplateRefused, check, fill, fill_parts, lists_items, parse
from notices.texts.examples import blank_values, example_values
from notices.texts.filling import MOST_RESULT, MOST_TEXT
from workflows.notices import NoticeKind

KIND = NoticeKind.LETTER


def said(text: str) -> list[tuple[int, str]]:
    """The faults of a text as pairs."""
    return [(fault.line, fault.sentence) for fault in check(text, KIND)]


def test_values_take_the_places_of_names() -> None:
    assert fill("{{ 企业 }}共 {{ 项数 }} 项。", {"企业": "镕堃䶮𬭬公司", "项数": 3}) == "镕堃䶮𬭬公司共 3 项。"


def test_days_moments_and_answers_read_as_on_paper() -> None:
    values = {"日": date(2026, 3, 5), "时": datetime(2026, 3, 4, 22, 5, tzinfo=UTC), "否": False, "空": None}
    assert fill("{{ 日 }}|{{ 时 }}|{{ 时|日期 }}|{{ 否 }}|{{ 空 }}", values) == (
        "2026年3月5日|2026年3月5日6时05分|2026年3月5日|否|"
    )


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "零"),
        (1, "一"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (105, "一百零五"),
        (110, "一百一十"),
        (1001, "一千零一"),
    ],
)
def test_a_number_may_be_written_in_chinese(number: int, words: str) -> None:
    assert fill("共{{ 项数|汉字 }}项", {"项数": number}) == f"共{words}项"


def test_conditions_choose_between_texts() -> None:
    text = '{% if 意见 == "同意" and not 期限 %}甲{% elif 意见 != "同意" or 期限 %}乙{% else %}丙{% endif %}'
    assert [fill(text, {"意见": said, "期限": ""}) for said in ("同意", "不同意")] == ["甲", "乙"]


def test_a_loop_goes_through_the_hazards() -> None:
    text = "{% for 项 in 隐患 %}\n{{ 项.序号 }}. {{ 项.描述 }}；\n{% endfor %}"
    items = [{"序号": 1, "描述": "积水。"}, {"序号": 2, "描述": "失效"}]
    assert fill(text, {"隐患": items}) == "1. 积水；\n2. 失效；"
    assert lists_items(parse(text))
    assert not lists_items(parse("经查："))


def test_punctuation_of_a_value_and_of_the_text_never_meet() -> None:
    values = {"要求": "立即停用；", "事由": "逾期未改。", "无": ""}
    assert (
        fill("{{ 要求 }}。\n{{ 事由 }}（附后）。\n甲，{{ 无 }}，乙。", values)
        == "立即停用。\n逾期未改（附后）。\n甲，乙。"
    )


def test_lines_that_became_empty_vanish() -> None:
    assert fill("甲\n\n{% if 无 %}\n乙\n{% endif %}\n{{ 无 }}。\n　　丙  ", {"无": ""}) == "甲\n丙"


def test_marks_inside_a_value_stay_words() -> None:
    assert fill("{{ 企业 }}", {"企业": "{{ 文号 }}{% for %}[结语]"}) == "{{ 文号 }}{% for %}[结语]"


def test_a_text_has_three_parts() -> None:
    parts = parse("甲\n[正文]\n乙\n[结语]\n丙\n［附注］\n丁\n")
    assert (parts.body, parts.closing, parts.note) == ("甲\n乙", "丙", "丁")


# --- faults ----------------------------------------------------------------------------------------------------


def test_an_unknown_name_is_told_with_the_nearest_known_one() -> None:
    assert said("甲\n{{ 企业名称 }}") == [(2, "没有「企业名称」这个名称。是不是「企业」？")]
    assert said("{% for 项 in 隐患 %}{{ 项.隐患描述 }}{% endfor %}") == [
        (1, "没有「项.隐患描述」这个名称。是不是「项.描述」？")
    ]


def test_lines_are_counted_in_the_whole_text() -> None:
    assert [line for line, _ in said("[正文]\n甲\n[结语]\n{{ 乙 }}\n\n[附注]\n{{ 丙 }}")] == [4, 7]


@pytest.mark.parametrize(
    ("text", "line", "part"),
    [
        ("甲\n{{ 企业 }", 2, "看不懂"),
        ("{{ }}", 1, "空的"),
        ("甲\n{% if 企业 %}乙", 2, "没有对应的 {% endif %}"),
        ("甲{% endif %}", 1, "前面没有与它对应的 {% if %}"),
        ("{% for 项 in 隐患 %}{% endif %}", 1, "没有与它对应的 {% if %}"),
        ("甲\n{ 企业 }", 2, "单独的「{」"),
        ("｛｛ 企业 ｝｝", 1, "单独的「｛」"),
        ("{% if 文号 == “甲” %}乙{% endif %}", 1, "全角符号「“」"),
        ("{# 注 #}", 1, "不能写 {# … #}"),
        ("{% raw %}{% endraw %}", 1, "不能写"),
        ("{% set 甲 = 1 %}", 1, "不能用"),
        ("{% include '甲' %}", 1, "不能用 {% include %}"),
        ("{{ 企业|upper }}", 1, "没有「upper」这种格式。可以用的是日期、汉字。"),
        ("{{ 企业|日期(1) }}", 1, "格式只写名字"),
        ("{{ 企业.__class__ }}", 1, "只有「项」后面能加点"),
        ("{% for 项 in 隐患 %}{{ 项.__class__ }}{% endfor %}", 1, "没有「项.__class__」"),
        ("{{ 项.描述 }}", 1, "只能用在循环里"),
        ("{{ 隐患 }}", 1, "是清单"),
        ("{% for 项 in 隐患 %}{{ 项 }}{% endfor %}", 1, "写明哪一栏"),
        ("{% for 甲 in 隐患 %}{% endfor %}", 1, "循环只能写成"),
        ("{% for 项 in 企业 %}{% endfor %}", 1, "循环只能写成"),
        ("{% for 项 in 隐患 %}{% for 项 in 隐患 %}{% endfor %}{% endfor %}", 1, "不能套循环"),
        ("{% for 项 in 隐患 recursive %}{% endfor %}", 1, "循环只能写成"),
        ("{{ loop }}", 1, "没有「loop」"),
        ("{{ range(9) }}", 1, "这里的写法不能用"),
        ("{{ 'a' * 9 }}", 1, "不能用「*」"),
        ("{{ 项数 ** 9 }}", 1, "不能用「**」"),
        ("{{ 项数[0] }}", 1, "不能用「[」"),
        ("{% if 项数 == 1 == 1 %}甲{% endif %}", 1, "比较只能用一个"),
        ("{{ '甲' }}", 1, "这里的写法不能用"),
        ("甲\n[标题]\n乙", 2, "没有 [标题] 这一部分"),
        ("[结语]\n甲\n[结语]\n乙", 3, "在第 1 行已经有了"),
        ("甲\x07", 1, "控制字符"),
        ("{% if 企业 %}" * 5 + "甲" + "{% endif %}" * 5, 1, "最多套 4 层"),
        ("{{ " + "(" * 9 + "企业" + ")" * 9 + " }}", 1, "括号最多套 4 层"),
        ("{{ 企业 }}" * 401, 1, "标记有 401 处"),
        ("{% if " + "not " * 60 + "企业 %}甲{% endif %}", 1, "最多 40 个词"),
        ("甲" * (MOST_TEXT + 1), 1, "请精简"),
        ("", 1, "填好后是空的"),
        ("[结语]\n{% if 抄送 %}甲{% endif %}", 1, "填好后是空的"),
    ],
)
def test_a_fault_says_where_and_what_to_do(text: str, line: int, part: str) -> None:
    found = said(text)
    assert any(at == line and part in sentence for at, sentence in found), found


def test_sentences_of_faults_end_and_hold_no_english_error() -> None:
    found = said("{{ 企业名称 }}\n{% if %}\n{ \n{% endfor %}\n{{ 1 }}\n[页脚]")
    assert found
    assert all(sentence.endswith(("。", "？")) and "expected" not in sentence for _line, sentence in found)


def test_an_old_text_that_no_longer_fits_is_refused_in_words() -> None:
    with pytest.raises(TemplateRefused) as refused:
        fill("{{ 已撤的名称 }}", {"企业": "甲"})
    assert refused.value.sentence == (
        "文书模板不能用。这份文书没有「已撤的名称」这一项。请在「文书模板」中改正，或恢复为系统文字。"
    )


@pytest.mark.parametrize(
    "text", ["{{ 企业.__class__ }}", "{% for 项 in 隐患 %}", "{{ cycler }}", "甲" * (MOST_TEXT + 1)]
)
def test_a_text_never_checked_is_refused_when_it_is_filled(text: str) -> None:
    with pytest.raises(TemplateRefused):
        fill(text, example_values(KIND))


def test_a_text_that_grows_beyond_its_bound_is_refused() -> None:
    text = "{% for 项 in 隐患 %}" + "{{ 项.描述 }}" * 300 + "{% endfor %}"
    items = [{"描述": "甲" * 2000}] * 500
    with pytest.raises(TemplateRefused, match=str(MOST_RESULT)):
        fill(text, {"隐患": items})


# --- any text --------------------------------------------------------------------------------------------------

_MARKS = st.sampled_from(
    [
        "{{",
        "}}",
        "{%",
        "%}",
        "{#",
        "#}",
        "if",
        "elif",
        "else",
        "endif",
        "for",
        "endfor",
        "in",
        "and",
        "or",
        "not",
        "==",
        "!=",
        "|",
        ".",
        "(",
        ")",
        "[",
        "]",
        "'",
        '"',
        "~",
        "+",
        "*",
        "set",
        "macro",
        "raw",
        "loop",
        "True",
        "None",
        "1",
        "9.5",
        "企业",
        "隐患",
        "项",
        "项.描述",
        "项数",
        "日期",
        "汉字",
        "__class__",
        "[正文]",
        "[结语]",
        "\n",
        "，。",
        "甲",
        "｛",
        "“",
    ]
)
_TEXTS = st.one_of(
    st.text(max_size=200),
    st.lists(_MARKS, max_size=40).map(" ".join),
    st.lists(
        st.sampled_from(["{{ 企业 }}", "{% if 抄送 %}", "{% else %}", "{% endif %}", "甲。", "\n"]), max_size=30
    ).map("".join),
)


@settings(max_examples=400, deadline=None)
@given(text=_TEXTS)
def test_any_text_is_refused_with_a_fault_or_fills_within_bounds(text: str) -> None:
    found = check(text, KIND)
    assert all(
        isinstance(fault, Fault) and 1 <= fault.line <= text.count("\n") + text.count("\r") + 1 for fault in found
    )
    if found:
        return
    for values in (example_values(KIND), blank_values(KIND)):
        filled = fill_parts(parse(text), values)
        assert len(filled.body) + len(filled.closing) + len(filled.note) <= 3 * MOST_RESULT
        assert "{{" not in filled.body


@settings(max_examples=150, deadline=None)
@given(
    value=st.text(max_size=200),
    text=st.sampled_from(["{{ 企业 }}", "甲{{ 企业 }}。", "{% if 企业 %}{{ 企业 }}{% endif %}"]),
)
def test_any_value_is_only_a_value(value: str, text: str) -> None:
    filled = fill(text, {"企业": value})
    assert len(filled) <= len(value) + 2

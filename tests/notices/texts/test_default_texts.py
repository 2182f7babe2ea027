"""The texts that come with the product: every kind's fits it, reads whole, and names only what the paper knows."""

from __future__ import annotations

import re

import pytest

from notices.texts import check, default_text, fill_parts, has_text, names_for, parse
from notices.texts.defaults import SOURCE
from notices.texts.examples import ENTERPRISE, blank_values, example_values
from workflows.notices import NOTICES, NoticeKind

KINDS = [kind for kind in NoticeKind if has_text(kind)]
DOUBLED = re.compile(r"[。；，、：]{2}|（）|\(\)|「」|“”| $|，。|[（“]，")
APPEALED = (NoticeKind.ORDER, NoticeKind.MEASURE_DECISION)


def test_every_text_belongs_to_a_kind_and_every_kind_with_text_has_one() -> None:
    assert {path.stem for path in SOURCE.glob("*")} == {kind.value for kind in KINDS}


def test_every_field_and_name_can_be_written_in_a_text() -> None:
    for kind in NoticeKind:
        names = [name.name for name in names_for(kind)]
        assert all(re.fullmatch("[㐀-鿿]{1,20}", name) for name in names)
        assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", KINDS)
def test_a_default_text_has_no_fault(kind: NoticeKind) -> None:
    assert check(default_text(kind), kind) == ()


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("values", [example_values, blank_values])
def test_a_filled_default_text_has_no_hole_and_no_double_punctuation(kind: NoticeKind, values: object) -> None:
    filled = fill_parts(parse(default_text(kind)), values(kind))  # type: ignore[operator]
    whole = "\n".join((filled.body, filled.closing, filled.note))
    assert "〓" not in whole
    assert "None" not in whole
    assert not DOUBLED.search(whole), DOUBLED.search(whole)
    assert "\n\n" not in filled.body
    assert filled.body.endswith(("。", "：", "〕")) or kind is NoticeKind.INTERVIEW


@pytest.mark.parametrize("kind", KINDS)
def test_every_needed_field_of_a_kind_stands_in_its_text_or_on_its_form(kind: NoticeKind) -> None:
    """A field the text passes over is shown elsewhere on the paper: in the head, in facts, or in a form's sections."""
    elsewhere = {
        "检查场所",
        "检查开始时间",
        "检查结束时间",
        "被检查单位现场负责人",
        "主送单位",
        "受移送单位",
        "申请延期至",
        "延期理由",
        "延期期间的管控措施",
        "治理的目标和任务",
    }
    unnamed = {field.label for field in NOTICES[kind].fields if field.needed and field.label not in default_text(kind)}
    assert unnamed <= elsewhere


@pytest.mark.parametrize("kind", APPEALED)
def test_the_appeal_names_government_and_court_with_the_laws_terms(kind: NoticeKind) -> None:
    closing = fill_parts(parse(default_text(kind)), example_values(kind)).closing
    assert "可在收到之日起六十日内向示例区人民政府申请行政复议" in closing
    assert "或者在六个月内依法向示例区人民法院提起行政诉讼" in closing
    assert "复议、诉讼期间不停止执行，法律另有规定的除外。" in closing


def test_a_reinspection_passes_some_items_and_leaves_others_open() -> None:
    values = example_values(NoticeKind.REINSPECTION) | {"通过项": "1、3", "未通过项": "2"}
    closing = fill_parts(parse(default_text(NoticeKind.REINSPECTION)), values).closing
    assert closing.startswith("上述第1、3项复查合格，第2项复查不合格。\n对复查不合格的事项，")


def test_a_refused_extension_says_so() -> None:
    values = example_values(NoticeKind.EXTENSION_DECISION) | {"审批意见": "不同意延期"}
    filled = fill_parts(parse(default_text(NoticeKind.EXTENSION_DECISION)), values)
    assert "不同意延期，你单位应当按原整改期限2026年12月10日完成整改。" in filled.body
    assert filled.closing == "逾期未完成整改的，将依法处理。"


def test_a_letter_about_one_overdue_hazard_says_how_long() -> None:
    values = blank_values(NoticeKind.LETTER) | {"逾期天数": 12}
    assert (
        "截至2026年11月22日，已逾期 12 天，仍未完成整改。"
        in fill_parts(parse(default_text(NoticeKind.LETTER)), values).body
    )


def test_an_answer_to_a_complaint_names_nobody() -> None:
    filled = fill_parts(parse(default_text(NoticeKind.COMPLAINT_ANSWER)), example_values(NoticeKind.COMPLAINT_ANSWER))
    assert ENTERPRISE not in filled.body + filled.closing

"""Telephone and identity numbers outside their columns are hidden wherever they would go on; nothing else is."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.uscc import check_character
from hazards.ledger import Field, read_ledger
from hazards.ledger.personal import IDENTITY, PHONE, is_identity, mask_personal
from tests.hazards.ledgers import TODAY, kept, one, reasons
from tests.sheets.files import workbook

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def identity(body: str) -> str:
    """An identity number with its check digit: of nobody."""
    return body + "10X98765432"[sum(int(a) * b for a, b in zip(body, WEIGHTS, strict=True)) % 11]


NOBODY = identity("50011219800101001")


@pytest.mark.parametrize(
    ("text", "masked", "kind"),
    [
        ("联系张三13812345678", "联系张三138****5678", PHONE),
        ("电话 138-1234-5678。", "电话 138****5678。", PHONE),
        ("+86 138 1234 5678", "138****5678", PHONE),
        ("１３８１２３４５６７８", "138****5678", PHONE),
        ("手机号13812345678", "手机号138****5678", PHONE),
        ("值班023-67891234转8", "值班023-****1234转8", PHONE),
        ("(023)67891234", "023-****1234", PHONE),
        ("0831-7891234", "0831-***1234", PHONE),
        ("电话：67891234", "电话：****1234", PHONE),
        (f"身份证{NOBODY}，男", f"身份证{NOBODY[:6]}**********{NOBODY[-2:]}，男", IDENTITY),
        ("500112800101123", "500112*******23", IDENTITY),
    ],
)
def test_numbers_of_persons_are_hidden(text: str, masked: str, kind: str) -> None:
    assert mask_personal(text) == (masked, (kind,))


@pytest.mark.parametrize(
    "text",
    [
        "91350100M000100Y43",
        "91110000101623741K",
        "11500241009138858T",
        "渝安委〔2026〕3号",
        "（渝）应急责改〔2026〕13812345678号",
        "文书编号：13812345678",
        "YH-500112-2026-000123",
        "20260630",
        "2026-06-30 10:00:00",
        "20240122100100",
        "2026年6月30日至2026年7月30日",
        "106.13812345678",
        "13812345678元",
        "12350",
        "举报电话12345",
        "GB 45067-2024 4.1 a)",
        "整改资金 20,000 元",
        "500112260110001",
        NOBODY[:-1] + ("0" if NOBODY[-1] != "0" else "1"),
    ],
)
def test_numbers_of_things_stay(text: str) -> None:
    assert mask_personal(text) == (text, ())


def test_a_credit_code_that_happens_to_be_built_like_an_identity_number_stays() -> None:
    bodies = (f"11500119800101{order:03d}" for order in range(1_000))
    both = [code for body in bodies if (code := identity(body)) == body + check_character(body)]
    assert both
    assert not any(is_identity(code) for code in both)
    assert one(统一社会信用代码=both[0]).uscc == both[0]


def test_every_text_of_a_row_is_masked_and_remarked() -> None:
    told = f"张三13812345678，身份证{NOBODY}"
    titles = ["隐患位置", "隐患描述", "整改措施", "检查人", "整改时限", "整改资金", "隐患类别", "备注", "别的一列"]
    data = workbook([["企业名称", *titles], ["甲厂", *[told] * len(titles)]])
    reading = read_ledger(data, "a.xlsx", today=TODAY)
    (row,) = reading.rows
    assert "13812345678" not in str(reading)
    assert NOBODY not in str(reading)
    assert row.description == f"张三138****5678，身份证{NOBODY[:6]}**********{NOBODY[-2:]}"
    flagged = {remark.column for remark in row.remarks if "已遮盖" in remark.reason}
    assert flagged == set(titles)
    assert reasons(row, "备注")[0] == "里面有电话号码和身份证号码：已遮盖，原文只留在原件里"


def test_the_column_of_telephone_numbers_keeps_them() -> None:
    row = one(联系电话="13812345678", 备注="13812345678")
    assert (row.phone, row.note) == ("13812345678", "138****5678")
    assert [remark.field for remark in row.remarks if "遮盖" in remark.reason] == [Field.NOTE]
    assert one(联系电话=f"13812345678 {NOBODY}").phone.endswith("**" + NOBODY[-2:])


def test_a_number_that_a_cell_holds_as_a_number_is_hidden_too() -> None:
    row = one(备注=13812345678, 整改资金=13812345678, 整改时限=13812345678)
    assert (row.note, row.cost_fen, row.deadline) == ("138****5678", None, None)
    assert kept(row) == {"整改资金": "138****5678", "整改时限": "138****5678"}


def test_the_head_and_the_foot_of_a_ledger_are_masked() -> None:
    rows = [
        ["填报单位：某区安委办 13812345678"],
        ["企业名称", "隐患描述"],
        ["甲厂", "配电箱无门"],
        ["联系人：张三 13912345678"],
    ]
    reading = read_ledger(workbook(rows), "a.xlsx", today=TODAY)
    assert (reading.filed_by, reading.footer) == ("某区安委办 138****5678", "联系人：张三 139****5678")


def test_numbers_in_columns_of_numbers_are_not_taken_for_telephones() -> None:
    row = one(隐患编号="13812345678", 文书号="13812345678")
    assert (row.number, row.document_number) == ("13812345678", "13812345678")


@given(st.text("0123456789-（） xX号元电话.年*", max_size=120))
def test_masking_twice_is_masking_once(text: str) -> None:
    once = mask_personal(text).text
    assert mask_personal(once).text == once or mask_personal(once).hidden


def test_a_hostile_text_is_masked_in_a_moment() -> None:
    for text in ("1" * 30_000, "138-" * 8_000, "0" * 30_000, "138 1234 567" * 2_500, "(023)" * 6_000):
        begin = perf_counter()
        mask_personal(text)
        assert perf_counter() - begin < 2

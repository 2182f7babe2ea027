"""Clauses in any writing, and the clauses of the register that they name."""

from __future__ import annotations

import json
from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hazards.criteria import SOURCE
from hazards.ledger import clause_key, named_clauses, names_clause
from tests.hazards.ledgers import one

CRITERIA = json.loads(SOURCE.read_text("utf-8"))
TRADE = "工贸企业重大事故隐患判定标准"
ORDER = "应急管理部令第10号"


def matched(text: str) -> list[tuple[str, str]]:
    """Standard and clause of every criterion that a text names."""
    return [
        (known["standard"], known["clause"])
        for named in named_clauses(text)
        for known in CRITERIA
        if names_clause(named, standard=known["standard"], document_no=known["document_no"], clause=known["clause"])
    ]


@pytest.mark.parametrize(
    "text",
    [
        "《工贸企业重大事故隐患判定标准》第八条第（六）项",
        "《工贸企业重大事故隐患判定标准》(应急管理部令第10号) 第八条第(六)项",
        "依据应急管理部令第10号《工贸企业重大事故隐患判定标准》第八条㈥",
        "工贸企业重大事故隐患判定标准第8条第6项",
        "违反了工贸企业重大事故隐患判定标准第八条（六）",
        "应急管理部令第10号 第8条第6款",
        "应急管理部令第 10 号第八条 第 6 项",
        "《 工贸企业重大事故隐患判定标准 》 第８条第（6）项",
        "《工贸企业重大事故隐患判定标准》八、（六）",
        "应急管理部第10号令第八条第（六）项",
        "中华人民共和国应急管理部令第10号第八条第（六）项",
        "不符合《工贸企业重大事故隐患判定标准》第八条第六项规定",
    ],
)
def test_one_clause_in_any_writing(text: str) -> None:
    assert matched(text) == [(TRADE, "第八条第（六）项")]


@pytest.mark.parametrize("writing", ["《{standard}》{clause}", "{document_no} {clause}"])
def test_every_clause_of_the_register_is_found_by_its_own_writing(writing: str) -> None:
    for known in CRITERIA:
        text = writing.format_map(known)
        found = matched(text)
        assert (known["standard"], known["clause"]) in found, text
        assert len(found) == 1 or "121号" in text


def test_keys_of_clauses_are_unique_within_a_standard() -> None:
    keys = [(known["standard"], clause_key(known["clause"])) for known in CRITERIA]
    assert len(set(keys)) == len(CRITERIA)
    assert [clause_key(text) for text in ("第三条第（二）项", "第十四条", "第五项", "4.10 c)", "无")] == [
        *((3, 2), (14, None), (None, 5), (410, 3), (None, None))
    ]


def test_several_clauses_of_several_laws() -> None:
    text = "《安全生产法》第四十一条第二款、第二十一条第五项；《工贸企业重大事故隐患判定标准》第三条第（一）、（三）项"
    named = named_clauses(text)
    assert [(each.standard, each.article, each.item, each.paragraph) for each in named] == [
        ("安全生产法", 41, None, 2),
        ("安全生产法", 21, 5, None),
        (TRADE, 3, 1, None),
        (TRADE, 3, 3, None),
    ]
    assert named[0].text == "《安全生产法》第四十一条第二款"


def test_an_article_of_a_standard_that_only_counts_items_is_its_item() -> None:
    chemistry = "《化工和危险化学品生产经营单位重大生产安全事故隐患判定标准》第三条"
    assert [clause for _standard, clause in matched(chemistry)] == ["第三项"]


def test_a_document_number_of_two_standards_names_both() -> None:
    assert len(matched("安监总管三〔2017〕121号第三项")) == 2


@pytest.mark.parametrize(
    "text",
    [
        *("", "无", "“钢8条”", "1.漏电 2.漏水", "资金3.5万元", "2025.6.30检查", "第", "（一）", "见附件"),
        "第三号车间第二项目部",
    ],
)
def test_what_names_no_clause_names_none(text: str) -> None:
    assert [named for named in named_clauses(text) if named.standard or named.article] == []


@pytest.mark.parametrize(
    "text",
    [
        "第八条第（六）项",  # of what?
        "《安全生产法》第八条第六项",
        "《工贸企业重大事故隐患判定标准》",
        "《工贸企业重大事故隐患判定标准》第三条",  # has several items
        "《工贸企业重大事故隐患判定标准》第九十九条",
        "《煤矿安全生产条例》第三十六条第一款",  # the whole article
        "《安全生产法》第三条；某某裁量权基准第八条第六项",
        "应急管理部令第11号第八条第六项",
    ],
)
def test_a_clause_of_another_standard_or_of_none_is_not_the_registers(text: str) -> None:
    assert matched(text) == []


def test_words_between_end_a_standard() -> None:
    named = named_clauses("《工贸企业重大事故隐患判定标准》第三条第（一）项，另按照有关处罚裁量的第四条第（二）项处理")
    assert [(each.standard, each.key) for each in named] == [(TRADE, (3, 1)), ("", (4, 2))]


def test_a_row_carries_the_clauses_of_its_basis() -> None:
    row = one(判定依据="《工贸企业重大事故隐患判定标准》", 违反判定依据具体条款="第八条第(六)项")
    assert [(named.standard, named.key) for named in row.clauses] == [(TRADE, (8, 6))]
    assert one(判定依据="凭经验").clauses == ()


@given(st.text("《》第一二三十条款项部分()（）、；令号〔2026〕4.1a)GB标准法 \n应急管理部1", max_size=200))
def test_any_text_is_read(text: str) -> None:
    for named in named_clauses(text):
        assert named.text in text


def test_a_hostile_text_is_read_in_a_moment() -> None:
    for text in ("第一" * 5_000, "标准" * 5_000, "《" * 9_000, "(一)" * 3_000, "第一、" * 3_000 + "项", "应" * 9_000):
        begin = perf_counter()
        named_clauses(text)
        assert perf_counter() - begin < 2

"""Official letters over pages: 禁则 on every line, no page with only the seal, long texts, tables, many annexes."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notices.fonts import FontBook
from notices.parts.breaking import NO_END, NO_START
from notices.rendering import render
from notices.snapshots import AnnexSnapshot, VerificationSnapshot
from tests.notices.measuring import outside, quick_pages, rows_of
from tests.notices.papers import COMMITTEE, letter
from workflows.notices import NoticeKind

BARE = letter(NoticeKind.LISTING, body="", closing="", copies=(), printed_by="", verification=VerificationSnapshot())
SENTENCES = st.lists(
    st.sampled_from(
        (
            "隐患排查治理",
            "，",
            "。",
            "《化工和危险化学品生产经营单位重大生产安全事故隐患判定标准（试行）》",
            "（一期）",
            "2026年11月18日",
            "39.60 万元",
            "綦安办督〔2026〕17号",
            "“三同时”",
            "；",
            "……",
            "——",
            "YH-500112-2026-000123",
            "第十二条",
            "100%",
            "、",
            "：",
            "\n",
        )
    ),
    min_size=5,
    max_size=160,
)
FEW = settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def text_lines(pages: list[list[str]]) -> list[str]:
    """The lines of the text, without the head and the page numbers."""
    return [line.strip() for page in pages for line in page if not re.fullmatch(r"— \d+ —", line.strip())]


@FEW
@given(SENTENCES)
def test_no_line_begins_with_closing_or_ends_with_opening_punctuation(fonts: FontBook, parts: list[str]) -> None:
    told = "整改" + "".join(parts)
    text = re.sub(r"[，。；、：…—]+(?=[，。；、：…—])|(?<=\n)[，。；、：…—]+", "", told)
    lines = text_lines(quick_pages(render(replace(BARE, body=text), fonts)))
    paragraphs = {part.strip(" \u3000")[:1] for part in text.split("\n")}
    assert not [line for line in lines if line and line[0] in NO_START - paragraphs]
    assert not [line for line in lines if line and line[-1] in NO_END]


@FEW
@given(SENTENCES)
def test_dates_numbers_and_amounts_are_not_torn(fonts: FontBook, parts: list[str]) -> None:
    text = "".join(parts)
    lines = text_lines(quick_pages(render(replace(BARE, body=text), fonts)))
    for whole in ("2026年11月18日", "39.60 万元", "〔2026〕17号", "YH-500112-2026-000123", "100%", "第十二条"):
        assert sum(line.count(whole) for line in lines) >= text.count(whole), (whole, lines)


@pytest.mark.parametrize("copies", [(), ("区委办公室", "区政府办公室")], ids=["bare", "imprint"])
@pytest.mark.parametrize("kind", [NoticeKind.LISTING, NoticeKind.LETTER])
def test_the_seal_never_stands_on_a_page_without_two_lines_of_the_text(
    fonts: FontBook, kind: NoticeKind, copies: tuple[str, ...]
) -> None:
    for count in range(1, 40):
        told = replace(letter(kind), body="\n".join("整改要求" for _ in range(count)), closing="", copies=copies)
        pages = quick_pages(render(told, fonts))
        signed = next(page for page in pages if COMMITTEE in page[-20:] and "2026年11月21日" in page)
        assert signed.count("整改要求") >= min(2, count), f"{count} lines"


@FEW
@given(st.integers(1, 2600))
def test_a_text_of_any_length_keeps_its_seal_company_and_loses_nothing(fonts: FontBook, length: int) -> None:
    body = ("隐患排查治理整改销号" * 260)[:length]
    document = render(replace(BARE, body=body), fonts)
    pages = quick_pages(document)
    lines = [line for page in pages for line in page if line and set(line) <= set(body)]
    assert "".join(lines) == body
    signed = next(page for page in pages if "2026年11月21日" in page)
    assert len([line for line in signed if set(line) <= set(body)]) >= min(2, len(lines))


def test_every_page_is_full_until_the_text_ends(fonts: FontBook) -> None:
    pages = quick_pages(render(replace(BARE, body="隐患排查治理整改销号，" * 900), fonts))
    assert len(pages) > 15
    assert {len(page) for page in pages[1:-2]} == {23}  # 22 lines and the page's number


def test_a_heading_never_ends_a_page(fonts: FontBook) -> None:
    for count in range(1, 30):
        body = "\n".join(["整改要求"] * count + ["一、督办事项", "立即停止作业。" * 20])
        for page in quick_pages(render(replace(BARE, body=body), fonts)):
            told = [line for line in page if "—" not in line]
            assert told[-1] != "一、督办事项", count


def test_annexes_bear_their_numbers_and_the_imprint_stands_on_the_last_page(fonts: FontBook) -> None:
    annexes = tuple(AnnexSnapshot(f"清单之{number}", text="内容。" * 400) for number in range(1, 4))
    pages = quick_pages(render(replace(letter(), annexes=annexes), fonts))
    first = [next(at for at, page in enumerate(pages) if page[0] == f"附件{number}") for number in range(1, 4)]
    assert first == sorted(set(first))
    assert [any("抄送" in line for line in page) for page in pages] == [False] * (len(pages) - 1) + [True]


def test_a_table_of_two_hundred_rows_repeats_its_head_and_loses_no_row(fonts: FontBook) -> None:
    rows = tuple((str(number), f"第{number}家企业有限公司", "2026年11月21日") for number in range(1, 201))
    annex = AnnexSnapshot("清单", heads=("序号", "企业名称", "整改期限"), shares=(0.1, 0.6, 0.3), rows=rows)
    pages = quick_pages(render(replace(letter(), annexes=(annex,)), fonts))
    tables = [page for page in pages if any("家企业" in line for line in page)]
    assert len(tables) > 5
    assert all(any("企业名称" in line for line in page) for page in tables)
    text = "".join("".join(page) for page in pages)
    assert all(f"第{number}家企业有限公司" in text for number in range(1, 201))


def test_a_row_higher_than_a_page_is_broken(fonts: FontBook) -> None:
    annex = AnnexSnapshot("清单", heads=("序号", "隐患"), rows=(("1", "隐患，" * 1500), ("2", "末项")))
    document = render(replace(letter(), annexes=(annex,)), fonts)
    lines = [line for page in quick_pages(document) for line in page if line and set(line) <= set("隐患，")]
    assert "".join(lines)[-4500:] == "隐患，" * 1500
    assert outside(document) == []


def test_a_long_title_is_broken_between_words_into_lines_of_about_one_length(fonts: FontBook) -> None:
    title = "綦江区安全生产委员会办公室关于对重庆镕堃化工有限责任公司重大事故隐患挂牌督办的通知"
    rows = [row for row in rows_of(render(letter(title=title), fonts))[0] if row.size == 22]
    assert [row.text for row in rows] == [
        "綦江区安全生产委员会办公室",
        "关于对重庆镕堃化工有限责任公司",
        "重大事故隐患挂牌督办的通知",
    ]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 7, 30])
def test_any_number_of_signers_stays_on_the_pages(fonts: FontBook, count: int) -> None:
    document = render(letter(signers=tuple(f"第{number}局" for number in range(count))), fonts)
    assert outside(document) == []
    text = "".join("".join(page) for page in quick_pages(document))
    assert all(f"第{number}局" in text for number in range(count))


@pytest.mark.parametrize("length", [1, 4, 17, 23, 40, 80, 400])
def test_a_name_of_any_length_stays_inside_the_text_area(fonts: FontBook, length: int) -> None:
    name = ("重庆市綦江区安全生产委员会办公室" * 40)[:length]
    rows = rows_of(render(letter(head=name), fonts))[0]
    red = [row for row in rows if row.chars[0]["non_stroking_color"] != (0.0, 0.0, 0.0)]
    assert min(row.left for row in red) >= 28 - 0.1
    assert max(row.right for row in red) <= 184 + 0.1
    assert "".join(row.text for row in red).startswith(name[:40])

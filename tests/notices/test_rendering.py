"""Every kind of notice as paper: complete, copyable, the same each time, fit for keeping, safe from hostile text."""

from __future__ import annotations

import io
import os
import pickle
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from PIL import ImageCms
from pypdf import PdfReader

from notices import closure_form
from notices.fonts import FontBook
from notices.rendering import render
from notices.snapshots import AnnexSnapshot, NoticeSnapshot, SectionSnapshot, SignPlace, VerificationSnapshot
from tests.notices.forms import BASE, photo
from tests.notices.measuring import outside, quick_pages
from tests.notices.papers import CHECK, FIRM, PAPERS, items, order, statistics
from workflows.notices import FILE_FORMAT, NOTICES, Family, NoticeKind

KINDS = list(NoticeKind)
FAMILIES = [NoticeKind.LISTING, NoticeKind.LETTER, NoticeKind.ORDER, NoticeKind.HAZARD_REPORT, NoticeKind.STATISTICS]
HOSTILE = {
    "markup": "<b>粗</b> <img src='file:///etc/passwd'> &lt;para&gt; {{ 7*7 }} {% for 项 in 隐患 %}",
    "formula": "=cmd|'/C calc'!A0 @SUM(1) +1-1",
    "operators": "\\) Tj ET Q endstream endobj trailer (((( <</Type>> ]]>",
    "control": "控\x00制\x07字\x1b符\x7f\x85\ufeff\u200b\u2028\r\n\t尾",
    "right to left": "\u202eאבג\u202c العربية 隐患 \u2067x\u2069",
    "emoji": "😀👨‍👩‍👧🇨🇳❤️\ud83d",
    "combining": "e\u0301" + "隐" + "\u0301" * 50,
    "long": "隐患排查。" * 200,
    "unbreakable": "W" * 1000,
    "lines": "\n" * 300 + "尾",
    "empty": "",
    "blank": " \u3000\n \t",
}


def text_of(document: bytes) -> str:
    """All text but the numbers of letters' pages, without blanks and line ends."""
    lines = (line for page in quick_pages(document) for line in page if not re.fullmatch(r"— \d+ —", line.strip()))
    return "".join("".join(lines).split())


def spoiled(value: Any, text: str) -> Any:
    """The value with every text in it replaced; days, numbers and photos stay."""
    if isinstance(value, str):
        return text
    if isinstance(value, tuple):
        return tuple(spoiled(part, text) for part in value)
    if is_dataclass(value) and not isinstance(value, type):
        return replace(value, **{one.name: spoiled(getattr(value, one.name), text) for one in fields(value)})
    return value


def whole(kind: NoticeKind) -> NoticeSnapshot:
    """A snapshot with something in every field."""
    return replace(
        PAPERS[kind],
        facts=(("被检查单位", FIRM),),
        items=items(3),
        items_shown=True,
        annexes=(AnnexSnapshot("附表", "文字", ("序号", "名称｜全称"), (0.2, 0.8), (("1", FIRM), ("2", FIRM))),),
        sections=(SectionSnapshot("一、情况", (("单位", FIRM), ("地址", FIRM)), (("经过", FIRM),)),),
        places=(SignPlace("检查人员", ("王堃",), ("证号 1",), "属实"), SignPlace("负责人", sealed=True)),
        note="联系人",
        copies=("区政府办公室",),
        photos_before=(photo(size=(80, 60)),),
        verification=CHECK,
    )


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_shows_its_title_its_addressee_and_its_check(fonts: FontBook, kind: NoticeKind) -> None:
    snapshot = PAPERS[kind]
    text = text_of(render(snapshot, fonts))
    for words in (snapshot.title, snapshot.number, snapshot.addressee, CHECK.code, CHECK.digest, "2026年11月21日"):
        assert "".join(words.split()) in text, words


@pytest.mark.parametrize("kind", KINDS)
def test_only_official_letters_have_red_in_them(fonts: FontBook, kind: NoticeKind) -> None:
    pages = PdfReader(io.BytesIO(render(PAPERS[kind], fonts))).pages
    red = [b"0.84 0 0 rg" in page.get_contents().get_data() for page in pages]  # type: ignore[union-attr]
    assert red == [NOTICES[kind].family is Family.LETTER, *[False] * (len(red) - 1)]


def test_a_kind_that_is_none_is_refused(fonts: FontBook) -> None:
    with pytest.raises(ValueError, match="nonsense"):
        render(replace(order(), kind="nonsense"), fonts)


def test_red_headed_kinds_are_letters() -> None:
    assert all(NOTICES[kind].family is Family.LETTER for kind in FILE_FORMAT)


@pytest.mark.parametrize("kind", FAMILIES)
def test_rare_characters_copy_out(fonts: FontBook, kind: NoticeKind) -> None:
    snapshot = replace(whole(kind), title="关于𬭬某䶮某的文书", addressee="镕堃䶮𬭬有限公司")
    text = text_of(render(snapshot, fonts))
    assert "关于𬭬某䶮某的文书" in text
    assert "镕堃䶮𬭬有限公司" in text


# --- hostile text ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FAMILIES)
@pytest.mark.parametrize("name", list(HOSTILE))
def test_hostile_text_in_every_field_is_printed_and_leaves_no_page(
    fonts: FontBook, kind: NoticeKind, name: str
) -> None:
    snapshot = replace(spoiled(whole(kind), HOSTILE[name]), kind=kind.value)
    document = render(snapshot, fonts)
    assert outside(document) == []
    assert len(PdfReader(io.BytesIO(document)).pages) < 400


def one_of_each() -> NoticeSnapshot:
    """A snapshot with something in every field, and no more than one of what there may be several of."""
    full = whole(NoticeKind.LISTING)
    return replace(
        full,
        items=full.items[:1],
        annexes=(AnnexSnapshot("附表", "文字", ("名称｜全称",), (), ((FIRM,),)),),
        sections=(SectionSnapshot("一、情况", (("单位", FIRM),), (("经过", FIRM),)),),
        places=(SignPlace("检查人员", ("王堃",), ("证号 1",), "属实", sealed=True),),
    )


TEXTS = [
    field.name
    for field in fields(NoticeSnapshot)
    if field.name != "kind" and spoiled(getattr(one_of_each(), field.name), "!") != getattr(one_of_each(), field.name)
]


@pytest.mark.parametrize("kind", [NoticeKind.LISTING, NoticeKind.ORDER, NoticeKind.HAZARD_REPORT])
@pytest.mark.parametrize("name", TEXTS)
def test_ten_thousand_characters_in_any_field_leave_no_page(fonts: FontBook, kind: NoticeKind, name: str) -> None:
    snapshot = replace(one_of_each(), kind=kind.value)
    snapshot = replace(snapshot, **{name: spoiled(getattr(snapshot, name), "隐患，W" * 2500)})  # type: ignore[arg-type]
    assert outside(render(snapshot, fonts)) == []


@pytest.mark.parametrize("kind", FAMILIES)
@pytest.mark.parametrize("name", ["markup", "formula", "operators"])
def test_hostile_text_is_printed_as_text(fonts: FontBook, kind: NoticeKind, name: str) -> None:
    field = "body" if NOTICES[kind].family is not Family.FORM else "closing"
    text = text_of(render(replace(PAPERS[kind], **{field: HOSTILE[name]}), fonts))  # type: ignore[arg-type]
    assert "".join(HOSTILE[name].split()) in text


@pytest.mark.parametrize("kind", FAMILIES)
def test_what_has_no_glyph_is_seen_as_a_mark(fonts: FontBook, kind: NoticeKind) -> None:
    assert "〓" in text_of(render(replace(PAPERS[kind], title="隐患😀文书"), fonts))


@pytest.mark.parametrize("kind", FAMILIES)
def test_a_text_of_ten_thousand_characters_is_printed_whole(fonts: FontBook, kind: NoticeKind) -> None:
    long = "".join(f"第{number}项隐患，位于储罐区；" for number in range(1, 720))
    document = render(replace(PAPERS[kind], closing=long), fonts)
    found, breaks = text_of(document), len(quick_pages(document)) - 1  # a page's foot may stand within one word
    whole_ones = [number for number in range(1, 720) if f"第{number}项" in found]
    assert len(whole_ones) >= 719 - breaks


# --- drafts ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FAMILIES)
def test_a_draft_is_marked_on_every_page_and_bears_no_code(fonts: FontBook, kind: NoticeKind) -> None:
    snapshot = replace(whole(kind), draft=True, dated=None, number="")
    pages = ["".join(page) for page in quick_pages(render(snapshot, fonts))]
    assert all("草稿" in page for page in pages)
    assert CHECK.code not in "".join(pages)
    assert "草稿" not in text_of(render(whole(kind), fonts))


# --- the same bytes, at any time, in any process ---------------------------------------------------------------


@pytest.mark.parametrize("kind", FAMILIES)
def test_equal_snapshots_give_equal_bytes_and_others_give_other_identifiers(fonts: FontBook, kind: NoticeKind) -> None:
    first = render(whole(kind), fonts)
    assert render(whole(kind), fonts) == first
    other = render(replace(whole(kind), closing="另一份文书。"), fonts)
    assert identifier(other) != identifier(first)


def identifier(document: bytes) -> bytes:
    """The document's own identifier."""
    found = PdfReader(io.BytesIO(document)).trailer["/ID"]
    return bytes(found[0].original_bytes)  # type: ignore[index]


def test_another_process_gives_the_same_bytes(fonts: FontBook, font_folder: Path, tmp_path: Path) -> None:
    snapshot = whole(NoticeKind.LISTING)
    (tmp_path / "snapshot").write_bytes(pickle.dumps(snapshot))
    code = (
        "import pickle, sys; from pathlib import Path; from notices.fonts import register_fonts;"
        "from notices.rendering import render; snapshot = pickle.loads(Path(sys.argv[2]).read_bytes());"
        "sys.stdout.buffer.write(render(snapshot, register_fonts(Path(sys.argv[1]))))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(font_folder), str(tmp_path / "snapshot")],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/New_York"},
    )
    assert told.stdout == render(snapshot, fonts)


def test_documents_rendered_at_once_are_those_rendered_one_by_one(fonts: FontBook) -> None:
    snapshots = [PAPERS[kind] for kind in KINDS[:8]]
    alone = [render(snapshot, fonts) for snapshot in snapshots]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda snapshot: render(snapshot, fonts), snapshots)) == alone


# --- PDF/A-2b --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def documents(fonts: FontBook) -> list[bytes]:
    """One of each family, a draft, one with photos, and the closure form."""
    papers = [*(whole(kind) for kind in FAMILIES), replace(whole(NoticeKind.LISTING), draft=True)]
    return [*(render(paper, fonts) for paper in papers), closure_form.render(BASE, fonts)]


def test_each_document_says_that_it_is_pdf_a_2b_and_its_metadata_equal_its_properties(documents: list[bytes]) -> None:
    spaces = {
        "dc": "http://purl.org/dc/elements/1.1/",
        "pdfaid": "http://www.aiim.org/pdfa/ns/id/",
        "xmp": "http://ns.adobe.com/xap/1.0/",
        "pdf": "http://ns.adobe.com/pdf/1.3/",
        "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    }
    for document in documents:
        reader = PdfReader(io.BytesIO(document))
        stream = reader.trailer["/Root"]["/Metadata"]  # type: ignore[index]
        assert "/Filter" not in stream, "readable without a PDF library"
        packet = ElementTree.fromstring(stream.get_data())

        def told(name: str, packet: ElementTree.Element = packet) -> str:
            found = packet.find(f".//{name}", spaces)
            assert found is not None, name
            return "".join(found.itertext()).strip()

        info = reader.metadata
        assert info is not None
        assert (told("pdfaid:part"), told("pdfaid:conformance")) == ("2", "B")
        assert (told("dc:title"), told("dc:creator")) == (info.title, info.author)
        assert (told("xmp:CreatorTool"), told("pdf:Producer")) == (info.creator, info.producer)
        assert told("pdf:Keywords") == info["/Keywords"]
        assert datetime.fromisoformat(told("xmp:CreateDate")) == info.creation_date
        assert datetime.fromisoformat(told("xmp:ModifyDate")) == info.modification_date


def test_each_document_says_what_its_colours_mean_and_has_an_identifier(documents: list[bytes]) -> None:
    for document in documents:
        reader = PdfReader(io.BytesIO(document))
        intent = reader.trailer["/Root"]["/OutputIntents"][0]  # type: ignore[index]
        assert intent["/S"] == "/GTS_PDFA1"
        profile = intent["/DestOutputProfile"]
        assert profile["/N"] == 3
        assert "sRGB" in ImageCms.getProfileDescription(io.BytesIO(profile.get_data()))
        assert len(identifier(document)) == 16
        assert re.match(rb"%PDF-1\.7\s+%[\x80-\xff]{4}", document), "a comment that says: binary"


def test_no_document_is_transparent_or_encrypted_or_refers_outside(documents: list[bytes]) -> None:
    for document in documents:
        reader = PdfReader(io.BytesIO(document))
        assert not reader.is_encrypted
        for name in (b"/SMask", b"/ca ", b"/CA ", b"/BM ", b"/JavaScript", b"/Launch", b"/URI", b"/EmbeddedFiles"):
            assert name not in document, name
        for page in reader.pages:
            assert "/Group" not in page
            assert "/ExtGState" not in page["/Resources"]  # type: ignore[operator]


def test_every_font_is_embedded_as_a_subset(documents: list[bytes]) -> None:
    for document in documents:
        for page in PdfReader(io.BytesIO(document)).pages:
            for font in page["/Resources"]["/Font"].get_object().values():  # type: ignore[index]
                found = font.get_object()
                assert found["/BaseFont"][7:8] == "+"
                assert "/FontFile2" in found["/FontDescriptor"]
                assert len(found["/Widths"]) == found["/LastChar"] - found["/FirstChar"] + 1


@pytest.mark.parametrize("tool", ["pdffonts", "pdfinfo", "qpdf", "verapdf"])
def test_tools_at_hand_find_nothing_wrong(documents: list[bytes], tmp_path: Path, tool: str) -> None:
    if shutil.which(tool) is None:
        if os.environ.get("CI") == "true" and tool != "verapdf":  # which is in no distribution
            pytest.fail(f"{tool} is not installed, and CI must ask it")
        pytest.skip(f"{tool} is not installed")
    arguments = {"qpdf": ["--check"], "verapdf": ["--flavour", "2b", "--format", "text"]}.get(tool, [])
    for number, document in enumerate(documents):
        path = tmp_path / f"{number}.pdf"
        path.write_bytes(document)
        done = subprocess.run([tool, *arguments, str(path)], capture_output=True, text=True, check=False)
        assert (done.returncode, done.stderr) == (0, "")
        assert tool != "verapdf" or done.stdout.startswith("PASS")
        if tool == "pdffonts":
            lines = done.stdout.splitlines()[2:]
            assert lines
            assert all(re.search(r" yes yes yes +\d+ +0$", line) for line in lines), done.stdout


def test_the_properties_name_office_addressee_and_day(fonts: FontBook) -> None:
    told = PdfReader(io.BytesIO(render(PAPERS[NoticeKind.ORDER], fonts))).metadata
    assert told is not None
    assert told.title == "责令限期整改指令书 （綦）应急责改〔2026〕12号"
    assert (told.author, told.subject) == ("重庆市綦江区应急管理局", FIRM)
    assert told.creation_date == datetime(2026, 11, 21, 2, 5, tzinfo=UTC)
    assert str(told["/Keywords"]).startswith("字体：Noto")


# --- enforcement documents and forms ---------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 30])
def test_an_order_lists_each_item_with_basis_and_deadline(fonts: FontBook, count: int) -> None:
    text = text_of(render(order(items=items(count)), fonts))
    for number in range(1, count + 1):
        assert f"第{number}号储罐区" in text
    assert text.count("第十条") == count
    assert text.count("序号") == len(
        [page for page in quick_pages(render(order(items=items(count)), fonts)) if has_table(page)]
    )


def has_table(page: list[str]) -> bool:
    """Whether rows of the items stand on a page."""
    return any("储罐区" in line for line in page)


def test_a_column_that_is_empty_for_every_item_is_left_out(fonts: FontBook) -> None:
    assert "整改期限复查意见" in text_of(render(PAPERS[NoticeKind.REINSPECTION], fonts))
    assert "复查意见" not in text_of(render(PAPERS[NoticeKind.ORDER], fonts))
    bare = text_of(render(order(items=items(2, basis="", deadline=None)), fonts))
    assert "依据" not in bare.partition("现责令")[0].partition("下列问题")[2]


def test_pages_of_enforcement_documents_are_counted(fonts: FontBook) -> None:
    pages = quick_pages(render(order(items=items(30)), fonts))
    for number, page in enumerate(pages, 1):
        assert f"第{number}页共{len(pages)}页" in "".join("".join(page).split())


def test_the_seal_of_an_order_never_stands_alone(fonts: FontBook) -> None:
    for count in range(1, 30):
        body = "\n".join(["存在问题"] * count)
        pages = quick_pages(render(order(body=body, items=(), closing="", places=()), fonts))
        signed = next(page for page in pages if "2026年11月21日" in page)
        assert signed.count("存在问题") >= min(2, count), count


def test_the_table_of_statistics_has_a_head_of_three_rows(fonts: FontBook) -> None:
    document = render(statistics(), fonts)
    page = PdfReader(io.BytesIO(document)).pages[0]
    assert page.mediabox.width > page.mediabox.height
    text = text_of(document)
    assert text.count("列入治理计划的重大隐患") == 1
    assert text.count("一般隐患") == 1
    assert "落实安全措施应急预案" in text


def test_a_row_with_only_its_first_text_heads_those_below_it_over_the_whole_width(fonts: FontBook) -> None:
    rows = tuple((f"第{number}行业", "12") for number in range(60))
    headed = [row for at, row in enumerate(rows) for row in ((f"本期之{at}：2026年1月1日至2026年10月31日", ""), row)]
    document = render(statistics(annexes=(AnnexSnapshot("", heads=("行业", "数"), rows=tuple(headed)),)), fonts)
    pages = quick_pages(document)
    assert len(pages) > 2
    for page in pages:
        said = [at for at, line in enumerate(page) if "本期之" in line]
        assert all(page[at].strip().endswith("10月31日") for at in said), "on one line"
        assert all("行业" in page[at + 1] for at in said), "never the last of a page"
    assert text_of(document).count("本期之") == len(rows)


def test_a_table_of_one_column_has_rows_and_no_headings(fonts: FontBook) -> None:
    told = statistics(annexes=(AnnexSnapshot("", heads=("事项",), rows=tuple((f"第{n}项",) for n in range(80))),))
    assert all("事项" in "".join(page) for page in quick_pages(render(told, fonts)) if any("项" in one for one in page))


def test_a_form_has_a_box_for_each_who_signs_and_its_photos(fonts: FontBook) -> None:
    pictured = replace(PAPERS[NoticeKind.ACCEPTANCE_REQUEST], photos_before=(photo(),), photos_after=(photo("PNG"),))
    document = render(pictured, fonts)
    text = text_of(document)
    assert text.count("签名：") == 2
    assert text.count("（盖章）") == 2
    assert sum(len(page.images) for page in PdfReader(io.BytesIO(document)).pages) >= 2
    assert "整改前后照片" in text


def test_a_snapshot_with_nothing_in_it_is_still_a_paper(fonts: FontBook) -> None:
    moment = datetime(2026, 11, 21, tzinfo=UTC)
    for kind in FAMILIES:
        bare = NoticeSnapshot(kind.value, "", moment, None, verification=VerificationSnapshot())
        assert len(PdfReader(io.BytesIO(render(bare, fonts))).pages) == 1


def test_what_is_said_stands_with_the_line_it_is_signed_on(fonts: FontBook) -> None:
    places = (SignPlace("现场负责人（签名）", opinion="情况属实。"),)
    for count in range(1, 30):
        paper = order(body="\n".join(["存在问题"] * count), items=(), closing="", places=places, signers=())
        page = next(page for page in quick_pages(render(paper, fonts)) if "情况属实。" in page)
        assert any("现场负责人（签名）：" in line for line in page), count


def test_a_name_too_long_for_its_line_is_signed_below_its_label(fonts: FontBook) -> None:
    place = SignPlace("检查（执法）人员（签名）", ("王堃", "䶮某"), ("证件号 50011001", "证件号 50011002"))
    text = text_of(render(order(places=(place,)), fonts))
    assert "王堃证件号50011001" in text
    assert "䶮某证件号50011002" in text

"""销号审批表: complete, copyable, the same each time, whole over any number of pages."""

from __future__ import annotations

import io
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pdfplumber
import pytest
from PIL import Image
from pypdf import PdfReader

from notices.closure_form import FRAME, MOST_PHOTOS, render
from notices.fonts import FontBook
from notices.parts.breaking import NO_START
from notices.parts.photos import UNREADABLE, small_jpeg
from notices.snapshots import ListingSnapshot, PhotoSnapshot, VerificationSnapshot
from tests.notices.forms import BASE, characters, page_texts, photo, run_on, signature

ROUTE = (
    signature("自验", "李喆", role="主要负责人", organisation="镕堃公司", opinion="已整改完毕，申请复查。"),
    signature("复查", "䶮某", role="检查人员", opinion="同意验收。"),
    signature("复查", "𬭬某", role="检查人员", opinion="同意验收。"),
    signature("核销审核", "王堃"),
    signature("核销批准", "陈镕", role="分管负责人", opinion="同意销号。"),
)


def lines_of(page: list[dict[str, Any]]) -> list[str]:
    """The visual lines inside the value columns: characters of one baseline without a wide gap."""
    rows: dict[tuple[int, int], list[dict[str, Any]]] = {}
    for char in page:
        rows.setdefault((round(char["bottom"]), round(char["size"] * 10)), []).append(char)
    return [text for row in rows.values() for text in _joined(row)]


def _joined(row: Iterable[dict[str, Any]]) -> list[str]:
    texts, end = [""], None
    for char in sorted(row, key=lambda char: char["x0"]):
        if end is not None and char["x0"] - end > 6:
            texts.append("")
        texts[-1] += char["text"]
        end = char["x1"]
    return texts


def test_every_fact_of_the_hazard_is_on_the_paper_and_copies_out(fonts: FontBook) -> None:
    text = run_on(render(replace(BASE, listing=ListingSnapshot("区级", "綦江区安委会", "綦安办督〔2026〕17号")), fonts))
    for fact in (
        "重大事故隐患销号审批表",
        BASE.number,
        BASE.enterprise,
        BASE.uscc,
        BASE.address,
        BASE.industry,
        BASE.region,
        BASE.place,
        BASE.channel,
        "2026年11月3日",
        BASE.description,
        BASE.basis,
        BASE.measures,
        BASE.responsible_person,
        "2026年11月13日",
        "2026年11月30日（延期1次）",
        "2026年11月16日",
        "39.60万元",
        "綦安办督〔2026〕17号",
        "2026年11月20日",
        BASE.responsible_office,
    ):
        assert "".join(fact.split()) in text, fact


def test_rare_characters_above_the_basic_plane_copy_as_themselves(fonts: FontBook) -> None:
    text = run_on(render(replace(BASE, responsible_person="镕堃䶮𬭬𬬭", signatures=ROUTE), fonts))
    assert "镕堃䶮𬭬𬬭" in text
    assert "签批人：𬭬某（检查人员）" in text


def test_poppler_reads_the_rare_characters_too(fonts: FontBook, tmp_path: Path) -> None:
    (tmp_path / "form.pdf").write_bytes(render(BASE, fonts))
    told = subprocess.run(["pdftotext", "form.pdf", "-"], cwd=tmp_path, check=True, capture_output=True)
    assert "䶮某、𬭬某" in told.stdout.decode()


def test_a_general_hazard_has_a_title_of_its_own(fonts: FontBook) -> None:
    text = run_on(render(replace(BASE, grade="一般"), fonts))
    assert "事故隐患销号审批表" in text
    assert "重大事故隐患销号审批表" not in text


def test_each_signature_shows_name_role_office_time_and_manner(fonts: FontBook) -> None:
    paper = signature(
        "核销批准",
        "陈镕",
        at=date(2026, 11, 20),
        manner="纸质签署·代录（代录人 王龑，綦应急〔2026〕9号，2026年11月20日）",
    )
    text = run_on(render(replace(BASE, signatures=(ROUTE[1], paper)), fonts))
    assert "签批人：䶮某（检查人员）綦江区应急管理局时间：2026年11月18日14:45方式：页面确认·密码复核" in text
    assert "签批人：陈镕（审核人）綦江区应急管理局时间：2026年11月20日方式：纸质签署·代录（代录人王龑，" in text
    assert "9f2c41d07be35a66" * 4 in text


def test_one_opinion_of_two_inspectors_is_printed_once_with_both_signers(fonts: FontBook) -> None:
    text = run_on(render(replace(BASE, signatures=ROUTE), fonts))
    assert text.count("同意验收。") == 1
    assert text.count("（检查人员）") == 2


def test_every_signer_has_a_place_for_the_hand_and_every_stage_one_for_the_seal(fonts: FontBook) -> None:
    text = run_on(render(replace(BASE, signatures=ROUTE), fonts))
    assert text.count("签名：") == len(ROUTE)
    assert text.count("（盖章）") == 4


def test_the_paper_says_that_a_click_is_no_reliable_electronic_signature(fonts: FontBook) -> None:
    text = run_on(render(BASE, fonts))
    assert "不是《电子签名法》第十三条所称的可靠电子签名" in text


def test_ends_that_have_not_come_leave_a_date_to_fill_in(fonts: FontBook) -> None:
    text = run_on(render(BASE, fonts))
    assert "核销清单销号摘牌2026年11月20日年月日未挂牌" in text
    struck = replace(BASE, struck_off_on=date(2026, 12, 1), delisted_on=date(2026, 12, 9))
    assert "2026年11月20日2026年12月1日2026年12月9日" in run_on(render(struck, fonts))


def test_pages_are_numbered_and_the_check_stands_on_the_last_only(fonts: FontBook) -> None:
    texts = page_texts(render(replace(BASE, description="隐患。" * 1500), fonts))
    assert len(texts) > 2
    for number, text in enumerate(texts, 1):
        assert f"第{number}页共{len(texts)}页" in "".join(text.split())
        assert ("核验码：K7QM-3TZP" in text) == (number == len(texts))


def test_the_code_is_drawn_at_the_foot_of_the_last_page(fonts: FontBook) -> None:
    with_code = render(BASE, fonts)
    without = render(replace(BASE, verification=VerificationSnapshot()), fonts)
    assert modules_below(with_code, FRAME.height / 2) > 100
    assert modules_below(without, FRAME.height / 2) < 10


def modules_below(document: bytes, top: float) -> int:
    """Filled rectangles of the last page below a height."""
    with pdfplumber.open(io.BytesIO(document)) as pdf:
        return sum(rect["top"] > top and rect["fill"] for rect in pdf.pages[-1].rects)


def test_the_same_snapshot_gives_the_same_bytes(fonts: FontBook) -> None:
    snapshot = replace(BASE, signatures=ROUTE, photos_before=(photo(),), photos_after=(photo("PNG"),))
    assert render(snapshot, fonts) == render(snapshot, fonts)


def test_another_process_gives_the_same_bytes(fonts: FontBook, font_folder: Path, tmp_path: Path) -> None:
    snapshot = replace(BASE, signatures=ROUTE, photos_before=(photo(),))
    (tmp_path / "snapshot").write_bytes(pickle.dumps(snapshot))
    code = (
        "import pickle, sys; from pathlib import Path; from notices.fonts import register_fonts;"
        "from notices.closure_form import render;"
        "book = register_fonts(Path(sys.argv[1]));"
        "sys.stdout.buffer.write(render(pickle.loads(Path(sys.argv[2]).read_bytes()), book))"
    )
    told = subprocess.run(
        [sys.executable, "-c", code, str(font_folder), str(tmp_path / "snapshot")],
        check=True,
        capture_output=True,
        env={**os.environ, "PYTHONHASHSEED": "7", "TZ": "America/New_York"},
    )
    assert told.stdout == render(snapshot, fonts)


def test_documents_rendered_at_once_are_those_rendered_one_by_one(fonts: FontBook) -> None:
    snapshots = [replace(BASE, description=f"第{number}项 " + chr(0x4E00 + number * 300) * 50) for number in range(8)]
    alone = [render(snapshot, fonts) for snapshot in snapshots]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(lambda snapshot: render(snapshot, fonts), snapshots)) == alone


def test_the_properties_bear_the_day_of_issue(fonts: FontBook) -> None:
    told = PdfReader(io.BytesIO(render(BASE, fonts))).metadata
    assert told is not None
    assert told.creation_date == datetime(2026, 11, 20, 8, 30, tzinfo=UTC)
    assert told.title == "重大事故隐患销号审批表 YH-500112-2026-000123"


def test_a_text_of_ten_thousand_characters_flows_over_pages_and_loses_nothing(fonts: FontBook) -> None:
    long = "".join(f"第{number}项隐患，位于储罐区；" for number in range(1, 800))[:10_000]
    document = render(replace(BASE, description=long), fonts)
    texts = page_texts(document)
    assert len(texts) >= 5
    found = "".join("".join(texts).split())
    for number in range(1, 700):
        assert f"第{number}项" in found
    assert "隐患描述\n（续）" in texts[1]


def test_no_line_of_a_long_text_begins_with_closing_punctuation(fonts: FontBook) -> None:
    text = "检查发现：储罐区（一期）报警器，已失效；依据《标准》、《规程》，责令2026年11月18日前整改。" * 40
    found = [line for page in characters(render(replace(BASE, description=text), fonts)) for line in lines_of(page)]
    long = [line for line in found if len(line) > 20 and set(line) <= set(text)]
    assert len(long) > 40
    assert not [line for line in long if line[0] in NO_START]
    assert not [line for line in long if re.search(r"\d$|^(年|月|日)", line)]


def test_nothing_is_printed_outside_the_margins(fonts: FontBook) -> None:
    snapshot = replace(BASE, description="隐患W，" * 800, place="x" * 300, address="。" * 200, signatures=ROUTE * 4)
    for page in characters(render(snapshot, fonts)):
        assert min(char["x0"] for char in page) >= FRAME.left - 1
        assert max(char["x1"] for char in page) <= FRAME.width - FRAME.right + 6  # a hanging half is blank
        assert max(char["bottom"] for char in page) <= FRAME.height - 8


def test_many_signatures_break_over_pages_and_all_are_there(fonts: FontBook) -> None:
    many = tuple(signature(f"第{at}环节", f"签批人{at}号") for at in range(40))
    document = render(replace(BASE, signatures=many), fonts)
    text = run_on(document)
    assert len(page_texts(document)) >= 6
    assert all(f"签批人：签批人{at}号（审核人）" in text for at in range(40))
    assert text.count("签名：") == 40


def test_a_long_opinion_breaks_inside_its_row(fonts: FontBook) -> None:
    document = render(replace(BASE, signatures=(signature(opinion="同意。" * 3000, manner="页面确认" * 500),)), fonts)
    text = run_on(document)
    assert text.count("同意。") == 3000
    assert text.count("页面确认") >= 498  # the page's foot may stand between
    assert "核销审核\n（续）" in "\n".join(page_texts(document))


@pytest.mark.parametrize("lines", range(44))
def test_no_page_holds_only_its_footer_and_none_only_the_check(fonts: FontBook, lines: int) -> None:
    texts = page_texts(render(replace(BASE, description="\n".join("隐" * (lines + 1))), fonts))
    for text in texts:
        first = text.splitlines()[0]
        assert not first.startswith(("说明", "销号审批表", "签发时间")), text
    before_check = texts[-1].partition("说明")[0]
    assert "2026年11月20日" in before_check, "the dates of closure went to the last page with the check"


def test_hostile_text_is_printed_as_text(fonts: FontBook) -> None:
    hostile = (
        "<b>粗</b> <img src='file:///etc/passwd'> &lt; \\) Tj ET =cmd|'/C calc'!A0 \x00\x1b\u202e 😀👨‍👩‍👧 (((  ]]>"
    )
    texts = {
        field.name: hostile
        for field in fields(BASE)
        if isinstance(getattr(BASE, field.name), str) and field.name != "grade"
    }
    snapshot = replace(
        BASE,
        **texts,  # type: ignore[arg-type]
        signatures=(signature(hostile, hostile, role=hostile, manner=hostile, opinion=hostile, digest=hostile),),
        photos_before=(replace(photo(), taken_by=hostile, how=hostile),),
        verification=VerificationSnapshot(hostile, hostile, hostile, hostile),
        listing=ListingSnapshot(hostile, hostile, hostile),
    )
    text = run_on(render(snapshot, fonts))
    assert "<b>粗</b><imgsrc='file:///etc/passwd'>&lt;\\)TjET=cmd|'/Ccalc'!A0〓〓〓〓(((]]>" in text


@pytest.mark.parametrize("name", [f.name for f in fields(BASE) if isinstance(getattr(BASE, f.name), str)])
def test_ten_thousand_characters_in_any_field_break_nothing(fonts: FontBook, name: str) -> None:
    document = render(replace(BASE, **{name: "𬭬" * 10_000}), fonts)  # type: ignore[arg-type]
    assert "核验码" in page_texts(document)[-1]


def test_empty_fields_show_a_dash(fonts: FontBook) -> None:
    bare = {f.name: "" for f in fields(BASE) if isinstance(getattr(BASE, f.name), str)}
    document = render(replace(BASE, **bare, found_on=None), fonts)  # type: ignore[arg-type]
    assert run_on(document).count("—") >= 12


def test_photos_stand_before_and_after_with_who_when_and_how(fonts: FontBook) -> None:
    document = render(replace(BASE, photos_before=(photo(), photo("PNG")), photos_after=(photo(),)), fonts)
    images = [image for page in PdfReader(io.BytesIO(document)).pages for image in page.images]
    assert len(images) >= 2
    assert max(max(image.image.size) for image in images if image.image) <= 1000
    assert run_on(document).count("检查人员䶮某2026年11月3日10:12现场拍摄") == 3


def test_a_photo_stored_sideways_is_printed_upright_and_without_its_metadata() -> None:
    jpeg, size = small_jpeg(photo(size=(1600, 1200), sideways=True).data)
    assert size == (750, 1000)
    assert not Image.open(io.BytesIO(jpeg)).getexif()


def test_a_broken_photo_is_said_to_be_broken(fonts: FontBook) -> None:
    for data in (b"", b"no photo", photo().data[:5000]):
        document = render(replace(BASE, photos_before=(PhotoSnapshot(data),)), fonts)
        assert UNREADABLE.strip("〔〕") in run_on(document)


def test_photos_beyond_the_bound_are_counted_not_lost(fonts: FontBook) -> None:
    document = render(replace(BASE, photos_before=(photo(size=(40, 30)),) * (MOST_PHOTOS + 3)), fonts)
    assert "另有3张照片见系统" in run_on(document)


def test_a_hazard_without_photos_or_signatures_still_has_its_form(fonts: FontBook) -> None:
    text = run_on(render(BASE, fonts))
    assert "（无照片）" in text
    assert "（尚无签批）" in text

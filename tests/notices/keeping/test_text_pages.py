"""Pages of an office's texts and numbers, as its people meet them in a browser."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO

import pytest
from flask.testing import FlaskClient
from pypdf import PdfReader

from tests.hazards.browsing import errors_on
from tests.pages.conftest import house
from tests.pages.house import House

__all__ = ["house"]

LETTER = "/notices/templates/letter"
INTERVIEW = "/notices/templates/interview"  # written by one test alone, which counts its versions
INVITED = "[正文]\n请{{ 企业 }}落实有关要求。\n[结语]\n特此通知。"
OWN = "[正文]\n请{{ 企业 }}落实：{{ 督办要求 }}。\n[结语]\n特此函告。"


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of the page's form, as a browser sends them back."""
    form = page[page.index('method="post"', page.index("<main")) :]
    form = form[: form.index("</form>")]
    found = re.findall(r'<input(?=[^>]*type="hidden")[^>]*name="([^"]+)"[^>]*value="([^"]*)"', form)
    return {name: unescape(value) for name, value in found}


def shown(client: FlaskClient, url: str) -> str:
    """A page that answers."""
    answer = client.get(url)
    assert answer.status_code == 200, url
    return answer.get_data(as_text=True)


def write(client: FlaskClient, text: str, note: str = "换新式样", url: str = LETTER) -> tuple[int, str]:
    """Hand in the next version of the letter's text."""
    answer = client.post(url, data=form_of(shown(client, url)) | {"text": text, "note": note})
    return answer.status_code, answer.get_data(as_text=True)


def test_an_editor_writes_a_version_and_everybody_of_the_office_reads_it(house: House) -> None:
    editor = house.browser("reviewer")
    assert "系统文字" in shown(editor, INTERVIEW)
    assert write(editor, INVITED, url=INTERVIEW)[0] == 302
    page = shown(house.browser("inspector_a"), INTERVIEW)
    assert "现在用本单位第 1 版" in page
    assert "请{{ 企业 }}落实" in unescape(page)
    assert "<textarea" not in page
    assert "换新式样" in shown(editor, "/notices/templates")
    diff = shown(editor, f"{INTERVIEW}/versions/1")
    assert "与系统文字的差别" in diff
    assert 'class="is-new"' in diff
    assert "系统文字" in shown(house.browser("fire_reviewer"), INTERVIEW)


def test_faults_are_told_by_line_and_what_was_typed_is_kept(house: House) -> None:
    status, page = write(house.browser("reviewer"), "[正文]\n{{ 企业名称 }}甲乙丙")
    assert status == 422
    assert errors_on(page)["text"] == "第 2 行「{{ 企业名称 }}甲乙丙」：没有「企业名称」这个名称。是不是「企业」？"
    assert "企业名称 }}甲乙丙</textarea>" in unescape(page)


def test_a_version_needs_a_reason(house: House) -> None:
    status, page = write(house.browser("reviewer"), OWN + "甲", note="")
    assert status == 422
    assert "请写明为什么改" in errors_on(page)["note"]


def test_who_was_slower_keeps_what_was_typed(house: House) -> None:
    editor = house.browser("reviewer")
    stale = form_of(shown(editor, LETTER))
    assert write(editor, OWN + "\n先存的")[0] == 302
    answer = editor.post(LETTER, data=stale | {"text": OWN + "\n后存的", "note": "晚了"})
    page = unescape(answer.get_data(as_text=True))
    assert answer.status_code == 409
    assert "别人已存了第" in page
    assert "后存的</textarea>" in page


def test_a_second_tap_keeps_one_version(house: House) -> None:
    editor = house.browser("reviewer")
    sent = form_of(shown(editor, LETTER)) | {"text": OWN + "\n两次", "note": "两次"}
    assert [editor.post(LETTER, data=sent).status_code for _ in range(2)] == [302, 302]
    assert shown(editor, LETTER).count("<td>两次</td>") == 1


def test_a_text_is_seen_on_paper_before_it_is_kept(house: House) -> None:
    editor = house.browser("reviewer")
    before = shown(editor, LETTER).count("/versions/")
    sent = form_of(shown(editor, LETTER)) | {"text": OWN.replace("落实", "尽快落实"), "note": ""}
    answer = editor.post(f"{LETTER}/preview.pdf", data=sent)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = "".join(page.extract_text() for page in PdfReader(BytesIO(answer.data)).pages)
    assert "尽快落实" in re.sub(r"\s", "", text)
    assert shown(editor, LETTER).count("/versions/") == before
    wrong = editor.post(f"{LETTER}/preview.pdf", data=sent | {"text": "{{ 无 }}"})
    assert wrong.status_code == 422
    assert "{{ 无 }}</textarea>" in unescape(wrong.get_data(as_text=True))


@pytest.mark.parametrize("kind", ["order", "inspection_record", "interview", "listing", "transfer", "bulletin"])
def test_the_text_in_force_is_shown_on_paper(house: House, kind: str) -> None:
    answer = house.browser("inspector_a").get(f"/notices/templates/{kind}/preview.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert len(PdfReader(BytesIO(answer.data)).pages) >= 1


def test_going_back_shows_what_changes_and_asks_why(house: House) -> None:
    editor = house.browser("reviewer")
    write(editor, OWN + "\n要退回的")
    page = shown(editor, f"{LETTER}/restore")
    assert "要退回的" in page
    sent = form_of(page)
    assert editor.post(f"{LETTER}/restore", data=sent | {"note": ""}).status_code == 422
    assert editor.post(f"{LETTER}/restore", data=sent | {"note": "用统一式样"}).status_code == 302
    assert "现在用系统文字" in shown(editor, LETTER)


@pytest.mark.parametrize(
    ("who", "url", "status"),
    [
        ("inspector_a", f"{LETTER}/restore", 403),
        ("inspector_a", "/notices/numbering/kinds/order", 403),
        ("principal", "/notices/templates", 403),
        ("principal", "/notices/numbering", 403),
        ("system_admin", LETTER, 403),
        ("reviewer", "/notices/templates/statistics", 404),
        ("reviewer", "/notices/templates/nothing", 404),
        ("reviewer", f"{LETTER}/versions/99", 404),
        ("reviewer", "/notices/numbering/kinds/closure_form", 404),
        ("reviewer", "/notices/numbering/2020/order", 404),
    ],
)
def test_whose_pages_these_are(house: House, who: str, url: str, status: int) -> None:
    assert house.browser(who).get(url).status_code == status


def test_numbering_shows_the_next_number_and_changes_how_it_reads(house: House) -> None:
    editor, url = house.browser("reviewer"), "/notices/numbering/kinds/measure_decision"
    page = shown(editor, url)
    wrong = editor.post(url, data=form_of(page) | {"pattern": "[{年}]{序号}号", "series": "measure_decision"})
    assert wrong.status_code == 422
    assert "六角括号" in errors_on(wrong.get_data(as_text=True))["pattern"]
    sent = form_of(page) | {
        "pattern": "（{字头}）应急{文种}〔{年}〕{序号}号",
        "series": "measure_decision",
        "first": "38",
    }
    assert editor.post(url, data=sent).status_code == 302
    assert re.search(r"应急现决〔2026〕38号", shown(house.browser("inspector_a"), "/notices/numbering"))


def test_kinds_offer_each_others_series(house: House) -> None:
    page = shown(house.browser("reviewer"), "/notices/numbering/kinds/interview")
    assert '<option selected value="interview">单独编号</option>' in page
    assert "与《督办函》共用" in page

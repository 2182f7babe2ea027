"""Keys for those who sit at a desk all day, and what is left of a page on paper."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser.people import People
from tests.clocks import START
from tests.hazards import acts
from tests.hazards.city import City, reported
from workflows.vocabulary import Action, Grade

MILLIMETRE = 96 / 25.4  # CSS pixels
HIGHEST_PHOTO = 58


@pytest.fixture
def numbers(app: Flask, city: City) -> list[str]:
    """Three hazards of the plant; the first waits for the re-inspection."""
    with app.app_context():
        found = [reported(city, "leader", START, proposed_grade=Grade.MAJOR) for _ in range(3)]
        acts.accept(city, found[0], "manager", "principal", now=START)
        acts.plan(city, found[0], START)
        acts.work(city, found[0], START)
        acts.ask(city, found[0], Action.VERIFY, "head", START)
        acts.sign(city, found[0], "principal", now=START)
    return found


def focused(page: Page) -> str:
    return str(page.evaluate("document.activeElement.getAttribute('href') ?? document.activeElement.name ?? ''"))


def test_a_list_is_walked_without_a_mouse(people: People, numbers: list[str]) -> None:
    page = people.at_desk("inspector_a")
    page.goto("/hazards/")
    rows = page.locator("[data-row] .c-what a").evaluate_all("links => links.map(one => one.getAttribute('href'))")
    assert len(rows) == len(numbers)
    page.keyboard.press("j")
    assert focused(page) == rows[0]
    page.keyboard.press("j")
    assert focused(page) == rows[1]
    page.keyboard.press("k")
    page.keyboard.press("k")
    assert focused(page) == rows[0], "the first row is the first"
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name=rows[0].rsplit("/", 1)[1])).to_be_checked()
    page.keyboard.press("x")
    expect(page.get_by_role("checkbox", name=rows[0].rsplit("/", 1)[1])).not_to_be_checked()
    page.keyboard.press("/")
    expect(page.locator("main [data-key-search]")).to_be_focused()
    page.keyboard.type("jk?")
    expect(page.locator("main [data-key-search]")).to_have_value("jk?")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.locator("[data-row] .c-what a").nth(1).focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{rows[1]}")


def test_the_question_mark_shows_the_keys_and_escape_closes_them(people: People, numbers: list[str]) -> None:
    page = people.at_desk("inspector_a")
    page.goto("/hazards/")
    page.keyboard.press("j")
    before = focused(page)
    page.keyboard.press("?")
    dialog = page.get_by_role("dialog", name="快捷键")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="关闭")).to_be_focused()
    assert dialog.locator("dt").all_inner_texts() == ["/", "j k", "x", "Enter", "?"]
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_have_count(1)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert focused(page) == before, "the focus is where it was"
    page.keyboard.press("?")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)


def test_the_keys_stand_in_the_handbook_too(people: People, numbers: list[str]) -> None:
    page = people.at_desk("inspector_a")
    page.goto("/")
    page.locator(".who-menu summary").click()
    page.get_by_role("link", name="快捷键").click()
    page.wait_for_url("**/help/daily#keyboard")
    expect(page.get_by_role("heading", name="快捷键")).to_be_in_viewport()


def test_on_paper_a_page_is_what_it_says(people: People, numbers: list[str]) -> None:
    page = people.at_desk("inspector_a")
    page.emulate_media(media="print")
    page.goto("/hazards/")
    for gone in (".top", ".filters", ".views", ".pager", ".acts", ".bulk"):
        for shown in page.locator(gone).all():
            expect(shown).to_be_hidden()
    assert page.locator(".hz thead").evaluate("one => getComputedStyle(one).display") == "table-header-group"
    expect(page.get_by_text("本页不代替正式文书。")).to_be_visible()

    page.goto(f"/hazards/{numbers[0]}")
    expect(page.get_by_text("经过摘要")).to_be_visible()
    expect(page.get_by_role("region", name="签批流程")).to_be_visible()
    expect(page.get_by_role("link", name="签批：通过")).to_have_count(0)
    photos = page.locator(".photos .ph").all()
    assert photos
    for photo in photos:
        photo.scroll_into_view_if_needed()
        box = photo.bounding_box()
        assert box is not None
        assert 0 < box["height"] <= HIGHEST_PHOTO * MILLIMETRE + 1

    page.goto(f"/hazards/{numbers[0]}/sign")
    expect(page.get_by_text("您将签下的内容")).to_be_visible()
    expect(page.locator(".sign-here")).to_contain_text("签署人：")
    expect(page.get_by_label("再次输入登录密码")).to_be_hidden()
    expect(page.locator("#verdict")).to_be_hidden()


def test_a_printed_list_is_landscape_a_printed_hazard_is_not(people: People, numbers: list[str]) -> None:
    page = people.at_desk("inspector_a")
    for url, is_wide in (("/hazards/", True), (f"/hazards/{numbers[0]}", False), ("/help/major", False)):
        page.goto(url)
        width, height = _paper(page.pdf(prefer_css_page_size=True))
        assert (width > height) is is_wide, url


def _paper(data: bytes) -> tuple[float, float]:
    box = PdfReader(io.BytesIO(data)).pages[0].mediabox
    return float(box.width), float(box.height)

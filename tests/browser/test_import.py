"""The main path of an import in a real browser: the file in, a column corrected, let in, found in the list."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from hazards.operations import import_runs
from tests.browser.people import PATIENCE, People
from tests.hazards.ledgers import FOLDER

DRAFT = re.compile(r"/hazards/import/\d+$")
WIDE = "document.documentElement.scrollWidth > window.innerWidth"


def hand_in(page: Page, file: Path) -> None:
    page.goto("/hazards/")
    page.get_by_role("link", name="导入台账").click()
    page.get_by_label("台账文件").set_input_files(file)
    page.get_by_role("button", name="上传并核对").click()
    page.wait_for_url(DRAFT)


def tally(page: Page) -> dict[str, int]:
    found = page.locator(".tally > a").all_inner_texts()
    return {words.split()[1]: int(words.split()[0]) for words in found}


@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_a_real_ledger_comes_in(people: People, phone: bool) -> None:
    page = people.on_phone("inspector_a") if phone else people.at_desk("inspector_a")
    hand_in(page, FOLDER / "grouped_header.xlsx")
    figures = tally(page)
    assert sum(figures[word] for word in ("新建", "并入已有隐患", "不导入，各有原因")) == 60
    assert not page.evaluate(WIDE)

    page.get_by_label("H 列 隐患类型 作为").select_option(label="不作为任何一项，原文随行保留")
    page.get_by_role("button", name="按更正重新核对").click()
    expect(page.get_by_text("已按您的更正读取：1 列的对应。")).to_be_visible()
    assert tally(page)["有备注，须看一眼"] < figures["有备注，须看一眼"]

    _decide_on_every_name(page)
    taken = tally(page)["新建"]
    page.get_by_role("button", name=f"导入 {taken} 行").click()
    expect(page.get_by_text(f"已导入 {taken} 行：")).to_be_visible(timeout=PATIENCE)
    assert not page.evaluate(WIDE)
    page.get_by_role("link", name="看新建的隐患").click()
    expect(page.get_by_text(f"共 {taken} 条").first).to_be_attached()


def _decide_on_every_name(page: Page) -> None:
    while (rest := page.locator('input[name^="rest-"][value="new"]')).count():
        rest.first.check()
        page.get_by_role("button", name="按所选重新核对").click()
        page.wait_for_load_state()


def test_the_bar_moves_and_the_page_goes_on_by_itself(
    app: Flask, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_runs, "SMALL_BYTES", 0)
    page = people.at_desk("inspector_a")
    hand_in(page, FOLDER / "enterprise_ledger.xlsx")
    expect(page.get_by_text("等待开始")).to_be_visible()
    queue = app.extensions["jobs"].queue
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
    expect(page.get_by_role("heading", name="逐行核对")).to_be_visible(timeout=PATIENCE)
    queue.storage.close()

"""The handbook as pages: every chapter opens for everybody, links into it hit, its pictures are there."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core import handbook
from tests.architecture.sources import ROOT
from tests.pages.house import EVERYBODY, House
from tests.pages.reading import breaks, read
from workflows.vocabulary import Action

PICTURES = handbook.FOLDER / "pictures"
HEAVIEST, MOST = 120_000, 14
_USE = re.compile(r"(?<![\w.])help\('(?P<chapter>[^']*)', (?P<anchor>'[^']*'|[^'])")
_CHAPTERS = (
    *("login", "daily", "many", "told", "report", "inspecting", "enterprise", "major", "sign", "import", "inspector"),
    *("close", "notices", "ledgers", "committee", "people", "admin", "rules", "deadlines", "words"),
)
# Whose question is answered where: these have their link beside the question.
ASKED_AT = (
    "hazards/sign.html",
    "hazards/new.html",
    "hazards/plan.html",
    "hazards/work.html",
    "hazards/ask.html",
    "hazards/imports.html",
    "hazards/import_check.html",
    "hazards/points.html",
    "hazards/controls.html",
    "hazards/co_sign.html",
    "hazards/detail.html",
    "hazards/bulk.html",
    "hazards/bulk_result.html",
    "hazards/changes.html",
    "accounts/calendar.html",
    "accounts/shifts.html",
    "inspections/facts.html",
    "accounts/deputy.html",
    "accounts/deputies.html",
)


def _templates() -> Iterator[Path]:
    return (path for path in sorted((ROOT / "templates").rglob("*.html")) if path.name != "help.html")


def test_every_chapter_is_reached_from_the_cover_and_no_file_is_forgotten() -> None:
    files = {path.stem for path in handbook.FOLDER.glob("*.md")} - {handbook.COVER}
    assert tuple(handbook.chapters()) == _CHAPTERS
    assert files == set(_CHAPTERS)


def test_links_between_chapters_hit() -> None:
    known = handbook.chapters()
    links = [link for chapter in (*known.values(), handbook.cover()) for link in chapter.links]
    missed = []
    for link in links:
        name, _, anchor = link.partition("#")
        if name not in known or (anchor and anchor not in known[name].anchors):
            missed.append(link)
    assert len(links) > 30
    assert missed == []


def test_no_address_in_the_handbook_is_left_as_it_stands_in_the_file() -> None:
    for chapter in (*handbook.chapters().values(), handbook.cover()):
        assert all(url.startswith(("/help/", "#")) for url in read(chapter.html).addresses), chapter.name


def test_every_anchor_stands_once_in_its_chapter() -> None:
    for chapter in handbook.chapters().values():
        anchors = [section.anchor for section in chapter.sections if section.anchor]
        assert len(anchors) == len(set(anchors)), chapter.name


def test_every_help_link_of_a_template_hits_an_anchor() -> None:
    known, computed, used = handbook.chapters(), [], 0
    for path in _templates():
        for match in _USE.finditer(path.read_text("utf-8")):
            used += 1
            assert match["chapter"] in known, (path, match[0])
            if match["anchor"].startswith("'"):
                assert match["anchor"].strip("'") in known[match["chapter"]].anchors, (path, match[0])
            else:
                computed.append(path.name)
    assert used > 30
    assert computed == ["ask.html"], "its anchors are those of the actions, which the next test looks at"


def test_every_action_has_its_section_in_the_rules() -> None:
    actions = {action.value for action in Action} - {"report"}
    assert actions <= handbook.chapters()["rules"].anchors


@pytest.mark.parametrize("template", ASKED_AT)
def test_the_question_has_its_answer_beside_it(template: str) -> None:
    assert _USE.search((ROOT / "templates" / template).read_text("utf-8")), template


def test_every_picture_is_there_small_and_used() -> None:
    chapters = handbook.chapters().values()
    named = {picture for chapter in chapters for picture in chapter.pictures}
    there = {path.name for path in PICTURES.glob("*.png")}
    assert named == there
    assert 0 < len(there) <= MOST
    for name in sorted(there):
        data = (PICTURES / name).read_bytes()
        width, height = struct.unpack(">II", data[16:24])
        assert len(data) <= HEAVIEST, name
        assert width in (390, 780, 1280), (name, width)
        assert height <= 1000, (name, height)


@pytest.mark.parametrize("who", EVERYBODY)
def test_everybody_reads_the_cover_and_a_chapter(house: House, who: str) -> None:
    browser = house.browser(who)
    for url in ("/help/", "/help/report", "/help/?q=延期"):
        answer = browser.get(url)
        assert answer.status_code == 200, url
        assert breaks(answer.text) == [], url


@pytest.mark.parametrize("name", _CHAPTERS)
def test_every_chapter_keeps_the_house_rules(house: House, name: str) -> None:
    answer = house.browser("manager").get(f"/help/{name}")
    assert answer.status_code == 200
    assert breaks(answer.text) == []
    assert "{#" not in answer.text
    assert "made:" not in answer.text
    assert len(answer.data) < 100_000


def test_before_the_log_in_only_its_own_chapter_is_open(house: House) -> None:
    stranger: FlaskClient = house.app.test_client()
    shown = stranger.get("/help/login")
    assert shown.status_code == 200
    assert breaks(shown.text) == []
    assert 'href="/help/login"' in stranger.get("/login").text
    for closed in ("/help/", "/help/report", "/help/pictures/home.png"):
        answer = stranger.get(closed)
        assert answer.status_code == 302, closed
        assert answer.headers["Location"].startswith("/login")


def test_an_unknown_chapter_says_where_to_look(house: House) -> None:
    answer = house.browser("manager").get("/help/nothing")
    assert answer.status_code == 404
    assert "手册里没有这一章" in answer.text


def test_pictures_come_and_nothing_else_does(house: House) -> None:
    browser = house.browser("manager")
    answer = browser.get("/help/pictures/home.png")
    assert answer.status_code == 200
    assert answer.mimetype == "image/png"
    answer.close()
    for other in ("/help/pictures/../login.md", "/help/pictures/nothing.png", "/help/pictures/%2e%2e%2flogin.png"):
        assert browser.get(other).status_code == 404, other


def test_what_is_sought_is_found_and_marked() -> None:
    hits = handbook.search("恢复码")
    assert hits[0].chapter.name == "login"
    assert "<mark>恢复码</mark>" in hits[0].excerpt
    titled = handbook.search("代理")
    assert "代理" in titled[0].section.title
    assert handbook.search("没有这样的话") == []
    assert handbook.search("  ") == []


def test_what_is_sought_stays_text(house: House) -> None:
    shown = house.browser("manager").get("/help/", query_string={"q": "<b>延期</b>"}).text
    assert "<b>延期" not in shown
    assert "帮助里没有" in shown


def test_raw_html_and_comments_of_a_file_stay_out(tmp_path: Path) -> None:
    text = "# 题\n\n<!-- made: x -->\n\n"
    text += "行<script>alert(1)</script>\n接着 [坏](javascript:alert(1))\n\n## 节 {#a-b}\n\n字\n"
    (tmp_path / "README.md").write_text("# 目录\n\n[一](one.md)\n", "utf-8")
    (tmp_path / "one.md").write_text(text, "utf-8")
    chapter = handbook.chapters(tmp_path)["one"]
    assert chapter.title == "题"
    assert "<script" not in chapter.html
    assert 'href="javascript' not in chapter.html
    assert "made" not in chapter.html
    assert "&lt;/script&gt;接着" in chapter.html, "lines of a paragraph join without a blank"
    assert '<h2 id="a-b">节</h2>' in chapter.html


def test_a_heading_without_anchor_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# 目录\n\n## 没有\n", "utf-8")
    with pytest.raises(ValueError, match="no anchor"):
        handbook.cover(tmp_path)


def test_the_frame_leads_to_help(
    house: House,
) -> None:
    shown = house.browser("leader").get("/").text
    assert '<a class="top-help" href="/help/">帮助</a>' in shown
    assert 'href="/help/"' in house.browser("leader").get("/me").text


def test_the_files_are_found_from_the_project(sqlite_app: Flask) -> None:
    assert Path(sqlite_app.root_path) / "docs" / "handbook" == handbook.FOLDER

"""What people do at the pages, in the words that stand on them: report, accept, plan, work, sign."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from typing import Any

from playwright.sync_api import FilePayload, Page, expect
from pypdf import PdfWriter

from tests.hazards.city import PASSWORD, photo

SELF_FOUND = {
    "place": "北区熔炼车间 2 号炉",
    "description": "电炉冷却水系统未设置出水温度、进水流量差监测报警装置",
    "category": "设备",
}
DEADLINE = "2026-12-15"
DETAIL = re.compile(r"/hazards/YH-[\d-]+$")
SIGN = re.compile(r"签批\s*通过$")


def shot(colour: str = "grey") -> FilePayload:
    """A photo as the phone's camera hands it over."""
    return {"name": f"{colour}.jpg", "mimeType": "image/jpeg", "buffer": photo(colour).data}


def photos_into(page: Page, words: str, *colours: str) -> None:
    """Choose photos in the input of these words and see their thumbnails."""
    box = page.get_by_role("group", name=words)
    box.locator("input[type=file]").set_input_files([shot(colour) for colour in colours])
    expect(box.get_by_role("img")).to_have_count(len(colours))


def choose(page: Page, question: str, answer: str) -> None:
    """Tap an answer of a question, as a thumb does: on its words."""
    group = page.get_by_role("group", name=question)
    group.locator("label").filter(has_text=answer).first.click()
    expect(group.get_by_role("radio", name=answer, exact=True)).to_be_checked()


def write(page: Page, **typed: str) -> None:
    """Fill in fields by the name of their input: several pages repeat a label in other words."""
    for name, value in typed.items():
        page.locator(f"main [name={name}]").fill(value)


def press(page: Page, verb: str | re.Pattern[str]) -> None:
    """Press the button of this verb."""
    page.get_by_role("main").get_by_role("button", name=verb).click()


def said(page: Page, *sentences: str) -> None:
    """What the page answers, in its first lines."""
    for sentence in sentences:
        expect(page.get_by_role("main")).to_contain_text(sentence)


def number_of(page: Page) -> str:
    """The number of the hazard whose page is open."""
    page.wait_for_url(DETAIL)
    return page.url.rsplit("/", 1)[1]


def report(page: Page, facts: dict[str, str] = SELF_FOUND, *, before: Sequence[str] = ("grey",)) -> None:
    """Fill in the report form that is open, up to the grade."""
    if before:
        photos_into(page, "拍照", *before)
    write(page, place=facts["place"], description=facts["description"])
    choose(page, "哪一类", facts["category"])


def open_turn(page: Page, number: str, verb: str) -> None:
    """Open the hazard and follow the button that says it is this person's turn."""
    page.goto(f"/hazards/{number}")
    page.get_by_role("region", name="现在轮到您").get_by_role("link", name=verb).click()


def open_further(page: Page, number: str, verb: str) -> None:
    """Open the hazard and follow one of the other things this person may do."""
    page.goto(f"/hazards/{number}")
    page.get_by_role("region", name="您还可以办").get_by_role("link", name=verb, exact=True).click()


def responsible(page: Page) -> None:
    """Choose who answers for the rectification."""
    page.locator("main [name=responsible_person_id]").select_option(label="部门负责人·喆")


def accept(page: Page, number: str, **more: str) -> None:
    """Fill in the acceptance; the person then stands on the sign page."""
    open_turn(page, number, "受理")
    if page.get_by_role("group", name="判定条款").count():
        page.get_by_role("radio", name="都不是，写明理由").check()
        write(page, criterion_reason="冷却水中断可致炉内爆炸")
    responsible(page)
    write(page, deadline=DEADLINE, interim_controls="专人值守，停用 2、3 号炉", **more)
    press(page, "提出并去签批")
    page.wait_for_url("**/sign*")


def plan(page: Page, number: str) -> None:
    """Write the five points and what else the report of a major one holds."""
    open_turn(page, number, "编写整改方案")
    write(
        page,
        plan_measures="加装出水温度、进出水流量差监测报警装置并与电源联锁",
        plan_responsibility="设备部，部门负责人·喆",
        plan_money="42",
        plan_deadline=DEADLINE,
        plan_contingency="冷却水中断现场处置方案；高位应急水箱常满",
        plan_situation="电炉投用时未配监测装置",
        plan_harm="可致炉体烧穿爆炸；改造须停炉三天",
        congress_told_on="2026-11-16",
    )
    press(page, "保存方案")
    said(page, "整改方案已保存。内容已齐")


def pdf(name: str) -> FilePayload:
    """A small PDF of one blank page."""
    writer, made = PdfWriter(), io.BytesIO()
    writer.add_blank_page(200, 200)
    writer.write(made)
    return {"name": name, "mimeType": "application/pdf", "buffer": made.getvalue()}


def work(page: Page, number: str, *, lessons: bool, was_stopped: bool = False, **more: str) -> None:
    """Record the work with a photo of after, and with the evaluation where production was stopped."""
    open_turn(page, number, "填写整改情况")
    photos_into(page, "整改后照片", "green")
    if was_stopped:
        page.get_by_label("停产整改后的安全评估报告").set_input_files(pdf("安全评估报告.pdf"))
    facts = {"result": "已加装并联锁，试断水 18 秒报警断电", "completed_on": "2026-11-16", "real_cost": "39.60"}
    if lessons:
        facts |= {
            "cause": "设计时未考虑",
            "similar_checked": "已查其余 3 台炉",
            "lasting_measure": "列入年度检修规程",
        }
    write(page, **facts | more)
    press(page, "保存整改情况")
    said(page, "整改情况已保存。内容已齐")


def sign_here(page: Page, *, opinion: str = "", password: bool = False) -> None:
    """Sign on the page that is open."""
    if opinion:
        write(page, opinion=opinion)
    again = page.get_by_label("再次输入登录密码")
    expect(again).to_have_count(1 if password else 0)
    if password:
        again.fill(PASSWORD)
    press(page, SIGN)
    page.wait_for_url(DETAIL)


def ask(page: Page, number: str, verb: str) -> None:
    """Ask for signatures that others give, where the request itself needs nothing typed."""
    open_turn(page, number, verb)
    press(page, "提请签批")
    page.wait_for_url(DETAIL)


def sign(page: Page, number: str, verb: str = "签批：通过", **how: Any) -> None:
    """Open the hazard, go to the sign page and sign."""
    open_turn(page, number, verb)
    sign_here(page, **how)

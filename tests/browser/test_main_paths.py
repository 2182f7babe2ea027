"""The main paths in a real browser, on both databases: from the report on a phone to 销号 and the papers of it."""

from __future__ import annotations

import io

from flask import Flask
from openpyxl import load_workbook
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.browser import steps
from tests.browser.people import People


def test_a_self_found_major_from_the_phone_to_its_closure_and_its_papers(people: People, documents: Flask) -> None:
    number = _reported_on_the_phone(people.on_phone("leader"))
    manager = people.at_desk("manager")
    steps.accept(manager, number)
    steps.sign_here(manager, password=True)
    steps.said(manager, "现在由 主要负责人·𬭬 办理")
    steps.sign(people.at_desk("principal"), number, password=True)
    steps.said(people.at_desk("principal"), "「受理」已通过", "整改中")

    manager = people.at_desk("manager")
    steps.plan(manager, number)
    steps.ask(manager, number, "提请签批方案")
    steps.sign(people.at_desk("principal"), number, password=True)

    head = people.on_phone("head")
    steps.work(head, number, lessons=True, was_stopped=True)
    steps.ask(head, number, "申请验收")
    steps.sign(people.at_desk("principal"), number, password=True)
    for key in ("inspector_a", "inspector_b"):
        steps.sign(people.at_desk(key), number, password=True, opinion="现场复查，报警与联锁均动作")
    steps.sign(people.at_desk("reviewer"), number, "销号", password=True)
    approver = people.at_desk("approver")
    steps.sign(approver, number, password=True, opinion="同意销号")
    steps.said(approver, "「销号」已通过", "已销号，闭环完成")
    _has_closure_form(approver, number)
    _has_ledger(approver, number)


def test_an_ordered_general_one_from_the_inspection_to_its_closure(people: People) -> None:
    number = _reported_at_an_inspection(people.on_phone("inspector_a"))
    inspector = people.at_desk("inspector_a")
    steps.open_turn(inspector, number, "责令整改")
    steps.write(inspector, order_number="（渝綦）应急责改〔2026〕118号", deadline=steps.DEADLINE)
    steps.responsible(inspector)
    steps.press(inspector, "提出并去签批")
    steps.sign_here(inspector)
    inspector = people.at_desk("inspector_b")
    steps.sign(inspector, number)
    steps.said(inspector, "「责令整改」已通过", "整改中")

    steps.open_further(inspector, number, "登记送达和签收")
    steps.write(inspector, receipt_by="安全管理人员·镕", receipt_on="2026-11-16")
    steps.press(inspector, "登记")
    steps.said(inspector, f"已登记送达。整改期限 {steps.DEADLINE}")

    steps.work(people.on_phone("head"), number, lessons=False)
    manager = people.at_desk("manager")
    steps.open_further(manager, number, "申请验收")
    steps.sign_here(manager)
    for key in ("inspector_a", "inspector_b"):
        steps.sign(people.at_desk(key), number, opinion="现场复查，已清理")
    reviewer = people.at_desk("reviewer")
    steps.sign(reviewer, number, "销号")
    steps.said(reviewer, "「销号」已通过", "已销号，闭环完成")


def _reported_on_the_phone(page: Page) -> str:
    page.goto("/")
    page.get_by_role("navigation", name="手机导航").get_by_role("link", name="上报").click()
    steps.report(page, before=("grey", "red"))
    steps.choose(page, "等级", "重大")
    steps.choose(page, "是否停产", "局部停产")
    steps.write(page, stop_note="09:50 停用 2、3 号炉，撤出 6 人")
    steps.press(page, "上报")
    number = steps.number_of(page)
    steps.said(page, f"已上报：{number}。现在由 安全管理人员")
    return number


def _reported_at_an_inspection(page: Page) -> str:
    page.goto("/hazards/new")
    page.get_by_role("main").get_by_label("企业名称").fill("5号厂")
    steps.press(page, "查找")
    page.get_by_role("link", name="示例綦江机械制造有限公司5号厂").click()
    steps.choose(page, "怎样发现的", "督导检查发现")
    steps.report(page)
    steps.press(page, "上报")
    return steps.number_of(page)


def _has_closure_form(page: Page, number: str) -> None:
    page.goto(f"/hazards/{number}")
    link = page.get_by_role("link", name="销号审批表").get_attribute("href")
    answer = page.request.get(str(link))
    assert answer.headers["content-type"] == "application/pdf"
    text = "".join(sheet.extract_text() for sheet in PdfReader(io.BytesIO(answer.body())).pages)
    plain = "".join(text.split())
    for words in (number, "主要负责人·𬭬", "检查人员·䶮", "分管负责人·庚", "同意销号"):
        assert words in plain, words


def _has_ledger(page: Page, number: str) -> None:
    page.goto("/")
    page.get_by_role("navigation", name="主导航").get_by_role("link", name="统计与台账").click()
    page.get_by_label("统计期", exact=True).select_option("2026-11")
    steps.press(page, "看台账")
    expect(page.get_by_role("link", name=number)).to_be_visible()
    with page.expect_download() as started:
        steps.press(page, "下载 Excel 台账")
    sheet = load_workbook(io.BytesIO(started.value.path().read_bytes())).active
    assert sheet is not None
    values = [cell.value for row in sheet.iter_rows() for cell in row]
    assert number in values
    assert "已销号" in values

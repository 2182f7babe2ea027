"""Two shorter ways in the browser: a signature given on paper, and a fault put right where it was found."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import expect

from tests.browser import steps
from tests.browser.people import People
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, reported
from workflows.vocabulary import Action, Grade


def _waiting_for_the_principal(app: Flask, city: City, clock: FixedClock) -> str:
    """A self-found major whose verification the head has asked for."""
    with app.app_context():
        number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
        acts.accept(city, number, "manager", "principal", now=clock())
        acts.plan(city, number, clock())
        acts.work(city, number, clock())
        acts.ask(city, number, Action.VERIFY, "head", clock())
    return number


def test_a_principals_application_on_paper_is_recorded_by_an_inspector_with_its_scan(
    people: People, app: Flask, city: City, clock: FixedClock
) -> None:
    number = _waiting_for_the_principal(app, city, clock)
    page = people.at_desk("inspector_a")
    steps.open_further(page, number, "代录纸质签署")
    page.get_by_label("签署人姓名").fill("主要负责人·𬭬")
    page.get_by_role("radio", name="主要负责人").check()
    page.get_by_label("签署日期").fill("2026-11-16")
    page.get_by_label("纸质文件编号").fill("綦机安〔2026〕9号")
    page.get_by_label("扫描件或照片").set_input_files(steps.pdf("申请.pdf"))
    steps.press(page, "代录这份签署")
    page.wait_for_url(steps.DETAIL)
    steps.said(page, "已代录 主要负责人·𬭬 的纸质签署：「验收」通过")
    route = page.get_by_role("region", name="签批流程")
    expect(route).to_contain_text("纸质签署")
    expect(route).to_contain_text("代录")
    scan = page.get_by_role("link", name="纸质签署（主要负责人").get_attribute("href")
    assert page.request.get(str(scan)).body() == steps.pdf("申请.pdf")["buffer"]
    for key in ("inspector_a", "inspector_b"):
        steps.sign(people.at_desk(key), number, password=True)
    steps.said(people.at_desk("inspector_b"), "「验收」已通过", "已验收")


def test_a_fault_put_right_on_the_spot_is_verified_and_closed_by_two_others(people: People) -> None:
    page = people.on_phone("leader")
    page.goto("/hazards/new")
    steps.report(page, {"place": "北区通道", "description": "安全出口前堆放木托盘两垛", "category": "物的状态"})
    page.get_by_label("已当场整改").check()
    steps.photos_into(page, "整改后照片", "green")
    steps.write(page, result="已搬走托盘，通道划线")
    steps.press(page, "上报")
    number = steps.number_of(page)
    steps.said(page, "整改情况已记录并申请验收", number)

    manager = people.at_desk("manager")
    steps.sign(manager, number)
    steps.said(manager, "「验收」已通过", "已验收")
    expect(page.get_by_role("region", name="现在轮到您")).to_have_count(0)
    principal = people.at_desk("principal")
    steps.sign(principal, number, "销号")
    steps.said(principal, "「销号」已通过", "已销号，闭环完成")

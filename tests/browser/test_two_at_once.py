"""A form somebody was quicker than, and a form sent twice by an impatient thumb."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from core.db import db
from core.scope import everything
from hazards.models import Signature
from tests.browser import steps
from tests.browser.people import People
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import PASSWORD, City, reported
from workflows.vocabulary import Action, Grade


@pytest.fixture
def applied(app: Flask, city: City, clock: FixedClock) -> str:
    """The number of a self-found major that waits for two inspectors."""
    with app.app_context():
        number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
        acts.accept(city, number, "manager", "principal", now=clock())
        acts.plan(city, number, clock())
        acts.work(city, number, clock())
        acts.ask(city, number, Action.VERIFY, "head", clock())
        acts.sign(city, number, "principal", now=clock())
        db.session.remove()
    return number


def _signed_by(app: Flask, city: City, key: str) -> int:
    with app.app_context(), everything("test"):
        wanted = select(func.count()).select_from(Signature).where(Signature.person_id == city.people[key])
        return db.session.scalar(wanted) or 0


def _ready_to_sign(page: Page, number: str, opinion: str) -> None:
    page.goto(f"/hazards/{number}/sign?verdict=approved")
    steps.write(page, opinion=opinion)
    page.get_by_label("再次输入登录密码").fill(PASSWORD)


def test_the_slower_of_two_signers_is_told_and_keeps_the_words(
    people: People, app: Flask, city: City, applied: str
) -> None:
    quick, slow = people.beside("inspector_a"), people.beside("inspector_b")
    _ready_to_sign(quick, applied, "已复查，报警动作")
    _ready_to_sign(slow, applied, "断水试验 18 秒报警，联锁断电")
    steps.press(quick, steps.SIGN)
    quick.wait_for_url(steps.DETAIL)
    steps.press(slow, steps.SIGN)
    expect(slow.get_by_role("alert")).to_contain_text("您的签批没有提交")
    expect(slow.get_by_role("alert")).to_contain_text("检查人员·䶮 于 10:00 先签了")
    expect(slow.get_by_label("您写的内容")).to_have_value("断水试验 18 秒报警，联锁断电")
    assert _signed_by(app, city, "inspector_b") == 0
    slow.get_by_role("link", name="重新核对并签批").click()
    steps.sign_here(slow, password=True, opinion="断水试验 18 秒报警，联锁断电")
    assert _signed_by(app, city, "inspector_b") == 1
    people.forgive("status of 409")


def test_an_impatient_double_click_signs_once(people: People, app: Flask, city: City, applied: str) -> None:
    page = people.at_desk("inspector_a")
    _ready_to_sign(page, applied, "已复查")
    page.get_by_role("button", name=steps.SIGN).dblclick()
    page.wait_for_url(steps.DETAIL)
    steps.said(page, "已签批「验收」")
    assert _signed_by(app, city, "inspector_a") == 1


def test_a_form_sent_twice_without_script_signs_once(people: People, app: Flask, city: City, applied: str) -> None:
    page = people.beside("inspector_a", java_script_enabled=False)
    _ready_to_sign(page, applied, "已复查")
    form = page.locator("form.sign-form")
    typed: dict[str, Any] = {
        field.get_attribute("name") or "": field.input_value()
        for field in form.locator("input[type=hidden], textarea, input[type=password]").all()
    }
    typed["verdict"] = "approved"
    answers = [page.request.post(page.url, form=typed, headers={"Referer": page.url}) for _ in range(2)]
    assert [answer.status for answer in answers] == [200, 200]
    assert "已签批「验收」" in answers[0].text()
    assert "没有重复办理" in answers[1].text()
    assert {steps.DETAIL.search(answer.url) is not None for answer in answers} == {True}
    assert _signed_by(app, city, "inspector_a") == 1

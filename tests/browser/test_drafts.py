"""A report survives a dead signal: nothing is lost, nothing is claimed, and it is sent once."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from core.db import db
from core.scope import everything
from hazards.models import Evidence, Hazard
from tests.browser import steps
from tests.browser.people import People


def _filled(page: Page) -> None:
    page.goto("/hazards/new")
    steps.report(page, before=("grey", "red"))


def _counted(app: Flask) -> tuple[int | None, int | None]:
    """How many hazards and photos the register holds."""
    with app.app_context(), everything("test"):
        return db.session.scalar(select(func.count()).select_from(Hazard)), db.session.scalar(
            select(func.count()).select_from(Evidence)
        )


def test_a_report_written_off_line_goes_out_once_when_the_signal_is_back(people: People, app: Flask) -> None:
    page = people.on_phone("leader")
    _filled(page)
    page.context.set_offline(True)
    steps.press(page, "上报")
    steps.said(page, "没有网络。", "内容和 2 张照片已存本机，恢复后自动上传；现在还没有编号")
    assert _counted(app) == (0, 0)
    page.context.set_offline(False)
    number = steps.number_of(page)
    steps.said(page, f"已上报：{number}")
    assert _counted(app) == (1, 2)
    people.forgive("ERR_INTERNET_DISCONNECTED")

    page.goto("/hazards/new")  # the draft is forgotten, and does not go out again
    expect(page.get_by_label("看到了什么")).to_have_value("")
    assert _counted(app) == (1, 2)


def test_a_report_left_half_written_is_there_again(people: People, app: Flask) -> None:
    page = people.on_phone("leader")
    _filled(page)
    expect(page.get_by_text("已存本机")).to_be_visible()
    page.goto("/")
    page.goto("/hazards/new")
    steps.said(page, "已接着上次的草稿。")
    expect(page.get_by_label("看到了什么")).to_have_value(steps.SELF_FOUND["description"])
    expect(page.get_by_role("group", name="拍照").get_by_role("img")).to_have_count(2)
    steps.press(page, "上报")
    steps.said(page, f"已上报：{steps.number_of(page)}")
    assert _counted(app) == (1, 2)

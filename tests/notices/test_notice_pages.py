"""Notices through a browser: drafted, reviewed, issued, served, voided; nobody too early, nobody twice."""

from __future__ import annotations

import pytest
from flask import Flask

from core.db import db
from notices.fonts import FontBook
from notices.operations.runs import JOB
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import PASSWORD, City, reported
from tests.hazards.visiting import Page, Visitor
from tests.notices import city as papers
from tests.notices.forms import run_on
from workflows.vocabulary import Channel

pytestmark = pytest.mark.usefixtures("with_fonts")


@pytest.fixture
def with_fonts(app: Flask, fonts: FontBook) -> Flask:
    """The application with the fonts that the session has read once."""
    app.extensions["font_book"] = fonts
    return app


def letters(app: Flask, city: City, clock: FixedClock, count: int, until: str = "reviewed") -> list[int]:
    """That many letters of the district about one hazard, as far as asked."""
    number = papers.a_major_of(app, city, clock)
    with app.app_context():
        made = [papers.a_letter(city, number, clock(), until=until) for _ in range(count)]
        db.session.remove()
        return made


def test_a_letter_goes_its_whole_way_through_the_pages(app: Flask, town: City, clock: FixedClock) -> None:
    number = papers.a_major_of(app, town, clock)
    drafter = Visitor(app, "inspector_a")
    assert "督办函" in drafter.open(f"/notices/new?hazard={number}").text
    page = drafter.fill(f"/notices/new?kind=letter&hazard={number}", answer_by="2026-12-01")
    url = page.url
    assert "现在还不能提交。 还没有写完：请填写督办要求。" in page.text
    page = drafter.fill(f"{url}/edit", asked="请立即整改 镕堃䶮𬭬。")
    assert "现在还不能" not in page.text
    shown = drafter.open(f"{url}/preview.pdf")
    assert (shown.status, shown.response.mimetype) == (200, "application/pdf")
    page = drafter.fill(f"{url}/send")
    assert "现在由 审核人 审核" in page.text
    page = Visitor(app, "reviewer").fill(f"{url}/approve", password=PASSWORD)
    assert "现在由 分管负责人 签发" in page.text
    approver = Visitor(app, "approver")
    assert "等我办的文书 1 份" in approver.open("/").text
    page = approver.fill(f"{url}/issue", password=PASSWORD)
    assert "已签发：《督办函》綦应急函〔2026〕1号。" in page.text
    paper = approver.open(f"{url}.pdf")
    assert paper.response.headers["Cache-Control"] == "private, no-store"
    assert "镕堃䶮𬭬" in run_on(paper.response.data)
    assert "綦应急函〔2026〕1号" in drafter.open(f"/hazards/{number}").text
    page = drafter.fill(
        f"{url}/serve", recipient="主要负责人·𬭬", relation="主要负责人", received_on=str(clock().date())
    )
    assert "已登记：直接送达，已签收。" in page.text
    page = drafter.send(page, page.form)  # 起草送达回证
    receipt = drafter.follow(page)
    assert "送达回证" in receipt.text
    assert "《督办函》綦应急函〔2026〕1号" in receipt.text
    page = Visitor(app, "reviewer").fill(f"{url}/void", reason="主送单位写错", password=PASSWORD)
    assert "这份文书已作废。 主送单位写错" in page.text
    assert "%E4%BD%9C%E5%BA%9F" in approver.open(f"{url}.pdf").response.headers["Content-Disposition"]


def test_an_order_takes_its_number_first_and_the_hazards_page_offers_it(
    app: Flask, town: City, clock: FixedClock
) -> None:
    with app.app_context():
        number = reported(town, "inspector_a", clock(), channel=Channel.SUPERVISION)
        db.session.remove()
    first, second = Visitor(app, "inspector_a"), Visitor(app, "inspector_b")
    url = first.fill(f"/notices/new?kind=order&hazard={number}").url
    page = first.fill(f"{url}/number")
    assert "已取号：（綦应急）责改〔2026〕1号。" in page.text
    assert f"第 1 项 {number} 还没有签批「责令整改」。" in page.text
    asked = first.open(f"/hazards/{number}/order")
    assert asked.form.values["order_number"] == ["（綦应急）责改〔2026〕1号"]
    with app.app_context():
        acts.order(town, number, "inspector_a", "inspector_b", now=clock(), order_number="（綦应急）责改〔2026〕1号")
        db.session.remove()
    first.fill(f"{url}/send")
    page = second.fill(f"{url}/issue", password=PASSWORD)
    assert "已签发：《责令限期整改指令书》（綦应急）责改〔2026〕1号。" in page.text
    second.fill(f"{url}/serve", recipient="店长", relation="受委托人", received_on=str(clock().date()))
    refused = Visitor(app, "reviewer")
    answer = refused.send(refused.open(f"{url}/void"), reason="写错", password=PASSWORD)
    assert (answer.status, "指令书已送达" in answer.text) == (403, True)


def test_of_two_who_issue_the_second_is_told_and_a_second_tap_issues_nothing(
    app: Flask, town: City, clock: FixedClock
) -> None:
    (one,) = letters(app, town, clock, 1)
    url = f"/notices/{one}"
    first, second = Visitor(app, "approver"), Visitor(app, "approver")
    seen = first.open(f"{url}/issue"), second.open(f"{url}/issue")
    assert first.send(seen[0], password=PASSWORD).status == 302
    again = first.follow(first.send(seen[0], password=PASSWORD))
    assert "这张表已提交过，没有重复办理。" in again.text
    late = second.send(seen[1], password=PASSWORD)
    assert late.status == 409
    assert "您的签发没有提交：分管负责人·庚 于" in late.text
    assert "文书现在是「已签发」" in late.text
    with app.app_context():
        assert papers.notice(one).number == "綦应急函〔2026〕1号"
        db.session.remove()


def test_many_are_issued_by_one_run_and_put_together_for_the_printer(app: Flask, town: City, clock: FixedClock) -> None:
    ids = letters(app, town, clock, 3)
    (draft,) = letters(app, town, clock, 1, until="drafted")
    approver = Visitor(app, "approver")
    picked = "&".join(f"pick={one}" for one in (*ids, draft))
    page = approver.open(f"/notices/many/issue?{picked}")
    assert "3 份，另有 1 份不能办理" in page.text
    wrong = approver.send(page, password="nicht das", pick=[str(one) for one in ids])
    assert (wrong.status, "密码不对，没有签发" in wrong.text) == (422, True)
    answer = approver.send(page, password=PASSWORD, pick=[str(one) for one in (*ids, draft)])
    run = approver.follow(answer)
    assert "等待开始" in run.text
    assert 'http-equiv="refresh"' in run.html
    _work(app, run)
    run = approver.open(run.url)
    assert "共 4 份：办成 3 份，没有办成 1 份" in run.text
    assert "文书现在是「起草中」，还不能签发。" in run.text
    assert "refresh" not in run.html
    together = approver.open(f"/notices/many/print?{picked}")
    printed = approver.follow(approver.send(together, pick=[str(one) for one in ids]))
    _work(app, printed)
    file = approver.open(f"{printed.url}.pdf")
    assert (file.status, file.response.mimetype) == (200, "application/pdf")
    assert run_on(file.response.data).count("綦应急函〔2026〕") >= 3
    stranger = Visitor(app, "reviewer")
    assert [stranger.open(f"{run.url}{end}").status for end in ("", ".pdf")] == [404, 404]
    called_off = approver.follow(approver.send(approver.open(f"/notices/many/print?{picked}"), pick=[str(ids[0])]))
    assert "已取消" in approver.follow(approver.send(called_off)).text


def _work(app: Flask, run: Page) -> None:
    """What the runner does with what was asked."""
    app.extensions["jobs"].run_for(JOB, run.url.rpartition("/")[2])

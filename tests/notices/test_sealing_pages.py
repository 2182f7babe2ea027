"""Issuing through a browser where a seal service is waited for: nothing typed twice, nobody overtaken in silence."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import cast

import pytest
from flask import Flask

from core.db import db
from notices.fonts import FontBook
from tests.clocks import FixedClock
from tests.faults.remote import PATIENCE, Remote, RemoteClient, in_threads
from tests.hazards.city import PASSWORD, City, build_city, reported
from tests.hazards.visiting import Page, Visitor
from tests.notices import city as papers
from tests.notices.seals import sealing, while_waiting
from tests.receivers import SealService
from workflows.notices import NoticeStatus


@pytest.fixture
def service(app: Flask, clock: FixedClock, fonts: FontBook) -> Iterator[SealService]:
    """A seal service, known to the installation; the fonts that the session has read once."""
    app.extensions["font_book"] = fonts
    with sealing(app, clock()) as found:
        yield found


@pytest.fixture
def letter(app: Flask, clock: FixedClock, service: SealService) -> int:
    """A letter that waits to be issued."""
    with app.app_context():
        city: City = papers.with_prefixes(build_city(clock()))
        made = papers.a_letter(city, reported(city, "leader", clock()), clock(), until="reviewed")
        db.session.remove()
        return made


def standing(app: Flask, notice_id: int) -> tuple[NoticeStatus, str | None]:
    """Its status and number."""
    with app.app_context():
        notice = papers.notice(notice_id)
        found = notice.status, notice.number
        db.session.remove()
        return found


NUMBER = "綦应急函〔2026〕1号"


def test_the_same_form_is_sent_again_after_a_service_that_failed(app: Flask, letter: int, service: SealService) -> None:
    visitor = Visitor(app, "approver")
    service.status = 503
    page = visitor.open(f"/notices/{letter}/issue")
    for _try in range(2):
        page = visitor.send(page, password=PASSWORD)
        assert page.status == 503
        assert "外部签章系统没有盖章（答复 503）。没有签发。" in page.text
        assert NUMBER in page.text
        assert standing(app, letter) == (NoticeStatus.REVIEWED, NUMBER)
    service.status = 200
    done = visitor.follow(visitor.send(page, password=PASSWORD))
    assert f"已签发：《督办函》{NUMBER}。" in done.text
    again = visitor.follow(visitor.send(page, password=PASSWORD))
    assert "这张表已提交过，没有重复办理。" in again.text
    assert standing(app, letter) == (NoticeStatus.ISSUED, NUMBER)
    assert len(service.got) == 3


def test_taps_while_the_service_is_waited_for_all_lead_to_the_issued_notice(
    app: Flask, letter: int, service: SealService
) -> None:
    service.pause = 0.05  # seconds before each tenth of the answer
    with in_threads(app) as port:
        visitor = Visitor(cast(Flask, Remote(port)), "approver")
        page = visitor.open(f"/notices/{letter}/issue")

        def tap(_n: int) -> Page:
            client = RemoteClient(port)
            client.cookies = dict(cast(RemoteClient, visitor.client).cookies)
            data = dict(page.form.values) | {"password": [PASSWORD]}
            answer = client.post(page.url, data=data, content_type="multipart/form-data")
            return Page(answer, page.url)  # type: ignore[arg-type]

        with ThreadPoolExecutor(3) as thumbs:
            answers = list(thumbs.map(tap, range(3), timeout=PATIENCE))
    assert [(answer.status, answer.response.headers["Location"]) for answer in answers] == [
        (302, f"/notices/{letter}")
    ] * 3
    assert standing(app, letter) == (NoticeStatus.ISSUED, NUMBER)


def test_another_officer_with_the_page_open_is_told_who_was_quicker(
    app: Flask, letter: int, service: SealService
) -> None:
    url = f"/notices/{letter}/issue"
    first, second = Visitor(app, "approver"), Visitor(app, "approver")
    seen, also_seen = first.open(url), second.open(url)
    late: list[Page] = []
    held: list[int] = []

    def act() -> None:
        with app.app_context():
            held.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]
        late.append(second.send(also_seen, password=PASSWORD))

    while_waiting(service, act)
    assert first.send(seen, password=PASSWORD).status == 302
    assert held == [0]  # no connection waits with the page
    assert late[0].status == 409
    assert "您的签发没有提交：分管负责人·庚 于" in late[0].text
    assert "先取号了" in late[0].text
    assert len(service.got) == 1


def test_who_sends_it_back_meanwhile_was_quicker(app: Flask, letter: int, service: SealService) -> None:
    first, second = Visitor(app, "approver"), Visitor(app, "approver")
    seen = first.open(f"/notices/{letter}/issue")

    def send_back() -> None:
        second.fill(f"/notices/{letter}/return", reason="期限太长", password=PASSWORD)

    while_waiting(service, send_back)
    late = first.send(seen, password=PASSWORD)
    assert late.status == 409
    assert "您的签发没有提交：分管负责人·庚 于" in late.text
    assert "文书现在是「起草中」" in late.text
    assert standing(app, letter) == (NoticeStatus.DRAFT, NUMBER)

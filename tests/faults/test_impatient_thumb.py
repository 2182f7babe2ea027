"""The same form sent twice at the same moment counts once; both taps arrive at the same page."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, cast

from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.models import Event, OnceKey
from core.scope import everything
from hazards.models import Hazard, Signature
from tests.clocks import FixedClock
from tests.faults.remote import PATIENCE, Remote, RemoteClient, in_threads
from tests.faults.wholeness import assert_whole
from tests.hazards import acts
from tests.hazards.city import PASSWORD, City, reported
from tests.hazards.visiting import Page, Visitor, jpeg
from workflows.vocabulary import Action, Grade

TAPS = 3


def test_a_signature_sent_several_times_at_once_is_given_once(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(page_city, "leader", clock(), proposed_grade=Grade.MAJOR)
        acts.accept(page_city, number, "manager", "principal", now=clock())
        acts.plan(page_city, number, clock())
        acts.work(page_city, number, clock.advance(hours=1))
        acts.ask(page_city, number, Action.VERIFY, "head", clock())
        db.session.remove()
    with in_threads(app) as port:
        visitor = Visitor(cast(Flask, Remote(port)), "principal")
        page = visitor.open(f"/hazards/{number}/sign")
        answers = _tapped(visitor, page, opinion="同意", password=PASSWORD)
    assert [_where(answer) for answer in answers] == [f"/hazards/{number}"] * TAPS
    assert _count(app, Signature, Signature.step_label == "企业自验并申请") == 1
    assert _count(app, OnceKey) == 1
    assert_whole(app)


def test_a_report_sent_several_times_at_once_is_one_hazard(app: Flask, page_city: City) -> None:
    with in_threads(app) as port:
        visitor = Visitor(cast(Flask, Remote(port)), "leader")
        page = visitor.open("/hazards/new")
        typed = {
            "place": "北区熔炼车间",
            "description": "冷却水无流量报警",
            "category": "equipment",
            "grade": "general",
        }
        answers = _tapped(visitor, page, **typed, responsible_unit="设备部", photos=lambda: jpeg())
    assert [_where(answer) for answer in answers] == ["/hazards/YH-500110-2026-000001"] * TAPS
    assert _count(app, Hazard) == 1
    assert _count(app, Event, Event.kind == "report") == 1
    assert_whole(app)


def _tapped(visitor: Visitor, page: Page, **typed: Any) -> list[Page]:
    """The answers to one form sent several times at the same moment, each over a connection of its own."""
    values: dict[str, Any] = dict(page.form.values) | typed
    together = threading.Barrier(TAPS)

    def tap(_n: int) -> Page:
        client = RemoteClient(cast(RemoteClient, visitor.client).port)
        client.cookies = dict(cast(RemoteClient, visitor.client).cookies)
        data = {name: value() if callable(value) else value for name, value in values.items()}
        together.wait(PATIENCE)
        answer = client.post(page.form.action or page.url, data=data, content_type="multipart/form-data")
        return Page(cast(Any, answer), page.url)

    with ThreadPoolExecutor(TAPS) as thumbs:
        return list(thumbs.map(tap, range(TAPS)))


def _where(answer: Page) -> str:
    assert answer.status == 302, f"{answer.status}: {answer.text[:500]}"
    return str(answer.response.headers["Location"])


def _count(app: Flask, model: Any, *where: Any) -> int:
    with app.app_context(), everything("test of wholeness"):
        found = db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0
        db.session.remove()
    return found

"""Rewards of those who report: who decides, what the history and the reporter read, whose name is seen by whom."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db, unit_of_work
from core.models import Event
from core.refusals import Conflict, Invalid, NotAllowed, NotFound
from core.scope import everything
from core.verification import verify
from inspections.models import Reward
from inspections.operations.findings import Seen
from inspections.operations.open_reports import report_as_stranger, report_as_worker
from inspections.operations.rewards import decide, look_at_reporter, pay
from inspections.queries.rewards import STAGES, reward_figures, rewards_page
from inspections.queries.scanning import Scanned, scanned
from tests.accounts.test_pages import keeps_house_rules
from tests.accounts.world import post, text_of, token
from tests.clocks import FixedClock
from tests.hazards.browsing import browser, errors_on
from tests.hazards.city import City, hazard, reported
from tests.inspections.points import a_point, kept, opened


@dataclass
class Reports:
    """Two reports at a point of the plant: of a stranger who left name and number, and of its worker."""

    stranger: str
    worker: str
    code: str


def here(city: City, clock: FixedClock) -> Scanned:
    opened(city, clock())
    found = scanned(kept(a_point(city, clock())).token)
    assert found is not None
    return found


@pytest.fixture
def reports(city: City, clock: FixedClock) -> Reports:
    return made(city, clock)


def made(city: City, clock: FixedClock) -> Reports:
    label = here(city, clock)
    with unit_of_work():
        words = {"name": "张三", "contact": "13800001234", "key": "k" * 24}
        told = report_as_stranger(label, Seen("冷却水管漏水"), now=clock(), **words)
    with city.eyes("worker") as actor, unit_of_work():
        own = report_as_worker(label, Seen("护栏缺失"), by=actor, now=clock())
    return Reports(told.number, own.number, told.code)


def test_a_reward_is_decided_paid_and_stands_in_the_history(city: City, clock: FixedClock, reports: Reports) -> None:
    with city.eyes("manager") as actor, unit_of_work():
        decide(reports.stranger, 20_000, "查实", by=actor, now=clock())
    with city.eyes("principal") as actor, unit_of_work():
        decide(reports.stranger, 30_000, "查实，险情重大", by=actor, now=clock())
        paid = pay(reports.stranger, by=actor, now=clock())
        assert (paid.amount_fen, paid.paid_at) == (30_000, clock())
    with everything("test"):
        wanted = select(Event).where(Event.subject_kind == "hazard", Event.kind == "reward").order_by(Event.seq)
        contents = [event.content for event in db.session.scalars(wanted)]
        assert verify().is_whole
    assert [(one["reward"], one["amount_fen"]) for one in contents] == [
        ("decided", 20_000),
        ("decided", 30_000),
        ("paid", 30_000),
    ]
    assert "张三" not in str(contents)
    with city.eyes("manager") as actor, unit_of_work():
        with pytest.raises(Conflict):
            decide(reports.stranger, 0, "不发", by=actor, now=clock())
        with pytest.raises(Conflict):
            pay(reports.stranger, by=actor, now=clock())
        with pytest.raises(Conflict):
            pay(reports.worker, by=actor, now=clock())  # nothing was decided


@pytest.mark.parametrize("key", ["worker", "leader", "head", "inspector_a", "shop_principal"])
def test_only_the_enterprises_heads_decide(city: City, clock: FixedClock, reports: Reports, key: str) -> None:
    with city.eyes(key) as actor, unit_of_work(), pytest.raises((NotAllowed, NotFound)):
        decide(reports.stranger, 100, "", by=actor, now=clock())
    with city.eyes(key) as actor, unit_of_work(), pytest.raises((NotAllowed, NotFound)):
        look_at_reporter(reports.stranger, "看看", by=actor, now=clock())


def test_nobody_decides_on_an_own_report(city: City, clock: FixedClock) -> None:
    number = reported(city, "manager", clock())
    with everything("test"), unit_of_work() as session:
        session.add(Reward(hazard_id=hazard(number).id, reporter="安全管理人员·镕"))
    with city.eyes("manager") as actor, unit_of_work(), pytest.raises(NotAllowed):
        decide(number, 100, "", by=actor, now=clock())
    with city.eyes("manager_b") as actor, unit_of_work():
        assert decide(number, 100, "", by=actor, now=clock()).amount_fen == 100


@pytest.mark.parametrize(("amount", "note", "field"), [(-1, "", "amount"), (10**16, "", "amount"), (0, "", "note")])
def test_what_is_no_decision_is_said(
    city: City, clock: FixedClock, reports: Reports, amount: int, note: str, field: str
) -> None:
    with city.eyes("manager") as actor, unit_of_work(), pytest.raises(Invalid) as refused:
        decide(reports.stranger, amount, note, by=actor, now=clock())
    assert set(refused.value.fields) == {field}


def test_figures_equal_the_lists_behind_them(city: City, clock: FixedClock, reports: Reports) -> None:
    enterprise = city.enterprises["plant"]
    with city.eyes("manager") as actor, unit_of_work():
        decide(reports.stranger, 20_000, "", by=actor, now=clock())
        decide(reports.worker, 0, "重复上报", by=actor, now=clock())
    with city.eyes("manager"):
        figures = reward_figures(enterprise)
        assert figures.stages == {"open": 0, "decided": 1, "paid": 0, "none": 1}
        assert (figures.decided_fen, figures.paid_fen) == (20_000, 0)
        for stage in STAGES:
            rows, _after = rewards_page(enterprise, stage=stage)
            assert len(rows) == figures.stages[stage]
            assert all(row.stage == stage for row in rows)
        first, after = rewards_page(enterprise, limit=1)
        rest, none = rewards_page(enterprise, after=after, limit=1)
    assert [one.number for one in (*first, *rest)] == [reports.worker, reports.stranger]
    assert none is None


def test_the_pages_mask_the_reporter_until_a_look_is_written_down(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    with app.app_context():
        found = made(page_city, clock)
    client = browser(app, "principal")
    page = text_of(client.get("/inspections/rewards"))
    keeps_house_rules("rewards", page)
    assert "张＊＊" in page
    assert "张三" not in page
    assert "13800001234" not in page
    url = f"/inspections/rewards/{found.stranger}/reporter"
    assert set(errors_on(text_of(post(client, url, {"reason": ""})))) == {"reason"}
    shown = post(client, url, {"reason": "通知领奖"})
    assert "张三" in text_of(shown)
    assert "13800001234" in text_of(shown)
    assert "no-store" in shown.headers["Cache-Control"]
    with app.app_context(), everything("test"):
        looks = db.session.scalars(select(Event).where(Event.kind == "reporter_read")).all()
        assert [look.subject_id for look in looks] == [page_city.people["principal"]]
        assert "张三" not in str(looks[0].content)


def test_the_reporter_reads_the_decision_and_nothing_else(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        found = made(page_city, clock)
    stranger, client = app.test_client(), browser(app, "manager")

    def reads() -> str:
        return text_of(post(stranger, "/p/follow", {"code": found.code}))

    assert "还没有决定" in reads()
    url = f"/inspections/rewards/{found.stranger}"
    assert set(errors_on(text_of(post(client, url, {"amount": "一百", "note": ""})))) == {"amount"}
    assert post(client, url, {"amount": "200.50", "note": "秘密说明"}).status_code == 302
    assert "已决定，待发放 200.50 元" in reads()
    assert 'value="200.50"' in text_of(client.get(url))
    page = text_of(client.get("/inspections/rewards"))
    paid = client.post(f"{url}/paid", data={"csrf_token": token(page)})
    assert paid.status_code == 302
    assert "已发放 200.50 元" in reads()
    assert "秘密说明" not in reads()
    assert not re.search("漏水|电炉", reads())


@pytest.mark.parametrize("key", ["worker", "leader", "head", "inspector_a"])
def test_others_find_the_pages_shut(app: Flask, page_city: City, key: str) -> None:
    client = browser(app, key)
    for url in (
        "/inspections/rewards",
        "/inspections/open-reporting",
        "/inspections/rewards/X",
        "/inspections/rewards/X/reporter",
    ):
        assert client.get(url).status_code == 403, url


def test_the_setting_is_kept_with_its_promise_and_its_entry(app: Flask, page_city: City) -> None:
    client = browser(app, "plant_manager")
    url = "/inspections/open-reporting"
    keeps_house_rules("setting", text_of(client.get(url)))
    assert post(client, url, {"allowed": "y", "promise": "长" * 301}).status_code == 422
    assert post(client, url, {"allowed": "y", "promise": "每条 50 元"}).status_code == 302
    page = text_of(client.get(url))
    assert "checked" in page
    assert "每条 50 元" in page
    with app.app_context(), everything("test"):
        entry = db.session.scalars(select(Event).where(Event.kind == "open_reporting")).one()
    assert (entry.subject_kind, entry.content) == ("enterprise", {"what": "allowed"})

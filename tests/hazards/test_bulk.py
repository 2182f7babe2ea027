"""Several hazards at once: each through its own operation, reported by itself, and never twice."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from sqlalchemy import func, select

from core import handbook
from core.db import db, unit_of_work
from core.models import Event, OutboxMessage
from core.refusals import Conflict, Invalid, NotAllowed, Unavailable
from core.scope import everything
from hazards.forms.bulk import Item
from hazards.models import BulkRun, Hazard, Signature, SignOffRequest, WorkRecord
from hazards.operations import bulk as runs
from hazards.operations.assigning import assign
from hazards.presenting.bulk_results import OUTCOMES
from hazards.presenting.picking import SIGN_WORDS
from hazards.queries import hazard_by_number
from hazards.rules import BULK_LABELS, BulkAct
from hazards.views import bulk
from hazards.views.bulk_acts import act_of
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import PASSWORD, City, hazard, reported
from tests.hazards.visiting import Visitor
from workflows.vocabulary import Action, Grade, State


def url(what: str, *numbers: str) -> str:
    return f"/hazards/bulk/{what}?{urlencode([('pick', number) for number in numbers])}"


def waiting(city: City, clock: FixedClock, **more: Any) -> str:
    """A general hazard whose verification waits for a safety manager."""
    number = reported(city, "leader", clock(), **more)
    acts.accept(city, number, "manager", now=clock())
    acts.work(city, number, clock())
    acts.ask(city, number, Action.VERIFY, "head", clock())
    return number


def accepted(city: City, clock: FixedClock, **more: Any) -> str:
    number = reported(city, "leader", clock(), **more)
    acts.accept(city, number, "manager", now=clock())
    return number


@contextmanager
def inside(app: Flask) -> Iterator[None]:
    with app.app_context(), everything("test"):
        yield
        db.session.remove()


def state_of(app: Flask, *numbers: str) -> list[State]:
    with inside(app):
        return [hazard(number).state for number in numbers]


def count(app: Flask, model: type[Any]) -> int:
    with inside(app):
        return int(db.session.scalar(select(func.count()).select_from(model)) or 0)


# --- signing ----------------------------------------------------------------------------------------------------


def test_each_is_signed_by_itself_and_reported(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        first, second = waiting(page_city, clock), waiting(page_city, clock, place="南区")
        third = reported(page_city, "leader", clock(), place="西区")
    manager = Visitor(app, "manager")
    page = manager.open(url("sign", first, second, third))
    assert page.status == 200
    assert "另有 1 条不能办理" in page.text
    assert "「受理」要填写内容，请在隐患页面单独办理。" in page.text
    assert page.text.count("确认下列隐患已整改完毕，同意通过验收。") == 2
    assert "再次输入登录密码" not in page.text
    result = manager.follow(manager.send(page))
    assert "共 2 条：办理 2 条" in result.text
    assert "已全部办理。" in result.text
    assert result.text.count("「验收」已通过。现在由") == 2
    assert state_of(app, first, second, third) == [State.VERIFIED, State.VERIFIED, State.REPORTED]


def test_a_deed_stands_on_the_page_letter_by_letter(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = waiting(page_city, clock)
        with everything("test"):
            of_it = (SignOffRequest.hazard_id == hazard_by_number(number).id, SignOffRequest.action == Action.VERIFY)
            deed = db.session.scalars(select(SignOffRequest.deed).where(*of_it)).one()
    text = Visitor(app, "manager").open(url("sign", number)).text
    for label, value in deed:
        assert " ".join(value.split()) in text, label


def test_one_that_is_refused_stops_none_of_the_others(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        numbers = [waiting(page_city, clock, place=place) for place in ("东区", "南区", "西区")]
    manager = Visitor(app, "manager")
    page = manager.open(url("sign", *numbers))
    with app.app_context():
        acts.sign(page_city, numbers[1], "manager_b", now=clock.advance(minutes=1))
    result = manager.follow(manager.send(page))
    assert "办理 2 条，别人先办 1 条" in result.text
    assert "安全管理人员·乙 于" in result.text
    assert state_of(app, *numbers) == [State.VERIFIED] * 3
    again = f'href="/hazards/bulk/sign?pick={numbers[1]}"'
    assert "重新核对这 1 条" in result.text
    assert again in result.html


def test_what_changed_after_it_was_shown_is_not_signed(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = waiting(page_city, clock)
    manager = Visitor(app, "manager")
    page = manager.open(url("sign", number))
    forged = page.form.values["item"][0].split("|")
    forged[3] = "0" * 64
    result = manager.follow(manager.send(page, item="|".join(forged)))
    assert "签批的内容在您打开页面之后变了" in result.text
    assert state_of(app, number) == [State.RECTIFYING]


def test_a_second_tap_signs_nothing_and_shows_the_first_result(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = waiting(page_city, clock)
    manager = Visitor(app, "manager")
    page = manager.open(url("sign", number))
    first = manager.send(page)
    signatures = count(app, Signature)
    second = manager.send(page)
    assert first.response.headers["Location"] == second.response.headers["Location"]
    assert count(app, Signature) == signatures
    assert count(app, BulkRun) == 1


def test_what_was_cut_off_is_shown_and_taken_up_again(
    app: Flask, page_city: City, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        first, second = waiting(page_city, clock), waiting(page_city, clock, place="南区")
    manager = Visitor(app, "manager")
    page = manager.open(url("sign", first, second))

    def gone(what: BulkAct) -> Any:
        def act(hazard: Hazard, item: Item, form: Any) -> str:
            if item.number == second:
                raise Unavailable("数据库暂时没有应答，没有写入任何内容。请稍后再试。")
            return act_of(what)(hazard, item, form)

        return act

    with monkeypatch.context() as patch:
        patch.setattr(bulk, "act_of", gone)
        assert manager.send(page).status == 503
    result = manager.follow(manager.send(page))
    assert "还有 1 条没有轮到。" in result.text
    assert state_of(app, first, second) == [State.VERIFIED, State.RECTIFYING]
    assert "继续办理其余 1 条" in result.text
    rest = manager.open(f"/hazards/bulk/sign?pick={second}")
    assert "已全部办理。" in manager.follow(manager.send(rest)).text
    assert state_of(app, second) == [State.VERIFIED]


def test_a_major_one_asks_for_the_password_again(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        major = reported(page_city, "leader", clock(), proposed_grade=Grade.MAJOR)
        acts.ask(
            page_city,
            major,
            Action.ACCEPT,
            "manager",
            clock(),
            responsible_person="部门负责人·喆",
            responsible_person_id=page_city.people["head"],
            deadline="2026-12-15",
            interim_controls="专人值守",
            plan_due="2026-11-26",
            criterion_reason="可致群死群伤",
        )
        general = waiting(page_city, clock)
    manager = Visitor(app, "manager")
    page = manager.open(url("sign", major, general))
    before = count(app, Signature)
    refused = manager.send(page)
    assert refused.status == 422
    assert "请输入登录密码。" in refused.text
    wrong = manager.send(refused, password="nicht-das-richtige")
    assert wrong.status == 422
    assert "还可再试 4 次" in wrong.text
    assert count(app, Signature) == before
    alone = manager.send(manager.open(url("sign", major, general)), pick=general)
    assert alone.status == 302, "the major one was left out, so no password is asked for"
    result = manager.follow(manager.send(manager.open(url("sign", major)), password=PASSWORD))
    assert "已签批「受理」。" in result.text


def test_a_refusal_of_all_needs_one_reason(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        numbers = [waiting(page_city, clock, place=place) for place in ("东区", "南区")]
    manager = Visitor(app, "manager")
    page = manager.open(url("sign", *numbers))
    assert "不通过时须写明理由。" in manager.send(page, verdict="refused").text
    result = manager.follow(manager.send(page, verdict="refused", opinion="现场仍未断电"))
    assert result.text.count("「验收」不通过。") == 2
    assert state_of(app, *numbers) == [State.RECTIFYING] * 2


def test_closing_is_signed_as_it_is_opened_but_not_refused(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = waiting(page_city, clock)
        acts.sign(page_city, number, "manager", now=clock())
    closer = Visitor(app, "manager_b")
    page = closer.open(url("sign", number))
    assert "确认下列隐患整改经验收合格，同意销号。" in page.text
    assert "全部不通过" not in page.text
    result = closer.follow(closer.send(page, verdict="refused", opinion="否"))
    assert "还没有提请签批，不能「不通过」" in result.text
    result = closer.follow(closer.send(closer.open(url("sign", number))))
    assert "「销号」已通过。没有需要办理的事项。" in result.text
    assert state_of(app, number) == [State.CLOSED]


def test_nothing_ticked_and_too_many_are_refused_in_words(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = waiting(page_city, clock)
    manager = Visitor(app, "manager")
    page = manager.open(url("sign", number))
    none = manager.send(page, pick=[])
    assert none.status == 422
    assert "没有勾选隐患" in none.text
    many = manager.open(url("remind", *(f"YH-500110-2026-{n:06d}" for n in range(1, 131))))
    assert "一次最多办理 100 条。" in many.text
    assert "其余 30 条请另行勾选" in many.text
    assert manager.send(page, item="made up").status == 422
    assert "没有勾选隐患" in manager.open("/hazards/bulk/sign").text


def test_anothers_hazard_is_not_found(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = waiting(page_city, clock)
    stranger = Visitor(app, "shop_principal")
    page = stranger.open(url("sign", number))
    assert "找不到，或者不在您的管辖范围内。" in page.text
    assert "示例綦江机械" not in page.text
    mine = Visitor(app, "manager")
    result = mine.send(mine.open(url("sign", number)))
    assert stranger.open(result.response.headers["Location"]).status == 404


# --- assigning --------------------------------------------------------------------------------------------------


def _assign(city: City, number: str, who: str, by: str, clock: FixedClock, reason: str = "") -> str:
    with city.eyes(by) as actor, unit_of_work():
        return assign(hazard_by_number(number), city.people[who], by=actor, reason=reason, now=clock())


def test_who_is_named_is_told_and_the_history_says_so(context: None, city: City, clock: FixedClock) -> None:
    number = accepted(city, clock)
    assert _assign(city, number, "leader", "manager", clock, "喆出差") == "班组长·堃"
    with everything("test"):
        kept = hazard(number)
        assert (kept.responsible_person, kept.responsible_person_id) == ("班组长·堃", city.people["leader"])
        assert kept.holder == "班组长·堃"
        last = db.session.scalars(select(Event).where(Event.subject_id == kept.id).order_by(Event.seq.desc())).first()
        assert last is not None
        assert (last.kind, last.content["receiver"]) == ("assign", city.people["leader"])
        told = db.session.scalars(select(OutboxMessage.text).where(OutboxMessage.kind == "assigned")).all()
        assert told == [f"安全管理人员·镕指定您为 {number} 的整改责任人，整改期限 2026-12-15。"]
        worked = db.session.scalars(select(WorkRecord.person_id).where(WorkRecord.hazard_id == kept.id)).all()
    assert worked == [city.people["head"]], "whoever had it counts as having worked on it"


@pytest.mark.parametrize(
    ("by", "who", "kind", "sentence"),
    [
        ("worker", "leader", NotAllowed, "整改责任人由安全管理人员、主要负责人、现整改责任人或检查人员指定"),
        ("manager", "head", Invalid, "整改责任人已经是部门负责人·喆"),
        ("manager", "shop_principal", Invalid, "须是隐患所在企业的在岗人员"),
        ("manager", "inspector_a", Invalid, "须是隐患所在企业的在岗人员"),
    ],
)
def test_who_may_name_whom(
    context: None, city: City, clock: FixedClock, by: str, who: str, kind: type[Exception], sentence: str
) -> None:
    number = accepted(city, clock)
    with city.eyes("manager"):
        before = hazard(number).chain_length
    with everything("test"), pytest.raises(kind, match=sentence), unit_of_work():
        assign(hazard_by_number(number), city.people[who], by=city.actor(by), reason="", now=clock())
    assert hazard(number).chain_length == before


def test_nobody_is_named_while_the_work_is_judged(context: None, city: City, clock: FixedClock) -> None:
    number = waiting(city, clock)
    with pytest.raises(Conflict, match="「验收」正在签批，内容已冻结"):
        _assign(city, number, "leader", "manager", clock)
    acts.sign(city, number, "manager", now=clock())
    with pytest.raises(Conflict, match="整改已经完成"):
        _assign(city, number, "leader", "manager", clock)


def test_several_are_assigned_of_one_enterprise_at_a_time(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        numbers = [accepted(page_city, clock, place=place) for place in ("东区", "南区")]
        judged = waiting(page_city, clock)
        shop = reported(page_city, "shop_principal", clock(), enterprise_id=page_city.enterprises["shop"])
    manager = Visitor(app, "manager")
    page = manager.open(url("assign", *numbers, judged))
    assert "「验收」正在签批，内容已冻结" in page.text
    assert "请选择整改责任人。" in manager.send(page).text
    result = manager.follow(manager.send(page, person_id=str(page_city.people["leader"]), reason="分工调整"))
    assert result.text.count("整改责任人：班组长·堃。") == 2
    detail = manager.open(f"/hazards/{numbers[0]}")
    assert "指定整改责任人" in detail.text
    assert "分工调整" in detail.text
    split = Visitor(app, "inspector_a").open(url("assign", *numbers, shop))
    assert "所选隐患属于 2 家企业" in split.text
    assert "请按企业分开指定" in split.text


# --- extending and reminding ------------------------------------------------------------------------------------


def test_extensions_are_opened_for_each_and_lead_to_the_signing_of_all(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    with app.app_context():
        soon, late = accepted(page_city, clock), accepted(page_city, clock, place="南区")
        with page_city.eyes("manager"), unit_of_work():
            hazard_by_number(late).deadline = date(2027, 3, 1)
    manager = Visitor(app, "manager")
    page = manager.open(url("extend", soon, late))
    assert "应在 2026-11-17 以后" in manager.send(page, new_deadline="2026-11-01", reason="设备未到货").text
    result = manager.follow(manager.send(page, new_deadline="2027-01-15", reason="设备未到货"))
    assert "办理 1 条，没有办理 1 条" in result.text
    assert "现期限是 2027-03-01，新期限须晚于它" in result.text
    assert "核对并签批这 1 条延期" in result.text
    with inside(app):
        assert hazard(soon).deadline == date(2026, 12, 15), "nothing moves before it is signed"


def test_reminders_are_told_once_a_day_for_each(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        numbers = [accepted(page_city, clock, place=place) for place in ("东区", "南区")]
    reviewer = Visitor(app, "inspector_a")
    page = reviewer.open(url("remind", *numbers))
    result = reviewer.follow(reviewer.send(page, reason="请按期完成"))
    assert result.text.count("已催办：部门负责人·喆（1 人）。") == 2
    again = reviewer.follow(reviewer.send(reviewer.open(url("remind", *numbers))))
    assert again.text.count("您今天已经催办过这一条") == 2
    with inside(app):
        told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "remind")).all()
        assert len(told) == 2


def test_a_landlord_who_only_looks_on_reminds_nobody(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(page_city, "leader", clock(), concerned_id=page_city.enterprises["shop"])
        acts.accept(page_city, number, "manager", now=clock())
    page = Visitor(app, "shop_principal").open(url("remind", number))
    assert "催办由本企业和监管部门的经办人员办理" in page.text


# --- the handbook -----------------------------------------------------------------------------------------------


def test_the_handbook_says_of_acts_on_several_what_is_so() -> None:
    chapter = handbook.chapters()["many"]
    text = "".join(section.text for section in chapter.sections)
    assert f"一次最多 {runs.MOST} 条" in text
    assert f"结果页保留 {runs.KEPT.days} 天" in text
    assert {act.value for act in BulkAct} <= chapter.anchors
    for label in (*BULK_LABELS.values(), *OUTCOMES.values(), SIGN_WORDS):
        assert label in text, label

"""Signing at a browser: what is seen is signed, once, by whom it concerns, never on a stale text."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db
from core.scope import everything
from hazards.deed import deed_digest
from hazards.models import Signature, SignOffRequest
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import PASSWORD, City, hazard, reported
from tests.hazards.visiting import Visitor, jpeg
from workflows.vocabulary import Action, Channel, Grade, Manner, RequestStatus, State

ACCEPTANCE = {
    "criterion": "none",
    "criterion_reason": "冷却水中断可致炉内爆炸",
    "responsible_person_id": "",
    "responsible_person": "部门负责人·喆",
    "deadline": "2026-12-15",
    "interim_controls": "专人值守，停用 2、3 号炉",
    "plan_due": "2026-11-26",
}


def _state(app: Flask, number: str) -> State:
    with app.app_context():
        return hazard(number).state


def _signatures(app: Flask, number: str) -> list[Signature]:
    with app.app_context(), everything("test city"):
        wanted = select(Signature).where(Signature.hazard_id == hazard(number).id).order_by(Signature.id)
        return list(db.session.scalars(wanted))


def _requests(app: Flask, number: str) -> list[SignOffRequest]:
    with app.app_context(), everything("test city"):
        wanted = select(SignOffRequest).where(SignOffRequest.hazard_id == hazard(number).id)
        return list(db.session.scalars(wanted.order_by(SignOffRequest.id)))


def _reported_major(app: Flask, city: City, clock: FixedClock) -> str:
    with app.app_context():
        return reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)


def _applied(app: Flask, city: City, clock: FixedClock) -> str:
    """A self-found major whose verification waits for the inspectors."""
    with app.app_context():
        number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
        acts.accept(city, number, "manager", "principal", now=clock())
        acts.plan(city, number, clock())
        acts.work(city, number, clock.advance(minutes=1))
        acts.ask(city, number, Action.VERIFY, "head", clock())
        acts.sign(city, number, "principal", now=clock.advance(minutes=1))
    return number


# --- whole paths -----------------------------------------------------------------------------------------------


def test_a_self_found_major_is_taken_to_closure_in_the_browser(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _reported_major(app, page_city, clock)
    at = f"/hazards/{number}"
    manager, principal, head = (Visitor(app, key) for key in ("manager", "principal", "head"))
    page = manager.fill(f"{at}/accept", **ACCEPTANCE | {"responsible_person_id": str(page_city.people["head"])})
    assert "签批：安全管理人员受理" in page.text
    assert "不引条款的理由 冷却水中断可致炉内爆炸" in page.text
    assert "主要负责人受理" in manager.follow(manager.send(page, password=PASSWORD)).text
    assert "「受理」已通过。" in principal.fill(f"{at}/sign", password=PASSWORD).text
    _write_plan(head, at)
    assert "「整改方案」已通过。" in principal.fill(f"{at}/sign?action=plan", password=PASSWORD).text
    _do_work(head, at, page_city)
    asked = head.fill(f"{at}/sign?action=verify")
    assert "已提请「验收」签批" in asked.text
    principal.fill(f"{at}/sign", password=PASSWORD)
    Visitor(app, "inspector_a").fill(f"{at}/sign", password=PASSWORD, opinion="断水 18 秒报警")
    done = Visitor(app, "inspector_b").fill(f"{at}/sign", password=PASSWORD)
    assert "「验收」已通过。 现在由 审核人·己 办理。" in done.text
    Visitor(app, "reviewer").fill(f"{at}/sign?action=close", password=PASSWORD)
    assert "已销号，闭环完成" in Visitor(app, "approver").fill(f"{at}/sign", password=PASSWORD).text
    assert _state(app, number) is State.CLOSED
    assert {s.manner for s in _signatures(app, number)} == {Manner.PASSWORD}


def _write_plan(visitor: Visitor, at: str) -> None:
    page = visitor.fill(
        f"{at}/plan",
        plan_measures="加装监测报警装置并联锁",
        plan_responsibility="设备部，部门负责人·喆",
        plan_money="42",
        plan_deadline="2026-12-15",
        plan_contingency="冷却水中断现场处置方案",
        plan_situation="投用时未配监测装置",
        plan_harm="可致炉体烧穿爆炸",
        congress_told_on="2026-11-16",
    )
    assert "五到位 5 / 5" in page.text
    assert "42.00 万元" in page.text


def _do_work(visitor: Visitor, at: str, city: City) -> None:
    page = visitor.fill(
        f"{at}/work",
        doers=[str(city.people["head"])],
        result="已加装并联锁",
        completed_on="2026-11-16",
        real_cost="39.6",
        cause="设计时未考虑",
        similar_checked="已查其余 3 台炉",
        lasting_measure="列入年度检修规程",
        photos=[jpeg("green", "a.jpg"), jpeg("blue", "b.jpg")],
    )
    assert "内容已齐，可以申请验收。" in page.text
    assert "照片 3" in page.text


def test_an_ordered_general_is_taken_to_closure_in_the_browser(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(page_city, "inspector_a", clock(), channel=Channel.SUPERVISION)
    at = f"/hazards/{number}"
    first, second, manager = (Visitor(app, key) for key in ("inspector_a", "inspector_b", "manager"))
    page = first.fill(
        f"{at}/order",
        order_number="（渝綦）应急责改〔2026〕12号",
        order_item="1",
        term="days",
        deadline_days="30",
        responsible_person_id=str(page_city.people["head"]),
    )
    assert "整改期限（自送达之日起，日） 30" in page.text
    assert "法律依据 《中华人民共和国安全生产法》第六十五条第一款第二项" in page.text
    first.follow(first.send(page))
    second.fill(f"{at}/sign")
    assert _state(app, number) is State.RECTIFYING
    served = first.fill(f"{at}/serve", served_on="2026-11-16", receipt_by="部门负责人·喆", receipt_on="2026-11-16")
    assert "已登记送达。整改期限 2026-12-16。" in served.text.replace(" 整改期限", "整改期限")
    assert "送达：自 2026-11-16 次日起 30 日（自然日）" in served.text
    Visitor(app, "head").fill(f"{at}/work", result="已补装", completed_on="2026-11-16", real_cost="0", photos=[jpeg()])
    manager.fill(f"{at}/sign?action=verify")
    first.fill(f"{at}/sign")
    second.fill(f"{at}/sign")
    Visitor(app, "reviewer").fill(f"{at}/sign?action=close")
    assert _state(app, number) is State.CLOSED
    assert {s.manner for s in _signatures(app, number)} == {Manner.CONFIRMED}


def test_a_principal_without_log_in_signs_on_paper(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(page_city, "inspector_a", clock(), channel=Channel.SUPERVISION)
        acts.order(page_city, number, "inspector_a", "inspector_b", now=clock())
        acts.work(page_city, number, clock.advance(minutes=1))
        acts.ask(page_city, number, Action.VERIFY, "inspector_a", clock())
    at = f"/hazards/{number}"
    recorder = Visitor(app, "inspector_a")
    page = recorder.open(f"{at}/paper")
    assert "签署人在纸上签，您如实代录。" in page.text
    typed = {"name": "主要负责人·𬭬", "role": "principal", "signed_on": "2026-11-16", "number": "纸-1"}
    without = recorder.send(page, **typed)
    assert without.status == 422
    assert "请附扫描件或照片。" in without.text
    done = recorder.follow(recorder.send(without, scan=jpeg("white", "scan.jpg"), **typed))
    assert "已代录 主要负责人·𬭬 的纸质签署" in done.text
    assert "2026-11-16 签署，编号 纸-1，检查人员·䶮 代录" in done.text
    signed = _signatures(app, number)[-1]
    assert (signed.manner, signed.paper_number) == (Manner.PAPER, "纸-1")
    scan = Visitor(app, "reviewer").open(f"{at}/scans/{signed.id}")
    assert scan.response.mimetype == "image/jpeg"


# --- what is seen is what is signed ----------------------------------------------------------------------------


def test_the_text_on_the_page_is_the_text_that_is_kept(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _applied(app, page_city, clock)
    page = Visitor(app, "inspector_a").open(f"/hazards/{number}/sign")
    request = _requests(app, number)[-1]
    assert request.deed_digest == deed_digest(request.deed)
    for label, value in request.deed:
        if label != "事项":
            assert value in page.text, label
    assert " ".join(request.deed_digest[i : i + 8] for i in range(0, 64, 8)) in page.text
    assert page.form.values["seen_deed"] == [request.deed_digest]
    assert "以 检查人员·䶮 签批 通过" in page.text


def test_a_signature_on_another_text_than_the_one_seen_is_refused(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    number = _applied(app, page_city, clock)
    visitor = Visitor(app, "inspector_a")
    answer = visitor.send(visitor.open(f"/hazards/{number}/sign"), seen_deed="0" * 64, password=PASSWORD)
    assert answer.status == 409
    assert len(_signatures(app, number)) == 4


def test_a_change_since_is_shown_before_and_after(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _applied(app, page_city, clock)
    with app.app_context():
        acts.sign(page_city, number, "inspector_a", "inspector_b", now=clock.advance(minutes=1))
        acts.ask(page_city, number, Action.CLOSE, "inspector_a", clock.advance(minutes=1))
    Visitor(app, "manager").fill(f"/hazards/{number}/photos", kind="after", photos=[jpeg("red")])
    visitor = Visitor(app, "reviewer")
    page = visitor.open(f"/hazards/{number}/sign")
    assert "提出申请之后有 1 处变更。" in page.text
    changes = visitor.open(f"/hazards/{number}/changes").text
    assert re.search(r"整改后照片 上次签批：\S+ [\d :-]+ 签批时 1 张 现在 2 张", changes)
    assert "签后有变更 1 处" in visitor.open(f"/hazards/{number}").text


# --- refusing --------------------------------------------------------------------------------------------------


def test_a_refusal_needs_a_reason_and_keeps_what_was_typed(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _applied(app, page_city, clock)
    visitor = Visitor(app, "inspector_a")
    page = visitor.open(f"/hazards/{number}/sign?verdict=refused")
    without = visitor.send(page, opinion="", new_deadline="2026-12-31", password=PASSWORD)
    assert without.status == 422
    assert "不通过时须写明理由。" in without.text
    assert without.form.values["new_deadline"] == ["2026-12-31"]
    done = visitor.follow(visitor.send(without, opinion="3 号炉未联锁", password=PASSWORD))
    assert "已签批：「验收」不通过。" in done.text
    assert "现场复查（第 1 人） 不通过" in done.text
    assert "理由：3 号炉未联锁" in done.text
    assert "2026-12-31 星期四" in done.text
    assert _requests(app, number)[-1].status is RequestStatus.REFUSED


def test_a_wrong_password_signs_nothing_and_keeps_the_words(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _applied(app, page_city, clock)
    visitor = Visitor(app, "inspector_a")
    page = visitor.open(f"/hazards/{number}/sign")
    answer = visitor.send(page, password="not-it", opinion="断水 18 秒报警")
    assert answer.status == 422
    assert "密码不对，签批没有提交。还可再试 4 次，之后锁定 20 分钟。" in answer.text
    assert answer.form.values["opinion"] == ["断水 18 秒报警"]
    assert answer.form.values["password"] == [""]
    assert "请输入登录密码。" in visitor.send(answer, password="").text
    assert len(_signatures(app, number)) == 4
    assert visitor.send(answer, password=PASSWORD).status == 302
    assert len(_signatures(app, number)) == 5


@pytest.mark.parametrize(
    ("key", "status", "words"),
    [
        ("head", 403, "这一步（现场复查（第 1 人））由检查人员签批，请等他们办理。"),
        ("principal", 403, "您已签过这一流程，同一流程每人只签一次。"),
        ("approver", 403, "由检查人员签批"),
    ],
)
def test_the_wrong_person_reads_why(
    app: Flask, page_city: City, clock: FixedClock, key: str, status: int, words: str
) -> None:
    number = _applied(app, page_city, clock)
    visitor = Visitor(app, key)
    page = visitor.open(f"/hazards/{number}/sign")
    assert page.status == status
    assert words in page.text
    assert visitor.open(f"/hazards/{number}/sign?action=close").status in (403, 409)


def test_who_did_the_work_reads_that_he_cannot_judge_it(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(page_city, "leader", clock())
        acts.accept(page_city, number, "manager", now=clock())
        acts.work(page_city, number, clock.advance(minutes=1), by="manager")
    visitor = Visitor(app, "manager")
    asked = visitor.fill(f"/hazards/{number}/sign?action=verify")
    assert "已提请「验收」签批。" in asked.text
    assert "您实施了整改，不能签批验收。" in visitor.open(f"/hazards/{number}/sign").text


# --- once, and never stale -------------------------------------------------------------------------------------


def test_an_impatient_thumb_signs_once(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _applied(app, page_city, clock)
    visitor = Visitor(app, "inspector_a")
    page = visitor.open(f"/hazards/{number}/sign")
    first, second = visitor.send(page, password=PASSWORD), visitor.send(page, password=PASSWORD)
    assert first.response.headers["Location"] == second.response.headers["Location"]
    assert "这张表已提交过，没有重复办理。" in visitor.follow(second).text
    assert len(_signatures(app, number)) == 5


def test_a_stale_form_says_who_was_quicker_and_keeps_the_words(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _applied(app, page_city, clock)
    slow = Visitor(app, "inspector_a")
    page = slow.open(f"/hazards/{number}/sign")
    clock.advance(minutes=9)
    Visitor(app, "inspector_b").fill(f"/hazards/{number}/sign", password=PASSWORD)
    answer = slow.send(page, password=PASSWORD, opinion="现场模拟断水，18 秒报警")
    assert answer.status == 409
    assert "您的签批没有提交。 您打开此页后，检查人员·乙 于 10:11 先签了现场复查（第 1 人）。" in answer.text
    assert "现场模拟断水，18 秒报警" in answer.text
    assert "现场复查（第 1 人）：检查人员·乙 通过" in answer.text
    assert "重新核对并签批" in answer.text
    assert len(_signatures(app, number)) == 5
    slow.fill(f"/hazards/{number}/sign", password=PASSWORD)
    assert _state(app, number) is State.VERIFIED


def test_a_correction_makes_the_sign_page_stale_with_before_and_now(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    number = _applied(app, page_city, clock)
    visitor = Visitor(app, "inspector_a")
    page = visitor.open(f"/hazards/{number}/sign")
    Visitor(app, "manager").fill(f"/hazards/{number}/correct", interim_controls="全部停炉")
    answer = visitor.send(page, password=PASSWORD)
    assert answer.status == 409
    assert "安全管理人员·镕 于 10:02 更正" in answer.text
    assert "管控措施 专人值守，停用 2、3 号炉 全部停炉" in answer.text


def test_a_reminder_does_not_make_the_sign_page_stale(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _applied(app, page_city, clock)
    visitor = Visitor(app, "inspector_a")
    page = visitor.open(f"/hazards/{number}/sign")
    Visitor(app, "manager").fill(f"/hazards/{number}/remind")
    assert visitor.send(page, password=PASSWORD).status == 302
    assert len(_signatures(app, number)) == 5


@pytest.mark.parametrize("left_out", ["version", "entries", "once"])
def test_a_form_without_what_it_was_made_from_is_refused(
    app: Flask, page_city: City, clock: FixedClock, left_out: str
) -> None:
    number = _applied(app, page_city, clock)
    visitor = Visitor(app, "inspector_a")
    page = visitor.open(f"/hazards/{number}/sign")
    answer = visitor.send(page, password=PASSWORD, **{left_out: ""})
    assert answer.status == 422
    assert "这张表不完整，没有提交。" in answer.text
    assert len(_signatures(app, number)) == 4


# --- asking ----------------------------------------------------------------------------------------------------


def test_an_acceptance_names_each_gap_and_keeps_the_rest(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _reported_major(app, page_city, clock)
    visitor = Visitor(app, "manager")
    page = visitor.open(f"/hazards/{number}/accept")
    typed = ACCEPTANCE | {"criterion": None, "criterion_reason": "", "responsible_person": "", "deadline": "2026-11-01"}
    answer = visitor.send(page, **typed)
    assert answer.status == 422
    for words in ("请选择条款", "请选择整改责任人", "应在 2026-11-16 以后"):
        assert words in answer.text, words
    assert answer.form.values["interim_controls"] == ["专人值守，停用 2、3 号炉"]
    assert not _requests(app, number)


def test_a_request_is_withdrawn_and_ended_with_reasons(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _applied(app, page_city, clock)
    ended = Visitor(app, "inspector_a").fill(f"/hazards/{number}/end", reason="佐证材料不全")
    assert "申请已终止，申请人已收到理由。" in ended.text
    head = Visitor(app, "head")
    head.fill(f"/hazards/{number}/sign?action=verify")
    assert "申请已撤回。" in head.fill(f"/hazards/{number}/withdraw").text
    assert [r.status for r in _requests(app, number)][-2:] == [RequestStatus.ENDED, RequestStatus.WITHDRAWN]


def test_an_extension_is_asked_for_and_both_deadlines_stay(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(page_city, "leader", clock())
        acts.accept(page_city, number, "manager", now=clock())
    manager = Visitor(app, "manager")
    early = manager.send(manager.open(f"/hazards/{number}/extend"), reason="配件未到", new_deadline="2026-12-10")
    assert "须晚于现期限 2026-12-15。" in early.text
    manager.fill(f"/hazards/{number}/extend", reason="配件未到", new_deadline="2026-12-30", interim_controls="停用")
    page = Visitor(app, "principal").fill(f"/hazards/{number}/sign")
    assert "原期限 2026-12-15，因延期改为现期限" in page.text
    assert "2026-12-30（暂计） 延期" in page.text
    assert "现场管控 停用" in page.text

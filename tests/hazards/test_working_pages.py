"""What happens between signatures, at a browser: plan, work, photos, service, telling, sending up, striking off."""

from __future__ import annotations

from datetime import date

from flask import Flask
from sqlalchemy import select

from core.db import db
from core.scope import everything
from hazards import criteria
from hazards.models import Evidence, WorkRecord
from hazards.rules import EvidenceKind
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, reported
from tests.hazards.visiting import Visitor, jpeg
from workflows.vocabulary import Action, Channel, Grade, State


def _accepted(app: Flask, city: City, clock: FixedClock, grade: Grade = Grade.GENERAL) -> str:
    with app.app_context():
        number = reported(city, "leader", clock(), proposed_grade=grade)
        signers = ("manager", "principal") if grade is Grade.MAJOR else ("manager",)
        acts.accept(city, number, *signers, now=clock())
    return number


def _ordered(app: Flask, city: City, clock: FixedClock, **more: object) -> str:
    with app.app_context():
        number = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION, proposed_grade=Grade.MAJOR)
        acts.order(city, number, "inspector_a", "inspector_b", now=clock(), **more)
    return number


def _closed(app: Flask, city: City, clock: FixedClock) -> str:
    number = _accepted(app, city, clock)
    with app.app_context():
        acts.work(city, number, clock.advance(minutes=1))
        acts.ask(city, number, Action.VERIFY, "head", clock())
        acts.sign(city, number, "manager", now=clock.advance(minutes=1))
        acts.ask(city, number, Action.CLOSE, "principal", clock())
        acts.sign(city, number, "principal", now=clock.advance(minutes=1))
    return number


def test_a_plan_is_saved_in_parts_and_says_what_is_missing(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _accepted(app, page_city, clock, Grade.MAJOR)
    visitor = Visitor(app, "head")
    page = visitor.fill(f"/hazards/{number}/plan", plan_measures="加装监测报警装置", plan_money="42,000")
    assert "整改方案已保存。 还缺 6 项" in page.text
    assert "42000.00 万元" in page.text
    assert f'data-draft-clear="plan:{number}:' in page.html
    kept = visitor.open(f"/hazards/{number}/plan").form.values
    assert (kept["plan_measures"], kept["plan_money"]) == (["加装监测报警装置"], ["42000.00"])


def test_an_amount_that_is_none_keeps_the_rest(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _accepted(app, page_city, clock, Grade.MAJOR)
    visitor = Visitor(app, "head")
    page = visitor.open(f"/hazards/{number}/plan")
    answer = visitor.send(page, plan_money="约四十万", plan_deadline="六月底前", plan_measures="加装")
    assert answer.status == 422
    for words in ("金额看不懂", "日期看不懂。请写成 2026-11-20。"):
        assert words in answer.text, words
    assert answer.form.values["plan_measures"] == ["加装"]
    assert answer.form.values["plan_money"] == ["约四十万"]


def test_changing_a_signed_plan_asks_for_a_new_signature(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _accepted(app, page_city, clock, Grade.MAJOR)
    with app.app_context():
        acts.plan(page_city, number, clock.advance(minutes=1))
    visitor = Visitor(app, "head")
    assert "方案已经签批。" in visitor.open(f"/hazards/{number}/plan").text
    page = visitor.fill(f"/hazards/{number}/plan", plan_measures="改用另一种装置")
    assert "未签批" in page.text


def test_work_names_its_doers_and_a_refused_form_keeps_its_photos(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    number = _accepted(app, page_city, clock)
    visitor = Visitor(app, "head")
    page = visitor.open(f"/hazards/{number}/work")
    assert page.form.values["doers"] == [str(page_city.people["head"])]
    doers = [str(page_city.people["head"]), str(page_city.people["worker"])]
    refused = visitor.send(page, doers=doers, result="", photos=jpeg("green"))
    assert refused.status == 422
    assert "请写明怎样整改的、结果如何。" in refused.text
    assert 'src="/hazards/new/photo/' in refused.html
    done = visitor.follow(visitor.send(refused, result="已清理", completed_on="2026-11-16", real_cost="0"))
    assert "整改实施人：从业人员·甲、部门负责人·喆" in done.text.replace(
        "部门负责人·喆、从业人员·甲", "从业人员·甲、部门负责人·喆"
    )
    with app.app_context(), everything("test city"):
        assert set(db.session.scalars(select(WorkRecord.person_id))) == {
            page_city.people[k] for k in ("head", "worker")
        }
        kinds = list(db.session.scalars(select(Evidence.kind)))
    assert kinds.count(EvidenceKind.AFTER) == 1


def test_work_on_a_day_to_come_is_refused(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _accepted(app, page_city, clock)
    visitor = Visitor(app, "head")
    answer = visitor.send(visitor.open(f"/hazards/{number}/work"), result="已清理", completed_on="2026-11-17")
    assert answer.status == 422
    assert "不能晚于今天。" in answer.text


def test_a_file_that_is_no_photo_is_refused_by_its_content(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _accepted(app, page_city, clock)
    visitor = Visitor(app, "manager")
    page = visitor.open(f"/hazards/{number}/photos")
    bad = (jpeg()[0].__class__(b"MZ not a photo"), "照片.jpg")
    answer = visitor.send(page, kind="before", photos=bad)
    assert answer.status == 422
    assert "“照片.jpg”不能收。" in answer.text


def test_a_stale_correction_keeps_the_words(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _accepted(app, page_city, clock)
    slow = Visitor(app, "manager")
    page = slow.open(f"/hazards/{number}/correct")
    Visitor(app, "manager_b").fill(f"/hazards/{number}/correct", place="2 号炉")
    answer = slow.send(page, place="1 号炉", responsible_unit="熔炼车间")
    assert answer.status == 409
    assert "您的更正没有提交。" in answer.text
    assert "隐患位置：1 号炉" in answer.text
    assert "隐患位置 北区熔炼车间 2 号炉" in answer.text
    with app.app_context():
        assert hazard(number).place == "2 号炉"


def test_service_starts_the_days_and_receipt_follows(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _ordered(app, page_city, clock, deadline="", deadline_days=30)
    clock.advance(days=2)
    visitor = Visitor(app, "inspector_a")
    page = visitor.fill(f"/hazards/{number}/serve", served_on="2026-11-17", how="留置送达")
    assert "已登记送达。 整改期限 2026-12-17。" in page.text
    assert "2026-11-17 送达（留置送达）" in page.text
    again = visitor.fill(f"/hazards/{number}/serve", receipt_by="店长·𬭬", receipt_on="2026-11-18")
    assert "店长·𬭬 2026-11-18 签收" in again.text
    assert visitor.open(f"/hazards/{number}/serve").status == 403
    assert Visitor(app, "manager").open(f"/hazards/{number}/serve").status == 403


def test_the_principal_acknowledges_and_then_the_controller(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _accepted(app, page_city, clock, Grade.MAJOR)
    visitor = Visitor(app, "principal")
    visitor.fill(f"/hazards/{number}/told")
    page = visitor.fill(f"/hazards/{number}/told")
    assert "主要负责人 2026-11-16 10:00 签收；实际控制人 2026-11-16 10:00 签收" in page.text
    assert Visitor(app, "manager").open(f"/hazards/{number}/told").status == 403


def test_a_major_one_is_sent_straight_up_and_accepted_ex_officio(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    with app.app_context():
        number = reported(page_city, "leader", clock(), proposed_grade=Grade.MAJOR)
    reviewer = Visitor(app, "reviewer")
    refused = reviewer.open(f"/hazards/{number}/accept-ex-officio")
    assert refused.status == 403
    assert "企业受理的期限（2026-11-19）还没有过" in refused.text
    page = Visitor(app, "manager").fill(f"/hazards/{number}/escalate", reason="主要负责人不处理")
    assert "直报监管部门" in page.text
    assert "现在轮到您：依职权受理" in reviewer.open(f"/hazards/{number}").text
    signing = reviewer.fill(
        f"/hazards/{number}/accept-ex-officio",
        criterion="none",
        criterion_reason="可致群死群伤",
        responsible_person="部门负责人·喆",
        deadline="2026-12-15",
        interim_controls="停用",
    )
    assert "签批：依职权受理" in signing.text


def test_a_clause_is_picked_from_the_likely_ones_and_copied(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        criteria.seed(clock())
        number = reported(page_city, "leader", clock(), proposed_grade=Grade.MAJOR)
    visitor = Visitor(app, "manager")
    page = visitor.open(f"/hazards/{number}/accept")
    assert "出水温度" in page.text
    first = page.html.split('name="criterion" value="')[1].split('"')[0]
    visitor.fill(
        f"/hazards/{number}/accept",
        criterion=first,
        responsible_person="部门负责人·喆",
        deadline="2026-12-15",
        interim_controls="停用",
    )
    with app.app_context():
        acts.sign(page_city, number, "manager", "principal", now=clock())
    shown = visitor.open(f"/hazards/{number}").text
    assert "《工贸企业重大事故隐患判定标准》（应急管理部令第10号）" in shown
    assert "确认；条文按当时版本保存" in shown


def test_a_dismissal_is_told_and_the_reporter_objects(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(page_city, "leader", clock())
        other = reported(page_city, "leader", clock())
    manager = Visitor(app, "manager")
    wrong = manager.send(manager.open(f"/hazards/{number}/dismiss"), reason="重复", duplicate_of=number)
    assert "原隐患须是同一企业的另一条有效隐患。" in wrong.text
    manager.fill(f"/hazards/{number}/dismiss", reason="重复上报", duplicate_of=other)
    page = manager.fill(f"/hazards/{number}/sign")
    assert "理由：重复上报" in page.text
    objected = Visitor(app, "leader").fill(f"/hazards/{number}/object", reason="不是同一处")
    assert "异议已提出" in objected.text
    assert manager.open(f"/hazards/{number}/object").status == 403


def test_the_committee_strikes_a_closed_one_off_the_list(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _closed(app, page_city, clock)
    clerk = Visitor(app, "clerk")
    assert "清单销号：2026-11-16" in clerk.fill(f"/hazards/{number}/strike-off").text
    assert Visitor(app, "reviewer").open(f"/hazards/{number}/strike-off").status == 403
    with app.app_context():
        assert hazard(number).struck_off_on == date(2026, 11, 16)


def test_a_closed_one_is_reopened_with_a_new_deadline(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _closed(app, page_city, clock)
    visitor = Visitor(app, "manager")
    without = visitor.send(visitor.open(f"/hazards/{number}/reopen"), reason="又出现")
    assert "请填新的整改期限。" in without.text
    visitor.fill(f"/hazards/{number}/reopen", reason="又出现", new_deadline="2026-12-31")
    visitor.fill(f"/hazards/{number}/sign")
    with app.app_context():
        assert hazard(number).state is State.RECTIFYING


def test_a_hazard_is_handed_over_to_another_office(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _ordered(app, page_city, clock)
    visitor = Visitor(app, "reviewer")
    page = visitor.open(f"/hazards/{number}/transfer")
    assert "綦江区消防救援大队" in page.text
    assert "请选择接收单位。" in visitor.send(page, reason="消防").text
    signing = visitor.fill(
        f"/hazards/{number}/transfer", reason="属消防", target_office_id=str(page_city.offices["fire"])
    )
    assert "接收单位 綦江区消防救援大队" in signing.text


def test_an_inspector_files_the_signed_plan(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _accepted(app, page_city, clock, Grade.MAJOR)
    with app.app_context():
        acts.plan(page_city, number, clock())
    page = Visitor(app, "inspector_a").fill(f"/hazards/{number}/file-plan")
    assert "整改方案已备案。" in page.text
    assert "2026-11-16 10:00 备案" in page.text


# --- who puts it right -----------------------------------------------------------------------------------------------


def test_who_puts_it_right_is_named_on_a_page_of_its_own(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _accepted(app, page_city, clock)
    visitor = Visitor(app, "manager")
    assert f'href="/hazards/{number}/assign"' in visitor.open(f"/hazards/{number}").html
    page = visitor.open(f"/hazards/{number}/assign")
    assert "现在是部门负责人·喆。" in page.text
    without = visitor.send(page, person_id="0", reason="喆出差")
    assert (without.status, without.form.values["reason"]) == (422, ["喆出差"])
    assert "请选择整改责任人。" in without.text
    leader = str(page_city.people["leader"])
    done = visitor.follow(visitor.send(without, person_id=leader))
    assert "已指定班组长·堃为整改责任人，已通知本人。" in done.text
    assert "指定整改责任人" in done.text
    assert "喆出差" in done.text
    with app.app_context():
        assert hazard(number).responsible_person == "班组长·堃"
    again = visitor.send(visitor.open(f"/hazards/{number}/assign"), person_id=leader)
    assert (again.status, "整改责任人已经是班组长·堃，没有改动。" in again.text) == (422, True)


def test_who_may_not_name_it_reads_why(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _accepted(app, page_city, clock)
    refused = Visitor(app, "leader").open(f"/hazards/{number}/assign")
    assert refused.status == 403
    assert "整改责任人由安全管理人员、主要负责人、现整改责任人或检查人员指定。" in refused.text
    stranger = str(page_city.people["shop_principal"])
    visitor = Visitor(app, "manager")
    page = visitor.open(f"/hazards/{number}/assign")
    assert visitor.send(page, person_id=stranger).status == 422
    with app.app_context():
        acts.work(page_city, number, clock.advance(minutes=1))
        acts.ask(page_city, number, Action.VERIFY, "head", clock())
    frozen = visitor.open(f"/hazards/{number}/assign")
    assert frozen.status == 409
    assert "「验收」正在签批，内容已冻结。" in frozen.text
    stale = visitor.send(page, person_id=str(page_city.people["leader"]), reason="换人")
    assert (stale.status, "换人" in stale.text) == (409, True)

"""The page of one hazard, as each role sees it."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import event, update

from accounts.models import EnterpriseLink
from accounts.rules import LinkKind
from accounts.sessions import KEPT_EVERY
from core.calendar import seed_calendar
from core.db import db, unit_of_work
from core.scope import everything
from hazards.models import Hazard
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, photo, reported
from tests.hazards.visiting import Visitor
from workflows.vocabulary import Action, Channel, Grade

FEW_QUERIES = 24  # with who is signed in, the navigation and the case itself; it must not grow with the history


def _major(app: Flask, city: City, clock: FixedClock) -> str:
    """A self-found major, accepted."""
    with app.app_context():
        number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
        acts.accept(city, number, "manager", "principal", now=clock.advance(hours=1))
    return number


def _in_verification(app: Flask, city: City, clock: FixedClock) -> str:
    """A self-found major whose principal has applied for the verification."""
    number = _major(app, city, clock)
    with app.app_context():
        acts.plan(city, number, clock.advance(hours=1))
        acts.work(city, number, clock.advance(hours=1))
        acts.ask(city, number, Action.VERIFY, "head", clock.advance(hours=1))
        acts.sign(city, number, "principal", now=clock.advance(hours=1))
    return number


def test_the_head_shows_grade_state_and_days_left(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _major(app, page_city, clock)
    page = Visitor(app, "manager").open(f"/hazards/{number}")
    assert page.status == 200
    for words in (number, "重大", "整改中", "剩 29 天", "2026-12-15 星期二", "不引条款，理由：冷却水中断可致炉内爆炸"):
        assert words in page.text, words


def test_whose_turn_it_is_sees_the_verb_and_others_see_who_has_it(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    number = _in_verification(app, page_city, clock)
    clock.advance(days=7)
    mine = Visitor(app, "inspector_a").open(f"/hazards/{number}")
    assert "现在轮到您：现场复查（第 1 人）" in mine.text
    assert "验收第 2 步，共 3 步" in mine.text
    assert f'href="/hazards/{number}/sign?verdict=approved"' in mine.html
    others = Visitor(app, "manager").open(f"/hazards/{number}")
    assert "现在由 检查人员·䶮、检查人员·乙 办理，已等 7 天" in others.text
    assert f'action="/hazards/{number}/remind"' in others.html


WAITED_FOR = (
    ("leader", "整改方案"),
    ("head", "现在轮到您：整改方案"),
    ("manager", "现在轮到您：整改方案"),
    ("principal", "现在轮到您：整改方案"),
    ("plant_manager", "等待整改方案"),
    ("town_head", "等待整改方案"),
    ("inspector_a", "等待整改方案"),
    ("reviewer", "等待整改方案"),
    ("approver", "等待整改方案"),
    ("clerk", "等待整改方案"),
    ("city_inspector_a", "等待整改方案"),
)


def test_every_role_is_told_what_the_hazard_waits_for(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _major(app, page_city, clock)
    for key, words in WAITED_FOR:
        page = Visitor(app, key).open(f"/hazards/{number}")
        assert page.status == 200, key
        assert words in page.text, key
        assert "您现在不能做的" in page.text, key


FOREIGN = ("far_principal", "far_inspector", "shop_principal", "fire_inspector")


def test_a_foreign_record_is_not_found(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _major(app, page_city, clock)
    for key in FOREIGN:
        visitor = Visitor(app, key)
        for path in ("", "/sign", "/paper", "/work", "/plan", "/accept", "/remind", "/changes", "/scans/1"):
            page = visitor.open(f"/hazards/{number}{path}")
            assert page.status == 404, (key, path)
            assert number not in page.text


def test_refusals_are_three_and_all_of_them_behind_a_link(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _in_verification(app, page_city, clock)
    visitor = Visitor(app, "approver")
    page = visitor.open(f"/hazards/{number}")
    assert page.html.count('<li><span class="k">') == 3
    assert f"/hazards/{number}?all=1" in page.html
    everything_refused = visitor.open(f"/hazards/{number}?all=1")
    assert everything_refused.html.count('<li><span class="k">') > 3
    assert "现在是「整改中」，销号要在「已验收」时办理。" in everything_refused.text


def test_missing_parts_of_the_plan_lead_to_where_they_are_written(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    number = _major(app, page_city, clock)
    page = Visitor(app, "manager").open(f"/hazards/{number}")
    assert "五到位 0 / 5" in page.text
    assert "还缺 8 项" in page.text
    assert page.html.count(f'<a class="no-print" href="/hazards/{number}/plan">去填写</a>') == 5


def test_the_route_names_who_signed_in_which_manner_and_who_is_next(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    number = _in_verification(app, page_city, clock)
    text = Visitor(app, "head").open(f"/hazards/{number}").text
    assert "企业自验并申请 通过 主要负责人·𬭬 · 2026-11-16 15:00 · 密码复核" in text
    assert "现场复查（第 1 人） 正在等待" in text
    assert "须另一名检查人员；签后状态变为「已验收」" in text
    assert "销号批准 分管负责人" in text


def test_the_timeline_is_newest_first_and_turns_round(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _in_verification(app, page_city, clock)
    visitor = Visitor(app, "manager")
    newest = visitor.open(f"/hazards/{number}").text.partition("经过")[2]
    oldest = visitor.open(f"/hazards/{number}?order=asc").text.partition("经过")[2]
    assert newest.index("签批「验收」") < newest.index("上报隐患")
    assert oldest.index("上报隐患") < oldest.index("签批「验收」")
    assert "整改实施人：部门负责人·喆；整改后照片 1 张" in newest
    assert "实际资金：39.60 万元" in newest


def test_a_correction_is_told_with_before_and_after(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _major(app, page_city, clock)
    visitor = Visitor(app, "manager")
    page = visitor.fill(f"/hazards/{number}/correct", place="北区熔炼车间 1 号炉")
    assert "已更正 1 处" in page.text
    assert "隐患位置：北区熔炼车间 → 北区熔炼车间 1 号炉" in page.text


def test_a_complaint_is_a_check_with_its_date_to_the_enterprise(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(page_city, "inspector_a", clock(), channel=Channel.COMPLAINT, found_by="某举报人")
        acts.order(page_city, number, "inspector_b", "inspector_a", now=clock.advance(hours=1))
    seen = Visitor(app, "manager").open(f"/hazards/{number}").text
    assert "督导检查" in seen
    assert "检查日期 2026-11-16" in seen
    for secret in ("举报", "某举报人", "2026-11-16 10:00"):
        assert secret not in seen, secret
    assert "某举报人" in Visitor(app, "reviewer").open(f"/hazards/{number}").text


def test_a_landlord_sees_it_but_has_no_act(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        with everything("test city"), unit_of_work() as session:
            session.add(
                EnterpriseLink(
                    enterprise_id=page_city.enterprises["plant"],
                    other_id=page_city.enterprises["shop"],
                    kind=LinkKind.TENANT,
                )
            )
        number = reported(page_city, "leader", clock(), concerned_id=page_city.enterprises["shop"])
    visitor = Visitor(app, "shop_principal")
    page = visitor.open(f"/hazards/{number}")
    assert page.status == 200
    assert "产权/出租 示例綦江五金店" in page.text
    assert "btn-primary" not in page.html
    assert "催办" not in page.html
    assert "您还可以办 评论和关注 签批流程" in page.text
    assert visitor.open(f"/hazards/{number}/accept").status == 403
    assert visitor.open(f"/hazards/{number}/remind").status == 403


def test_a_provisional_deadline_says_why(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        with unit_of_work():
            seed_calendar(clock())
        soon, later = (reported(page_city, "leader", clock()) for _ in range(2))
        acts.accept(page_city, soon, "manager", now=clock())
        acts.accept(page_city, later, "manager", now=clock(), deadline="2027-03-01")
    visitor = Visitor(app, "manager")
    assert "暂计" not in visitor.open(f"/hazards/{soon}").text
    text = visitor.open(f"/hazards/{later}").text
    assert "2027-03-01 星期一（暂计）" in text
    assert "2027 年的工作日表还没有装载，期限暂按周一至周五计，装载后自动重算。" in text


def test_an_overdue_one_says_by_how_many_days(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _major(app, page_city, clock)
    clock.advance(days=40)
    assert "逾期 11 天" in Visitor(app, "manager").open(f"/hazards/{number}").text


def test_a_reminder_tells_who_has_it_once_a_day(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _in_verification(app, page_city, clock)
    visitor = Visitor(app, "manager")
    page = visitor.open(f"/hazards/{number}")
    told = visitor.follow(visitor.send(page))
    assert "已催办" in told.text
    assert "催办 已告知 2 人" in told.text
    again = visitor.follow(visitor.send(told))
    assert "您今天已经催办过这一条" in again.text


def test_the_page_costs_the_same_however_long_the_history(app: Flask, page_city: City, clock: FixedClock) -> None:
    number = _in_verification(app, page_city, clock)
    visitor = Visitor(app, "inspector_a")
    with app.app_context():
        visitor.open(f"/hazards/{number}")
        clock.advance(seconds=KEPT_EVERY)  # both pages note that the session is in use
        first = _queries(visitor, number)
        for _ in range(3):
            acts.sign(page_city, number, "inspector_a", "inspector_b", now=clock.advance(minutes=1))
            acts.ask(
                page_city, number, Action.RETURN, "reviewer", clock(), reason="联锁未投用", new_deadline="2026-12-20"
            )
            acts.sign(page_city, number, "reviewer", now=clock.advance(minutes=1))
            acts.work(page_city, number, clock.advance(minutes=1), result=f"第 {_ + 2} 次整改")
            acts.ask(page_city, number, Action.VERIFY, "head", clock())
            acts.sign(page_city, number, "principal", now=clock.advance(minutes=1))
        assert _queries(visitor, number) <= first
    assert first <= FEW_QUERIES


def _queries(visitor: Visitor, number: str) -> int:
    asked: list[str] = []

    def count(_c: object, _k: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", count)
    try:
        assert visitor.open(f"/hazards/{number}").status == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", count)
    return len(asked)


def test_hostile_text_is_shown_as_text(app: Flask, page_city: City, clock: FixedClock) -> None:
    nasty = "<script>alert(1)</script>{{ 7*7 }} ‮ 𬭬䶮" + "长" * 1900
    with app.app_context():
        number = reported(page_city, "leader", clock(), description=nasty, photos=(photo(),))
        with everything("test city"), unit_of_work() as session:
            session.execute(update(Hazard).values(place="=1+1<b>"))
    page = Visitor(app, "manager").open(f"/hazards/{number}")
    assert "<script>alert" not in page.html
    assert "=1+1&lt;b&gt;" in page.html
    assert "𬭬䶮" in page.html

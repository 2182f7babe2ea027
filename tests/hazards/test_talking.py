"""Comments, mentions, and following a hazard."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db, unit_of_work
from core.models import OutboxMessage
from core.refusals import Invalid
from core.scope import everything
from hazards.models import Watch
from hazards.operations import talking
from hazards.queries import hazard_by_number
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, reported
from tests.hazards.visiting import Form, Visitor
from workflows.vocabulary import Action


def _say(city: City, number: str, by: str, text: str, clock: FixedClock, *mentioned: str) -> int:
    persons = frozenset(city.people[key] for key in mentioned)
    with city.eyes(by) as actor, unit_of_work():
        return talking.comment(hazard_by_number(number), text, persons, by=actor, now=clock.advance(minutes=1))


def _follow(city: City, number: str, by: str, clock: FixedClock) -> None:
    with city.eyes(by) as actor, unit_of_work():
        talking.follow(hazard_by_number(number), by=actor, now=clock())


def _told(city: City, key: str, kind: str) -> list[str]:
    wanted = select(OutboxMessage.text).where(OutboxMessage.person_id == city.people[key], OutboxMessage.kind == kind)
    return list(db.session.scalars(wanted.order_by(OutboxMessage.id)))


def test_a_mention_tells_the_one_it_names(context: None, city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    assert _say(city, number, "head", "请 @安全管理人员·镕 看一下照片", clock) == 1
    assert _say(city, number, "head", "还有 @厂长·丙，请补充。", clock, "principal") == 2
    (said,) = _told(city, "manager", "comment")
    assert said == f"部门负责人·喆在 {number} 的评论中提到您：请 @安全管理人员·镕 看一下照片"
    assert len(_told(city, "plant_manager", "comment")) == 1
    assert len(_told(city, "principal", "comment")) == 1


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("  ", "评论是空的"),
        ("请 @乙 看看", "有 4 个人都叫“乙”"),
        ("长" * 1001, "最多 1,000 个字"),
        ("请 @张三丰 看看", "没有叫“张三丰”的人"),
    ],
)
def test_what_is_no_comment_is_refused(context: None, city: City, clock: FixedClock, text: str, sentence: str) -> None:
    number = reported(city, "leader", clock())
    before = hazard(number).chain_length
    with pytest.raises(Invalid, match=sentence):
        _say(city, number, "head", text, clock)
    assert hazard(number).chain_length == before


def test_a_stranger_to_the_case_is_not_told(context: None, city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    assert _say(city, number, "head", "请看", clock, "far_principal", "shop_principal") == 0
    assert _told(city, "far_principal", "comment") == []


def test_a_comment_leaves_open_forms_as_good_as_they_were(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(page_city, "leader", clock())
    manager = Visitor(app, "manager")
    form = manager.open(f"/hazards/{number}/correct")
    with app.app_context():
        _say(page_city, number, "head", "现场已拉警戒线", clock)
    saved = manager.follow(manager.send(form, place="熔炼车间 3 号炉"))
    assert "已更正 1 处" in saved.text


def test_followers_are_told_of_state_and_talk_but_not_of_their_own(
    context: None, city: City, clock: FixedClock
) -> None:
    number = reported(city, "leader", clock())
    for key in ("plant_manager", "manager", "clerk"):
        _follow(city, number, key, clock)
        _follow(city, number, key, clock)
    assert hazard(number).watchers == 3
    acts.accept(city, number, "manager", now=clock.advance(minutes=1))
    assert _told(city, "plant_manager", "watch") == [f"您关注的 {number}：已上报 → 整改中"]
    assert _told(city, "clerk", "watch") == [f"您关注的 {number}：已上报 → 整改中"]
    assert _told(city, "manager", "watch") == []
    _say(city, number, "head", "配件已到货", clock)
    assert _told(city, "manager", "watch") == [f"您关注的 {number} 有新评论：配件已到货"]


def test_who_leaves_is_told_no_more(context: None, city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    _follow(city, number, "plant_manager", clock)
    with city.eyes("plant_manager") as actor, unit_of_work():
        talking.leave(hazard_by_number(number), by=actor)
    assert hazard(number).watchers == 0
    acts.accept(city, number, "manager", now=clock.advance(minutes=1))
    assert _told(city, "plant_manager", "watch") == []


def test_who_may_no_longer_see_it_is_told_nothing(context: None, city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    with everything("test"), unit_of_work() as session:
        here = hazard_by_number(number)
        session.add(Watch(hazard_id=here.id, person_id=city.people["far_inspector"], since=clock()))
        session.add(Watch(hazard_id=here.id, person_id=city.people["far_principal"], since=clock()))
        here.watchers = 2
    acts.accept(city, number, "manager", now=clock.advance(minutes=1))
    assert _told(city, "far_inspector", "watch") == []
    assert _told(city, "far_principal", "watch") == []


def test_following_does_not_make_a_form_stale(context: None, city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    version = hazard(number).version
    _follow(city, number, "plant_manager", clock)
    assert hazard(number).version == version


def test_the_page_keeps_what_was_typed_and_shows_what_was_said(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = reported(page_city, "leader", clock())
    head = Visitor(app, "head")
    page = head.open(f"/hazards/{number}/comments")
    answer = head.send(page, text="请 @张三丰 看看")
    assert answer.status == 422
    assert "没有叫“张三丰”的人" in answer.text
    assert answer.form.values["text"] == ["请 @张三丰 看看"]
    done = head.follow(head.send(answer, text="<b>已断电</b> 请 @镕 复核", people=str(page_city.people["principal"])))
    assert "已告知 2 人" in done.text
    assert "&lt;b&gt;已断电&lt;/b&gt; 请 @镕 复核" in done.html
    assert "评论" in head.open(f"/hazards/{number}").text
    followed = head.follow(head.send(done, Form(f"/hazards/{number}/follow", done.form.values), do="follow"))
    assert "已关注" in followed.text
    assert Visitor(app, "far_principal").open(f"/hazards/{number}/comments").status == 404


def test_comments_are_in_the_chain(context: None, city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    before = hazard(number).chain_length
    _say(city, number, "head", "第一句", clock)
    _say(city, number, "head", "第一句", clock)
    assert hazard(number).chain_length == before + 2
    acts.ask(city, number, Action.DISMISS, "manager", clock.advance(minutes=1), reason="重复")

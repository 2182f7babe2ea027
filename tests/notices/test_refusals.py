"""What is refused, in which words: rules as a table, then what stands in the way of drafts, service, listings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask import Flask

from accounts.models import Regulator
from accounts.roles import Role, Side
from core.db import db, unit_of_work
from core.once import new_key
from core.refusals import Invalid, NotAllowed, NotFound
from core.scope import everything
from hazards.models import Hazard
from hazards.operations import listings
from hazards.queries import hazard_by_number
from notices import rules
from notices.fonts import FontBook
from notices.models import Notice
from notices.operations import drafting, reviewing, runs, serving
from notices.operations.drafting import Drafted
from notices.operations.effects import refusal_of
from notices.rules import NoticeCase
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, build_city, hazard, reported
from tests.hazards.visiting import Visitor
from tests.notices import city as papers
from workflows.answers import Ruling
from workflows.notices import NOTICES, NoticeKind, NoticeStatus
from workflows.vocabulary import Channel, Grade, ListingLevel, State

K, S, R = NoticeKind, NoticeStatus, Role
OTHER = {"own": False}

REFUSED: tuple[tuple[Callable[[NoticeCase], Ruling], NoticeKind, NoticeStatus, Role, dict[str, bool], str], ...] = (
    (rules.permit_change, K.LETTER, S.REVIEWING, R.INSPECTOR, {}, "文书现在是「待审核」，不能修改。"),
    (rules.permit_change, K.LETTER, S.DRAFT, R.INSPECTOR, OTHER, "这份文书由签发单位修改。"),
    (rules.permit_change, K.LETTER, S.DRAFT, R.APPROVER, {}, "《督办函》由检查人员、审核人、安委办修改。"),
    (rules.permit_change, K.LETTER, S.DRAFT, R.INSPECTOR, {}, "由起草人修改。起草人不在的，请撤回后重新起草。"),
    (rules.permit_send, K.ORDER, S.DRAFT, R.INSPECTOR, {}, "由起草人提交。起草人不在的，请撤回后重新起草。"),
    (rules.permit_number, K.LETTER, S.DRAFT, R.INSPECTOR, {}, "签发时自动编号，不用先取号。"),
    (rules.permit_number, K.ORDER, S.REVIEWED, R.INSPECTOR, {}, "文书现在是「待签发」，不能修改。"),
    (rules.permit_send, K.LETTER, S.REVIEWED, R.INSPECTOR, {}, "文书现在是「待签发」，不用再提交。"),
    (rules.permit_send, K.CLOSURE_FORM, S.DRAFT, R.INSPECTOR, {}, "这种表格不用提交，写好后直接定稿。"),
    (rules.permit_review, K.LETTER, S.REVIEWED, R.REVIEWER, {}, "文书现在是「待签发」，不在审核环节。"),
    (rules.permit_review, K.ORDER, S.REVIEWED, R.REVIEWER, {}, "这种文书不经审核，提交后直接签发。"),
    (rules.permit_review, K.LETTER, S.REVIEWING, R.REVIEWER, {"is_drafter": True}, "您起草了这份文书，不能审核。"),
    (rules.permit_issue, K.LETTER, S.DRAFT, R.APPROVER, {}, "文书现在是「起草中」，还不能签发。"),
    (rules.permit_issue, K.LETTER, S.ISSUED, R.APPROVER, {}, "文书现在是「已签发」，不能再签发。"),
    (rules.permit_issue, K.CLOSURE_FORM, S.ISSUED, R.INSPECTOR, {}, "文书现在是「已定稿」，不能再定稿。"),
    (rules.permit_issue, K.ORDER, S.REVIEWED, R.INSPECTOR, {"is_drafter": True}, "您起草了这份文书，不能签发。"),
    (rules.permit_issue, K.LETTER, S.REVIEWED, R.APPROVER, {"is_reviewer": True}, "您审核了这份文书，不能再签发。"),
    (rules.permit_return, K.CLOSURE_FORM, S.DRAFT, R.INSPECTOR, {}, "这种表格没有审核环节，请直接修改。"),
    (rules.permit_return, K.LETTER, S.DRAFT, R.REVIEWER, {}, "文书现在是「起草中」，没有可以退回的环节。"),
    (rules.permit_withdraw, K.LETTER, S.ISSUED, R.INSPECTOR, {}, "不能撤回。已签发的只能作废。"),
    (rules.permit_void, K.LETTER, S.REVIEWED, R.REVIEWER, {}, "文书现在是「待签发」，不能作废。"),
    (rules.permit_void, K.LETTER, S.ISSUED, R.INSPECTOR, {}, "由镇街负责人、审核人、分管负责人作废。"),
    (rules.permit_serve, K.COMPLAINT_ANSWER, S.ISSUED, R.REVIEWER, {}, "这种文书不需要送达。"),
    (rules.permit_serve, K.LETTER, S.REVIEWED, R.INSPECTOR, {}, "签发后才能登记送达。"),
    (rules.permit_serve, K.LETTER, S.ISSUED, R.INSPECTOR, OTHER, "这份文书由签发单位登记送达。"),
    (rules.permit_scan, K.LETTER, S.DRAFT, R.INSPECTOR, {}, "签发（定稿）后才能上传签字件。"),
    (rules.permit_print, K.LETTER, S.REVIEWED, R.INSPECTOR, {}, "还没有签发，没有可以打印的文书。"),
)


@pytest.mark.parametrize(("permit", "kind", "status", "role", "more", "sentence"), REFUSED)
def test_a_rule_refuses_in_words(
    permit: Callable[[NoticeCase], Ruling],
    kind: NoticeKind,
    status: NoticeStatus,
    role: Role,
    more: dict[str, bool],
    sentence: str,
) -> None:
    known = {"own": True, "is_drafter": False, "is_reviewer": False} | more
    ruling = permit(NoticeCase(kind=kind, status=status, roles=frozenset({role}), **known))
    assert not ruling.allowed
    assert sentence in ruling.sentence


def test_what_an_office_numbers_no_enterprise_drafts_and_each_step_has_somebody() -> None:
    for row in NOTICES.values():
        assert row.drafters, row.kind
        assert row.issuers, row.kind
        if row.numbered:
            sides = {role.side for role in row.drafters | row.reviewers | row.issuers}
            assert sides == {Side.REGULATOR}, row.kind


# --- operations --------------------------------------------------------------------------------------------------


@pytest.fixture
def city(context: Flask, fonts: FontBook, clock: FixedClock) -> City:
    """The small city with its offices' prefixes."""
    context.extensions["font_book"] = fonts
    return papers.with_prefixes(build_city(clock()))


def test_a_draft_that_no_paper_could_be_made_of_is_not_begun(city: City, clock: FixedClock) -> None:
    one, other = papers.a_major(city, clock), papers.a_major(city, clock, place="南区")
    wrong: tuple[tuple[NoticeKind, tuple[str, ...], str, dict[str, Any], str], ...] = (
        (K.LETTER, (), "inspector_a", {}, "《督办函》要写明隐患"),
        (K.LISTING, (one, other), "inspector_a", {}, "最多写 1 条隐患，现在 2 条"),
        (K.LETTER, (one,), "inspector_a", {"contact": "电" * 81}, "有的内容不能保存：最多 80 个字，现在 81 个"),
        (K.ACCEPTANCE_OPINION, (one,), "inspector_a", {"result": "差不多"}, "请选择合格或不合格。"),
    )
    for kind, numbers, by, fields, sentence in wrong:
        with pytest.raises(Invalid, match=sentence):
            papers.drafted(city, kind, *numbers, by=by, now=clock(), **fields)
    made = papers.drafted(city, K.LETTER, one, by="inspector_a", now=clock())
    with pytest.raises(Invalid, match="正文最多 20,000 个字"), city.eyes("inspector_a") as actor, unit_of_work():
        drafting.change(made, Drafted({}, "字" * 20_001), by=actor, now=clock())


def test_a_number_is_taken_once_and_a_reason_is_neither_empty_nor_endless(city: City, clock: FixedClock) -> None:
    found = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION)
    made = papers.drafted(city, K.ORDER, found, by="inspector_a", now=clock())
    with city.eyes("inspector_a") as actor, unit_of_work():
        drafting.take_early(made, by=actor, now=clock())
    with pytest.raises(Invalid, match="已经取号"), city.eyes("inspector_a") as actor, unit_of_work():
        drafting.take_early(made, by=actor, now=clock())
    with pytest.raises(Invalid, match="请写明理由"), city.eyes("inspector_a") as actor, unit_of_work():
        drafting.withdraw(made, reason=" ", by=actor, now=clock())
    letter = papers.a_letter(city, papers.a_major(city, clock), clock(), until="reviewed")
    with pytest.raises(Invalid, match="理由最多 600 个字，现在 601 个"), city.eyes("approver") as actor, unit_of_work():
        reviewing.send_back(letter, reason="长" * 601, by=actor, now=clock())


def test_an_order_is_not_issued_for_what_another_one_orders(city: City, clock: FixedClock) -> None:
    number = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION)
    acts.order(city, number, "inspector_a", "inspector_b", now=clock(), order_number="（綦）应急责改〔2025〕9号")
    made = papers.drafted(city, K.ORDER, number, by="inspector_a", now=clock())
    with city.eyes("inspector_a") as actor, unit_of_work():
        drafting.take_early(made, by=actor, now=clock())
    papers.sent(city, made, "inspector_a", clock())
    with pytest.raises(Invalid, match="已由 （綦）应急责改〔2025〕9号 责令整改，不能再用"):
        papers.issued(city, made, "inspector_b", clock())


def test_service_keeps_the_order_of_days(city: City, clock: FixedClock) -> None:
    made, day = papers.a_letter(city, papers.a_major(city, clock), clock()), timedelta(days=1)
    today: date = clock().date()
    wrong: tuple[tuple[dict[str, object], str], ...] = (
        ({"served_on": today - day}, "served_on"),
        ({"served_on": today + day, "received_on": today + day}, "served_on"),
        ({"received_on": today - day}, "received_on"),
        ({"received_on": today + day}, "received_on"),
    )
    for more, field in wrong:
        with pytest.raises(Invalid, match="送达情况没有登记") as refused:
            papers.served(city, made, "inspector_a", clock(), **more)
        assert field in refused.value.fields
    with pytest.raises(NotFound, match="找不到这次送达的登记"), city.eyes("inspector_a") as actor, unit_of_work():
        serving.certificate_of(made, 10**6, by=actor, now=clock())


def test_a_run_of_nothing_or_of_too_many_is_not_begun(city: City, clock: FixedClock) -> None:
    for ids, sentence in (([], "没有勾选文书"), (list(range(1, runs.MOST + 2)), "一次最多办理 1,000 份")):
        with pytest.raises(Invalid, match=sentence), city.eyes("approver") as actor, unit_of_work():
            runs.begin(runs.PRINT, ids, new_key(), by=actor, now=clock())


# --- listings ----------------------------------------------------------------------------------------------------


def test_a_listing_is_put_down_and_ended_in_its_order(city: City, clock: FixedClock) -> None:
    general, major = reported(city, "leader", clock()), papers.a_major(city, clock)
    today = clock().date()
    with pytest.raises(NotAllowed, match="是一般隐患，不挂牌督办"):
        listings.refuse_listing(hazard(general))
    with pytest.raises(NotAllowed, match="没有挂牌督办，不用解除"):
        listings.refuse_delisting(hazard(major), on=today)
    for until in (today, today.replace(year=today.year + 1) + timedelta(days=1)):
        with pytest.raises(Invalid, match="最长一年") as refused:
            _put_on(city, major, until, clock)
        assert set(refused.value.fields) == {"until"}
    _put_on(city, major, today.replace(year=today.year + 1), clock)
    with pytest.raises(NotAllowed, match="已由綦江区安委办挂牌督办（綦安办挂〔2026〕1号）"):
        listings.refuse_listing(hazard(major))
    with pytest.raises(NotAllowed, match="还没有销号，不能解除挂牌"):
        listings.refuse_delisting(hazard(major), on=today)
    closed = Hazard(**{key: getattr(hazard(major), key) for key in ("number", "listed_level", "delisted_on")})
    closed.state, closed.closed_at = State.CLOSED, clock()
    with pytest.raises(Invalid, match="摘牌日期早于销号日期"):
        listings.refuse_delisting(closed, on=today - timedelta(days=1))


def _put_on(city: City, number: str, until: date, clock: FixedClock) -> None:
    listing = listings.Listing(ListingLevel.DISTRICT, "綦江区安委办", "綦安办挂〔2026〕1号", until)
    with city.eyes("clerk") as actor, unit_of_work():
        listings.put_on_list(hazard_by_number(number, lock=True), listing, by=actor, now=clock())


def test_no_town_lists(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
    with everything("test"):
        town = db.session.get_one(Regulator, city.offices["town"])
    notice = Notice(kind=K.LISTING, office=town, fields={})
    assert refusal_of(notice, [hazard(number)]) == "挂牌督办由区级或者市级安委办、监管部门办理。"


# --- pages -------------------------------------------------------------------------------------------------------


def test_pages_refuse_in_words(sqlite_app: Flask, fonts: FontBook, clock: FixedClock) -> None:
    sqlite_app.extensions["font_book"] = fonts
    with sqlite_app.app_context():
        city = papers.with_prefixes(build_city(clock()))
        draft = papers.a_letter(city, papers.a_major(city, clock), clock(), until="drafted")
        with city.eyes("approver") as actor, unit_of_work():
            run = runs.begin(runs.PRINT, [draft], new_key(), by=actor, now=clock()).id
        db.session.remove()
    refused = (
        ("inspector_a", f"/notices/{draft}.pdf", 404, "还没有签发，没有文件。请看预览。"),
        ("inspector_a", "/notices/new?kind=nothing", 404, "没有这种文书。请从「起草文书」选择。"),
        ("approver", f"/notices/runs/{run}.pdf", 404, "合订的文件还没有做好"),
        ("approver", "/notices/runs/999999", 404, "找不到这次办理的结果"),
        ("manager", "/notices/templates", 403, "文书模板由监管单位设置"),
        ("manager", "/notices/numbering", 403, "文号由监管单位设置"),
        ("reviewer", "/notices/numbering/1999/letter", 404, "这一年没有编过这一套序号"),
    )
    for key, url, status, sentence in refused:
        page = Visitor(sqlite_app, key).open(url)
        assert (page.status, sentence in page.text) == (status, True), url

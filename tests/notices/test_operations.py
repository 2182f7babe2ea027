"""Who takes which step of a notice, written out by hand: status × step × person, as the operations answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db, unit_of_work
from core.models import OutboxMessage
from core.refusals import Conflict, Invalid, NotAllowed, NotFound
from hazards.models import Hazard
from hazards.queries import hazard_by_number
from notices.fonts import FontBook
from notices.operations import drafting, reviewing, serving
from notices.operations.common import case_of
from notices.operations.drafting import Drafted
from notices.presenting.steps import MORE, STEPS
from notices.queries import notice_by_id
from notices.waiting import waiting_for
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, build_city, hazard, reported
from tests.notices import city as papers
from tests.pages.house import further_people
from workflows.notices import NoticeKind, NoticeStatus, Receipt, ServiceManner
from workflows.vocabulary import Action, Channel, Grade, State

K = NoticeKind


@pytest.fixture
def with_fonts(context: Flask, fonts: FontBook) -> Flask:
    """The application with the fonts that the session has read once."""
    context.extensions["font_book"] = fonts
    return context


@pytest.fixture
def city(with_fonts: Flask, clock: FixedClock) -> City:
    """The small city with its offices' prefixes."""
    return papers.with_prefixes(build_city(clock()))


def found_by_office(city: City, clock: FixedClock, **more: object) -> str:
    """A general one that the district found; not yet ordered."""
    return reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION, **more)


# --- the whole table -------------------------------------------------------------------------------------------

# A 督办函 of the district, drafted by inspector_a, reviewed by the reviewer, issued by the approver. Of each status:
# what each person may do. Whoever is not named may do nothing; `far_inspector` and the enterprise do not see it.
EDIT = "withdraw send"
LETTER: dict[str, dict[str, str]] = {
    "drafted": {"inspector_a": EDIT, "inspector_b": "withdraw", "reviewer": "withdraw", "approver": "withdraw"},
    "sent": {"inspector_a": "withdraw", "inspector_b": "withdraw", "reviewer": "approve return withdraw",
             "approver": "withdraw"},
    "reviewed": {"inspector_a": "withdraw", "inspector_b": "withdraw", "reviewer": "withdraw",
                 "approver": "issue return withdraw"},
    "issued": {"inspector_a": "serve scan", "inspector_b": "serve scan", "reviewer": "void serve scan",
               "approver": "void serve scan"},
    "voided": {},
}  # fmt: skip
# A 责令限期整改指令书 has no review: another inspector issues it, and its number may be taken early.
ORDER: dict[str, dict[str, str]] = {
    "drafted": {"inspector_a": "number send withdraw", "inspector_b": "withdraw"},
    "sent": {"inspector_a": "withdraw", "inspector_b": "issue return withdraw"},
}
# A form of the plant: whoever answers for it finishes it; nothing is sent on, nothing served.
FORM: dict[str, dict[str, str]] = {
    "drafted": {"manager": "issue withdraw", "principal": "issue withdraw", "plant_manager": "issue withdraw"},
    "finished": {"manager": "void scan", "principal": "void scan", "plant_manager": "void scan"},
}
PEOPLE = ("inspector_a", "inspector_b", "reviewer", "approver", "city_inspector_a", "manager", "principal",
          "plant_manager", "head", "worker", "far_inspector")  # fmt: skip


def may(city: City, notice_id: int, key: str) -> str:
    """The steps that the rules allow this person, in the order of the table; empty where they do not see it."""
    with city.eyes(key) as actor:
        try:
            case = case_of(notice_by_id(notice_id), actor)
        except NotFound:
            return ""
        rows = [(row.name, row.permit) for row in STEPS] + [(name, permit) for name, _label, permit in MORE]
        return " ".join(sorted(name for name, permit in rows if permit(case).allowed))


def everybody(city: City, notice_id: int) -> dict[str, str]:
    """What everybody may do, of those who may do anything."""
    return {key: said for key in PEOPLE if (said := may(city, notice_id, key))}


def expected(row: dict[str, str]) -> dict[str, str]:
    return {key: " ".join(sorted(words.split())) for key, words in row.items()}


def test_a_letter_in_each_status(city: City, clock: FixedClock) -> None:
    number = papers.a_major(city, clock)
    for status, row in LETTER.items():
        if status == "voided":
            made = papers.a_letter(city, number, clock())
            papers.voided(city, made, "reviewer", clock())
        else:
            made = papers.a_letter(city, number, clock(), until=status)
        assert everybody(city, made) == expected(row), status


def test_an_order_in_each_status(city: City, clock: FixedClock) -> None:
    made = papers.drafted(city, K.ORDER, found_by_office(city, clock), by="inspector_a", now=clock())
    assert everybody(city, made) == expected(ORDER["drafted"])
    papers.sent(city, made, "inspector_a", clock())
    assert everybody(city, made) == expected(ORDER["sent"])


def test_a_form_in_each_status(city: City, clock: FixedClock) -> None:
    made = papers.drafted(city, K.HAZARD_REPORT, papers.a_major(city, clock), by="manager", now=clock())
    assert everybody(city, made) == expected(FORM["drafted"])
    papers.issued(city, made, "principal", clock())
    assert everybody(city, made) == expected(FORM["finished"])
    assert papers.notice(made).number is None


def test_what_waits_for_somebody_is_what_the_rules_let_them_decide(city: City, clock: FixedClock) -> None:
    number = papers.a_major(city, clock)
    order = papers.drafted(city, K.ORDER, found_by_office(city, clock), by="inspector_a", now=clock())
    papers.sent(city, order, "inspector_a", clock())
    made = [order, *(papers.a_letter(city, number, clock(), until=status) for status in LETTER if status != "voided")]
    for key in PEOPLE:
        decides = {one for one in made if {"approve", "issue"} & set(may(city, one, key).split())}
        with city.eyes(key) as actor:
            assert {notice.id for notice in waiting_for(actor)} == decides, key


DRAFTERS = {
    K.INSPECTION_RECORD: "town_officer inspector_a",
    K.LETTER: "inspector_a reviewer clerk",
    K.LISTING: "inspector_a clerk",
    K.EXTENSION_REQUEST: "manager plant_manager principal",
    K.COMPLAINT_ANSWER: "",
}


@pytest.mark.parametrize("kind", DRAFTERS)
def test_who_drafts_which_kind(city: City, clock: FixedClock, kind: NoticeKind) -> None:
    number = papers.a_major(city, clock)
    people = ("town_officer", "inspector_a", "reviewer", "approver", "clerk", "manager", "plant_manager", "principal")
    able = []
    for key in (*people, "head"):
        try:
            papers.drafted(city, kind, number, by=key, now=clock())
            able.append(key)
        except NotAllowed:
            continue
    assert able == DRAFTERS[kind].split()


# --- scope -----------------------------------------------------------------------------------------------------


def sees(city: City, notice_id: int, key: str) -> bool:
    with city.eyes(key):
        try:
            return bool(notice_by_id(notice_id))
        except NotFound:
            return False


def test_a_draft_is_the_offices_own_and_an_issued_one_its_regions(city: City, clock: FixedClock) -> None:
    number = papers.a_major(city, clock)
    draft, out = papers.a_letter(city, number, clock(), until="drafted"), papers.a_letter(city, number, clock())
    inside, region = ("inspector_b", "approver"), ("city_inspector_a", "clerk", "town_officer", "manager", "head")
    assert [sees(city, draft, key) for key in (*inside, *region)] == [True] * 2 + [False] * 5
    assert [sees(city, out, key) for key in (*inside, *region)] == [True] * 7
    others = ("far_inspector", "fire_inspector", "shop_principal", "worker", "leader")
    assert not any(sees(city, one, key) for one in (draft, out) for key in others)


def test_an_enterprise_never_reads_an_answer_to_an_informant(city: City, clock: FixedClock) -> None:
    further_people(city, clock())
    number = found_by_office(city, clock)
    made = papers.drafted(
        city, K.COMPLAINT_ANSWER, number, by="complaints", now=clock(), findings="属实", outcome="已责令"
    )
    papers.sent(city, made, "complaints", clock())
    papers.reviewed(city, made, "reviewer", clock())
    papers.issued(city, made, "approver", clock())
    assert papers.notice(made).addressee == "举报人"
    seen = {
        key: sees(city, made, key) for key in ("manager", "principal", "town_officer", "city_inspector_a", "approver")
    }
    assert seen == dict.fromkeys(seen, False) | {"approver": True}
    with pytest.raises(NotAllowed, match="不需要送达"):  # a receipt, and its 送达回证, would name who took it
        papers.served(city, made, "complaints", clock(), recipient="举报人·𬭬")


@pytest.mark.parametrize(
    ("to", "theirs"), [("三江街道办事处", False), ("{firm}物业服务中心", False), ("綦江区三江街道办事处、{firm}", True)]
)
def test_what_is_addressed_to_another_is_not_the_enterprises_to_read(
    city: City, clock: FixedClock, to: str, theirs: bool
) -> None:
    number = papers.a_major(city, clock)
    firm = papers.notice(papers.a_letter(city, number, clock())).addressee
    fields = papers.ASKED | {"to": to.format(firm=firm)}
    made = papers.drafted(city, K.LETTER, number, by="inspector_a", now=clock(), **papers.ASKED)
    with city.eyes("inspector_a") as actor, unit_of_work():
        drafting.change(made, Drafted(fields), by=actor, now=clock())
    papers.sent(city, made, "inspector_a", clock())
    papers.reviewed(city, made, "reviewer", clock())
    papers.issued(city, made, "approver", clock())
    assert firm in str((papers.notice(made).snapshot or {})["title"])  # it is about the enterprise all the same
    tried = papers.served(city, made, "inspector_a", clock())
    with city.eyes("inspector_a") as actor, unit_of_work():
        receipt = serving.certificate_of(made, tried, by=actor, now=clock()).id
    papers.issued(city, receipt, "inspector_a", clock())
    assert [sees(city, one, "inspector_b") for one in (made, receipt)] == [True, True]
    assert [sees(city, one, "principal") for one in (made, receipt)] == [theirs, theirs]
    told = db.session.scalars(select(OutboxMessage.person_id).where(OutboxMessage.url == f"/notices/{made}"))
    assert (city.people["principal"] in set(told)) is theirs


def test_a_certificate_of_service_that_was_given_up_is_begun_anew(city: City, clock: FixedClock) -> None:
    made = papers.a_letter(city, papers.a_major(city, clock), clock())
    tried = papers.served(city, made, "inspector_a", clock())

    def begun() -> int:
        with city.eyes("inspector_a") as actor, unit_of_work():
            return serving.certificate_of(made, tried, by=actor, now=clock()).id

    first = begun()
    assert begun() == first
    with city.eyes("inspector_a") as actor, unit_of_work():
        drafting.withdraw(first, reason="", by=actor, now=clock())
    assert begun() != first
    again = papers.served(city, made, "inspector_a", clock())
    with city.eyes("approver") as actor, unit_of_work(), pytest.raises(NotAllowed, match=r"由.*起草"):
        serving.certificate_of(made, again, by=actor, now=clock())


def test_nobody_drafts_about_what_they_do_not_answer_for(city: City, clock: FixedClock) -> None:
    number = papers.a_major(city, clock)
    with city.eyes("manager") as actor:
        found = hazard_by_number(number)
    with city.eyes("shop_principal") as actor, unit_of_work(), pytest.raises(NotAllowed, match="由该企业填写"):
        drafting.draft(K.HAZARD_REPORT, [found], Drafted({}), by=actor, now=clock())


# --- what stands in the way ------------------------------------------------------------------------------------


def test_nobody_takes_two_steps_of_one_notice(city: City, clock: FixedClock) -> None:
    made = papers.drafted(city, K.LETTER, papers.a_major(city, clock), by="reviewer", now=clock(), **papers.ASKED)
    papers.sent(city, made, "reviewer", clock())
    with pytest.raises(NotAllowed, match="您起草了这份文书，不能审核"):
        papers.reviewed(city, made, "reviewer", clock())


def test_an_unfinished_draft_is_kept_but_not_sent_on(city: City, clock: FixedClock) -> None:
    made = papers.drafted(city, K.LETTER, papers.a_major(city, clock), by="inspector_a", now=clock())
    with pytest.raises(Invalid, match="请填写督办要求。请填写反馈期限。") as refused:
        papers.sent(city, made, "inspector_a", clock())
    assert set(refused.value.fields) == {"asked", "answer_by"}
    assert papers.notice(made).status is NoticeStatus.DRAFT


def test_a_step_that_a_kind_never_has_is_refused_and_changes_nothing(city: City, clock: FixedClock) -> None:
    number = papers.a_major(city, clock)
    form = papers.drafted(city, K.HAZARD_REPORT, number, by="manager", now=clock())
    with pytest.raises(NotAllowed, match="不用提交，写好后直接定稿"):
        papers.sent(city, form, "manager", clock())
    assert papers.notice(form).status is NoticeStatus.DRAFT
    letter = papers.drafted(city, K.LETTER, number, by="inspector_a", now=clock(), **papers.ASKED)
    with pytest.raises(NotAllowed, match="不用先取号"), city.eyes("inspector_a") as actor, unit_of_work():
        drafting.take_early(letter, by=actor, now=clock())
    told = papers.drafted(city, K.TOLD, number, by="inspector_a", now=clock())
    papers.sent(city, told, "inspector_a", clock())
    with pytest.raises(NotAllowed, match="不经审核"):
        papers.reviewed(city, told, "reviewer", clock())
    assert papers.notice(told).status is NoticeStatus.REVIEWED


def test_what_was_sent_back_is_reviewed_anew(city: City, clock: FixedClock) -> None:
    made = papers.a_letter(city, papers.a_major(city, clock), clock(), until="reviewed")
    with city.eyes("approver") as actor, unit_of_work():
        reviewing.send_back(made, reason="期限太长", by=actor, now=clock())
    kept = papers.notice(made)
    assert (kept.status, kept.reviewed_by_id, kept.returned_reason) == (NoticeStatus.DRAFT, None, "期限太长")
    papers.sent(city, made, "inspector_a", clock())
    assert papers.notice(made).status is NoticeStatus.REVIEWING
    assert papers.notice(made).returned_reason == ""


def test_nobody_rewrites_anothers_draft_and_then_decides_on_it(city: City, clock: FixedClock) -> None:
    """Who wrote a paper neither reviews nor issues it: so nobody but its drafter writes it or sends it on."""
    letter = papers.a_letter(city, papers.a_major(city, clock), clock(), until="drafted")
    order = papers.drafted(city, K.ORDER, found_by_office(city, clock), by="inspector_a", now=clock())
    given = Drafted(dict(papers.ASKED))
    for made, key in ((letter, "reviewer"), (order, "inspector_b")):
        with city.eyes(key) as actor:
            for act in (
                lambda one=made, by=actor: drafting.change(one, given, by=by, now=clock()),
                lambda one=made, by=actor: drafting.send_on(one, by=by, now=clock()),
            ):
                with pytest.raises(NotAllowed, match="由起草人"), unit_of_work():
                    act()
        assert papers.notice(made).status is NoticeStatus.DRAFT


UNFIT = [
    (K.TOLD, {"proposed_grade": Grade.GENERAL}, "只用于重大事故隐患"),
    (K.REINSPECTION, {}, "现在是「已上报」"),
    (K.CLOSURE_FORM, {}, "现在是「已上报」"),
]


@pytest.mark.parametrize(("kind", "more", "sentence"), UNFIT)
def test_a_kind_is_refused_where_it_does_not_fit(
    city: City, clock: FixedClock, kind: NoticeKind, more: dict[str, object], sentence: str
) -> None:
    number = found_by_office(city, clock, **more)
    with pytest.raises(Invalid, match=sentence):
        papers.drafted(city, kind, number, by="inspector_a", now=clock())


def test_several_enterprises_need_one_addressee(city: City, clock: FixedClock) -> None:
    shop = {"enterprise_id": city.enterprises["shop"], "responsible_unit": "门店"}
    both = found_by_office(city, clock), found_by_office(city, clock, **shop)
    with pytest.raises(Invalid, match="不是同一家企业的"):
        papers.drafted(city, K.LETTER, *both, by="inspector_a", now=clock())
    made = papers.drafted(city, K.LETTER, *both, by="inspector_a", now=clock(), to="三江街道办事处")
    assert papers.notice(made).addressee == "三江街道办事处"
    assert papers.notice(made).enterprise_id is None


# --- frozen ----------------------------------------------------------------------------------------------------


def test_an_issued_paper_stays_as_it_was_whatever_becomes_of_its_hazard(city: City, clock: FixedClock) -> None:
    number = papers.a_major(city, clock)
    made = papers.a_letter(city, number, clock())
    before = papers.notice(made)
    kept = (before.snapshot_digest, before.file_id, before.number, before.code)
    assert before.number == "綦应急函〔2026〕1号"
    acts.plan(city, number, clock.advance(days=1))
    after = papers.notice(made)
    assert (after.snapshot_digest, after.file_id, after.number, after.code) == kept
    with pytest.raises(Conflict, match="不能修改"), city.eyes("inspector_a") as actor, unit_of_work():
        drafting.change(made, Drafted({}), by=actor, now=clock())


def test_a_voided_number_stays_used(city: City, clock: FixedClock) -> None:
    number = papers.a_major(city, clock)
    made = papers.a_letter(city, number, clock())
    papers.voided(city, made, "reviewer", clock())
    assert papers.notice(papers.a_letter(city, number, clock())).number == "綦应急函〔2026〕2号"
    assert (papers.notice(made).number, papers.notice(made).void_reason) == ("綦应急函〔2026〕1号", "主送单位写错")


# --- orders ----------------------------------------------------------------------------------------------------


def ordered(city: City, clock: FixedClock, *numbers: str) -> int:
    """An order of these, its number taken, signed for each and issued; its id."""
    made = papers.drafted(city, K.ORDER, *numbers, by="inspector_a", now=clock())
    with city.eyes("inspector_a") as actor, unit_of_work():
        taken = drafting.take_early(made, by=actor, now=clock()).number
    for place, number in enumerate(numbers, 1):
        acts.order(city, number, "inspector_a", "inspector_b", now=clock(), order_number=taken, order_item=place)
    papers.sent(city, made, "inspector_a", clock())
    papers.issued(city, made, "inspector_b", clock())
    return made


def test_an_order_is_issued_once_each_item_is_signed_under_its_number(city: City, clock: FixedClock) -> None:
    number = found_by_office(city, clock)
    made = papers.drafted(city, K.ORDER, number, by="inspector_a", now=clock())
    papers.sent(city, made, "inspector_a", clock())
    with pytest.raises(Invalid, match="指令书要先取号"):
        papers.issued(city, made, "inspector_b", clock())
    with city.eyes("inspector_b") as actor, unit_of_work():
        reviewing.send_back(made, reason="没有取号", by=actor, now=clock())
    with city.eyes("inspector_a") as actor, unit_of_work():
        taken = drafting.take_early(made, by=actor, now=clock()).number
    papers.sent(city, made, "inspector_a", clock())
    with pytest.raises(Invalid, match="还没有签批「责令整改」"):
        papers.issued(city, made, "inspector_b", clock())
    acts.order(city, number, "inspector_a", "inspector_b", now=clock(), order_number=taken)
    assert papers.issued(city, made, "inspector_b", clock()) == taken == "（綦应急）责改〔2026〕1号"


def test_the_terms_of_an_order_run_from_its_service(city: City, clock: FixedClock) -> None:
    number = found_by_office(city, clock)
    made = ordered(city, clock, number)
    assert hazard(number).served_on is None
    papers.served(city, made, "inspector_a", clock())
    kept = hazard(number)
    assert (kept.served_on, kept.receipt_by) == (clock().date(), "主要负责人·𬭬")
    with pytest.raises(NotAllowed, match="指令书已送达"):
        papers.voided(city, made, "reviewer", clock())


def test_a_second_try_that_nobody_signed_for_is_no_receipt_and_a_later_signature_is(
    city: City, clock: FixedClock
) -> None:
    number = found_by_office(city, clock)
    made, first = ordered(city, clock, number), clock().date()
    unsigned: dict[str, object] = {"receipt": Receipt.WAITING, "received_on": None, "recipient": "", "relation": ""}
    papers.served(city, made, "inspector_a", clock(), **unsigned)
    papers.served(
        city, made, "inspector_a", clock.advance(days=1), manner=ServiceManner.POSTED, tracking="E1", **unsigned
    )
    assert (hazard(number).served_on, hazard(number).receipt_on) == (first, None)
    papers.served(city, made, "inspector_b", clock.advance(days=1))
    kept = hazard(number)
    assert (kept.served_on, kept.receipt_on, kept.receipt_by) == (first, clock().date(), "主要负责人·𬭬")


def test_a_re_inspection_passes_two_and_leaves_the_third_open(city: City, clock: FixedClock) -> None:
    numbers = [found_by_office(city, clock, place=place) for place in ("东区", "南区", "西区")]
    ordered(city, clock, *numbers)
    clock.advance(days=1)
    for number in numbers[:2]:
        acts.work(city, number, clock())
        acts.ask(city, number, Action.VERIFY, "manager", clock())
        acts.sign(city, number, "manager", "inspector_a", "inspector_b", now=clock())
    made = papers.drafted(city, K.REINSPECTION, *numbers, by="inspector_a", now=clock(), on=clock().date())
    papers.sent(city, made, "inspector_a", clock())
    papers.issued(city, made, "inspector_b", clock())
    kept = papers.notice(made)
    assert [item.opinion for item in kept.items] == ["合格", "合格", "不合格"]
    assert [hazard(number).state for number in numbers] == [State.VERIFIED, State.VERIFIED, State.RECTIFYING]
    assert [item["opinion"] for item in (kept.snapshot or {})["items"]] == ["合格", "合格", "不合格"]
    assert "第1、2项复查合格，第3项复查不合格" in (kept.snapshot or {})["closing"]


# --- telling the head, listing ---------------------------------------------------------------------------------


def told(city: City, clock: FixedClock, number: str, **more: object) -> Hazard:
    made = papers.drafted(city, K.TOLD, number, by="inspector_a", now=clock())
    papers.sent(city, made, "inspector_a", clock())
    papers.issued(city, made, "inspector_b", clock())
    papers.served(city, made, "inspector_a", clock(), **more)
    return hazard(number)


def test_who_signs_for_it_has_been_told_and_nobody_is_told_through_another(city: City, clock: FixedClock) -> None:
    number = papers.a_major(city, clock)
    kept = told(city, clock, number, relation="办公室、收发、值班人员", recipient="值班人")
    assert (kept.principal_told_at, kept.controller_told_at) == (None, None)
    kept = told(city, clock, number)
    assert (kept.principal_told_at is not None, kept.controller_told_at) == (True, None)
    kept = told(city, clock, number, relation="实际控制人", recipient="控制人")
    assert kept.controller_told_at is not None


def test_service_is_recorded_though_the_hazard_is_no_major_one_any_more(city: City, clock: FixedClock) -> None:
    number = papers.a_major(city, clock)
    made = papers.drafted(city, K.TOLD, number, by="inspector_a", now=clock())
    papers.sent(city, made, "inspector_a", clock())
    papers.issued(city, made, "inspector_b", clock())
    with city.eyes("inspector_a"), unit_of_work():
        hazard_by_number(number).grade = Grade.GENERAL
    papers.served(city, made, "inspector_a", clock())
    assert papers.notice(made).receipt is Receipt.SIGNED
    assert hazard(number).principal_told_at is None


def test_a_listing_is_kept_on_the_hazard_with_its_number(city: City, clock: FixedClock) -> None:
    number, until = papers.a_major(city, clock), clock().date() + timedelta(days=200)
    fields = {"basis": "《重庆市安全生产条例》", "until": until, "plan_by": clock().date() + timedelta(days=10)}
    made = papers.drafted(city, K.LISTING, number, by="inspector_a", now=clock(), **fields)
    papers.sent(city, made, "inspector_a", clock())
    papers.reviewed(city, made, "reviewer", clock())
    given = papers.issued(city, made, "approver", clock())
    kept = hazard(number)
    assert (kept.listed_number, kept.listed_office) == (given, "綦江区应急管理局")
    with pytest.raises(NotAllowed, match="已经生效，不能作废"):
        papers.voided(city, made, "reviewer", clock())


# --- service ---------------------------------------------------------------------------------------------------

WRONG = [
    ({"manner": ServiceManner.POSTED}, "tracking"),
    ({"manner": ServiceManner.LEFT, "receipt": Receipt.REFUSED, "reason": "拒收"}, "witnesses"),
    ({"receipt": Receipt.REFUSED}, "reason"),
    ({"recipient": ""}, "recipient"),
    ({"relation": ""}, "relation"),
    ({"received_on": None}, "received_on"),
    ({"served_by": " "}, "served_by"),
]


@pytest.mark.parametrize(("more", "field"), WRONG)
def test_service_is_recorded_whole_or_not_at_all(
    city: City, clock: FixedClock, more: dict[str, object], field: str
) -> None:
    made = papers.a_letter(city, papers.a_major(city, clock), clock())
    with pytest.raises(Invalid) as refused:
        papers.served(city, made, "inspector_a", clock(), **more)
    assert set(refused.value.fields) == {field}
    assert papers.notice(made).receipt is Receipt.WAITING


def test_a_refusal_is_a_receipt_too_and_a_later_signature_counts(city: City, clock: FixedClock) -> None:
    made = papers.a_letter(city, papers.a_major(city, clock), clock())
    papers.served(city, made, "inspector_a", clock(), receipt=Receipt.REFUSED, reason="称要请示", received_on=None)
    assert papers.notice(made).receipt is Receipt.REFUSED
    papers.served(city, made, "inspector_b", clock())
    assert papers.notice(made).receipt is Receipt.SIGNED

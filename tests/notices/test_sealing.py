"""While a seal service is waited for, everybody else works on; and only what it sealed is issued."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import Enterprise
from core.db import db, unit_of_work
from core.files import file_store
from core.history import anchor
from core.models import Counter, Event
from core.once import new_key
from core.refusals import Conflict, Invalid, Refusal, Unavailable
from core.scope import everything
from core.verification import verify
from hazards.models import Hazard
from hazards.queries import hazard_by_number
from notices.fonts import FontBook
from notices.models import NoticeRun, NoticeRunItem
from notices.number_patterns import series_key
from notices.operations import drafting, issuing, reviewing, runs
from notices.operations.sealing import MOVED
from notices.seal_service import WAY_OUT
from notices.signing import check_signature
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, build_city, reported
from tests.notices import city as papers
from tests.notices.seals import SUBJECT, sealing, while_waiting
from tests.receivers import SealService
from workflows.notices import NoticeKind, NoticeStatus
from workflows.vocabulary import Channel, Grade

K = NoticeKind
PATIENCE = 60


@pytest.fixture
def city(context: Flask, clock: FixedClock, fonts: FontBook) -> City:
    """The small city; the fonts that the session has read once."""
    context.extensions["font_book"] = fonts
    return papers.with_prefixes(build_city(clock()))


@pytest.fixture
def service(context: Flask, clock: FixedClock) -> Iterator[SealService]:
    """A seal service, known to the installation."""
    with sealing(context, clock()) as found:
        yield found


def major(city: City, clock: FixedClock) -> str:
    """A major one of the plant, being put right."""
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
    acts.accept(city, number, "manager", "principal", now=clock())
    return number


def letters(city: City, clock: FixedClock, count: int = 1) -> list[int]:
    """That many letters about one hazard that wait to be issued."""
    number = major(city, clock)
    return [papers.a_letter(city, number, clock(), until="reviewed") for _ in range(count)]


def issued(city: City, notice_id: int, clock: FixedClock, by: str = "approver") -> str:
    """Issue it, by a clock that may move while the service is waited for; its number."""
    with city.eyes(by) as actor:
        sealed = issuing.sealed_first(notice_id, by=actor, now=clock())
        with unit_of_work():
            return issuing.issue(notice_id, by=actor, now=clock(), sealed=sealed).number or ""


def meanwhile(app: Flask, service: SealService, act: Callable[[], object]) -> None:
    """Let somebody else act on a connection of their own before the next paper is sealed."""

    def inside() -> None:
        with app.app_context():
            act()
            db.session.remove()

    while_waiting(service, inside)


def history(notice_id: int) -> list[str]:
    """The kinds of its entries in their order."""
    wanted = select(Event.kind).where(Event.subject_kind == "notice", Event.subject_id == notice_id)
    return list(db.session.scalars(wanted.order_by(Event.seq)))


def assert_waits(notice_id: int, sequence: int | None = 1) -> None:
    """It was not issued, and keeps its number."""
    notice = papers.notice(notice_id)
    assert (notice.status, notice.sequence) == (NoticeStatus.REVIEWED, sequence)
    assert (notice.file_id, notice.code, notice.issued_at, notice.signed) == (None, None, None, False)
    assert "issued" not in history(notice_id)


def kept(notice_id: int) -> bytes:
    """The bytes of the issued paper."""
    file = papers.notice(notice_id).file
    assert file is not None
    with file_store().open(file.digest) as stored:
        return stored.read()


# --- who waits -------------------------------------------------------------------------------------------------


def test_others_take_numbers_and_write_while_the_service_is_waited_for(
    context: Flask, city: City, clock: FixedClock, service: SealService
) -> None:
    one, other = letters(city, clock, 2)
    held = []

    def act() -> None:
        held.append(db.engine.pool.checkedout())  # type: ignore[attr-defined]
        with city.eyes("approver") as actor, unit_of_work():
            issuing.prepare(other, by=actor, now=clock())
        reported(city, "leader", clock(), description="另一处隐患")
        with unit_of_work():
            anchor(at=clock(), reason="test")  # its digest is printed on papers, and moves on all the time

    meanwhile(context, service, act)
    assert issued(city, one, clock) == "綦应急函〔2026〕1号"
    assert held == [0]
    assert_waits(other, 2)
    assert issued(city, other, clock) == "綦应急函〔2026〕2号"
    assert history(one) == history(other) == ["drafted", "sent_on", "reviewed", "numbered", "issued"]
    with everything("test sealing"):
        assert verify().breaks == []


def test_what_the_service_sealed_is_what_is_issued(
    context: Flask, city: City, clock: FixedClock, service: SealService
) -> None:
    (one,) = letters(city, clock)
    moment = clock()
    meanwhile(context, service, lambda: clock.advance(seconds=9))
    issued(city, one, clock)
    ((_told, sent),) = service.got
    notice, data = papers.notice(one), kept(one)
    assert data.startswith(sent)
    assert len(data) > len(sent)
    found = check_signature(data, None)
    assert found is not None
    assert (found.intact, found.covers_whole, found.subject) == (True, True, SUBJECT)
    assert (notice.signed, notice.certificate_id, notice.issued_at) == (True, None, moment)
    assert notice.snapshot is not None
    assert notice.snapshot["verification"]["digest"] == notice.snapshot_digest


def test_a_form_of_an_enterprise_is_finished_without_the_service(
    city: City, clock: FixedClock, service: SealService
) -> None:
    form = papers.drafted(city, K.HAZARD_REPORT, major(city, clock), by="manager", now=clock())
    with city.eyes("principal") as actor:
        assert issuing.sealed_first(form, by=actor, now=clock()) is None
        with unit_of_work():
            issuing.issue(form, by=actor, now=clock())
    assert papers.notice(form).status is NoticeStatus.ISSUED
    assert service.got == []


def test_an_order_and_a_listing_do_to_their_hazards_what_they_do_elsewhere(
    city: City, clock: FixedClock, service: SealService
) -> None:
    found = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION)
    order = papers.drafted(city, K.ORDER, found, by="inspector_a", now=clock())
    with city.eyes("inspector_a") as actor, unit_of_work():
        number = drafting.take_early(order, by=actor, now=clock()).number
    acts.order(city, found, "inspector_a", "inspector_b", now=clock(), order_number=number)
    papers.sent(city, order, "inspector_a", clock())
    assert issued(city, order, clock, by="inspector_b") == number
    placed = major(city, clock)
    listing = a_listing(city, placed, clock)
    assert issued(city, listing, clock) == listed_as(placed)
    assert len(service.got) == 2


def a_listing(city: City, number: str, clock: FixedClock) -> int:
    """A 挂牌督办通知书 of the district that waits to be issued."""
    today = clock().date()
    fields = {"basis": "《重庆市安全生产条例》", "until": today.replace(year=2027), "plan_by": today.replace(day=30)}
    made = papers.drafted(city, K.LISTING, number, by="inspector_a", now=clock(), **fields)
    papers.sent(city, made, "inspector_a", clock())
    papers.reviewed(city, made, "reviewer", clock())
    return made


def listed_as(number: str) -> str:
    """The number under which the hazard is listed."""
    with everything("test sealing"):
        db.session.expire_all()
        return hazard_by_number(number).listed_number


# --- a seal that fails -----------------------------------------------------------------------------------------


def test_a_service_that_fails_issues_nothing_and_the_number_waits_for_the_next_try(
    city: City, clock: FixedClock, service: SealService
) -> None:
    one, other = letters(city, clock, 2)
    service.status = 503
    for _try in range(2):
        with pytest.raises(Unavailable, match="外部签章系统没有盖章（答复 503）。没有签发。"):
            issued(city, one, clock)
        assert_waits(one)
    service.status = 200
    assert issued(city, other, clock) == "綦应急函〔2026〕2号"
    assert issued(city, one, clock) == "綦应急函〔2026〕1号"
    assert history(one).count("numbered") == 1
    office = papers.notice(one).office_id
    assert office is not None
    assert db.session.get_one(Counter, series_key(office, K.LETTER.value, 2026)).last == 2


def test_a_number_kept_by_a_draft_that_is_given_up_stays_used_with_its_reason(
    city: City, clock: FixedClock, service: SealService
) -> None:
    one, other = letters(city, clock, 2)
    service.status = 503
    with pytest.raises(Unavailable):
        issued(city, one, clock)
    with city.eyes("approver") as actor, unit_of_work(), pytest.raises(Invalid, match="请写明理由"):
        drafting.withdraw(one, reason="", by=actor, now=clock())
    with city.eyes("approver") as actor, unit_of_work():
        drafting.withdraw(one, reason="不再发函", by=actor, now=clock())
    service.status = 200
    assert issued(city, other, clock) == "綦应急函〔2026〕2号"


# --- a change meanwhile ----------------------------------------------------------------------------------------


def rename(city: City, number: str) -> None:
    """The enterprise is called otherwise from now on."""
    with everything("test sealing"), unit_of_work() as session:
        firm = session.scalars(select(Hazard.enterprise_id).where(Hazard.number == number)).one()
        session.get_one(Enterprise, firm).name = "綦江新名机械有限公司"


def describe(city: City, number: str) -> None:
    """The hazard is described otherwise."""
    with everything("test sealing"), unit_of_work():
        hazard_by_number(number).description = "另一种说法"


@pytest.mark.parametrize("change", [rename, describe])
def test_what_would_read_otherwise_by_now_is_not_issued(
    context: Flask, city: City, clock: FixedClock, service: SealService, change: Callable[[City, str], None]
) -> None:
    number = major(city, clock)
    one = papers.a_letter(city, number, clock(), until="reviewed")
    meanwhile(context, service, lambda: change(city, number))
    with pytest.raises(Conflict) as refused:
        issued(city, one, clock)
    assert refused.value.sentence == MOVED == "签章期间文书内容有变，没有签发。请核对后再签发。"
    assert_waits(one)
    assert issued(city, one, clock) == "綦应急函〔2026〕1号"
    assert len(service.got) == 2


def test_what_was_sent_back_and_came_again_meanwhile_is_not_issued(
    context: Flask, city: City, clock: FixedClock, service: SealService
) -> None:
    (one,) = letters(city, clock)

    def act() -> None:
        with city.eyes("approver") as actor, unit_of_work():
            reviewing.send_back(one, reason="改期限", by=actor, now=clock())
        papers.sent(city, one, "inspector_a", clock())
        papers.reviewed(city, one, "reviewer", clock())

    meanwhile(context, service, act)
    with pytest.raises(Conflict, match=MOVED):
        issued(city, one, clock)
    assert_waits(one)


def test_what_was_withdrawn_meanwhile_is_not_issued(
    context: Flask, city: City, clock: FixedClock, service: SealService
) -> None:
    (one,) = letters(city, clock)

    def act() -> None:
        with city.eyes("reviewer") as actor, unit_of_work():
            drafting.withdraw(one, reason="不再发函", by=actor, now=clock())

    meanwhile(context, service, act)
    with pytest.raises(Conflict, match="文书现在是「已撤回」"):
        issued(city, one, clock)
    assert papers.notice(one).file_id is None


def test_a_hazard_listed_by_another_meanwhile_is_named_and_nothing_is_issued(
    context: Flask, city: City, clock: FixedClock, service: SealService
) -> None:
    number = major(city, clock)
    one, other = a_listing(city, number, clock), a_listing(city, number, clock)
    meanwhile(context, service, lambda: issued(city, other, clock))
    with pytest.raises(Refusal, match=number):
        issued(city, one, clock)
    assert_waits(one)
    assert listed_as(number) == papers.notice(other).number


def test_a_paper_of_yesterday_is_not_issued_today(
    context: Flask, city: City, clock: FixedClock, service: SealService
) -> None:
    (one,) = letters(city, clock)
    clock.set(clock().replace(hour=15, minute=59, second=58))  # two seconds before midnight in Shanghai
    meanwhile(context, service, lambda: clock.advance(seconds=5))
    with pytest.raises(Conflict, match=MOVED):
        issued(city, one, clock)
    assert_waits(one)
    issued(city, one, clock)
    assert (papers.notice(one).snapshot or {})["dated"] == "2026-11-17"


def test_of_two_who_issue_the_same_at_once_one_is_told(
    context: Flask, city: City, clock: FixedClock, service: SealService
) -> None:
    (one,) = letters(city, clock)
    both, seal = threading.Barrier(2), service.seal

    def sealed(pdf: bytes) -> bytes:
        both.wait(PATIENCE)
        return seal(pdf)

    def officer(_n: int) -> str:
        with context.app_context():
            try:
                return issued(city, one, clock)
            except Conflict as refused:
                return refused.sentence
            finally:
                db.session.remove()

    service.seal = sealed
    db.session.rollback()
    with ThreadPoolExecutor(2) as pool:
        told = sorted(pool.map(officer, range(2)))
    assert told[0].startswith("文书现在是「已签发」")
    assert told[1] == "綦应急函〔2026〕1号"
    assert history(one).count("issued") == history(one).count("numbered") == 1


# --- many at once ----------------------------------------------------------------------------------------------


def test_a_run_says_of_each_what_became_of_its_seal(city: City, clock: FixedClock, service: SealService) -> None:
    ids = letters(city, clock, 3)
    seal, answers = service.seal, iter((200, 503, 200))

    def sealed(pdf: bytes) -> bytes:
        service.status = next(answers)
        return seal(pdf)

    service.seal = sealed
    with city.eyes("approver") as actor:
        with unit_of_work():
            run_id = runs.begin(runs.ISSUE, ids, new_key(), by=actor, now=clock()).id
        runs.carry_out(run_id, by=actor, clock=clock)
    assert [papers.notice(one).status for one in ids] == [
        NoticeStatus.ISSUED,
        NoticeStatus.REVIEWED,
        NoticeStatus.ISSUED,
    ]
    assert [papers.notice(one).sequence for one in ids] == [1, 2, 3]
    with everything("test sealing"):
        wanted = select(NoticeRunItem).where(NoticeRunItem.run_id == run_id).order_by(NoticeRunItem.position)
        said = [(item.done, item.said) for item in db.session.scalars(wanted)]
        assert said == [(True, ""), (False, f"外部签章系统没有盖章（答复 503）。{WAY_OUT}"), (True, "")]
        assert db.session.get_one(NoticeRun, run_id).done == 2


def test_a_run_gives_up_a_service_that_seals_nothing(city: City, clock: FixedClock, service: SealService) -> None:
    ids = letters(city, clock, 5)
    service.status = 503
    with city.eyes("approver") as actor:
        with unit_of_work():
            run_id = runs.begin(runs.ISSUE, ids, new_key(), by=actor, now=clock()).id
        runs.carry_out(run_id, by=actor, clock=clock)
    assert {papers.notice(one).status for one in ids} == {NoticeStatus.REVIEWED}
    assert [papers.notice(one).sequence for one in ids] == [1, 2, 3, None, None]
    with everything("test sealing"):
        wanted = select(NoticeRunItem).where(NoticeRunItem.run_id == run_id).order_by(NoticeRunItem.position)
        refused = f"外部签章系统没有盖章（答复 503）。{WAY_OUT}"
        assert [item.said for item in db.session.scalars(wanted)] == [refused] * 3 + [runs.NO_SEALS] * 2
        assert db.session.get_one(NoticeRun, run_id).ended_at is not None

"""What becomes of papers and runs whose hazards, files or people are no longer there."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import Enterprise, Person
from accounts.news import EnterpriseMoved
from core.db import db, unit_of_work
from core.files import file_store
from core.once import new_key
from core.refusals import Invalid, NotAllowed
from core.scope import everything
from core.web import announcements
from notices.fonts import FontBook
from notices.jobs import run_for_owner
from notices.models import NoticeRun, NoticeRunItem
from notices.operations import drafting, runs
from notices.operations.drafting import Drafted
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, build_city, reported
from tests.notices import city as papers
from workflows.notices import NoticeKind, NoticeStatus
from workflows.vocabulary import Channel, Grade

FAR = "/500000/500101/"


@pytest.fixture
def city(context: Flask, clock: FixedClock, fonts: FontBook) -> City:
    """The small city, whose offices name what their papers name."""
    context.extensions["font_book"] = fonts
    return papers.with_prefixes(build_city(clock()))


def move_away(city: City, clock: FixedClock) -> None:
    """The plant moves to another district."""
    with everything("test"), unit_of_work() as session:
        plant = session.get_one(Enterprise, city.enterprises["plant"])
        plant.region_code, plant.town_code, plant.region_path = "500101", None, FAR
        announcements().announce(EnterpriseMoved(plant.id, None, clock()))


def test_a_draft_is_not_changed_for_the_hazards_that_are_left(city: City, clock: FixedClock) -> None:
    number = papers.a_major(city, clock)
    made = papers.a_letter(city, number, clock(), until="drafted")
    move_away(city, clock)
    before = papers.notice(made).addressee
    refused = pytest.raises(Invalid, match=r"1 条已不在您的管辖范围内.*不能修改")
    with city.eyes("inspector_a") as actor, refused, unit_of_work():
        drafting.change(made, Drafted(dict(papers.ASKED)), by=actor, now=clock())
    assert papers.notice(made).addressee == before


def test_an_order_that_was_served_is_not_voided_once_its_hazards_have_gone(city: City, clock: FixedClock) -> None:
    number = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION)
    made = papers.drafted(city, NoticeKind.ORDER, number, by="inspector_a", now=clock())
    with city.eyes("inspector_a") as actor, unit_of_work():
        given = drafting.take_early(made, by=actor, now=clock()).number
    acts.order(city, number, "inspector_a", "inspector_b", now=clock(), order_number=given)
    papers.sent(city, made, "inspector_a", clock())
    papers.issued(city, made, "inspector_b", clock())
    papers.served(city, made, "inspector_a", clock())
    move_away(city, clock)
    with pytest.raises(NotAllowed, match="已送达"):
        papers.voided(city, made, "reviewer", clock())
    assert papers.notice(made).status is NoticeStatus.ISSUED


def test_a_paper_of_several_firms_does_not_go_with_one_of_them(city: City, clock: FixedClock) -> None:
    shop = reported(
        city, "inspector_a", clock(), channel=Channel.SUPERVISION, enterprise_id=city.enterprises["shop"],
        responsible_unit="门店", proposed_grade=Grade.MAJOR,
    )  # fmt: skip
    number = papers.a_major(city, clock)
    told = {"to": "有关企业", "asked": "请对照检查。", "copies": ""}
    both = papers.drafted(city, NoticeKind.BULLETIN, number, shop, by="clerk", now=clock(), **told)
    alone = papers.drafted(city, NoticeKind.BULLETIN, number, by="clerk", now=clock(), **told)
    here = papers.notice(both).region_path
    move_away(city, clock)
    assert (papers.notice(both).region_path, papers.notice(alone).region_path) == (here, FAR)


# --- runs ------------------------------------------------------------------------------------------------------


def a_run(city: City, clock: FixedClock, act: str, ids: list[int]) -> int:
    with city.eyes("approver") as actor, unit_of_work():
        return runs.begin(act, ids, new_key(), by=actor, now=clock()).id


def said(run_id: int) -> list[tuple[bool | None, str]]:
    wanted = select(NoticeRunItem).where(NoticeRunItem.run_id == run_id).order_by(NoticeRunItem.position)
    with everything("test"):
        db.session.expire_all()
        return [(item.done, item.said) for item in db.session.scalars(wanted)]


def ended(run_id: int) -> bool:
    with everything("test"):
        return db.session.get_one(NoticeRun, run_id).ended_at is not None


def test_a_lost_file_keeps_only_itself_from_being_printed(city: City, clock: FixedClock) -> None:
    number = papers.a_major(city, clock)
    ids = [papers.a_letter(city, number, clock()) for _ in range(2)]
    file = papers.notice(ids[0]).file
    assert file is not None
    file_store().path(file.digest).unlink()
    run_id = a_run(city, clock, runs.PRINT, ids)
    with city.eyes("approver") as actor:
        runs.carry_out(run_id, by=actor, clock=clock)
    assert said(run_id) == [(False, runs.UNREADABLE), (True, "")]
    assert ended(run_id)


def test_one_that_breaks_keeps_only_itself_from_being_issued(
    city: City, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = papers.a_major(city, clock)
    ids = [papers.a_letter(city, number, clock(), until="reviewed") for _ in range(2)]
    real = runs.issue

    def issue(notice_id: int, **more: object) -> object:
        if notice_id == ids[0]:
            raise RuntimeError("no such glyph")
        return real(notice_id, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(runs, "issue", issue)
    run_id = a_run(city, clock, runs.ISSUE, ids)
    with city.eyes("approver") as actor:
        runs.carry_out(run_id, by=actor, clock=clock)
    assert said(run_id) == [(False, runs.BROKE_DOWN), (True, "")]
    assert ended(run_id)
    assert [papers.notice(one).status for one in ids] == [NoticeStatus.REVIEWED, NoticeStatus.ISSUED]


def test_a_run_of_somebody_who_has_left_ends_and_does_nothing(city: City, clock: FixedClock) -> None:
    made = papers.a_letter(city, papers.a_major(city, clock), clock(), until="reviewed")
    run_id = a_run(city, clock, runs.ISSUE, [made])
    with everything("test"), unit_of_work() as session:
        session.get_one(Person, city.people["approver"]).active = False
    run_for_owner(run_id)
    assert ended(run_id)
    assert papers.notice(made).status is NoticeStatus.REVIEWED

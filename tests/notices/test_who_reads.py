"""Who reads which paper, written out by hand: role and relation × paper, past every door that leads to one."""

from __future__ import annotations

from collections.abc import Collection

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import Enterprise, OrgUnit, Person
from accounts.news import EnterpriseMoved
from core.db import db, unit_of_work
from core.refusals import NotFound
from core.scope import everything
from core.web import announcements
from hazards.models import Hazard
from notices.fonts import FontBook
from notices.making import digest_of
from notices.models import Notice, NoticeItem, NoticeService
from notices.operations import runs
from notices.queries import Asked, counts_of, notice_by_id, notices_by_ids, notices_of_hazard, page_of
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import PEOPLE, City, build_city, reported
from tests.hazards.visiting import Visitor
from tests.notices import city as papers
from tests.pages.house import further_people
from workflows.notices import NoticeKind
from workflows.vocabulary import Action

K = NoticeKind

OFFICE = {"inspector_a", "inspector_b", "reviewer", "approver"}  # of the district, which issued
ABOVE = {"city_inspector_a", "city_inspector_b", "city_reviewer", "city_approver", "clerk"}  # the city, 安委办
TOWN = {"town_officer", "town_officer_b", "town_head"}  # in whose streets the enterprise lies
FIRM = {"manager", "manager_b", "plant_manager", "principal", "head"}  # who sees all of the enterprise
# nobody else ever: worker and leader of the very team, the leader of another, the landlord (shop_principal, who sees
# the hazard), another enterprise, the fire brigade (not its sector), another district

READ_BY: dict[str, set[str]] = {
    "a letter that is drafted": OFFICE,
    "a letter that waits for its review": OFFICE,
    "a letter that waits to be issued": OFFICE,
    "a letter that was issued": OFFICE | ABOVE | TOWN | FIRM,
    "a letter that was voided": OFFICE | ABOVE | TOWN | FIRM,
    "a letter to the town about the enterprise": OFFICE | ABOVE | TOWN,
    "a form that is drafted": FIRM,
    "a form that was finished": OFFICE | ABOVE | TOWN | FIRM,
    "an answer to the informant": OFFICE,
}


@pytest.fixture
def city(context: Flask, fonts: FontBook, clock: FixedClock) -> City:
    """The small city; the shop is the landlord of the plant, which has a second team."""
    context.extensions["font_book"] = fonts
    city = papers.with_prefixes(build_city(clock()))
    further_people(city, clock())
    return city


def a_major(city: City, clock: FixedClock) -> str:
    """A major one of the smelting team, at which the shop is concerned as landlord; being put right."""
    shop = city.enterprises["shop"]
    return papers.a_major(city, clock, concerned_id=shop)


def every_paper(city: City, clock: FixedClock) -> dict[str, int]:
    """One of each, by how the table calls it."""
    number, now = a_major(city, clock), clock()
    made = {
        "a letter that is drafted": papers.a_letter(city, number, now, until="drafted"),
        "a letter that waits for its review": papers.a_letter(city, number, now, until="sent"),
        "a letter that waits to be issued": papers.a_letter(city, number, now, until="reviewed"),
        "a letter that was issued": papers.a_letter(city, number, now),
        "a letter that was voided": papers.a_letter(city, number, now),
    }
    papers.voided(city, made["a letter that was voided"], "reviewer", now)
    papers.served(city, made["a letter that was issued"], "inspector_a", now)
    to_town = papers.drafted(
        city, K.LETTER, number, by="inspector_a", now=now, **papers.ASKED, to="綦江区三江街道办事处"
    )
    answer = papers.drafted(
        city, K.COMPLAINT_ANSWER, number, by="complaints", now=now, findings="属实", outcome="已责令"
    )
    for one, drafter in ((to_town, "inspector_a"), (answer, "complaints")):
        papers.sent(city, one, drafter, now)
        papers.reviewed(city, one, "reviewer", now)
        papers.issued(city, one, "approver", now)
    drafted, finished = (papers.drafted(city, K.HAZARD_REPORT, number, by="manager", now=now) for _ in range(2))
    papers.issued(city, finished, "principal", now)
    return made | {
        "a letter to the town about the enterprise": to_town,
        "a form that is drafted": drafted,
        "a form that was finished": finished,
        "an answer to the informant": answer,
    }


def leader_of_another_team(city: City) -> str:
    """The leader made one of a second team."""
    with everything("test city"), unit_of_work() as session:
        unit = OrgUnit(enterprise_id=city.enterprises["plant"], name="机加工车间")
        session.add(unit)
        session.flush()
        session.get_one(Person, city.people["leader"]).unit_id = unit.id
    return "leader"


def readers(city: City, notice_id: int, among: Collection[str]) -> set[str]:
    """Whoever of these finds the paper by its number."""
    found = set()
    for key in among:
        with city.eyes(key):
            try:
                notice_by_id(notice_id)
            except NotFound:
                continue
            found.add(key)
    return found


def test_each_paper_is_read_by_those_of_the_table_and_by_nobody_else(city: City, clock: FixedClock) -> None:
    everybody, made = [key for key, *_rest in PEOPLE], every_paper(city, clock)
    assert set(made) == set(READ_BY)
    assert {name: readers(city, one, everybody) for name, one in made.items()} == READ_BY
    leader = leader_of_another_team(city)
    assert not any(readers(city, one, [leader]) for one in made.values())


def test_no_list_and_no_row_beside_a_paper_shows_more_than_the_paper_itself(city: City, clock: FixedClock) -> None:
    made = every_paper(city, clock)
    with everything("test"):
        (hazard_id,) = db.session.scalars(select(Hazard.id))
    for key in ("inspector_b", "clerk", "town_officer", "manager", "leader", "worker", "shop_principal",
                "far_inspector", "fire_inspector"):  # fmt: skip
        own = {one for name, one in made.items() if key in READ_BY[name]}
        with city.eyes(key):
            assert {one.id for one in page_of(Asked())[0]} == own, key
            assert counts_of([Asked()]) == [len(own)], key
            assert {one.id for one in notices_by_ids(list(made.values()))} == own, key
            seen = {one.id for one in notices_of_hazard(hazard_id)}
            assert seen == own, key
            assert set(db.session.scalars(select(NoticeItem.notice_id))) == own, key
            tried = db.session.scalar(select(func.count()).select_from(NoticeService))
            assert tried == int(made["a letter that was issued"] in own), key


def test_nobody_learns_by_printing_that_a_paper_is_there(city: City, clock: FixedClock) -> None:
    one = every_paper(city, clock)["a letter that was issued"]
    for key, other in (("far_inspector", one), ("far_inspector", 10**9), ("shop_principal", one)):
        with city.eyes(key) as actor, unit_of_work(), pytest.raises(NotFound, match="有的找不到"):
            runs.begin(runs.PRINT, [other], f"key-of-{key}-{other}", by=actor, now=clock())


def test_an_office_reads_the_papers_of_a_hazard_that_was_handed_over_to_it(city: City, clock: FixedClock) -> None:
    made = every_paper(city, clock)
    with everything("test"), unit_of_work() as session:
        session.scalars(select(Hazard)).one().responsible_office_id = city.offices["fire"]
    out = {name for name, who in READ_BY.items() if "town_officer" in who}
    assert {name for name, one in made.items() if readers(city, one, ["fire_inspector"])} == out


def test_papers_of_open_hazards_go_with_an_enterprise_that_moves(city: City, clock: FixedClock) -> None:
    made, dismissed = every_paper(city, clock), reported(city, "leader", clock())
    left = papers.a_letter(city, dismissed, clock())
    acts.ask(city, dismissed, Action.DISMISS, "manager", clock(), reason="不是隐患")
    acts.sign(city, dismissed, "manager", now=clock())
    with everything("test"), unit_of_work() as session:
        plant = session.get_one(Enterprise, city.enterprises["plant"])
        plant.region_code, plant.town_code, plant.region_path = "500101", None, "/500000/500101/"
        announcements().announce(EnterpriseMoved(plant.id, None, clock()))
    out = {name for name, who in READ_BY.items() if "town_officer" in who}
    assert {name for name, one in made.items() if readers(city, one, ["far_inspector"])} == out
    issued = made["a letter that was issued"]
    assert readers(city, issued, ["inspector_a", "clerk", "town_officer", "manager"]) == {"inspector_a", "manager"}
    assert readers(city, left, ["inspector_a", "clerk", "town_officer", "far_inspector"]) == {
        "inspector_a",
        "clerk",
        "town_officer",
    }
    assert papers.notice(issued).snapshot_digest == digest_of(papers.notice(issued).snapshot or {})


def test_the_landlord_sees_the_hazard_and_no_paper_of_it(sqlite_app: Flask, fonts: FontBook, clock: FixedClock) -> None:
    sqlite_app.extensions["font_book"] = fonts
    with sqlite_app.app_context():
        city = papers.with_prefixes(build_city(clock()))
        number = a_major(city, clock)
        one = papers.a_letter(city, number, clock())
        given = papers.notice(one).number or ""
        db.session.remove()
    for key in ("shop_principal", "leader"):
        visitor = Visitor(sqlite_app, key)
        page = visitor.open(f"/hazards/{number}")
        assert (page.status, given in page.text) == (200, False), key
        assert visitor.open(f"/notices/{one}").status == 404, key
        assert given not in visitor.open("/notices/?view=all").text, key
        assert given not in visitor.open(f"/notices/many/print?pick={one}").text, key
    with sqlite_app.app_context(), everything("test"):
        assert db.session.scalar(select(func.count()).select_from(Notice)) == 1
        db.session.remove()

"""How often pages of notices ask the database: for twenty rows no more often than for one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import event

from core.db import db, unit_of_work
from core.once import new_key
from notices.fonts import FontBook
from notices.operations import drafting, runs, serving
from notices.operations.serving import Signed
from notices.queries import notice_by_id
from tests.clocks import FixedClock
from tests.hazards.city import City, build_city, photo, reported
from tests.hazards.visiting import Visitor
from tests.notices import city as papers
from tests.pages.reading import breaks
from workflows.notices import NoticeKind
from workflows.vocabulary import Channel

K = NoticeKind
FEW, MANY = 1, 20
MOST = 14  # the dearest page: a notice with its hazards, tries, scans, history and names

Make = Callable[[Flask, City, FixedClock, int], tuple[str, str]]
"""Makes that many rows of a thing; who looks, and at which page."""


@pytest.fixture
def app(sqlite_app: Flask, fonts: FontBook) -> Flask:
    """The application once, on SQLite, with the fonts that the session has read."""
    sqlite_app.extensions["font_book"] = fonts
    return sqlite_app


@pytest.fixture
def city(app: Flask, clock: FixedClock) -> City:
    """The small city, its offices with their prefixes."""
    with app.app_context():
        return papers.with_prefixes(build_city(clock()))


def found(city: City, clock: FixedClock, count: int) -> list[str]:
    """That many hazards which the district found, at two enterprises."""
    firms = [city.enterprises[key] for key in ("plant", "shop")]
    more = {"channel": Channel.SUPERVISION, "responsible_unit": "车间"}
    return [
        reported(city, "inspector_a", clock(), enterprise_id=firms[place % 2], place=f"第 {place} 区", **more)
        for place in range(count)
    ]


def letters(city: City, clock: FixedClock, count: int, until: str) -> list[int]:
    """That many letters, each about a hazard of its own."""
    return [papers.a_letter(city, number, clock(), until=until) for number in found(city, clock, count)]


def picked(ids: list[int]) -> str:
    return "&".join(f"pick={one}" for one in ids)


def a_list(_app: Flask, city: City, clock: FixedClock, count: int) -> tuple[str, str]:
    letters(city, clock, count, "drafted")
    return "inspector_b", "/notices/?view=drafts"


def issued_list(_app: Flask, city: City, clock: FixedClock, count: int) -> tuple[str, str]:
    letters(city, clock, count, "issued")
    return "clerk", "/notices/?view=all"


def many_to_issue(_app: Flask, city: City, clock: FixedClock, count: int) -> tuple[str, str]:
    ids = letters(city, clock, count, "reviewed") + letters(city, clock, count, "drafted")
    return "approver", f"/notices/many/issue?{picked(ids)}"


def many_to_print(_app: Flask, city: City, clock: FixedClock, count: int) -> tuple[str, str]:
    return "inspector_a", f"/notices/many/print?{picked(letters(city, clock, count, 'issued'))}"


def kinds_to_choose(_app: Flask, city: City, clock: FixedClock, count: int) -> tuple[str, str]:
    return "inspector_a", "/notices/new?" + "&".join(f"pick={one}" for one in found(city, clock, count))


def a_new_one(_app: Flask, city: City, clock: FixedClock, count: int) -> tuple[str, str]:
    return "inspector_a", "/notices/new?kind=letter&" + "&".join(f"pick={one}" for one in found(city, clock, count))


def a_notice(_app: Flask, city: City, clock: FixedClock, count: int) -> tuple[str, str]:
    """About that many hazards, served and signed for on paper that often."""
    numbers = found(city, clock, count)
    made = papers.drafted(city, K.LETTER, *numbers, by="inspector_a", now=clock(), **papers.ASKED, to="三江街道办事处")
    papers.sent(city, made, "inspector_a", clock())
    papers.reviewed(city, made, "reviewer", clock())
    papers.issued(city, made, "approver", clock())
    for place in range(count):
        by = ("inspector_a", "inspector_b")[place % 2]
        papers.served(city, made, by, clock())
        with city.eyes(by) as actor, unit_of_work():
            serving.keep_scan(made, Signed(photo()), by=actor, now=clock())
    return "reviewer", f"/notices/{made}"


def a_run(_app: Flask, city: City, clock: FixedClock, count: int) -> tuple[str, str]:
    ids = letters(city, clock, count, "reviewed") + letters(city, clock, count, "drafted")
    with city.eyes("approver") as actor, unit_of_work():
        run = runs.begin(runs.ISSUE, ids, new_key(), by=actor, now=clock()).id
    with city.eyes("approver") as actor:
        runs.carry_out(run, by=actor, clock=clock)
    return "approver", f"/notices/runs/{run}"


def numbers_of_a_year(_app: Flask, city: City, clock: FixedClock, count: int) -> tuple[str, str]:
    letters(city, clock, count, "issued")
    return "reviewer", "/notices/numbering/2026/letter"


def all_numbers(_app: Flask, city: City, clock: FixedClock, count: int) -> tuple[str, str]:
    """More kinds numbered, not more of one."""
    number = found(city, clock, 1)[0]
    papers.a_letter(city, number, clock())
    if count > FEW:
        for kind in (K.ORDER, K.BULLETIN, K.TRANSFER):
            more = {"to": "有关单位", "asked": "请整改。", "reason": "不属本单位管辖"}
            made = papers.drafted(city, kind, number, by="inspector_a", now=clock(), **more)
            with city.eyes("inspector_a") as actor, unit_of_work():
                drafting.number(notice_by_id(made), by=actor, now=clock())
    return "reviewer", "/notices/numbering"


PAGES: tuple[Make, ...] = (
    a_list,
    issued_list,
    many_to_issue,
    many_to_print,
    kinds_to_choose,
    a_new_one,
    a_notice,
    a_run,
    numbers_of_a_year,
    all_numbers,
)


@pytest.mark.parametrize("make", PAGES)
def test_a_page_of_many_asks_no_more_often_than_one_of_one(
    app: Flask, city: City, clock: FixedClock, make: Make
) -> None:
    asked = []
    for count in (FEW, MANY):
        with app.app_context():
            who, url = make(app, city, clock, count)
            db.session.remove()
        visitor = Visitor(app, who)
        page = visitor.open(url)
        assert (page.status, breaks(page.html)) == (200, [])
        asked.append(questions(app, visitor, url))
    few, many = asked
    assert len(many) <= len(few), "\n".join(sorted(set(many), key=many.count)[-3:])
    assert len(many) <= MOST, "\n".join(many)


def questions(app: Flask, visitor: Visitor, url: str) -> list[str]:
    """What a page asks of the database."""
    with app.app_context():
        engine, asked = db.engine, []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        assert visitor.client.get(url).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", note)
    return [one for one in asked if not one.startswith(("BEGIN", "SAVEPOINT"))]

"""An office's numbers: without gap or double however many take them at once; how they may be set to read."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import Regulator
from core.db import db, unit_of_work
from core.models import Event
from core.refusals import Conflict, Invalid, NotAllowed
from core.scope import everything
from notices.models import Notice, NumberPattern
from notices.number_patterns import coming, given_out, numbering_of, prefix_of
from notices.operations.numbering import NumberingSaid, TakenNumber, own_series, set_numbering, take_number
from tests.clocks import FixedClock
from tests.hazards.city import City
from workflows.notices import NoticeKind, NoticeStatus

USUAL = "（{字头}）{文种}〔{年}〕{序号}号"


def office_of(city: City, key: str = "district") -> Regulator:
    """An office of the city."""
    return db.session.get_one(Regulator, city.offices[key])


def number_now(city: City, kind: NoticeKind, now: datetime, *, office: str = "district") -> TakenNumber:
    """Take a number for a notice that is put down with it."""
    with unit_of_work() as session:
        taken = take_number(office_of(city, office), kind, now=now)
        session.add(_paper(city, kind, taken, now, office))
    return taken


def _paper(city: City, kind: NoticeKind, taken: TakenNumber, now: datetime, office: str) -> Notice:
    return Notice(
        kind=kind,
        status=NoticeStatus.DRAFT,
        office_id=city.offices[office],
        region_path="/500000/",
        title=kind.label,
        fields={},
        drafted_by_id=city.people["inspector_a"],
        drafted_at=now,
        series=taken.series,
        year=taken.year,
        sequence=taken.sequence,
        number=taken.number,
    )


def set_now(city: City, kind: NoticeKind, said: NumberingSaid, now: datetime, *, by: str = "reviewer") -> None:
    """Set how a kind is numbered, as somebody of the district."""
    with city.eyes(by) as actor, unit_of_work():
        set_numbering(office_of(city), kind, said, by=actor, now=now)


def sentence_of(act: Callable[[], object], field: str) -> str:
    """The sentence at the field with which it is refused."""
    with pytest.raises(Invalid) as refused:
        act()
    return refused.value.fields[field]


def test_numbers_follow_each_other_per_office_kind_and_year(city: City, clock: FixedClock) -> None:
    now = clock()
    prefix = prefix_of(office_of(city))
    first = [number_now(city, NoticeKind.ORDER, now) for _ in range(2)]
    assert [one.number for one in first] == [f"（{prefix}）责改〔{first[0].year}〕{n}号" for n in (1, 2)]
    assert number_now(city, NoticeKind.REINSPECTION, now).sequence == 1
    assert number_now(city, NoticeKind.ORDER, now, office="fire").sequence == 1
    assert number_now(city, NoticeKind.ORDER, now + timedelta(days=366)).sequence == 1


def test_the_year_of_a_number_is_shanghais(city: City) -> None:
    before, after = (datetime(2026, 12, 31, 15, minute, tzinfo=UTC) for minute in (59, 0))
    assert number_now(city, NoticeKind.ORDER, before).year == 2026
    assert number_now(city, NoticeKind.ORDER, after + timedelta(hours=1)).year == 2027


def test_a_number_rolled_back_is_given_to_the_next(city: City, clock: FixedClock) -> None:
    number_now(city, NoticeKind.ORDER, clock())
    with pytest.raises(ZeroDivisionError), unit_of_work():  # noqa: PT012 - fails behind the number
        take_number(office_of(city), NoticeKind.ORDER, now=clock())
        raise ZeroDivisionError
    assert number_now(city, NoticeKind.ORDER, clock()).sequence == 2


def test_numbers_have_no_gap_and_no_double_when_many_take_them_and_some_give_up(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    city, failures = page_city, list[BaseException]()

    def take(worker: int) -> None:
        try:
            with app.app_context():
                for turn in range(6):
                    _take_or_give_up(city, clock(), gives_up=(worker + turn) % 3 == 0)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=take, args=(worker,)) for worker in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with app.app_context(), everything("test city"):
        numbers = list(db.session.scalars(select(Notice.sequence).order_by(Notice.sequence)))
        assert numbers == list(range(1, 33))
        counted = given_out(office_of(city), "order", 2026)
        assert counted is not None
        assert (counted.first, counted.last, counted.papers, counted.missing) == (1, 32, 32, 0)


class _GivenUpError(Exception):
    pass


def _take_or_give_up(city: City, now: datetime, *, gives_up: bool) -> None:
    try:
        with unit_of_work() as session:
            taken = take_number(office_of(city), NoticeKind.ORDER, now=now)
            session.add(_paper(city, NoticeKind.ORDER, taken, now, "district"))
            if gives_up:
                raise _GivenUpError
    except _GivenUpError:
        pass


# --- how they are set ------------------------------------------------------------------------------------------


def test_a_pattern_of_the_office_holds_from_the_next_number_on(city: City, clock: FixedClock) -> None:
    number_now(city, NoticeKind.ORDER, clock())
    set_now(city, NoticeKind.ORDER, NumberingSaid("（{字头}）应急{文种}〔{年}〕{序号}号", "order"), clock())
    prefix = prefix_of(office_of(city))
    assert number_now(city, NoticeKind.ORDER, clock()).number == f"（{prefix}）应急责改〔2026〕2号"
    kinds = db.session.scalars(select(Event.kind).where(Event.subject_kind == "regulator"))
    assert "numbering_changed" in list(kinds)


def test_kinds_that_share_a_series_count_together(city: City, clock: FixedClock) -> None:
    number_now(city, NoticeKind.LETTER, clock())
    set_now(city, NoticeKind.INTERVIEW, NumberingSaid("{字头}{文种}〔{年}〕{序号}号", "letter"), clock())
    taken = [number_now(city, kind, clock()).sequence for kind in (NoticeKind.INTERVIEW, NoticeKind.LETTER)]
    assert taken == [2, 3]
    all_kinds = numbering_of(office_of(city))
    assert coming(office_of(city), all_kinds, 2026)[NoticeKind.LETTER].shared == (NoticeKind.INTERVIEW,)
    assert own_series(NoticeKind.LETTER, all_kinds) == "letter-2"
    assert own_series(NoticeKind.INTERVIEW, all_kinds) == "interview"


def test_a_year_begun_on_paper_goes_on_behind_it_and_the_next_begins_with_one(city: City, clock: FixedClock) -> None:
    set_now(city, NoticeKind.ORDER, NumberingSaid(USUAL, "order", first=38), clock())
    assert [number_now(city, NoticeKind.ORDER, clock()).sequence for _ in range(2)] == [38, 39]
    assert number_now(city, NoticeKind.ORDER, clock() + timedelta(days=366)).sequence == 1
    with city.eyes("reviewer"):
        counted = given_out(office_of(city), "order", 2026)
    assert counted is not None
    assert (counted.first, counted.last, counted.missing) == (38, 39, 0)


def test_the_first_number_is_set_only_while_none_was_taken(city: City, clock: FixedClock) -> None:
    set_now(city, NoticeKind.ORDER, NumberingSaid(USUAL, "order", first=38), clock())
    number_now(city, NoticeKind.ORDER, clock())
    late = NumberingSaid(USUAL, "order", first=50)
    told = sentence_of(lambda: set_now(city, NoticeKind.ORDER, late, clock()), "first")
    assert told == "2026 年已编到 38 号，首号不能再改。请留空。"
    set_now(city, NoticeKind.ORDER, NumberingSaid("（{字头}）应急{文种}〔{年}〕{序号}号", "order", first=38), clock())
    assert number_now(city, NoticeKind.ORDER, clock()).sequence == 39


def test_a_pattern_that_would_repeat_a_number_is_refused_with_it(city: City, clock: FixedClock) -> None:
    for _ in range(3):
        number_now(city, NoticeKind.ORDER, clock())
    prefix = prefix_of(office_of(city))
    again = NumberingSaid("（{字头}）责改〔{年}〕{序号}号", "reinspection")
    set_now(city, NoticeKind.ORDER, NumberingSaid("（{字头}）应急{文种}〔{年}〕{序号}号", "order"), clock())
    told = sentence_of(lambda: set_now(city, NoticeKind.REINSPECTION, again, clock()), "pattern")
    assert told == f"照这样编，已用过的（{prefix}）责改〔2026〕1号会再出现一次。请改写法，或换一套序号。"
    assert db.session.scalar(select(func.count()).select_from(NumberPattern)) == 1


def test_two_kinds_that_read_alike_must_count_together(city: City, clock: FixedClock) -> None:
    set_now(city, NoticeKind.LETTER, NumberingSaid("{字头}〔{年}〕{序号}号", "letter"), clock())
    alike = NumberingSaid("{字头}〔{年}〕{序号}号", "interview")
    told = sentence_of(lambda: set_now(city, NoticeKind.INTERVIEW, alike, clock()), "pattern")
    assert told.startswith("与《督办函》的文号写法相同")
    set_now(city, NoticeKind.INTERVIEW, NumberingSaid("{字头}〔{年}〕{序号}号", "letter"), clock())
    numbers = [number_now(city, kind, clock()).sequence for kind in (NoticeKind.LETTER, NoticeKind.INTERVIEW)]
    assert numbers == [1, 2]


def test_a_number_that_stands_already_is_never_given_out(city: City, clock: FixedClock) -> None:
    """The office's prefix is kept elsewhere: what it does to numbers is caught when one is taken."""
    taken = TakenNumber("elsewhere", 2026, 9, f"（{prefix_of(office_of(city))}）责改〔2026〕1号")
    with unit_of_work() as session:
        session.add(_paper(city, NoticeKind.ORDER, taken, clock(), "district"))
    with pytest.raises(Conflict, match="已经用过"):
        number_now(city, NoticeKind.ORDER, clock())


@pytest.mark.parametrize("who", ["inspector_a", "approver", "fire_reviewer"])
def test_numbering_is_set_by_the_offices_own_editors(city: City, clock: FixedClock, who: str) -> None:
    with pytest.raises(NotAllowed, match="文号由本单位的"):
        set_now(city, NoticeKind.ORDER, NumberingSaid(USUAL, "order"), clock(), by=who)


def test_a_series_nobody_has_is_refused(city: City, clock: FixedClock) -> None:
    told = sentence_of(lambda: set_now(city, NoticeKind.ORDER, NumberingSaid(USUAL, "x"), clock()), "series")
    assert told == "没有这一套序号。请从列表中选。"

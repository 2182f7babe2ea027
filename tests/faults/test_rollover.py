"""A rollover that is killed, meets another, or meets somebody who signs: nothing twice, nobody forgotten."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Sequence

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db, unit_of_work
from core.models import Event, JobRun, OutboxMessage
from core.outbox import tell
from core.scope import everything
from core.settings import Settings
from core.verification import verify
from hazards.models import Hazard, TierMove
from hazards.queries import hazard_by_number
from hazards.recording import record
from inspections import rollover
from inspections.rollover import roll_over
from tests.architecture.sources import ROOT
from tests.clocks import FixedClock
from tests.faults.wholeness import assert_nothing_left_open
from tests.hazards.city import City
from tests.inspections.lists import found, move_events, moves, on, told
from workflows.vocabulary import Tier

MANY = 24
CHUNK = 5
UNTIL = on(11, 17, 0)


def put(app: Flask, city: City, count: int = MANY) -> list[str]:
    with app.app_context():
        numbers = found(city, on(11, 16), count)
        db.session.remove()
    return numbers


def start(settings: Settings, pause: float = 0, hands: int = 1) -> list[str]:
    return [
        *(sys.executable, "-m", "tests.faults.mover", settings.database_url, str(settings.instance)),
        *(UNTIL.isoformat(), str(CHUNK), str(hands), str(pause)),
    ]


def kill_after(command: Sequence[str], chunks: int) -> None:
    """End the process without a word while it is about to commit a chunk."""
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        seen = 0
        for line in process.stdout:
            seen += line.startswith("moving")
            if seen > chunks:
                process.kill()
                break
        assert process.wait(60) == -9


def moved(app: Flask) -> int:
    with app.app_context(), everything("test"):
        count = db.session.scalar(select(func.count()).select_from(TierMove)) or 0
        db.session.remove()
    return count


def assert_moved_once(app: Flask, city: City, numbers: Sequence[str]) -> None:
    """Each hazard has one move, one event, its list; the owner has one message with all of them; the chains hold."""
    with app.app_context(), everything("test"):
        rows = db.session.scalars(select(Hazard).where(Hazard.number.in_(numbers))).all()
        assert Counter(row.tier for row in rows) == {Tier.WEEK: len(numbers)}
        assert all(moves(number) == [("day", "week", "2026-11-17")] for number in numbers)
        assert all(len(move_events(number)) == 1 for number in numbers)
        assert told(city, "head") == [f"{len(numbers)} 条隐患进入您的周清单。请督促在期限内清零。"]
        assert db.session.scalar(select(func.count()).select_from(JobRun).where(JobRun.finished_at.is_(None))) == 0
        assert verify().breaks == []
        db.session.remove()


def test_killed_in_the_middle_it_goes_on_where_it_was(
    app: Flask, page_city: City, clock: FixedClock, settings: Settings
) -> None:
    numbers = put(app, page_city)
    kill_after(start(settings, pause=0.5), chunks=2)
    assert_nothing_left_open(app)
    assert moved(app) == 2 * CHUNK
    with app.app_context():
        assert told(page_city, "head") == []
        # the next start is hours later, for another period: first it brings the interrupted run to its end
        assert roll_over(on(11, 17, 8), now=on(11, 17, 8)).moved == MANY - 2 * CHUNK
        db.session.remove()
    assert_moved_once(app, page_city, numbers)
    with app.app_context():
        assert roll_over(on(11, 17, 8), now=on(11, 17, 8)).moved == 0


def test_killed_with_several_hands_at_work_it_goes_on_where_they_were(
    app: Flask, page_city: City, clock: FixedClock, settings: Settings
) -> None:
    """Whatever each of them had under way is not there; what it had put down is whole."""
    numbers = put(app, page_city)
    kill_after(start(settings, pause=0.3, hands=3), chunks=3)
    assert_nothing_left_open(app)
    done = moved(app)
    assert done % CHUNK == 0
    assert done < MANY
    with app.app_context():
        assert roll_over(UNTIL, now=UNTIL).moved == MANY - done
        db.session.remove()
    assert_moved_once(app, page_city, numbers)


def test_killed_while_it_tells_nobody_is_told_twice_or_forgotten(
    app: Flask, page_city: City, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = put(app, page_city)
    with app.app_context():
        found(page_city, on(11, 9), enterprise_id=page_city.enterprises["shop"], by="shop_principal", unit_id=None)
        monkeypatch.setattr(rollover, "tell", _tell_once)
        with pytest.raises(Killed):
            roll_over(UNTIL, now=UNTIL)
        db.session.remove()
        monkeypatch.undo()
        assert db.session.scalar(select(func.count()).select_from(OutboxMessage).where(_OF_LISTS)) == 1
        roll_over(on(11, 17, 1), now=on(11, 17, 1))
        assert db.session.scalar(select(func.count()).select_from(OutboxMessage).where(_OF_LISTS)) == 2
        db.session.remove()
    assert_moved_once(app, page_city, numbers)


_OF_LISTS = OutboxMessage.kind == "lists"


class Killed(BaseException):
    """As if the process had ended here."""


def _tell_once(*given: object, **named: object) -> None:
    if db.session.scalar(select(func.count()).select_from(OutboxMessage).where(_OF_LISTS)):
        raise Killed
    tell(*given, **named)  # type: ignore[arg-type]


def test_two_workers_at_once_share_the_work(app: Flask, page_city: City, settings: Settings) -> None:
    numbers = put(app, page_city)
    both = [
        subprocess.Popen(start(settings, 0.05, hands=2), cwd=ROOT, stdout=subprocess.PIPE, text=True) for _ in range(2)
    ]
    said = [process.communicate(timeout=120)[0].splitlines()[-1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum(int(line.split()[1]) for line in said) == MANY, said
    assert_moved_once(app, page_city, numbers)


def test_somebody_who_signs_meanwhile_loses_nothing(app: Flask, page_city: City) -> None:
    """The hazard that is being worked on is left until it is free, then moves from where it stands."""
    numbers = put(app, page_city, 6)
    begun, done = threading.Event(), threading.Event()

    def hold() -> None:
        with app.app_context(), everything("test"), unit_of_work():
            one = hazard_by_number(numbers[0], lock=True)
            record(one, "remind", by=page_city.people["manager"], now=on(11, 16, 12), content={"told": []})
            begun.set()
            done.wait(1.0)
        with app.app_context():
            db.session.remove()

    person = threading.Thread(target=hold)
    person.start()
    assert begun.wait(60)
    with app.app_context():
        assert roll_over(UNTIL, now=UNTIL).moved == 6
        db.session.remove()
    done.set()
    person.join(60)
    with app.app_context(), everything("test"):
        one = hazard_by_number(numbers[0])
        kinds = db.session.scalars(select(Event.kind).where(Event.subject_kind == "hazard", Event.subject_id == one.id))
        assert {"remind", "moved_up"} <= set(kinds)
        db.session.remove()
    assert_moved_once(app, page_city, numbers)


def test_a_clock_that_jumps_back_between_two_runs_moves_nothing_twice(app: Flask, page_city: City) -> None:
    numbers = put(app, page_city, 6)
    with app.app_context():
        for moment in (UNTIL, on(11, 10), on(11, 16, 23), UNTIL, on(11, 17, 9)):
            roll_over(moment, now=moment)
        db.session.remove()
    assert_moved_once(app, page_city, numbers)

"""Jobs do once what must happen once, whichever runner comes first."""

from __future__ import annotations

import logging
import threading
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from huey import RedisHuey, SqliteHuey
from sqlalchemy import func, select, update

from core.db import beside, db, unit_of_work
from core.jobs import Jobs, _is_due, anchor_history, claim_run, sweep
from core.models import Anchor, JobRun, OnceKey, OutboxMessage
from core.once import new_key, use_once
from core.outbox import tell
from core.settings import load_settings
from core.verification import verify
from core.witness import witness_path
from tests.clocks import FixedClock
from tests.core.subjects import add_event, make_histories
from tests.databases import TEST_SECRETS


def count(model: type[object]) -> int | None:
    return db.session.scalar(select(func.count()).select_from(model))


def test_two_runners_in_the_same_five_minutes_anchor_once(context: Flask, clock: FixedClock) -> None:
    subject = make_histories(clock())[0]
    add_event(subject, clock())
    anchor_history(clock.advance(minutes=1))
    add_event(subject, clock())
    anchor_history(clock.advance(minutes=1))
    assert count(Anchor) == 3
    anchor_history(clock.advance(minutes=5))
    assert count(Anchor) == 4
    assert len(witness_path().read_text().splitlines()) == 4
    assert verify().is_whole


def test_eight_runners_at_once_anchor_once(context: Flask, clock: FixedClock) -> None:
    subject = make_histories(clock())[0]
    add_event(subject, clock())

    def run() -> None:
        with context.app_context():
            anchor_history(clock())

    runners = [threading.Thread(target=run) for _ in range(8)]
    for runner in runners:
        runner.start()
    for runner in runners:
        runner.join()
    assert count(Anchor) == 3
    assert verify().is_whole


def test_nothing_new_makes_no_anchor(context: Flask, clock: FixedClock) -> None:
    make_histories(clock())
    anchor_history(clock.advance(minutes=5))
    assert count(Anchor) == 2


def test_a_claim_that_fails_can_be_made_again(context: Flask, clock: FixedClock) -> None:
    with pytest.raises(ValueError, match="failed"):
        claim_and_fail(clock())
    with unit_of_work():
        assert claim_run("rollover", "2026-11", clock()) is not None
    with unit_of_work():
        assert claim_run("rollover", "2026-11", clock()) is None
        assert claim_run("rollover", "2026-12", clock()) is not None


def claim_and_fail(now: datetime) -> None:
    with unit_of_work():
        claim_run("rollover", "2026-11", now)
        raise ValueError("the deed failed")


def test_sweeping_removes_what_nobody_needs_and_nothing_else(context: Flask, clock: FixedClock) -> None:
    with unit_of_work():
        use_once(new_key(), 1, clock())
        claim_run("anchor", "old", clock())
        claim_run("rollover", "2026-11", clock())
        tell([1], "due", "隐患将到期", now=clock())
    sweep(clock.advance(days=31))
    assert (count(OnceKey), count(OutboxMessage)) == (0, 1)
    assert db.session.scalars(select(JobRun.job)).all() == ["rollover"]


def test_a_job_is_due_at_its_minutes() -> None:
    at = datetime(2026, 11, 16, 0, 0, tzinfo=UTC)
    assert _is_due(5, at)
    assert not _is_due(5, at + timedelta(minutes=4))
    assert _is_due(1440, at)
    assert not _is_due(1440, at + timedelta(hours=1))


def test_a_job_that_fails_is_logged_and_stops_nothing(
    sqlite_app: Flask, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_now: datetime) -> None:
        raise ValueError("broken on purpose")

    jobs: Jobs = sqlite_app.extensions["jobs"]
    jobs.every(5, "failing", fail)
    with caplog.at_level(logging.ERROR):
        jobs.run("failing")
    assert "job failing failed" in caplog.text


def test_two_jobs_cannot_have_one_name(sqlite_app: Flask) -> None:
    with pytest.raises(ValueError, match="anchor"):
        sqlite_app.extensions["jobs"].every(5, "anchor", anchor_history)


def test_the_queue_knows_every_job(sqlite_app: Flask) -> None:
    jobs: Jobs = sqlite_app.extensions["jobs"]
    names = {task.name for task in jobs.queue._registry.periodic_tasks}
    assert isinstance(jobs.queue, SqliteHuey)
    assert names == set(jobs.periodic) >= {"anchor", "outbox", "sweep"}
    jobs.queue.storage.close()


def test_with_redis_set_the_queue_stands_there(sqlite_app: Flask) -> None:
    settings = load_settings(
        sqlite_app.extensions["settings"].instance, {"REDIS_URL": "redis://127.0.0.1:6379/0", **TEST_SECRETS}
    )
    sqlite_app.extensions["settings"] = settings
    queue = sqlite_app.extensions["jobs"].queue
    assert isinstance(queue, RedisHuey)
    queue.storage.pool.disconnect()


def test_a_job_on_demand_is_done_once_with_what_was_asked(sqlite_app: Flask) -> None:
    jobs: Jobs = sqlite_app.extensions["jobs"]
    done: list[str] = []
    jobs.on_demand("measure", lambda what, _now: done.append(what))
    jobs.ask_for("measure", "12:abc")
    task = jobs.queue.dequeue()
    assert task is not None
    assert done == []
    jobs.queue.execute(task)
    assert done == ["12:abc"]
    assert jobs.queue.dequeue() is None
    jobs.queue.storage.close()


def test_a_job_on_demand_that_fails_is_logged_and_not_repeated(
    sqlite_app: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_what: str, _now: datetime) -> None:
        raise ValueError("broken on purpose")

    jobs: Jobs = sqlite_app.extensions["jobs"]
    jobs.on_demand("failing", fail)
    with caplog.at_level(logging.ERROR):
        jobs.run_for("failing", "7")
    assert "job failing failed for 7" in caplog.text


def test_a_mark_of_progress_stands_beside_a_reading_and_never_inside_a_writing(
    context: Flask, clock: FixedClock
) -> None:
    with unit_of_work():
        tell([1], "due", "隐患将到期", now=clock())
    assert count(OutboxMessage) == 1  # a reading transaction is open from here on
    with beside() as connection:
        connection.execute(update(OutboxMessage).values(tries=7))
    db.session.rollback()
    assert db.session.scalars(select(OutboxMessage.tries)).all() == [7]
    with unit_of_work(), pytest.raises(RuntimeError, match="inside a unit of work"), beside():
        pass

"""Notices under faults: two issue at once, a killed batch, a full disk, no fonts, a text that no longer fits."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db, unit_of_work
from core.files import file_store
from core.models import Counter, StoredFile
from core.once import new_key
from core.refusals import Invalid, Unavailable
from core.scope import everything
from core.settings import Settings
from core.verification import verify
from notices.fonts import install_fonts
from notices.models import Notice, NoticeRun, NoticeRunItem, NoticeTemplate
from notices.number_patterns import series_key
from notices.operations import runs
from tests.architecture.sources import ROOT
from tests.clocks import FixedClock
from tests.faults.test_full_disk import full_disk
from tests.faults.wholeness import assert_nothing_left_open
from tests.hazards.city import City, reported
from tests.notices import city as papers
from tests.notices.cached_fonts import font_cache
from tests.notices.seals import sealing
from workflows.notices import NoticeKind, NoticeStatus

MANY = 8


@pytest.fixture
def with_fonts(settings: Settings, request: pytest.FixtureRequest) -> Path:
    """The fonts of the installation under test."""
    folder = settings.instance / "fonts"
    install_fonts(folder, cache=font_cache(request.config))
    return folder


def letters(city: City, clock: FixedClock, count: int) -> list[int]:
    """That many letters that wait to be issued, each about a hazard of its own."""
    numbers = [reported(city, "leader", clock(), description=f"第 {n + 1} 处防护缺失") for n in range(count)]
    return [papers.a_letter(city, number, clock(), until="reviewed") for number in numbers]


def sequences() -> list[int]:
    """The numbers given out so far, in order."""
    with everything("test notices"):
        db.session.expire_all()
        rows = db.session.scalars(select(Notice.sequence).where(Notice.sequence.is_not(None)))
        return sorted(one for one in rows if one is not None)


def start(
    settings: Settings, person: int, at: datetime, what: str, wanted: int, signal: str = "", seal_url: str = ""
) -> Any:
    """An officer in a process of its own."""
    command = [
        *(sys.executable, "-m", "tests.faults.issuer", settings.database_url, str(settings.instance)),
        *(str(person), at.isoformat(), what, str(wanted), signal),
    ]
    environment = os.environ | {"SEAL_URL": seal_url}
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)


def together(settings: Settings, city: City, at: datetime, ids: Sequence[int], signal: Path) -> list[str]:
    """Issue these at the same moment, each in a process of its own; what each was told."""
    db.session.rollback()
    officers = [start(settings, city.people["approver"], at, "notice", one, str(signal)) for one in ids]
    for officer in officers:
        assert officer.stdout.readline().strip() == "ready"
    signal.touch()
    return [officer.communicate(timeout=120)[0].strip().rpartition("\n")[2] for officer in officers]


@pytest.mark.usefixtures("with_fonts", "context")
def test_two_officers_who_issue_at_once_take_two_numbers_without_a_gap(
    city: City, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    ids = letters(city, clock, 2)
    told = together(settings, city, clock(), ids, tmp_path / "start")
    assert len(set(told)) == 2
    assert sequences() == [1, 2]
    assert {papers.notice(one).status for one in ids} == {NoticeStatus.ISSUED}


@pytest.mark.usefixtures("with_fonts", "context")
def test_the_same_notice_issued_twice_at_once_is_issued_once_and_the_loser_is_told(
    city: City, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    (one,) = letters(city, clock, 1)
    told = sorted(together(settings, city, clock(), [one, one], tmp_path / "start"))
    assert sum(sentence.startswith("refused") for sentence in told) == 1
    assert "已签发" in next(sentence for sentence in told if sentence.startswith("refused"))
    assert sequences() == [1]


@pytest.mark.usefixtures("with_fonts")
def test_a_killed_batch_goes_on_where_it_was_and_no_number_is_lost_or_double(
    context: Flask, city: City, clock: FixedClock, settings: Settings
) -> None:
    ids = letters(city, clock, MANY)
    with city.eyes("approver") as actor, unit_of_work():
        run_id = runs.begin(runs.ISSUE, ids, new_key(), by=actor, now=clock()).id
    db.session.rollback()
    with start(settings, city.people["approver"], clock(), "run", run_id) as killed:
        seen = 0
        for line in killed.stdout:
            seen += line.startswith("issuing")
            if seen > 4:
                killed.kill()
                break
        assert killed.wait(60) == -9
    assert_nothing_left_open(context)
    done = len(sequences())
    assert 0 < done < MANY
    with city.eyes("approver") as actor:
        runs.carry_out(run_id, by=actor, clock=clock)
    assert sequences() == list(range(1, MANY + 1))
    with everything("test notices"):
        run = db.session.get_one(NoticeRun, run_id)
        assert (run.done, run.ended_at is not None) == (MANY, True)
        items = db.session.scalars(select(NoticeRunItem.done).where(NoticeRunItem.run_id == run_id)).all()
        assert items == [True] * MANY
        assert verify().breaks == []


@pytest.mark.usefixtures("with_fonts")
@pytest.mark.parametrize("what", ["notice", "run"])
def test_who_is_killed_while_the_seal_is_fetched_leaves_a_draft_with_its_number(
    context: Flask, city: City, clock: FixedClock, settings: Settings, what: str
) -> None:
    one, other = letters(city, clock, 2)
    with city.eyes("approver") as actor, unit_of_work():
        run_id = runs.begin(runs.ISSUE, [one, other], new_key(), by=actor, now=clock()).id
    db.session.rollback()
    with sealing(context, clock()) as service:
        seal, asked = service.seal, threading.Event()
        service.seal = lambda pdf: asked.set() or pdf
        service.pause = 0.2  # seconds before each tenth of an answer that nobody waits for any more
        wanted = one if what == "notice" else run_id
        with start(settings, city.people["approver"], clock(), what, wanted, seal_url=service.url) as killed:
            assert asked.wait(60)
            killed.kill()
            assert killed.wait(60) == -9
        assert_nothing_left_open(context)
        notice = papers.notice(one)
        assert (notice.status, notice.sequence, notice.file_id) == (NoticeStatus.REVIEWED, 1, None)
        service.seal, service.pause = seal, 0
        with city.eyes("approver") as actor:
            runs.carry_out(run_id, by=actor, clock=clock)
    assert [papers.notice(each).sequence for each in (one, other)] == [1, 2]
    assert {papers.notice(each).status for each in (one, other)} == {NoticeStatus.ISSUED}
    with everything("test notices"):
        assert verify().breaks == []


def assert_untouched(notice_id: int) -> None:
    """The notice still waits, no number was taken, its history has no issue."""
    notice = papers.notice(notice_id)
    assert (notice.status, notice.number, notice.file_id) == (NoticeStatus.REVIEWED, None, None)
    assert notice.office_id is not None
    assert db.session.get(Counter, series_key(notice.office_id, NoticeKind.LETTER.value, 2026)) is None


@pytest.mark.usefixtures("with_fonts", "context")
def test_a_full_disk_takes_no_number_and_the_notice_can_be_issued_afterwards(city: City, clock: FixedClock) -> None:
    (one,) = letters(city, clock, 1)
    with full_disk(2_000), pytest.raises(Unavailable):
        papers.issued(city, one, "approver", clock())
    assert_untouched(one)
    papers.issued(city, one, "approver", clock())
    notice = papers.notice(one)
    assert notice.sequence == 1
    file = db.session.get(StoredFile, notice.file_id)
    assert file is not None
    assert file_store().verify(file.digest)


@pytest.mark.usefixtures("context")
def test_missing_fonts_are_said_and_nothing_is_issued(city: City, clock: FixedClock) -> None:
    (one,) = letters(city, clock, 1)
    with pytest.raises(Unavailable, match="flask init"):
        papers.issued(city, one, "approver", clock())
    assert_untouched(one)


@pytest.mark.usefixtures("with_fonts", "context")
def test_a_text_that_no_longer_fits_its_kind_is_said_and_nothing_is_issued(city: City, clock: FixedClock) -> None:
    (one,) = letters(city, clock, 1)
    with unit_of_work() as session:
        session.add(
            NoticeTemplate(
                regulator_id=city.offices["district"],
                kind=NoticeKind.LETTER,
                number=1,
                text="[正文]\n请于{{ 从前的字段 }}前反馈。",
                own=True,
                changed_by_id=city.people["reviewer"],
                changed_at=clock(),
            )
        )
    with pytest.raises(Invalid, match="从前的字段"):
        papers.issued(city, one, "approver", clock())
    assert_untouched(one)

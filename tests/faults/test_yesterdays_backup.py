"""Yesterday's backup put back over a day of signatures: the anchors notice, however it was done."""

from __future__ import annotations

from pathlib import Path

from flask import Flask
from sqlalchemy import select

from core.backup import write_backup
from core.damage import Damage
from core.db import db
from core.jobs import anchor_history
from core.models import Anchor
from core.restore import read_backup
from core.scope import everything
from core.verification import verify
from core.witness import witness_path
from hazards.models import Signature
from tests.clocks import FixedClock
from tests.faults.wholeness import assert_whole
from tests.hazards import acts
from tests.hazards.city import City, hazard, reported
from workflows.vocabulary import State


def _a_day(city: City, clock: FixedClock) -> str:
    """One hazard reported and accepted, and the anchors that bind it."""
    number = reported(city, "leader", clock.advance(hours=2))
    acts.accept(city, number, "manager", now=clock.advance(minutes=10))
    anchor_history(clock.advance(minutes=10))
    return number


def _signatures() -> int:
    with everything("test"):
        return len(db.session.scalars(select(Signature.id)).all())


def _newest_anchor() -> int:
    return db.session.scalars(select(Anchor.seq).order_by(Anchor.seq.desc())).first() or 0


def _back_to_yesterday(city: City, clock: FixedClock, folder: Path) -> tuple[str, str, bytes]:
    """Yesterday, its backup, today, and the backup put back; the hazards of both days and today's witness."""
    yesterday = _a_day(city, clock)
    write_backup(folder / "yesterday.zip", clock())
    clock.advance(days=1)
    today = _a_day(city, clock)
    assert (_signatures(), verify().is_whole) == (2, True)
    witness = witness_path().read_bytes()
    db.session.remove()
    read_backup(folder / "yesterday.zip", clock.advance(minutes=5), replace=True)
    assert _signatures() == 1
    return yesterday, today, witness


def test_a_database_put_back_behind_the_registers_back_is_noticed(
    context: Flask, city: City, clock: FixedClock, tmp_path: Path
) -> None:
    yesterday, _today, witness = _back_to_yesterday(city, clock, tmp_path)
    witness_path().write_bytes(witness)  # by the database's own tools: nothing was told to the witness
    report = verify()
    assert [(found.damage, found.subject_kind) for found in report.breaks] == [(Damage.ROLLED_BACK, "witness")]
    assert f"数据库退回到了锚点 {_newest_anchor()}" in report.breaks[0].sentence

    acts.work(city, yesterday, clock.advance(hours=1))
    _a_day(city, clock)
    _a_day(city, clock)
    report = verify()
    assert [found.damage for found in report.breaks] == [Damage.ROLLED_BACK], "written on, it shows all the same"
    assert "续写过" in report.breaks[0].sentence


def test_a_restore_by_the_command_is_whole_and_says_what_it_undid(
    context: Flask, city: City, clock: FixedClock, tmp_path: Path
) -> None:
    yesterday, _today, _witness = _back_to_yesterday(city, clock, tmp_path)
    stood = _newest_anchor()
    report = verify()
    assert report.is_whole
    assert [
        f"恢复到锚点 {stood}：此前见证过的锚点 {stood + 1} 绑定的经过已不在库里" in one for one in report.remarks
    ] == [True]
    again = _a_day(city, clock)
    assert {hazard(number).state for number in (yesterday, again)} == {State.RECTIFYING}
    assert verify().is_whole
    assert len(verify().remarks) == 1, "for good"
    assert_whole(context)

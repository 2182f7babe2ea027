"""Two people sign the same step at once: one wins, the other is told; nothing is signed twice."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from flask import Flask
from sqlalchemy import func, select

from core.db import db
from core.scope import everything
from core.settings import Settings
from hazards.models import Signature
from tests.architecture.sources import ROOT
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, reported
from workflows.vocabulary import Action, State


def test_one_of_two_processes_signs_and_the_other_is_told(
    context: Flask, city: City, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    number = reported(city, "leader", clock())
    acts.accept(city, number, "manager", now=clock())
    acts.work(city, number, clock.advance(hours=1))
    acts.ask(city, number, Action.VERIFY, "head", clock())
    start = tmp_path / "start"
    db.session.rollback()
    signers = [_start(settings, number, city.people[key], start) for key in ("manager", "principal")]
    for signer in signers:
        assert signer.stdout is not None
        assert signer.stdout.readline().strip() == "ready"
    start.touch()
    told = sorted(signer.communicate(timeout=60)[0].strip() for signer in signers)
    assert told.count("signed") == 1
    loser = next(sentence for sentence in told if sentence != "signed")
    assert "签批" in loser or "没有提交" in loser
    db.session.rollback()
    assert hazard(number).state is State.VERIFIED
    with everything("test"):
        verify = select(func.count()).select_from(Signature).where(Signature.step_label == "验收")
        assert db.session.scalar(verify) == 1


def _start(settings: Settings, number: str, person: int, start: Path) -> subprocess.Popen[str]:
    command = [
        sys.executable,
        "-m",
        "tests.faults.signer",
        settings.database_url,
        str(settings.instance),
        number,
        str(person),
        str(start),
    ]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)

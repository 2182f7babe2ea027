"""kill -9 of the server while people sign: what was acknowledged is there, nothing is there by half."""

from __future__ import annotations

import subprocess
import threading
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast

from flask import Flask
from sqlalchemy import func, select

from core.db import db, unit_of_work
from core.models import OnceKey
from core.scope import everything
from core.settings import Settings
from hazards.models import Hazard, Signature
from hazards.operations.reporting import Report, report
from hazards.operations.requests import open_request
from hazards.queries import hazard_by_number
from tests.clocks import FixedClock
from tests.faults.remote import PATIENCE, Remote, serving
from tests.faults.wholeness import assert_nothing_left_open, assert_whole
from tests.hazards import acts
from tests.hazards.city import PASSWORD, City, a_report, photo
from tests.hazards.visiting import Page, Visitor
from workflows.vocabulary import Action, Grade, State

HAZARDS = 27
SIGNERS = ("manager", "manager_b", "manager", "manager_b")
ACKNOWLEDGED_BEFORE_THE_KILL = 9
ARRANGED = {
    "responsible_person": "部门负责人·喆",
    "deadline": "2026-12-15",
    "interim_controls": acts.CONTROLS,
    "plan_due": "2026-11-26",
    "criterion_reason": "冷却水中断可致炉内爆炸",
}


def test_every_acknowledged_signature_survives_the_servers_death(
    app: Flask, page_city: City, clock: FixedClock, settings: Settings, tmp_path: Path
) -> None:
    with app.app_context():
        numbers = _waiting_for_signatures(page_city, clock())
        db.session.remove()
    with serving(settings, tmp_path) as (server, port):
        crowd = Crowd(server, port, numbers)
        crowd.sign_until_killed()
    assert len(crowd.acknowledged) >= ACKNOWLEDGED_BEFORE_THE_KILL
    assert len(crowd.acknowledged) + len(crowd.unanswered) < HAZARDS, "the kill came too late to prove anything"
    assert_nothing_left_open(app)
    assert_whole(app)
    signed = _signed(app)
    assert set(crowd.acknowledged) <= set(signed)
    assert set(signed) <= set(crowd.acknowledged) | crowd.unanswered
    _assert_it_goes_on(app, settings, tmp_path, crowd, next(n for n in numbers if n not in signed))


def _waiting_for_signatures(city: City, now: datetime) -> list[str]:
    """Acceptances of one step, first of two steps, and verifications; each waits for a safety manager."""
    with city.eyes("leader") as actor, unit_of_work():
        made = [report(_a_report(city, n, now), by=actor, now=now).number for n in range(HAZARDS)]
    with city.eyes("manager") as actor, unit_of_work():
        for number in made:
            if (found := hazard_by_number(number)).state is State.REPORTED:
                open_request(found, Action.ACCEPT, by=actor, offered=ARRANGED, now=now)
    return made


def _a_report(city: City, n: int, now: datetime) -> Report:
    if n % 3 == 2:
        return a_report(city, now, on_the_spot=True, photos_after=(photo("green"),), result="已清理通道")
    return a_report(city, now, proposed_grade=(Grade.GENERAL, Grade.MAJOR)[n % 3])


@dataclass
class Crowd:
    """People who sign at once, each at an own browser, until the server is killed under their hands."""

    server: subprocess.Popen[str]
    port: int
    numbers: list[str]
    acknowledged: dict[str, tuple[Visitor, Page]] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    failed: list[BaseException] = field(default_factory=list)

    def sign_until_killed(self) -> None:
        """Start everybody, wait for the end of the server and of everybody."""
        visitors = [Visitor(cast(Flask, Remote(self.port)), key) for key in SIGNERS]
        share = [self.numbers[n :: len(visitors)] for n in range(len(visitors))]
        threads = [threading.Thread(target=self._sign_all, args=pair) for pair in zip(visitors, share, strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert self.failed == []
        assert self.server.wait(PATIENCE) == -9

    def _sign_all(self, visitor: Visitor, numbers: list[str]) -> None:
        try:
            for number in numbers:
                if not self._sign(visitor, number):
                    return
        except BaseException as error:
            self.failed.append(error)
            raise

    def _sign(self, visitor: Visitor, number: str) -> bool:
        """Sign one; False once the server is gone."""
        try:
            page = visitor.open(f"/hazards/{number}/sign")
            assert page.status == 200, page.text[:300]
        except (OSError, HTTPException):
            return False
        try:
            answer = visitor.send(page, opinion=f"同意 {number}", password=PASSWORD)
        except (OSError, HTTPException):
            self.unanswered.add(number)
            return False
        assert answer.status == 302, f"{answer.status} {answer.text[:300]}"
        self.acknowledged[number] = visitor, page
        if len(self.acknowledged) == ACKNOWLEDGED_BEFORE_THE_KILL:
            self.server.kill()
        return True


def _signed(app: Flask) -> dict[str, Signature]:
    """Every signature by its hazard's number, with the words typed for that very hazard; a key used up for each."""
    with app.app_context(), everything("test of wholeness"):
        rows = db.session.execute(select(Hazard.number, Signature).join(Signature, Signature.hazard_id == Hazard.id))
        found: list[Any] = [(row.number, row.Signature) for row in rows]
        keys = db.session.scalar(select(func.count()).select_from(OnceKey))
        db.session.remove()
    assert all(signature.opinion == f"同意 {number}" for number, signature in found)
    assert len(found) == len(dict(found)) == keys
    return dict(found)


def _assert_it_goes_on(app: Flask, settings: Settings, folder: Path, crowd: Crowd, unsigned: str) -> None:
    """The server starts again: who was cut off signs, and an acknowledged form sent again signs nothing."""
    before = _signed(app)
    with serving(settings, folder) as (_server, port):
        visitor = Visitor(cast(Flask, Remote(port)), "manager")
        page = visitor.open(f"/hazards/{unsigned}/sign")
        assert visitor.send(page, opinion=f"同意 {unsigned}", password=PASSWORD).status == 302
        number, (signer, old_page) = next(iter(crowd.acknowledged.items()))
        cast(Any, signer.client).port = port
        again = signer.send(old_page, opinion=f"同意 {number}", password=PASSWORD)
        assert again.status == 302
        assert again.response.headers["Location"].endswith(f"/hazards/{number}")
    assert set(_signed(app)) == {*before, unsigned}
    assert_whole(app)

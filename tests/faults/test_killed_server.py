"""kill -9 of the server while eight people sign: what was acknowledged is there, nothing is there by half.

One round is one database, one crowd and one kill. With `KILL_ROUNDS=10` ten rounds of 200 signatures are played on each
database, each killed at another moment (some minutes); where nothing is said, two rounds of 40.
"""

from __future__ import annotations

import os
import subprocess
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from http.client import HTTPException
from pathlib import Path
from typing import Any, cast

import pytest
from flask import Flask
from sqlalchemy import func, select

from core.db import db, unit_of_work
from core.models import OnceKey
from core.scope import everything
from core.settings import Settings
from hazards.models import Hazard, Signature
from hazards.operations.reporting import report
from hazards.operations.requests import open_request
from hazards.queries import hazard_by_number
from tests.clocks import FixedClock
from tests.faults.remote import PATIENCE, Remote, serving
from tests.faults.wholeness import assert_nothing_left_open, assert_whole
from tests.hazards import acts
from tests.hazards.city import PASSWORD, City, a_report, photo
from tests.hazards.visiting import Page, Visitor
from workflows.vocabulary import Action, Channel, Grade

ROUNDS = int(os.environ.get("KILL_ROUNDS", "2"))
EACH = 25 if "KILL_ROUNDS" in os.environ else 5  # signatures of each of the eight
KILLED_AT = (12, 60, 2, 30, 88, 5, 45, 75, 1, 20)  # percent of the signatures acknowledged
ARRANGED = {
    "responsible_person": "部门负责人·喆",
    "deadline": "2026-12-15",
    "interim_controls": acts.CONTROLS,
    "plan_due": "2026-11-26",
    "criterion_reason": "冷却水中断可致炉内爆炸",
}


@pytest.mark.parametrize("killed_at", KILLED_AT[:ROUNDS])
def test_every_acknowledged_signature_survives_the_servers_death(
    app: Flask, page_city: City, clock: FixedClock, settings: Settings, tmp_path: Path, killed_at: int
) -> None:
    with app.app_context():
        shares = _waiting_for_signatures(page_city, clock())
        db.session.remove()
    killed_after = max(1, killed_at * 8 * EACH // 100)
    assert [len(share) for share in shares.values()] == [EACH] * 8
    with serving(settings, tmp_path) as (server, port):
        crowd = Crowd(server, port, shares, killed_after)
        crowd.sign_until_killed()
    assert len(crowd.acknowledged) >= killed_after
    assert len(crowd.acknowledged) + len(crowd.unanswered) < 8 * EACH, "the kill came too late to prove anything"
    assert_nothing_left_open(app)
    assert_whole(app)
    signed = _signed(app)
    assert set(crowd.acknowledged) <= set(signed)
    assert set(signed) <= set(crowd.acknowledged) | crowd.unanswered
    left = next((key, number) for key, share in shares.items() for number in share if number not in signed)
    _assert_it_goes_on(app, settings, tmp_path, crowd, *left)


# who signs what: who reported it and how, and who asks for the signature (nobody: it waits from the report on)
ON_THE_SPOT: dict[str, Any] = {"on_the_spot": True, "photos_after": (photo("green"),), "result": "已清理通道"}
CHECKED: dict[str, Any] = {"channel": Channel.SUPERVISION}
SIGNERS: dict[str, tuple[str, dict[str, Any], Action | None, str]] = {
    "manager": ("leader", {}, Action.ACCEPT, "manager"),
    "manager_b": ("leader", {"proposed_grade": Grade.MAJOR}, Action.ACCEPT, "manager"),
    "principal": ("leader", {}, Action.ACCEPT, "manager"),
    "plant_manager": ("worker", ON_THE_SPOT, None, ""),
    "shop_principal": ("shop_principal", {}, Action.ACCEPT, "shop_principal"),
    "inspector_a": ("inspector_b", CHECKED, Action.ORDER, "inspector_b"),
    "inspector_b": ("inspector_a", CHECKED | {"proposed_grade": Grade.MAJOR}, Action.ORDER, "inspector_a"),
    "town_officer": ("town_officer_b", CHECKED, Action.ORDER, "town_officer_b"),
}
OFFERED = {
    Action.ACCEPT: ARRANGED,
    Action.ORDER: ARRANGED | {"order_number": "（渝綦）应急责改〔2026〕118号", "order_basis": "安全生产法第六十五条"},
}


def _waiting_for_signatures(city: City, now: datetime) -> dict[str, list[str]]:
    """Acceptances, orders and verifications: one signature of each hazard, the next of its route, for each of eight."""
    return {key: _of_signer(city, key, now) for key in SIGNERS}


def _of_signer(city: City, key: str, now: datetime) -> list[str]:
    reporter, more, action, asks = SIGNERS[key]
    where = {"enterprise_id": city.enterprises["shop"]} if key == "shop_principal" else {}
    with city.eyes(reporter) as actor, unit_of_work():
        made = [report(a_report(city, now, **more, **where), by=actor, now=now).number for _ in range(EACH)]
    if action is not None:
        with city.eyes(asks) as actor, unit_of_work():
            for number in made:
                open_request(hazard_by_number(number), action, by=actor, offered=OFFERED[action], now=now)
    return made


@dataclass
class Crowd:
    """People who sign at once, each at an own browser, until the server is killed under their hands."""

    server: subprocess.Popen[str]
    port: int
    shares: dict[str, list[str]]
    killed_after: int
    acknowledged: dict[str, tuple[Visitor, Page]] = field(default_factory=dict)
    unanswered: set[str] = field(default_factory=set)
    failed: list[BaseException] = field(default_factory=list)

    def sign_until_killed(self) -> None:
        """Start everybody, wait for the end of the server and of everybody."""
        shares = [(Visitor(cast(Flask, Remote(self.port)), key), share) for key, share in self.shares.items()]
        threads = [threading.Thread(target=self._sign_all, args=share) for share in shares]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(PATIENCE)
        assert self.failed == []
        assert self.server.wait(PATIENCE) == -9

    def _sign_all(self, visitor: Visitor, numbers: Iterable[str]) -> None:
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
        if len(self.acknowledged) == self.killed_after:
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


def _assert_it_goes_on(app: Flask, settings: Settings, folder: Path, crowd: Crowd, who: str, unsigned: str) -> None:
    """The server starts again: who was cut off signs, and an acknowledged form sent again signs nothing."""
    before = _signed(app)
    with serving(settings, folder) as (_server, port):
        visitor = Visitor(cast(Flask, Remote(port)), who)
        page = visitor.open(f"/hazards/{unsigned}/sign")
        assert visitor.send(page, opinion=f"同意 {unsigned}", password=PASSWORD).status == 302
        number, (signer, old_page) = next(iter(crowd.acknowledged.items()))
        cast(Any, signer.client).port = port
        again = signer.send(old_page, opinion=f"同意 {number}", password=PASSWORD)
        assert again.status == 302
        assert again.response.headers["Location"].endswith(f"/hazards/{number}")
    assert set(_signed(app)) == {*before, unsigned}
    assert_whole(app)

"""Finishing an inspection of sixty items: CPU of one process, on a filled register."""

from __future__ import annotations

import statistics
import time
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from sqlalchemy import select

from accounts.access import actor_of, viewer_of
from accounts.models import Enterprise, Grant, OrgUnit, Person
from accounts.roles import Role
from application import create_app
from benchmarks.measures import Result
from core.db import db, unit_of_work
from core.scope import everything, viewing
from core.settings import load_settings
from inspections.models import Checklist, ChecklistItem, ChecklistVersion, Inspection, ItemResult
from inspections.operations.inspecting import Besides, finish, start
from inspections.queries.inspecting import inspection_by_id, items_of
from inspections.rules import ItemVerdict, Treatment
from workflows.vocabulary import Category, Grade, Tier

ITEMS = 60
ROUNDS = 20


def measure_inspecting(url: str, instance: Path) -> list[Result]:
    """The signature of sixty items: all conforming, and with one and three that become hazards."""
    app = create_app(load_settings(instance, {"DATABASE_URL": url}))
    with app.app_context():
        now = app.extensions["clock"]()
        person, checklist = _somebody(now)
        results = [_finishing(person, checklist, now, failed) for failed in (0, 1, 3)]
        db.session.remove()
        db.engine.dispose()
    return results


def print_inspecting(results: list[Result]) -> None:
    """One line for each, beside the bound."""
    print(f"\n  {'':<34}{'median ms':>10}   (bound: 50)")
    for result in results:
        print(f"  {result.name:<34}{result.milliseconds:10.2f}")


def _somebody(now: datetime) -> tuple[int, int]:
    """A team leader of an enterprise, and a checklist of sixty items."""
    with everything("benchmark"), unit_of_work() as session:
        firm = session.scalars(select(Enterprise).order_by(Enterprise.id).limit(1)).one()
        unit = OrgUnit(enterprise_id=firm.id, name="基准班组")
        session.add(unit)
        session.flush()
        person = Person(name="班组长·基准", enterprise_id=firm.id, unit_id=unit.id, created_at=now)
        person.grants = [Grant(role=Role.TEAM_LEADER, granted_at=now)]
        checklist = Checklist(enterprise_id=firm.id, name="基准检查表", tier=Tier.DAY, created_at=now)
        session.add_all((person, checklist))
        session.flush()
        version = ChecklistVersion(checklist_id=checklist.id, version=1, items=ITEMS, made_at=now)
        session.add(version)
        session.flush()
        session.add_all(
            ChecklistItem(
                version_id=version.id,
                position=n,
                text=f"第 {n} 处设备完好，无漏灰",
                grade=Grade.GENERAL,
                category=Category.EQUIPMENT,
            )
            for n in range(1, ITEMS + 1)
        )
        return person.id, checklist.id


def _finishing(person_id: int, checklist: int, now: datetime, failed: int) -> Result:
    with everything("benchmark"):
        person = db.session.get_one(Person, person_id)
        actor, viewer = actor_of(person), viewer_of(person)
    times = []
    for _ in range(ROUNDS):
        with viewing(viewer):
            with unit_of_work():
                what = Besides(checklist, unit_id=actor.unit_id)
                begun = start(what, by=actor, client_key=uuid4().hex, now=now).inspection
                _answer_all(begun, actor.person_id, now, failed)
                made = begun.id
            before = time.process_time()
            with unit_of_work():
                finish(inspection_by_id(made, lock=True), by=actor, now=now)
            times.append((time.process_time() - before) * 1000)
    words = f"sign {ITEMS} items, {failed} failed" if failed else f"sign {ITEMS} items"
    return Result(words, statistics.median(times))


def _answer_all(begun: Inspection, person_id: int, now: datetime, failed: int) -> None:
    """Answers as they stand before the signature."""
    for n, item in enumerate(items_of(begun)):
        is_bad = n < failed
        verdict = ItemVerdict.FAILED if is_bad else ItemVerdict.OK
        result = ItemResult(inspection_id=begun.id, item_id=item.id, verdict=verdict, at=now, by_id=person_id)
        if is_bad:
            result.note, result.treatment, result.grade = f"漏灰 {n}", Treatment.HAZARD, Grade.GENERAL
        db.session.add(result)
    begun.items_ok, begun.items_failed = ITEMS - failed, failed

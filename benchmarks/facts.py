"""Pages of inspecting: an enterprise of 500 units, and a region of 100,000 enterprises, a month of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select, text, update

from accounts.models import Enterprise, Grant, OrgUnit, Person, Region
from accounts.passwords import hash_password
from accounts.roles import Role
from application import create_app
from benchmarks.measures import PASSWORD, Result, inspector_of, page
from core.days import shanghai_day
from core.db import db, unit_of_work
from core.scope import everything
from core.settings import load_settings
from hazards.models import Hazard
from inspections.models import Checklist, ChecklistVersion, DutyFigure, Inspection, InspectionPlan, RegionFigure
from inspections.rules import InspectionState
from workflows.cadence import Frequency, period_of
from workflows.vocabulary import Tier

UNITS = 500
FIRMS = 100_000
CHUNK = 5_000
LOGIN = "bench-facts"


def measure_facts(url: str, instance: Path) -> list[Result]:
    """Lists, calendar and facts of the enterprise; facts of the region by place, by enterprise, and who missed."""
    app = create_app(load_settings(instance, {"DATABASE_URL": url}))
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False)
    app.add_url_rule("/empty", "empty", lambda: "", methods=["GET"])
    with app.app_context():
        now = app.extensions["clock"]()
        _fill_enterprise(now)
        path = _fill_region(app, now)
        db.session.remove()
    inside, outside = _signed_in(app, LOGIN), _signed_in(app, inspector_of(app)[0])
    code = path.rstrip("/").rpartition("/")[2]
    results = [
        page(app, inside, "empty page", "/empty"),
        page(app, inside, "lists, 500 units", "/inspections/lists/"),
        page(app, inside, "calendar, 500 units", "/inspections/calendar"),
        page(app, inside, "facts, 500 units", "/inspections/facts"),
        page(app, outside, "facts, 100,000 enterprises", f"/inspections/facts?region={code}"),
        page(app, outside, "facts by enterprise", f"/inspections/facts?by=enterprise&region={code}"),
        page(app, outside, "who did not inspect", f"/inspections/facts?by=enterprise&missed=1&region={code}"),
    ]
    with app.app_context():
        db.engine.dispose()
    return results


def print_facts(results: list[Result]) -> None:
    """One line for each; bounds: 20 ms with 500 units, 100 ms with 100,000 enterprises."""
    floor = results[0]
    print(f"\n  {'':<34}{'median ms':>10}{'× empty':>9}{'queries':>9}{'KB':>7}   (bounds: 20 and 100)")
    for result in results:
        ratio = result.milliseconds / floor.milliseconds
        print(f"  {result.name:<34}{result.milliseconds:10.2f}{ratio:9.1f}{result.queries:9d}{result.kilobytes:7.0f}")


def _signed_in(app: Flask, login: str) -> FlaskClient:
    client = app.test_client()
    answer = client.post("/login", data={"login": login, "password": PASSWORD})
    assert answer.status_code == 302, answer.get_data(as_text=True)[:400]
    return client


def _fill_enterprise(now: datetime) -> None:
    """500 teams that inspect daily, two thirds of a month done; the enterprise's hazards spread over them."""
    first = shanghai_day(now).replace(day=1)
    with everything("benchmark"), unit_of_work() as session:
        firm = session.scalars(select(Enterprise).order_by(Enterprise.id).limit(1)).one()
        person = Person(name="安全管理人员·基准", login=LOGIN, password_hash=hash_password(PASSWORD), must_change=False)
        person.enterprise_id, person.created_at = firm.id, now
        person.grants = [Grant(role=Role.SAFETY_MANAGER, granted_at=now)]
        units = [OrgUnit(enterprise_id=firm.id, name=f"班组 {number:03d}") for number in range(UNITS)]
        checklist = Checklist(enterprise_id=firm.id, name="基准日查", tier=Tier.DAY, created_at=now)
        session.add_all([person, checklist, *units])
        session.flush()
        version = ChecklistVersion(checklist_id=checklist.id, version=1, items=12, made_at=now)
        session.add(version)
        plans = [
            InspectionPlan(
                enterprise_id=firm.id,
                unit_id=unit.id,
                tier=Tier.DAY,
                frequency=Frequency.DAY,
                checklist_id=checklist.id,
                starts_on=first - timedelta(days=60),
                made_at=now,
            )
            for unit in units
        ]
        session.add_all(plans)
        session.flush()
        for plan in plans:
            plan.duty_id = plan.id
        session.flush()
        days = [first + timedelta(days=number) for number in range(20)]
        rows = [_done(firm, plan, version.id, person.id, day, now) for plan in plans for day in days]
        for page_of_rows in _chunks(rows):
            session.execute(insert(Inspection), page_of_rows)
        figures = [_figure(firm.id, plan.unit_id or 0, firm.region_path, firm.sector, first) for plan in plans]
        session.execute(insert(DutyFigure), figures)
        for number, hazard_id in enumerate(session.scalars(select(Hazard.id).where(Hazard.enterprise_id == firm.id))):
            session.execute(update(Hazard).where(Hazard.id == hazard_id).values(unit_id=units[number % UNITS].id))


def _done(
    firm: Enterprise, plan: InspectionPlan, version: int, person: int, day: date, now: datetime
) -> dict[str, Any]:
    period = period_of(Frequency.DAY, day)
    return {
        "version": 1,
        "client_key": f"bench-{plan.id}-{day}",
        "enterprise_id": firm.id,
        "region_path": firm.region_path,
        "sector": firm.sector,
        "unit_id": plan.unit_id,
        "tier": Tier.DAY,
        "duty_id": plan.id,
        "plan_id": plan.id,
        "period_key": period.key,
        "period_first": day,
        "period_last": day,
        "name": "日排查",
        "checklist_version_id": version,
        "state": InspectionState.FINISHED,
        "inspector_id": person,
        "started_at": now,
        "finished_at": now,
        "in_time": True,
        "items": 12,
        "items_ok": 12,
    }


def _fill_region(app: Flask, now: datetime) -> str:
    """100,000 enterprises in one district with their figures of this month; the district's path."""
    login, _number = inspector_of(app)
    first = shanghai_day(now).replace(day=1)
    with everything("benchmark"), unit_of_work() as session:
        person = session.scalars(select(Person).where(Person.login == login)).one()
        assert person.regulator is not None
        region = session.scalars(select(Region).where(Region.code == person.regulator.region_code)).one()
        path, code = region.path, region.code
        firms = (
            {
                "name": f"基准企业 {number}",
                "region_code": code,
                "region_path": path,
                "sector": "工贸",
                "created_at": now,
            }
            for number in range(FIRMS)
        )
        for rows in _chunks(list(firms)):
            session.execute(insert(Enterprise), rows)
        session.execute(text("ANALYZE enterprise"))  # else each row's reference is looked up by reading all of them
        ids = session.scalars(select(Enterprise.id).where(Enterprise.name.like("基准企业 %"))).all()
        for some in _chunks(ids):
            session.execute(insert(DutyFigure), [_figure(one, 0, path, "工贸", first, one % 50 == 0) for one in some])
        summed = _figure(0, 0, path, "工贸", first) | {"due": FIRMS, "in_time": FIRMS - FIRMS // 50}
        summed["missed"] = FIRMS - summed["in_time"]
        session.execute(
            insert(RegionFigure), [{k: v for k, v in summed.items() if k not in ("enterprise_id", "unit_id")}]
        )
    return path


def _figure(firm: int, unit: int, path: str, sector: str, month: date, missed: bool = False) -> dict[str, Any]:
    made = {"month": month, "enterprise_id": firm, "unit_id": unit, "tier": Tier.DAY, "region_path": path}
    return made | {"sector": sector, "due": 1, "in_time": 0 if missed else 1, "missed": int(missed)}


def _chunks(rows: Sequence[Any]) -> Iterator[Sequence[Any]]:
    return (rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK))

"""Risk points put down for tests, and what was found at them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from core.db import db, unit_of_work
from core.scope import everything
from hazards.models import Hazard
from inspections.models import RiskPoint
from inspections.operations.findings import Seen, report_at
from inspections.operations.open_reports import set_open_reporting
from inspections.operations.points import ControlDetails, PointDetails, add_point
from inspections.queries.points import get_point
from inspections.rules import ControlKind, PointKind, RiskGrade
from tests.hazards.city import City, photo
from workflows.vocabulary import Grade

CONTROLS = (
    ControlDetails("出水温度报警并与电源联锁", ControlKind.ENGINEERING, "设备部"),
    ControlDetails("每班点检冷却水压力", ControlKind.MANAGEMENT, "熔炼一班"),
)


def details(city: City, **changes: Any) -> PointDetails:
    """A furnace of the smelting unit; give what differs."""
    values: dict[str, Any] = {
        "name": "1 号中频电炉",
        "grade": RiskGrade.RED,
        "kind": PointKind.EQUIPMENT,
        "place": "北区熔炼车间",
        "unit_id": city.units["smelting"],
        "possible_harm": "灼烫、爆炸",
    }
    return PointDetails(**(values | changes))


def a_point(city: City, now: datetime, *, by: str = "manager", enterprise: str = "plant", **changes: Any) -> int:
    """A risk point with two measures; its id."""
    if enterprise != "plant":
        changes.setdefault("unit_id", None)
    with city.eyes(by) as actor, unit_of_work():
        what = details(city, **changes)
        return add_point(city.enterprises[enterprise], what, CONTROLS, by=actor, now=now).id


def kept(point_id: int) -> RiskPoint:
    """The point as it stands, with its measures, past any scope."""
    with everything("test points"):
        return get_point(point_id, controls=True)


def found_at(city: City, point_id: int, now: datetime, *, by: str = "manager", failed: int | None = None) -> str:
    """Report a hazard at a point, a major one where a measure (by its place) failed; the number."""
    with city.eyes(by) as actor, unit_of_work():
        point = get_point(point_id, controls=True)
        control = point.controls[failed] if failed is not None else None
        grade = Grade.GENERAL if failed is None else Grade.MAJOR
        seen = Seen("炉前护栏缺失", (photo(),), grade=grade, stop_note="已停炉，人员撤出")
        return report_at(point, seen, control=control, by=actor, now=now).number


def opened(city: City, now: datetime, *, allowed: bool = True) -> None:
    """The plant lets workers report without an account."""
    with city.eyes("principal") as actor, unit_of_work():
        set_open_reporting(city.enterprises["plant"], allowed=allowed, promise="每条奖励 50 元", by=actor, now=now)


def hazards_in_register() -> int:
    """How many there are."""
    with everything("test points"):
        return db.session.query(Hazard).count()

"""Inspections carried out in tests: a checklist with all kinds of items, its plan, and the steps of a round."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import select

from core.db import db, unit_of_work
from core.scope import everything
from hazards.models import Criterion, Hazard
from inspections.models import (
    Checklist,
    ChecklistItem,
    ChecklistVersion,
    Finding,
    Inspection,
    InspectionPlan,
    ItemPhoto,
    ItemResult,
    RiskControl,
    RiskPoint,
)
from inspections.operations.inspecting import Answer, ForTask, Started, add_photo, answer, finish, start
from inspections.queries.inspecting import inspection_by_id, items_of
from inspections.rules import ControlKind, ItemVerdict, PhotoKind, PointKind, RiskGrade, Treatment
from tests.hazards.city import City, photo
from workflows.cadence import usual_frequency
from workflows.vocabulary import Category, Grade, Tier

OK, FAILED, NA = ItemVerdict.OK, ItemVerdict.FAILED, ItemVerdict.NOT_APPLICABLE
BEFORE, AFTER = PhotoKind.BEFORE, PhotoKind.AFTER
TODAY = "2026-11-16"

# text, method, grade, category
ITEMS: tuple[tuple[str, str, Grade, Category | None], ...] = (
    ("除尘器卸灰口锁气装置完好、无漏灰", "", Grade.GENERAL, Category.EQUIPMENT),
    ("除尘管道无积尘、无明显破损", "", Grade.GENERAL, Category.EQUIPMENT),
    ("作业现场粉尘按制度清理，设备、地面无明显积尘", "日清扫记录可作证", Grade.MAJOR, Category.MANAGEMENT),
    ("抛丸室防护门联锁有效，开门即停", "试开一次，确认抛头断电", Grade.GENERAL, None),
    ("安全通道畅通，无堆放", "", Grade.GENERAL, Category.FIRE),
)


def a_checklist(enterprise_id: int | None, now: datetime, items: int = len(ITEMS)) -> Checklist:
    """A checklist in its first version; the third item cites a clause."""
    with everything("test round"), unit_of_work() as session:
        made = Checklist(enterprise_id=enterprise_id, name="抛丸班日查表", tier=Tier.DAY, created_at=now)
        session.add(made)
        session.flush()
        a_version(made.id, now, 1, items)
    return made


def a_version(checklist_id: int, now: datetime, number: int, items: int = len(ITEMS)) -> None:
    """One more version, inside a unit of work."""
    clause = Criterion(
        standard="工贸企业重大事故隐患判定标准",
        document_no="应急管理部令第10号",
        clause=f"第十一条第（十）项·{checklist_id}.{number}",
        industry="粉尘涉爆",
        text="未落实粉尘清理制度，造成作业现场积尘严重的。",
    )
    db.session.add(clause)
    version = ChecklistVersion(checklist_id=checklist_id, version=number, items=items, made_at=now)
    db.session.add(version)
    db.session.flush()
    for n in range(items):
        text, method, grade, category = ITEMS[n % len(ITEMS)]
        item = ChecklistItem(
            version_id=version.id,
            position=n + 1,
            text=text if n < len(ITEMS) else f"{text}（{n + 1}）",
            method=method,
            grade=grade,
            category=category,
            criterion_id=clause.id if n == 2 else None,
            basis="应急管理部令第10号 第十一条第（十）项" if n == 2 else "",
        )
        db.session.add(item)


def a_plan(city: City, now: datetime, **changes: Any) -> int:
    """A plan of the smelting unit; its id."""
    tier = changes.get("tier", Tier.DAY)
    checklist = changes.pop("checklist_id", None) or a_checklist(city.enterprises["plant"], now).id
    with everything("test round"), unit_of_work() as session:
        values: dict[str, Any] = {
            "enterprise_id": city.enterprises["plant"],
            "unit_id": city.units["smelting"],
            "tier": tier,
            "frequency": usual_frequency(tier, high_risk=False),
            "checklist_id": checklist,
            "starts_on": date(2026, 1, 1),
            "made_at": now,
        }
        plan = InspectionPlan(**(values | changes))
        session.add(plan)
        session.flush()
        plan.duty_id = plan.id
        return plan.id


def a_point(city: City, now: datetime, **changes: Any) -> tuple[int, int]:
    """A risk point with one control measure; their ids."""
    with everything("test round"), unit_of_work() as session:
        values: dict[str, Any] = {
            "enterprise_id": city.enterprises["plant"],
            "unit_id": city.units["smelting"],
            "code": uuid4().hex[:8],
            "token": uuid4().hex,
            "name": "2 号抛丸机",
            "place": "抛丸间北侧",
            "kind": PointKind.EQUIPMENT,
            "grade": RiskGrade.ORANGE,
            "created_at": now,
        }
        point = RiskPoint(**(values | changes))
        session.add(point)
        session.flush()
        control = RiskControl(
            risk_point_id=point.id, position=1, kind=ControlKind.ENGINEERING, text="防护门与抛头电源联锁"
        )
        session.add(control)
        session.flush()
        return point.id, control.id


def begin(city: City, plan_id: int, now: datetime, by: str = "leader", key: str = "", period: str = TODAY) -> Started:
    """Begin today's task."""
    with city.eyes(by) as actor, unit_of_work():
        return start(ForTask(plan_id, period), by=actor, client_key=key or uuid4().hex, now=now)


def begun(city: City, plan_id: int, now: datetime, by: str = "leader", **more: Any) -> int:
    """The id of the inspection that was begun."""
    return begin(city, plan_id, now, by, **more).inspection.id


def item_ids(inspection_id: int) -> list[int]:
    """Its items, in order."""
    with everything("test round"):
        return [item.id for item in items_of(inspection_by_id(inspection_id))]


def see(
    city: City, inspection_id: int, n: int, verdict: ItemVerdict, now: datetime, by: str = "leader", **more: Any
) -> ItemResult:
    """Answer the n-th item (from 1)."""
    with city.eyes(by) as actor, unit_of_work():
        inspection = inspection_by_id(inspection_id, lock=True)
        item = items_of(inspection)[n - 1]
        return answer(inspection, item, Answer(verdict, **more), by=actor, now=now)


def shoot(
    city: City,
    inspection_id: int,
    n: int,
    now: datetime,
    kind: PhotoKind = BEFORE,
    *,
    by: str = "leader",
    key: str = "",
    colour: str = "grey",
) -> ItemPhoto:
    """Take a photo of the n-th item."""
    with city.eyes(by) as actor, unit_of_work():
        inspection = inspection_by_id(inspection_id, lock=True)
        item = items_of(inspection)[n - 1]
        file = photo(colour)
        return add_photo(inspection, item, kind, file, client_key=key or uuid4().hex, by=actor, now=now)


def all_ok(city: City, inspection_id: int, now: datetime, *, besides: tuple[int, ...] = (), by: str = "leader") -> None:
    """Every item 合格, one by one, but those named."""
    for n in range(1, len(item_ids(inspection_id)) + 1):
        if n not in besides:
            see(city, inspection_id, n, OK, now, by)


def end(city: City, inspection_id: int, now: datetime, by: str = "leader", **more: Any) -> dict[int, str]:
    """Sign it; the numbers of its hazards, by item (from 1)."""
    ids = item_ids(inspection_id)
    with city.eyes(by) as actor, unit_of_work():
        signed = finish(inspection_by_id(inspection_id, lock=True), by=actor, now=now, **more)
        return {ids.index(item) + 1: hazard.number for item, hazard in signed.hazards.items()}


def stood(inspection_id: int) -> Inspection:
    """As it stands, past any scope."""
    with everything("test round"):
        db.session.expire_all()
        return inspection_by_id(inspection_id)


def finding(number: str) -> Finding:
    """Where a hazard was found."""
    with everything("test round"):
        return db.session.scalars(
            select(Finding).join(Hazard, Hazard.id == Finding.hazard_id).where(Hazard.number == number)
        ).one()


def on_the_spot(city: City, inspection_id: int, n: int, now: datetime, by: str = "leader") -> None:
    """The n-th item failed and was put right at once, with both photos."""
    see(city, inspection_id, n, FAILED, now, by, note="地面有油污", treatment=Treatment.ON_THE_SPOT, result="已擦净")
    shoot(city, inspection_id, n, now, BEFORE, by=by)
    shoot(city, inspection_id, n, now, AFTER, by=by, colour="green")

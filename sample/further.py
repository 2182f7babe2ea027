"""What else a newcomer should meet in the sample city, once the story is told, through the operations everybody uses.

A rectification of several points, two of four put right; a landlord asked to co-sign; a comment that mentions somebody;
controls of major hazards checked lately, and one check missed; a deputy; a worker's report by a label; a concluded case
of 参照事故调查.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta

from sqlalchemy import select

from accounts.access import Actor
from accounts.deputies import add_deputation
from accounts.models import Person
from accounts.rules import DeputyScope
from core.days import SHANGHAI, shanghai_day
from core.db import db, unit_of_work
from hazards.models import Hazard
from hazards.operations.co_signing import set_structural
from hazards.operations.controls import Check, check_controls, set_interval, watch_controls
from hazards.operations.investigations import Opened, Outcome, conclude, open_case
from hazards.operations.points import PutRight, put_right, set_points
from hazards.operations.talking import comment
from hazards.queries import points_of
from inspections.models import RiskPoint
from inspections.operations.findings import Seen
from inspections.operations.open_reports import report_as_worker
from inspections.queries.scanning import scanned
from sample.cases import MAIN
from sample.pictures import drawing
from sample.staff import MAIN_DISTRICT, Staff
from sample.story import Story
from workflows.controls import USUAL
from workflows.investigations import Ground
from workflows.vocabulary import Grade, State

IN_POINTS = "C0010"
MISSED = "C0217"
LIKE_AN_ACCIDENT = "C0049"
POINTS = (
    "粉碎机、造粒机进料口加装永磁除铁器和去石装置",
    "正压吹送改为负压吸送，更换防爆风机",
    "风管穿越屋面处加装隔爆阀，屋面开设泄爆口",
    "除尘系统与粉碎机联锁，停风即停机",
)
DONE = (("除铁器、去石装置已装，试运行 3 班无异物进入", 30), ("风机和风管已改为负压，灰斗加装锁气卸灰阀", 6))


def tell_further(staff: Staff, stories: Mapping[str, Story], now: datetime) -> None:
    """Add all of it; `stories` are those told, by the case's id."""
    with unit_of_work():
        _points(stories[IN_POINTS].row, staff, stories[MAIN].uscc, now)
    with unit_of_work():
        _controls(staff, stories, now)
    watch_controls(now)
    with unit_of_work():
        _deputy(staff, stories[MAIN].uscc, now)
        _scanned(staff, stories[MAIN].uscc, now)
        _like_an_accident(stories[LIKE_AN_ACCIDENT].row, staff.actors[f"{MAIN_DISTRICT}-aw-bg"], now)


def _points(hazard: Hazard, staff: Staff, uscc: str, now: datetime) -> None:
    manager, head = (staff.actors[f"{uscc}-{role}"] for role in ("safety_manager", "department_head"))
    set_points(hazard, POINTS, by=manager, now=now)
    points = [point.id for point in points_of(hazard)]
    for index, (note, hours) in enumerate(DONE):
        taken_at = now - timedelta(hours=hours)
        photo = drawing(index + 2, after=True, taken_at=taken_at, caption=f"第 {index + 1} 项整改后")
        done = PutRight(shanghai_day(taken_at), note, (photo,))
        put_right(hazard, points[index], done, by=head, now=now)
    set_structural(hazard, True, by=manager, now=now)
    said = f"@{head.name} 第 3 项要动屋面，先等产权单位会签，再安排停产施工。"
    comment(hazard, said, frozenset({head.person_id}), by=manager, now=now)


def _controls(staff: Staff, stories: Mapping[str, Story], now: datetime) -> None:
    """Every major one in hand is checked from now on; without this the job would count months of missed checks."""
    by_id = {story.row.id: story for story in stories.values()}
    wanted = select(Hazard).where(Hazard.state == State.RECTIFYING, Hazard.grade == Grade.MAJOR)
    for hazard in db.session.scalars(wanted.order_by(Hazard.id)):
        story = by_id[hazard.id]
        manager = staff.actors[story.of_plant("safety_manager")]
        if story.case.id == MISSED:
            set_interval(hazard, USUAL, by=manager, now=now - timedelta(hours=USUAL + 7))
            continue
        set_interval(hazard, USUAL, by=manager, now=now)
        photo = drawing(hazard.id, after=False, taken_at=now - timedelta(minutes=5), caption="管控现场")
        check_controls(hazard, Check(True, "相关设备停用上锁，警戒线完好，专人值守", (photo,)), by=manager, now=now)


def _deputy(staff: Staff, uscc: str, now: datetime) -> None:
    """The plant manager is away for a week; the department's head signs the general ones."""
    away, deputy = (staff.actors[f"{uscc}-{role}"] for role in ("plant_manager", "department_head"))
    begins = datetime.combine(shanghai_day(now), time(), SHANGHAI)
    persons = [db.session.get_one(Person, actor.person_id) for actor in (away, deputy)]
    add_deputation(persons[0], persons[1], begins, begins + timedelta(days=7), DeputyScope.GENERAL, by=away, now=now)


def _scanned(staff: Staff, uscc: str, now: datetime) -> None:
    """A worker scanned the label of a risk point and reported what he saw; his reward waits to be decided."""
    wanted = select(RiskPoint).where(RiskPoint.enterprise_id == staff.enterprises[uscc]).order_by(RiskPoint.id)
    point = db.session.scalars(wanted.limit(1)).one()
    here = scanned(point.token)
    assert here is not None
    photo = drawing(3, after=False, taken_at=now - timedelta(minutes=40), caption="扫码上报")
    seen = Seen("除尘器卸灰口法兰处漏灰，地面有一小堆", (photo,))
    report_as_worker(here, seen, by=staff.actors[f"{uscc}-worker"], now=now - timedelta(minutes=35))


def _like_an_accident(hazard: Hazard, clerk: Actor, now: datetime) -> None:
    opened = Opened(
        ground=Ground.NOT_FOUND,
        office="渝北区安全生产委员会办公室",
        number=f"渝北安办查〔{now.year}〕3号",
        on=shanghai_day(now) - timedelta(days=20),
        facts="企业近三个月的日、周、月排查均未查出这一重大事故隐患，由监管部门检查发现。",
    )
    case = open_case(hazard, opened, by=clerk, now=now)
    outcome = Outcome(
        on=shanghai_day(now) - timedelta(days=2),
        text="对主要负责人、安全管理人员作出处理；责令重新开展粉尘涉爆专项排查，排查结果报区安委办。",
        people_held=2,
    )
    conclude(hazard, case.id, outcome, by=clerk, now=now)

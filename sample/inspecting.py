"""Months of inspecting in the sample city: plans, risk points, rounds carried out item by item, and what they find.

At the plant with a whole staff the team inspects daily, the department weekly, the plant monthly, the principal every
quarter; at the other enterprises the safety manager monthly. Some rounds are late, some are missed; seeds are fixed.
"""

from __future__ import annotations

import random
from collections.abc import Generator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Final

from accounts.models import Enterprise
from accounts.queries import units_tree
from accounts.queries.shifts import shifts_of
from core.days import SHANGHAI, shanghai_day
from core.db import db
from core.refusals import Refusal
from hazards.models import Hazard
from hazards.operations import requests, working
from hazards.queries import hazard_by_number
from inspections.models import ChecklistItem, Inspection, InspectionPlan
from inspections.operations.inspecting import Answer, ForTask, add_photo, answer, finish, sign_led, start
from inspections.operations.open_reports import set_open_reporting
from inspections.operations.plans import PlanDetails, add_all
from inspections.operations.points import ControlDetails, PointDetails, add_point
from inspections.operations.usual_plans import set_up_usual
from inspections.queries.checklists import usual_template
from inspections.queries.inspecting import inspection_by_id, items_of
from inspections.queries.tasks import task
from inspections.rules import ControlKind, ItemVerdict, PhotoKind, PointKind, RiskGrade, Treatment
from sample.clockwork import Clockwork
from sample.pictures import drawing
from sample.staff import Staff
from workflows.cadence import Frequency, Period, periods_between, window
from workflows.vocabulary import Action, Grade, Manner, State, Tier, Verdict

WEEKS_BACK: Final = 10
FIRMS_INSPECTING: Final = 24
# what is seen where something is not as it should be, by a word of the item it belongs to
SEEN: Final[dict[str, str]] = {
    "灭火器": "2 号灭火器压力不足，指针在红区",
    "通道": "疏散通道上堆放周转箱 3 个",
    "配电箱": "3 号配电箱门未关，箱内积灰",
    "防护罩": "抛丸机防护罩螺栓缺 2 颗",
    "气瓶": "乙炔气瓶未固定，防震圈缺 1 个",
    "防护用品": "1 名打磨工未戴护目镜",
    "码放": "货架第 3 层托盘超出边沿",
    "起重": "行车限位器铅封脱落",
    "动火": "动火作业票上没有监护人签字",
    "交接": "交接班记录 2 天没有签字",
    "粉尘": "除尘器平台积灰约 2 毫米",
    "培训": "2 名转岗工人的培训记录没有签字",
    "警示": "循环水池入口的有限空间警示牌脱落",
    "演练": "演练记录缺效果评估",
    "台账": "上月 1 条整改没有验收人签字",
    "预案": "现场处置方案里的联系电话已停用",
}
G, K = RiskGrade, PointKind
POINTS: Final = (
    ("抛丸机及除尘系统", "喷涂车间北侧", G.RED, K.EQUIPMENT, "粉尘爆炸", "火花探测、锁气卸灰、泄爆片完好"),
    ("喷漆房", "喷涂车间东侧", G.ORANGE, K.PLACE, "火灾、中毒", "通风换气、可燃气体报警、静电接地"),
    ("中频电炉", "熔炼跨", G.RED, K.EQUIPMENT, "灼烫、爆炸", "冷却水温度和流量监测报警，炉坑干燥无积水"),
    ("天然气调压柜", "厂区西侧", G.ORANGE, K.EQUIPMENT, "火灾、爆炸", "泄漏报警联锁切断，围栏和警示标志"),
    ("起重吊运", "熔炼跨", G.ORANGE, K.ACTIVITY, "起重伤害", "限位、制动、吊具点检，持证操作"),
    ("有限空间（循环水池）", "厂区南侧", G.ORANGE, K.PLACE, "中毒和窒息", "先通风、再检测、后作业，专人监护"),
    ("配电室", "办公楼一层", G.YELLOW, K.PLACE, "触电、火灾", "绝缘胶垫、挡鼠板、双人操作"),
    ("成品库", "厂区东侧", G.BLUE, K.PLACE, "物体打击", "限高堆码，通道畅通"),
)  # fmt: skip


@dataclass
class Round:
    """One plan's inspections, period after period."""

    staff: Staff
    works: Clockwork
    plan_id: int
    today: date
    chance: random.Random
    at: datetime
    keys: dict[str, str] = field(default_factory=dict)

    def wake(self) -> None:
        """Nothing is kept between two rounds."""


def begin(staff: Staff, works: Clockwork, main: str, today: date) -> None:
    """Plans, risk points and what workers are promised; each plan's rounds go on from there. Inside a unit of work."""
    monday = today - timedelta(days=today.weekday(), weeks=WEEKS_BACK)
    made_at = datetime.combine(monday, time(8), SHANGHAI)
    manager = staff.actors[f"{main}-safety_manager"]
    _points(staff, main, made_at)
    promise = "报告属实的，按隐患大小奖励 20 至 500 元，不追究报告人。"
    principal = staff.actors[f"{main}-principal"]
    set_open_reporting(staff.enterprises[main], allowed=True, promise=promise, by=principal, now=made_at)
    for plan in set_up_usual(monday, by=manager, now=made_at):
        _rounds(staff, works, plan, main, today, made_at)
    others = [uscc for uscc in staff.enterprises if uscc != main][:FIRMS_INSPECTING]
    for number, uscc in enumerate(others):
        for plan in _usual_of_a_small_one(staff, uscc, monday, made_at):
            # every fifth keeps its plan and does nothing: 未开展排查
            if number % 5 != 4:
                _rounds(staff, works, plan, uscc, today, made_at)


def _usual_of_a_small_one(staff: Staff, uscc: str, first: date, now: datetime) -> list[InspectionPlan]:
    """A monthly round of the safety manager."""
    firm = db.session.get_one(Enterprise, staff.enterprises[uscc])
    checklist = usual_template(firm.industry, Tier.MONTH)
    manager = staff.actors[f"{uscc}-safety_manager"]
    assert checklist is not None, "the start sets have a list for every industry"
    monthly = PlanDetails(Tier.MONTH, Frequency.MONTH, checklist.id, person_id=manager.person_id)
    return add_all((monthly,), firm.id, first, by=manager, now=now)


def _points(staff: Staff, main: str, now: datetime) -> None:
    manager, leader = staff.actors[f"{main}-safety_manager"], staff.actors[f"{main}-team_leader"]
    firm = db.session.get_one(Enterprise, staff.enterprises[main])
    units = [row.unit.id for row in units_tree(firm.id)]
    daily = usual_template(firm.industry, Tier.DAY)
    for number, (name, place, grade, kind, harm, measure) in enumerate(POINTS):
        details = PointDetails(
            name,
            grade,
            kind,
            place,
            units[0 if number < 6 else -1],
            harm,
            responsible_id=leader.person_id,
            responsible=leader.name,
            checklist_id=daily.id if daily else None,
        )
        controls = (
            ControlDetails(measure, ControlKind.ENGINEERING, answers="设备部"),
            ControlDetails("班前点检并记录，异常停用报告", ControlKind.MANAGEMENT, answers="班组长·堃"),
            ControlDetails("应急处置卡上墙，每半年演练", ControlKind.EMERGENCY, answers="安全管理人员·镕"),
        )
        add_point(firm.id, details, controls, by=manager, now=now)


# --- rounds ----------------------------------------------------------------------------------------------------


def _rounds(staff: Staff, works: Clockwork, plan: InspectionPlan, uscc: str, today: date, begun: datetime) -> None:
    chance = random.Random(plan.id)
    tale = Round(staff, works, plan.id, today, chance, begun, {"uscc": uscc})
    works.add(tale, _walk(tale))


def _walk(tale: Round) -> Generator[None, None, None]:
    """Period after period: mostly in time, sometimes late, sometimes not at all."""
    plan = db.session.get_one(InspectionPlan, tale.plan_id)
    tier, frequency, first = plan.tier, plan.frequency, plan.starts_on
    shifts = shifts_of(plan.enterprise_id, plan.unit_id)
    has_begun = datetime.combine(tale.today, time(7, 50), SHANGHAI)
    for period in periods_between(frequency, first, tale.today + timedelta(days=92)):
        frame = window(tier, period, shifts)
        if frame is None:
            continue
        if frequency is Frequency.WEEK and period.last >= tale.today:
            return  # this week's is left for whoever tries the sample
        fate = tale.chance.random()
        if fate < 0.06:
            continue
        into = {  # on which day of its period a round is usually made
            Frequency.DAY: 0,
            Frequency.WEEK: 3,
            Frequency.MONTH: 8 + tale.chance.randrange(12),
            Frequency.QUARTER: 24,
        }
        day = min(shifts.next_working(period.first + timedelta(days=into[frequency])) or period.last, period.last)
        hour = time(8 + tale.chance.randrange(7), tale.chance.randrange(60))
        at = datetime.combine(day, hour, SHANGHAI)
        if fate < 0.14:
            at = max(at, frame.ends + timedelta(hours=9))
        if at >= has_begun:
            return
        tale.at = at
        yield
        _carry_out(tale, period)


def _carry_out(tale: Round, period: Period) -> None:
    plan = db.session.get_one(InspectionPlan, tale.plan_id)
    uscc = tale.keys["uscc"]
    whose = task(plan.id, period.key, now=tale.at).responsible
    by = tale.staff.by_person(whose[0]) if whose else tale.staff.actors[f"{uscc}-safety_manager"]
    key = f"sample-{plan.id}-{period.key}".replace("#", "-")
    begun = start(ForTask(plan.id, period.key), by=by, client_key=key, now=tale.at)
    inspection = inspection_by_id(begun.inspection.id, lock=True)
    items = items_of(inspection)
    wrong = _wrong(tale, items, plan.tier)
    at = tale.at
    for number, item in enumerate(items):
        at += timedelta(seconds=40)
        on_the_spot = number in wrong and tale.chance.random() < 0.4
        _answer(tale, inspection, item, number in wrong, on_the_spot, at)
    signed = finish(inspection, by=by, now=at + timedelta(minutes=2))
    if inspection.led and inspection.led_signed_at is None:
        principal = tale.staff.actors[f"{uscc}-principal"]
        if principal.person_id != by.person_id:
            sign_led(inspection, by=principal, now=at + timedelta(hours=1))
    for hazard in {hazard.number: hazard for hazard in signed.hazards.values()}.values():
        tale.works.add(found := Small(tale.staff, uscc, hazard.number, tale.today, tale.chance, at), _small(found))


def _wrong(tale: Round, items: Sequence[ChecklistItem], tier: Tier) -> frozenset[int]:
    """Which items are not as they should be: seldom, never one whose failing is major."""
    most = {Tier.DAY: 0.18, Tier.WEEK: 0.5, Tier.MONTH: 0.8, Tier.QUARTER: 1.0}[tier]
    able = [number for number, item in enumerate(items) if item.grade is Grade.GENERAL and _note_of(item)]
    if not able or tale.chance.random() > most:
        return frozenset()
    return frozenset(tale.chance.sample(able, min(len(able), 1 + (tale.chance.random() < 0.25))))


def _note_of(item: ChecklistItem) -> str:
    return next((note for word, note in SEEN.items() if word in item.text), "")


def _answer(
    tale: Round, inspection: Inspection, item: ChecklistItem, is_wrong: bool, on_the_spot: bool, at: datetime
) -> None:
    by = tale.staff.by_person(inspection.inspector_id)
    if not is_wrong:
        answer(inspection, item, Answer(ItemVerdict.OK), by=by, now=at)
        return
    note = _note_of(item)
    treatment = Treatment.ON_THE_SPOT if on_the_spot else Treatment.HAZARD
    what = Answer(ItemVerdict.FAILED, note, treatment, result="当场改正并告知班组" if on_the_spot else "")
    answer(inspection, item, what, by=by, now=at)
    kinds = (PhotoKind.BEFORE, PhotoKind.AFTER) if on_the_spot else (PhotoKind.BEFORE,)
    for kind in kinds:
        after = kind is PhotoKind.AFTER
        photo = drawing(item.id % 7, after=after, taken_at=at, caption="整改后" if after else "检查时")
        key = f"sample-{item.id}-{kind.value}"
        add_photo(inspection, item, kind, photo, client_key=key, by=by, now=at)


# --- what the rounds find --------------------------------------------------------------------------------------


@dataclass
class Small:
    """A general hazard that a round found, on its way."""

    staff: Staff
    uscc: str
    number: str
    today: date
    chance: random.Random
    at: datetime
    hazard: Hazard | None = None

    def wake(self) -> None:
        """Read the hazard again: it may have moved up meanwhile."""
        self.hazard = hazard_by_number(self.number)

    @property
    def row(self) -> Hazard:
        """The hazard."""
        assert self.hazard is not None
        return self.hazard

    def actor(self, *roles: str) -> str:
        """The key of the first of these roles that the enterprise has."""
        return next(key for role in roles if (key := f"{self.uscc}-{role}") in self.staff.actors)

    def later(self, hours: float) -> bool:
        """Move on in working hours; False where that would be after today's morning."""
        moved = (self.at + timedelta(hours=hours)).astimezone(SHANGHAI)
        if not time(8, 30) <= moved.time() <= time(17, 30):
            moved = datetime.combine(moved.date() + timedelta(days=moved.time() > time(17, 30)), time(9), SHANGHAI)
        self.at = moved
        return moved < datetime.combine(self.today, time(8, 15), SHANGHAI)


def _small(tale: Small) -> Generator[None, None, None]:
    """Accepted, put right within days, verified and closed by others; some are left standing and move up."""
    if not tale.later(2):
        return
    yield
    head = tale.staff.actors[tale.actor("department_head", "safety_manager")]
    manager = tale.actor("safety_manager")
    if not tale.row.on_the_spot:
        days = tale.chance.choice((1, 3, 7, 15))
        offered = {
            "responsible_person": head.name,
            "responsible_person_id": head.person_id,
            "responsible_unit": tale.row.responsible_unit or "设备部",
            "deadline": (shanghai_day(tale.at) + timedelta(days=days)).isoformat(),
            "interim_controls": "现场警示，专人盯守",
        }
        _ask(tale, Action.ACCEPT, manager, offered)
        _sign(tale, "safety_manager")
        if tale.chance.random() < 0.12 or not tale.later(24 * tale.chance.choice((0.5, 1, 2, 4, 9))):
            return
        yield
        _work(tale)
        _ask(tale, Action.VERIFY, tale.actor("department_head", "safety_manager"), {})
    if not tale.later(20):
        return
    yield
    # where nobody free is left it waits for the regulator
    if not _sign(tale, "plant_manager", "principal", "safety_manager") or not tale.later(30):
        return
    yield
    if tale.row.state is not State.VERIFIED:
        return  # a further step waits for somebody else
    _ask(tale, Action.CLOSE, manager, {})
    _sign(tale, "safety_manager", "principal", "department_head", "plant_manager")


def _work(tale: Small) -> None:
    by = tale.staff.actors[tale.actor("department_head", "safety_manager")]
    facts: dict[str, object] = {
        "result": "已按要求改正",
        "completed_on": shanghai_day(tale.at),
        "real_cost_fen": 30_000,
    }
    after = drawing(len(tale.number), after=True, taken_at=tale.at - timedelta(minutes=10), caption="整改后")
    working.record_work(tale.row, working.Work((), "整改完成", facts, (after,), ()), by=by, now=tale.at)


def _ask(tale: Small, action: Action, by: str, offered: dict[str, object]) -> None:
    requests.open_request(tale.row, action, by=tale.staff.actors[by], offered=offered, now=tale.at)


def _sign(tale: Small, *roles: str) -> bool:
    """The first of these who may sign does; False where none of them may."""
    for role in roles:
        actor = tale.staff.actors.get(f"{tale.uscc}-{role}")
        if actor is None:
            continue
        with suppress(Refusal):
            requests.sign(
                tale.row,
                by=actor,
                verdict=Verdict.APPROVED,
                opinion="同意",
                manner=Manner.CONFIRMED,
                now=tale.at + timedelta(minutes=5),
            )
            return True
    return False

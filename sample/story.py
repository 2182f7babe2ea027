"""What happens to the sample's hazards, step by step through the operations everybody uses, with a fixed course.

`course_of` says how far each case has come, so that every state, list and button of the product has an example.
"""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import or_, select

from accounts.access import Actor
from core.days import SHANGHAI, shanghai_day
from core.db import db
from core.refusals import Refusal
from hazards.deed import criterion_text
from hazards.models import Criterion, Hazard
from hazards.operations import requests, working
from hazards.operations.reporting import Report, report
from hazards.queries import hazard_by_number
from notices.queries import notice_by_id
from sample import paperwork
from sample.cases import AT_MAIN, MAIN, Case
from sample.pictures import drawing
from sample.staff import Staff
from workflows.closure import Origin
from workflows.vocabulary import Action, Category, Grade, Manner, StopScope, Verdict


class Course(StrEnum):
    """How far a case has come by today."""

    REPORTED = "reported"
    RECTIFYING = "rectifying"
    PLANNED = "planned"
    APPLIED = "applied"
    VERIFIED = "verified"
    CLOSED = "closed"
    DISMISSED = "dismissed"
    OVERDUE = "overdue"
    EXTENDED = "extended"


COURSES = (
    Course.CLOSED,
    Course.RECTIFYING,
    Course.APPLIED,
    Course.CLOSED,
    Course.VERIFIED,
    Course.OVERDUE,
    Course.PLANNED,
    Course.CLOSED,
    Course.EXTENDED,
    Course.REPORTED,
)
FIXED = {
    "C0001": Course.REPORTED,
    "C0007": Course.APPLIED,
    "C0010": Course.PLANNED,
    "C0023": Course.CLOSED,
    "C0041": Course.VERIFIED,
    "C0046": Course.OVERDUE,
    "C0104": Course.DISMISSED,
    "C0105": Course.RECTIFYING,
    "C0079": Course.APPLIED,
}
PLACES = ("喷涂车间", "熔炼跨", "配电室", "成品库", "一层疏散通道", "充装台", "除尘器室外平台", "消防控制室")


def course_of(case: Case, index: int) -> Course:
    """The course of a case: fixed for those at the main plant, in turn for the others."""
    return FIXED.get(case.id, COURSES[index % len(COURSES)])


@dataclass
class Story:
    """One case as it unfolds; `at` only moves forward and never past today."""

    staff: Staff
    case: Case
    index: int
    uscc: str
    today: date
    at: datetime
    concerned_id: int | None = None  # the landlord, where the place is rented
    number: str = ""
    hazard: Hazard | None = None
    listed_as: str = ""  # the number under which it was listed

    def wake(self) -> None:
        """Read the hazard again: others may have acted meanwhile."""
        self.hazard = hazard_by_number(self.number) if self.number else None

    def later(self, **delta: float) -> datetime:
        """Move on, but not beyond the present, and into working hours."""
        latest = datetime.combine(self.today, time(8, 10), SHANGHAI).astimezone(UTC)
        moved = (self.at + timedelta(**delta)).astimezone(SHANGHAI)
        if not time(8, 30) <= moved.time() <= time(17, 40):
            morning = moved.date() + timedelta(days=moved.time() > time(17, 40))
            moved = datetime.combine(morning, time(8, 40), SHANGHAI)
        self.at = max(self.at, min(moved.astimezone(UTC), latest))
        return self.at

    @property
    def row(self) -> Hazard:
        """The hazard, once reported."""
        assert self.hazard is not None
        return self.hazard

    def of_plant(self, role: str) -> str:
        """The key of somebody of the enterprise."""
        return f"{self.uscc}-{role}"

    def of_office(self, login: str) -> str:
        """The key of somebody of the responsible office."""
        office = next(
            key for key, office_id in self.staff.offices.items() if office_id == self.row.responsible_office_id
        )
        return f"{office}-{login}"

    def plant(self, role: str) -> Actor:
        """Somebody of the enterprise."""
        return self.staff.actors[self.of_plant(role)]

    def office(self, login: str) -> Actor:
        """Somebody of the responsible office."""
        return self.staff.actors[self.of_office(login)]


Steps = Generator[None, None, None]
"""A tale told step by step: each `yield` waits until `story.at`, so that tales run beside each other, day by day."""


def tell(story: Story, course: Course) -> Steps:
    """Let the case come as far as its course says; the first step is due at `story.at`."""
    _report(story)
    if course is Course.REPORTED:
        return
    if course is Course.DISMISSED:
        yield from _dismiss(story)
        return
    yield from _accept_or_order(story, course)
    if course in (Course.RECTIFYING, Course.OVERDUE):
        return
    if story.row.grade is Grade.MAJOR:
        yield from _plan(story)
    if course is Course.PLANNED:
        return
    if course is Course.EXTENDED:
        yield from _extend(story)
        return
    yield from _work(story)
    yield from _apply(story)
    if course is Course.APPLIED:
        return
    yield from _verify(story)
    if course is Course.CLOSED:
        yield from _close(story)


def _report(story: Story) -> None:
    case, now = story.case, story.at
    self_found = case.id in AT_MAIN
    by = story.staff.actors[story.of_plant("team_leader" if case.id == MAIN else "safety_manager")]
    if not self_found:
        by = story.staff.actors[_finder(story)]
    major = case.is_major
    story.hazard = report(
        Report(
            enterprise_id=story.staff.enterprises[story.uscc],
            channel=case.channel_code(),
            place=PLACES[story.index % len(PLACES)],
            description=case.hazard,
            category=_category(case),
            proposed_grade=case.proposed_grade(),
            found_at=now - timedelta(minutes=25),
            responsible_unit="设备部",
            concerned_id=story.concerned_id,
            stop_scope=StopScope.PARTIAL if major else StopScope.NONE,
            stop_note="相关设备已停用，作业人员已撤出，现场拉设警戒线" if major else "",
            photos=(drawing(story.index, after=False, taken_at=now - timedelta(minutes=20), caption="发现时"),),
        ),
        by=by,
        now=now,
    )
    story.number = story.hazard.number


def _finder(story: Story) -> str:
    sector = (
        "xf" if story.case.industry.startswith("消防") else "sj" if story.case.industry.startswith("特种") else "yj"
    )
    return f"{story.case.region}-{sector}-jc1"


def _category(case: Case) -> Category:
    if case.industry.startswith("消防"):
        return Category.FIRE
    return (
        Category.MANAGEMENT
        if any(word in case.hazard for word in ("培训", "制度", "证", "安全员"))
        else Category.EQUIPMENT
    )


def _accept_or_order(story: Story, course: Course) -> Steps:
    hazard = story.row
    days = 45 if hazard.grade is Grade.MAJOR else 15
    deadline = shanghai_day(story.at) + timedelta(days=days)
    if course is Course.OVERDUE:
        deadline = max(shanghai_day(story.at), story.today - timedelta(days=2 + story.index % 12))
    elif course in (Course.RECTIFYING, Course.PLANNED, Course.APPLIED, Course.EXTENDED):
        deadline = max(deadline, story.today + timedelta(days=3 + story.index % 20))
    offered = {
        "responsible_person": story.staff.actors[_responsible(story)].name,
        "responsible_person_id": story.staff.actors[_responsible(story)].person_id,
        "responsible_unit": "设备部",
        "deadline": deadline.isoformat(),
        "interim_controls": "停用相关设备，专人值守，设置警示标志",
    }
    if hazard.grade is Grade.MAJOR:
        offered["plan_due"] = (shanghai_day(story.at) + timedelta(days=10)).isoformat()
        offered |= _criterion(story)
    if hazard.origin is Origin.SELF_FOUND:
        signers = ["safety_manager", "principal"] if hazard.grade is Grade.MAJOR else ["safety_manager"]
        yield from _ask(story, Action.ACCEPT, story.of_plant("safety_manager"), offered)
        yield from _sign(story, *[story.of_plant(role) for role in signers])
        return
    story.later(hours=2)
    yield
    order = paperwork.order_begun(story)
    offered |= {"order_number": order.number, "order_basis": paperwork.BASIS}
    yield from _ask(story, Action.ORDER, story.of_office("jc1"), offered)
    yield from _sign(story, story.of_office("jc1"), story.of_office("jc2"))
    story.later(hours=3)
    yield
    paperwork.order_served(story, notice_by_id(order.id))


def _responsible(story: Story) -> str:
    key = story.of_plant("department_head")
    return key if key in story.staff.actors else story.of_plant("safety_manager")


def _criterion(story: Story) -> dict[str, object]:
    """The clause the publication names, where it is in the criteria; else the publication's own words as the reason."""
    found = _named_clause(story.case.basis)
    if found is not None:
        return {"criterion_id": found.id, "criterion_text": criterion_text(found)}
    basis = story.case.basis or "发布单位公布为重大事故隐患，未载明条款"
    return {"criterion_reason": basis}


def _named_clause(basis: str) -> Criterion | None:
    if "第" not in basis.rpartition(")")[2] and "项" not in basis:
        return None
    wanted = basis.split()[-1].replace("(", "（").replace(")", "）")
    return db.session.scalar(
        select(Criterion).where(
            Criterion.clause == wanted, or_(Criterion.document_no == "应急管理部令第10号", Criterion.document_no == "")
        )
    )


def _plan(story: Story) -> Steps:
    story.later(days=1)
    yield
    hazard = story.row
    by = story.staff.actors[story.of_plant("safety_manager")]
    changes = {
        "plan_measures": "按规范补装监测报警和联锁装置，整改后组织试运行",
        "plan_responsibility": f"设备部负责，{hazard.responsible_person}具体落实",
        "plan_money_fen": (20 + story.index * 3) * 1_000_000,
        "plan_money_source": "安全生产费用",
        "plan_deadline": hazard.deadline,
        "plan_contingency": "现场处置方案已修订并演练，应急物资到位",
        "plan_situation": f"{hazard.place}：{hazard.description[:120]}",
        "plan_harm": "一旦失控可致人员伤亡；整改须局部停产，难度中等",
        "congress_told_on": shanghai_day(story.at),
    }
    working.correct(hazard, changes, by=by, now=story.at)
    yield from _ask(story, Action.PLAN, story.of_plant("safety_manager"), {})
    yield from _sign(story, story.of_plant("principal"))
    story.later(days=1)
    yield
    working.file_plan(story.row, by=story.office("jc1"), now=story.at)
    paperwork.planned(story)


def _work(story: Story) -> Steps:
    now = story.later(days=4)
    yield
    hazard = story.row
    by = story.staff.actors[_responsible(story)]
    major = hazard.grade is Grade.MAJOR
    facts: dict[str, object] = {
        "result": "已按方案整改，现场试运行正常",
        "completed_on": shanghai_day(now),
        "real_cost_fen": (18 + story.index * 3) * 1_000_000 if major else 120_000,
    }
    if major:
        facts |= {
            "cause": "设计安装时未按现行标准配置，日常检查未识别",
            "similar_checked": "已排查同类设备 6 台，未见同类问题",
            "lasting_measure": "列入设备技术规程和月检查表",
        }
    after = drawing(story.index, after=True, taken_at=now - timedelta(minutes=30), caption="整改后")
    document = drawing(story.index + 1, after=True, taken_at=now, caption="评估现场") if major else None
    work = working.Work((), "整改完成", facts, (after,), (document,) if document else ())
    working.record_work(hazard, work, by=by, now=now)


def _apply(story: Story) -> Steps:
    """Ask for the verification; where an application comes first, it is signed."""
    hazard = story.row
    yield from _ask(story, Action.VERIFY, _responsible(story), {})
    if hazard.grade is Grade.MAJOR or hazard.origin is Origin.ORDERED:
        yield from _sign(story, story.of_plant("principal"))
    paperwork.applied(story)


def _verify(story: Story) -> Steps:
    hazard = story.row
    if hazard.grade is Grade.GENERAL and hazard.origin is Origin.SELF_FOUND:
        yield from _sign(story, story.of_plant("safety_manager"), fallback=story.of_plant("principal"))
        return
    story.later(days=1)
    yield from _sign(story, story.of_office("jc1"), story.of_office("jc2"))
    paperwork.verified(story)


def _close(story: Story) -> Steps:
    hazard = story.row
    if hazard.grade is Grade.GENERAL and hazard.origin is Origin.SELF_FOUND:
        yield from _ask(story, Action.CLOSE, story.of_plant("principal"), {})
        yield from _sign(story, story.of_plant("plant_manager"), fallback=story.of_plant("principal"))
        return
    yield from _ask(story, Action.CLOSE, story.of_office("sh"), {})
    signers = ["sh", "fg"] if hazard.grade is Grade.MAJOR else ["sh"]
    yield from _sign(story, *[story.of_office(login) for login in signers])
    paperwork.closed(story)


def _dismiss(story: Story) -> Steps:
    reason = "现场核对：20 张作业证为旧版式样，审批时间与监控记录一致，不构成隐患"
    yield from _ask(story, Action.DISMISS, story.of_plant("safety_manager"), {"reason": reason})
    yield from _sign(story, story.of_plant("safety_manager"))


def _extend(story: Story) -> Steps:
    hazard = story.row
    assert hazard.deadline is not None
    new = hazard.deadline + timedelta(days=30)
    offered: dict[str, object] = {"reason": "定制部件到货推迟，已签供货合同", "new_deadline": new.isoformat()}
    paperwork.extension_asked(story, offered)
    yield from _ask(story, Action.EXTEND, story.of_plant("principal"), offered)
    if hazard.grade is Grade.MAJOR:
        yield from _sign(story, story.of_plant("principal"), *[story.of_office(login) for login in ("jc1", "sh", "fg")])
    else:
        yield from _sign(story, story.of_plant("principal"), *[story.of_office(login) for login in ("jc1", "sh")])
    paperwork.extension_decided(story)


def _ask(story: Story, action: Action, by: str, offered: dict[str, object]) -> Steps:
    now = story.later(hours=2)
    yield
    requests.open_request(story.row, action, by=story.staff.actors[by], offered=offered, now=now)


def _sign(story: Story, *signers: str, fallback: str = "") -> Steps:
    for key in signers:
        story.later(hours=5)
        yield
        try:
            _sign_now(story, key)
        except Refusal:
            if not fallback:
                raise
            _sign_now(story, fallback)


def _sign_now(story: Story, key: str) -> None:
    requests.sign(
        story.row,
        by=story.staff.actors[key],
        verdict=Verdict.APPROVED,
        opinion="同意",
        manner=Manner.PASSWORD if story.row.grade is Grade.MAJOR else Manner.CONFIRMED,
        now=story.at,
    )

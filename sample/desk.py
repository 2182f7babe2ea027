"""What lies on the desks of the main district's offices today: papers issued lately, one voided, some that wait.

Called once the story is told; everything goes through the operations people use.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Final

from accounts.models import Regulator
from core.days import SHANGHAI, shanghai_day
from core.db import db, unit_of_work
from notices.certificates import make_certificate
from notices.fields import Said
from notices.operations import drafting, reviewing, voiding
from notices.operations.numbering import NumberingSaid, set_numbering
from reports import closing, closing_work
from reports.rules import month_of
from sample.papers import Hands, begun, made_out, posted, sent
from sample.staff import MAIN_DISTRICT, Staff
from sample.story import Story
from workflows.notices import NoticeKind

K = NoticeKind
SIGNING: Final = (f"{MAIN_DISTRICT}-yj", f"{MAIN_DISTRICT}-aw")
"""Offices whose papers bear a certificate made by the installation itself."""
OWN_NUMBERS: Final = (K.ORDER, K.REINSPECTION)
OVERDUE, WAITS, PASSED, REVOKED, INTERVIEWED = "C0046", "C0007", "C0105", "C0098", "C0190"
MOVED, ANSWERED, TOLD_ALL = "C0067", "C0107", ("C0046", "C0007", "C0105")
ASKED: Final = "请立即落实管控措施，专人值守；加快整改，按期完成；书面反馈整改进展并附佐证材料。"


def set_up(staff: Staff, now: datetime) -> None:
    """Certificates, and numbers as the emergency office of the main district writes them."""
    for key in SIGNING:
        make_certificate(db.session.get_one(Regulator, staff.offices[key]), by=None, now=now)
    office = db.session.get_one(Regulator, staff.offices[SIGNING[0]])
    for kind in OWN_NUMBERS:
        said = NumberingSaid("（渝北）应急{文种}〔{年}〕{序号}号", kind.value)
        set_numbering(office, kind, said, by=staff.actors[f"{SIGNING[0]}-sh"], now=now)


def lay_out(staff: Staff, stories: Mapping[str, Story], now: datetime) -> None:
    """Yesterday's papers and today's."""
    yesterday = datetime.combine(shanghai_day(now) - timedelta(days=1), time(10, 20), SHANGHAI)
    with unit_of_work():
        _letters(staff, stories, yesterday, now)
    with unit_of_work():
        _voided(staff, stories, yesterday)
        _others(staff, stories, yesterday)


def close_last_month(staff: Staff, now: datetime) -> None:
    """The committee's clerk closed last month: its ledgers are frozen; its statistics are issued as a paper."""
    clerk = staff.actors[f"{MAIN_DISTRICT}-aw-bg"]
    with unit_of_work():
        close = closing.begin(month_of(shanghai_day(now)).before().code, by=clerk, now=now)
        close_id, claim = close.id, close.claim
    closing_work.run(close_id, claim, by=clerk, clock=lambda: now)
    reviewer = staff.actors[f"{SIGNING[0]}-sh"]
    with unit_of_work():
        period = {"period": month_of(shanghai_day(now)).before().code}
        made_out(K.STATISTICS, [], period, Hands(reviewer, reviewer), now)


def _office(staff: Staff, key: str = SIGNING[0]) -> Hands:
    return Hands(*(staff.actors[f"{key}-{login}"] for login in ("jc1", "fg", "sh")))


def _letter(now: datetime, days: int = 10) -> dict[str, Said]:
    return {
        "asked": ASKED,
        "answer_by": shanghai_day(now) + timedelta(days=days),
        "contact": "检查人员·䶮 023-6700 0000",
    }


def _letters(staff: Staff, stories: Mapping[str, Story], yesterday: datetime, now: datetime) -> None:
    """One sent, one that waits to be reviewed, one that waits to be issued, one draft without its answer date."""
    hands = _office(staff)
    assert hands.reviewer is not None
    issued = made_out(K.LETTER, [stories[OVERDUE].row], _letter(yesterday), hands, yesterday)
    posted(issued, hands.drafter, yesterday)
    sent(begun(K.LETTER, [stories[WAITS].row], _letter(now), hands.drafter, now), hands.drafter, now)
    passed = begun(K.LETTER, [stories[PASSED].row], _letter(now), hands.drafter, now)
    sent(passed, hands.drafter, now)
    reviewing.approve(passed.id, by=hands.reviewer, now=now)
    begun(K.INTERVIEW, [stories[OVERDUE].row], {"who": "主要负责人·𬭬"}, hands.drafter, now)


def _voided(staff: Staff, stories: Mapping[str, Story], yesterday: datetime) -> None:
    """An issued paper that is voided, and a number taken early and given up: both stay used, with their reasons."""
    hands = _office(staff)
    earlier = yesterday - timedelta(days=2)
    wrong = made_out(K.LETTER, [stories[PASSED].row], _letter(earlier, days=100), hands, earlier)
    voiding.void(wrong.id, reason="反馈期限写错，另行印发", by=hands.issuer, now=yesterday)
    order = begun(K.ORDER, [stories[REVOKED].row], {}, hands.drafter, earlier)
    drafting.take_early(order.id, by=hands.drafter, now=earlier)
    drafting.withdraw(order.id, reason="现场核对后并入前一份指令书，不再另行责令", by=hands.drafter, now=yesterday)


def _others(staff: Staff, stories: Mapping[str, Story], yesterday: datetime) -> None:
    """A bulletin of the committee's office, an interview, a transfer, an answer to an informant."""
    at = f"{MAIN_DISTRICT}-aw"
    committee = Hands(*(staff.actors[f"{at}-{login}"] for login in ("bg", "bfg", "bsh")))
    told: dict[str, Said] = {"to": "各镇街，区级有关部门，有关企业", "asked": ASKED, "copies": "区人民政府办公室"}
    made_out(K.BULLETIN, [stories[case].row for case in TOLD_ALL], told, committee, yesterday)
    story = stories[INTERVIEWED]
    office = Hands(story.office("jc1"), story.office("fg"), story.office("sh"))
    invited: dict[str, Said] = {
        "who": "主要负责人·𬭬、安全管理人员·镕",
        "at": yesterday + timedelta(days=5),
        "where": "区应急指挥中心二楼会议室",
        "bring": "整改方案、管控措施检查记录、资金凭证",
        "contact": "检查人员·䶮 023-6700 0000",
    }
    made_out(K.INTERVIEW, [story.row], invited, office, yesterday)
    moved: dict[str, Said] = {
        "to": "重庆市渝北区公安分局",
        "reason": "涉及流向信息管理，依法由公安机关处理",
        "materials": "现场检查记录、照片各一份",
    }
    story = stories[MOVED]
    made_out(K.TRANSFER, [story.row], moved, Hands(story.office("jc1"), story.office("sh")), yesterday)
    answer: dict[str, Said] = {
        "findings": "经现场核查，反映的情况属实。",
        "outcome": "已责令限期整改，整改情况将继续跟踪；可凭举报凭证查询。",
        "contact": "举报受理·午 023-6700 0001",
    }
    story = stories[ANSWERED]
    hands = Hands(story.office("jb"), story.office("fg"), story.office("sh"))
    made_out(K.COMPLAINT_ANSWER, [story.row], answer, hands, yesterday)

"""Which papers go with the sample's tales: what an office and an enterprise would make out at each step, and when.

Each function is called by `story.py` at its step and makes papers at `story.at`; which tale gets which paper is fixed
here, so that every kind, every way of service and every state of a paper has an example.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from core.days import shanghai_day
from notices.fields import Said
from notices.models import Notice
from notices.operations import drafting
from sample.papers import Hands, begun, handed_over, issued, left, made_out, posted
from sample.staff import MAIN_DISTRICT
from workflows.notices import NoticeKind
from workflows.vocabulary import Grade

if TYPE_CHECKING:
    from sample.story import Story

K = NoticeKind
BASIS: Final = "《中华人民共和国安全生产法》第六十五条第一款第二项、第七十条"
LISTED: Final = ("C0217", "C0049")
"""Listed by the district's committee; the second is closed and taken off."""
STOPPED: Final = ("C0049", "C0079")
"""Parts of them are stopped on the spot; the first is allowed to start again."""
LEFT: Final = "C0193"
POSTED: Final = "C0045"
SHARE: Final = 6
"""Of the papers that go with a step only every so many tales have theirs: the sample has to move in quickly."""


def _on_site(story: Story) -> Hands:
    return Hands(story.office("jc1"), story.office("jc2"))


def _reviewed(story: Story) -> Hands:
    return Hands(story.office("jc1"), story.office("fg"), story.office("sh"))


def _committee(story: Story) -> Hands:
    at = f"{story.case.region}-aw"
    actors = story.staff.actors
    return Hands(actors[f"{at}-bg"], actors[f"{at}-bfg"], actors[f"{at}-bsh"])


def _firm(story: Story) -> Hands:
    manager = story.plant("safety_manager")
    return Hands(manager, manager)


# --- what was found and ordered --------------------------------------------------------------------------------


def order_begun(story: Story) -> Notice:
    """The order with the number that two inspectors will sign."""
    hands, now = _on_site(story), story.at
    if story.index % SHARE == 1:
        _inspected(story, hands)
    order = begun(K.ORDER, [story.row], {"basis": BASIS}, hands.drafter, now)
    return drafting.take_early(order.id, by=hands.drafter, now=now)


def _inspected(story: Story, hands: Hands) -> None:
    now = story.at
    fields: dict[str, Said] = {
        "place": story.row.place,
        "from_at": now - timedelta(hours=2),
        "until_at": now - timedelta(minutes=30),
        "recusal": True,
        "person": "现场负责人·辰",
        "person_title": "车间主任",
        "opinion": "情况属实",
    }
    made_out(K.INSPECTION_RECORD, [story.row], fields, hands, now)


def order_served(story: Story, order: Notice) -> None:
    """The order issued and served; the head told of a major one; stopped, listed where the tale says so."""
    hands, now = _on_site(story), story.at
    issued(order, hands, now)
    serve = {LEFT: left, POSTED: posted}.get(story.case.id, handed_over)
    serve(order, hands.drafter, now)
    if story.row.grade is not Grade.MAJOR:
        return
    if story.index % 2:
        handed_over(made_out(K.TOLD, [story.row], {}, hands, now), hands.drafter, now)
    if story.case.id in STOPPED:
        _stopped(story)
    if story.case.id in LISTED:
        _listed(story)


def _stopped(story: Story) -> None:
    fields: dict[str, Said] = {
        "measures": f"停止使用{story.row.place}内存在隐患的设备，撤出作业人员，隐患排除并经审查同意前不得恢复。",
        "basis": "《中华人民共和国安全生产法》第七十条",
        "from_at": story.at,
    }
    notice = made_out(K.MEASURE_DECISION, [story.row], fields, _reviewed(story), story.at)
    handed_over(notice, story.office("jc1"), story.at)


def _listed(story: Story) -> None:
    today = shanghai_day(story.at)
    fields: dict[str, Said] = {
        "decision": f"区政府专题会议纪要〔{today.year}〕{story.index}号",
        "basis": "整改须局部停产，涉及人员密集场所，社会影响大",
        "until": today + timedelta(days=180),
        "plan_by": today + timedelta(days=10),
        "copies": "区人民政府办公室",
    }
    notice = made_out(K.LISTING, [story.row], fields, _committee(story), story.at)
    story.listed_as = notice.number or ""


# --- plan, work, verification ----------------------------------------------------------------------------------


def planned(story: Story) -> None:
    """The report of a major hazard, to be signed on paper."""
    if story.index % 4 != 3:
        return
    fields: dict[str, Said] = {"target": "消除隐患，达到现行标准要求，整改后连续运行一个月无报警"}
    made_out(K.HAZARD_REPORT, [story.row], fields, _firm(story), story.at)


def applied(story: Story) -> None:
    """The application for verification, on paper."""
    if story.index % SHARE == 3:
        made_out(K.ACCEPTANCE_REQUEST, [story.row], {"self_check": "逐项自验合格"}, _firm(story), story.at)


def verified(story: Story) -> None:
    """What the two inspectors found when they came back."""
    if story.index % 2 and story.case.id not in STOPPED:
        return
    hands, now = _on_site(story), story.at
    today = shanghai_day(now)
    notice = made_out(K.REINSPECTION, [story.row], {"on": today}, hands, now)
    handed_over(notice, hands.drafter, now)
    if story.row.grade is not Grade.MAJOR:
        return
    fields: dict[str, Said] = {
        "on": today,
        "result": "合格",
        "opinion": "已按方案整改完成，现场核查与佐证材料一致，同意通过验收。",
    }
    made_out(K.ACCEPTANCE_OPINION, [story.row], fields, hands, now)
    if story.case.id in STOPPED:
        checked: dict[str, Said] = {
            "checked": "设备整改完成并试运行正常，人员培训合格。",
            "from_on": today + timedelta(days=1),
        }
        made_out(K.RESUME_CONSENT, [story.row], checked, _reviewed(story), now)


def closed(story: Story) -> None:
    """The closure form; a listed one is taken off the list."""
    if story.index % SHARE == 0:
        by = story.office("sh")
        made_out(K.CLOSURE_FORM, [story.row], {}, Hands(by, by), story.at)
    if story.listed_as:
        fields: dict[str, Said] = {
            "original": story.listed_as,
            "on": shanghai_day(story.at),
            "copies": "区人民政府办公室",
        }
        made_out(K.DELISTING, [story.row], fields, _committee(story), story.at)


# --- extension -------------------------------------------------------------------------------------------------


def extension_asked(story: Story, offered: dict[str, object]) -> None:
    """The application on paper."""
    if story.case.region != MAIN_DISTRICT:
        return
    fields: dict[str, Said] = {
        "until": str(offered["new_deadline"]),
        "reason": str(offered["reason"]),
        "controls": "停用相关设备，专人值守，每日检查并记录",
    }
    made_out(K.EXTENSION_REQUEST, [story.row], fields, _firm(story), story.at)


def extension_decided(story: Story) -> None:
    """The office's decision, handed over."""
    if story.case.region != MAIN_DISTRICT:
        return
    assert story.row.deadline is not None
    fields: dict[str, Said] = {
        "decision": "同意延期",
        "until": story.row.deadline,
        "reason": "理由属实，延期期间管控措施可行",
    }
    notice = made_out(K.EXTENSION_DECISION, [story.row], fields, _reviewed(story), story.at)
    handed_over(notice, story.office("jc1"), story.at)

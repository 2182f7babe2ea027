"""The rows of the home page in words: what waits, what is overdue and who has it, what was sent (pages.md §5)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from flask import url_for

from accounts.access import Actor
from accounts.queries import PersonLabel
from accounts.roles import Role, Side
from core.days import shanghai_day
from hazards.case import SEATED
from hazards.models import DraftStage, Hazard, ImportDraft
from hazards.presenting.importing import progress_of, tally_words
from hazards.presenting.words import headline, waited_text
from hazards.rules import WaitingFor
from hazards.waiting import WaitingItem
from reports.rules import ask_for, short_day, verb_for
from reports.waiting import HazardRow, must_reinspect
from workflows.closure import REPORTERS
from workflows.colours import Timing, days_words, tone
from workflows.vocabulary import Action, State


@dataclass(frozen=True, slots=True)
class TodoRow:
    """One row as templates/_components/todo.html draws it."""

    what: str
    url: str
    number: str = ""
    tone: str = ""
    ask: str = ""
    meta: tuple[str, ...] = ()
    holder: str = ""
    holder_before: str = ""
    holder_after: str = ""
    days: str = ""
    days_tone: str = ""
    date: str = ""
    verb: str = ""
    act_url: str = ""
    act_method: str = ""


class Held(NamedTuple):
    """Who has a hazard: the words before the name, the name, the words after it."""

    before: str = ""
    who: str = ""
    after: str = ""


def hazard_url(number: str) -> str:
    """The page of a hazard."""
    return url_for("hazards.detail", number=number)


# --- what waits for me -----------------------------------------------------------------------------------------


def to_do(item: WaitingItem, labels: Mapping[int, PersonLabel], actor: Actor, now: datetime) -> TodoRow:
    """A row of 等我处理: the hazard, what is asked, by when, and the one verb."""
    today = shanghai_day(now)
    signs = item.what is WaitingFor.SIGN
    days, timing = days_words(item.state, item.due_on, today)
    return TodoRow(
        what=headline(item.description),
        url=hazard_url(item.number),
        number=item.number,
        tone=tone(item.state, item.grade, item.tier, item.due_on, today) or "",
        ask=f"{item.grade.label}隐患 · {ask_for(item.action, item.step_label, signs=signs)}",
        meta=_meta(item, labels, actor, now),
        days="" if timing is None else days,
        days_tone=_days_tone(timing),
        date="" if timing is None else short_day(item.due_on, today),
        verb=verb_for(item.action, signs=signs),
        act_url=_act_url(item, signs=signs),
    )


def _act_url(item: WaitingItem, *, signs: bool) -> str:
    """Where the verb leads: signing has its page, and so have the plan and the work; the rest begins in a form."""
    number = item.number
    if signs:
        return url_for("hazards.sign", number=number)
    if item.action is Action.PLAN:
        return url_for("hazards.plan", number=number)
    if item.action is Action.VERIFY and item.role is None:
        return url_for("hazards.work", number=number)
    return hazard_url(number)


def _meta(item: WaitingItem, labels: Mapping[int, PersonLabel], actor: Actor, now: datetime) -> tuple[str, ...]:
    words = [item.enterprise_name if actor.side is Side.REGULATOR else "", item.place]
    sender = labels.get(item.sender_id) if item.sender_id is not None else None
    if sender is not None and item.sender_id != actor.person_id:
        words.append(f"{sender.name} 提交，{waited_text(item.since, now)}")
    else:
        words.append(waited_text(item.since, now))
    behind = labels.get(item.instead_of) if item.instead_of is not None else None
    if behind is not None:
        words.append(f"代理 {behind.name}")
    return _said_once(words)


def _said_once(words: Iterable[str]) -> tuple[str, ...]:
    """Without empty ones and doubles: what was found in a whole plant has its name for a place too."""
    return tuple(dict.fromkeys(word for word in words if word))


def _days_tone(timing: Timing | None) -> str:
    return {Timing.SOON: "soon", Timing.LATE: "late"}.get(timing, "") if timing is not None else ""


# --- what others have ------------------------------------------------------------------------------------------


def late_row(row: HazardRow, actor: Actor, now: datetime) -> TodoRow:
    """A row of 已逾期: who has it now, how often urged; an inspector's task where nobody applied in time."""
    hazard, today = row.hazard, shanghai_day(now)
    days, timing = days_words(hazard.state, hazard.deadline, today)
    reinspect = must_reinspect(row, actor, today)
    held = _held(row, (), now)
    verb, act_url, method = _late_verb(hazard, actor, reinspect=reinspect)
    return TodoRow(
        what=headline(hazard.description),
        url=hazard_url(hazard.number),
        number=hazard.number,
        tone=tone(hazard.state, hazard.grade, hazard.tier, hazard.deadline, today) or "",
        ask="复查任务：期限已过，企业没有申请验收，请到现场复查" if reinspect else "",
        meta=_place(row, actor),
        holder_before=held.before,
        holder=held.who,
        holder_after=held.after,
        days=days,
        days_tone=_days_tone(timing),
        date=short_day(hazard.deadline, today),
        verb=verb,
        act_url=act_url,
        act_method=method,
    )


def _late_verb(hazard: Hazard, actor: Actor, *, reinspect: bool) -> tuple[str, str, str]:
    if reinspect:
        return "去复查", hazard_url(hazard.number), ""
    if not may_remind(hazard, actor):
        return "", "", ""
    return "催办", url_for("hazards.remind", number=hazard.number), "post"


def may_remind(hazard: Hazard, actor: Actor) -> bool:
    """Whether 催办 is offered: to those with a part in the matter; a landlord or client only looks on."""
    if not hazard.holder or not actor.holds(*SEATED):
        return hazard.reporter_id == actor.person_id
    return actor.side is Side.REGULATOR or hazard.enterprise_id == actor.enterprise_id


def unaccepted_row(row: HazardRow, actor: Actor, now: datetime) -> TodoRow:
    """A row of 逾期未受理: the reviewer may accept ex officio, others urge the enterprise."""
    hazard, today = row.hazard, shanghai_day(now)
    days, timing = days_words(State.REPORTED, hazard.accept_due, today)
    held = _held(row, (), now)
    is_reviewer = actor.holds(Role.REVIEWER)
    remind = may_remind(hazard, actor)
    urge = (url_for("hazards.remind", number=hazard.number), "post") if remind else ("", "")
    act_url, method = (hazard_url(hazard.number), "") if is_reviewer else urge
    return TodoRow(
        what=headline(hazard.description),
        url=hazard_url(hazard.number),
        number=hazard.number,
        tone="red",
        meta=_place(row, actor),
        holder_before=held.before,
        holder=held.who,
        holder_after=held.after,
        days=days,
        days_tone=_days_tone(timing),
        date=short_day(hazard.accept_due, today),
        verb="依职权受理" if is_reviewer else "催办" if remind else "",
        act_url=act_url,
        act_method=method,
    )


def sent_row(row: HazardRow, mine: Collection[str], now: datetime) -> TodoRow:
    """A row of 我发出的: what it is about, who has it and since when."""
    hazard = row.hazard
    held = _held(row, mine, now)
    about = row.request_action.label if row.request_action else hazard.state.label
    return TodoRow(
        what=headline(hazard.description),
        url=hazard_url(hazard.number),
        holder_before=f"{about}：{held.before}",
        holder=held.who,
        holder_after=held.after,
    )


def _held(row: HazardRow, mine: Collection[str], now: datetime) -> Held:
    hazard = row.hazard
    if not hazard.holder:
        return Held()
    after = [f"{_doing(row)}，{waited_text(hazard.holder_since, now)}"]
    if row.reminders:
        after.append(f"已 {row.reminders} 次催办")
    who = "我" if hazard.number in mine else hazard.holder
    return Held("现在由", who, "，".join(after))


def _doing(row: HazardRow) -> str:
    if row.request_action is not None:
        return f"签批{row.request_action.label}"
    return "整改" if row.hazard.state is State.RECTIFYING else "办理"


def _place(row: HazardRow, actor: Actor) -> tuple[str, ...]:
    return _said_once((row.enterprise_name if actor.side is Side.REGULATOR else "", row.hazard.place))


def summary(waiting: int, dues: Collection[date | None], today: date) -> str:
    """等我处理 5 项，其中 1 项已逾期、2 项三天内到期."""
    if not waiting:
        return "没有等我处理的事项"
    late = sum(1 for due in dues if due is not None and due < today)
    soon = sum(1 for due in dues if due is not None and 0 <= (due - today).days <= 3)
    parts = [f"{late} 项已逾期"] * bool(late) + [f"{soon} 项三天内到期"] * bool(soon)
    return f"等我处理 {waiting} 项" + (f"，其中 {'、'.join(parts)}" if parts else "")


def may_report(actor: Actor) -> bool:
    """Whether 上报隐患 is offered: to whoever may report through any channel."""
    return any(actor.holds(*roles) for roles in REPORTERS.values())


def late_remark(to_reinspect: int, above: int) -> str:
    """Which of the overdue ones are an inspector's task, and how many stand above already."""
    parts = [f"待复查 {to_reinspect} 条"] * bool(to_reinspect) + [f"等我处理 {above} 条，见上"] * bool(above)
    return f"其中{'，'.join(parts)}" if parts else ""


def late_title(actor: Actor) -> str:
    """Of whom the overdue ones are."""
    return "本单位已逾期" if actor.side is Side.ENTERPRISE else "辖区内已逾期"


def idle_text(actor: Actor) -> str:
    """What a person does while nothing waits."""
    if actor.holds(Role.WORKER, Role.TEAM_LEADER):
        return "发现隐患，随手拍照上报，一分钟即可。"
    if actor.side is Side.ENTERPRISE:
        return "上报的隐患轮到您受理、验收或销号时，会出现在这里。"
    return "轮到您复查、审核或批准的事项，会出现在这里。"


def import_row(draft: ImportDraft, now: datetime) -> TodoRow:
    """A ledger that waits for its owner's decision, or is being worked on."""
    url = url_for("hazards.import_draft", draft_id=draft.id)
    progress = progress_of(draft, now)
    if draft.stage is DraftStage.READY:
        ask, verb = tally_words(draft.figures), "去确认"
    elif draft.stage is DraftStage.REFUSED:
        ask, verb = draft.said, "看原因"
    elif progress.stalled:
        ask, verb = "中断了，没有写入的部分谁也看不到。", "重新开始"
    else:
        ask, verb = progress.words, "看进度"
    return TodoRow(what=f"导入《{draft.file_name}》", url=url, ask=ask, verb=verb, act_url=url)


class SystemDuty(NamedTuple):
    """What one of the system's three does, and where."""

    text: str
    url: str
    end: str
    tone: str = ""


def system_duties(actor: Actor) -> tuple[SystemDuty, ...]:
    """The pages of administration this person has; the system's people see no hazard (domain.md §2)."""
    duties: list[SystemDuty] = []
    if actor.holds(Role.SYSTEM_ADMIN):
        duties += [
            SystemDuty("无人可办的环节", url_for("hazards.nobody"), "补充人员、授予角色"),
            SystemDuty("监管单位和人员", url_for("administration.regulators_page"), "设单位、开账号、授角色"),
            SystemDuty("企业和人员", url_for("administration.enterprises"), "登记企业"),
            SystemDuty("区域", url_for("administration.regions"), "区县、功能区、镇街"),
            SystemDuty("工作日表", url_for("administration.calendar"), "每年装载一次"),
            SystemDuty("台账表头用语", url_for("administration.header_titles"), "导入时怎样认列"),
        ]
    if actor.holds(Role.SECURITY_ADMIN):
        what = "重设密码、解锁、移除动态口令、退出时间"
        duties.append(SystemDuty("登录与锁定", url_for("administration.security"), what))
    if actor.holds(Role.AUDITOR):
        duties += [
            SystemDuty("审计", url_for("audit.index"), "谁在何时做了什么"),
            SystemDuty("登录记录", url_for("audit.sign_ins"), "谁在何时从何处登录"),
            SystemDuty("核验", url_for("audit.checks"), "经过有没有被改"),
        ]
    return (*duties, SystemDuty("我的账户", url_for("accounts.me"), "改密码、动态口令、登录着的设备"))

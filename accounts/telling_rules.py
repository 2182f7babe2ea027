"""What people may be told of besides in the product, and when: topics, kinds of messages, quiet hours, digests. Pure.

A message of a kind that stands in no row belongs to 交给我的事项: what is meant for somebody reaches them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import StrEnum
from typing import Final

from core.days import SHANGHAI

DAILY_HOUR: Final = 8
QUIET: Final = (time(22, 0), time(7, 0))


class Topic(StrEnum):
    """What a message is about, as people choose it; `for_groups`: it may be said in a group of the organisation.

    What is said in a group concerns the organisation, never one person's account, comments or substitution.
    """

    label: str
    words: str
    for_groups: bool

    def __new__(cls, value: str, label: str = "", words: str = "", for_groups: bool = False) -> Topic:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.words = words
        member.for_groups = for_groups
        return member

    MAJOR = "major", "重大隐患和报警", "新报重大隐患、管控措施漏检或失效、无人可办", True
    OVERDUE = "overdue", "逾期", "已经逾期的隐患，第一天和以后每周", True
    DUE = "due", "到期提醒", "提前 3 天、提前 1 天和当天", True
    INSPECTION = "inspection", "排查提醒", "今天要做、还没有做和漏掉的排查", True
    LISTS = "lists", "清单升级", "没有按时清的隐患进到上一级清单", True
    WORK = "work", "交给我的事项", "指派、移交、签批、会签、催办、异议、申请作废", False
    TALK = "talk", "评论和关注", "提到我的评论、我关注的隐患", False
    ACCOUNT = "account", "账户和代理", "动态口令、恢复码、代理的变化", False
    FILES = "files", "导入和台账", "台账导入完成、大台账已生成、月结办完", False


URGENT: Final = frozenset({Topic.MAJOR, Topic.OVERDUE})
"""What may come through quiet hours and past a digest, where somebody wants that."""

USUAL: Final = frozenset(Topic) - {Topic.TALK, Topic.FILES}
"""What goes out by mail where nobody chose."""

TOPICS: Final[dict[str, Topic]] = {
    "major": Topic.MAJOR,
    "control": Topic.MAJOR,
    "escalated": Topic.MAJOR,
    "nobody": Topic.MAJOR,
    "undelivered": Topic.MAJOR,
    "overdue": Topic.OVERDUE,
    "due": Topic.DUE,
    "inspection": Topic.INSPECTION,
    "missed": Topic.INSPECTION,
    "lists": Topic.LISTS,
    "assigned": Topic.WORK,
    "led": Topic.WORK,
    "worker_report": Topic.WORK,
    "hand_over": Topic.WORK,
    "left": Topic.WORK,
    "co_sign": Topic.WORK,
    "request": Topic.WORK,
    "told": Topic.WORK,
    "void": Topic.WORK,
    "remind": Topic.WORK,
    "objection": Topic.WORK,
    "notice": Topic.WORK,
    "comment": Topic.TALK,
    "watch": Topic.TALK,
    "account": Topic.ACCOUNT,
    "deputy": Topic.ACCOUNT,
    "absence": Topic.ACCOUNT,
    "import": Topic.FILES,
    "ledger": Topic.FILES,
    "closing": Topic.FILES,
    "notice_run": Topic.FILES,
}
"""The topic of each kind of message (the second word of `core.outbox.tell`)."""


def topic_of(kind: str) -> Topic:
    """What a message of this kind is about."""
    return TOPICS.get(kind, Topic.WORK)


class MailMode(StrEnum):
    """How letters come."""

    label: str

    def __new__(cls, value: str, label: str = "") -> MailMode:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member

    EACH = "each", "每条即发"
    DAILY = "daily", "每日一次"
    NEVER = "never", "只在站内"


@dataclass(frozen=True, slots=True)
class Choice:
    """How somebody wants letters; as it stands for whoever chose nothing. `quiet` may pass midnight."""

    mode: MailMode = MailMode.EACH
    daily_hour: int = DAILY_HOUR
    quiet: tuple[time, time] | None = QUIET
    urgent_at_once: bool = True
    topics: frozenset[Topic] = field(default=USUAL)


@dataclass(frozen=True, slots=True)
class Slot:
    """When a message goes out; `gathered` with others of the same moment in one letter."""

    at: datetime
    gathered: bool


def slot_for(choice: Choice, kind: str, now: datetime) -> Slot | None:
    """When a message of this kind leaves by mail; None where it is read in the product only."""
    topic = topic_of(kind)
    if choice.mode is MailMode.NEVER or topic not in choice.topics:
        return None
    if topic in URGENT and choice.urgent_at_once:
        return Slot(now, False)
    if choice.mode is MailMode.DAILY:
        return Slot(_next_at(time(choice.daily_hour), now), True)
    if (until := quiet_until(choice, now)) is not None:
        return Slot(until, True)
    return Slot(now, False)


def quiet_until(choice: Choice, now: datetime) -> datetime | None:
    """The end of the quiet hours that are now; None outside them."""
    if choice.quiet is None or choice.quiet[0] == choice.quiet[1]:
        return None
    first, last = choice.quiet
    here = now.astimezone(SHANGHAI).time()
    inside = first <= here < last if first < last else here >= first or here < last
    return _next_at(last, now) if inside else None


def held_until(choice: Choice, kinds: Iterable[str], now: datetime) -> datetime | None:
    """Until when a letter that is to be sent now must wait because of quiet hours; None: send it."""
    if choice.urgent_at_once and any(topic_of(kind) in URGENT for kind in kinds):
        return None
    return quiet_until(choice, now) if choice.mode is MailMode.EACH else None


def _next_at(clock: time, now: datetime) -> datetime:
    """The next moment at which clocks in Shanghai show this time."""
    here = now.astimezone(SHANGHAI)
    at = here.replace(hour=clock.hour, minute=clock.minute, second=0, microsecond=0)
    return (at if at > here else at + timedelta(days=1)).astimezone(now.tzinfo)

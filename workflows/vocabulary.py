"""The words of the closure workflow, in code and in Chinese.

Values are stored, exported and used by the interface, so they never change; the Chinese word beside each is
what pages, ledgers and notices print. Source: domain.md §1 and §2 as kept in docs/closure.md.
"""

from __future__ import annotations

from enum import StrEnum


class Label(StrEnum):
    """A code with its Chinese word; `Label.label` is what a person reads."""

    label: str

    # the default is for `Grade("general")`, which looks a member up and passes no label
    def __new__(cls, value: str, label: str = "") -> Label:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        return member


class State(Label):
    """Where a hazard stands."""

    REPORTED = "reported", "已上报"
    RECTIFYING = "rectifying", "整改中"
    VERIFIED = "verified", "已验收"
    CLOSED = "closed", "已销号"
    DISMISSED = "dismissed", "不予认定"

    @property
    def is_open(self) -> bool:
        """Whether somebody still has to act on it."""
        return self in OPEN_STATES


OPEN_STATES = frozenset({State.REPORTED, State.RECTIFYING, State.VERIFIED})


class Grade(Label):
    """How dangerous: a major one needs a stop or is beyond the enterprise's means (16号令)."""

    GENERAL = "general", "一般"
    MAJOR = "major", "重大"


class Channel(Label):
    """How it came in; the first is self-found, the others are ordered (domain.md §1)."""

    SELF_INSPECTION = "self_inspection", "企业自查上报"
    SUPERVISION = "supervision", "督导检查发现"
    COMPLAINT = "complaint", "群众举报核查"

    @property
    def is_self_found(self) -> bool:
        """Whether the enterprise found it itself and so keeps its own sign-offs."""
        return self is Channel.SELF_INSPECTION


class Tier(Label):
    """On which list an open hazard stands (三清三进)."""

    DAY = "day", "日"
    WEEK = "week", "周"
    MONTH = "month", "月"
    QUARTER = "quarter", "季"


class ListingLevel(Label):
    """Which government listed the hazard (挂牌督办)."""

    DISTRICT = "district", "区级"
    CITY = "city", "市级"


class Category(Label):
    """What kind of thing is wrong (domain.md §4 and §9 hazardDangerType)."""

    SAFETY = "safety", "安全"
    PROCESS = "process", "工艺"
    ELECTRICAL = "electrical", "电气"
    INSTRUMENT = "instrument", "仪表"
    FIRE = "fire", "消防"
    LAYOUT = "layout", "总图"
    EQUIPMENT = "equipment", "设备"
    BEHAVIOUR = "behaviour", "人的行为"
    CONDITION = "condition", "物的状态"
    MANAGEMENT = "management", "管理缺陷"
    ENVIRONMENT = "environment", "环境"
    OTHER = "other", "其他"


class StopScope(Label):
    """Whether production was stopped because of the hazard."""

    NONE = "none", "否"
    PARTIAL = "partial", "局部停产"
    FULL = "full", "全部停产"


class Action(Label):
    """What can be done to a hazard, in the order of the workflow table (domain.md §3)."""

    REPORT = "report", "上报"
    ACCEPT = "accept", "受理"
    ORDER = "order", "责令整改"
    PLAN = "plan", "整改方案"
    VERIFY = "verify", "验收"
    RESUME = "resume", "恢复生产"
    CLOSE = "close", "销号"
    DISMISS = "dismiss", "不予认定"
    EXTEND = "extend", "延期"
    REGRADE = "regrade", "调整等级"
    RETURN = "return", "退回"
    REOPEN = "reopen", "重新整改"
    TRANSFER = "transfer", "移送"


class Manner(Label):
    """How a signature was given; printed beside it, since a click is no reliable signature (电子签名法 13)."""

    CONFIRMED = "confirmed", "页面确认"
    PASSWORD = "password", "密码复核"
    PAPER = "paper", "纸质签署·代录"
    AUTOMATIC = "automatic", "系统自动"
    IMPORTED = "imported", "导入"


class Verdict(Label):
    """What a signer decided."""

    APPROVED = "approved", "通过"
    REFUSED = "refused", "不通过"


class RequestStatus(Label):
    """What became of a request to sign off."""

    OPEN = "open", "签批中"
    COMPLETED = "completed", "已通过"
    REFUSED = "refused", "未通过"
    WITHDRAWN = "withdrawn", "已撤回"
    VOID = "void", "因更正作废"
    ENDED = "ended", "被监管部门终止"

"""What a to-do row says about time, by which verb it is taken up, and which month a ledger is of. Pure."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date, datetime

from core.days import end_of_month, start_of_day
from core.refusals import Invalid
from workflows.vocabulary import Action

FIRST_YEAR, LAST_YEAR = 2000, 2100


def short_day(day: date | None, today: date) -> str:
    """11-26; with its year only where that is not this year (pages.md §3)."""
    if day is None:
        return ""
    return f"{day:%m-%d}" if day.year == today.year else day.isoformat()


def since_words(since: date, today: date) -> str:
    """已等 7 天, or 今天开始."""
    waited = (today - since).days
    return f"已等 {waited} 天" if waited > 0 else "今天开始"


# the button that takes an act up: begun by somebody, or signed as a step of an open request
_BEGIN_VERBS: dict[Action, str] = {
    Action.ACCEPT: "去受理",
    Action.ORDER: "去责令",
    Action.PLAN: "补方案",
    Action.VERIFY: "去整改",
    Action.RESUME: "去核查",
    Action.CLOSE: "去销号",
}
_SIGN_VERBS: dict[Action, str] = {Action.ACCEPT: "去受理", Action.VERIFY: "去验收", Action.CLOSE: "去销号"}


def verb_for(action: Action, *, signs: bool) -> str:
    """The one verb of a to-do row."""
    return _SIGN_VERBS.get(action, "去签批") if signs else _BEGIN_VERBS.get(action, "去办理")


_ASKS: dict[Action, str] = {
    Action.ACCEPT: "受理：判定等级，定责任人、期限和管控措施",
    Action.ORDER: "责令整改：定文书号、法律依据和期限",
    Action.PLAN: "补充整改方案，请主要负责人签批",
    Action.VERIFY: "整改，完成后拍照并申请验收",
    Action.RESUME: "审查恢复生产",
    Action.CLOSE: "核对验收意见，提出销号",
}


def ask_for(action: Action, step_label: str, *, signs: bool) -> str:
    """What is asked, in one line."""
    if signs:
        return f"签批{action.label}：{step_label}"
    return _ASKS.get(action, action.label)


# --- months ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Month:
    """The month of a ledger."""

    year: int
    number: int

    @property
    def code(self) -> str:
        """2026-10."""
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def label(self) -> str:
        """2026年10月."""
        return f"{self.year}年{self.number}月"

    @property
    def begins(self) -> datetime:
        """Its first instant, Shanghai, as aware UTC."""
        return start_of_day(date(self.year, self.number, 1))

    @property
    def ends(self) -> datetime:
        """The first instant after it: a ledger shows what stood just before."""
        return end_of_month(self.year, self.number)

    @property
    def last_day(self) -> date:
        """Its last day."""
        return date(self.year, self.number, calendar.monthrange(self.year, self.number)[1])

    def before(self) -> Month:
        """The month before."""
        return Month(self.year - 1, 12) if self.number == 1 else Month(self.year, self.number - 1)


def month_of(day: date) -> Month:
    """The month a day lies in."""
    return Month(day.year, day.month)


def parse_month(text: str, today: date) -> Month:
    """The month written 2026-10; `Invalid` for another form, or a month that has not begun."""
    found = re.fullmatch(r"(\d{4})-(\d{1,2})", text.strip(), re.ASCII)
    if found is None or not 1 <= int(found[2]) <= 12 or not FIRST_YEAR <= int(found[1]) <= LAST_YEAR:
        raise Invalid("月份要写成 2026-10 这样。请改正。", fields={"month": "请写成 2026-10 这样。"})
    month = Month(int(found[1]), int(found[2]))
    if start_of_day(today) < month.begins:
        raise Invalid(f"{month.label}还没有开始，没有台账。请选以前的月份。", fields={"month": "这个月还没有开始。"})
    return month

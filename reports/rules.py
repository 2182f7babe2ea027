"""What a to-do row says about time, by which verb it is taken up, and which period a ledger is of. Pure."""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final, Literal

from core.days import shanghai_day, start_of_day
from core.refusals import Invalid
from workflows.vocabulary import Action

FIRST_YEAR, LAST_YEAR = 2000, 2100
ONE_DAY = timedelta(days=1)


def short_day(day: date | None, today: date) -> str:
    """11-26; with its year only where that is not this year (pages.md §3)."""
    if day is None:
        return ""
    return f"{day:%m-%d}" if day.year == today.year else day.isoformat()


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


# --- the period of a ledger ------------------------------------------------------------------------------------

Kind = Literal["month", "quarter", "year", "range"]
_QUARTERS = "一二三四"


@dataclass(frozen=True, slots=True)
class Period:
    """The days a ledger is of, both included: Shanghai days.

    Two ways to write the same days are the same period: 2026-10-01..2026-10-31 is the month 2026-10.
    """

    first_day: date
    last_day: date

    @property
    def kind(self) -> Kind:
        """Month, quarter, year, or any other range."""
        for kind, of_day in _WHOLE.items():
            if self == of_day(self.first_day):
                return kind
        return "range"

    @property
    def code(self) -> str:
        """2026-10, 2026-Q3, 2026, 2026-01-15..2026-03-31."""
        return _CODES[self.kind](self)

    @property
    def label(self) -> str:
        """2026年10月, 2026年第三季度, 2026年, 2026年1月15日至3月31日."""
        return _LABELS[self.kind](self)

    @property
    def begins(self) -> datetime:
        """Its first instant, Shanghai, as aware UTC."""
        return start_of_day(self.first_day)

    @property
    def ends(self) -> datetime:
        """The first instant after it: a ledger shows what stood just before."""
        return start_of_day(self.last_day + ONE_DAY)

    def before(self) -> Period:
        """The month, quarter or year before; for a range as many days as it has, directly before it."""
        last = self.first_day - ONE_DAY
        if self.kind == "range":
            return Period(last - (self.last_day - self.first_day), last)
        return _WHOLE[self.kind](last)

    def is_over(self, now: datetime) -> bool:
        """Whether its figures move no more."""
        return self.last_day < shanghai_day(now)


def month_of(day: date) -> Period:
    """The month a day lies in."""
    return Period(day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def quarter_of(day: date) -> Period:
    """The quarter a day lies in."""
    first = (day.month - 1) // 3 * 3 + 1
    return Period(date(day.year, first, 1), month_of(date(day.year, first + 2, 1)).last_day)


def year_of(day: date) -> Period:
    """The year a day lies in."""
    return Period(date(day.year, 1, 1), date(day.year, 12, 31))


def quarter_number(period: Period) -> int:
    """1 to 4."""
    return (period.first_day.month + 2) // 3


def _range_label(period: Period) -> str:
    first, last = period.first_day, period.last_day
    begun = f"{first.year}年{first.month}月{first.day}日"
    if first == last:
        return begun
    year = f"{last.year}年" if last.year != first.year else ""
    month = f"{last.month}月" if (last.year, last.month) != (first.year, first.month) else ""
    return f"{begun}至{year}{month}{last.day}日"


_WHOLE: Final[dict[Kind, Callable[[date], Period]]] = {"month": month_of, "quarter": quarter_of, "year": year_of}
_CODES: Final[dict[Kind, Callable[[Period], str]]] = {
    "month": lambda period: f"{period.first_day:%Y-%m}",
    "quarter": lambda period: f"{period.first_day.year}-Q{quarter_number(period)}",
    "year": lambda period: f"{period.first_day.year}",
    "range": lambda period: f"{period.first_day.isoformat()}..{period.last_day.isoformat()}",
}
_LABELS: Final[dict[Kind, Callable[[Period], str]]] = {
    "month": lambda period: f"{period.first_day.year}年{period.first_day.month}月",
    "quarter": lambda period: f"{period.first_day.year}年第{_QUARTERS[quarter_number(period) - 1]}季度",
    "year": lambda period: f"{period.first_day.year}年",
    "range": _range_label,
}

_MONTH_WRONG = "月份要写成 2026-10 这样。请改正。"
_PERIOD_WRONG = "统计期要写成 2026-10、2026-Q3、2026 或 2026-01-15..2026-03-31 这样。请改正。"
_DAY = r"(\d{4})-(\d{1,2})-(\d{1,2})"


def _day(year: str, month: str, day: str) -> date:
    return date(int(year), int(month), int(day))


_FORMS: Final[tuple[tuple[re.Pattern[str], Callable[..., Period]], ...]] = (
    (re.compile(r"(\d{4})-(\d{1,2})", re.ASCII), lambda year, month: month_of(_day(year, month, "1"))),
    (
        re.compile(r"(\d{4})-[Qq]([1-4])", re.ASCII),
        lambda year, number: quarter_of(date(int(year), 3 * int(number), 1)),
    ),
    (re.compile(r"(\d{4})", re.ASCII), lambda year: year_of(_day(year, "1", "1"))),
    (re.compile(rf"{_DAY}\.\.{_DAY}", re.ASCII), lambda *six: Period(_day(*six[:3]), _day(*six[3:]))),
)


def parse_month(text: str, today: date) -> Period:
    """The month written 2026-10; `Invalid` for another form, or a month that has not begun."""
    if re.fullmatch(r"\d{4}-\d{1,2}", text.strip(), re.ASCII) is None:
        raise Invalid(_MONTH_WRONG, fields={"month": _MONTH_WRONG})
    return _read(text, today, field="month", wrong=_MONTH_WRONG)


def parse_period(text: str, today: date) -> Period:
    """The period written by its code; `Invalid` for another form, turned ends, or one that has not begun."""
    return _read(text, today, field="period", wrong=_PERIOD_WRONG)


def period_between(first: date, last: date, today: date) -> Period:
    """The period from one day to another; `Invalid` as for a written one, at the field `first`."""
    return _allowed(Period(first, last), today, "first")


def _read(text: str, today: date, *, field: str, wrong: str) -> Period:
    for form, made in _FORMS:
        if found := form.fullmatch(text.strip()):
            try:
                return _allowed(made(*found.groups()), today, field)
            except ValueError:
                break  # a month or a day that is in no calendar
    raise Invalid(wrong, fields={field: wrong})


def _allowed(period: Period, today: date, field: str) -> Period:
    wrong = ""
    if period.last_day < period.first_day:
        wrong = "止日不能早于起日。请改正。"
    elif not FIRST_YEAR <= period.first_day.year <= period.last_day.year <= LAST_YEAR:
        wrong = f"年份要在 {FIRST_YEAR} 到 {LAST_YEAR} 之间。请改正。"
    elif today < period.first_day:
        wrong = f"{period.label}还没有开始，没有台账。请选以前的。"
    if wrong:
        raise Invalid(wrong, fields={field: wrong})
    return period

"""The colour of a hazard on the 日周月季 lists, and the word that always stands beside it.

One table: the first row that fits gives the colour, so the rows stand from the most severe to the least. The colour
is no risk grade (非风险等级色). Source: domain.md §4, 分色分类清单 [design].
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from workflows.deadlines import RUNNING, days_left
from workflows.vocabulary import Grade, Label, State, Tier

SOON_DAYS = 3


class Tone(StrEnum):
    """The colour of a list row."""

    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class Timing(Label):
    """How a hazard stands to its deadline; printed wherever the colour is."""

    ON_TIME = "on_time", "按期"
    SOON = "soon", "临期"
    LATE = "late", "逾期"


@dataclass(frozen=True, slots=True)
class ListRow:
    """One line of the colour table: the colour, when it applies, and that in words for the legend."""

    tone: Tone
    words: str
    applies: Callable[[Grade, Tier, Timing], bool]


COLOURS: tuple[ListRow, ...] = (
    ListRow(Tone.RED, "已逾期", lambda _grade, _tier, timing: timing is Timing.LATE),
    ListRow(Tone.RED, "季清单", lambda _grade, tier, _timing: tier is Tier.QUARTER),
    ListRow(Tone.ORANGE, "三天内到期", lambda _grade, _tier, timing: timing is Timing.SOON),
    ListRow(Tone.ORANGE, "月清单", lambda _grade, tier, _timing: tier is Tier.MONTH),
    ListRow(Tone.ORANGE, "重大按期", lambda grade, _tier, _timing: grade is Grade.MAJOR),
    ListRow(Tone.YELLOW, "周清单", lambda _grade, tier, _timing: tier is Tier.WEEK),
    ListRow(Tone.BLUE, "按期在日清单", lambda _grade, _tier, _timing: True),
)


def timing(deadline: date | None, today: date) -> Timing:
    """按期 临期 逾期 for a running deadline; without a deadline a hazard is on time."""
    left = days_left(deadline, today)
    if left is None or left > SOON_DAYS:
        return Timing.ON_TIME
    return Timing.SOON if left >= 0 else Timing.LATE


def tone(state: State, grade: Grade, tier: Tier, deadline: date | None, today: date) -> Tone | None:
    """The colour of a hazard on its list; None once it is cleared (at least verified) or dismissed."""
    if state not in RUNNING:
        return None
    now = timing(deadline, today)
    return next(row.tone for row in COLOURS if row.applies(grade, tier, now))


def days_words(state: State, deadline: date | None, today: date) -> tuple[str, Timing | None]:
    """剩 12 天, 今天到期, 逾期 12 天, with the timing; — and None where no deadline runs."""
    left = days_left(deadline, today)
    if state not in RUNNING or left is None:
        return "—", None
    when = timing(deadline, today)
    if left == 0:
        return "今天到期", when
    return (f"剩 {left:,} 天" if left > 0 else f"逾期 {-left:,} 天"), when

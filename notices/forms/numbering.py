"""The form of how a kind's numbers read and with which kinds they count together."""

from __future__ import annotations

from collections.abc import Iterable

from accounts.forms.base import OnceForm, choice_field, offered
from hazards.forms.parts import NumberField, line
from notices.number_patterns import Numbering
from notices.numbers import LARGEST, LONGEST_PATTERN
from notices.operations.numbering import NumberingSaid


class NumberingForm(OnceForm):
    """How one kind is numbered from now on."""

    pattern = line(
        "文号写法",
        LONGEST_PATTERN,
        needed="请写文号写法。",
        description="用 {字头} {文种} {年} {序号} 拼成，例如 （{字头}）{文种}〔{年}〕{序号}号。",
    )
    series = choice_field("序号", description="共用的，几种文书接着编，不重号也不空号。")
    first = NumberField(
        "今年的首号",
        least=1,
        most=LARGEST,
        description="今年已在纸上编过号的，填下一个号；还没有编过的留空，从 1 号起。",
    )

    def offer(self, series: Iterable[tuple[str, str]]) -> None:
        """The series to choose from: name and words."""
        self.series.choices = offered(series)

    def begin(self, row: Numbering, year: int) -> None:
        """Show how it is numbered now."""
        self.new_key()
        self.pattern.data, self.series.data = row.pattern, row.series
        self.first.data = row.first if row.first_year == year else None

    @property
    def said(self) -> NumberingSaid:
        """The same as the operation takes it."""
        return NumberingSaid(self.pattern.data or "", self.series.data or "", self.first.data)

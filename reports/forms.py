"""Forms of this room: which ledger to show and take out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from wtforms import DateField, SelectField
from wtforms.validators import Optional

from accounts.forms.base import Form, offered, text_field
from core.refusals import Invalid
from reports.rules import Period, month_of, parse_period, period_between, quarter_of, year_of

MONTHS_OFFERED, QUARTERS_OFFERED, YEARS_OFFERED = 36, 12, 5
BOTH_ENDS = "起日和止日要一起填。请补上。"


class LedgerForm(Form):
    """Period, and region, industry, enterprise or unit; sent by GET, so that a ledger's page has an address."""

    class Meta:
        csrf = False

    ledger = SelectField("台账", validators=[Optional()], validate_choice=False)
    period = SelectField("统计期", validators=[Optional()], validate_choice=False)
    first = DateField("起日", validators=[Optional()], description="填了起止日期，就不按上面的统计期")
    last = DateField("止日", validators=[Optional()])
    unit = SelectField("部门、班组", validators=[Optional()], validate_choice=False)
    region = SelectField("区域", validators=[Optional()], validate_choice=False)
    sector = SelectField("行业领域", validators=[Optional()], validate_choice=False)
    enterprise = text_field("企业（统一社会信用代码）", 18, description="18 位代码；留空为该区域的全部企业")

    def asked(self, today: date) -> Period:
        """The period asked for: from one day to another where those are given, else the one chosen.

        Where none is, the last complete month, which is what is handed in. `Invalid` as `parse_period`.
        """
        if self.first.data is None and self.last.data is None:
            return parse_period(self.period.data, today) if self.period.data else month_of(today).before()
        if self.first.data is None or self.last.data is None:
            missing = "first" if self.first.data is None else "last"
            raise Invalid(BOTH_ENDS, fields={missing: BOTH_ENDS})
        return period_between(self.first.data, self.last.data, today)

    def offer_periods(self, today: date, asked: Period) -> None:
        """The last months, quarters and years, and the one that is shown."""
        groups: dict[str, Any] = {
            "月": list(_back(month_of(today), MONTHS_OFFERED)),
            "季度": list(_back(quarter_of(today), QUARTERS_OFFERED)),
            "年": list(_back(year_of(today), YEARS_OFFERED)),
        }
        if all((asked.code, asked.label) not in some for some in groups.values()):
            groups["其他"] = [(asked.code, asked.label)]
        self.period.choices = groups
        if self.errors:
            return  # what was typed stays as it was typed
        self.period.data = asked.code
        is_range = asked.kind == "range"
        self.first.data, self.last.data = (asked.first_day, asked.last_day) if is_range else (None, None)

    def offer_ledgers(self, ledgers: Sequence[tuple[str, str]], asked: str) -> None:
        """The ledgers there are, and the one that is shown."""
        self.ledger.choices = offered(ledgers)
        self.ledger.data = asked

    def offer_places(self, regions: Sequence[tuple[str, str]], sectors: Sequence[tuple[str, str]]) -> None:
        """The regions and industries within reach; none: it is not asked."""
        self.region.choices = offered(regions)
        self.sector.choices = offered([("", "全部行业领域"), *sectors]) if len(sectors) > 1 else []

    def offer_units(self, units: Sequence[tuple[str, str]]) -> None:
        """The units a ledger may be narrowed to; none: it is not asked."""
        self.unit.choices = offered([("", "全企业"), *units]) if units else []


def _back(period: Period, count: int) -> Iterator[tuple[str, str]]:
    for _ in range(count):
        yield period.code, period.label
        period = period.before()

"""Forms of this room: which ledger to show and take out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from wtforms import SelectField
from wtforms.validators import Optional

from accounts.forms.base import Form, offered, text_field
from accounts.models import Region
from reports.rules import Month, month_of

MONTHS_OFFERED = 36


class LedgerForm(Form):
    """Month, and region or enterprise; sent by GET, so that a ledger's page has an address."""

    class Meta:
        csrf = False

    ledger = SelectField("台账", validators=[Optional()], validate_choice=False)
    month = SelectField("月份", validators=[Optional()])
    unit = SelectField("部门、班组", validators=[Optional()], validate_choice=False)
    region = SelectField("区域", validators=[Optional()], validate_choice=False)
    enterprise = text_field("企业（统一社会信用代码）", 18, description="18 位代码；留空为该区域的全部企业")

    def offer(self, regions: Sequence[Region], today: date, asked: Month) -> None:
        """Fill the choices: the last months and the one asked for, the regions within reach."""
        months = [month_of(today)]
        while len(months) < MONTHS_OFFERED:
            months.append(months[-1].before())
        listed: list[Any] = [(month.code, month.label) for month in months]
        if asked not in months:
            listed.append((asked.code, asked.label))
        self.month.choices = listed
        self.month.data = asked.code
        self.region.choices = [(region.code, region.name) for region in regions]

    def offer_ledgers(self, ledgers: Sequence[tuple[str, str]], asked: str) -> None:
        """The ledgers there are, and the one that is shown."""
        self.ledger.choices = offered(ledgers)
        self.ledger.data = asked

    def offer_units(self, units: Sequence[tuple[str, str]]) -> None:
        """The units a ledger may be narrowed to; none: it is not asked."""
        self.unit.choices = offered([("", "全企业"), *units]) if units else []

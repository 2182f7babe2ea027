"""Form of the exchange page: which format, of which period, over what, how lengths are counted."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from wtforms import SelectField
from wtforms.validators import Optional

from accounts.forms.base import Form, offered, text_field
from accounts.models import Region
from reports.exchange.formats import ExchangeFormat, Wide
from reports.rules import Period, month_of, quarter_of, year_of

OFFERED = ((month_of, 12), (quarter_of, 4), (year_of, 2))
_WIDTHS = (("1", "按 1 个字符"), ("2", "按 2 个字符（接收方按字节限长时选）"))


class ExchangeForm(Form):
    """Sent by GET, so that the page of an exchange has an address."""

    class Meta:
        csrf = False

    format = SelectField("交换格式", validators=[Optional()], validate_choice=False)
    period = SelectField("统计期", validators=[Optional()], validate_choice=False)
    wide = SelectField("汉字长度", choices=offered(_WIDTHS), validators=[Optional()], validate_choice=False)
    region = SelectField("区域", validators=[Optional()], validate_choice=False)
    enterprise = text_field("企业（统一社会信用代码）", 18, description="18 位代码；留空为该区域的全部企业")

    def offer(self, formats: Sequence[ExchangeFormat], asked: ExchangeFormat) -> None:
        """The formats this person may take out."""
        self.format.choices = offered([(one.code, one.name) for one in formats])
        self.format.data = asked.code

    def offer_periods(self, today: date, asked: Period) -> None:
        """The last months, quarters and years, and the one asked for."""
        periods: list[Period] = []
        for of_day, number in OFFERED:
            one = of_day(today)
            for _ in range(number):
                periods.append(one)
                one = one.before()
        if asked not in periods:
            periods.append(asked)
        self.period.choices = offered([(one.code, one.label) for one in periods])
        self.period.data = asked.code

    def offer_regions(self, regions: Sequence[Region]) -> None:
        """The regions within reach; none: it is not asked."""
        self.region.choices = offered([(region.code, region.name) for region in regions]) if regions else []


def wide_of(text: str) -> Wide:
    """What a Chinese character counts for; one where nothing is asked."""
    return Wide.TWO if text == "2" else Wide.ONE

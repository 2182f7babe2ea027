"""Forms of closing months: which month, and why one is opened again."""

from __future__ import annotations

from collections.abc import Sequence

from wtforms import SelectField, TextAreaField
from wtforms.validators import DataRequired, Length

from accounts.forms.base import Form, offered
from reports.closing import LONGEST_REASON


class CloseForm(Form):
    """The month that is closed."""

    month = SelectField("月份", validators=[DataRequired("请选月份。")], validate_choice=False)

    def offer(self, months: Sequence[tuple[str, str]]) -> None:
        """The months that are over and not closed."""
        self.month.choices = offered(months)


class ReopenForm(Form):
    """Why a closed month is opened again."""

    reason = TextAreaField(
        "重开的理由",
        validators=[
            DataRequired("请写明重开的理由。"),
            Length(max=LONGEST_REASON, message=f"最多 {LONGEST_REASON} 字。请写短一些。"),
        ],
        render_kw={"rows": 4},
    )

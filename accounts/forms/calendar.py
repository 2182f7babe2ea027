"""The form by which a year's working days are loaded or corrected."""

from __future__ import annotations

from wtforms import IntegerField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length, NumberRange

from accounts.forms.base import Form, text_field
from core.calendar import FIRST_YEAR, LAST_YEAR, SpecialDay
from core.calendar_text import LONGEST_TEXT, read_days

HOW = (
    "一行写一天或一段：日期，休或班，名称。一段写成 2027-02-06～2027-02-12 休 春节。"
    "本来就休息的周末不必写，调休上班的周末要写，例如 2027-01-03 班 调休上班。"
)


class CalendarYearForm(Form):
    """A year, the document it comes from, and its days that differ from Monday-to-Friday."""

    year = IntegerField(
        "年份",
        validators=[
            InputRequired("请填年份。"),
            NumberRange(FIRST_YEAR, LAST_YEAR, f"应是 {FIRST_YEAR} 到 {LAST_YEAR} 的年份。"),
        ],
    )
    source = text_field(
        "依据",
        200,
        needed="请填通知的名称和文号。",
        description="通知的名称和文号，例如 国务院办公厅关于节假日安排的通知。",
    )
    days = TextAreaField(
        "与周一至周五不同的日子",
        description=HOW,
        validators=[
            DataRequired("一天也没有写。请照通知逐行填写。"),
            Length(max=LONGEST_TEXT, message=f"最多 {LONGEST_TEXT} 个字。"),
        ],
    )

    def validate_days(self, field: TextAreaField) -> None:
        """Every wrong line is named; lines are read once the year is known, since they must lie in it."""
        if not field.errors and not self.year.errors:
            field.errors = read_days(field.data, self.year.data).wrong

    def listed(self) -> list[SpecialDay]:
        """The days of a valid form."""
        return [SpecialDay(*entry) for entry in read_days(self.days.data, self.year.data).days]

"""Forms of when an enterprise works, and of stopped plants."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

from wtforms import BooleanField, DateField, SelectField, SelectMultipleField, TimeField
from wtforms.validators import DataRequired, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from accounts.forms.base import Form, choice_field, offered, text_field
from accounts.forms.enterprises import indented
from accounts.queries import UnitRow
from accounts.shifts import CalendarDetails
from core.shifts import LATE_IN_THE_DAY, WorkKind

WEEK = "一二三四五六日"


class CalendarForm(Form):
    """When an enterprise or one of its units works."""

    unit_id = SelectField("适用", coerce=int, choices=[])
    kind = choice_field("工作日", [(kind.value, kind.label) for kind in WorkKind])
    weekdays = SelectMultipleField(
        "每周哪几天上班",
        choices=offered((str(number), f"周{day}") for number, day in enumerate(WEEK)),
        default=["0", "1", "2", "3", "4"],
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    rota = text_field("轮班周期", 60, description="1 为上班、0 为休息，按天写一个周期，例如 11110000。")
    starts_on = DateField("周期第一天", validators=[Optional("日期不对。请写成 2026-11-02 这样。")])
    keeps_holidays = BooleanField("法定节假日休息", default=True)
    day_ends = TimeField("夜班次日交班时间", default=time(0, 0), validators=[Optional("时间请写成 08:00 这样。")])
    late_from = TimeField(
        "几点以后发现的算下一班", default=LATE_IN_THE_DAY, validators=[Optional("时间请写成 16:00 这样。")]
    )

    def offer(self, units: Iterable[UnitRow]) -> None:
        """The units it may be of."""
        self.unit_id.choices = offered([(0, "全企业"), *indented(units)])

    def details(self) -> CalendarDetails:
        """What was typed."""
        kind = WorkKind(self.kind.data)
        chosen = set(self.weekdays.data or ())
        week = "".join("1" if str(number) in chosen else "0" for number in range(len(WEEK)))
        pattern = {WorkKind.WEEKDAYS: week, WorkKind.ROTA: self.rota.data}.get(kind, "")
        return CalendarDetails(
            kind,
            pattern,
            self.starts_on.data if kind is WorkKind.ROTA else None,
            bool(self.keeps_holidays.data),
            self.day_ends.data or time(0, 0),
            self.late_from.data or LATE_IN_THE_DAY,
        )


class StopForm(Form):
    """From when to when no work is done, and why."""

    unit_id = SelectField("哪里停产", coerce=int, choices=[])
    first_on = DateField("起日", validators=[DataRequired("请填起日。")])
    last_on = DateField("止日", validators=[Optional("日期不对。请写成 2026-11-02 这样。")])
    reason = text_field("原因", 300, needed="请写明停产的原因。")

    def offer(self, units: Iterable[UnitRow]) -> None:
        """The units it may be of."""
        self.unit_id.choices = offered([(0, "全企业"), *indented(units)])

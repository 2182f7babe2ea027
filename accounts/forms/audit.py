"""The filters of the auditor's pages, sent as GET: what was typed stays in the address."""

from __future__ import annotations

from datetime import date, timedelta

from wtforms import DateField, SelectField
from wtforms.validators import Optional, ValidationError

from accounts.forms.base import Form, offered, text_field

LONGEST = timedelta(days=366)
USUAL = timedelta(days=30)


class PeriodForm(Form):
    """From which day to which, both included."""

    since = DateField("起日", validators=[Optional()])
    until = DateField("止日", validators=[Optional()])

    class Meta(Form.Meta):
        csrf = False

    def complete(self, today: date) -> None:
        """The last thirty days, where none are asked for."""
        self.until.data = self.until.data or today
        self.since.data = self.since.data or self.until.data - USUAL

    def validate_until(self, field: DateField) -> None:
        """A year at most: a longer look is several."""
        if field.data and self.since.data and not timedelta(0) <= field.data - self.since.data <= LONGEST:
            raise ValidationError("止日须不早于起日，一次最长一年。")


class EntryFilter(PeriodForm):
    """Who did what to what."""

    person = text_field("操作人", 60)
    subject_kind = SelectField("对象", choices=[], default="")
    subject = text_field("编号或名称", 100)
    kind = SelectField("事项", choices=[], default="")

    def offer(self, subjects: dict[str, str], kinds: dict[str, str]) -> None:
        """The kinds of subjects and of entries there are."""
        self.subject_kind.choices = offered([("", "全部对象"), *subjects.items()])
        self.kind.choices = offered([("", "全部事项"), *sorted(kinds.items(), key=lambda pair: pair[1])])

    def validate_subject(self, field: SelectField) -> None:
        """A number alone does not say of what."""
        if field.data and not self.subject_kind.data:
            raise ValidationError("请先选对象。")


class SignInFilter(PeriodForm):
    """Who tried to log in, from where, with which result."""

    login = text_field("登录名", 60)
    address = text_field("网络地址", 64)
    outcome = SelectField("结果", choices=[], default="")

    def offer(self, outcomes: dict[str, str]) -> None:
        """The results there are."""
        self.outcome.choices = offered([("", "全部结果"), *outcomes.items()])

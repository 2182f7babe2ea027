"""Forms of log-in and of one's own account."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from wtforms import DateField, HiddenField, IntegerField, PasswordField, SelectField, ValidationError
from wtforms.validators import InputRequired, Length, NumberRange

from accounts.forms.base import Form, choice_field, offered, text_field
from accounts.models import Person
from accounts.passwords import LONGEST
from accounts.rules import SCOPE_LABELS, DeputyScope
from core.days import start_of_day

TOO_LONG = Length(max=4 * LONGEST, message="密码太长。")


class LoginForm(Form):
    """Who comes in, and where they wanted to go."""

    login = text_field("登录名", 60, needed="请填登录名。")
    password = PasswordField("密码", validators=[InputRequired("请填密码。"), TOO_LONG])
    next = HiddenField()


class CodeForm(Form):
    """The second half of a log-in."""

    code = text_field("动态口令", 40, needed="请填手机上的六位数，或一个恢复码。")


class FactorForm(Form):
    """Setting up the second factor: the password again, and the first code."""

    offer = HiddenField()
    password = PasswordField("登录密码", validators=[InputRequired("请填登录密码。"), TOO_LONG])
    code = text_field("手机上显示的六位数", 20, needed="请填手机上显示的六位数。")


class ProofForm(Form):
    """The password again, for what concerns one's own log-in."""

    password = PasswordField("登录密码", validators=[InputRequired("请填登录密码。"), TOO_LONG])


class PasswordForm(Form):
    """One's own new password."""

    current = PasswordField("现在的密码", validators=[InputRequired("请填现在的密码。"), TOO_LONG])
    new = PasswordField("新密码", validators=[InputRequired("请填新密码。"), TOO_LONG])
    again = PasswordField("再填一次新密码", validators=[InputRequired("请再填一次新密码。")])

    def validate_again(self, field: PasswordField) -> None:
        """A slip of the finger would lock its owner out."""
        if field.data != self.new.data:
            raise ValidationError("两次填的不一样。请重填。")


class DeputyForm(Form):
    """Who acts for me, from which day to which (both included)."""

    deputy_id = SelectField("代理人", coerce=int, choices=[])
    since = DateField("起日", validators=[InputRequired("请填起日。")])
    until = DateField("止日（含）", validators=[InputRequired("请填止日。")])
    scope = choice_field(
        "代理范围", ((scope.value, label) for scope, label in SCOPE_LABELS.items()), default=DeputyScope.ALL.value
    )

    def offer(self, people: Iterable[Person]) -> None:
        """The people who may be chosen."""
        self.deputy_id.choices = offered((person.id, person.name) for person in people)

    @property
    def chosen_scope(self) -> DeputyScope:
        """For which hazards."""
        return DeputyScope(self.scope.data)

    def period(self) -> tuple[datetime, datetime]:
        """From the first moment of the first day to the end of the last, Shanghai."""
        return start_of_day(self.since.data), start_of_day(self.until.data + timedelta(days=1))


class IdleForm(Form):
    """After how long a session without a request ends."""

    minutes = IntegerField(
        "多少分钟没有操作就退出",
        validators=[InputRequired("请填分钟数。"), NumberRange(5, 480, "应是 5 到 480 的整数。")],
    )

"""Forms of how people and organisations are told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time

from wtforms import (
    BooleanField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    TimeField,
    ValidationError,
)
from wtforms.validators import Length, Optional

from accounts.forms.base import Form, offered, text_field
from accounts.robots import RobotDetails
from accounts.telling_rules import Choice, MailMode, Topic
from core.robots import RobotKind

BOTH_ENDS = "起止时间要都填，且不相同；不要免打扰的，两个都留空。"


def _clock(label: str) -> TimeField:
    return TimeField(label, validators=[Optional()])


class AddressForm(Form):
    """Which address letters go to."""

    address = text_field("邮箱地址", 254, needed="请填邮箱地址。")


class ProveForm(Form):
    """The code that was sent to it."""

    code = text_field("邮件里的验证码", 40, needed="请填邮件里的六位数。")


class ChoiceForm(Form):
    """When letters come, and about what."""

    mode = RadioField("邮件怎样来", choices=offered([(mode.value, mode.label) for mode in MailMode]))
    daily_hour = SelectField(
        "每日一次，在几点", coerce=int, choices=offered([(hour, f"{hour:02}:00") for hour in range(24)])
    )
    quiet_from = _clock("免打扰，从")
    quiet_until = _clock("到")
    urgent_at_once = BooleanField("重大隐患、报警和逾期随时发，不受免打扰和每日一次限制")
    topics = SelectMultipleField("哪些用邮件发", choices=offered([(t.value, f"{t.label}：{t.words}") for t in Topic]))

    def fill(self, choice: Choice) -> None:
        """Show a choice."""
        self.mode.data, self.daily_hour.data = choice.mode.value, choice.daily_hour
        self.quiet_from.data, self.quiet_until.data = choice.quiet or (None, None)
        self.urgent_at_once.data = choice.urgent_at_once
        self.topics.data = [topic.value for topic in Topic if topic in choice.topics]

    def validate_quiet_from(self, field: TimeField) -> None:
        """Both ends or none (an empty field is not asked)."""
        if self.quiet_until.data is None:
            raise ValidationError(BOTH_ENDS)

    def validate_quiet_until(self, field: TimeField) -> None:
        """Two equal ends would be no time, or all day."""
        if self.quiet_from.data is None or field.data == self.quiet_from.data:
            raise ValidationError(BOTH_ENDS)

    @property
    def choice(self) -> Choice:
        """What was chosen."""
        quiet: tuple[time, time] | None = None
        if self.quiet_from.data is not None and self.quiet_until.data is not None:
            quiet = (self.quiet_from.data, self.quiet_until.data)
        topics = frozenset(Topic(code) for code in self.topics.data or ())
        return Choice(MailMode(self.mode.data), self.daily_hour.data, quiet, self.urgent_at_once.data, topics)


class RobotForm(Form):
    """A group's robot: the address and the secret are typed and never shown again."""

    kind = RadioField("哪一种", choices=offered([(kind.value, kind.label) for kind in RobotKind]))
    name = text_field("群的名称", 60, needed="请填群的名称，便于辨认。")
    url = PasswordField("Webhook 地址", validators=[Length(max=500, message="地址太长。请核对。")])
    secret = PasswordField("加签密钥", validators=[Length(max=200, message="密钥太长。请核对。")])
    topics = SelectMultipleField("发什么", choices=[])

    def offer(self, topics: Iterable[Topic]) -> None:
        """What may be said in a group."""
        self.topics.choices = offered([(topic.value, f"{topic.label}：{topic.words}") for topic in topics])

    @property
    def details(self) -> RobotDetails:
        """What was typed."""
        topics = [Topic(code) for code in self.topics.data or ()]
        url, secret = (self.url.data or "").strip(), (self.secret.data or "").strip()
        return RobotDetails(self.name.data, RobotKind(self.kind.data), topics, url, secret)

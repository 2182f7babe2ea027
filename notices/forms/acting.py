"""Forms of one step of a notice, and of a step of many: a reason where it needs one, the password where it decides."""

from __future__ import annotations

from wtforms import HiddenField, PasswordField
from wtforms.validators import Optional

from accounts.forms.base import OnceForm
from core.refusals import Invalid
from hazards.forms.parts import text
from notices.models import Notice
from notices.rules import LONGEST_REASON

INCOMPLETE = "这张表不完整，没有提交。请返回上一页刷新后再提交。"
UNTYPED = "请输入登录密码。"


class ActForm(OnceForm):
    """One step: made from a version of the notice, counted once."""

    version = HiddenField()
    reason = text("理由", longest=LONGEST_REASON)
    password = PasswordField("再次输入登录密码", validators=[Optional()])

    def begin(self, notice: Notice) -> None:
        """Shown for the first time."""
        self.new_key()
        self.version.data = str(notice.version)

    def complete(self, *, asks_reason: bool, asks_password: bool) -> bool:
        """What this step needs; False with the sentence at the field."""
        fine = True
        if asks_reason and not self.reason.data:
            self.reason.errors, fine = ["请写明理由。"], False
        if asks_password and not self.password.data:
            self.password.errors, fine = [UNTYPED], False
        return fine


class ManyForm(OnceForm):
    """Many notices at once; the password again where they are issued."""

    password = PasswordField("再次输入登录密码", validators=[Optional()])


def seen_version(sent: str | None) -> int:
    """The version a form was made from; `Invalid` where it does not say."""
    if not (sent and sent.isascii() and sent.isdigit() and len(sent) < 10):
        raise Invalid(INCOMPLETE)
    return int(sent)

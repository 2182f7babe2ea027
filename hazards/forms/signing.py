"""Forms of a signature: on the page, on paper, taken back, ended."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

from flask_wtf.file import FileField
from wtforms import HiddenField, PasswordField, RadioField
from wtforms.validators import InputRequired, Optional

from accounts.forms.base import offered as choices
from accounts.roles import Role
from hazards.forms.parts import DayField, HazardForm, line, text
from workflows.vocabulary import Verdict

LATEST = timedelta(days=3650)
REASON_NEEDED = "不通过时须写明理由。"


class VerdictFields(HazardForm):
    """通过 or 不通过, the opinion, and a new deadline where a refusal sets one."""

    seen_deed = HiddenField()
    verdict = RadioField(
        "结论",
        choices=choices((verdict.value, verdict.label) for verdict in Verdict),
        validators=[InputRequired("请选择结论。")],
    )
    opinion = text("意见")
    new_deadline = DayField("新的整改期限")

    @property
    def chosen(self) -> Verdict:
        """What the signer decided."""
        return Verdict(self.verdict.data)

    def check_refusal(self, today: date, *, needs_deadline: bool) -> bool:
        """What a refusal must say, each at its field."""
        if self.chosen is Verdict.APPROVED:
            self.new_deadline.data = None
            return True
        fine = True
        if not self.opinion.data:
            self.opinion.errors, fine = [REASON_NEEDED], False
        day = self.new_deadline.data
        if needs_deadline and day is None:
            self.new_deadline.errors, fine = ["退回整改须定新的整改期限。"], False
        if day is not None and not today < day <= today + LATEST:
            self.new_deadline.errors, fine = ["须晚于今天。"], False
        return fine


class SignForm(VerdictFields):
    """One signature; the password again where it is major."""

    password = PasswordField("再次输入登录密码", validators=[Optional()])


class PaperForm(VerdictFields):
    """纸质签署·代录: who signed, as what, when, under which number, with the scan."""

    name = line("签署人姓名", 60, needed="请填签署人姓名。")
    role = RadioField("签署人角色", validators=[InputRequired("请选择角色。")])
    signed_on = DayField("签署日期", needed="请填签署日期。")
    number = line("纸质文件编号", 80, description="没有编号的留空。")
    scan = FileField("扫描件或照片", validators=[Optional()])
    staged = HiddenField(render_kw={"data-once": ""})

    def offer_roles(self, roles: Iterable[Role]) -> None:
        """As which roles the step may be signed on paper."""
        self.role.choices = choices((role.value, role.label) for role in roles)

    def check_day(self, today: date) -> bool:
        """Paper is not signed in the future."""
        if self.signed_on.data is not None and self.signed_on.data > today:
            self.signed_on.errors = ["不能晚于今天。"]
            return False
        return True


class WhyForm(HazardForm):
    """A reason, where there must be one."""

    reason = text("理由", needed="请写明理由。", longest=500)


class NoteForm(HazardForm):
    """A few words, if any."""

    reason = text("说明", longest=300)

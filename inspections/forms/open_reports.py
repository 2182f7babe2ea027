"""Forms of reports by a label, of what is promised, and of rewards."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from wtforms import BooleanField, HiddenField, MultipleFileField, StringField
from wtforms.validators import Length, Optional

from accounts.forms.base import Form
from hazards.forms.cleaning import one_line
from hazards.forms.parts import line, text
from hazards.operations.attaching import NewFile
from inspections.operations.findings import Seen

MOST_PHOTOS = 3


class WorkerReportForm(Form):
    """What somebody saw at the point whose label was scanned: one sentence and a photo are enough."""

    once = HiddenField(render_kw={"data-once": ""})
    staged = HiddenField(render_kw={"data-once": ""})
    description = text("看到了什么", longest=2000, needed="请写明看到了什么，一句话就行。")
    photos = MultipleFileField("拍照")
    name = line("姓名", 60, description="不写也可以上报；要领奖励的请写。")
    contact = line("联系方式", 60, description="手机号等。加密保存，只有本企业负责奖励的人说明理由后才能看。")

    def seen(self, photos: tuple[NewFile, ...]) -> Seen:
        """What was typed."""
        return Seen(description=self.description.data or "", photos=photos)


class FollowForm(Form):
    """The code that was given with the report."""

    code = line("查询码", 40, needed="请填写上报时给您的查询码。")


class OpenReportingForm(Form):
    """Whether workers report without an account, and what they are promised."""

    allowed = BooleanField("从业人员扫码后不用登录就能上报")
    promise = text(
        "对上报人的承诺", longest=300, description="写在上报页上，如：查实的每条奖励 50 至 500 元，为您保密。"
    )


class RewardForm(Form):
    """What is given for a report."""

    amount = StringField(
        "奖励金额（元）",
        filters=[one_line],
        validators=[Optional(), Length(max=20, message="金额太长。请核对。")],
        description="不发奖励的填 0，并写明理由。",
    )
    note = text("说明", longest=300)

    def fen(self) -> int:
        """The amount in fen; -1 for what is none."""
        try:
            typed = Decimal((self.amount.data or "").replace(",", "").replace("，", ""))
        except InvalidOperation:
            return -1
        is_amount = typed.is_finite() and 0 <= typed <= 10**13 and typed == typed.quantize(Decimal("0.01"))
        return int(typed * 100) if is_amount else -1


class LookForm(Form):
    """Why somebody looks at a reporter's name and contact."""

    reason = text("为什么要看", longest=300, needed="请写明理由。", description="例如：通知领取奖励、核实隐患部位。")

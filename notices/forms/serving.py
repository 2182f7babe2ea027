"""Forms of service: how, when and by whom a notice was served and what the addressee did; a signed paper as a scan."""

from __future__ import annotations

from datetime import date

from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from accounts.forms.base import OnceForm, offered
from hazards.forms.parts import DayField, line
from hazards.operations.attaching import NewFile
from notices.operations.serving import Served, Signed
from workflows.notices import Receipt, ServiceManner
from workflows.serving import SIGNATORIES


class ServeForm(OnceForm):
    """One try to serve, or what became of an earlier one."""

    manner = RadioField(
        "送达方式",
        choices=offered((manner.value, manner.label) for manner in ServiceManner),
        validators=[InputRequired("请选择送达方式。")],
    )
    served_on = DayField("送达日期", needed="请填送达日期。")
    served_by = line("送达人", 120, needed="请填送达人。", description="两名的用顿号隔开。")
    place = line("送达地点", 200)
    tracking = line("邮件号", 80)
    receipt = RadioField(
        "签收情况",
        choices=offered((receipt.value, receipt.label) for receipt in Receipt),
        validators=[InputRequired("请选择签收情况。")],
    )
    recipient = line("签收人", 60)
    relation = SelectField(
        "签收人身份",
        choices=offered([("", "请选择"), *((row.label, row.label) for row in SIGNATORIES)]),
        validators=[Optional()],
    )
    received_on = DayField("签收日期")
    reason = line("拒收理由和经过", 300)
    witnesses = line("见证人", 120, description="留置送达须有见证人，或者写明拍照、录像的情况。")

    def begin(self, today: date, server: str) -> None:
        """Shown for the first time: handed over today by whoever records it."""
        self.new_key()
        self.served_on.data, self.served_by.data = today, server
        self.manner.data, self.receipt.data = ServiceManner.HANDED.value, Receipt.SIGNED.value

    def served(self) -> Served:
        """What is recorded."""
        return Served(
            manner=ServiceManner(self.manner.data),
            served_on=self.served_on.data,
            served_by=self.served_by.data or "",
            place=self.place.data or "",
            recipient=self.recipient.data or "",
            relation=self.relation.data or "",
            receipt=Receipt(self.receipt.data),
            received_on=self.received_on.data,
            reason=self.reason.data or "",
            witnesses=self.witnesses.data or "",
            tracking=self.tracking.data or "",
        )


class ScanForm(OnceForm):
    """A signed paper that came back."""

    scan = FileField("签字件", validators=[Optional()])
    staged = HiddenField(render_kw={"data-once": ""})
    signed_on = DayField("签字日期")
    signers = line("签字人", 200, description="几个人的用顿号隔开。")

    def signed(self, file: NewFile) -> Signed:
        """The paper with what was said of it."""
        return Signed(file, self.signed_on.data, self.signers.data or "")

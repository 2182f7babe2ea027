"""Forms of several hazards at once: which, what each was made from, and what is said for all of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from wtforms import HiddenField, PasswordField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from accounts.forms.base import Form
from accounts.forms.base import offered as choices
from core.once import new_key
from core.refusals import Invalid
from hazards.forms.asking import LATEST, WHY
from hazards.forms.parts import DayField, iso, line, text
from hazards.forms.signing import REASON_NEEDED
from hazards.models import Hazard
from hazards.presenting.staleness import INCOMPLETE, Seen
from hazards.rules import BulkAct
from workflows.vocabulary import Action, Verdict


@dataclass(frozen=True, slots=True)
class Item:
    """One hazard of the form as it was shown: what it was made from, the text's digest, the request it opens."""

    number: str
    seen: Seen
    digest: str
    opens: Action | None

    @classmethod
    def read(cls, sent: str) -> Item:
        """From the page's hidden field; `Invalid` for what the page cannot have written."""
        parts = sent[:200].split("|")
        if len(parts) != 5:
            raise Invalid(INCOMPLETE)
        number, version, entries, digest, opens = parts
        action = next((one for one in Action if one.value == opens), None)
        if opens and action is None:
            raise Invalid(INCOMPLETE)
        return cls(number, Seen.read(version, entries), digest, action)


def picked(values: Sequence[str]) -> list[str]:
    """The numbers that were ticked, each once, in their order."""
    return list(dict.fromkeys(value[:40] for value in values if value.strip()))


def items_of(sent: Sequence[str], ticked: Sequence[str]) -> list[Item]:
    """Of everything the page showed, what was left ticked."""
    shown = {item.number: item for item in map(Item.read, sent[:500])}
    return [shown[number] for number in picked(ticked) if number in shown]


class BulkForm(Form):
    """What every such form has: a key that counts it once."""

    once = HiddenField(render_kw={"data-once": ""})

    def begin(self) -> None:
        """A new key; called when the form is shown for the first time."""
        self.once.data = new_key()

    def complete(self, *, asks_password: bool, today: date) -> bool:
        """What cannot be seen from one field alone; False with the sentence at the field."""
        return True


class BulkSignForm(BulkForm):
    """One verdict for all, with its reason; the password again where one of them is major."""

    verdict = RadioField(
        "结论",
        choices=choices([("approved", "全部通过"), ("refused", "全部不通过")]),
        validators=[InputRequired("请选择结论。")],
    )
    opinion = text("意见")
    password = PasswordField("再次输入登录密码", validators=[Optional()])

    @property
    def chosen(self) -> Verdict:
        """What the signer decided."""
        return Verdict(self.verdict.data)

    def complete(self, *, asks_password: bool, today: date) -> bool:
        """A reason for a refusal, a password where one is asked for."""
        fine = True
        if self.chosen is Verdict.REFUSED and not self.opinion.data:
            self.opinion.errors, fine = [REASON_NEEDED], False
        if asks_password and not self.password.data:
            self.password.errors, fine = ["请输入登录密码。"], False
        return fine


class BulkAssignForm(BulkForm):
    """Who puts all of them right."""

    person_id = SelectField("整改责任人", coerce=str, choices=[])
    reason = line("说明", 300, description="记入每一条的经过。")

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """The people of the enterprise."""
        self.person_id.choices = choices([("", "请选择"), *((str(person), name) for person, name in people)])

    def complete(self, *, asks_password: bool, today: date) -> bool:
        """Somebody must be chosen."""
        if not self.person_id.data:
            self.person_id.errors = ["请选择整改责任人。"]
            return False
        return True


class BulkExtendForm(BulkForm):
    """延期 of all of them to one day; without words about the controls each keeps its own."""

    new_deadline = DayField("新的整改期限", needed="请填新的整改期限。")
    reason = text("理由", needed=WHY)
    interim_controls = text("延长期间的管控措施", description="留空的，各按原有的管控措施。")

    def complete(self, *, asks_password: bool, today: date) -> bool:
        """A day that lies ahead."""
        first = today + timedelta(days=1)
        if first <= self.new_deadline.data <= today + LATEST:
            return True
        self.new_deadline.errors = [f"应在 {first.isoformat()} 以后、十年以内。请核对。"]
        return False

    def offer_for(self, hazard: Hazard) -> dict[str, Any]:
        """What the request of one of them brings with it; `Invalid` where it would lengthen nothing."""
        day: date = self.new_deadline.data
        if hazard.deadline is not None and day <= hazard.deadline:
            raise Invalid(f"现期限是 {hazard.deadline.isoformat()}，新期限须晚于它。请另行申请。")
        controls = self.interim_controls.data or hazard.interim_controls
        if not controls:
            raise Invalid("原来没有写明管控措施，延期要写明。请在隐患页面单独申请。")
        return {"reason": self.reason.data or "", "new_deadline": iso(day), "interim_controls": controls}


class BulkRemindForm(BulkForm):
    """A few words, if any."""

    reason = text("说明", longest=300, description="可留空。会告知现在的办理人，每人每条每天一次。")


FORMS: Mapping[BulkAct, type[BulkForm]] = {
    BulkAct.SIGN: BulkSignForm,
    BulkAct.ASSIGN: BulkAssignForm,
    BulkAct.EXTEND: BulkExtendForm,
    BulkAct.REMIND: BulkRemindForm,
}

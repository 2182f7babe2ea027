"""Forms that ask for signatures: what each request brings with it, by the names the effects read.

`offered()` gives exactly the keys of `hazards/operations/effects.py` and of the deed; days are ISO strings.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from wtforms import BooleanField, RadioField, SelectField
from wtforms.validators import InputRequired, Optional

from accounts.forms.base import offered as choices
from hazards.forms.judging import NO, number_of
from hazards.forms.parts import CriterionFields, DayField, HazardForm, NumberField, ResponsibleFields, iso, line, text
from hazards.models import Hazard
from workflows.vocabulary import Action, Grade, State

USUAL_BASIS = "《中华人民共和国安全生产法》第六十五条第一款第二项"
LONGEST_TERM = 365
LATEST = timedelta(days=3650)
WHY = "请写明理由。"


class AskForm(HazardForm):
    """What every request has: its offer, its presets, and days that must lie ahead."""

    # days that must not lie in the past, with whether today counts
    ahead: dict[str, bool] = {}

    def put(self, hazard: Hazard, today: date) -> None:
        """Presets of a form shown for the first time."""

    def offered(self) -> dict[str, Any]:
        """What the request brings with it."""
        raise NotImplementedError

    def check(self, hazard: Hazard, today: date) -> bool:
        """What cannot be seen from one field alone; False with the sentence at the field."""
        fine = True
        for name, today_counts in self.ahead.items():
            day = self[name].data
            if day is None:
                continue
            first = today if today_counts else today + timedelta(days=1)
            if not first <= day <= today + LATEST:
                self[name].errors = [f"应在 {first.isoformat()} 以后、十年以内。请核对。"]
                fine = False
        return fine


class EarlierFields(HazardForm):
    """Whether it is a closed hazard of the enterprise come back; asked only where one is alike."""

    recurrence_of = RadioField("是不是以前的隐患再次出现", validators=[Optional()], validate_choice=False)

    def offer_closed(self, closed: Sequence[tuple[str, str]], linked: str) -> None:
        """Closed hazards that are alike, by number; `linked` is the one the report named."""
        self.recurrence_of.choices = choices([*closed, (NO, "不是，第一次出现")])
        self._linked = linked
        if self.recurrence_of.data is None:
            self.recurrence_of.data = linked or NO

    def recurrence_offer(self) -> dict[str, Any]:
        """What differs from the report: the closed hazard it is, or that it is none."""
        said = number_of(self.recurrence_of.data)
        if said == self._linked:
            return {}
        return {"recurrence_of": said} if said else {"no_recurrence": f"上报时所选 {self._linked} 不是同一隐患"}


class AcceptForm(CriterionFields, EarlierFields, ResponsibleFields, AskForm):
    """受理: the clause where it is major, who puts it right, until when, what keeps people safe meanwhile."""

    deadline = DayField("整改期限", needed="请定整改期限。")
    interim_controls = text(
        "整改期间的管控措施", needed="请写明管控措施。", description="停用、撤人、警戒、看守：整改期间靠什么保证安全。"
    )
    plan_due = DayField("整改方案提交日期", description="重大隐患须编制整改方案。")
    fact_fields = {"criterion_or_reason": "criterion"}
    ahead = {"deadline": True, "plan_due": True}

    def put(self, hazard: Hazard, today: date) -> None:
        """The record's own words, and the usual term for a plan."""
        self.put_responsible(hazard)
        self.interim_controls.data = hazard.interim_controls
        self.deadline.data, self.plan_due.data = hazard.deadline, hazard.plan_due
        self.criterion_reason.data = hazard.criterion_reason

    def check(self, hazard: Hazard, today: date) -> bool:
        """A clause or a reason, and somebody responsible, are asked for at their own fields."""
        fine = super().check(hazard, today)
        if not self.responsible().get("responsible_person"):
            self.responsible_person_id.errors = ["请选择整改责任人，或在下面写姓名。"]
            fine = False
        if self._asks_clause(hazard):
            fine = self._check_clause(hazard) and fine
        return fine

    def _asks_clause(self, hazard: Hazard) -> bool:
        return hazard.grade is Grade.MAJOR

    def _check_clause(self, hazard: Hazard) -> bool:
        if self.chosen_clause() is None and not self.clause_reason() and not hazard.criterion_clause:
            self.criterion.errors = ["请选择条款；都不是的，写明理由。"]
            return False
        if not self.check_conditions():
            return False
        if self.plan_due.data is None and hazard.plan_due is None:
            self.plan_due.errors = ["请定整改方案的提交日期。"]
            return False
        return True

    def offered(self) -> dict[str, Any]:
        """Clause, responsible unit and person, term, controls."""
        offered = self.responsible() | {
            "deadline": iso(self.deadline.data),
            "interim_controls": self.interim_controls.data or "",
        }
        if self.plan_due.data:
            offered["plan_due"] = iso(self.plan_due.data)
        return offered | self.clause_offer() | self.recurrence_offer()


class UpForm(AcceptForm):
    """上调为重大: with the conditions of an acceptance."""

    deadline = DayField("整改期限")

    def _asks_clause(self, hazard: Hazard) -> bool:
        return True

    def check(self, hazard: Hazard, today: date) -> bool:
        """A term is asked for where the record has none."""
        fine = super().check(hazard, today)
        if self.deadline.data is None and hazard.deadline is None:
            self.deadline.errors = ["请定整改期限。"]
            fine = False
        return fine

    def offered(self) -> dict[str, Any]:
        """A regrade moves no deadline: it sets one only where there is none."""
        return {key: value for key, value in super().offered().items() if value != ""}


class OrderForm(CriterionFields, ResponsibleFields, AskForm):
    """责令整改: number, item, basis, term by a day or in days from service, what was stopped, a major one's clause."""

    order_number = line("文书号", 80, needed="请填文书号。", description="如（渝綦）应急责改〔2026〕12号。")
    order_item = NumberField("文书项次", least=1, most=999, description="一份文书有几项时，这是第几项。")
    order_basis = text("法律依据", longest=500, needed="请填法律依据。", description="可改。")
    term = RadioField(
        "整改期限",
        choices=choices([("day", "到某一日"), ("days", "自送达之日起若干日")]),
        validators=[InputRequired("请选择。")],
    )
    deadline = DayField("到这一日")
    deadline_days = NumberField("自送达之日起（日）", least=1, most=LONGEST_TERM)
    authority_stopped = BooleanField("同时责令停产停业或停止使用（恢复前须审查同意）")
    interim_controls = text("整改期间的管控措施")
    fact_fields = {"legal_basis": "order_basis", "description": "order_number"}
    ahead = {"deadline": True}

    def put(self, hazard: Hazard, today: date) -> None:
        """The usual basis, and what the record says already."""
        self.put_responsible(hazard)
        self.order_basis.data = hazard.order_basis or USUAL_BASIS
        self.order_number.data, self.order_item.data = hazard.order_number, hazard.order_item
        self.interim_controls.data = hazard.interim_controls
        self.term.data = "day"
        self.deadline.data = hazard.deadline

    def check(self, hazard: Hazard, today: date) -> bool:
        """One of the two terms."""
        field = self.deadline_days if self.term.data == "days" else self.deadline
        if field.data is None:
            field.errors = ["请填写整改期限。"]
            return False
        if not self.check_conditions():
            return False
        return self.term.data == "days" or super().check(hazard, today)

    def offered(self) -> dict[str, Any]:
        """The order as it will stand; exactly one of the two terms."""
        offered: dict[str, Any] = self.responsible() | {
            "order_number": self.order_number.data or "",
            "order_basis": self.order_basis.data or "",
        }
        if self.order_item.data:
            offered["order_item"] = self.order_item.data
        if self.term.data == "days":
            offered["deadline_days"] = self.deadline_days.data
        else:
            offered["deadline"] = iso(self.deadline.data)
        if self.interim_controls.data:
            offered["interim_controls"] = self.interim_controls.data
        if self.authority_stopped.data:
            offered["authority_stopped"] = "是"
        return offered | self.clause_offer()


class ReasonForm(AskForm):
    """Only a reason: 下调为一般."""

    reason = text("理由", needed=WHY)

    def offered(self) -> dict[str, Any]:
        """The reason."""
        return {"reason": self.reason.data or ""}


class DismissForm(ReasonForm):
    """不予认定: a reason; a duplicate names the hazard it repeats."""

    original = RadioField("重复的是哪一条", validators=[Optional()], validate_choice=False)
    duplicate_of = line("原隐患编号", 40, description="重复上报的，填同一企业原隐患的编号。")

    def offer_originals(self, alike: Sequence[tuple[str, str]], preset: str = "") -> None:
        """Earlier hazards that are alike, by number; any other is named by its number."""
        numbers = [number for number, _words in alike]
        self.original.choices = choices([*alike, (NO, "不是重复，或在下面填编号")])
        if self.original.data is None:
            self.original.data = preset if preset in numbers else NO
            if preset and preset not in numbers:
                self.duplicate_of.data = preset

    def offered(self) -> dict[str, Any]:
        """Reason and, for a duplicate, the original: the number typed counts before the one picked."""
        number = self.duplicate_of.data or number_of(self.original.data)
        return super().offered() | ({"duplicate_of": number} if number else {})


class ExtendForm(ReasonForm):
    """延期: reason, new deadline, and the controls for the longer time."""

    new_deadline = DayField("新的整改期限", needed="请填新的整改期限。")
    interim_controls = text("延长期间的管控措施", needed="请写明管控措施。")
    ahead = {"new_deadline": False}

    def put(self, hazard: Hazard, today: date) -> None:
        """The controls in force."""
        self.interim_controls.data = hazard.interim_controls

    def check(self, hazard: Hazard, today: date) -> bool:
        """Later than the deadline in force."""
        fine = super().check(hazard, today)
        if fine and hazard.deadline is not None and self.new_deadline.data <= hazard.deadline:
            self.new_deadline.errors = [f"须晚于现期限 {hazard.deadline.isoformat()}。"]
            return False
        return fine

    def offered(self) -> dict[str, Any]:
        """Reason, new deadline, controls."""
        return super().offered() | {
            "new_deadline": iso(self.new_deadline.data),
            "interim_controls": self.interim_controls.data or "",
        }


class ReturnForm(ReasonForm):
    """退回: reason and new deadline."""

    new_deadline = DayField("新的整改期限", needed="请填新的整改期限。")
    ahead = {"new_deadline": False}

    def offered(self) -> dict[str, Any]:
        """Reason and new deadline."""
        return super().offered() | {"new_deadline": iso(self.new_deadline.data)}


class ReopenForm(ReasonForm):
    """重新整改: reason; a closed one also gets a new deadline."""

    new_deadline = DayField("新的整改期限")
    ahead = {"new_deadline": False}

    def check(self, hazard: Hazard, today: date) -> bool:
        """A closed one needs its new deadline."""
        if hazard.state is State.CLOSED and self.new_deadline.data is None:
            self.new_deadline.errors = ["请填新的整改期限。"]
            return False
        return super().check(hazard, today)

    def offered(self) -> dict[str, Any]:
        """Reason and, where given, the new deadline."""
        day = self.new_deadline.data
        return super().offered() | ({"new_deadline": iso(day)} if day else {})


class TransferForm(ReasonForm):
    """移送: reason and the office that receives it."""

    target_office_id = SelectField("接收单位", coerce=str, validators=[Optional()])
    fact_fields = {"target_office": "target_office_id"}

    def offer_offices(self, offices: Iterable[tuple[int, str]]) -> None:
        """The offices it may go to."""
        self.target_office_id.choices = choices([("", "请选择"), *((str(office), name) for office, name in offices)])

    def check(self, hazard: Hazard, today: date) -> bool:
        """An office must be chosen."""
        if not self.target_office_id.data:
            self.target_office_id.errors = ["请选择接收单位。"]
            return False
        return super().check(hazard, today)

    def offered(self) -> dict[str, Any]:
        """Reason and office, by id and by name."""
        chosen = self.target_office_id.data
        return super().offered() | {
            "target_office_id": int(chosen),
            "target_office": {choice.value: choice.label for choice in self.target_office_id.choices}[chosen],
        }


class ResumeForm(AskForm):
    """恢复生产: what was checked, from when."""

    resume_checked = text("检查了什么", needed="请写明恢复生产前检查了什么。")
    resume_from = DayField("恢复生产的日期", needed="请填恢复生产的日期。")
    ahead = {"resume_from": True}

    def offered(self) -> dict[str, Any]:
        """What was checked, from when."""
        return {"resume_checked": self.resume_checked.data or "", "resume_from": iso(self.resume_from.data)}


def form_class(action: Action, grade: Grade) -> type[AskForm]:
    """The form of an action in this case."""
    if action is Action.REGRADE:
        return UpForm if grade is Grade.GENERAL else ReasonForm
    return {
        Action.ACCEPT: AcceptForm,
        Action.ORDER: OrderForm,
        Action.DISMISS: DismissForm,
        Action.EXTEND: ExtendForm,
        Action.RETURN: ReturnForm,
        Action.REOPEN: ReopenForm,
        Action.TRANSFER: TransferForm,
        Action.RESUME: ResumeForm,
    }[action]

"""Forms of what happens between signatures: the plan, the work, corrections, photos, service, telling."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import HiddenField, MultipleFileField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import InputRequired, Optional

from accounts.forms.base import offered as choices
from hazards.forms.cleaning import member
from hazards.forms.parts import DayField, HazardForm, MoneyField, line, text
from hazards.models import Hazard
from hazards.rules import EVIDENCE_LABELS, EvidenceKind
from workflows.vocabulary import Category, StopScope

ADDED = (EvidenceKind.BEFORE, EvidenceKind.AFTER, EvidenceKind.DOCUMENT, EvidenceKind.EVALUATION)


class PlanForm(HazardForm):
    """整改方案: the five points, the further parts of the enterprise's own report, and when the staff was told."""

    plan_measures = text("措施", description="目标和任务，方法和措施。")
    plan_responsibility = text("责任", description="责任单位和责任人，机构和人员。")
    plan_money = MoneyField("资金（万元）")
    plan_money_source = line("资金来源", 200)
    plan_deadline = DayField("时限", description="方案完成的日期。")
    plan_contingency = text("预案", description="安全措施和应急预案。")
    plan_situation = text("隐患现状及产生原因")
    plan_harm = text("危害程度和整改难易程度分析")
    congress_told_on = DayField("向职工大会或职工代表大会报告的日期")

    def put(self, hazard: Hazard) -> None:
        """What is written so far."""
        for name in _PLAN_PLAIN:
            self[name].data = getattr(hazard, name)
        self.plan_money.put(hazard.plan_money_fen)

    def changes(self) -> dict[str, Any]:
        """The plan as typed, by the names of the record."""
        return {name: _plain(self[name]) for name in _PLAN_PLAIN} | {"plan_money_fen": self.plan_money.fen}


_PLAN_PLAIN = (
    "plan_measures",
    "plan_responsibility",
    "plan_money_source",
    "plan_deadline",
    "plan_contingency",
    "plan_situation",
    "plan_harm",
    "congress_told_on",
)


def _plain(field: Any) -> Any:
    return field.data if isinstance(field, DayField) else (field.data or "")


class WorkForm(HazardForm):
    """整改情况: who did it, with what result, when, at what cost; photos of after."""

    photos = MultipleFileField("整改后照片")
    staged = HiddenField(render_kw={"data-once": ""})
    doers = SelectMultipleField("整改实施人", coerce=str, description="实施整改的人不能签批验收和销号。")
    result = text("整改结果", needed="请写明怎样整改的、结果如何。")
    completed_on = DayField("完成日期")
    real_cost = MoneyField("实际资金（万元）", description="没有花钱的填 0。")
    cause = text("产生原因")
    similar_checked = text("举一反三", description="同类问题查了哪些地方，结果如何。")
    lasting_measure = text("长效措施", description="怎样防止再次发生。")
    evaluation = MultipleFileField("停产整改后的安全评估报告")
    staged_evaluation = HiddenField(render_kw={"data-once": ""})

    def offer_people(self, people: Iterable[tuple[int, str]]) -> None:
        """The people of the enterprise."""
        self.doers.choices = choices((str(person), name) for person, name in people)

    def put(self, hazard: Hazard, person_id: int) -> None:
        """What is recorded so far; the responsible person is the first guess for who did it."""
        for name in _WORK_PLAIN:
            self[name].data = getattr(hazard, name)
        self.real_cost.put(hazard.real_cost_fen)
        likely = {str(hazard.responsible_person_id), str(person_id)}
        listed = [choice.value for choice in self.doers.choices]
        responsible = [value for value in listed if value == str(hazard.responsible_person_id)]
        self.doers.data = responsible or [value for value in listed if value in likely]

    def facts(self, *, is_major: bool) -> dict[str, Any]:
        """The work as typed, by the names of the record; the lessons of a major one only where they were asked."""
        names = _WORK_PLAIN if is_major else ("result", "completed_on")
        return {name: _plain(self[name]) for name in names} | {"real_cost_fen": self.real_cost.fen}

    def persons(self) -> tuple[int, ...]:
        """Whoever was ticked."""
        return tuple(int(value) for value in self.doers.data or ())


_WORK_PLAIN = ("result", "completed_on", "cause", "similar_checked", "lasting_measure")


class CorrectForm(HazardForm):
    """更正: facts that no signature has judged."""

    place = line("隐患位置", 300, needed="请填隐患位置。")
    description = text("隐患描述", needed="请填隐患描述。")
    category = SelectField("隐患类别", choices=choices([("", "请选择"), *((c.value, c.label) for c in Category)]))
    responsible_unit = line("责任单位", 200)
    found_by = line("发现人", 120)
    interim_controls = text("现场管控措施")
    stop_scope = RadioField("是否停产", choices=choices((s.value, s.label) for s in StopScope), validators=[Optional()])
    stop_note = text("停用了什么、撤出何人、何时")

    def put(self, hazard: Hazard) -> None:
        """What the record says."""
        for name in _FACTS_PLAIN:
            self[name].data = getattr(hazard, name)
        self.category.data = hazard.category.value if hazard.category else ""
        self.stop_scope.data = hazard.stop_scope.value

    def changes(self, *, hides_finder: bool) -> dict[str, Any]:
        """The facts as typed; a finder who was not shown stays as he is."""
        values = {name: self[name].data or "" for name in _FACTS_PLAIN if not (hides_finder and name == "found_by")}
        category, scope = member(Category, self.category.data), member(StopScope, self.stop_scope.data)
        values |= {"category": category} if category else {}
        return values | ({"stop_scope": scope} if scope else {})


_FACTS_PLAIN = ("place", "description", "responsible_unit", "found_by", "interim_controls", "stop_note")


class EvidenceForm(HazardForm):
    """Photos or files, of one kind at a time."""

    kind = RadioField(
        "是什么", choices=choices((k.value, EVIDENCE_LABELS[k]) for k in ADDED), validators=[InputRequired("请选择。")]
    )
    photos = MultipleFileField("照片或文件")
    staged = HiddenField(render_kw={"data-once": ""})

    @property
    def chosen(self) -> EvidenceKind:
        """The kind that was picked."""
        return EvidenceKind(self.kind.data)


class ServeForm(HazardForm):
    """送达: when and how the order was handed over, and who received it."""

    served_on = DayField("送达日期", needed="请填送达日期。")
    how = RadioField(
        "送达方式",
        choices=choices((word, word) for word in ("直接送达", "留置送达", "邮寄送达", "电子送达", "公告送达")),
        default="直接送达",
        validators=[InputRequired("请选择。")],
    )
    receipt_by = line("签收人", 60)
    receipt_on = DayField("签收日期")
    note = line("备注", 300, description="如拒绝签收的情形、见证人。")


class ToldForm(HazardForm):
    """签收告知: the principal for himself, and that the actual controller was told."""

    who = RadioField(
        "签收人",
        choices=choices([("principal", "主要负责人（本人）"), ("controller", "实际控制人（由主要负责人转达并登记）")]),
        validators=[InputRequired("请选择。")],
    )


class StrikeOffForm(HazardForm):
    """清单销号: its date."""

    on = DayField("清单销号日期", needed="请填日期。")


class PlainForm(HazardForm):
    """Nothing to fill in."""

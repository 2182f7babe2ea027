"""Forms of an inspection that runs: one item, giving up, who takes part, the signature."""

from __future__ import annotations

from typing import Any

from wtforms import HiddenField, RadioField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import InputRequired, Optional

from accounts.forms.base import Form, offered
from hazards.forms.cleaning import member, several_lines
from inspections.operations.inspecting import Answer
from inspections.rules import ItemVerdict, Treatment
from workflows.vocabulary import Grade, StopScope


class ItemForm(Form):
    """What was seen of one item. The page draws its own cards; bounds are the operation's."""

    verdict = RadioField(
        "结论",
        choices=offered((one.value, one.label) for one in ItemVerdict),
        validators=[InputRequired("请选择合格、不合格或不适用。")],
    )
    note = TextAreaField("问题说明", filters=[several_lines])
    treatment = StringField("怎么处理", validators=[Optional()])
    grade = StringField("等级", validators=[Optional()])
    stop_scope = StringField("是否停产", validators=[Optional()])
    stop_note = TextAreaField("停用了什么、撤出何人、何时", filters=[several_lines])
    result = TextAreaField("怎样整改的", filters=[several_lines])
    seen = HiddenField()

    def as_answer(self) -> Answer:
        """What was typed, as the operation takes it."""
        return Answer(
            verdict=ItemVerdict(self.verdict.data),
            note=self.note.data or "",
            treatment=member(Treatment, self.treatment.data),
            grade=member(Grade, self.grade.data),
            stop_scope=member(StopScope, self.stop_scope.data),
            stop_note=self.stop_note.data or "",
            result=self.result.data or "",
            seen=(self.seen.data or "")[:64],
        )

    def typed(self) -> dict[str, Any]:
        """What a card shows again after a refusal."""
        names = ("verdict", "note", "treatment", "grade", "stop_scope", "stop_note", "result")
        return {name: self[name].data for name in names if self[name].data}


class GiveUpForm(Form):
    """Why an inspection is given up."""

    reason = TextAreaField(
        "为什么作废",
        filters=[several_lines],
        description="已记的结论和照片保留备查，不生成隐患；这一期可以重新开始排查。",
    )


class PeopleForm(Form):
    """Who else takes part."""

    persons = SelectMultipleField("参加人员", coerce=int)

    def offer(self, people: list[tuple[int, str]]) -> None:
        """Those of the enterprise who do not take part yet."""
        self.persons.choices = offered(people)


class SignForm(Form):
    """The signature: what was shown, and for each failed item whether it is a hazard that is known already."""

    seen = HiddenField()
    once = HiddenField()

"""Forms of risk points: the point, a measure, a measure that failed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from wtforms import HiddenField, MultipleFileField, RadioField, SelectField
from wtforms.validators import Optional

from accounts.forms.base import Form, offered
from accounts.queries import UnitRow
from hazards.forms.cleaning import member
from hazards.forms.parts import line, text
from hazards.operations.attaching import NewFile
from inspections.models import RiskControl, RiskPoint
from inspections.operations.findings import CATEGORIES, Seen
from inspections.operations.points import ControlDetails, PointDetails
from inspections.rules import ControlKind, PointKind, RiskGrade
from workflows.vocabulary import Category, Grade

NO_ID = ""
LONGEST_ID = 11  # digits


class PointForm(Form):
    """A risk point; bounds and what must be there are the operation's."""

    name = line("风险点名称", 120, needed="请填写风险点名称。", description="设备、场所或作业，如 1 号中频电炉。")
    place = line("部位", 200, description="在哪里，如 北区熔炼车间二层。")
    code = line("编号", 40, description="不填由系统编号。")
    kind = RadioField("类型", choices=offered((k.value, k.label) for k in PointKind), default=PointKind.PLACE.value)
    grade = RadioField("风险等级", choices=offered((g.value, g.label) for g in RiskGrade), validators=[Optional()])
    unit_id = SelectField("部门、班组", coerce=str, validators=[Optional()])
    possible_harm = text("可能导致的事故类型", longest=1000, description="如 灼烫、爆炸。")
    responsible_id = SelectField("责任人", coerce=str, validators=[Optional()])
    responsible = line("责任人姓名", 60, description="名单里没有的，在这里写姓名。")
    checklist_id = SelectField("检查表", coerce=str, validators=[Optional()])

    def offer(
        self, units: Iterable[UnitRow], people: Iterable[tuple[int, str]], checklists: Iterable[tuple[int, str]]
    ) -> None:
        """What may be chosen."""
        named = [(str(row.unit.id), "\u3000" * row.depth + row.unit.name) for row in units]
        self.unit_id.choices = offered([(NO_ID, "不分部门"), *named])
        self.responsible_id.choices = offered([(NO_ID, "名单里没有，或者未定"), *((str(i), n) for i, n in people)])
        self.checklist_id.choices = offered([(NO_ID, "没有专用的检查表"), *((str(i), n) for i, n in checklists)])

    def take(self, point: RiskPoint) -> None:
        """Show what is kept."""
        for name in ("name", "place", "code", "possible_harm", "responsible"):
            self[name].data = getattr(point, name)
        self.kind.data, self.grade.data = point.kind.value, point.grade.value
        for name in ("unit_id", "responsible_id", "checklist_id"):
            self[name].data = str(getattr(point, name) or NO_ID)

    def is_right(self) -> bool:
        """Whether everything is there; a point is not graded by leaving the field as it was."""
        right = bool(self.validate())
        if member(RiskGrade, self.grade.data) is None:
            self.grade.errors = ["请选择风险等级。"]
            right = False
        return right

    def details(self) -> PointDetails:
        """What was typed; a person that was chosen brings the name along."""
        names = {choice.value: choice.label for choice in self.responsible_id.choices}
        chosen = self.responsible_id.data or NO_ID
        return PointDetails(
            name=self.name.data or "",
            grade=member(RiskGrade, self.grade.data) or RiskGrade.BLUE,
            kind=member(PointKind, self.kind.data) or PointKind.PLACE,
            place=self.place.data or "",
            unit_id=number(self.unit_id.data),
            possible_harm=self.possible_harm.data or "",
            responsible_id=number(chosen),
            responsible=str(names[chosen]) if chosen else self.responsible.data or "",
            checklist_id=number(self.checklist_id.data),
        )


class ControlForm(Form):
    """One measure and who answers for it."""

    kind = RadioField(
        "哪一类", choices=offered((k.value, k.label) for k in ControlKind), default=ControlKind.MANAGEMENT.value
    )
    text = text("管控措施", longest=500, needed="请写明管控措施。")
    answers_id = SelectField("谁负责", coerce=str, validators=[Optional()])
    answers = line("负责人姓名", 60, description="名单里没有的，在这里写姓名。")

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """The people of the enterprise."""
        self.answers_id.choices = offered([(NO_ID, "名单里没有，或者未定"), *((str(i), n) for i, n in people)])

    def details(self) -> ControlDetails:
        """What was typed."""
        names = {choice.value: choice.label for choice in self.answers_id.choices}
        chosen = self.answers_id.data or NO_ID
        return ControlDetails(
            text=self.text.data or "",
            kind=member(ControlKind, self.kind.data) or ControlKind.MANAGEMENT,
            answers=str(names[chosen]) if chosen else self.answers.data or "",
            answers_id=number(chosen),
        )


class FailedForm(Form):
    """管控措施失效: which measure, what is seen, and how grave it is."""

    once = HiddenField(render_kw={"data-once": ""})
    staged = HiddenField(render_kw={"data-once": ""})
    control = RadioField("哪条措施失效", validators=[Optional()])
    photos = MultipleFileField("拍照")
    description = text("看到了什么", longest=2000, needed="请写明看到了什么。")
    category = RadioField("哪一类", choices=offered((c.value, c.label) for c in Category), validators=[Optional()])
    grade = RadioField("等级", choices=offered((g.value, g.label) for g in Grade), default=Grade.GENERAL.value)
    stop_note = text("停用了什么、撤出何人、何时", longest=2000, description="重大的必填。")

    def offer(self, point: RiskPoint, controls: Sequence[RiskControl], chosen: int | None) -> None:
        """The measures that stand, one of them chosen."""
        self.control.choices = offered((str(one.id), one.text) for one in controls)
        if not self.is_submitted():
            self.category.data = CATEGORIES[point.kind].value
            words = next((one for one in controls if one.id == chosen), None)
            if words is not None:
                self.control.data = str(words.id)
                self.description.data = f"管控措施失效：{words.text}"

    def seen(self, photos: tuple[NewFile, ...]) -> Seen:
        """What was typed."""
        grade = member(Grade, self.grade.data) or Grade.GENERAL
        return Seen(
            description=self.description.data or "",
            photos=photos,
            category=member(Category, self.category.data),
            grade=grade,
            stop_note=(self.stop_note.data or "") if grade is Grade.MAJOR else "",
        )


def number(typed: str | None) -> int | None:
    """An id as a choice holds it; None for whatever is none."""
    return int(typed) if typed and typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_ID else None

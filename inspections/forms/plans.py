"""Forms of plans and absences."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from wtforms import BooleanField, SelectField
from wtforms.validators import Optional

from accounts.forms.base import OnceForm, choice_field, offered
from accounts.queries import UnitRow
from hazards.forms.cleaning import member
from hazards.forms.parts import DayField, NumberField, line
from inspections.forms.points import number
from inspections.models import Checklist, InspectionPlan
from inspections.operations.absences import AbsenceDetails
from inspections.operations.plans import LONGEST_NAME, LONGEST_REASON, PlanDetails
from workflows.cadence import MOST_A_DAY, Frequency
from workflows.vocabulary import Tier

NOBODY = ""
Choices = Iterable[tuple[int, str]]


class PlanForm(OnceForm):
    """Which unit is inspected, how often, with what, by whom; bounds are the operation's."""

    unit_id = SelectField("部门、班组", coerce=str, validators=[Optional()])
    tier = choice_field("层级", ((tier.value, f"{tier.label}排查") for tier in Tier))
    frequency = choice_field("频次", ((one.value, one.label) for one in Frequency))
    per_day = NumberField("每天几次", least=1, most=MOST_A_DAY, description="只用于每日的计划；通常 1 次。", default=1)
    checklist_id = SelectField("检查表", coerce=str, validators=[Optional()])
    person_id = SelectField("由谁排查", coerce=str, validators=[Optional()])
    substitute_id = SelectField("不在时由谁代替", coerce=str, validators=[Optional()])
    led = BooleanField("主要负责人带队", description="完成后还要主要负责人签字。")
    risk_point_id = SelectField("只查一个风险点", coerce=str, validators=[Optional()])
    name = line("计划名称", LONGEST_NAME, description="可不填，如 熔炼班交接班排查。")
    from_on = DayField("从哪天起", needed="请填从哪天起。")

    def offer(
        self, units: Iterable[UnitRow], people: Choices, checklists: Iterable[Checklist], points: Choices
    ) -> None:
        """What may be chosen."""
        persons = [(str(key), name) for key, name in people]
        named = [(str(row.unit.id), "\u3000" * row.depth + row.unit.name) for row in units]
        self.unit_id.choices = offered([(NOBODY, "全厂"), *named])
        self.person_id.choices = offered([(NOBODY, "按层级由部门、班组的负责人"), *persons])
        self.substitute_id.choices = offered([(NOBODY, "不指定"), *persons])
        self.checklist_id.choices = offered(
            (str(one.id), one.name if one.enterprise_id else f"{one.name}（模板）") for one in checklists
        )
        self.risk_point_id.choices = offered([(NOBODY, "不限于风险点"), *((str(key), name) for key, name in points)])

    def take(self, plan: InspectionPlan) -> None:
        """Show what is kept."""
        for field in ("unit_id", "checklist_id", "person_id", "substitute_id", "risk_point_id"):
            self[field].data = str(getattr(plan, field) or NOBODY)
        self.tier.data, self.frequency.data = plan.tier.value, plan.frequency.value
        self.per_day.data, self.led.data, self.name.data = plan.per_day, plan.led, plan.name

    def details(self) -> PlanDetails:
        """The same as the operation takes it."""
        return PlanDetails(
            tier=member(Tier, self.tier.data) or Tier.DAY,
            frequency=member(Frequency, self.frequency.data) or Frequency.DAY,
            checklist_id=number(self.checklist_id.data) or 0,
            unit_id=number(self.unit_id.data),
            risk_point_id=number(self.risk_point_id.data),
            per_day=self.per_day.data or 1,
            name=self.name.data or "",
            person_id=number(self.person_id.data),
            substitute_id=number(self.substitute_id.data),
            led=bool(self.led.data),
        )

    def field_of(self, name: str) -> str:
        """The day stands in one field, whether a plan begins or changes."""
        return "from_on" if name == "starts_on" else name


class EndPlanForm(OnceForm):
    """Until when, and why."""

    last_on = DayField("最后一天", needed="请填最后一天。", description="这一天仍要排查，以后不再要求。")
    reason = line("为什么结束", LONGEST_REASON, needed="请写明为什么结束。")


class SetUpForm(OnceForm):
    """From when the usual plans hold."""

    from_on = DayField("从哪天起", needed="请填从哪天起。")

    def field_of(self, name: str) -> str:
        """The only day."""
        return "from_on" if name == "starts_on" else name


class AbsenceForm(OnceForm):
    """Who is away from–to, and who inspects meanwhile."""

    person_id = SelectField("谁不在", coerce=str)
    first_on = DayField("从哪天", needed="请填第一天。")
    last_on = DayField("到哪天（含）", needed="请填最后一天。")
    substitute_id = SelectField(
        "由谁代替",
        coerce=str,
        validators=[Optional()],
        description="不指定的，按计划里的代替人；没有的，由上一级负责人。",
    )
    reason = line("事由", 120, description="可不填，如 年休、培训。")

    def offer(self, people: Choices, colleagues: Choices) -> None:
        """Whose absence may be recorded, and who may stand in."""
        self.person_id.choices = offered((str(key), name) for key, name in people)
        self.substitute_id.choices = offered([(NOBODY, "不指定"), *((str(key), name) for key, name in colleagues)])

    def details(self) -> AbsenceDetails:
        """The same as the operation takes it."""
        first, last = self.first_on.data, self.last_on.data
        assert isinstance(first, date)
        assert isinstance(last, date)
        return AbsenceDetails(
            number(self.person_id.data) or 0, first, last, number(self.substitute_id.data), self.reason.data or ""
        )

"""The form that names who puts one hazard right."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import SelectField, ValidationError

from accounts.forms.base import offered as choices
from hazards.forms.parts import HazardForm, line
from hazards.operations.assigning import LONGEST_REASON


class AssignForm(HazardForm):
    """Who, and why."""

    person_id = SelectField("整改责任人", coerce=int, choices=[])
    reason = line("说明", LONGEST_REASON, description="可留空。记入经过，被指定的人会收到通知。")

    def offer(self, people: Iterable[tuple[int, str]]) -> None:
        """The people of the enterprise."""
        self.person_id.choices = choices([(0, "请选择"), *people])

    def validate_person_id(self, field: SelectField) -> None:
        """Somebody must be chosen."""
        if not field.data:
            raise ValidationError("请选择整改责任人。")

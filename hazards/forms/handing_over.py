"""The form of handing over: which, to whom, why."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import SelectField, ValidationError

from accounts.forms.base import Form, offered
from accounts.models import Person
from hazards.forms.parts import line


class HandOverForm(Form):
    """To whom the picked hazards (or all) go."""

    receiver_id = SelectField("移交给", coerce=int, choices=[])
    reason = line("理由", 300, needed="请写明理由。")

    def offer(self, people: Iterable[Person]) -> None:
        """The people who may be chosen."""
        self.receiver_id.choices = offered([(0, "请选择"), *((person.id, person.name) for person in people)])

    def validate_receiver_id(self, field: SelectField) -> None:
        """Somebody must be chosen."""
        if not field.data:
            raise ValidationError("请选接手人。")

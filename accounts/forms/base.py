"""What every form of this room shares: clean text, messages in Chinese, refusals shown at their fields."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, TypeVar

from flask_wtf import FlaskForm
from wtforms import HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.i18n import get_translations
from wtforms.validators import DataRequired, Length, Optional

from core.db import unit_of_work
from core.http import status_of
from core.once import new_key
from core.refusals import Invalid, Refusal

T = TypeVar("T")


def clean(text: str | None) -> str:
    """What was typed, without blanks around and without control characters."""
    return "".join(c for c in (text or "") if c.isprintable()).strip()


def text_field(label: str, longest: int, *, needed: str = "", **more: Any) -> StringField:
    """A line of text; `needed` is the sentence when it is empty."""
    checks: list[Any] = [Length(max=longest, message=f"最多 {longest} 个字。")]
    checks.insert(0, DataRequired(needed) if needed else Optional())
    return StringField(label, filters=[clean], validators=checks, **more)


def choice_field(label: str, choices: Iterable[tuple[str | int, str]] = (), **more: Any) -> SelectField:
    """One of a list; refused in Chinese when it is none of it."""
    return SelectField(label, choices=offered(choices), **more)


def offered(choices: Iterable[tuple[str | int, str]]) -> list[SelectChoice]:
    """Pairs of value and words as the library takes them."""
    return [SelectChoice(value, words) for value, words in choices]


class Form(FlaskForm):
    """What every form shares: messages in Chinese, and refusals shown at their fields."""

    status = 422  # with which a form that was refused is shown again

    class Meta:
        locales = ("zh",)

        def get_translations(self, form: Any) -> Any:
            """The messages of the library itself, in Chinese."""
            return get_translations(["zh"])

    def show(self, refusal: Refusal) -> None:
        """Put a refusal's sentences at the fields they belong to; what has no field stands on top."""
        self.status = status_of(refusal)
        fields = refusal.fields if isinstance(refusal, Invalid) else {}
        for name, sentence in fields.items():
            field = self._fields.get(self.field_of(name))
            if field is None:
                self.form_errors.append(sentence)
            else:
                field.errors = [*field.errors, sentence]
        if not fields:
            self.form_errors.append(refusal.sentence)

    def field_of(self, name: str) -> str:
        """The field at which a refusal's sentence of that name is shown."""
        return name


class OnceForm(Form):
    """A form that is counted once, however often it is sent: an impatient thumb does nothing twice."""

    once = HiddenField(render_kw={"data-once": ""})

    def new_key(self) -> None:
        """A key; where the form is shown for the first time."""
        self.once.data = new_key()


class RenameForm(Form):
    """A new name for a region or a unit."""

    name = text_field("名称", 60, needed="请填名称。")


def carry_out(form: Form, act: Callable[[], T]) -> T | None:
    """Do what a valid form asks for, in one unit of work; None when the form must be shown (again)."""
    if not form.validate_on_submit():
        return None
    try:
        with unit_of_work():
            return act()
    except Invalid as refusal:
        form.show(refusal)
        return None

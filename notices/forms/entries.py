"""The fields of a draft, made from the table of its kind (workflows/notices.py): one builder an `Entry`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any, Final

from wtforms import BooleanField, Field, RadioField
from wtforms.validators import Optional

from accounts.forms.base import offered
from core.days import SHANGHAI
from hazards.forms.moments import MomentField
from hazards.forms.parts import DayField, line, text
from notices.fields import YES
from workflows.notices import Entry, NoticeField, NoticeRow


def _line(field: NoticeField) -> Any:
    return line(field.label, field.longest, description=field.hint, render_kw={"maxlength": field.longest})


def _long(field: NoticeField) -> Any:
    return text(field.label, longest=field.longest, description=field.hint, render_kw={"rows": 4})


def _choice(field: NoticeField) -> Any:
    return RadioField(
        field.label,
        choices=offered((word, word) for word in field.choices),
        validators=[Optional()],
        description=field.hint,
    )


_BUILD: Final[dict[Entry, Callable[[NoticeField], Any]]] = {
    Entry.LINE: _line,
    Entry.LONG: _long,
    Entry.DAY: lambda field: DayField(field.label, description=field.hint),
    Entry.MOMENT: lambda field: MomentField(field.label, description=field.hint),
    Entry.YES: lambda field: BooleanField(field.label, description=field.hint),
    Entry.CHOICE: _choice,
}

_READ: Final[dict[Entry, Callable[[str], Any]]] = {
    Entry.DAY: date.fromisoformat,
    Entry.MOMENT: lambda kept: datetime.fromisoformat(kept).astimezone(SHANGHAI).replace(tzinfo=None),
    Entry.YES: lambda kept: kept == YES,
}


def fields_of(row: NoticeRow) -> dict[str, Any]:
    """The unbound fields of a kind, by name, in the order of its table."""
    return {field.name: _BUILD[field.entry](field) for field in row.fields}


def shown_value(field: NoticeField, kept: Mapping[str, str]) -> Any:
    """What a draft holds, as its field shows it."""
    value = kept.get(field.name, "")
    return _READ.get(field.entry, str)(value) if value else None


def said_value(field: Field) -> Any:
    """What was typed, as the operations take it: an aware moment, a day, a yes, a text."""
    return field.moment if isinstance(field, MomentField) else field.data

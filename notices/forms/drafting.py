"""Forms of a draft: the fields of its kind, the hazards it is about, and its text where it is edited by hand."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from wtforms import HiddenField, RadioField
from wtforms.validators import Optional

from accounts.forms.base import OnceForm, offered
from core.chain import digest
from hazards.forms.cleaning import several_lines
from hazards.forms.parts import text
from notices.fields import LONGEST_BODY
from notices.forms.entries import fields_of, said_value, shown_value
from notices.models import Notice
from notices.operations.drafting import Drafted
from workflows.notices import NOTICES, NoticeField, NoticeKind

EACH: Final = "each"
TOGETHER: Final = "together"
MOST_TYPED: Final = 200
_BETWEEN: Final = re.compile(r"[\s,，、;；]+")


class DraftFields(OnceForm):
    """What the forms of every kind share; those of one kind are made by `draft_form`."""

    kind: NoticeKind

    version = HiddenField()

    def own_fields(self) -> list[tuple[NoticeField, Any]]:
        """The kind's own fields, each with how it is asked for."""
        return [(field, self._fields[field.name]) for field in NOTICES[self.kind].fields]

    def put(self, kept: Mapping[str, str]) -> None:
        """Show what a draft holds."""
        for field, shown in self.own_fields():
            shown.data = shown_value(field, kept)

    def said(self) -> dict[str, Any]:
        """What was typed, by name."""
        return {field.name: said_value(shown) for field, shown in self.own_fields()}

    def typed(self) -> str:
        """What was typed as lines, to be kept where the form is refused as stale."""
        return "\n".join(f"{shown.label.text}：{shown.data}" for _field, shown in self.own_fields() if shown.data)


class NewFields(DraftFields):
    """A draft that is begun: about which hazards, and how several enterprises are dealt with."""

    hazards = text("隐患编号", longest=6000, description="每行一个，或用逗号隔开。")
    spread = RadioField(
        "起草几份",
        choices=offered([(EACH, "按企业分别起草"), (TOGETHER, "合为一份")]),
        validators=[Optional()],
        default=EACH,
    )

    def begin(self, numbers: list[str]) -> None:
        """Shown for the first time, for these hazards."""
        self.new_key()
        self.hazards.data, self.spread.data = "\n".join(numbers), EACH

    @property
    def numbers(self) -> list[str]:
        """The hazards' numbers, each once, in their order."""
        return numbers_in(self.hazards.data or "")

    def drafted(self) -> Drafted:
        """What the draft is given; its text is the template's until it is edited."""
        return Drafted(self.said())


class EditFields(DraftFields):
    """A draft that is changed; the text left as it was shown stays the template's own."""

    body = text("正文", longest=LONGEST_BODY)
    template_seen = HiddenField()

    def begin(self, notice: Notice, template: str) -> None:
        """Shown for the first time: what the draft holds, and its text as it reads now."""
        self.new_key()
        self.version.data = str(notice.version)
        self.put(notice.fields)
        self.body.data = template if notice.body is None else notice.body
        self.template_seen.data = _mark(template)

    def drafted(self) -> Drafted:
        """The fields; the text only where it differs from the template's, an empty one is the template's again."""
        body = several_lines(self.body.data)
        return Drafted(self.said(), body if body and _mark(body) != self.template_seen.data else None)


def _mark(body: str) -> str:
    return digest(several_lines(body).encode())


def numbers_in(typed: str) -> list[str]:
    """The numbers in a text, each once, in their order."""
    return list(dict.fromkeys(word[:40] for word in _BETWEEN.split(typed) if word))[: MOST_TYPED + 1]


@cache
def new_form(kind: NoticeKind) -> type[NewFields]:
    """The form that begins a notice of this kind."""
    return type(f"New{kind.name.title()}", (NewFields,), {"kind": kind, **fields_of(NOTICES[kind])})


@cache
def edit_form(kind: NoticeKind) -> type[EditFields]:
    """The form that changes a draft of this kind."""
    return type(f"Edit{kind.name.title()}", (EditFields,), {"kind": kind, **fields_of(NOTICES[kind])})

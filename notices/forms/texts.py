"""Forms of an office's own texts: the next version, and the return to the product's."""

from __future__ import annotations

from typing import Final

from wtforms import HiddenField

from accounts.forms.base import OnceForm
from hazards.forms.parts import LONGEST_ID, line, text
from notices.operations.texts import LONGEST_NOTE, TextSaid
from notices.texts.filling import MOST_TEXT

_WHY: Final = "请写明为什么改，写在版本记录里。"


class VersionForm(OnceForm):
    """What every change of a text says: the version it was made from, and why."""

    version = HiddenField()
    note = line(
        "为什么改", LONGEST_NOTE, needed=_WHY, description="写在版本记录里，例如：按 2026 年新式样增加管控要求。"
    )

    def begin(self, number: int) -> None:
        """Note the version the form is made from (0: none yet)."""
        self.new_key()
        self.version.data = str(number)

    @property
    def expected(self) -> int:
        """The version the form was made from; -1 where it does not say."""
        said = self.version.data or ""
        return int(said) if said.isascii() and said.isdigit() and len(said) < LONGEST_ID else -1


class TextForm(VersionForm):
    """The next version of a text."""

    text = text("文字", longest=MOST_TEXT, needed="请写文字。")

    @property
    def said(self) -> TextSaid:
        """The same as the operation takes it."""
        return TextSaid(self.text.data or "", self.note.data or "", self.expected)


class RestoreForm(VersionForm):
    """Back to the product's own text."""

    @property
    def said(self) -> TextSaid:
        """The same as the operation takes it."""
        return TextSaid(None, self.note.data or "", self.expected)

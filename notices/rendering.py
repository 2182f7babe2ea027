"""From a frozen snapshot to a PDF: which renderer sets which kind, as a table."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from notices import enforcement, enterprise_forms, letters
from notices.fonts import FontBook
from notices.snapshots import NoticeSnapshot
from workflows.notices import FILE_FORMAT, NOTICES, Family, NoticeKind

Renderer = Callable[[NoticeSnapshot, FontBook], bytes]

BY_FAMILY: Final[Mapping[Family, Renderer]] = {
    Family.LETTER: letters.render_letter,
    Family.ENFORCEMENT: enforcement.render,
    Family.FORM: enterprise_forms.render,
}
BY_KIND: Final[Mapping[NoticeKind, Renderer]] = {
    **dict.fromkeys(FILE_FORMAT, letters.render_file),
    NoticeKind.STATISTICS: enterprise_forms.render_wide,
}
"""Kinds that are set otherwise than their family."""


def render(snapshot: NoticeSnapshot, fonts: FontBook) -> bytes:
    """The notice as PDF; the same snapshot and fonts always give the same bytes.

    Raises ValueError for a kind that is none, and for a moment without time zone.
    """
    kind = NoticeKind(snapshot.kind)
    return BY_KIND.get(kind, BY_FAMILY[NOTICES[kind].family])(snapshot, fonts)

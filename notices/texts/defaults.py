"""The texts that come with the product, one file a kind, used wherever an office has none of its own."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Final

from workflows.notices import NoticeKind

SOURCE: Final = Path(__file__).parents[1] / "data" / "templates"

WITHOUT_TEXT: Final = frozenset({NoticeKind.CLOSURE_FORM, NoticeKind.STATISTICS, NoticeKind.SERVICE})
"""Kinds that are tables only: nothing of them is running text."""


def has_text(kind: NoticeKind) -> bool:
    """Whether a kind has running text at all."""
    return kind not in WITHOUT_TEXT


@cache
def default_text(kind: NoticeKind) -> str:
    """The product's own text of a kind; empty for one that is a table only."""
    return (SOURCE / f"{kind.value}.txt").read_text(encoding="utf-8") if has_text(kind) else ""

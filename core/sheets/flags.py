"""Yes and no as offices write them, and the ways of writing nothing."""

from __future__ import annotations

from typing import Final

from core.sheets.text import squeeze

_YES: Final = frozenset({"是", "有", "√", "✓", "✔", "y", "yes", "true", "已", "☑", "对"})
_NO: Final = frozenset({"否", "无", "没有", "未", "×", "x", "✗", "✘", "n", "no", "false", "不", "☐"})
_STROKES: Final = "/\\-—–_~.·*、。"
_WORD: Final = 40
"""No word of nothing is longer."""
_NOTHING: Final = frozenset(
    {"无", "暂无", "没有", "不详", "未知", "空", "null", "none", "nan", "n/a", "na", "0", "#n/a"}
)


def read_flag(text: str) -> bool | None:
    """Yes, no, or None for a text that is neither."""
    word = squeeze(text)
    if word in _YES:
        return True
    return False if word in _NO else None


def is_stroke(text: str) -> bool:
    """Whether a text is only a stroke (/, —), which is how a clerk leaves a cell empty on purpose."""
    word = squeeze(text) if len(text) <= _WORD else "".join(text.split())
    return bool(word) and not word.strip(_STROKES)


def is_placeholder(text: str) -> bool:
    """Whether a text says nothing: a stroke, or a word such as 无 or 不详."""
    return is_stroke(text) or (len(text) <= _WORD and squeeze(text) in _NOTHING)

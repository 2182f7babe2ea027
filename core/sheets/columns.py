"""What a column means: its title matched against a table of synonyms, its unit and its list of codes.

The table is the caller's: hazards, enterprises and people are read by the same machinery.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

from core.sheets.header import Path
from core.sheets.text import squeeze

_BRACKETS = re.compile(r"\([^()]*\)")
_DECORATION = re.compile(r"^(?:[*#\-]|\d{1,2}[.、)]|\(\d{1,2}\)|[一二三四五六七八九十]+、)+|[*:：]+$")
_CODE = re.compile(
    r"(?<![\dA-Za-z.])(\d{1,2}|[A-Z](?![A-Za-z]))\s*级?\s*(?:[:：=\-—–.、]|为|是)\s*"
    r"((?:(?![A-Z]\s*[:：=])[^\d\s,，;；、:：()（）]){1,20})"
)
_UNIT = re.compile(r"(百万元|千万元|亿元|万元|千元|百元|元)")


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a title was understood as: the field, and how good the match is (0 is the field's own name)."""

    field: str
    rank: int


class Synonyms:
    """A table of fields and the titles they go by, ready for look-up.

    >>> Synonyms({"deadline": ("整改时限", "治理期限")}).meaning(("治理期限（天）",))
    Meaning(field='deadline', rank=1)
    """

    def __init__(
        self,
        table: Mapping[str, Sequence[str]],
        *,
        groups: frozenset[str] = frozenset(),
        first: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        """`groups` are the fields that a group's name may give to all columns under it. `first` are titles that
        go before the table, whatever it says of them."""
        self._groups = groups
        self._meanings = {squeeze(title): Meaning(field, 0) for field, own in (first or {}).items() for title in own}
        for field, titles in table.items():
            for rank, title in enumerate(titles):
                self._meanings.setdefault(squeeze(title), Meaning(field, rank))

    def meaning(self, path: Path) -> Meaning | None:
        """The meaning of a title path: of the whole, of its last name, then of its group."""
        if not path:
            return None
        group, own = path[:-1], path[-1]
        for name in group[::-1]:
            composed = self._exact(name + own) or self._exact(f"{name}({own})")
            if composed:
                return composed
            if not bare(own) and (found := self._meanings.get(bare(name))):
                return found  # the name below only explains the one above: 企业名称 over （全称）
        found = self._exact(own) or self._meanings.get(bare(own))
        if found:
            return found
        of_group = (self._exact(name) or self._meanings.get(bare(name)) for name in group[::-1])
        return next((meaning for meaning in of_group if meaning and meaning.field in self._groups), None)

    def _exact(self, title: str) -> Meaning | None:
        plain = squeeze(title)
        return self._meanings.get(plain) or self._meanings.get(_DECORATION.sub("", plain))


def bare(title: str) -> str:
    """A title without brackets, numbering, stars and a list of codes after a colon."""
    plain = _BRACKETS.sub("", squeeze(title))
    plain = re.split(r"[:：]", plain, maxsplit=1)[0]
    return _DECORATION.sub("", plain)


def unit_of(path: Path) -> str:
    """The unit of money that a title names (`整改资金（万元）`), or "" where it names none."""
    for name in reversed(path):
        match = _UNIT.search(squeeze(name))
        if match:
            return match[1]
    return ""


def codes_in(text: str) -> dict[str, str]:
    """The list of codes written into a title or a note: `（1：一般隐患 2：重大隐患）` is {"1": "一般隐患", …}.

    One pair alone is no list.
    """
    pairs = dict(_CODE.findall(normalize("NFKC", text)))
    return pairs if len(pairs) >= 2 else {}


UNTITLED: Final = "（无表头）"


def title_of_path(path: Path) -> str:
    """A title as a person reads it: `整改责任单位/施工`."""
    return "/".join(path) or UNTITLED

"""The parts of a text: what stands before the items, after them, and at the foot."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

from notices.texts.faults import Fault
from notices.texts.names import ITEMS

SECTIONS: Final[dict[str, str]] = {"正文": "body", "结语": "closing", "附注": "note"}
"""The lines that begin a part, in [ ]. What stands before the first of them belongs to the 正文."""

_MARK = re.compile(r"\s*[\[［]\s*([^\[\]［］]{1,10}?)\s*[\]］]\s*")
_LOOP = re.compile(rf"{{%-?\s*for\s[^%]*\b{ITEMS}\b")


@dataclass(frozen=True, slots=True)
class Parts:
    """A text in its parts; each may be empty. `closing` follows the items: the appeal text, 特此函告."""

    body: str = ""
    closing: str = ""
    note: str = ""


class Section(NamedTuple):
    """A part as it stands in the text: its field of `Parts`, the line before its first one, its text."""

    field: str
    before: int
    text: str


def plain_lines(text: str) -> list[str]:
    """The lines of a text however its breaks were written."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def sections(text: str) -> Iterator[Section]:
    """The parts in their order; a part that is named twice comes twice, a name nobody knows is text."""
    field, before, held = "body", 0, list[str]()
    for number, line in enumerate(plain_lines(text), start=1):
        named = _named(line)
        if named in SECTIONS:
            yield Section(field, before, "\n".join(held))
            field, before, held = SECTIONS[named], number, []
        else:
            held.append(line)
    yield Section(field, before, "\n".join(held))


def parse(text: str) -> Parts:
    """The parts of a text, without the lines that name them. Never refuses: `check` is for that."""
    found = dict.fromkeys(SECTIONS.values(), "")
    for section in sections(text):
        found[section.field] = (found[section.field] + "\n" + section.text).strip("\n")
    return Parts(**found)


def lists_items(parts: Parts) -> bool:
    """Whether the text itself goes through the items, so that no table of them needs to follow."""
    return any(_LOOP.search(part) for part in (parts.body, parts.closing))


def section_faults(text: str) -> Iterable[Fault]:
    """Names of parts that nobody knows, and parts begun twice."""
    seen: dict[str, int] = {}
    for number, line in enumerate(plain_lines(text), start=1):
        named = _named(line)
        if named and named not in SECTIONS:
            known = "、".join(f"[{name}]" for name in SECTIONS)
            yield Fault(number, f"没有 [{named}] 这一部分。可以用的是{known}；不是分部的，请换用〔〕。")
        elif named in seen:
            yield Fault(number, f"[{named}] 在第 {seen[named]} 行已经有了。请并到一处。")
        elif named:
            seen[named] = number


def _named(line: str) -> str:
    found = _MARK.fullmatch(line)
    return found[1] if found else ""

"""The names that the text of a kind may use, with their meanings: the kind's own fields, then the register's."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import Final

from workflows.notice_names import ITEM_NAMES, REGISTER_NAMES
from workflows.notices import NOTICES, NoticeKind

ITEMS: Final = "隐患"
ITEM: Final = "项"
ITEM_PARTS: Final[dict[str, str]] = dict(ITEM_NAMES)


@dataclass(frozen=True, slots=True)
class TextName:
    """A name with its meaning. `optional`: may be empty on a paper, so that the text asks first with {% if %}."""

    name: str
    meaning: str
    optional: bool = False


@cache
def names_for(kind: NoticeKind) -> tuple[TextName, ...]:
    """Every name a text of this kind may use; a field of the kind goes before a name of the register."""
    asked = [TextName(f.label, f.hint or "起草时填写", not f.needed) for f in NOTICES[kind].fields]
    taken = {name.name for name in asked}
    return (*asked, *(TextName(name, meaning) for name, meaning in REGISTER_NAMES if name not in taken))


def nearest(wanted: str, known: tuple[str, ...]) -> str:
    """The known name that looks most like the one somebody wrote; empty where none does."""
    within = [name for name in known if name in wanted or wanted in name]
    found = get_close_matches(wanted, within or known, n=1, cutoff=0.0 if within else 0.4)
    return found[0] if found else ""

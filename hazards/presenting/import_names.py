"""Names of a file that the register does not know, as the page asks about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from hazards.models import ImportDraft
from hazards.operations.importing import Decisions
from hazards.presenting.importing import figure

NAMES_SHOWN: Final = 20
KINDS: Final = {
    "enterprise": ("企业", "登记为新企业", "不导入这些行"),
    "unit": ("部门或班组", "登记为新的部门或班组", "不记部门"),
    "region": ("区县", "", "不导入这些行"),
}


@dataclass(frozen=True, slots=True)
class NameRow:
    """An unknown name with what may be decided; `place` is its place in the draft's list."""

    place: int
    kind: str
    name: str
    remark: str
    choices: tuple[tuple[str, str], ...]
    chosen: str
    as_before: bool  # as the organisation decided for an earlier file


@dataclass(frozen=True, slots=True)
class Names:
    """The unknown names of one page of them, and the figures."""

    rows: tuple[NameRow, ...]
    total: int
    open: int
    as_before: int
    rest: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]
    before: int | None
    after: int | None


def names_of(draft: ImportDraft, regions: Sequence[tuple[str, str]], start: int) -> Names | None:
    """The names to be decided on, twenty at a time; None where every name is known."""
    if not draft.unknown:
        return None
    decided = Decisions.from_json(draft.decisions)
    every = [_name(place, one, decided, regions) for place, one in enumerate(draft.unknown)]
    start = start if 0 <= start < len(every) else 0
    shown = every[start : start + NAMES_SHOWN]
    return Names(
        tuple(shown),
        len(every),
        sum(not one.chosen for one in every),
        sum(one.as_before for one in every),
        _rest(every) if len(every) > 1 else (),
        max(0, start - NAMES_SHOWN) if start else None,
        start + NAMES_SHOWN if start + NAMES_SHOWN < len(every) else None,
    )


def _name(place: int, one: Mapping[str, Any], decided: Decisions, regions: Sequence[tuple[str, str]]) -> NameRow:
    kind = one["kind"]
    what, new, none = KINDS[kind]
    recalled: list[str] = one.get("recalled") or []
    known = [recalled, *(pair for pair in one["similar"] if pair[0] != recalled[0])] if recalled else one["similar"]
    similar = [(value, f"就是「{name}」") for value, name in known]
    others = [(code, name) for code, name in regions if code not in dict(similar)] if kind == "region" else []
    choices = [*similar, *others, *([("new", new)] if new else []), ("none" if kind == "unit" else "skip", none)]
    first = f"第 {one['first_row']} 行"
    rows = first if one["rows"] == 1 else f"{figure(one['rows'])} 行，先见于{first}"
    chosen = decided.of(kind, one["key"])
    return NameRow(place, what, one["name"], rows, tuple(choices), chosen, chosen in recalled[:1])


def _rest(every: Sequence[NameRow]) -> tuple[tuple[str, tuple[tuple[str, str], ...]], ...]:
    """One word for all that are left open, for each kind of which there are several."""
    found = []
    for kind, (what, new, none) in KINDS.items():
        if sum(not one.chosen and one.kind == what for one in every) > 1 and new:
            none_value = "none" if kind == "unit" else "skip"
            found.append((kind, (("new", f"其余的{what}都{new}"), (none_value, f"其余的{what}都{none}"))))
    return tuple(found)

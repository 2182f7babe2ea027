"""Names of a file that the register does not know: collected once each, with what they may mean."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from hazards.operations.importing.choices import Decisions, Kind, Unknown

Similar = Callable[[], list[tuple[str, str]]]
ORDER: tuple[Kind, ...] = ("region", "enterprise", "unit")


@dataclass(slots=True)
class _Seen:
    kind: Kind
    name: str
    first_row: int
    similar: Similar
    rows: set[int] = field(default_factory=set)


@dataclass(slots=True)
class Names:
    """What was decided about names, and which names there were to decide on."""

    decisions: Decisions
    _seen: dict[str, _Seen] = field(default_factory=dict)

    def decided(self, kind: Kind, key: str) -> str:
        """What was decided about a name; empty where nothing was."""
        return self.decisions.of(kind, key)

    @property
    def confirmed(self) -> bool:
        """Whether names nobody decided on are registered."""
        return self.decisions.confirmed

    def note(self, kind: Kind, key: str, name: str, row: int, similar: Similar) -> None:
        """A row names something unknown; `similar` is asked once, at the end."""
        seen = self._seen.setdefault(key, _Seen(kind, name, row, similar))
        seen.rows.add(row)

    def again(self, key: str, row: int) -> None:
        """A further row belongs to a name that is being decided on."""
        if key in self._seen:
            self._seen[key].rows.add(row)

    def found(self) -> tuple[Unknown, ...]:
        """All of them: regions, enterprises, units, each in the order of the sheet."""
        return tuple(
            Unknown(seen.kind, key, seen.name, len(seen.rows), seen.first_row, tuple(seen.similar()))
            for kind in ORDER
            for key, seen in self._seen.items()
            if seen.kind == kind
        )

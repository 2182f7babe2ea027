"""What a person chose for an import, beside the file: whose rows, what names mean, and what an unknown name becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from dataclasses import field as with_default
from typing import Any, Final, Literal

from core.sheets import squeeze
from hazards.ledger import Field
from hazards.ledger.corrections import Corrections
from workflows.vocabulary import Channel

NEW: Final = "new"
SKIP: Final = "skip"
NONE: Final = "none"
Kind = Literal["enterprise", "unit", "region"]
Tick = Callable[[int, int], None]  # told now and then how much of how much is done
Wanted = Callable[[], object]  # asked inside a write; raises where that was called off


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name of the file that the register does not know; `similar` holds id or code and name of what it may mean."""

    kind: Kind
    key: str
    name: str
    rows: int
    first_row: int
    similar: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Decisions:
    """What is done with unknown names, by `Unknown.key`.

    An enterprise: "new", "skip" or the id of one that is registered; a unit: "new", "none" or an id; a region: a code
    or "skip". Not `confirmed`: rows of a name nobody decided on are not taken. `confirmed` (the command line): unknown
    enterprises and units are registered and remarked.
    """

    confirmed: bool = False
    enterprises: Mapping[str, str] = with_default(default_factory=dict)
    units: Mapping[str, str] = with_default(default_factory=dict)
    regions: Mapping[str, str] = with_default(default_factory=dict)

    def of(self, kind: Kind, key: str) -> str:
        """What was decided about this name; empty where nothing was."""
        known = {"enterprise": self.enterprises, "unit": self.units, "region": self.regions}
        return known[kind].get(key, "")

    def as_json(self) -> dict[str, Any]:
        """Plain values for storing; `from_json` reads them back to an equal object."""
        return {
            "confirmed": self.confirmed,
            "enterprises": dict(self.enterprises),
            "units": dict(self.units),
            "regions": dict(self.regions),
        }

    @classmethod
    def from_json(cls, stored: object) -> Decisions:
        """The decisions that were stored; what is no decision is left out."""
        told = stored if isinstance(stored, Mapping) else {}
        return cls(
            confirmed=told.get("confirmed") is True,
            enterprises=_texts(told.get("enterprises")),
            units=_texts(told.get("units")),
            regions=_texts(told.get("regions")),
        )


def _texts(stored: object) -> dict[str, str]:
    told = stored if isinstance(stored, Mapping) else {}
    return {key: text for key, text in told.items() if isinstance(key, str) and isinstance(text, str)}


@dataclass(frozen=True, slots=True)
class Options:
    """What is told beside the file.

    `enterprise` is the code of the one enterprise of all rows, `region` and `channel` belong to rows that name none.
    `corrections` and `titles` say how the file is understood, `decisions` what its unknown names become;
    `only_clean` takes only the rows without a remark.
    """

    enterprise: str = ""
    region: str = ""
    channel: Channel | None = None
    corrections: Corrections = with_default(default_factory=Corrections)
    titles: Mapping[str, Field] = with_default(default_factory=dict)
    decisions: Decisions = with_default(default_factory=Decisions)
    only_clean: bool = False


def name_key(kind: Kind, name: str, place: str = "") -> str:
    """By what an unknown name is decided on: blanks and full-width forms do not count; a name counts in its place."""
    return f"{kind}:{place}:{squeeze(name)}"

"""What the titles of a sheet mean: by the table of synonyms, an office's own titles, and a person's corrections."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from openpyxl.utils import get_column_letter

from core.sheets import Grid, Layout, Synonyms, find_layout, squeeze
from core.sheets.header import Path
from hazards.ledger.corrections import Corrections
from hazards.ledger.fields import Field, synonyms


@dataclass(frozen=True, slots=True)
class Sheet:
    """A grid with its layout, and what each of its columns means (counted from 1 as index 0)."""

    grid: Grid
    layout: Layout
    fields: tuple[Field | None, ...]
    ranks: tuple[int, ...]

    @property
    def shape(self) -> str:
        """A digest of the titles, whatever stands below them."""
        return shape_of(self.layout.header.paths)


def shape_of(paths: Iterable[Path]) -> str:
    """The digest of normalised title paths; untitled columns at the end do not count."""
    titles = ["\x1f".join(map(squeeze, path)) for path in paths]
    while titles and not titles[-1]:
        titles.pop()
    return sha256("\x1e".join(titles).encode("utf-8", "replace")).hexdigest()


class Understanding:
    """What titles mean: the table of synonyms with an office's own titles, and a person's corrections."""

    def __init__(self, titles: Mapping[str, Field], corrections: Corrections) -> None:
        self.synonyms = _built_in() if not titles else synonyms(added=titles)
        self.corrections = corrections
        self._found: dict[int, Sheet | None] = {}

    def is_known(self, path: Path) -> bool:
        """Whether the table has a title."""
        return self.synonyms.meaning(path) is not None

    def field_of(self, title: str) -> Field | None:
        """What one title, as it stands in its cell, means."""
        meaning = self.synonyms.meaning(("".join(title.split()),)) if title else None
        return Field(meaning.field) if meaning else None

    def sheet(self, grid: Grid, *, corrected: bool) -> Sheet | None:
        """The grid understood; None where it has no header. `corrected`: as a person said it stands."""
        if not corrected and id(grid) in self._found:
            return self._found[id(grid)]
        sheet = self._understood(grid, corrected=corrected)
        if not corrected:
            self._found[id(grid)] = sheet
        return sheet

    def _understood(self, grid: Grid, *, corrected: bool) -> Sheet | None:
        rows = self.corrections.header_rows if corrected else None
        layout = find_layout(grid, self.is_known, header_rows=rows)
        if layout is None:
            return None
        told = self.corrections.fields if corrected else {}
        meanings = [self._meaning(index, path, told) for index, path in enumerate(layout.header.paths, start=1)]
        return Sheet(grid, layout, tuple(m[0] for m in meanings), tuple(m[1] for m in meanings))

    def _meaning(self, index: int, path: Path, told: Mapping[str, Field | None]) -> tuple[Field | None, int]:
        letter = get_column_letter(index)
        if letter in told:
            return told[letter], -1
        meaning = self.synonyms.meaning(path)
        return (Field(meaning.field), meaning.rank) if meaning else (None, 0)


@lru_cache(maxsize=1)
def _built_in() -> Synonyms:
    return synonyms()

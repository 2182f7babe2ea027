"""How large a file may be: every bound of the reader in one place, with its reason.

A hostile file is refused by these before anything of it is kept in memory.
"""

from __future__ import annotations

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one file. Bytes are bytes; rows and columns are counted as a spreadsheet shows them."""

    file_bytes: int = 50 * MEGABYTE
    unpacked_bytes: int = 600 * MEGABYTE
    unpacked_ratio: int = 150
    """A real ledger shrinks 5 to 60 times; a bomb a thousand times. Small files are not held to it."""
    ratio_from_bytes: int = 20 * MEGABYTE
    entries: int = 2_000
    sheets: int = 60
    rows: int = 100_000
    columns: int = 256
    cells: int = 3_000_000
    cell_characters: int = 32_767
    """The most a spreadsheet cell holds."""
    merged_cells: int = 500_000
    characters: int = 50_000_000
    """All texts of a file together: what a hundred thousand rows of five hundred characters hold."""
    marks: int = 40_000_000
    """Tags of XML or records of a binary sheet: three million cells with ten each, and a reserve."""
    depth: int = 60
    """How deep XML is nested; a sheet needs nine levels."""


STANDARD = Limits()

"""Merged cells: from ranges like A1:C3 to which cell shows which, only as far as a sheet is filled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product

from openpyxl.utils.cell import range_boundaries

from core.sheets.bad_file import BadFile
from core.sheets.grid import Place
from core.sheets.work import DAMAGED, Work

Area = tuple[int, int, int, int]


def area_of(ref: str) -> Area:
    """Top, left, bottom, right of a range as a workbook writes it."""
    try:
        left, top, right, bottom = (int(bound or 0) for bound in range_boundaries(ref))
    except (ValueError, TypeError) as error:
        raise BadFile(DAMAGED) from error
    return top, left, bottom, right


def merges_of(areas: Iterable[Area], rows: Sequence[Sequence[object]], work: Work) -> dict[Place, Place]:
    """Which cell each covered cell shows. Where areas overlap, the first one counts, and each cell once."""
    width = max((len(row) for row in rows), default=0)
    merges: dict[Place, Place] = {}
    for top, left, bottom, right in areas:
        bottom, right = min(bottom, len(rows)), min(right, width)
        if top < 1 or left < 1 or bottom < top or right < left:
            continue
        work.merge((bottom - top + 1) * (right - left + 1))
        anchor = merges.get((top, left), (top, left))
        for place in product(range(top, bottom + 1), range(left, right + 1)):
            if place != anchor:
                merges.setdefault(place, anchor)
    return merges

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
    """Which cell each covered cell shows. An area that overlaps one before it is no merge: its cells stand alone."""
    width = max((len(row) for row in rows), default=0)
    merges: dict[Place, Place] = {}
    anchors: set[Place] = set()
    for top, left, bottom, right in areas:
        bottom, right = min(bottom, len(rows)), min(right, width)
        if top < 1 or left < 1 or bottom < top or right < left:
            continue
        work.merge((bottom - top + 1) * (right - left + 1))
        places = list(product(range(top, bottom + 1), range(left, right + 1)))
        if not anchors.isdisjoint(places) or not merges.keys().isdisjoint(places):
            continue
        anchors.add(places[0])
        merges.update(dict.fromkeys(places[1:], places[0]))
    return merges

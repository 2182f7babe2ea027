"""What a check found, as plain values that are kept with the draft: for the page, never for the register."""

from __future__ import annotations

import json
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from hashlib import sha256
from typing import Any, Final

from hazards.ledger import Column, LedgerReading, Outline, Remark
from hazards.operations.import_names import Recalled
from hazards.operations.importing import Checked, Difference, ImportReport, RowOutcome
from workflows.vocabulary import State

LONGEST_REMARKS: Final = 12
"""Remarks of one row that are shown; more of them say nothing more."""
LONGEST_PART: Final = 300
MOST_UNKNOWN: Final = 2_000
MOST_SPLITTABLE: Final = 5_000
LONGEST_SAMPLE: Final = 24
_QUOTED = re.compile(r"“[^”]*”")
_LETTERS = re.compile(r"[A-Z]{1,3}")
_ORDER: Final = {"created": 0, "merged": 1, "skipped": 2}


def outline_of(report: ImportReport) -> str:
    """A digest of what would become of each row: another one means that the register has moved on."""
    told = [[one.row, one.part, one.outcome, one.reason, one.number] for one in report.outcomes]
    differs = [[one.row, one.number, one.column, one.here, one.file] for one in report.differences]
    return sha256(json.dumps([told, differs]).encode()).hexdigest()


def figures_of(checked: Checked) -> dict[str, Any]:
    """The tally, and what the texts of the page count."""
    report, reading = checked.report, checked.reading
    lines = {one.row for one in report.outcomes}
    return {
        "rows": report.rows,
        "created": report.created,
        "merged": report.merged,
        "skipped": len(report.skipped),
        "clean": report.clean,
        "remarked": len(lines & {one.row for one in report.remarks}),
        "hazards": sum(one.outcome == "created" for one in report.outcomes),
        "done": sum(report.states.get(state, 0) for state in (State.VERIFIED, State.CLOSED)),
        "enterprises": report.new_enterprises,
        "splittable": sorted({row.row for row in reading.rows if row.parts or row.part})[:MOST_SPLITTABLE],
        "split": len({one.row for one in report.outcomes if one.part}),
    }


def unknown_of(report: ImportReport, recalled: Mapping[str, Recalled]) -> list[dict[str, Any]]:
    """The names the register does not know, with how many rows each concerns and what it meant last time."""
    ordered = sorted(report.unknown, key=lambda one: (one.kind, -one.rows, one.first_row))
    return [
        asdict(one)
        | {"similar": [list(pair) for pair in one.similar]}
        | ({"recalled": [recalled[one.key].value, recalled[one.key].label]} if one.key in recalled else {})
        for one in ordered[:MOST_UNKNOWN]
    ]


# --- how the file was understood -------------------------------------------------------------------------------


def understood_of(found: LedgerReading | Outline, remarks: Iterable[Remark] = ()) -> dict[str, Any]:
    """Sheet, header and columns, each with how many rows have a remark there, and what is to be said of the whole."""
    whole = found if isinstance(found, LedgerReading) else None
    by_letter: dict[str, list[Remark]] = defaultdict(list)
    for remark in remarks:
        if letter := _letter(remark):
            by_letter[letter].append(remark)
    titles = {column.title for column in found.columns}
    said = whole.remarks if whole else ()
    return {
        "title": whole.title if whole else "",
        "filed_by": whole.filed_by if whole else "",
        "sheet": found.sheet,
        "sheets": list(found.sheets),
        "header_rows": list(found.header_rows),
        "is_form": bool(whole and whole.is_form),
        "columns": [_column(column, said, by_letter[column.letter]) for column in found.columns],
        "notes": [_sentence(one) for one in said if one.column not in titles],
    }


def _column(column: Column, said: Iterable[Remark], remarks: list[Remark]) -> dict[str, Any]:
    codes = "、".join(f"{code} 是{word}" for code, word in column.codes.items())
    unit = f"没有写单位的数按{column.unit}读" if column.unit else ""
    notes = [one.reason for one in said if one.column == column.title]
    return {
        "letter": column.letter,
        "title": column.title,
        "field": column.field.value if column.field else None,
        "samples": [_short(text) for text in column.samples],
        "notes": [*notes, *filter(None, (codes and f"按表头的代码：{codes}", unit)), *_most_said(remarks)],
        "remarked": len({one.row for one in remarks}),
    }


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SAMPLE else f"{text[:LONGEST_SAMPLE]}…"


def _most_said(remarks: list[Remark]) -> list[str]:
    """What is remarked most in a column, without the single texts, and in how many rows."""
    counted = Counter(_QUOTED.sub("", one.reason) for one in remarks)
    return [f"{count} 行{'' if reason[:1] in '不没在' else '：'}{reason}" for reason, count in counted.most_common(2)]


def _sentence(remark: Remark) -> str:
    about = f"{remark.column}：" if remark.column else ""
    return about + remark.reason


def _letter(remark: Remark) -> str:
    match = _LETTERS.match(remark.cell)
    return match[0] if match else ""


# --- rows ------------------------------------------------------------------------------------------------------


def row_values(report: ImportReport, reading: LedgerReading) -> Iterator[dict[str, Any]]:
    """Each line of the report as values of `ImportDraftRow`, in the order of the sheet."""
    remarks, differences = _by_row(report.remarks), _by_row(report.differences)
    parts = {row.row: row.parts for row in reading.rows if row.parts}
    whole = _of_whole_rows(report.outcomes)
    first: set[int] = set()
    for one in report.outcomes:
        is_first = one.row not in first
        first.add(one.row)
        differs = differences[one.row] if is_first else []
        said = _without_differences(remarks[one.row], differs) if is_first else []
        yield {
            "row": one.row,
            "part": one.part,
            "outcome": whole[one.row],
            "reason": one.reason,
            "number": one.number,
            "remarked": bool(remarks[one.row]),
            "marked": _marked(remarks[one.row]),
            "content": {
                "became": one.outcome,
                "values": dict(one.values),
                "remarks": [_kept(remark) for remark in said[:LONGEST_REMARKS]],
                "more": max(0, len(said) - LONGEST_REMARKS),
                "differences": [[d.column, d.here[:200], d.file[:200]] for d in differs],
                "parts": [part[:LONGEST_PART] for part in parts.get(one.row, ())] if not one.part else [],
            },
        }


def _of_whole_rows(outcomes: Iterable[RowOutcome]) -> dict[int, str]:
    """What becomes of each row: created where one of its hazards is, else merged where one is."""
    found: dict[int, str] = {}
    for one in outcomes:
        before = found.get(one.row, "skipped")
        found[one.row] = min(before, one.outcome, key=_ORDER.__getitem__)
    return found


def _by_row(entries: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for entry in entries:
        found[entry.row].append(entry)
    return found


def _without_differences(remarks: list[Remark], differs: list[Difference]) -> list[Remark]:
    """The remarks that say more than the differences beside them."""
    told = {(one.column, one.file[:200]) for one in differs}
    return [one for one in remarks if (one.column, one.text) not in told or not one.reason.startswith("登记的")]


def _kept(remark: Remark) -> list[str]:
    return [remark.column, remark.text[:200], remark.reason, remark.cell, remark.field.value if remark.field else ""]


def _marked(remarks: Iterable[Remark]) -> str:
    """The letters of the cells with a remark, between strokes, so that a column's remarks can be looked for."""
    letters = sorted({letter for remark in remarks if (letter := _letter(remark))})
    return f"|{'|'.join(letters)}|"[:600] if letters else ""

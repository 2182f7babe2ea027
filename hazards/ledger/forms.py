"""Forms: one hazard on a sheet, as labels with their answers beside or below them (单位名称 | … | 隐患地址 | …).

Several forms may stand on one sheet, and several sheets hold forms. They are numbered through the file, and that
number is the row of the ledger: so each form is in exactly one of the hazards and the skipped.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default
from typing import Final, NamedTuple

from openpyxl.utils import get_column_letter

from core.sheets import Grid, HeadLine, Value, as_text, codes_in, is_blank, squeeze, title_of
from core.sheets.columns import bare
from core.sheets.grid import Place
from hazards.ledger.fields import Field
from hazards.ledger.head import HEAD_LABELS
from hazards.ledger.sheets import is_ledger
from hazards.ledger.understanding import Sheet, Understanding

MOST_ROWS: Final = 3_000
LOOKED_AT: Final = 60
LONGEST_LABEL: Final = 40
_LINE = re.compile(r"^\s*([^：:\n]{2,20}?)\s*[：:]\s*(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """A label with what is written to it; `field` None where the table of synonyms does not have the label."""

    at: Place
    title: str
    field: Field | None
    value_at: Place
    value: Value


@dataclass(slots=True)
class Form:
    """One filled form, and where it stands."""

    grid: Grid
    title: str
    answers: list[Answer] = with_default(default_factory=list)

    @property
    def head_lines(self) -> tuple[HeadLine, ...]:
        """Its labels as lines of a head: who filed it and when stand among them."""
        return tuple(HeadLine(squeeze(one.title), one.value, one.at[0]) for one in self.answers)


class _Piece(NamedTuple):
    """A filled cell of a form: where it begins, the column after it, the row below it. `title` and `inline` are the
    two sides of a colon in it; `field` is what the table has for its title."""

    at: Place
    after: int
    below: int
    value: Value
    text: str
    title: str
    inline: str
    field: Field | None

    @property
    def is_label(self) -> bool:
        """Whether it only asks: what it asks for stands in another cell."""
        return self.field is not None and not self.inline

    @property
    def is_answer(self) -> bool:
        """Whether it may answer a label: words before a colon are part of what is said, unless they are asked for."""
        return self.field is None and squeeze(self.title) not in HEAD_LABELS


def find_forms(grids: Sequence[Grid], understanding: Understanding) -> tuple[Form, ...]:
    """The forms of a file in their order; () where a sheet is a table of hazards, or nothing is a form."""
    told = understanding.corrections.sheet
    chosen = [grid for grid in grids if grid.name == told] or list(grids)
    forms: list[Form] = []
    for grid in chosen:
        sheet = understanding.sheet(grid, corrected=False)
        if _is_form(grid, sheet, understanding):
            forms += _forms_of(grid, understanding)
        elif sheet is not None and sheet.layout.data_rows and is_ledger(sheet):
            return ()
    return tuple(forms)


def _is_form(grid: Grid, sheet: Sheet | None, understanding: Understanding) -> bool:
    """Whether labels stand over the whole sheet, and the description's answer beside its label rather than below."""
    if grid.height > MOST_ROWS:
        return False
    pieces = _pieces(grid, understanding, LOOKED_AT)
    labels = [piece for piece in pieces.values() if piece.field is not None]
    description = next((one for one in labels if one.field is Field.DESCRIPTION), None)
    if description is None or len({one.field for one in labels}) < 3:
        return False
    if sheet is None:
        return True
    header = sheet.layout.header
    inside = {one.field for one in labels if header.first_row <= one.at[0] <= header.last_row}
    outside = {one.field for one in labels if not header.first_row <= one.at[0] <= header.last_row} - inside
    beside = bool(description.inline) or _answers(pieces.get((description.at[0], description.after)))
    below = _answers(pieces.get((description.below, description.at[1])))
    if beside and not below:
        return len(outside) >= 2
    return len(outside) > len(inside) if below else len(outside) >= 3


def _answers(piece: _Piece | None) -> bool:
    return piece is not None and piece.field is None


def _pieces(grid: Grid, understanding: Understanding, rows: int) -> dict[Place, _Piece]:
    """The filled cells of the first `rows` rows by their place, in reading order."""
    right: dict[Place, int] = {}
    down: dict[Place, int] = {}
    for (row, column), anchor in grid.merges.items():
        right[anchor] = max(right.get(anchor, 0), column)
        down[anchor] = max(down.get(anchor, 0), row)
    found: dict[Place, _Piece] = {}
    for row in range(1, min(rows, grid.height) + 1):
        for column in grid.filled(row):
            at, value = (row, column), grid.own(row, column)
            after, below = max(right.get(at, column), column) + 1, max(down.get(at, row), row) + 1
            text = as_text(value)
            title, inline = _sides(text) if isinstance(value, str) else ("", "")
            field = understanding.field_of(title) if title else None
            if field is None and isinstance(value, str) and len(text) <= LONGEST_LABEL:
                field = understanding.field_of(text)
                title = text if field else title
            found[at] = _Piece(at, after, below, value, text, title, inline, field)
    return found


def _sides(text: str) -> tuple[str, str]:
    """The title before a colon and what stands behind it; a list of codes behind it belongs to the title."""
    match = _LINE.match(text)
    if match is None:
        return "", ""
    return (text, "") if codes_in(text) and len(text) <= LONGEST_LABEL else (match[1], match[2].strip())


def _forms_of(grid: Grid, understanding: Understanding) -> Iterator[Form]:
    """The forms of one sheet: a new one begins where its first label comes again, below or beside."""
    answers = list(_answers_of(grid, understanding))
    first = next((one for one in answers if one.field), None)
    if first is None:
        return
    columns = sorted(one.at[1] for one in answers if one.field is first.field and one.at[0] == first.at[0])
    title = title_of(grid, answers[0].at[0])
    bands: dict[int, list[Answer]] = {column: [] for column in columns}
    for answer in answers:
        bands[max((column for column in columns if column <= answer.at[1]), default=columns[0])].append(answer)
    for band in bands.values():
        yield from _one_below_another(Form(grid, title), band, first.field)


def _one_below_another(form: Form, answers: Sequence[Answer], first: Field | None) -> Iterator[Form]:
    has_begun = False
    for answer in answers:
        if answer.field is first and has_begun:
            yield form
            form = Form(form.grid, form.title)
        has_begun = has_begun or answer.field is first
        form.answers.append(answer)
    yield form


def _answers_of(grid: Grid, understanding: Understanding) -> Iterator[Answer]:
    """Every label with its answer, and every other text with the short text to its left as its label."""
    pieces = _pieces(grid, understanding, MOST_ROWS)
    rows: dict[int, list[_Piece]] = defaultdict(list)
    for piece in pieces.values():
        rows[piece.at[0]].append(piece)
    used: set[Place] = set()
    begun = False
    for at, piece in pieces.items():
        if at in used:
            continue
        begun = begun or piece.field is not None
        if piece.inline:
            yield Answer(at, piece.title, piece.field, at, piece.inline)
        elif piece.title:
            answer = _answer_to(piece, pieces, rows, used)
            used.add(answer.at if answer else at)
            value = answer.value if answer else None
            yield Answer(at, piece.title, piece.field, answer.at if answer else at, value)
        elif begun:
            yield _unlabelled(piece, pieces, used)


def _answer_to(
    label: _Piece, pieces: Mapping[Place, _Piece], rows: Mapping[int, Sequence[_Piece]], used: set[Place]
) -> _Piece | None:
    """What stands beside the label, or below it in a row of labels over a row of answers."""
    beside = pieces.get((label.at[0], label.after))
    if beside is not None and beside.is_answer and beside.at not in used:
        return beside
    below = pieces.get((label.below, label.at[1]))
    if below is None or below.at in used or not all(one.is_label for one in rows[label.at[0]]):
        return None
    return below if all(one.is_answer for one in rows[label.below]) else None


def _unlabelled(piece: _Piece, pieces: dict[Place, _Piece], used: set[Place]) -> Answer:
    """A short text with an answer beside it is a label nobody knows; any other text stands for itself."""
    after = pieces.get((piece.at[0], piece.after))
    if isinstance(piece.value, str) and len(piece.text) <= 20 and after and after.is_answer:
        used.add(after.at)
        return Answer(piece.at, piece.text, None, after.at, after.value)
    return Answer(piece.at, "", None, piece.at, piece.value)


def cell_name(at: Place) -> str:
    """B3 for row 3, column 2."""
    return f"{get_column_letter(at[1])}{at[0]}"


def label_key(title: str) -> str:
    """By what the same label of several forms is known again."""
    return bare(title) or squeeze(title)


def is_filled(form: Form) -> bool:
    """Whether anything is answered at all."""
    return any(one.title and not is_blank(one.value) for one in form.answers if one.field)

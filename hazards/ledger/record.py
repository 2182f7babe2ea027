"""What a ledger was read as: frozen rows, remarks and what could not be taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as with_default
from datetime import date, time

from core.refusals import Refusal
from hazards.ledger.clauses import NamedClause
from hazards.ledger.fields import Field
from workflows.vocabulary import Category, Channel, Grade, ListingLevel, State, StopScope


class NotALedger(Refusal):
    """The file is readable but no list of hazards; nothing of it is written. `outline` is how far it was
    understood: where only the column of descriptions was not recognised, a person may correct it."""

    def __init__(self, sentence: str, outline: Outline | None = None) -> None:
        super().__init__(sentence)
        self.outline = outline


@dataclass(frozen=True, slots=True)
class Remark:
    """Something a person should look at: row as in the sheet, title of the column, the text, why."""

    row: int
    column: str
    text: str
    reason: str
    cell: str = ""
    """The cell as the spreadsheet names it, like P17; empty where the remark is about no single cell."""
    field: Field | None = None
    """What the column was understood as."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A row of the data area that can't be a hazard."""

    row: int
    reason: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A text that found no typed place and is kept as it stands. `field` None: the column was not understood."""

    field: Field | None
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Column:
    """A column as understood: its letter, title, meaning, and the first texts in it."""

    letter: str
    title: str
    field: Field | None
    samples: tuple[str, ...] = ()
    unit: str = ""
    codes: Mapping[str, str] = with_default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Outline:
    """A file as far as it was understood, for correcting: its sheets, the header of one of them, its columns."""

    sheets: tuple[str, ...]
    sheet: str
    header_rows: tuple[int, int]
    columns: tuple[Column, ...]
    shape: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One hazard as the file has it. Empty text and None mean that the file says nothing there.

    Money is integer fen, days are Shanghai days. A day after the ledger's own date or today stands in `kept`,
    not in its field (found and reported days only if after today). `basis_pending`: declared major without a
    basis (判定依据待确认). `grade_declared` False: the file says no grade and general is assumed.

    `part` 0 is a whole row; 1…n the n-th hazard of a row that was split, whose whole text is `original`. `parts` is
    the split that a cell with several hazards offers, `clauses` what the basis names.
    """

    row: int
    state: State
    grade: Grade
    grade_declared: bool
    basis_pending: bool
    description: str
    part: int = 0
    parts: tuple[str, ...] = ()
    original: str = ""
    serial: str = ""
    number: str = ""
    region_name: str = ""
    region_code: str = ""
    town_name: str = ""
    enterprise_name: str = ""
    uscc: str = ""
    enterprise_kind: str = ""
    address: str = ""
    principal_name: str = ""
    phone: str = ""
    owner_name: str = ""
    industry: str = ""
    channel: Channel | None = None
    check_office: str = ""
    unit_name: str = ""
    check_manner: str = ""
    check_level: str = ""
    found_by: str = ""
    report_office: str = ""
    document_number: str = ""
    found_on: date | None = None
    found_at: time | None = None
    reported_on: date | None = None
    place: str = ""
    category: Category | None = None
    basis: str = ""
    clauses: tuple[NamedClause, ...] = ()
    measures: str = ""
    responsible_unit: str = ""
    responsible_person: str = ""
    cost_fen: int | None = None
    first_deadline: date | None = None
    deadline: date | None = None
    extensions: int | None = None
    controls: str = ""
    stopped: StopScope | None = None
    listed: bool | None = None
    listing_level: ListingLevel | None = None
    listing_office: str = ""
    listing_number: str = ""
    principal_told_on: date | None = None
    controller_told_on: date | None = None
    regulator_name: str = ""
    regulator_person: str = ""
    status: str = ""
    progress: str = ""
    days_overdue: int | None = None
    self_verified_on: date | None = None
    completed_on: date | None = None
    reinspected_on: date | None = None
    reinspected_by: str = ""
    closed_by_office: str = ""
    closed_on: date | None = None
    struck_off_on: date | None = None
    delisted_on: date | None = None
    penalty: str = ""
    import_mark: str = ""
    complaint_note: str = ""
    """What the file says of a complaint: for complaint officers only, never for the enterprise."""
    note: str = ""
    kept: tuple[Kept, ...] = ()
    remarks: tuple[Remark, ...] = ()

    @property
    def kept_note(self) -> str:
        """The kept texts on one line, as they go into a note: `整改时限：6月底前；…`."""
        return "；".join(f"{kept.column}：{kept.text}" for kept in self.kept)


@dataclass(frozen=True, slots=True)
class LedgerReading:
    """A whole ledger: every row of its data area is in exactly one of `rows` and `skipped`."""

    title: str
    sheet: str
    filed_by: str
    filed_on: date | None
    header_rows: tuple[int, int]
    columns: tuple[Column, ...]
    rows: tuple[LedgerRow, ...]
    skipped: tuple[Skipped, ...]
    remarks: tuple[Remark, ...]
    """Remarks about the file as a whole; those about a row are with the row."""
    footer: str
    shape: str = ""
    """Digest of the header as the reader found it, whatever its data: corrections are remembered for it."""
    sheets: tuple[str, ...] = ()
    """All sheets of the file, in its order; any of them may be chosen by a correction."""
    is_partial: bool = False
    """Only the first data rows were read (a preview)."""
    is_form: bool = False
    """One hazard a form (单位名称 | … | 隐患地址 | …): row n is the n-th form of the file."""

    @property
    def not_understood(self) -> tuple[Column, ...]:
        """The columns whose title means nothing to the table; their texts are kept with each row."""
        return tuple(column for column in self.columns if column.field is None)

    @property
    def all_remarks(self) -> tuple[Remark, ...]:
        """The remarks of the file and of its rows, in the order of the sheet; the parts of a row share theirs."""
        return self.remarks + tuple(remark for row in self.rows if row.part <= 1 for remark in row.remarks)

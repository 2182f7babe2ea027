"""One row of a ledger as the columns of a hazard: what is kept where, bounded, and what goes into no hazard at all.

Only what the file says is here: a value it does not give is absent. What has no column stands in the import note; what
tells of an informant stands in `aside` and never with the hazard.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import String

from core.days import SHANGHAI, start_of_day
from core.money import MAX_FEN, wan_text
from core.sheets import squeeze
from hazards.ledger import RULES, Field, LedgerRow, Remark
from hazards.models import Hazard
from hazards.operations.importing.report import speaks_of_complaints
from workflows.vocabulary import Channel, Grade, Label, ListingLevel, State

LONGEST: Final = 2000
LONGEST_NOTE: Final = 4000
TITLES: Final = {rule.field: rule.label for rule in RULES}

# column of the hazard ← field of the ledger, for texts that are taken as they stand
TEXTS: Final = {
    "place": Field.PLACE,
    "description": Field.DESCRIPTION,
    "found_by": Field.FOUND_BY,
    "check_office": Field.CHECK_OFFICE,
    "industry": Field.INDUSTRY,
    "basis": Field.BASIS,
    "responsible_unit": Field.RESPONSIBLE_UNIT,
    "responsible_person": Field.RESPONSIBLE_PERSON,
    "plan_measures": Field.MEASURES,
    "interim_controls": Field.CONTROLS,
    "order_number": Field.DOCUMENT_NUMBER,
    "office_name": Field.REGULATOR_NAME,
    "office_person": Field.REGULATOR_PERSON,
    "penalty": Field.PENALTY,
    "note": Field.NOTE,
}

# what a merge compares: column of the hazard, and the field it is called by
COMPARED: Final = {
    "state": Field.STATUS,
    "grade": Field.GRADE,
    "channel": Field.CHANNEL,
    "category": Field.CATEGORY,
    **{name: field for name, field in TEXTS.items() if name != "industry"},
    "found_on": Field.FOUND_ON,
    "stop_scope": Field.STOPPED,
    "plan_money_fen": Field.COST,
    "deadline_first": Field.FIRST_DEADLINE,
    "deadline": Field.DEADLINE,
    "extensions": Field.EXTENSIONS,
    "listed_level": Field.LISTING_LEVEL,
    "listed_office": Field.LISTING_OFFICE,
    "listed_number": Field.LISTING_NUMBER,
    "delisted_on": Field.DELISTED_ON,
    "principal_told_at": Field.PRINCIPAL_TOLD_ON,
    "controller_told_at": Field.CONTROLLER_TOLD_ON,
    "self_verified_at": Field.SELF_VERIFIED_ON,
    "completed_on": Field.COMPLETED_ON,
    "verified_at": Field.REINSPECTED_ON,
    "reinspected_by": Field.REINSPECTED_BY,
    "closed_at": Field.CLOSED_ON,
    "closed_by_office": Field.CLOSED_BY_OFFICE,
    "struck_off_on": Field.STRUCK_OFF_ON,
}
# true only of a hazard in the file's state: compared and filled only where the register has the same state
OF_THE_STATE: Final = frozenset(
    {
        "self_verified_at",
        "completed_on",
        "verified_at",
        "reinspected_by",
        "closed_at",
        "closed_by_office",
        "struck_off_on",
    }
)
_NOTED: Final = (
    Field.NUMBER,
    Field.REPORTED_ON,
    Field.CHECK_MANNER,
    Field.CHECK_LEVEL,
    Field.REPORT_OFFICE,
    Field.ENTERPRISE_KIND,
    Field.STATUS,
    Field.PROGRESS,
)
_DONE = (State.VERIFIED, State.CLOSED)


@dataclass(frozen=True, slots=True)
class Drafted:
    """The columns a row fills, remarks on what was shortened or assumed, and what is said of an informant."""

    values: dict[str, Any]
    remarks: tuple[Remark, ...]
    aside: str


def draft(row: LedgerRow) -> Drafted:
    """The row as columns of a hazard."""
    remarks: list[Remark] = []
    reached = _milestones(row)
    kept, told = _apart(row, _noted(row, reached.notes))
    texts, hidden = _apart(row, [(TITLES[field], getattr(row, field.value)) for field in TEXTS.values()])
    by_title = dict(texts)
    values: dict[str, Any] = {name: by_title.get(TITLES[field]) for name, field in TEXTS.items()}
    values |= _facts(row, remarks) | _deadlines(row) | _listing(row, remarks) | reached.values
    values["import_note"] = "；".join(f"{title}：{text}" for title, text in kept)
    _remark_open_description(row, remarks)
    bounded = {name: _bounded(row, name, value, remarks) for name, value in values.items()}
    aside = "；".join([row.complaint_note] * bool(row.complaint_note) + [f"{t}：{text}" for t, text in hidden + told])
    return Drafted({name: value for name, value in bounded.items() if value not in (None, "")}, tuple(remarks), aside)


Titled = tuple[str, str]


def _apart(row: LedgerRow, texts: Iterable[Titled]) -> tuple[list[Titled], list[Titled]]:
    """What may stand with the hazard, and what tells of a complaint or of who made it (domain.md §3).

    The enterprise reads a complaint's hazard as a check: neither the finder's name nor a word of the complaint shows.
    """
    may_stand: list[Titled] = []
    hidden: list[Titled] = []
    for title, text in texts:
        is_open = title == TITLES[Field.DESCRIPTION]
        tells = row.channel is Channel.COMPLAINT and (title == TITLES[Field.FOUND_BY] or speaks_of_complaints(text))
        if text:
            (hidden if not is_open and (tells or speaks_of_complaints(title)) else may_stand).append((title, text))
    return may_stand, hidden


def _remark_open_description(row: LedgerRow, remarks: list[Remark]) -> None:
    """A description can't be hidden: who imports it must look at it."""
    if row.channel is Channel.COMPLAINT and speaks_of_complaints(row.description):
        reason = "隐患描述提到举报，企业人员看得到：请核对后更正"
        remarks.append(Remark(row.row, TITLES[Field.DESCRIPTION], "", reason))


def _facts(row: LedgerRow, remarks: list[Remark]) -> dict[str, Any]:
    at = datetime.combine(row.found_on, row.found_at, SHANGHAI) if row.found_on and row.found_at else None
    return {
        "state": row.state,
        "grade": row.grade,
        "channel": row.channel,
        "category": row.category,
        "stop_scope": row.stopped,
        "found_on": row.found_on,
        "found_at": at,
        "plan_money_fen": _amount(row, remarks),
        "extensions": row.extensions,
        "basis_unconfirmed": True if row.grade is Grade.MAJOR else None,
        "principal_told_at": _start(row.principal_told_on),
        "controller_told_at": _start(row.controller_told_on),
    }


def _amount(row: LedgerRow, remarks: list[Remark]) -> int | None:
    if row.cost_fen is None or row.cost_fen <= MAX_FEN:
        return row.cost_fen
    remarks.append(Remark(row.row, TITLES[Field.COST], str(row.cost_fen)[:40], "金额大得不可信：留空，请核对单位"))
    return None


def _deadlines(row: LedgerRow) -> dict[str, Any]:
    """The first and the present deadline; words that are no day (6月底前) stay beside them."""
    words = [one.text for one in row.kept if one.field in (Field.DEADLINE, Field.FIRST_DEADLINE)]
    return {
        "deadline_first": row.first_deadline or row.deadline,
        "deadline": row.deadline or row.first_deadline,
        "deadline_text": "；".join(dict.fromkeys(words)),
    }


def _listing(row: LedgerRow, remarks: list[Remark]) -> dict[str, Any]:
    if not row.listed:
        return {}
    if row.listing_level is None:
        reason = "写着挂牌督办，没有写级别：按区级登记，请核对"
        remarks.append(Remark(row.row, TITLES[Field.LISTING_LEVEL], "", reason))
    return {
        "listed_level": row.listing_level or ListingLevel.DISTRICT,
        "listed_office": row.listing_office,
        "listed_number": row.listing_number,
        "delisted_on": row.delisted_on,
    }


class _Late(NamedTuple):
    """What the state lets stand as fact, and what is only noted because the state does not bear it."""

    values: dict[str, Any]
    notes: list[Field]


def _milestones(row: LedgerRow) -> _Late:
    """Days and names of what comes after the order: facts as far as the established state reaches, else notes."""
    reached: dict[str, tuple[bool, Field, Any]] = {
        "self_verified_at": (row.state is not State.REPORTED, Field.SELF_VERIFIED_ON, _start(row.self_verified_on)),
        "completed_on": (row.state is not State.REPORTED, Field.COMPLETED_ON, row.completed_on),
        "verified_at": (row.state in _DONE, Field.REINSPECTED_ON, _start(row.reinspected_on)),
        "reinspected_by": (row.state in _DONE, Field.REINSPECTED_BY, row.reinspected_by),
        "closed_at": (row.state is State.CLOSED, Field.CLOSED_ON, _start(row.closed_on)),
        "closed_by_office": (row.state is State.CLOSED, Field.CLOSED_BY_OFFICE, row.closed_by_office),
        "struck_off_on": (row.state is State.CLOSED, Field.STRUCK_OFF_ON, row.struck_off_on),
    }
    values = {name: value for name, (is_reached, _, value) in reached.items() if is_reached}
    return _Late(values, [field for is_reached, field, value in reached.values() if value and not is_reached])


def _noted(row: LedgerRow, late: Iterable[Field]) -> list[Titled]:
    """What the file says and no column holds, each with its title."""
    fields = [*_NOTED, *late]
    if not row.listed:
        fields += [Field.LISTING_OFFICE, Field.LISTING_NUMBER]
    texts = [(TITLES[field], getattr(row, field.value)) for field in fields]
    said = [(title, value.isoformat() if isinstance(value, date) else str(value or "")) for title, value in texts]
    kept = [
        (TITLES[Field.COMPLAINT_NOTE] if one.field is Field.COMPLAINT_NOTE else one.column, one.text)
        for one in row.kept
    ]
    return said + kept


def _bounded(row: LedgerRow, name: str, value: Any, remarks: list[Remark]) -> Any:
    """A text shortened to what its column holds; the whole text stays in the kept file."""
    longest = longest_of(name)
    if not isinstance(value, str) or isinstance(value, Label) or len(value) <= longest:
        return value
    title = TITLES[TEXTS[name]] if name in TEXTS else TITLES.get(COMPARED.get(name, Field.NOTE), "备注")
    reason = f"原文 {len(value):,} 个字，只登记前 {longest:,} 个字，全文见保存的原文件"
    remarks.append(Remark(row.row, title, value[:200], reason))
    return value[:longest]


def longest_of(name: str) -> int:
    """How many characters a column of the hazard takes."""
    kind = Hazard.__table__.c[name].type
    length = kind.length if isinstance(kind, String) else None
    return length or (LONGEST_NOTE if name == "import_note" else LONGEST)


def _start(day: date | None) -> datetime | None:
    return start_of_day(day) if day else None


# --- a row against what the register has -----------------------------------------------------------------------


class Comparison(NamedTuple):
    """Columns the register has empty and the file fills, and columns where both say something else."""

    fills: dict[str, Any]
    differs: dict[str, tuple[Any, Any]]


def compare(here: Mapping[str, Any], file: Mapping[str, Any]) -> Comparison:
    """What the file adds to a hazard and where it says otherwise; what belongs to another state is not compared."""
    fills: dict[str, Any] = {}
    differs: dict[str, tuple[Any, Any]] = {}
    for name in COMPARED:
        value, known = file.get(name), here.get(name)
        if value in (None, "") or (name in OF_THE_STATE and here["state"] != file["state"]):
            continue
        if known in (None, "") or (name == "extensions" and known == 0):
            fills[name] = value
        elif not _same(known, value):
            differs[name] = (known, value)
    return Comparison(fills, differs)


def _same(known: Any, value: Any) -> bool:
    if isinstance(known, str) and isinstance(value, str):
        return squeeze(known) == squeeze(value)
    return bool(known == value)


def in_words(name: str, value: Any) -> str:
    """A value as a person reads it in a remark."""
    if value in (None, ""):
        return ""
    if isinstance(value, Label):
        return value.label
    if isinstance(value, datetime):
        return value.astimezone(SHANGHAI).date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    return wan_text(value) if name.endswith("_fen") else str(value)[:200]

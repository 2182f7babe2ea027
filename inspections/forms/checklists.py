"""Forms of checklists: what one is called, and its items, row by row in one form.

Rows are read by their numbered names rather than as fields: a checklist has dozens, and each is one line of the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from wtforms import HiddenField

from accounts.forms.base import OnceForm, choice_field
from hazards.candidates import Candidate
from hazards.forms.cleaning import member, one_line, several_lines
from hazards.forms.parts import line
from hazards.models import Criterion
from inspections.models import Checklist
from inspections.operations.checklists import LONGEST_NAME, MOST_ITEMS, Details, ItemDetails
from inspections.operations.templates import basis_of
from workflows.vocabulary import Category, Grade, Tier

TIERS: Final = (("", "不限"), *((tier.value, f"{tier.label}排查") for tier in Tier))
ADDED: Final = 5  # blank rows at the end
USES: Final = {"for_hazards": "隐患排查", "for_standard": "标准化自评", "for_regulator": "监管检查"}
NO_CLAUSE: Final = "none"


class ChecklistForm(OnceForm):
    """What a checklist is called and made for; the items stand beside it."""

    version = HiddenField()
    name = line("名称", LONGEST_NAME, needed="请填检查表的名称。")
    tier = choice_field("用于", TIERS)
    industry = line("行业", 60, description="如 工贸-机械；各行业通用的不填。")
    note = line("这一版改了什么", 300, description="可不填；写在版本记录里。")

    def begin(self, checklist: Checklist | None, version: int) -> None:
        """Show what is kept."""
        self.new_key()
        self.version.data = str(version)
        if checklist is not None:
            self.name.data, self.industry.data = checklist.name, checklist.industry
            self.tier.data = checklist.tier.value if checklist.tier else ""

    @property
    def expected(self) -> int:
        """The version that the form was made from."""
        return _number(self.version.data, 10**5)

    @property
    def details(self) -> Details:
        """The same as the operation takes it."""
        return Details(self.name.data or "", self.industry.data or "", member(Tier, self.tier.data))


class CopyForm(OnceForm):
    """The name of one's own copy."""

    name = line("本企业检查表的名称", LONGEST_NAME, needed="请填检查表的名称。")


@dataclass(frozen=True, slots=True)
class Row:
    """One item as the form holds it; `item` is its place in the version the form was made from, 0 for a new one."""

    item: int
    place: str
    details: ItemDetails
    struck: bool = False
    offered: tuple[Candidate, ...] = field(default=(), compare=False)
    sought: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether it is a new row nobody has written anything in."""
        return self.item == 0 and not (self.details.text or self.details.heading or self.details.method)


def rows_of(items: Sequence[ItemDetails]) -> list[Row]:
    """The items of a version, to be changed."""
    return [Row(place, str(place), item) for place, item in enumerate(items, 1)]


def with_blanks(rows: Sequence[Row]) -> list[Row]:
    """The same with some more rows to write in, as far as they may be used."""
    free = max(0, MOST_ITEMS - len(rows))
    return [*rows, *(Row(0, "", ItemDetails("")) for _ in range(min(ADDED, free)))]


def read_rows(typed: Mapping[str, str], kept: Sequence[ItemDetails], clauses: Mapping[int, Criterion]) -> list[Row]:
    """What was typed, row by row. A clause that was picked gives its words and proposes 重大."""
    count = _number(typed.get("rows"), MOST_ITEMS + ADDED)
    return [_row(typed, n, kept, clauses) for n in range(count)]


def clause_ids(typed: Mapping[str, str]) -> set[int]:
    """The clauses that the form names."""
    found = {_number(value, 10**10) for name, value in typed.items() if name.startswith("clause-")}
    return found - {0}


def _row(typed: Mapping[str, str], n: int, kept: Sequence[ItemDetails], clauses: Mapping[int, Criterion]) -> Row:
    def said(name: str) -> str:
        return typed.get(f"{name}-{n}", "")

    item = _number(said("item"), len(kept))
    before = kept[item - 1] if item else ItemDetails("")
    details = ItemDetails(
        text=" ".join(several_lines(said("text")).split("\n")),
        heading=one_line(said("heading")),
        method=one_line(said("method")),
        grade=member(Grade, said("grade")) or Grade.GENERAL,
        category=member(Category, said("category")),
        criterion_id=before.criterion_id,
        basis=before.basis,
        for_standard=bool(said("for_standard")),
        for_hazards=bool(said("for_hazards")),
        for_regulator=bool(said("for_regulator")),
    )
    picked = NO_CLAUSE if said("uncite") else said("clause")
    return Row(item, one_line(said("place"))[:6], _cited(details, picked, clauses), bool(said("struck")))


def _cited(details: ItemDetails, picked: str, clauses: Mapping[int, Criterion]) -> ItemDetails:
    """With the clause that was picked, or without any; as it was where nothing was picked."""
    if picked == NO_CLAUSE:
        return replace(details, criterion_id=None, basis="")
    clause = clauses.get(_number(picked, 10**10))
    if clause is None or clause.id == details.criterion_id:
        return details
    return replace(details, criterion_id=clause.id, basis=basis_of(clause), grade=Grade.MAJOR)


def items_from(rows: Sequence[Row]) -> list[ItemDetails]:
    """The items that are left, in the order of their numbers.

    One whose number was changed stands where that number was: moved up it comes before the one that had it, moved
    down after it. New ones without a number come last.
    """
    left = [(n, row) for n, row in enumerate(rows) if not row.struck and not row.is_blank]
    return [row.details for _, row in sorted(left, key=lambda one: _place(*one))]


def _place(n: int, row: Row) -> tuple[int, int, int]:
    wanted = _number(row.place, 10**5)
    if not wanted:
        return (row.item or 10**6, 0, n)
    return (wanted, 0 if wanted == row.item else -1 if row.item == 0 or wanted < row.item else 1, n)


def _number(text: str | None, most: int) -> int:
    """Digits as a number within bounds; 0 for anything else."""
    plain = (text or "").strip()
    number = int(plain) if plain.isascii() and plain.isdigit() and len(plain) < 12 else 0
    return min(number, most) if most <= 10**5 else number if number <= most else 0

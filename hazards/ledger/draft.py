"""A row while it is read: its texts, days and figures by field, what is kept beside them, and the remarks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as with_default
from datetime import date, time

from hazards.ledger.fields import RULE_OF, Field
from hazards.ledger.record import Kept, Remark


@dataclass(frozen=True, slots=True)
class Bounds:
    """The ledger's own date and today: what lies after them has not happened."""

    filed_on: date | None
    today: date

    @property
    def latest(self) -> date:
        """The last day that the ledger can know of."""
        return min(self.filed_on, self.today) if self.filed_on else self.today


@dataclass(frozen=True, slots=True)
class Plan:
    """How one column, or one answer of a form, is read. `prefix` names it inside a text that several fill; `cell`
    is the answer's own cell, where the letter and the row do not tell it."""

    index: int
    letter: str
    title: str
    field: Field | None
    unit: str = ""
    codes: Mapping[str, str] = with_default(default_factory=dict)
    prefix: str = ""
    cell: str = ""


@dataclass(slots=True)
class Draft:
    """What the cells of one row gave so far."""

    row: int
    plans: Mapping[Field, Plan]
    """The plan of each field's first column."""
    texts: dict[Field, str] = with_default(default_factory=dict)
    days: dict[Field, date] = with_default(default_factory=dict)
    numbers: dict[Field, int] = with_default(default_factory=dict)
    raw: dict[Field, str] = with_default(default_factory=dict)
    """Amounts and refused codes as they are written."""
    late: set[Field] = with_default(default_factory=set)
    found_at: time | None = None
    stray_states: list[tuple[Plan, str]] = with_default(default_factory=list)
    """Words for states that stand in columns of something else."""
    kept: list[Kept] = with_default(default_factory=list)
    remarks: list[Remark] = with_default(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but a serial number."""
        return set(self.texts) <= {Field.SERIAL} and not self.days and not self.numbers and not self.kept

    def remark(self, at: Plan | Field, text: str, reason: str) -> None:
        """Adds a remark on a column of this row; a field without a column goes by its own name."""
        plan = at if isinstance(at, Plan) else self.plans.get(at)
        if plan is None:
            field = at if isinstance(at, Field) else None
            title = RULE_OF[field].label if field else ""
            self.remarks.append(Remark(self.row, title, text[:200], reason, field=field))
        else:
            cell = plan.cell or f"{plan.letter}{self.row}"
            self.remarks.append(Remark(self.row, plan.title, text[:200], reason, cell, plan.field))

    def keep(self, plan: Plan, text: str) -> None:
        """Keeps a text that has no typed place."""
        self.kept.append(Kept(plan.field, plan.title, text))

    def set_aside(self, field: Field, reason: str) -> None:
        """Takes a field's text out of its field, keeps it, and says why."""
        text = self.texts.pop(field)
        self.keep(self.plans[field], text)
        self.remark(field, text, reason)

"""What an import would do: plain values, worked out by the planner before anything is written."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from accounts.access import Actor
from accounts.roles import Role
from core.refusals import Invalid, NotAllowed
from core.uscc import normal_uscc
from hazards.ledger import LedgerReading, Remark, Skipped
from hazards.operations.importing.choices import Options
from hazards.operations.importing.enterprises import Owner, owner_by_code, owner_by_id
from hazards.operations.importing.places import Office
from hazards.operations.importing.report import (
    Difference,
    ImportReport,
    RowOutcome,
    count_states,
    row_outcomes,
    row_values,
    without_informants,
)
from hazards.operations.importing.units import Team
from hazards.operations.importing.unknown import Names

Where = tuple[int, int]  # row, and part of a row that was split
IMPORTERS = frozenset(
    {
        Role.SAFETY_MANAGER,
        Role.PRINCIPAL,
        Role.TOWN_OFFICER,
        Role.TOWN_HEAD,
        Role.INSPECTOR,
        Role.REVIEWER,
        Role.APPROVER,
        Role.COMMITTEE_CLERK,
    }
)


@dataclass(slots=True, eq=False)
class NewHazard:
    """A hazard to be created; `values` are its columns as far as the file gives them."""

    row: int
    part: int
    owner: Owner
    key: str
    values: dict[str, Any]
    industry: str
    sector: str
    office: Office | None
    concerned_id: int | None
    team: Team | None = None

    @property
    def where(self) -> Where:
        """Its place in the file."""
        return self.row, self.part


@dataclass(frozen=True, slots=True)
class Fill:
    """Empty, unsigned columns of a hazard that the file fills."""

    row: int
    hazard_id: int
    version: int
    values: dict[str, Any]


@dataclass(slots=True)
class Plan:
    """Everything the write needs, and the report, which is the same for a dry run.

    `notes` are said beside a row without asking anybody to look.
    """

    created: list[NewHazard] = field(default_factory=list)
    fills: list[Fill] = field(default_factory=list)
    merged: dict[Where, str | NewHazard] = field(default_factory=dict)
    skipped: dict[Where, str] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)
    notes: dict[Where, str] = field(default_factory=dict)
    differences: list[Difference] = field(default_factory=list)
    complaints: dict[int, str] = field(default_factory=dict)
    new_owners: list[Owner] = field(default_factory=list)
    new_teams: list[Team] = field(default_factory=list)


def only_owner(options: Options, by: Actor | None) -> Owner | None:
    """The enterprise of all rows: as told, else the own one of an enterprise's person; `Invalid` where unknown."""
    if options.enterprise:
        found = owner_by_code(normal_uscc(options.enterprise))
        if found is None:
            raise Invalid(f"没有登记信用代码为 {options.enterprise} 的企业，没有写入任何内容。请核对代码。")
        return found
    return owner_by_id(by.enterprise_id) if by is not None and by.enterprise_id is not None else None


def check_importer(by: Actor | None) -> None:
    """Refuse whoever has no business with ledgers; None is the operator at the command line."""
    if by is not None and not by.holds(*IMPORTERS):
        raise NotAllowed(f"{by.name}的角色不能导入台账，没有写入任何内容。请由安全管理人员或监管部门人员导入。")


# --- the report ------------------------------------------------------------------------------------------------


def report_of(reading: LedgerReading, plan: Plan, names: Names) -> ImportReport:
    """What each row becomes, as a person reads it."""
    outcomes = _outcomes(reading, plan)
    by_row = row_outcomes(outcomes)
    tally = list(by_row.values())
    doubtful = doubtful_rows(reading, plan)
    remarks = sorted((*reading.all_remarks, *plan.remarks, *_partly(outcomes, by_row)), key=lambda one: one.row)
    return ImportReport(
        title=reading.title,
        sheet=reading.sheet,
        filed_by=reading.filed_by,
        filed_on=reading.filed_on,
        created=tally.count("created"),
        merged=tally.count("merged"),
        skipped=_skipped(outcomes, by_row),
        remarks=tuple(without_informants(reading, plan.complaints, remarks)),
        states=count_states(one.values["state"] for one in plan.created),
        new_enterprises=len(plan.new_owners),
        differences=tuple(plan.differences),
        complaints=plan.complaints,
        outcomes=outcomes,
        unknown=names.found(),
        clean=sum(outcome != "skipped" and row not in doubtful for row, outcome in by_row.items()),
        hazards=len(plan.created),
    )


def doubtful_rows(reading: LedgerReading, plan: Plan) -> set[int]:
    """Rows that somebody should look at."""
    return {one.row for one in (*reading.all_remarks, *plan.remarks)}


def _outcomes(reading: LedgerReading, plan: Plan) -> tuple[RowOutcome, ...]:
    """What became of every row, in the order of the sheet."""
    values = {(row.row, row.part): row_values(row) for row in reading.rows}
    said = plan.notes
    found = [
        RowOutcome(made.row, made.part, "created", said.get(made.where, ""), values=values[made.where])
        for made in plan.created
    ]
    for where, had in plan.merged.items():
        number = had if isinstance(had, str) else ""
        found.append(RowOutcome(*where, "merged", said.get(where, ""), number, values[where]))
    found += [RowOutcome(*where, "skipped", why, values=values[where]) for where, why in plan.skipped.items()]
    found += [RowOutcome(one.row, 0, "skipped", one.reason) for one in reading.skipped]
    return tuple(sorted(found, key=lambda one: (one.row, one.part)))


def _skipped(outcomes: Iterable[RowOutcome], by_row: Mapping[int, str]) -> tuple[Skipped, ...]:
    """Rows of which nothing is taken, each with its reason (of several parts: each reason once)."""
    why: dict[int, dict[str, None]] = {}
    for one in outcomes:
        if by_row[one.row] == "skipped":
            why.setdefault(one.row, {})[one.reason] = None
    return tuple(Skipped(row, "；".join(reasons)) for row, reasons in why.items())


def _partly(outcomes: Iterable[RowOutcome], by_row: Mapping[int, str]) -> list[Remark]:
    """Parts that are left out of a row that is taken."""
    left = [one for one in outcomes if one.part and one.outcome == "skipped" and by_row[one.row] != "skipped"]
    return [Remark(one.row, "", "", f"拆出的第 {one.part} 条不导入：{one.reason}") for one in left]

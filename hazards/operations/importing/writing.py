"""The write of an import: one transaction, in pages of rows, whole or not at all.

Nothing here signs anything: a closed or verified hazard that came in a file is marked imported and has no signature.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from accounts.access import Actor
from accounts.authority import may_add_enterprises
from accounts.models import Enterprise
from accounts.organisations import Contacts, EnterpriseDetails, add_enterprises
from core.calendar import load_calendar
from core.days import shanghai_day
from core.db import db
from core.files import store_file
from core.models import StoredFile
from core.numbering import take_numbers
from core.sheets import clean
from hazards.ledger import LedgerReading
from hazards.models import DeadlineChange, Hazard, LedgerImport
from hazards.operations.importing.enterprises import Owner
from hazards.operations.importing.plan import Fill, NewHazard, Plan
from hazards.operations.importing.report import ImportReport
from hazards.recording import record_many
from hazards.rules import hazard_number, number_series
from workflows.closure import Origin
from workflows.deadlines import due_on
from workflows.vocabulary import Action, Grade, State, StopScope

AT_ONCE = 500
AS_WRITTEN = "导入：按台账所写"


@dataclass(frozen=True, slots=True)
class Source:
    """The file as it came in."""

    data: bytes
    name: str
    media_type: str


class Overtaken(Exception):
    """Somebody wrote what the plan rests on after it was made: it must be made again."""


def write_plan(
    plan: Plan, report: ImportReport, reading: LedgerReading, source: Source, *, by: Actor | None, now: datetime
) -> ImportReport:
    """Write the plan inside the running unit of work; raises `Overtaken` where it is no longer true."""
    _check_still_true(plan)
    enterprises = _enterprises(plan, by, now)
    filled = _fill(plan.fills, by, now)
    file = store_file(source.data, source.media_type, now)
    numbers = _numbers(plan.created, shanghai_day(now).year)
    entry = _entry(reading, report, _all_numbers(plan, numbers), file, source, by, now)
    hazards = _hazards(plan, enterprises, numbers, entry, now)
    for hazard in hazards:
        _keep_deadlines(hazard, ("deadline_first", "deadline"), by, now)
    origin = {"import": entry.id, "file": file.digest}
    created = [(one, origin | {"row": one.import_row, "to": one.state.value}) for one in hazards]
    merged = [(one, origin | {"row": fill.row, "changed": sorted(fill.values)}) for one, fill in filled]
    record_many(created + merged, "import", by=_person(by), now=now)
    return replace(report, import_id=entry.id)


def _person(by: Actor | None) -> int | None:
    return by.person_id if by is not None else None


def _pages(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))


def _check_still_true(plan: Plan) -> None:
    """What was to be created must not have come in since the plan was made."""
    codes = [owner.uscc for owner in plan.new_owners if owner.uscc]
    names = [owner.name for owner in plan.new_owners if not owner.uscc]
    regions = {owner.region_code for owner in plan.new_owners}
    nameless = Enterprise.uscc.is_(None) & Enterprise.region_code.in_(regions)
    asked = [
        *(select(Hazard.id).where(Hazard.merge_key.in_(some)) for some in _pages([made.key for made in plan.created])),
        *(select(Enterprise.id).where(Enterprise.uscc.in_(some)) for some in _pages(codes)),
        *(select(Enterprise.id).where(nameless, Enterprise.name.in_(some)) for some in _pages(names)),
    ]
    if any(db.session.scalar(wanted.limit(1)) is not None for wanted in asked):
        raise Overtaken


# --- enterprises -----------------------------------------------------------------------------------------------


def _enterprises(plan: Plan, by: Actor | None, now: datetime) -> dict[int, Enterprise]:
    """The enterprises of the new hazards, by the identity of their owners; new ones are registered first.

    In the order of codes and names, so that two imports that register the same ones wait for each other in turn.
    """
    registrar = by if by is not None and may_add_enterprises(by) else None  # else the operator at the command line
    new = sorted(plan.new_owners, key=lambda one: (one.uscc, one.name))
    registered = add_enterprises([_as_entry(owner) for owner in new], by=registrar, now=now, imported=True)
    found = {id(owner): enterprise for owner, enterprise in zip(new, registered, strict=True)}
    known = {made.owner.id: made.owner for made in plan.created if made.owner.id is not None}
    rows: dict[int, Enterprise] = {}
    for some in _pages(sorted(known)):
        rows |= {row.id: row for row in db.session.scalars(select(Enterprise).where(Enterprise.id.in_(some)))}
    return found | {id(made.owner): rows[made.owner.id] for made in plan.created if made.owner.id is not None}


def _as_entry(owner: Owner) -> tuple[EnterpriseDetails, Contacts]:
    details = EnterpriseDetails(
        name=owner.name,
        region_code=owner.region_code,
        uscc=owner.uscc,
        town_code=owner.town_code,
        industry=owner.industry,
        sector=owner.sector,
    )
    return details, Contacts(principal_name=owner.principal_name, address=owner.address)


# --- the import itself -----------------------------------------------------------------------------------------


def _numbers(created: Sequence[NewHazard], year: int) -> dict[int, str]:
    """A number for each new row: one taking for each district, in the order of districts and of the sheet."""
    by_region: dict[str, list[int]] = defaultdict(list)
    for made in created:
        by_region[made.owner.region_code].append(made.row)
    numbers: dict[int, str] = {}
    for region in sorted(by_region):
        first = take_numbers(number_series(region, year), len(by_region[region]))
        numbers |= {row: hazard_number(region, year, first + at) for at, row in enumerate(by_region[region])}
    return numbers


def _all_numbers(plan: Plan, numbers: dict[int, str]) -> dict[int, str]:
    """The hazard of every row that became or met one."""
    met = {row: had if isinstance(had, str) else numbers[had.row] for row, had in plan.merged.items()}
    return numbers | met


def _entry(
    reading: LedgerReading,
    report: ImportReport,
    numbers: dict[int, str],
    file: StoredFile,
    source: Source,
    by: Actor | None,
    now: datetime,
) -> LedgerImport:
    entry = LedgerImport(
        file_id=file.id,
        file_name=clean(source.name)[-200:],
        by_id=_person(by),
        at=now,
        filed_by=reading.filed_by[:100],
        filed_on=reading.filed_on,
        report=report.as_kept(numbers),
        complaints=report.complaints_as_kept(),
        enterprise_id=by.enterprise_id if by is not None else None,
        regulator_id=by.regulator_id if by is not None else None,
        beat_at=now,
        landed_at=now,
        created=report.created,
        merged=report.merged,
        skipped=len(report.skipped),
        hazards=report.hazards,
    )
    db.session.add(entry)
    db.session.flush()
    return entry


# --- hazards ---------------------------------------------------------------------------------------------------


def _hazards(
    plan: Plan, enterprises: dict[int, Enterprise], numbers: dict[int, str], entry: LedgerImport, now: datetime
) -> list[Hazard]:
    today = shanghai_day(now)
    accept_due = due_on("acceptance", today, load_calendar()).on
    made = []
    for new in plan.created:
        hazard = _hazard(new, enterprises[id(new.owner)], numbers[new.row], now)
        hazard.import_id, hazard.tier_since = entry.id, today
        if hazard.origin is Origin.SELF_FOUND and hazard.state is State.REPORTED:
            hazard.accept_due = accept_due
        made.append(hazard)
    db.session.add_all(made)
    db.session.flush()
    return made


def _hazard(new: NewHazard, enterprise: Enterprise, number: str, now: datetime) -> Hazard:
    """One hazard as the file has it: reported to this register now, whatever happened to it before."""
    values = {"stop_scope": StopScope.NONE} | new.values | {"industry": new.industry}
    self_found = new.values["channel"].is_self_found
    return Hazard(
        number=number,
        enterprise_id=enterprise.id,
        enterprise=enterprise,
        concerned_id=new.concerned_id,
        region_code=enterprise.region_code,
        region_path=enterprise.region_path,
        sector=new.sector,
        responsible_office_id=new.office.id if new.office else None,
        town_order=False,
        origin=Origin.SELF_FOUND if self_found else Origin.ORDERED,
        proposed_grade=new.values["grade"],
        reported_at=now,
        round_started_at=now,
        imported=True,
        import_row=new.row,
        merge_key=new.key,
        **values,
    )


def _keep_deadlines(hazard: Hazard, names: Sequence[str], by: Actor | None, now: datetime) -> None:
    """Every deadline the file has stays visible: the first one, and one that was put off before it came here."""
    days: dict[date, str] = {}
    for name in names:
        if (day := getattr(hazard, name)) is not None:
            days.setdefault(day, name)
    for day, name in days.items():
        action = Action.EXTEND if name == "deadline" and len(days) > 1 else _set_by(hazard)
        db.session.add(
            DeadlineChange(
                hazard_id=hazard.id, at=now, action=action, deadline=day, counted=AS_WRITTEN, by_id=_person(by)
            )
        )


def _set_by(hazard: Hazard) -> Action:
    """Which action sets a first deadline in this procedure."""
    if hazard.state is State.REPORTED:
        return Action.REPORT
    return Action.ORDER if hazard.origin is Origin.ORDERED else Action.ACCEPT


def _fill(fills: Sequence[Fill], by: Actor | None, now: datetime) -> list[tuple[Hazard, Fill]]:
    """Fill what stands empty and unsigned in hazards that are there already."""
    done = []
    wanted = select(Hazard).options(joinedload(Hazard.enterprise)).order_by(Hazard.id)
    for some in _pages(sorted(fills, key=lambda one: one.hazard_id)):
        by_id = {fill.hazard_id: fill for fill in some}
        rows = db.session.scalars(wanted.where(Hazard.id.in_(by_id)).with_for_update(of=Hazard))
        for hazard in rows:
            done.append((hazard, _filled(hazard, by_id[hazard.id], by, now)))
    return done


def _filled(hazard: Hazard, fill: Fill, by: Actor | None, now: datetime) -> Fill:
    if hazard.version != fill.version:
        raise Overtaken
    for name, value in fill.values.items():
        setattr(hazard, name, value)
    if "basis" in fill.values and not hazard.criterion_clause:
        hazard.basis_unconfirmed = hazard.grade is Grade.MAJOR
    _keep_deadlines(hazard, [name for name in ("deadline_first", "deadline") if name in fill.values], by, now)
    return fill

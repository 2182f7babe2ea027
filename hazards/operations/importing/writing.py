"""Writes the hazards of an import: a page of rows at a time, in few statements, with the enterprises they bring.

Nothing here signs anything: a closed or verified hazard that came in a file is marked imported and has no signature.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import insert, select

from accounts.access import Actor
from accounts.authority import may_add_enterprises
from accounts.models import Enterprise, OrgUnit
from accounts.organisations import Contacts, EnterpriseDetails, add_enterprises
from core.calendar import load_calendar
from core.days import shanghai_day
from core.db import db
from core.numbering import take_numbers
from core.refusals import Invalid
from hazards.models import DeadlineChange, Hazard, HazardStanding
from hazards.operations import tiers
from hazards.operations.importing.enterprises import Owner
from hazards.operations.importing.filling import Overtaken, deadline_changes
from hazards.operations.importing.plan import NewHazard, Where
from hazards.operations.importing.units import Team
from hazards.recording import Arrivals, prepare_arrivals, row_of, write_arrivals
from hazards.rules import hazard_number, number_series
from workflows.closure import Origin
from workflows.deadlines import due_on
from workflows.vocabulary import State, StopScope

DEADLINES: Final = ("deadline_first", "deadline")
_TABLE = Hazard.__table__
_USUAL: Final[Mapping[str, Any]] = {
    column.key: column.default.arg if column.default is not None and column.default.is_scalar else None
    for column in _TABLE.columns
    if column.key != "id"
}


@dataclass(frozen=True, slots=True)
class Prepared:
    """What follows the rows of a page: histories, versions, who has each, and the deadlines they had."""

    arrivals: Arrivals
    deadlines: list[dict[str, Any]]


def put_down(
    page: Sequence[NewHazard],
    numbers: Mapping[Where, str],
    import_id: int,
    *,
    by: Actor | None,
    now: datetime,
    hidden: bool,
) -> list[Hazard]:
    """Write the rows of these hazards inside a unit of work, and the enterprises and units they bring.

    `hidden`: nobody sees them until the import lands. Their histories follow with `prepare` and `complete`.
    """
    _register(page, by, now, hidden)
    return _hazards(page, numbers, import_id, now, hidden)


def prepare(
    page: Sequence[NewHazard], hazards: Sequence[Hazard], origin: Mapping[str, Any], *, by: Actor | None, now: datetime
) -> Prepared:
    """Work out what follows the rows that were put down; reads only, so it keeps nobody waiting."""
    entries = [(one, {**origin, "row": new.row, "to": one.state.value}) for new, one in zip(page, hazards, strict=True)]
    changes = [change for one in hazards for change in deadline_changes(one, DEADLINES, person_of(by), now)]
    arrivals = prepare_arrivals(entries, "import", by=person_of(by), now=now)
    return Prepared(arrivals, [row_of(change) for change in changes])


def complete(prepared: Prepared) -> None:
    """Write what was prepared, inside a unit of work."""
    if prepared.deadlines:
        db.session.execute(insert(DeadlineChange), prepared.deadlines)
    write_arrivals(prepared.arrivals)


def person_of(by: Actor | None) -> int | None:
    """Who acts, as an event keeps it."""
    return by.person_id if by is not None else None


# --- enterprises and units -------------------------------------------------------------------------------------


def _register(page: Sequence[NewHazard], by: Actor | None, now: datetime, hidden: bool) -> None:
    """Register the enterprises and units that these rows are the first to bring.

    In the order of codes and names, so that two imports that register the same ones wait for each other in turn.
    """
    registrar = by if by is not None and may_add_enterprises(by) else None  # else the operator at the command line
    owners = {id(one.owner): one.owner for one in page if one.owner.id is None}
    new = sorted(owners.values(), key=lambda one: (one.uscc, one.name))
    entries = [_as_entry(owner) for owner in new]
    try:
        made = add_enterprises(entries, by=registrar, now=now, imported=True, hidden=hidden) if new else []
    except Invalid as refusal:
        if "uscc" in refusal.fields:
            raise Overtaken from refusal
        raise
    for owner, enterprise in zip(new, made, strict=True):
        owner.id, owner.region_path = enterprise.id, enterprise.region_path
    _add_teams({id(one.team): one.team for one in page if one.team is not None and one.team.id is None}, hidden)


def _add_teams(teams: Mapping[int, Team], hidden: bool) -> None:
    rows = [(team, OrgUnit(enterprise_id=team.owner.id, name=team.name, hidden=hidden)) for team in teams.values()]
    db.session.add_all(row for _, row in rows)
    db.session.flush()
    for team, row in rows:
        team.id = row.id


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


# --- hazards ---------------------------------------------------------------------------------------------------


def take_their_numbers(created: Sequence[NewHazard], year: int) -> dict[Where, str]:
    """A number for each new hazard: one taking for each district, in the order of districts and of the sheet."""
    by_region: dict[str, list[Where]] = defaultdict(list)
    for made in created:
        by_region[made.owner.region_code].append(made.where)
    numbers: dict[Where, str] = {}
    for region in sorted(by_region):
        first = take_numbers(number_series(region, year), len(by_region[region]))
        numbers |= {where: hazard_number(region, year, first + at) for at, where in enumerate(by_region[region])}
    return numbers


def _hazards(
    page: Sequence[NewHazard], numbers: Mapping[Where, str], import_id: int, now: datetime, hidden: bool
) -> list[Hazard]:
    """The hazards as their rows stand, outside the session."""
    today = shanghai_day(now)
    usual = {
        **_USUAL,
        "version": 1,
        "import_id": import_id,
        "hidden": hidden,
        "reported_at": now,
        "round_started_at": now,
        "imported": True,
        "stop_scope": StopScope.NONE,
    }
    accept_due = due_on("acceptance", today, load_calendar()).on
    paths = _region_paths({one.owner.id for one in page if one.owner.id is not None})
    rows = []
    for new in page:
        values = usual | _values(new, numbers[new.where], paths[new.owner.id or 0])
        if values["origin"] is Origin.SELF_FOUND and values["state"] is State.REPORTED:
            values["accept_due"] = accept_due
        rows.append(values)
    standings = tiers.arrivals(rows, now=now)
    said = set().union(*(_said(values) for values in rows))
    sent = [{name: values[name] for name in said} for values in rows]  # the table adds what none of them says
    ids = db.session.scalars(insert(Hazard).returning(Hazard.id, sort_by_parameter_order=True), sent).all()
    hazards = [
        Hazard(id=hazard_id, **_said(values), **standing)
        for hazard_id, values, standing in zip(ids, rows, standings, strict=True)
    ]
    db.session.execute(insert(HazardStanding), [row_of(one.standing) | {"id": one.id} for one in hazards])
    return hazards


def _said(values: Mapping[str, Any]) -> dict[str, Any]:
    """What says something; an object is made far quicker of that alone."""
    return {name: value for name, value in values.items() if value is not None and value != "" and value is not False}


def _region_paths(enterprises: set[int]) -> dict[int, tuple[str, str]]:
    """Where each enterprise is registered at this moment, which may be elsewhere than when the plan was made."""
    wanted = select(Enterprise.id, Enterprise.region_code, Enterprise.region_path)
    rows = db.session.execute(wanted.where(Enterprise.id.in_(enterprises)))
    return {row.id: (row.region_code, row.region_path) for row in rows}


def _values(new: NewHazard, number: str, place: tuple[str, str]) -> dict[str, Any]:
    """One hazard as the file has it: reported to this register now, whatever happened to it before."""
    self_found = new.values["channel"].is_self_found
    return {
        **new.values,
        "number": number,
        "enterprise_id": new.owner.id,
        "unit_id": new.team.id if new.team is not None else None,
        "concerned_id": new.concerned_id,
        "region_code": place[0],
        "region_path": place[1],
        "industry": new.industry,
        "sector": new.sector,
        "responsible_office_id": new.office.id if new.office else None,
        "origin": Origin.SELF_FOUND if self_found else Origin.ORDERED,
        "proposed_grade": new.values["grade"],
        "import_row": new.row,
        "import_part": new.part,
        "merge_key": new.key,
    }

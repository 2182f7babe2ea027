"""People of one organisation from a file: new ones made with the roles the importer may give, known ones corrected.

A login brings a one-time password, handed out once on the answer to the confirmation. Roles are only ever added here,
and only those of `GRANTS` (accounts/roles.py); nobody is deactivated by a list that leaves him out.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.authority import allow, grantable
from accounts.importing.entries import NotTaken
from accounts.importing.people_rows import PeopleReader, PersonEntry
from accounts.importing.tables import OFFICERS, STAFF
from accounts.importing.task import Handout, Readings, TablePlan, TableTask
from accounts.models import Enterprise, Person, Regulator
from accounts.passwords import OneTime
from accounts.people import add_person, change_person, give_login, grant_role
from accounts.queries.taken import pages
from core.db import db
from core.sheets.outcome import Outcome, RowOutcome, TableReport, place_of, skipped_rows

HEADS: Final = ("姓名", "登录名", "部门或职务", "角色")


def people_task(actor: Actor, *, enterprise: Enterprise | None = None, regulator: Regulator | None = None) -> TableTask:
    """The import of the people of one organisation; `NotAllowed` for whoever does not keep them."""
    permitted = bool(grantable(actor, enterprise=enterprise, regulator=regulator))
    allow(permitted, "导入这个单位的人员", "本企业安全管理人员、监管部门或系统管理员")
    enterprise_id = enterprise.id if enterprise is not None else None
    regulator_id = regulator.id if regulator is not None else None
    return TableTask(
        purpose=f"people:{'e' if enterprise is not None else 'r'}{enterprise_id or regulator_id}",
        title="导入人员",
        form_name="人员模板.xlsx",
        rules=(STAFF if enterprise is not None else OFFICERS,),
        plan=lambda readings, by: plan_people(readings, by, enterprise_id, regulator_id),
        keeps_file=False,  # telephones and names stand in the register; a second copy would only have to be guarded
    )


def plan_people(readings: Readings, by: Actor, enterprise_id: int | None, regulator_id: int | None) -> TablePlan:
    """What becomes of every row, for the people of one organisation."""
    (reading,) = readings
    assert reading is not None
    reader = PeopleReader(by, enterprise_id, regulator_id, reading.rows)
    entries: list[PersonEntry] = []
    told: list[tuple[int, RowOutcome]] = []
    for row in reading.rows:
        try:
            entries.append(reader.entry(row))
        except NotTaken as refusal:
            cells = (row.text("name"), row.text("login"), row.text("title"), "")
            skipped = RowOutcome(place_of(row.row), Outcome.SKIPPED, cells, refusal.reason, remarks=row.remarks)
            told.append((row.row, skipped))
    told += [(entry.row.row, _told(entry)) for entry in entries]
    told += list(zip((skip.row for skip in reading.skipped), skipped_rows(reading, len(HEADS)), strict=True))
    rows = tuple(outcome for _row, outcome in sorted(told, key=lambda one: one[0]))
    report = TableReport(HEADS, rows, ((reading.sheet, reading.columns),))

    def write(by: Actor, now: datetime, passwords: Iterator[OneTime]) -> tuple[Handout, ...]:
        return tuple(_write(reader, entries, passwords, by, now))

    return TablePlan(report, write, logins=sum(bool(entry.login) for entry in entries))


def _write(
    reader: PeopleReader, entries: list[PersonEntry], passwords: Iterator[OneTime], by: Actor, now: datetime
) -> Iterator[Handout]:
    people = _loaded([entry.known_id for entry in entries if entry.known_id is not None and entry.changes])
    for entry in entries:
        prepared = next(passwords) if entry.login else None
        if entry.known_id is None:
            add_person(
                entry.details,
                by=by,
                now=now,
                enterprise=reader.enterprise,
                regulator=reader.regulator,
                roles=entry.roles,
                prepared=prepared,
            )
        elif entry.changes:
            _correct(people[entry.known_id], entry, prepared, by, now)
        if prepared is not None:
            yield Handout(entry.details.name, entry.unit, entry.login, prepared.plain)


def _correct(person: Person, entry: PersonEntry, prepared: OneTime | None, by: Actor, now: datetime) -> None:
    if entry.fields_change:
        change_person(person, entry.details, by=by, now=now)
    if prepared is not None:
        give_login(person, entry.login, by=by, now=now, prepared=prepared)
    for role in entry.roles:
        grant_role(person, role, by=by, now=now)


def _loaded(ids: list[int]) -> dict[int, Person]:
    found: dict[int, Person] = {}
    for some in pages(sorted(ids)):
        found |= {person.id: person for person in db.session.scalars(select(Person).where(Person.id.in_(some)))}
    return found


def _told(entry: PersonEntry) -> RowOutcome:
    roles = "、".join(role.label for role in (*entry.held, *entry.roles))
    cells = (
        entry.details.name,
        entry.shown_login or "只在纸上签",
        "，".join(filter(None, (entry.unit, entry.details.title))),
        roles or "没有角色",
    )
    return RowOutcome(
        place_of(entry.row.row),
        entry.outcome,
        cells,
        changes=entry.changes,
        remarks=tuple(entry.remarks),
        subject_id=entry.known_id,
    )

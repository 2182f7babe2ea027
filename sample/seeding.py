"""`flask seed`: synthetic data in bulk for benchmarks; never for a register in use.

Rows are what the operations would have left behind, history and all (the chain verifies), but written by the thousand.
Same `--random-seed`, same data.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy import Table, bindparam, func, insert, select, update

from accounts.models import Enterprise, Grant, Person, Region, Regulator
from accounts.passwords import hash_password
from accounts.queries import districts
from accounts.roles import Role
from accounts.rules import OfficeLevel
from core.calendar import load_calendar
from core.chain import START, Chain, canonical, digest
from core.days import shanghai_day
from core.db import db, unit_of_work
from core.history import anchor, chain, event_content
from core.models import Counter, Event
from core.pinyin import initials_of
from core.refusals import Conflict
from core.scope import everything
from core.shifts import Shifts
from core.web import now
from hazards import search
from hazards.models import Hazard, HazardStanding, HazardVersion, Waiting
from hazards.rules import WaitingFor, hazard_number, number_series
from hazards.snapshot import COLUMNS, plain
from sample.cases import load_cases
from workflows.cadence import entry, held, is_listed, moves_at, moves_until
from workflows.closure import Origin
from workflows.vocabulary import Action, Category, Channel, Grade, State, StopScope

CHUNK = 1000
STATES = ((State.CLOSED, 62), (State.RECTIFYING, 24), (State.VERIFIED, 6), (State.REPORTED, 6), (State.DISMISSED, 2))
STEPS: dict[State, tuple[tuple[str, State], ...]] = {
    State.REPORTED: (("report", State.REPORTED),),
    State.RECTIFYING: (("report", State.REPORTED), ("sign", State.RECTIFYING)),
    State.VERIFIED: (("report", State.REPORTED), ("sign", State.RECTIFYING), ("sign", State.VERIFIED)),
    State.CLOSED: (
        ("report", State.REPORTED),
        ("sign", State.RECTIFYING),
        ("sign", State.VERIFIED),
        ("sign", State.CLOSED),
    ),
    State.DISMISSED: (("report", State.REPORTED), ("sign", State.DISMISSED)),
}

assert isinstance(Hazard.__table__, Table)
_standings: Any = HazardStanding.__table__
ACTIONS = {
    State.REPORTED: Action.REPORT,
    State.RECTIFYING: Action.ACCEPT,
    State.VERIFIED: Action.VERIFY,
    State.CLOSED: Action.CLOSE,
    State.DISMISSED: Action.DISMISS,
}
ENDINGS = {"verified_at", "closed_at", "closed_by_id", "dismissed_at"}  # known only once it has come to its state
EVENT_COLUMNS = ("subject_kind", "subject_id", "seq", "at", "actor_id", "kind", "content", "previous")


@click.command("seed")
@click.option("--hazards", type=click.IntRange(1, 5_000_000), default=100_000, show_default=True)
@click.option("--enterprises", type=click.IntRange(1, 200_000), default=2_000, show_default=True)
@click.option("--random-seed", type=int, default=1, show_default=True)
@with_appcontext
def seed(hazards: int, enterprises: int, random_seed: int) -> None:
    """为测速生成大量模拟数据（只用于空的登记册）。"""
    with everything("synthetic data"):
        if db.session.scalar(select(func.count()).select_from(Enterprise)):
            raise Conflict("登记册里已有企业。模拟数据只能写入空的登记册。")
        plan = Seeding(random.Random(random_seed), now(), chain())
        plan.organisations(enterprises)
        with click.progressbar(length=hazards, label="隐患", show_eta=True) as bar:
            for written in plan.hazards(hazards):
                bar.update(written)
        with unit_of_work():
            plan.counters()
            anchor(at=plan.now, reason="seed")
    click.echo(f"已写入 {enterprises:,} 家企业、{hazards:,} 条隐患。")


@dataclass
class Firm:
    """What a hazard's row needs of its enterprise."""

    id: int
    name: str
    uscc: str
    region_code: str
    region_path: str
    district: str
    sector: str
    industry: str
    office_id: int
    manager_id: int


class Seeding:
    """One run: the same random numbers give the same rows."""

    def __init__(self, dice: random.Random, moment: datetime, links: Chain) -> None:
        self.dice = dice
        self.now = moment
        self.links = links
        self.firms: list[Firm] = []
        self.texts = [case.hazard for case in load_cases()]
        self.sequence: dict[tuple[str, int], int] = {}
        self.shifts = Shifts(days=load_calendar())

    def counters(self) -> None:
        """The next number of each series follows the last one given here."""
        rows = [{"series": number_series(*key), "last": last} for key, last in self.sequence.items()]
        if rows:
            db.session.execute(insert(Counter), rows)

    def organisations(self, count: int) -> None:
        """An office of each district with an inspector, and the enterprises, each with a safety manager."""
        kept = hash_password(f"seed-{self.dice.random()}")
        with unit_of_work() as session:
            offices = {region.code: self._office(region, kept) for region in districts()}
            session.flush()
            regions = {region.code: region for region in districts()}
        codes = sorted(regions)
        for start in range(0, count, CHUNK):
            with unit_of_work():
                rows = [
                    self._firm(n, regions[self.dice.choice(codes)]) for n in range(start, min(count, start + CHUNK))
                ]
                self._write_firms(rows, offices, regions, kept)

    def _office(self, region: Region, kept: str) -> int:
        office = Regulator(
            code=f"SEED-{region.code}",
            name=f"{region.name}应急管理局",
            short_name=f"{region.name}应急局",
            level=OfficeLevel.DISTRICT,
            region_code=region.code,
            is_comprehensive=True,
        )
        db.session.add(office)
        db.session.flush()
        person = self._person(f"检查人员·{region.name}", f"seed-{region.code}", kept, regulator_id=office.id)
        db.session.add(person)
        person.grants = [Grant(role=role, granted_at=self.now) for role in (Role.INSPECTOR, Role.REVIEWER)]
        return office.id

    def _person(self, name: str, login: str, kept: str, **where: Any) -> Person:
        return Person(name=name, login=login, password_hash=kept, created_at=self.now, must_change=False, **where)

    def _firm(self, number: int, region: Region) -> dict[str, Any]:
        case = self.dice.choice(load_cases()[:20])
        return {
            "uscc": f"91{region.code}SD{number:08d}"[:18],
            "name": (name := f"模拟{region.name}第{number:06d}号企业"),
            "initials": initials_of(name),
            "region_code": region.code,
            "region_path": region.path,
            "industry": case.industry,
            "sector": case.industry.split("-")[0],
            "created_at": self.now,
        }

    def _write_firms(
        self, rows: list[dict[str, Any]], offices: dict[str, int], regions: dict[str, Region], kept: str
    ) -> None:
        ids = list(db.session.scalars(insert(Enterprise).returning(Enterprise.id, sort_by_parameter_order=True), rows))
        people = [
            {
                "name": f"安全管理人员·{row['name'][-6:]}",
                "login": f"seed-{firm}",
                "password_hash": kept,
                "created_at": self.now,
                "must_change": False,
                "enterprise_id": firm,
            }
            for firm, row in zip(ids, rows, strict=True)
        ]
        persons = list(db.session.scalars(insert(Person).returning(Person.id, sort_by_parameter_order=True), people))
        grants = [{"person_id": person, "role": Role.SAFETY_MANAGER, "granted_at": self.now} for person in persons]
        db.session.execute(insert(Grant), grants)
        for firm, person, row in zip(ids, persons, rows, strict=True):
            region = regions[row["region_code"]]
            self.firms.append(
                Firm(
                    firm,
                    row["name"],
                    row["uscc"],
                    region.code,
                    region.path,
                    region.name,
                    row["sector"],
                    row["industry"],
                    offices[region.code],
                    person,
                )
            )

    def hazards(self, count: int) -> Iterator[int]:
        """Write hazards with their histories, a chunk at a time; how many each chunk held."""
        for start in range(0, count, CHUNK):
            size = min(CHUNK, count - start)
            with unit_of_work():
                self._write(size)
            db.session.expunge_all()
            yield size

    def _write(self, size: int) -> None:
        made = [self._hazard(self.dice.choice(self.firms)) for _ in range(size)]
        standings = [self._standing(row, firm) for row, firm in made]
        ids = list(
            db.session.scalars(
                insert(Hazard).returning(Hazard.id, sort_by_parameter_order=True), [row for row, _firm in made]
            )
        )
        db.session.execute(insert(HazardStanding), [{"id": of} | at for of, at in zip(ids, standings, strict=True)])
        events: list[dict[str, Any]] = []
        versions: list[dict[str, Any]] = []
        waiting: list[dict[str, Any]] = []
        heads: list[dict[str, Any]] = []
        for hazard_id, (row, firm) in zip(ids, made, strict=True):
            heads.append(self._history(hazard_id, row, firm, events, versions))
            if row["state"].is_open:
                waiting.append(self._waiting(hazard_id, row, firm))
        db.session.execute(insert(Event), events)
        db.session.execute(insert(HazardVersion), versions)
        if waiting:
            db.session.execute(insert(Waiting), waiting)
        to_row = update(_standings).where(_standings.c.id == bindparam("hazard_id"))
        db.session.connection().execute(
            to_row.values(chain_head=bindparam("head"), chain_length=bindparam("length")), heads
        )
        search.write(ids)

    def _hazard(self, firm: Firm) -> tuple[dict[str, Any], Firm]:
        dice = self.dice
        state = dice.choices([s for s, _ in STATES], [w for _, w in STATES])[0]
        grade = Grade.MAJOR if dice.random() < 0.3 else Grade.GENERAL
        channel = dice.choices(list(Channel), (6, 3, 1))[0]
        reported = self.now - timedelta(days=dice.random() * 700, hours=1)
        day = shanghai_day(reported)
        key = (firm.region_code, day.year)
        self.sequence[key] = self.sequence.get(key, 0) + 1
        deadline = day + timedelta(days=dice.choice((3, 7, 15, 30, 60, 90)))
        ended = min(reported + timedelta(days=dice.random() * 60), self.now)
        accepted = state is not State.REPORTED
        row = {
            "number": hazard_number(firm.region_code, day.year, self.sequence[key]),
            "version": 1,
            "enterprise_id": firm.id,
            "responsible_unit": "设备部",
            "region_code": firm.region_code,
            "region_path": firm.region_path,
            "industry": firm.industry,
            "sector": firm.sector,
            "responsible_office_id": firm.office_id,
            "channel": channel,
            "origin": Origin.SELF_FOUND if channel.is_self_found else Origin.ORDERED,
            "state": state,
            "grade": grade,
            "proposed_grade": grade,
            "category": dice.choice(list(Category)),
            "place": dice.choice(("配电室", "成品库", "喷涂车间", "锅炉房", "南侧通道")),
            "description": dice.choice(self.texts),
            "found_at": reported,
            "found_on": day,
            "found_by": "模拟",
            "reported_at": reported,
            "reporter_id": firm.manager_id,
            "deadline_first": deadline if accepted else None,
            "deadline": deadline if accepted else None,
            "responsible_person": "安全管理人员" if accepted else "",
            "responsible_person_id": firm.manager_id if accepted else None,
            "interim_controls": "专人值守" if accepted else "",
            "stop_scope": StopScope.NONE,
            "verified_at": ended if state in (State.VERIFIED, State.CLOSED) else None,
            "closed_at": ended if state is State.CLOSED else None,
            "closed_by_id": firm.manager_id if state is State.CLOSED else None,
            "dismissed_at": ended if state is State.DISMISSED else None,
            "round_started_at": reported,
            "holder": "安全管理人员" if state.is_open else "",
            "holder_since": reported if state.is_open else None,
        }
        return row, firm

    def _standing(self, row: dict[str, Any], firm: Firm) -> dict[str, Any]:
        """On which list it stands by now, or which it had left; moved as the rules move it, without their history."""
        shifts = self.shifts
        at = entry(row["reported_at"], shifts)
        if row["deadline"] is not None:
            at = held(at, row["deadline"], shifts.day_of(row["reported_at"]))
        listed = is_listed(row["state"])
        until = self.now if listed else row["verified_at"] or row["dismissed_at"]
        for step in moves_until(at, shifts, until):
            at = step
        return {
            "enterprise_id": firm.id,
            "tier": at.tier,
            "tier_since": at.since,
            "tier_until": moves_at(at, shifts) if listed else None,
            "list_owner_id": firm.manager_id if listed else None,
        }

    def _history(
        self,
        hazard_id: int,
        row: dict[str, Any],
        firm: Firm,
        events: list[dict[str, Any]],
        versions: list[dict[str, Any]],
    ) -> dict[str, Any]:
        names = {"id": hazard_id, "enterprise_name": firm.name, "uscc": firm.uscc, "district": firm.district}
        content = names | _facts(row, set(COLUMNS) - ENDINGS)
        head, steps = START, STEPS[row["state"]]
        last = row["closed_at"] or row["dismissed_at"] or row["verified_at"] or self.now
        span = (last - row["reported_at"]) / max(1, len(steps) - 1)
        for seq, (kind, state) in enumerate(steps, 1):
            at = (row["reported_at"] + span * (seq - 1)).astimezone(UTC)
            values = content | {"state": state.value} | (_facts(row, ENDINGS) if state is row["state"] else {})
            seen = digest(canonical(values))
            event = Event(
                subject_kind="hazard",
                subject_id=hazard_id,
                seq=seq,
                at=at,
                actor_id=firm.manager_id,
                kind=kind,
                content=_content(kind, steps[max(0, seq - 2)][1], state, seen),
                previous=head,
            )
            head = self.links.link(head, event_content(event))
            events.append({name: getattr(event, name) for name in EVENT_COLUMNS} | {"digest": head})
            versions.append(self._version(hazard_id, seq, at, row, state, values, seen))
            if seq > 1:
                versions[-2]["valid_to"] = at
        return {"hazard_id": hazard_id, "head": head, "length": len(steps)}

    def _version(
        self,
        hazard_id: int,
        seq: int,
        at: datetime,
        row: dict[str, Any],
        state: State,
        values: dict[str, Any],
        seen: str,
    ) -> dict[str, Any]:
        ended = at if state in (State.CLOSED, State.DISMISSED) else None
        return {
            "hazard_id": hazard_id,
            "version": seq,
            "valid_from": at,
            "valid_to": None,
            "enterprise_id": row["enterprise_id"],
            "region_path": row["region_path"],
            "sector": row["sector"],
            "state": state,
            "grade": row["grade"],
            "ended_at": ended,
            "content": values,
            "digest": seen,
        }

    def _waiting(self, hazard_id: int, row: dict[str, Any], firm: Firm) -> dict[str, Any]:
        rectifying = row["state"] is State.RECTIFYING
        by_office = not rectifying and row["origin"] is Origin.ORDERED
        of_firm = not rectifying and not by_office
        return {
            "hazard_id": hazard_id,
            "what": WaitingFor.BEGIN,
            "action": Action.VERIFY if rectifying else Action.CLOSE,
            "step_label": "验收" if rectifying else "办理",
            "enterprise_id": firm.id if of_firm else None,
            "regulator_id": firm.office_id if by_office else None,
            "role": Role.SAFETY_MANAGER if of_firm else Role.INSPECTOR if by_office else None,
            "person_id": firm.manager_id if rectifying else None,
            "barred": [],
            "since": row["reported_at"],
            "due_on": row["deadline"],
        }


def _facts(row: dict[str, Any], names: set[str]) -> dict[str, Any]:
    """What a version keeps of a hazard, as `hazards/snapshot.py` writes it."""
    return {name: plain(row[name]) for name in sorted(names & row.keys()) if row[name] not in (None, "", False)}


def _content(kind: str, before: State, state: State, seen: str) -> dict[str, Any]:
    """What the operations would have written into such an entry."""
    content = {"action": ACTIONS[state].value, "to": state.value, "state": state.value, "version": seen}
    return content if kind == "report" else content | {"from": before.value, "verdict": "approved"}

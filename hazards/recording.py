"""What every operation does at its end: one event in the chain, one version, and who has it now.

An operation changes the record, then calls `record`: there is no other way a change of a hazard comes into the
history, and no change without one.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update

from accounts.models import Enterprise, Regulator
from accounts.roles import Role, Side
from core.chain import canonical, digest
from core.changes import PreparedChange, PreparedInsert
from core.db import UtcDateTime, among, db, ids_text
from core.history import next_event
from core.models import Event
from core.outbox import tell
from core.prepared import Prepared
from core.scope import everything
from hazards import case as cases
from hazards import search
from hazards.models import Hazard, HazardNote, HazardStanding, HazardVersion, Waiting
from hazards.queries import holders
from hazards.rules import WaitingFor
from hazards.since_signed import changes_since_signed
from hazards.snapshot import snapshot
from workflows.casefile import ENTERPRISE, RESPONSIBLE_OFFICE, CaseFile
from workflows.expected import Expected, expected
from workflows.ladder import StepNow

AT_ONCE = 400  # hazards worked out together: bounds memory and the length of a query
NOBODY = "无人可办，已告知管理员"  # who has it, where nobody can sign


def record(
    hazard: Hazard,
    kind: str,
    *,
    by: int | None,
    now: datetime,
    content: dict[str, Any] | None = None,
    note: str = "",
    loaded: cases.Loaded | None = None,
) -> None:
    """Write one entry of the hazard's history with the version it led to, and work out who has it now.

    `loaded` is the case as the operation read it, where it need not be read again.
    """
    settle(hazard, now=now, loaded=loaded)
    more = dict(content or {})
    if note:
        kept = HazardNote(hazard_id=hazard.id, by_id=by, at=now, text=note)
        db.session.add(kept)
        db.session.flush()
        more |= {"note": kept.id, "note_digest": digest(note.encode())}
    _write(hazard, kind, by, now, more, _standing_versions([hazard]).get(hazard.id))


def record_many(entries: Sequence[tuple[Hazard, dict[str, Any]]], kind: str, *, by: int | None, now: datetime) -> None:
    """Write one entry for each of several hazards (an import, a nightly move); queries grow with pages, not hazards."""
    for start in range(0, len(entries), AT_ONCE):
        page = entries[start : start + AT_ONCE]
        hazards = [hazard for hazard, _ in page]
        standing = _standing_versions(hazards)  # before anything changes, so that each is written once
        settle_many(hazards, now=now)
        held = [db.session.get(Regulator, office) for office in _offices_of(hazards)]  # so that each is read once
        for hazard, content in page:
            _write(hazard, kind, by, now, dict(content), standing.get(hazard.id))
        del held


@dataclass(frozen=True, slots=True)
class Arrivals:
    """Everything that begins the histories of some hazards, worked out and not yet written.

    `unheld` are those nobody can sign for, to be told of once the import has come in whole (`tell_unheld`).
    """

    hazards: Sequence[Hazard]
    rows: Mapping[type[Any], list[dict[str, Any]]]
    unheld: list[Unheld]


def prepare_arrivals(
    entries: Sequence[tuple[Hazard, dict[str, Any]]], kind: str, *, by: int | None, now: datetime
) -> Arrivals:
    """Work out, for hazards that an import has just put down, what `record` would write; reads only.

    The hazards are as their rows stand, but outside the session; they get head, length and holder here.
    """
    hazards = [hazard for hazard, _ in entries]
    waiting: list[Waiting] = []
    unheld: list[Unheld] = []
    events, versions = [], []
    held = _around(hazards)  # held, so that each is read once
    for one in cases.load_many(hazards, now=now):
        rows = _handed_over(one, None, now)
        waiting += rows or ()
        if rows is not None and not rows:
            unheld.append(_unheld(one))
    for hazard, content in entries:
        values = snapshot(hazard)
        seen = digest(canonical(values))
        said = content | {"state": hazard.state.value, "version": seen}
        events.append(next_event(hazard, kind, at=now, actor_id=by, content=said))
        versions.append(_version(hazard, values, seen, now))
    del held
    made: dict[type[Any], list[Any]] = {Event: events, HazardVersion: versions, Waiting: waiting}
    return Arrivals(hazards, {model: [row_of(one) for one in some] for model, some in made.items()}, unheld)


def write_arrivals(arrivals: Arrivals) -> None:
    """Write what was prepared, inside a unit of work: a handful of statements, however many hazards."""
    ids = [one.id for one in arrivals.hazards]
    search.write(ids)  # rows put down by the thousand are not seen by what follows single changes
    # whoever was appointed or moved meanwhile had it worked out already
    gone = delete(Waiting).where(Waiting.hazard_id.in_(ids))
    db.session.execute(gone, execution_options={"synchronize_session": False})
    for model, rows in arrivals.rows.items():
        if rows:
            db.session.execute(insert(model), rows)
    for model, columns in _ARRIVED:
        table: Any = model.__table__
        db.session.execute(
            update(table).where(table.c.id == bindparam("of_id")).values({name: bindparam(name) for name in columns}),
            [{"of_id": one.id} | {name: getattr(one, name) for name in columns} for one in arrivals.hazards],
        )


_ARRIVED = ((Hazard, ("holder", "holder_since")), (HazardStanding, ("chain_head", "chain_length")))


def row_of(made: Any) -> dict[str, Any]:
    """An object outside the session as the row it stands for; what it leaves open is left to the table."""
    return {name: made.__dict__[name] for name in made.__table__.c.keys() if name in made.__dict__}  # noqa: SIM118


def _around(hazards: Sequence[Hazard]) -> list[Any]:
    """The enterprises and the offices of these hazards, as their versions name them: each table in one query."""
    ids = {one.enterprise_id for one in hazards} | {one.concerned_id for one in hazards if one.concerned_id}
    firms = db.session.scalars(select(Enterprise).where(Enterprise.id.in_(ids)))
    offices = db.session.scalars(select(Regulator).where(Regulator.id.in_(_offices_of(hazards))))
    return [*firms, *offices]


def _offices_of(hazards: Sequence[Hazard]) -> set[int]:
    return {one.responsible_office_id for one in hazards if one.responsible_office_id is not None}


def _write(hazard: Hazard, kind: str, by: int | None, now: datetime, content: dict[str, Any], standing: Any) -> None:
    values = snapshot(hazard)
    seen = digest(canonical(values))
    said = content | {"state": hazard.state.value, "version": seen}
    _events.put([next_event(hazard, kind, at=now, actor_id=by, content=said)])
    _keep_version(hazard, values, seen, now, standing)


_events, _versions = PreparedInsert(Event), PreparedInsert(HazardVersion)


def _standing_versions(hazards: Sequence[Hazard]) -> dict[int, Any]:
    """Id, digest and beginning of the version of each hazard that still stands, by hazard."""
    with everything("the versions of a hazard"):
        return {row.hazard_id: row for row in _standing.all(hazards=ids_text(hazard.id for hazard in hazards))}


def _standing_version() -> Any:
    kept = HazardVersion.__table__.c
    its = among(kept.hazard_id, "hazards"), kept.valid_to.is_(None)
    return select(kept.id, kept.hazard_id, kept.digest, kept.valid_from).where(*its).order_by(kept.version)


def _close_version() -> Any:
    table: Any = HazardVersion.__table__
    return update(table).where(table.c.id == bindparam("of_id")).values(valid_to=bindparam("until", type_=UtcDateTime))


_standing, _closed = Prepared(_standing_version), PreparedChange(_close_version)


def _keep_version(hazard: Hazard, values: dict[str, Any], seen: str, now: datetime, last: Any) -> None:
    """Close the version before and open the next, unless nothing a ledger prints has changed."""
    if last is not None and last.digest == seen:
        return
    start = now if last is None else max(now, last.valid_from)
    if last is not None:
        _closed.run([{"of_id": last.id, "until": start}])
    _versions.put([_version(hazard, values, seen, start)])


def _version(hazard: Hazard, values: dict[str, Any], seen: str, start: datetime) -> HazardVersion:
    return HazardVersion(
        hazard_id=hazard.id,
        version=hazard.chain_length,
        valid_from=start,
        enterprise_id=hazard.enterprise_id,
        region_path=hazard.region_path,
        sector=hazard.sector,
        state=hazard.state,
        grade=hazard.grade,
        ended_at=hazard.closed_at or hazard.dismissed_at,
        content=values,
        digest=seen,
    )


def settle(hazard: Hazard, *, now: datetime, loaded: cases.Loaded | None = None) -> None:
    """Work out who has the hazard now, for the home page and the lists."""
    if loaded is None:
        settle_many([hazard], now=now)
    else:
        _settle([cases.load_again(loaded, now=now)], now)


def settle_many(hazards: Sequence[Hazard], *, now: datetime) -> None:
    """Work out who has each of these hazards now."""
    db.session.flush()
    _settle(cases.load_many(hazards, now=now), now)


def _settle(loaded: Sequence[cases.Loaded], now: datetime) -> None:
    ids = [one.hazard.id for one in loaded]
    with everything("who has a hazard"):
        before = {row.hazard_id: row for row in _waited.all(hazards=ids_text(ids))}
    waiting: list[Waiting] = []
    unheld: list[Unheld] = []
    for one in loaded:
        one.hazard.changed_since_signed = len(changes_since_signed(one))
        rows = _handed_over(one, before.get(one.hazard.id), now)
        waiting += rows or ()
        if rows is not None and not rows:
            unheld.append(_unheld(one))
    _no_longer.run([{"of_hazard": hazard_id} for hazard_id in ids])
    _waits.put(waiting)
    tell_unheld([one for one in unheld if not one.hidden], now=now)


def _waited_before() -> Any:
    """What each hazard waited for until now, and since when."""
    kept = Waiting.__table__.c
    wanted = select(kept.hazard_id, kept.what, kept.action, kept.person_id, kept.since)
    return wanted.where(among(kept.hazard_id, "hazards")).order_by(kept.id)


def _wait_no_longer() -> Any:
    table: Any = Waiting.__table__
    return delete(table).where(table.c.hazard_id == bindparam("of_hazard"))


_waited, _no_longer = Prepared(_waited_before), PreparedChange(_wait_no_longer)
_waits = PreparedInsert(Waiting)


def _handed_over(loaded: cases.Loaded, before: Any, now: datetime) -> list[Waiting] | None:
    """Who has it now, set on the hazard and as rows; None where it waits for nobody, empty where nobody can."""
    hazard, next_act = loaded.hazard, expected(loaded.case)
    if next_act is None:
        hazard.holder, hazard.holder_since = "", None
        return None
    rows = _rows(loaded, next_act)
    since = _since(loaded, next_act, before, now)
    for row in rows:
        row.since, row.due_on, row.sender_id = since, _due(hazard, next_act), _sender(loaded)
    hazard.holder, hazard.holder_since = _holder(loaded, next_act, rows)[:120], since
    return rows


@dataclass(frozen=True, slots=True)
class Unheld:
    """A hazard whose next step nobody can sign, and the reviewers who are told of it."""

    number: str
    action: str
    step: str
    index: int
    office: str
    reviewers: Collection[int]
    hidden: bool
    key: str


def _unheld(one: cases.Loaded) -> Unheld:
    next_act = expected(one.case)
    assert next_act is not None, "only what waits for somebody can lack somebody"
    return Unheld(
        number=one.hazard.number,
        action=next_act.action.label,
        step=next_act.step.step.label if next_act.step else next_act.action.label,
        index=next_act.step.index if next_act.step else 0,
        office=one.offices[-1].name if one.offices else "监管单位",
        reviewers=frozenset(seat.person for seat in one.case.seats if seat.role is Role.REVIEWER),
        hidden=one.hazard.hidden,
        key=next_act.action.value,
    )


def tell_unheld(unheld: Sequence[Unheld], *, now: datetime) -> None:
    """Steps nobody can sign are told to the administrators and the offices' reviewers at once (domain.md §3).

    One message for each person, however many hazards came together (an import): a digest, not a flood.
    """
    if not unheld:
        return
    with everything("who is told that nobody can sign"):
        admins = set(holders(Role.SYSTEM_ADMIN))
    persons: set[int] = set().union(*(one.reviewers for one in unheld))
    first = unheld[0]
    more = f" 等 {len(unheld)} 条" if len(unheld) > 1 else ""
    text = f"{first.number}{more}：「{first.action}」的“{first.step}”没有人可以办理。"
    text += f"请为企业或{first.office}补充人员、授予角色。"
    key = f"nobody:{first.number}:{first.key}:{first.index}:{len(unheld)}"
    tell(persons, "nobody", text, now=now, url=f"/hazards/{first.number}", key=key)
    tell(admins, "nobody", text, now=now, url="/hazards/nobody", key=key)  # who see no hazard, but what is missing


def _rows(loaded: cases.Loaded, next_act: Expected) -> list[Waiting]:
    hazard = loaded.hazard
    if next_act.person is not None:
        return [_row(hazard, next_act, person_id=next_act.person)]
    step = next_act.step
    places = sorted({(seat.rung, seat.role, seat.receiving) for seat in step.seats}) if step else []
    return [
        _row(
            hazard,
            next_act,
            role=role,
            barred=_barred(loaded.case, step, role, rung),
            **_organisation(loaded, rung, got),
        )
        for rung, role, got in places
    ]


def _row(
    hazard: Hazard,
    next_act: Expected,
    *,
    person_id: int | None = None,
    role: Role | None = None,
    enterprise_id: int | None = None,
    regulator_id: int | None = None,
    barred: list[int] | None = None,
) -> Waiting:
    return Waiting(
        hazard_id=hazard.id,
        what=WaitingFor.SIGN if next_act.is_signature else WaitingFor.BEGIN,
        action=next_act.action,
        step_label=next_act.step.step.label if next_act.step else next_act.action.label,
        person_id=person_id,
        role=role,
        enterprise_id=enterprise_id,
        regulator_id=regulator_id,
        barred=barred or [],
    )


def _barred(case: CaseFile, step: StepNow | None, role: Role, rung: int) -> list[int]:
    free = step.persons if step else frozenset()
    return sorted({s.person for s in case.seats if s.role is role and s.rung == rung} - free)


def _organisation(loaded: cases.Loaded, rung: int, receiving: bool) -> dict[str, int]:
    if rung == ENTERPRISE:
        return {"enterprise_id": loaded.hazard.enterprise_id}
    if receiving:
        return {"regulator_id": loaded.receiving[rung].id}
    if rung >= RESPONSIBLE_OFFICE:
        return {"regulator_id": loaded.offices[rung].id}
    assert loaded.town_office is not None, "a seat beside the enterprise belongs to its town's office"
    return {"regulator_id": loaded.town_office.id}


def _since(loaded: cases.Loaded, next_act: Expected, before: Any, now: datetime) -> datetime:
    """Since when this holder has it: the last signature of the open request; else since it began to wait for this.

    A reminder, a photo or a correction in between hands nothing over.
    """
    request = loaded.open_request
    if request is None:
        waits_on = before is not None and before.what is WaitingFor.BEGIN and before.action is next_act.action
        return before.since if waits_on and before.person_id == next_act.person else now
    return request.signatures[-1].signed_at if request.signatures else request.opened_at


def _sender(loaded: cases.Loaded) -> int | None:
    request = loaded.open_request
    if request is None:
        return None
    return request.signatures[-1].person_id if request.signatures else request.opened_by_id


def _due(hazard: Hazard, next_act: Expected) -> Any:
    """By when the next act is due: the period of the act where there is one, else the hazard's deadline."""
    due = {"accept_due": hazard.accept_due, "plan_due": hazard.plan_due, "reinspection_due": hazard.reinspection_due}
    return due.get(next_act.due) or hazard.deadline


def _holder(loaded: cases.Loaded, next_act: Expected, rows: list[Waiting]) -> str:
    if next_act.person is not None:
        return loaded.hazard.responsible_person
    if not rows:
        return NOBODY
    roles = "、".join(dict.fromkeys(row.role.label for row in rows if row.role))
    persons = sorted(next_act.step.persons) if next_act.step else []
    if len(persons) == 1:
        return _called(rows[0].role, loaded.names.get(persons[0], ""))
    of_enterprise = rows[0].role is not None and rows[0].role.side is Side.ENTERPRISE
    return roles if of_enterprise else f"{roles}（{_office_name(loaded, rows[0])}）"


def _called(role: Role | None, name: str) -> str:
    """审核人·己: role and name, unless the name already begins with the role."""
    return name if role is None or name.startswith(role.label) else f"{role.label}·{name}"


def _office_name(loaded: cases.Loaded, row: Waiting) -> str:
    office = loaded.people.offices.get(row.regulator_id) if row.regulator_id else None
    return office.short_name if office else ""

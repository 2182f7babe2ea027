"""Reporting a hazard: by the enterprise, by a regulator's check, from the public; put right on the spot or not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from sqlalchemy import select

from accounts import queries as organisations
from accounts.access import Actor
from accounts.models import Enterprise, OrgUnit, Regulator
from accounts.roles import REGULATOR_ROLES, Role
from accounts.rules import OfficeLevel
from core.calendar import load_calendar
from core.days import shanghai_day
from core.db import db
from core.numbering import take_numbers
from core.outbox import tell
from core.refusals import Invalid, NotAllowed, NotFound
from core.scope import everything
from hazards.deed import criterion_text
from hazards.models import Criterion, Hazard, WorkRecord
from hazards.news import HazardReported, announce
from hazards.operations import tiers
from hazards.operations.attaching import AnyFile, NewFile, attach
from hazards.operations.effects import set_deadline
from hazards.operations.recurring import link_recurrence, refuse_unless_closed
from hazards.operations.requests import open_request
from hazards.queries import holders
from hazards.recording import record, record_many
from hazards.rules import EvidenceKind, hazard_number, number_series
from workflows.closure import MUST_BE_IN_PLACE, REPORTERS, Origin
from workflows.deadlines import due_on
from workflows.facts import Fact
from workflows.vocabulary import Action, Category, Channel, Grade, State, StopScope

UNNAMED = "从业人员（未留名）"  # who found it, where somebody without an account gave no name
LONGEST = {
    "place": 300,
    "description": 2000,
    "responsible_unit": 200,
    "stop_note": 2000,
    "found_by": 120,
    "criterion_reason": 2000,
}


@dataclass(frozen=True, slots=True)
class Report:
    """What somebody reports. Texts are as typed; photos are already checked and upright (hazards/photos.py)."""

    enterprise_id: int
    channel: Channel
    place: str
    description: str
    category: Category | None
    proposed_grade: Grade
    found_at: datetime
    responsible_unit: str = ""
    unit_id: int | None = None
    concerned_id: int | None = None
    found_by: str = ""
    stop_scope: StopScope = StopScope.NONE
    stop_note: str = ""
    sector: str = ""
    photos: tuple[AnyFile, ...] = ()
    on_the_spot: bool = False
    photos_after: tuple[AnyFile, ...] = ()
    result: str = ""
    done_by: tuple[int, ...] = ()  # who put it right on the spot besides the reporter
    documents: tuple[NewFile, ...] = field(default=())
    # what the reporter takes it for, until a person judges: a clause, or why none; a closed hazard come back
    criterion_id: int | None = None
    criterion_reason: str = ""
    recurrence_of: str = ""


@dataclass(slots=True)
class _Shared:
    """What reports that come in together have in common: enterprises, offices, and a row of numbers for each region."""

    firms: dict[int, Enterprise] = field(default_factory=dict)
    offices: dict[tuple[str, str], Regulator | None] = field(default_factory=dict)
    numbers: dict[str, Iterator[int]] = field(default_factory=dict)

    def office(self, enterprise: Enterprise, sector: str) -> Regulator | None:
        """The responsible office of a region in a sector."""
        key = (enterprise.region_code, sector)
        if key not in self.offices:
            self.offices[key] = organisations.responsible_regulator(enterprise.region, sector)
        return self.offices[key]

    def take_numbers(self, whats: Sequence[Report], now: datetime) -> None:
        """One row of numbers for each region, as long as it has reports."""
        wanted = Counter(self.firms[what.enterprise_id].region_code for what in whats)
        year = shanghai_day(now).year
        self.numbers = {
            region: count(take_numbers(number_series(region, year), many)) for region, many in wanted.items()
        }


def report(what: Report, *, by: Actor | None, now: datetime) -> Hazard:
    """Take a report into the register and give it its number.

    `by` None is a worker without an account, let in by the enterprise: self-found and not put right on the spot.
    Raises `NotAllowed` where the role may not report through this channel, `NotFound` for an enterprise out of
    scope, `Invalid` naming each field that is missing.
    """
    return report_all((what,), by=by, now=now)[0]


def report_all(whats: Sequence[Report], *, by: Actor | None, now: datetime) -> list[Hazard]:
    """The same for several at once (an inspection's findings), in their order: what they share is read once."""
    shared = _Shared()
    for what in whats:
        shared.firms[what.enterprise_id] = _enterprise(what, by, shared.firms.get(what.enterprise_id))
        _check(what, now)
    shared.take_numbers(whats, now)
    hazards = []
    for what in whats:
        hazard = _new(what, shared, by, now)
        _take_for(hazard, what)
        hazards.append(hazard)
    tiers.enter_all(hazards, now=now)
    db.session.add_all(hazards)
    db.session.flush()
    entries = [(hazard, _came_in(hazard, what, by, now)) for hazard, what in zip(hazards, whats, strict=True)]
    record_many(entries, "report", by=by.person_id if by else None, now=now)
    for hazard, what in zip(hazards, whats, strict=True):
        if what.on_the_spot and by is not None:
            _put_right(hazard, what, by, now)
        elif what.proposed_grade is Grade.MAJOR:
            _tell_major(hazard, now)
        announce(HazardReported(hazard, now))
    return hazards


def _came_in(hazard: Hazard, what: Report, by: Actor | None, now: datetime) -> dict[str, Any]:
    """Keep what came with it, and say what the first entry of its history holds."""
    for kind, files in (
        (EvidenceKind.BEFORE, what.photos),
        (EvidenceKind.AFTER, what.photos_after),
        (EvidenceKind.DOCUMENT, what.documents),
    ):
        for file in files:
            attach(hazard, kind, file, by=by, now=now)
    content = {"action": "report", "to": hazard.state.value}
    if what.recurrence_of:
        refuse_unless_closed(hazard, what.recurrence_of)
        link_recurrence(hazard, what.recurrence_of)
        content["recurrence_of"] = what.recurrence_of
    return content


def _enterprise(what: Report, by: Actor | None, known: Enterprise | None) -> Enterprise:
    if by is None and (not what.channel.is_self_found or what.on_the_spot):
        raise NotAllowed("没有账号只能上报发现的隐患。请登录后办理。")
    if by is not None and not by.roles & REPORTERS[what.channel]:
        raise NotAllowed(f"您的角色不能以「{what.channel.label}」上报隐患。")
    found = known or db.session.scalar(select(Enterprise).where(Enterprise.id == what.enterprise_id))
    own = by.enterprise_id if by is not None else what.enterprise_id
    if found is None or (own is not None and own != found.id):
        raise NotFound("找不到这家企业，或者它不在您的管辖范围内。请核对名称。")
    return found


def _check(what: Report, now: datetime) -> None:
    """Every missing or overlong field with its own sentence (table row "report")."""
    wrong: dict[str, str] = {}
    for name, longest in LONGEST.items():
        if len(getattr(what, name)) > longest:
            wrong[name] = f"最多 {longest:,} 个字，现在 {len(getattr(what, name)):,} 个。请删减后再提交。"
    have = _facts(what)
    for fact in MUST_BE_IN_PLACE[Action.REPORT][what.proposed_grade]:
        if fact not in have:
            wrong[fact.value] = f"请填写{fact.words}。"
    if what.found_at > now:
        wrong["found_at"] = "发现时间不能晚于现在。请改正。"
    self_found_major = what.channel is Channel.SELF_INSPECTION and what.proposed_grade is Grade.MAJOR
    if not what.photos and (self_found_major or what.on_the_spot):
        wrong["photos"] = "至少要 1 张整改前照片。请拍照后再上报。"
    if what.on_the_spot:
        wrong |= _check_on_the_spot(what)
    if wrong:
        raise Invalid("上报还不能提交，请补充：" + "".join(wrong.values()), fields=wrong)


def _check_on_the_spot(what: Report) -> dict[str, str]:
    if what.proposed_grade is Grade.MAJOR or what.channel is not Channel.SELF_INSPECTION:
        return {"on_the_spot": "即查即改只用于企业自查的一般隐患。请改选「需要限期整改」。"}
    wrong = {}
    if not what.photos_after:
        wrong["photos_after"] = "即查即改至少要 1 张整改后照片。请拍照。"
    if not what.result:
        wrong["result"] = "请写明怎样整改的。"
    return wrong


def _facts(what: Report) -> frozenset[Fact]:
    values = {
        Fact.PLACE: what.place,
        Fact.DESCRIPTION: what.description,
        Fact.FOUND_AT: what.found_at,
        Fact.CATEGORY: what.category,
        Fact.RESPONSIBLE_UNIT: what.responsible_unit or what.unit_id,
        Fact.STOP_NOTE: what.stop_note,
    }
    return frozenset(fact for fact, value in values.items() if value)


def _new(what: Report, shared: _Shared, by: Actor | None, now: datetime) -> Hazard:
    enterprise = shared.firms[what.enterprise_id]
    self_found = what.channel.is_self_found
    town = not self_found and by is not None and _is_town(by) and what.proposed_grade is Grade.GENERAL
    sector = what.sector or enterprise.sector
    office = shared.office(enterprise, sector)
    today = shanghai_day(now)
    return Hazard(
        number=hazard_number(enterprise.region_code, today.year, next(shared.numbers[enterprise.region_code])),
        enterprise_id=enterprise.id,
        enterprise=enterprise,
        unit_id=what.unit_id,
        responsible_unit=what.responsible_unit or _unit_name(what.unit_id),
        concerned_id=what.concerned_id,
        region_code=enterprise.region_code,
        region_path=enterprise.region_path,
        industry=enterprise.industry,
        sector=sector,
        responsible_office_id=office.id if office else None,
        issuing_office_id=by.regulator_id if by is not None and not self_found else None,
        town_order=town,
        channel=what.channel,
        origin=Origin.SELF_FOUND if self_found else Origin.ORDERED,
        state=State.REPORTED,
        grade=what.proposed_grade,
        proposed_grade=what.proposed_grade,
        category=what.category,
        place=what.place,
        description=what.description,
        found_at=what.found_at,
        found_on=shanghai_day(what.found_at),
        found_by=what.found_by or (by.name if by is not None else UNNAMED),
        reported_at=now,
        reporter_id=by.person_id if by is not None else None,
        check_office=by.org_name if by is not None and not self_found else "",
        stop_scope=what.stop_scope,
        stop_note=what.stop_note,
        accept_due=due_on("acceptance", today, load_calendar()).on if self_found else None,
        round_started_at=now,
        on_the_spot=what.on_the_spot,
    )


def _take_for(hazard: Hazard, what: Report) -> None:
    """What the reporter takes it for stands as unconfirmed, and only where it is proposed as major."""
    if what.criterion_id is not None:
        clause = db.session.get(Criterion, what.criterion_id)
        if clause is None:
            sentence = "找不到所选的判定条款。请重新选择。"
            raise Invalid(sentence, fields={"criterion": sentence})
        hazard.criterion_candidate_id = clause.id
        basis = criterion_text(clause)
    else:
        basis = f"上报人认为没有对应条款，理由：{what.criterion_reason}" if what.criterion_reason else ""
    if basis and what.proposed_grade is Grade.MAJOR:
        hazard.basis, hazard.basis_unconfirmed = basis, True


def _unit_name(unit_id: int | None) -> str:
    unit = db.session.get(OrgUnit, unit_id) if unit_id is not None else None
    return unit.name if unit else ""


def _is_town(by: Actor) -> bool:
    if by.regulator_id is None or not by.roles & REGULATOR_ROLES:
        return False
    office = db.session.get(Regulator, by.regulator_id)
    return office is not None and office.level is OfficeLevel.TOWN


def _put_right(hazard: Hazard, what: Report, by: Actor, now: datetime) -> None:
    """即查即改: accepted automatically and recorded as such; the finder did the work and asks for the verification."""
    today = shanghai_day(now)
    hazard.state = State.RECTIFYING
    hazard.judged_at = now
    hazard.responsible_person_id, hazard.responsible_person = by.person_id, by.name
    set_deadline(hazard, today, Action.ACCEPT, by=by.person_id, now=now, counted="即查即改，当日")
    hazard.interim_controls = "当场整改"
    hazard.result, hazard.completed_on, hazard.real_cost_fen = what.result, today, 0
    for person in dict.fromkeys((by.person_id, *what.done_by)):
        db.session.add(
            WorkRecord(hazard_id=hazard.id, person_id=person, recorded_by_id=by.person_id, at=now, text=what.result)
        )
    record(
        hazard,
        "accept",
        by=None,
        now=now,
        content={"action": "accept", "automatic": True, "from": "reported", "to": "rectifying"},
    )
    open_request(hazard, Action.VERIFY, by=by, offered={}, now=now)


def _tell_major(hazard: Hazard, now: datetime) -> None:
    """A major one is told at once: to the principal, and to the inspectors of the responsible office (law 41)."""
    with everything("who is told of a major hazard"):
        persons = holders(Role.PRINCIPAL, enterprise_id=hazard.enterprise_id)
        if hazard.responsible_office_id is not None:
            persons += holders(Role.INSPECTOR, regulator_id=hazard.responsible_office_id)
    tell(
        persons,
        "major",
        f"新上报一条拟判重大隐患：{hazard.number}，{hazard.enterprise.name}，{hazard.place}。",
        now=now,
        url=f"/hazards/{hazard.number}",
        key=f"major:{hazard.number}",
    )

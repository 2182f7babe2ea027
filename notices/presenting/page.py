"""One notice as its page shows it: head, what may be done, its way, facts, items, service, signed papers, history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import url_for

from accounts.access import Actor
from accounts.queries import person_labels
from accounts.roles import Side
from hazards.models import Hazard
from hazards.presenting.words import headline, moment_text
from hazards.timeline import Entry
from notices.models import Notice, NoticeScan, NoticeService
from notices.presenting.doing import Doing, doing_of
from notices.presenting.facts import FactRow, facts_of, fields_of
from notices.presenting.history import events_of, timeline_of
from notices.presenting.route import Step, route_of
from notices.presenting.words import CHIPS, Names, is_guest, name_of, named, status_label
from notices.queries import hazards_of, scans_of, services_of
from notices.rules import PUBLISHED
from workflows.notices import NOTICES

TOLD_OUTSIDE: Final = frozenset({"issued", "served", "voided", "scanned"})
"""What an enterprise reads of the history of a notice issued to it: how it came about is the office's own."""


@dataclass(frozen=True, slots=True)
class Item:
    """One hazard of the notice; without an address where it is out of the reader's sight."""

    position: int
    number: str
    text: str
    state: str
    chip: str
    opinion: str
    url: str


@dataclass(frozen=True, slots=True)
class Tried:
    """One try to serve it."""

    id: int
    facts: tuple[FactRow, ...]
    title: str
    certificate_id: int | None


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the page shows."""

    notice: Notice
    title: str
    named: str
    status: str
    chip: str
    doing: Doing
    steps: tuple[Step, ...]
    facts: tuple[FactRow, ...]
    fields: tuple[FactRow, ...]
    items: tuple[Item, ...]
    tried: tuple[Tried, ...]
    scans: tuple[NoticeScan, ...]
    timeline: tuple[Entry, ...]
    names: Names
    is_published: bool
    serves: bool


def page_of(notice: Notice, actor: Actor) -> Page:
    """The page of a notice for this person."""
    hazards, tried, scans = hazards_of(notice), services_of(notice), scans_of(notice)
    outside = is_guest(notice, actor)
    events = [one for one in events_of(notice) if not outside or one.kind in TOLD_OUTSIDE]
    people = {notice.drafted_by_id, notice.reviewed_by_id, notice.issued_by_id, notice.voided_by_id}
    people |= {event.actor_id for event in events} | {one.added_by_id for one in scans}
    names = person_labels({one for one in people | {one.recorded_by_id for one in tried} if one is not None})
    return Page(
        notice=notice,
        title=notice.title,
        named=named(notice),
        status=status_label(notice),
        chip=CHIPS[notice.status],
        doing=doing_of(notice, hazards, actor, names),
        steps=route_of(notice, names, outside=outside),
        facts=facts_of(notice, names, outside=outside),
        fields=fields_of(notice),
        items=_items(notice, hazards),
        tried=tuple(_tried(one, names) for one in tried),
        scans=tuple(scans),
        timeline=tuple(timeline_of(notice, events, names)),
        names=names,
        is_published=notice.status in PUBLISHED,
        serves=actor.side is Side.REGULATOR and NOTICES[notice.kind].served,
    )


# --- items and service -----------------------------------------------------------------------------------------


def _items(notice: Notice, hazards: Sequence[Hazard]) -> tuple[Item, ...]:
    """The hazards that the reader may see, with what a re-inspection said of each."""
    places = {item.hazard_id: item for item in notice.items}
    return tuple(
        Item(
            position=places[hazard.id].position,
            number=hazard.number,
            text=headline(hazard.description),
            state=hazard.state.label,
            chip=hazard.state.value,
            opinion=places[hazard.id].opinion,
            url=url_for("hazards.detail", number=hazard.number),
        )
        for hazard in hazards
    )


def _tried(service: NoticeService, names: Names) -> Tried:
    rows: list[FactRow] = [
        ("送达人", service.served_by, False),
        ("地点", service.place, False),
        ("签收人", "，".join(filter(None, (service.recipient, service.relation))), False),
        ("签收日期", service.received_on.isoformat() if service.received_on else "", False),
        ("邮件号", service.tracking, False),
        ("见证人", service.witnesses, False),
        ("拒收理由和经过", service.reason, True),
        ("登记", f"{name_of(service.recorded_by_id, names)} {moment_text(service.recorded_at)}", False),
    ]
    title = f"{service.served_on.isoformat()} {service.manner.label}，{service.receipt.label}"
    return Tried(service.id, tuple(row for row in rows if row[1]), title, service.certificate_of_service_id)

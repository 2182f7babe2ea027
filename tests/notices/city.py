"""The small city for tests of notices: hazards ordered and verified, and short verbs for the steps of a notice."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from flask import Flask

from accounts.models import Regulator
from core.db import db, unit_of_work
from core.scope import everything
from hazards.queries import hazards_by_numbers
from notices.models import Notice
from notices.operations import drafting, issuing, reviewing, serving, voiding
from notices.operations.drafting import Drafted
from notices.operations.serving import Served
from notices.queries import notice_by_id
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, reported
from workflows.notices import NoticeKind, Receipt, ServiceManner
from workflows.vocabulary import Grade

ASKED = {"asked": "请立即整改。", "answer_by": date(2026, 12, 1)}


def with_prefixes(city: City) -> City:
    """The offices have their short names before the numbers, and what their papers name."""
    with everything("test city"), unit_of_work():
        for key, prefix in (("district", "綦应急"), ("town", "三江"), ("city", "渝应急"), ("committee", "綦安委办")):
            office = db.session.get_one(Regulator, city.offices[key])
            office.number_prefix, office.government, office.court = prefix, "綦江区人民政府", "綦江区人民法院"
    return city


def a_major(city: City, clock: FixedClock, **more: object) -> str:
    """A self-found major one of the plant that is being put right."""
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR, **more)
    acts.accept(city, number, "manager", "principal", now=clock())
    return number


def a_major_of(app: Flask, city: City, clock: FixedClock, **more: object) -> str:
    """The same for a test that holds no context of the application."""
    with app.app_context():
        number = a_major(city, clock, **more)
        db.session.remove()
        return number


def drafted(city: City, kind: NoticeKind, *numbers: str, by: str, now: datetime, **fields: Any) -> int:
    """Begin a notice; its id."""
    with city.eyes(by) as actor, unit_of_work():
        known = {hazard.number: hazard for hazard in hazards_by_numbers(numbers)}
        hazards = [known[number] for number in numbers]
        return drafting.draft(kind, hazards, Drafted(fields), by=actor, now=now).id


def sent(city: City, notice_id: int, by: str, now: datetime) -> None:
    """Send a draft on."""
    with city.eyes(by) as actor, unit_of_work():
        drafting.send_on(notice_id, by=actor, now=now)


def reviewed(city: City, notice_id: int, by: str, now: datetime) -> None:
    """Pass its review."""
    with city.eyes(by) as actor, unit_of_work():
        reviewing.approve(notice_id, by=actor, now=now)


def issued(city: City, notice_id: int, by: str, now: datetime) -> str:
    """Issue it; its number."""
    with city.eyes(by) as actor:
        sealed = issuing.sealed_first(notice_id, by=actor, now=now)
        with unit_of_work():
            return issuing.issue(notice_id, by=actor, now=now, sealed=sealed).number or ""


def served(city: City, notice_id: int, by: str, now: datetime, **more: Any) -> int:
    """Record that it was handed over and signed for today; the id of the try."""
    given = {
        "manner": ServiceManner.HANDED,
        "served_on": now.date(),
        "served_by": "检查人员·䶮、检查人员·乙",
        "recipient": "主要负责人·𬭬",
        "relation": "主要负责人",
        "receipt": Receipt.SIGNED,
        "received_on": now.date(),
    } | more
    with city.eyes(by) as actor, unit_of_work():
        return serving.serve(notice_id, Served(**given), by=actor, now=now).id


def voided(city: City, notice_id: int, by: str, now: datetime, reason: str = "主送单位写错") -> None:
    """Void it."""
    with city.eyes(by) as actor, unit_of_work():
        voiding.void(notice_id, reason=reason, by=actor, now=now)


def a_letter(city: City, number: str, now: datetime, *, until: str = "issued") -> int:
    """A 督办函 of the district about this hazard, as far as asked: drafted, sent, reviewed, issued."""
    made = drafted(city, NoticeKind.LETTER, number, by="inspector_a", now=now, **ASKED)
    steps = (("sent", sent, "inspector_a"), ("reviewed", reviewed, "reviewer"), ("issued", issued, "approver"))
    for name, take, by in steps if until != "drafted" else ():
        take(city, made, by, now)
        if name == until:
            break
    return made


def notice(notice_id: int) -> Notice:
    """The notice as it stands, past any scope."""
    with everything("test city"):
        db.session.expire_all()
        return notice_by_id(notice_id)

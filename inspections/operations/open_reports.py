"""Workers report by a risk point's label: without an account where the enterprise allows it, or signed in.

The report is a hazard of the enterprise's own inspection like any other. Beside it stands the reporter's reward
(隐患报告奖励): the name as far as it was said, the contact sealed, and a code by which it can be followed.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.authority import allow
from accounts.history import record
from accounts.queries import get_enterprise
from accounts.roles import Role
from core.db import db
from core.outbox import tell
from core.refusals import Invalid, NotAllowed, TooOften
from core.scope import Viewer, viewing
from core.sealing import fingerprint, seal
from hazards.duplicates import likely_duplicates, open_ones
from hazards.likeness import Said
from hazards.models import Hazard
from hazards.queries import holders
from inspections.models import OpenReporting, Reward
from inspections.operations.findings import Seen, place_of, report_at
from inspections.operations.points import KEEPS_ALL, WHO_KEEPS
from inspections.queries.points import get_point
from inspections.queries.scanning import Scanned

UNNAMED: Final = "从业人员（扫码上报）"
STRANGER: Final = 0  # the id of nobody
LONGEST_NAME, LONGEST_CONTACT, LONGEST_PROMISE = 60, 60, 300
MOST_A_DAY: Final = 200  # reports without an account at one enterprise: more is somebody playing
CONTACT: Final = "reward contact"
# no character that is taken for another: no 0 O 1 I L
_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
_CODE_LENGTH: Final = 12


@dataclass(frozen=True, slots=True)
class Told:
    """What a reporter is told: the number, the code to follow it by ("" for whoever has an account)."""

    number: str
    code: str
    is_repeated: bool


@contextmanager
def at_the_door(enterprise_id: int) -> Iterator[None]:
    """Look with the eyes of the enterprise whose label was scanned, as nobody in particular."""
    with viewing(Viewer(STRANGER, enterprise_id=enterprise_id)):
        yield


# --- reporting ---------------------------------------------------------------------------------------------------


def report_as_stranger(here: Scanned, seen: Seen, *, name: str, contact: str, key: str, now: datetime) -> Told:
    """Take the report of somebody without an account; `key` is the form's, from which the follow code is made.

    The name stays with the reward: on the hazard itself nobody reads who reported.
    Raises `NotAllowed` where the enterprise does not let them, `TooOften` over so many a day, `Invalid`.
    """
    if not here.allowed:
        raise NotAllowed("这家企业没有开放免登录上报。请登录后上报，或者告诉班组长、安全管理人员。")
    _refuse_long(name, contact)
    with at_the_door(here.enterprise_id):
        _refuse_flood(here, now)
        is_repeated = _is_repeated(here, seen.description)
        hazard = report_at(get_point(here.point_id), replace(seen, found_by=UNNAMED), by=None, now=now)
        code = code_of(key)
        _reward(hazard, name, contact, kept_code(code))
        _tell_managers(hazard, here, now)
        return Told(hazard.number, code, is_repeated)


def report_as_worker(here: Scanned, seen: Seen, *, by: Actor, now: datetime) -> Told:
    """Take the report of one of the enterprise's own people; their reward is put down under their name.

    Whoever decides on rewards gets none put down.
    """
    if by.enterprise_id != here.enterprise_id:
        raise NotAllowed("您不是这家企业的人员。请到「上报」按您的职责上报。")
    with at_the_door(here.enterprise_id):
        is_repeated = _is_repeated(here, seen.description)
        hazard = report_at(get_point(here.point_id), seen, by=by, now=now)
        if not by.holds(*KEEPS_ALL):
            _reward(hazard, by.name, "", None)
            _tell_managers(hazard, here, now)
        return Told(hazard.number, "", is_repeated)


def _refuse_long(name: str, contact: str) -> None:
    wrong = {}
    if len(name) > LONGEST_NAME:
        wrong["name"] = f"姓名最多 {LONGEST_NAME} 个字。"
    if len(contact) > LONGEST_CONTACT:
        wrong["contact"] = f"联系方式最多 {LONGEST_CONTACT} 个字。"
    if wrong:
        raise Invalid("上报还不能提交：" + "".join(wrong.values()), fields=wrong)


def _refuse_flood(here: Scanned, now: datetime) -> None:
    """At most so many within twenty-four hours."""
    wanted = (
        select(Hazard.reported_at)
        .join(Reward, Reward.hazard_id == Hazard.id)
        .where(Hazard.enterprise_id == here.enterprise_id, Reward.follow_code.is_not(None))
        .order_by(Hazard.id.desc())
    )
    newest = db.session.scalars(wanted.limit(MOST_A_DAY))
    if sum(reported_at > now - timedelta(days=1) for reported_at in newest) >= MOST_A_DAY:
        raise TooOften("这家企业今天的免登录上报太多，暂停接收。情况紧急的，请直接告诉班组长或安全管理人员。")


def _is_repeated(here: Scanned, description: str) -> bool:
    said = Said(description, place_of(here.name, here.place), "", None)
    return bool(open_ones(likely_duplicates(here.enterprise_id, said)))


def _reward(hazard: Hazard, reporter: str, contact: str, code: str | None) -> Reward:
    made = Reward(
        hazard_id=hazard.id,
        reporter=reporter,
        contact=seal(contact.encode(), purpose=CONTACT, owner=str(hazard.id)) if contact else "",
        follow_code=code,
    )
    db.session.add(made)
    db.session.flush()
    return made


def _tell_managers(hazard: Hazard, here: Scanned, now: datetime) -> None:
    tell(
        holders(Role.SAFETY_MANAGER, enterprise_id=here.enterprise_id),
        "worker_report",
        f"从业人员在风险点“{here.name}”扫码上报一条隐患：{hazard.number}。请核实受理。",
        now=now,
        url=f"/hazards/{hazard.number}",
        key=f"worker_report:{hazard.number}",
    )


# --- the code to follow a report by --------------------------------------------------------------------------------


def code_of(key: str) -> str:
    """The follow code of a form's key: the same for the same form, so that a second tap shows it again."""
    number = int(fingerprint(key, purpose="follow code", owner=""), 16)
    letters = []
    for _ in range(_CODE_LENGTH):
        number, at = divmod(number, len(_LETTERS))
        letters.append(_LETTERS[at])
    return "".join(letters)


def kept_code(typed: str) -> str:
    """What is kept of a code as anybody may type it: a keyed digest, so that the table gives none away."""
    plain = "".join(c for c in typed.upper() if c in _LETTERS)
    return fingerprint(plain, purpose="follow code kept", owner="")[:40]


# --- whether it is allowed ---------------------------------------------------------------------------------------


def may_set(actor: Actor, enterprise_id: int) -> bool:
    """Who lets workers report without an account, and promises for the enterprise."""
    return actor.enterprise_id == enterprise_id and actor.holds(*KEEPS_ALL)


def set_open_reporting(enterprise_id: int, *, allowed: bool, promise: str, by: Actor, now: datetime) -> None:
    """Let workers report without an account, or no longer; what they are promised stands on their form."""
    allow(may_set(by, enterprise_id), "设置扫码上报", WHO_KEEPS)
    if len(promise) > LONGEST_PROMISE:
        sentence = f"最多 {LONGEST_PROMISE} 个字，现在 {len(promise)} 个。请删减。"
        raise Invalid(sentence, fields={"promise": sentence})
    enterprise = get_enterprise(enterprise_id)
    kept = db.session.get(OpenReporting, enterprise_id)
    if kept is None:
        kept = OpenReporting(enterprise_id=enterprise_id)
        db.session.add(kept)
    kept.allowed, kept.promise, kept.changed_at, kept.changed_by_id = allowed, promise, now, by.person_id
    record(enterprise, "open_reporting", by=by, now=now, what="allowed" if allowed else "refused")

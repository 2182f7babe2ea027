"""Proving who one is: log-in, lock-out, the password asked again when signing, and changing it.

A try is examined outside the transaction (hashing takes its time and must not hold others up) and settled inside it:
only then does the answer count, so that many tries at once get no further than one after the other. A login that does
not exist is counted, answered and locked like one that does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from sqlalchemy import select, update

from accounts.history import record
from accounts.models import Person, SignIn
from accounts.passwords import hash_password, matches, weakness
from accounts.queries import has_factor, normal_login, person_by_login
from accounts.security_models import LogInSession
from core.chain import digest
from core.days import SHANGHAI
from core.db import db, unit_of_work
from core.refusals import Conflict, Invalid, NotAllowed, NotFound
from core.scope import everything

TRIES: Final = 5
LOCK: Final = timedelta(minutes=20)
LOCK_WORDS: Final = "20 分钟"


class Outcome(StrEnum):
    """How a try ended: right, wrong, wrong and now locked, refused since locked; the same for the second factor.

    `HALF` is a right password of somebody with a second factor: nobody is signed in by it.
    """

    OK = "ok"
    WRONG = "wrong"
    LOCKS = "locks"
    REFUSED = "refused"
    HALF = "half"
    OK_CODE = "ok_code"
    OK_RECOVERY = "ok_recovery"
    WRONG_CODE = "wrong_code"
    LOCKS_CODE = "locks_code"


SIGNED_IN: Final = frozenset({Outcome.OK, Outcome.OK_CODE, Outcome.OK_RECOVERY})


OUTCOME_LABELS: dict[str, str] = {
    Outcome.OK: "登录",
    Outcome.WRONG: "密码不对",
    Outcome.LOCKS: "密码不对，已锁定",
    Outcome.REFUSED: "锁定中，未受理",
    Outcome.HALF: "密码对，待填动态口令",
    Outcome.OK_CODE: "登录（动态口令）",
    Outcome.OK_RECOVERY: "登录（恢复码）",
    Outcome.WRONG_CODE: "动态口令不对",
    Outcome.LOCKS_CODE: "动态口令不对，已锁定",
}


class WrongPassword(Invalid):
    """The password is not right, or the login is locked; nothing else of the form was done."""

    rule = "password"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A try that was examined and not yet counted."""

    login: str
    person_id: int | None
    is_right: bool


@dataclass(frozen=True, slots=True)
class Settled:
    """What a try came to; `left` tries remain before the lock, `until` says how long it lasts."""

    outcome: Outcome
    person_id: int | None
    left: int = 0
    until: datetime | None = None

    def sentence(self, wrong: str, refused: str) -> str:
        """What the person is told, beginning with what was wrong or, while locked, with what was not done."""
        if self.outcome in (Outcome.WRONG, Outcome.WRONG_CODE):
            return f"{wrong}还可再试 {self.left} 次，之后锁定 {LOCK_WORDS}。"
        assert self.until is not None, "a right password has no sentence"
        clock = self.until.astimezone(SHANGHAI).strftime("%H:%M")
        first = refused if self.outcome is Outcome.REFUSED else wrong
        return f"{first}输错次数太多，已锁定 {LOCK_WORDS}。请在 {clock} 后再试，或请管理员解锁。"


# --- log-in ----------------------------------------------------------------------------------------------------


def examine(login: str, password: str) -> Attempt:
    """Compare the password; the same work whether or not there is such a login. Before the unit of work."""
    name = normal_login(login)
    person = person_by_login(name)
    is_right = matches(person.password_hash if person else None, password)
    return Attempt(name, person.id if person else None, is_right and person is not None and person.active)


def settle(attempt: Attempt, *, address: str, now: datetime) -> Settled:
    """Count the try and note it in the list of sign-ins, inside a unit of work."""
    if attempt.person_id is None:
        shown = digest(attempt.login.encode())[:40]  # people type their password into the wrong field
        settled = _settle_unknown(shown, now)
    else:
        shown = attempt.login
        asks_code = has_factor(attempt.person_id)
        # wrong codes stay counted until one is right, else a known password would buy any number of tries
        settled = settle_known(attempt.person_id, attempt.is_right, now, forgets=not asks_code)
        if asks_code and settled.outcome is Outcome.OK:
            settled = replace(settled, outcome=Outcome.HALF)
    note_try(settled, shown, address=address, now=now)
    return settled


def note_try(settled: Settled, login: str, *, address: str, now: datetime) -> None:
    """Put a try into the list of sign-ins."""
    outcome, person_id = settled.outcome.value, settled.person_id
    db.session.add(SignIn(person_id=person_id, login=login[:60], at=now, address=address[:64], outcome=outcome))


def settle_known(person_id: int, is_right: bool, now: datetime, *, forgets: bool = True) -> Settled:
    """Count a try of somebody known, inside a unit of work; a right one forgets those before it where it may."""
    person = _locked_row(person_id)
    if person.locked_until is not None and person.locked_until > now:
        return Settled(Outcome.REFUSED, person_id, until=person.locked_until)
    if person.locked_until is not None:
        person.failed_tries, person.locked_until = 0, None
    if is_right:
        if person.failed_tries and forgets:
            person.failed_tries = 0
        return Settled(Outcome.OK, person_id)
    person.failed_tries += 1
    if person.failed_tries < TRIES:
        return Settled(Outcome.WRONG, person_id, left=TRIES - person.failed_tries)
    person.locked_until = now + LOCK
    record(person, "locked", by=None, now=now)
    return Settled(Outcome.LOCKS, person_id, until=person.locked_until)


def _locked_row(person_id: int) -> Person:
    """The person's newest row, held until the unit of work ends."""
    with everything("log-in"):
        db.session.execute(select(Person.id).where(Person.id == person_id).with_for_update())
        person = db.session.get_one(Person, person_id)
        db.session.refresh(person, ["failed_tries", "locked_until"])
    return person


def _settle_unknown(shown: str, now: datetime) -> Settled:
    """The same counting from the list of tries, for a login that nobody has."""
    counted = (
        select(SignIn.outcome, SignIn.at)
        .where(SignIn.login == shown, SignIn.person_id.is_(None))
        .where(SignIn.outcome.in_((Outcome.WRONG.value, Outcome.LOCKS.value)))
        .order_by(SignIn.id.desc())
        .limit(TRIES)
    )
    wrong = 1
    for outcome, at in db.session.execute(counted):
        if outcome == Outcome.LOCKS.value:
            if wrong == 1 and at + LOCK > now:
                return Settled(Outcome.REFUSED, None, until=at + LOCK)
            break
        wrong += 1
    if wrong < TRIES:
        return Settled(Outcome.WRONG, None, left=TRIES - wrong)
    return Settled(Outcome.LOCKS, None, until=now + LOCK)


# --- the password again ----------------------------------------------------------------------------------------


def check_password(person: Person, password: str, now: datetime, *, undone: str = "签批没有提交") -> None:
    """Ask the signed-in person's password again; raises `WrongPassword` with the tries left.

    Counts toward the lock-out, so it has its own short unit of work: call it before the one that signs, never inside.
    """
    person_id, kept = person.id, person.password_hash
    is_right = matches(kept, password)
    with unit_of_work():
        settled = settle_known(person_id, is_right, now)
    if settled.outcome is not Outcome.OK:
        sentence = settled.sentence(f"密码不对，{undone}。", f"{undone}。")
        raise WrongPassword(sentence, fields={"password": sentence})


def change_password(person: Person, new: str, *, now: datetime) -> None:
    """Set one's own new password, once the old one was checked. Other sessions of the person end."""
    if person.login is None:
        raise NotAllowed("没有登录名，不能设密码。")
    reason = weakness(new, login=person.login, name=person.name)
    if not reason and matches(person.password_hash, new):
        reason = "新密码与现在的相同。请换一个。"
    if reason:
        raise Invalid("密码没有修改。", fields={"new": reason})
    person.password_hash = hash_password(new)
    person.password_changed_at = now
    person.must_change = False
    person.session_epoch += 1
    record(person, "password_changed", by=person, now=now)


def end_session(person: Person, session_id: int, *, now: datetime) -> None:
    """Log the person out on one device."""
    mine = select(LogInSession).where(LogInSession.id == session_id, LogInSession.person_id == person.id)
    found = db.session.scalar(mine.with_for_update())
    if found is None:
        raise NotFound("找不到这项登录。请回到「我的账户」核对。")
    if found.ended_at is not None:
        raise Conflict("这项登录已经退出。")
    found.ended_at = now
    record(person, "session_ended", by=person, now=now, session=session_id)


def end_sessions_but(person: Person, session_id: int, *, now: datetime) -> None:
    """Log the person out on every device but this one."""
    others = (LogInSession.person_id == person.id) & (LogInSession.id != session_id) & LogInSession.ended_at.is_(None)
    ended = update(LogInSession).where(others).values(ended_at=now)
    db.session.execute(ended, execution_options={"synchronize_session": False})
    record(person, "other_sessions_ended", by=person, now=now, kept=session_id)


def end_sessions(person: Person, *, now: datetime) -> None:
    """Log the person out everywhere."""
    person.session_epoch += 1
    record(person, "sessions_ended", by=person, now=now)

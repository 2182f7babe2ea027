"""动态口令, the second factor: a six-digit code of the phone's clock (TOTP, RFC 6238), and recovery codes.

Each code is taken once: after one of a time step, no code of that step or an earlier one counts. Wrong codes are
counted and locked together with wrong passwords. The secret is kept sealed, recovery codes as fingerprints only.
"""

from __future__ import annotations

import secrets
from base64 import b32encode
from datetime import datetime
from hmac import compare_digest
from typing import Final
from unicodedata import normalize
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP
from sqlalchemy import delete, func, select

from accounts.access import Actor
from accounts.history import record
from accounts.models import Person
from accounts.notes import note_on
from accounts.roles import SIGNERS_OF_MAJORS, SYSTEM_ROLES, Role
from accounts.security_models import RecoveryCode, SecondFactor
from accounts.signing_in import Outcome, Settled, note_try, settle_known
from core.db import db
from core.outbox import tell
from core.refusals import Conflict, Invalid, NotAllowed
from core.sealing import Unreadable, fingerprint, seal, unseal

PURPOSE: Final = "second factor"
STEP: Final = 30  # seconds
DRIFT: Final = 1  # steps that a phone's clock may be before or behind
SECRET_BYTES: Final = 20
CODES: Final = 10
ISSUER: Final = "重大事故隐患闭环管理"

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another

UNREADABLE: Final = "动态口令的密钥读不出来（系统密钥已更换），不能核对。请安全管理员移除后重新设置。"


POLICY_LABELS: Final[dict[str, str]] = {
    "optional": "自愿使用",
    "signers": "会签重大隐患的人和三种管理员必须使用",
    "everybody": "人人必须使用",
}


def must_have(roles: frozenset[Role], policy: str) -> bool:
    """Whether somebody who holds these roles must have a second factor, by the setting SECOND_FACTOR."""
    if policy == "everybody":
        return True
    return policy == "signers" and not roles.isdisjoint(SIGNERS_OF_MAJORS | SYSTEM_ROLES)


# --- setting it up ---------------------------------------------------------------------------------------------


def new_offer(person_id: int) -> str:
    """A new secret for this person, sealed: it travels with the form until the first code proves it arrived."""
    return seal(secrets.token_bytes(SECRET_BYTES), purpose=PURPOSE, owner=f"offer {person_id}")


def offered_secret(person_id: int, offer: str) -> bytes:
    """The secret of an offer; `Invalid` for one made up or made for somebody else."""
    try:
        return unseal(offer, purpose=PURPOSE, owner=f"offer {person_id}")
    except Unreadable as error:
        raise Invalid("这张表不完整，没有设置。请刷新本页，重新扫码。") from error


def written(secret: bytes) -> str:
    """The secret for typing into the phone: groups of four."""
    text = b32encode(secret).decode()
    return " ".join(text[at : at + 4] for at in range(0, len(text), 4))


def address_of(secret: bytes, login: str) -> str:
    """What the QR code says to the phone."""
    label = quote(f"{ISSUER}:{login}")
    asked = urlencode({"secret": b32encode(secret).decode(), "issuer": ISSUER, "digits": 6, "period": STEP})
    return f"otpauth://totp/{label}?{asked}"


def set_up(person: Person, secret: bytes, code: str, *, now: datetime) -> list[str]:
    """Take the secret into use once a first code was right; the recovery codes, to be shown this one time."""
    step = _step_of(secret, code, now, after=0)
    if step is None:
        raise Invalid("动态口令没有设置。", fields={"code": "口令不对。请核对手机时间是否准确，填现在显示的六位数。"})
    factor = db.session.get(SecondFactor, person.id) or SecondFactor(person_id=person.id)
    factor.sealed, factor.last_step, factor.since = _sealed(person.id, secret), step, now
    db.session.add(factor)
    record(person, "factor_set", by=person, now=now)
    tell([person.id], "account", "您的登录已设动态口令。不是您本人设的，请马上联系安全管理员。", now=now, url="/me")
    return _new_codes(person)


def renew_codes(person: Person, *, now: datetime) -> list[str]:
    """Ten new recovery codes instead of those there were."""
    if db.session.get(SecondFactor, person.id) is None:
        raise Conflict("您还没有设动态口令，没有恢复码可换。请先设置。")
    record(person, "recovery_renewed", by=person, now=now)
    return _new_codes(person)


def codes_left(person_id: int) -> int:
    """How many recovery codes are unused."""
    unused = select(func.count()).where(RecoveryCode.person_id == person_id, RecoveryCode.used_at.is_(None))
    return db.session.scalar(unused) or 0


# --- taking it away --------------------------------------------------------------------------------------------


def give_up(person: Person, *, policy: str, now: datetime) -> None:
    """Do without it again, where one may; the password was checked before."""
    if must_have(person.roles, policy):
        raise NotAllowed("您的角色必须使用动态口令，不能停用。换手机的，请重新设置。")
    _take_away(person)
    record(person, "factor_given_up", by=person, now=now)
    tell([person.id], "account", "您的动态口令已停用，登录只凭密码。", now=now, url="/me")


def remove(person: Person, reason: str, *, by: Actor | None, now: datetime) -> None:
    """For a lost device: by the security administrator and nobody else (`by` None: the operator). Sessions end."""
    if by is not None and not may_remove(by, person):
        raise NotAllowed("您不能移除动态口令。丢失手机的由安全管理员办理，系统管理人员的由操作员在命令行办理。")
    if db.session.get(SecondFactor, person.id) is None:
        raise Conflict(f"{person.name}没有设动态口令。")
    _take_away(person)
    person.session_epoch += 1
    note = note_on(person, reason, by=by, now=now)
    record(person, "factor_removed", by=by, now=now, **note)
    tell(
        [person.id],
        "account",
        f"您的动态口令已由{'安全管理员' if by else '系统操作员'}移除，理由：{reason}。不是您要求的，请马上报告。",
        now=now,
        url="/me",
    )


def may_remove(by: Actor, person: Person) -> bool:
    """The security administrator, for people of organisations; never for oneself or the system's own people."""
    of_system = person.enterprise_id is None and person.regulator_id is None
    return by.holds(Role.SECURITY_ADMIN) and not of_system and by.person_id != person.id


# --- proving it ------------------------------------------------------------------------------------------------


def settle_code(person: Person, typed: str, *, address: str, now: datetime) -> Settled:
    """Count a try with a code or a recovery code, inside a unit of work; the second half of a log-in."""
    settled = settle_known(person.id, True, now, forgets=False)  # takes the row's lock; a locked one is refused here
    if settled.outcome is Outcome.OK:
        taken = _take(person.id, typed, now)
        settled = settle_known(person.id, taken is not None, now)
        settled = Settled(taken or _CODE[settled.outcome], person.id, settled.left, settled.until)
    note_try(settled, person.login or "", address=address, now=now)
    if settled.outcome is Outcome.OK_RECOVERY:
        record(person, "recovery_used", by=person, now=now)
        left = codes_left(person.id)
        tell([person.id], "account", f"有人用恢复码登录了您的账户，还剩 {left} 个。", now=now, url="/me")
    return settled


_CODE: Final = {Outcome.WRONG: Outcome.WRONG_CODE, Outcome.LOCKS: Outcome.LOCKS_CODE}


def _take(person_id: int, typed: str, now: datetime) -> Outcome | None:
    plain = _plain(typed)
    if plain.isascii() and plain.isdigit() and len(plain) == 6:
        return Outcome.OK_CODE if _take_code(person_id, plain, now) else None
    return Outcome.OK_RECOVERY if _take_recovery(person_id, plain, now) else None


def _take_code(person_id: int, code: str, now: datetime) -> bool:
    factor = db.session.get(SecondFactor, person_id, populate_existing=True)
    if factor is None:
        return False
    try:
        secret = unseal(factor.sealed, purpose=PURPOSE, owner=str(person_id))
    except Unreadable as error:
        raise Conflict(UNREADABLE) from error
    step = _step_of(secret, code, now, after=factor.last_step)
    if step is None:
        return False
    factor.last_step = step
    return True


def _take_recovery(person_id: int, code: str, now: datetime) -> bool:
    mark = fingerprint(code, purpose=PURPOSE, owner=str(person_id))
    wanted = select(RecoveryCode).where(RecoveryCode.person_id == person_id, RecoveryCode.fingerprint == mark)
    found = db.session.scalar(wanted.with_for_update().execution_options(populate_existing=True))
    if found is None or found.used_at is not None:
        return False
    found.used_at = now
    return True


def _step_of(secret: bytes, code: str, now: datetime, *, after: int) -> int | None:
    """The time step whose code this is, within the drift and later than the one taken last."""
    clock = TOTP(secret, 6, SHA1(), STEP)  # noqa: S303 - what every phone speaks; as HMAC it is sound
    plain = _plain(code).encode()
    here = int(now.timestamp()) // STEP
    for step in range(here - DRIFT, here + DRIFT + 1):
        if compare_digest(clock.generate(step * STEP), plain) and step > after:
            return step
    return None


def _plain(typed: str) -> str:
    """What was typed without blanks and dashes, half-width, in lower case."""
    return "".join(character for character in normalize("NFKC", typed[:100]).casefold() if character.isalnum())


def _sealed(person_id: int, secret: bytes) -> str:
    return seal(secret, purpose=PURPOSE, owner=str(person_id))


def _new_codes(person: Person) -> list[str]:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    made = ["".join(secrets.choice(_LETTERS) for _ in range(10)) for _ in range(CODES)]
    for code in made:
        mark = fingerprint(code, purpose=PURPOSE, owner=str(person.id))
        db.session.add(RecoveryCode(person_id=person.id, fingerprint=mark))
    return [f"{code[:5]}-{code[5:]}" for code in made]


def _take_away(person: Person) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.person_id == person.id))
    db.session.execute(delete(SecondFactor).where(SecondFactor.person_id == person.id))

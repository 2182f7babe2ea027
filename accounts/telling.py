"""Verbs on how a person is told: the mail address and its proof, quiet hours, digest, topics. In a unit of work.

An address counts once a code sent to it came back: nobody can have the register write to strangers. At most
`CODES_A_DAY` codes a day, `LONGEST_WAIT` each, `WRONG_CODES` tries.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, time, timedelta
from hmac import compare_digest
from typing import Final
from unicodedata import normalize

from accounts.access import Actor
from accounts.history import record_own
from accounts.telling_rules import Choice, Topic
from accounts.told_models import MailAddress, TellingChoice
from core.days import shanghai_day
from core.db import db
from core.mail import Letter
from core.refusals import Conflict, Invalid, TooOften
from core.sealing import Unreadable, seal, unseal

PURPOSE: Final = "mail code"
CODE_JOB: Final = "mail-code"
CODES_A_DAY: Final = 5
BETWEEN: Final = timedelta(minutes=1)
LONGEST_WAIT: Final = timedelta(minutes=30)
WRONG_CODES: Final = 5
_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")


def ask_code(actor: Actor, address: str, *, now: datetime) -> MailAddress:
    """Begin to prove an address: a code is made and sent; the address used until now stays until then."""
    wanted = normalize("NFKC", address).strip()
    if not _ADDRESS.fullmatch(wanted) or len(wanted) > 254:
        raise Invalid("邮箱地址不对。", fields={"address": "请填完整的邮箱地址，例如 name@example.com。"})
    row = address_of(actor.person_id, held=True) or MailAddress(person_id=actor.person_id)
    db.session.add(row)
    today = shanghai_day(now)
    asked = (row.codes_asked or 0) if row.codes_on == today else 0
    if asked >= CODES_A_DAY:
        raise TooOften(f"今天已经发过 {CODES_A_DAY} 次验证码。请明天再试。")
    if row.asked_at is not None and abs(now - row.asked_at) < BETWEEN:
        raise TooOften("刚刚发过一次验证码。请等一分钟再试。")
    row.codes_on, row.codes_asked, row.asked_at = today, asked + 1, now
    row.wanted, row.code_tries, row.code_error = wanted, 0, ""
    row.code, row.code_until = _sealed(actor.person_id, f"{secrets.randbelow(10**6):06}"), now + LONGEST_WAIT
    record_own(actor, "mail_asked", now=now)
    return row


def prove(actor: Actor, typed: str, *, now: datetime) -> str:
    """Take the address into use where the code is right; else what was wrong with it, to be said, and '' if nothing.

    A wrong code is counted, so it is no refusal, which would undo the count.
    """
    row = address_of(actor.person_id, held=True)
    if row is None or not row.code or row.code_until is None:
        raise Conflict("没有等您验证的邮箱。请先填邮箱地址。")
    if now >= row.code_until:
        _forget_code(row)
        return "验证码已过期。请重新发送。"
    code = "".join(c for c in normalize("NFKC", typed[:40]) if c.isdigit())
    if not compare_digest(code.encode(), _unsealed(row).encode()):
        row.code_tries += 1
        left = WRONG_CODES - row.code_tries
        if left > 0:
            return f"验证码不对，还可再试 {left} 次。"
        _forget_code(row)
        return "验证码连续填错，已作废。请重新发送。"
    row.address, row.verified_at, row.wanted = row.wanted, now, ""
    _forget_code(row)
    record_own(actor, "mail_proved", now=now)
    return ""


def drop_address(actor: Actor, *, now: datetime) -> None:
    """No letters any more, and the address forgotten."""
    row = address_of(actor.person_id)
    if row is None or not (row.address or row.wanted):
        raise Conflict("没有登记邮箱。")
    row.address, row.verified_at, row.wanted = "", None, ""
    _forget_code(row)
    record_own(actor, "mail_dropped", now=now)


def address_of(person_id: int, *, held: bool = False) -> MailAddress | None:
    """A person's row, in whoever's eyes it is looked at; `held`: nobody else counts codes or tries meanwhile."""
    return db.session.get(MailAddress, person_id, populate_existing=True, with_for_update=held or None)


def code_letter(row: MailAddress, now: datetime) -> Letter | None:
    """The letter with the code; None where it was proved, dropped or has expired meanwhile."""
    if not row.code or row.code_until is None or now >= row.code_until:
        return None
    minutes = int(LONGEST_WAIT.total_seconds() // 60)
    text = (
        f"您的验证码：{_unsealed(row)}\n\n"
        f"{minutes} 分钟内有效，填在「接收提醒」里，以后提醒就发到这个邮箱。\n不是您本人要求的，不必理会。\n"
    )
    mark = f"code.{row.person_id}.{int(row.code_until.timestamp())}"
    return Letter(row.wanted, "邮箱验证码", text, mark, now)


def choose(actor: Actor, choice: Choice, *, now: datetime) -> None:
    """Keep how somebody wants letters."""
    row = db.session.get(TellingChoice, actor.person_id) or TellingChoice(person_id=actor.person_id)
    row.mode, row.daily_hour, row.urgent_at_once = choice.mode, choice.daily_hour, choice.urgent_at_once
    row.quiet_from, row.quiet_until = choice.quiet or (None, None)
    row.topics = sorted(topic.value for topic in choice.topics)
    db.session.add(row)
    record_own(actor, "telling_chosen", now=now)


def choice_of(row: TellingChoice | None) -> Choice:
    """The choice a row holds, or the one there is without."""
    if row is None:
        return Choice()
    quiet: tuple[time, time] | None = None
    if row.quiet_from is not None and row.quiet_until is not None:
        quiet = (row.quiet_from, row.quiet_until)
    topics = frozenset(topic for topic in Topic if topic.value in row.topics)
    return Choice(row.mode, row.daily_hour, quiet, row.urgent_at_once, topics)


def _sealed(person_id: int, code: str) -> str:
    return seal(code.encode(), purpose=PURPOSE, owner=str(person_id))


def _unsealed(row: MailAddress) -> str:
    try:
        return unseal(row.code, purpose=PURPOSE, owner=str(row.person_id)).decode()
    except Unreadable as error:
        raise Conflict("验证码读不出来（系统密钥已更换）。请重新发送。") from error


def _forget_code(row: MailAddress) -> None:
    row.code, row.code_until, row.code_tries, row.code_error = "", None, 0, ""

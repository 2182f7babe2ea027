"""Passwords: how they are kept, which are good enough, and the one-time ones.

Argon2id at the strength measured in docs (31 ms); the same work is done for a log-in that does not exist, so that the
time of an answer tells nobody who has one. Rules of length and kinds: GB/T 22239-2019 (三级), 身份鉴别.
"""

from __future__ import annotations

import secrets
from functools import cache
from typing import Final, NamedTuple
from unicodedata import normalize

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from flask import current_app

SHORTEST: Final = 10
LONGEST: Final = 128
KINDS_WANTED: Final = 3

_STRONG = PasswordHasher(time_cost=2, memory_cost=19456, parallelism=1)
_CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)  # for tests, which make hundreds of people

# What people choose first when three kinds are wanted; compared without case and without what stands at the end.
COMMON: Final = frozenset(
    {
        "password",
        "passw0rd",
        "p@ssw0rd",
        "p@ssword",
        "qwertyuiop",
        "qwerty",
        "qwer1234",
        "1q2w3e4r",
        "1qaz2wsx",
        "zaq12wsx",
        "abc12345",
        "abcd1234",
        "a1b2c3d4",
        "admin",
        "admin@123",
        "administrator",
        "welcome",
        "iloveyou",
        "woaini",
        "woaini1314",
        "chongqing",
        "anquan",
        "yingji",
        "aqsc",
        "huawei",
        "test",
    }
)

_LETTERS: Final = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is mistaken for another when read aloud or copied


def normal(password: str) -> str:
    """The password as it is hashed: full-width and composed characters like their plain ones."""
    return normalize("NFKC", password)


def hash_password(password: str) -> str:
    """The Argon2id hash that is kept."""
    return _hasher().hash(normal(password))


def matches(kept: str | None, password: str) -> bool:
    """Whether the password is the kept one; takes the same time where there is none (`kept` None)."""
    try:
        is_right = _hasher().verify(kept or _nobodys(), normal(password[:LONGEST]))
    except (VerificationError, InvalidHashError):
        return False
    return is_right and kept is not None and len(password) <= LONGEST


def one_time_password() -> str:
    """A first password to be read out or copied once: three groups of four, 59 bits."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))


class OneTime(NamedTuple):
    """A one-time password, and the hash that is kept of it."""

    plain: str
    kept: str


def prepare_one_time() -> OneTime:
    """A one-time password hashed beforehand, so that many are not hashed while others wait for the transaction."""
    plain = one_time_password()
    return OneTime(plain, hash_password(plain))


def weakness(password: str, *, login: str, name: str) -> str:
    """Why this password is not good enough, as a sentence; empty when it is."""
    plain = normal(password)
    if not SHORTEST <= len(plain) <= LONGEST:
        return f"密码要 {SHORTEST} 到 {LONGEST} 个字符，现在是 {len(plain)} 个。请加长。"
    if _kinds(plain) < KINDS_WANTED:
        return "密码要有大写字母、小写字母、数字、其他符号中的三种。请补上缺的一种。"
    lowered = plain.casefold()
    if any(len(own) >= 2 and own.casefold() in lowered for own in (login, name)):
        return "密码不能含有登录名或姓名。请换一个。"
    if _is_common(lowered) or len(set(plain)) < 5:
        return "这个密码太常见，容易被猜到。请换一个。"
    return ""


def _kinds(password: str) -> int:
    lower = any(c.islower() for c in password)
    upper = any(c.isupper() for c in password)
    digit = any(c.isdigit() for c in password)
    other = any(not (c.islower() or c.isupper() or c.isdigit()) for c in password)
    return lower + upper + digit + other


def _is_common(lowered: str) -> bool:
    tail = "0123456789!@#$%^&*().,_-+=?~ "
    return lowered in COMMON or lowered.rstrip(tail) in COMMON or lowered.strip(tail) in COMMON


def _nobodys() -> str:
    """A hash that no password matches, of the present strength; made once."""
    return _made_once(_hasher())


@cache
def _made_once(hasher: PasswordHasher) -> str:
    return hasher.hash(secrets.token_hex(16))


def _hasher() -> PasswordHasher:
    return _CHEAP if current_app.config.get("CHEAP_PASSWORDS") else _STRONG

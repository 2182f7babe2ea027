"""The code by which a paper is checked: twelve characters that a person can read out, K7QM-3TZP-9ABC.

Crockford's base 32: no I, L, O, U, so that none is taken for another. Eleven characters are drawn at random (55 bits:
none is found by trying), the twelfth checks them. It is the remainder over GF(32), which shows any one wrong character
and any two that changed places.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from typing import Final

ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH: Final = 12
GROUP: Final = 4
LONGEST_TYPED: Final = 200

_VALUES: Final = {character: value for value, character in enumerate(ALPHABET)}
_MISREAD: Final = str.maketrans("OIL", "011")
_BETWEEN: Final = str.maketrans("", "", " 　\t-–—－_·.")
_POLYNOMIAL: Final = 0b100101  # x^5 + x^2 + 1, primitive: its powers stay different over 31 places


def new_code() -> str:
    """A code nobody can guess, in groups of four."""
    drawn = [secrets.randbelow(len(ALPHABET)) for _ in range(LENGTH - 1)]
    return _grouped("".join(ALPHABET[value] for value in [*drawn, _times_x(_remainder(drawn))]))


def clean_code(typed: str) -> str | None:
    """The code as it is kept, however it was typed: lower case, full width, with or without hyphens, O for 0, I or L
    for 1, or the whole address behind the QR code. None for what is no code.
    """
    if len(typed) > LONGEST_TYPED:
        return None
    last = typed.rstrip("/").rpartition("/")[2]
    narrow = "".join(chr(ord(c) - 0xFEE0) if "！" <= c <= "～" else c for c in last)
    plain = narrow.upper().translate(_BETWEEN).translate(_MISREAD)
    values = [_VALUES.get(character, -1) for character in plain]
    if len(values) != LENGTH or -1 in values or _remainder(values):
        return None
    return _grouped(plain)


def _grouped(plain: str) -> str:
    return "-".join(plain[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def _remainder(values: Iterable[int]) -> int:
    left = 0
    for value in values:
        left = _times_x(left) ^ value
    return left


def _times_x(value: int) -> int:
    doubled = value << 1
    return doubled ^ _POLYNOMIAL if doubled > 31 else doubled

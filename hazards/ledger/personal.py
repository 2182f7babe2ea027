"""Personal data that stand where nobody expects them: telephone and identity numbers, masked before they go on.

A ledger is read by many people and printed; the number of an informant or a worker in a description has no place in
it. The original file keeps what was written.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Final, NamedTuple

from core.uscc import is_valid_uscc

PHONE: Final = "电话号码"
IDENTITY: Final = "身份证号码"

_WIDE = {code: code - 0xFEE0 for code in range(0xFF10, 0xFF1A)} | {0xFF0D: 0x2D, 0xFF38: 0x58, 0xFF58: 0x78}
_ENOUGH_DIGITS = re.compile(r"\d{7}|\d{3,4}[\s\-—–)）－]\s?\d{4}")
_CANDIDATE = re.compile(
    r"(?<![\d.A-Za-z*])(?:"
    r"(?P<identity>\d{17}[\dXx]|\d{15})"
    r"|(?:\+?86[\s-]?)?(?P<mobile>1[3-9]\d(?:[\s-]?\d{4}){2})"
    r"|[(（]?(?P<area>0(?:10|2\d|[3-9]\d\d))[)）]?[\s\-—–]?(?P<local>[2-8]\d{6,7})"
    r")(?![\dA-Za-z])(?!\.\d)"
)
_LOCAL = re.compile(r"(?:电话|座机|联系方式|[Tt][Ee][Ll])\s?[:：.]?\s?(?P<local>[2-8]\d{6,7})(?![\d.\-年])")
_NUMBER_OF_A_THING = re.compile(
    r"(?:编号|编码|文号|单号|案号|证号|账号|帐号|卡号|代码|序列号|[Nn][Oo])\s?[:：.]?\s?第?$"
)
_MONEY = re.compile(r"\s?(?:万|亿|元|圆|号)")
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_PROVINCES: Final = frozenset(
    map(
        str,
        [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66), 71, 81, 82],
    )
)


class Masked(NamedTuple):
    """A text that may go on, and what was hidden in it."""

    text: str
    hidden: tuple[str, ...] = ()


def mask_personal(text: str, *, is_number: bool = False, may_phone: bool = False) -> Masked:
    """The text with telephone numbers as 138****1234 and identity numbers as 500112**********34.

    `is_number`: the text is a number of a thing by its column; only what is an identity number to the last check
    digit is hidden there. `may_phone`: the column is one of telephone numbers. Credit codes, document numbers, sums
    and dates stay.
    """
    if len(text) < 7 or not _ENOUGH_DIGITS.search(text):
        return Masked(text)
    plain = text.translate(_WIDE)
    pieces: list[str] = []
    hidden: list[str] = []
    end = 0
    for match in sorted([*_CANDIDATE.finditer(plain), *_LOCAL.finditer(plain)], key=lambda found: found.start()):
        found = _hide(match, plain, is_number=is_number, may_phone=may_phone)
        if found is None or match.start() < end:
            continue
        kind, shown, start = found
        pieces += [text[end:start], shown]
        hidden.append(kind)
        end = match.end()
    return Masked("".join([*pieces, text[end:]]), tuple(dict.fromkeys(hidden))) if hidden else Masked(text)


def is_phone(text: str) -> bool:
    """Whether a text is one telephone number and nothing else."""
    match = _CANDIDATE.fullmatch(text.translate(_WIDE).strip())
    return match is not None and match["identity"] is None


class _Hidden(NamedTuple):
    kind: str
    shown: str
    start: int


def _hide(match: re.Match[str], plain: str, *, is_number: bool, may_phone: bool) -> _Hidden | None:
    group = match.groupdict()
    if identity := group.get("identity"):
        is_one = is_identity(identity) and (len(identity) == 18 or not is_number)
        return _Hidden(IDENTITY, masked_identity(identity), match.start()) if is_one else None
    if is_number or may_phone:
        return None
    if "area" in group and (
        _NUMBER_OF_A_THING.search(plain, max(0, match.start() - 8), match.start()) or _MONEY.match(plain, match.end())
    ):
        return None
    if mobile := group.get("mobile"):
        digits = re.sub(r"\D", "", mobile)
        return _Hidden(PHONE, f"{digits[:3]}****{digits[-4:]}", match.start())
    local, area = group["local"] or "", group.get("area")
    start = match.start() if area else match.start("local")
    return _Hidden(PHONE, (f"{area}-" if area else "") + "*" * (len(local) - 4) + local[-4:], start)


def masked_identity(number: str) -> str:
    """The region (first six) and the last two stay: enough to find the paper, not to rebuild the number."""
    return number[:6] + "*" * (len(number) - 8) + number[-2:]


def is_identity(number: str) -> bool:
    """Whether 18 or 15 digits are built as an identity number: province, a day of birth, and the check digit."""
    if number[:2] not in _PROVINCES:
        return False
    if len(number) == 15:
        return number[6:8] >= "30" and _is_day(f"19{number[6:12]}")
    if not "19000101" <= number[6:14] <= "20991231" or not _is_day(number[6:14]):
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == number[17].upper() and not is_valid_uscc(number.upper())


def _is_day(digits: str) -> bool:
    try:
        date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return False
    return True

"""The unified social credit code (统一社会信用代码) and its check character.

Source: GB 32100-2015. Eighteen characters of 0-9 and A-Z without I O S V Z; the last is computed from the
first seventeen. A failing code warns and never blocks, since some issued codes fail.
"""

from __future__ import annotations

from typing import Final
from unicodedata import normalize

ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
LENGTH: Final = 18


def normal_uscc(text: str) -> str:
    """The code as it is stored: half-width, upper case, without blanks and hyphens."""
    return "".join(normalize("NFKC", text).split()).replace("-", "").upper()


def has_uscc_shape(code: str) -> bool:
    """Whether `code` has the length and the characters of a code, whatever its check character says."""
    return len(code) == LENGTH and all(character in ALPHABET for character in code)


def check_character(body: str) -> str:
    """The eighteenth character for the first seventeen; raises ValueError for a body that is none."""
    if len(body) != len(WEIGHTS):
        raise ValueError("a code has seventeen characters before its check character")
    total = sum(ALPHABET.index(character) * weight for character, weight in zip(body, WEIGHTS, strict=True))
    return ALPHABET[(31 - total % 31) % 31]


def is_valid_uscc(code: str) -> bool:
    """Whether `code` (already normal, see `normal_uscc`) is well formed and its check character agrees."""
    return has_uscc_shape(code) and check_character(code[:-1]) == code[-1]

"""What a text is found by: pairs of neighbouring characters, and whole words of Latin letters and digits.

Pure. Two-character words are the rule in Chinese, and an index of three characters misses them silently. Full width,
half width and case make no difference. Every term is plain ASCII, so that nothing a person types is query syntax.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from unicodedata import normalize

MOST_WORDS: Final = 5
LONGEST_TERM: Final = 64
LONGEST_TEXT: Final = 20_000  # characters of one record that are read; nobody looks for what stands behind them

# a run of Latin letters and digits with its inner marks (YH-500110-2026-000123), or a run of other letters
_RUN: Final = re.compile(r"[a-z0-9]+(?:[-_./][a-z0-9]+)*|[^\W\x00-\x7f]+")
_INNER: Final = re.compile(r"[-_./]")
_MARK: Final = re.compile(r"[^a-z0-9]")


def plain(text: str) -> str:
    """A text as it is compared: half width, lower case, one blank between words, no control characters."""
    folded = normalize("NFKC", normalize("NFKC", text).casefold())
    return " ".join("".join(character if character.isprintable() else " " for character in folded).split())


@dataclass(frozen=True, slots=True)
class Term:
    """One thing to look for; as a beginning, also what goes on behind it."""

    text: str
    is_beginning: bool = False


@dataclass(frozen=True, slots=True)
class Word:
    """A word somebody looks for: its terms, all of which a text must have, and the word itself.

    `exactly` where terms alone could also stand apart from each other, so that the text must be compared too.
    """

    terms: tuple[Term, ...]
    plain: str
    exactly: bool


def terms_of(text: str) -> Iterator[str]:
    """Every term a text is found by."""
    for run in _RUN.findall(plain(text[:LONGEST_TEXT])):
        if run[0].isascii():
            pieces = [0, *(found.end() for found in _INNER.finditer(run))]
            yield from (_latin(run[start:]) for start in pieces)
        else:
            yield from (_pair(run[place : place + 2]) for place in range(len(run)))


def terms_of_initials(initials: str) -> Iterator[str]:
    """Terms of pinyin initials, which people begin anywhere in a name: 镕堃机械 is looked for as rkjx."""
    letters = "".join(_RUN.findall(plain(initials)))[:LONGEST_TERM]
    yield from (_latin(letters[place:]) for place in range(max(0, len(letters) - 1)))


def words_of(query: str) -> tuple[Word, ...]:
    """What a query asks for: at most five words. One of symbols alone has no terms and must stand in the text."""
    return tuple(_word(part) for part in plain(query).split()[:MOST_WORDS])


def _word(text: str) -> Word:
    runs = _RUN.findall(text)
    terms = [term for run in runs for term in _sought(run)]
    is_compared = runs != [text] or any(len(run) > 2 for run in _other(runs))
    return Word(tuple(dict.fromkeys(terms)), text, exactly=is_compared)


def _other(runs: Iterable[str]) -> Iterable[str]:
    return (run for run in runs if not run[0].isascii())


def _sought(run: str) -> Iterator[Term]:
    if run[0].isascii():
        yield Term(_latin(run), is_beginning=True)
    elif len(run) == 1:
        yield Term(_pair(run), is_beginning=True)
    else:
        yield from (Term(_pair(run[place : place + 2])) for place in range(len(run) - 1))


def _latin(run: str) -> str:
    return "w" + _MARK.sub(lambda found: f"z{ord(found[0]):x}z", run[:LONGEST_TERM])


def _pair(characters: str) -> str:
    """A pair, or the last character of a run: each character begins a term, so that one alone is found as well."""
    return "c" + "".join(f"{ord(character):x}z" for character in characters)


# --- what is asked of an index -----------------------------------------------------------------------------------

Asked = Term | tuple[str, tuple["Asked", ...]]  # a term, or "and"/"or" with its parts


def every(parts: Iterable[Asked]) -> Asked:
    """All of these."""
    return ("and", tuple(parts))


def either(parts: Iterable[Asked]) -> Asked:
    """One of these."""
    return ("or", tuple(parts))


def as_fts5(asked: Asked) -> str:
    """In the words of SQLite."""
    return _written(asked, {"and": " AND ", "or": " OR "}, "*")


def as_tsquery(asked: Asked) -> str:
    """In the words of PostgreSQL."""
    return _written(asked, {"and": " & ", "or": " | "}, ":*")


def _written(asked: Asked, marks: dict[str, str], beginning: str) -> str:
    if isinstance(asked, Term):
        return asked.text + (beginning if asked.is_beginning else "")
    how, parts = asked
    return "(" + marks[how].join(_written(part, marks, beginning) for part in parts) + ")"

"""A text as the signs it is compared by: pairs of neighbouring characters, and the field's concepts it speaks of."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import pairwise
from typing import Final

from hazards.matching.concepts import CONCEPTS

LONGEST: Final = 2000  # characters of a text that are read; a report holds no more
CONCEPT: Final = "§"  # begins a sign that is a concept; stands in no run of characters

_RUN: Final = re.compile(r"[一-鿿]+|[a-z0-9]+")


def plain(text: str) -> str:
    """The text without what makes no difference: width, case, white space."""
    return "".join(unicodedata.normalize("NFKC", text[:LONGEST]).lower().split())


def pairs_of(text: str) -> list[str]:
    """Neighbouring characters of each run of Chinese; a word of letters or digits as it stands."""
    found: list[str] = []
    for run in _RUN.findall(plain(text)):
        found += [run] if run[0].isascii() else [a + b for a, b in pairwise(run)]
    return found


class Vocabulary:
    """Which words mean the same; a text is read for all of them in one pass."""

    def __init__(self, rows: Sequence[Iterable[str]]) -> None:
        rows_of: defaultdict[str, set[str]] = defaultdict(set)
        for place, row in enumerate(rows):
            for word in row:
                rows_of[plain(word)].add(f"{CONCEPT}{place}")
        # a word that holds another one stands for that one's concepts too: only the longest of a place is looked for
        self._concepts = {
            word: frozenset(c for inner, concepts in rows_of.items() if inner in word for c in concepts)
            for word in rows_of
        }
        lengths: defaultdict[str, set[int]] = defaultdict(set)
        for word in rows_of:
            lengths[word[0]].add(len(word))
        self._lengths = {first: sorted(found, reverse=True) for first, found in lengths.items()}

    def concepts_of(self, text: str) -> frozenset[str]:
        """The concepts the text speaks of, each as a sign."""
        read = plain(text)
        return frozenset(c for start, end in self._words(read) for c in self._concepts[read[start:end]])

    def places_of(self, text: str, concepts: frozenset[str]) -> list[tuple[int, int]]:
        """Where words of these concepts stand in a text of plain characters: start and end of each."""
        return [(start, end) for start, end in self._words(text) if self._concepts[text[start:end]] & concepts]

    def _words(self, text: str) -> Iterator[tuple[int, int]]:
        """Start and end of the longest known word that begins at each place."""
        for start, first in enumerate(text):
            for length in self._lengths.get(first, ()):
                if text[start : start + length] in self._concepts:
                    yield start, start + length
                    break

    def signs_of(self, text: str) -> frozenset[str]:
        """Everything the text is compared by."""
        return frozenset(pairs_of(text)) | self.concepts_of(text)


@lru_cache(maxsize=1)
def vocabulary() -> Vocabulary:
    """The field's own, of `concepts.py`."""
    return Vocabulary(CONCEPTS)

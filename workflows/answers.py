"""The shape of an answer: allowed, or refused by a named rule, in a sentence with a way out."""

from __future__ import annotations

from dataclasses import dataclass

from workflows.facts import Fact


@dataclass(frozen=True, slots=True)
class Ruling:
    """The answer: allowed, or the rule and the sentence; `missing` names what must first be put in place."""

    allowed: bool
    rule: str = ""
    sentence: str = ""
    missing: tuple[Fact, ...] = ()


ALLOWED = Ruling(True)


def no(rule: str, sentence: str, missing: tuple[Fact, ...] = ()) -> Ruling:
    """A refusal by a named rule."""
    return Ruling(False, rule, sentence, missing)

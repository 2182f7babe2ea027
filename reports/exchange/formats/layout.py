"""What a format is, as data: its fields in order, each with name, kind, length, codes and source."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Literal

from reports.exchange.formats.facts import HazardFacts, Raw
from workflows.vocabulary import State

Kind = Literal["text", "day", "moment", "flag", "code", "money_wan", "number", "pictures"]
"""How a value is written; always as a text, empty where there is none.

text: as it stands · day: 20261031 · moment: 2026-10-31 09:05:00, Shanghai · flag: 1 or 0 · code: by the field's list ·
money_wan: fen, written in 万元 · number: decimal · pictures: names, a list in JSON.
"""

Value = str | list[str]
"""A field as it is written."""

Need = Callable[[HazardFacts], bool]


def never(_facts: HazardFacts) -> bool:
    """The field may always be empty."""
    return False


def always(_facts: HazardFacts) -> bool:
    """The field must be filled."""
    return True


def when_verified(facts: HazardFacts) -> bool:
    """The field must be filled once its verification is signed."""
    return facts.is_verified


class Wide(IntEnum):
    """What a Chinese character counts for against a length: receivers count characters, or bytes of GBK."""

    ONE = 1
    TWO = 2


@dataclass(frozen=True, slots=True)
class ExchangeField:
    """One field: `read` gives its value from the facts; `codes` its list, by the register's word or code.

    `other` is the list's 其他, taken with a remark for what the list does not hold. `required`: when empty is remarked.
    `source` says where name, length and codes are written, and what the register had to decide.
    """

    name: str
    title: str
    read: Callable[[HazardFacts], Raw]
    source: str
    kind: Kind = "text"
    length: int | None = None
    codes: Mapping[str, str] = field(default_factory=dict)
    other: str = ""
    required: Need = never


@dataclass(frozen=True, slots=True)
class ExchangeFormat:
    """One format.

    `majors_only`: it takes major hazards only. `of_enterprise`: one enterprise hands it in for itself. `pictures`: an
    archive with the pictures can be had. `one_line`: its receivers refuse line breaks inside a text. `left_out`:
    states that are no records of it, each remarked.
    """

    code: str
    name: str
    words: str
    fields: tuple[ExchangeField, ...]
    majors_only: bool
    of_enterprise: bool
    pictures: bool
    one_line: bool
    left_out: frozenset[State] = frozenset({State.DISMISSED})

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its fields, in order."""
        return tuple(one.name for one in self.fields)

"""The published hazards the sample city is made of, one line each in data/cases.jsonl.

Texts, districts, industries, grades and bases are those of the publications; names and codes of enterprises are made
up. Old cases are moved into the months before the demonstration, so that its lists and ledgers have something to show.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from workflows.vocabulary import Channel, Grade

LIST = Path(__file__).parent / "data" / "cases.jsonl"

# the plant with a whole staff, and the cases that the sample places there as found by its own inspections
MAIN = "C0001"
AT_MAIN = ("C0001", "C0007", "C0010", "C0023", "C0041", "C0046", "C0105", "C0104")


@dataclass(frozen=True, slots=True)
class Case:
    """One published hazard."""

    id: str
    enterprise: str
    uscc: str
    region: str
    town: str
    industry: str
    hazard: str
    grade: str
    basis: str
    channel: str
    found: str
    measures: str
    status: str
    penalty: str

    @property
    def is_major(self) -> bool:
        """Graded major in the publication."""
        return self.grade == "major"

    def proposed_grade(self) -> Grade:
        """The grade it is reported with."""
        return Grade.MAJOR if self.is_major else Grade.GENERAL

    def channel_code(self) -> Channel:
        """How the sample says it came in."""
        if self.id in AT_MAIN:
            return Channel.SELF_INSPECTION
        return Channel.COMPLAINT if self.channel == "群众举报" else Channel.SUPERVISION

    def found_before(self, today: date) -> date:
        """Its day, moved into the four months before `today` where it is older; the main plant's is yesterday's."""
        if self.id == MAIN:
            return today - timedelta(days=1)
        day = date.fromisoformat(self.found)
        if today - timedelta(days=120) <= day <= today - timedelta(days=3):
            return day
        return today - timedelta(days=4 + int(self.id[1:]) * 7 % 110)


def load_cases() -> tuple[Case, ...]:
    """All cases, in the order of the file."""
    lines = LIST.read_text("utf-8").splitlines()
    return tuple(Case(**json.loads(line)) for line in lines)

"""Which state an imported hazard gets from the ledger's word, dates and persons.

待整改 → reported; 整改中, 已整改 → rectifying, with a re-inspection's date and person → verified; 已销号 with a date →
closed, without → verified with a remark. A day after the ledger's own date or today establishes no state: the
word that rests on it is not believed either, because calling a danger removed that is not costs lives.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from hazards.ledger.fields import Field
from hazards.ledger.words import StateWord
from workflows.vocabulary import State


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a row offers. `late` names the fields whose day lies after the ledger's own date or today."""

    word: StateWord | None
    text: str = ""
    completed_on: date | None = None
    reinspected_on: date | None = None
    reinspected_by: str = ""
    closed_on: date | None = None
    late: frozenset[Field] = frozenset()

    @property
    def is_reinspected(self) -> bool:
        """Whether a day and a person stand for the re-inspection."""
        return self.reinspected_on is not None and bool(self.reinspected_by)


class Ruling(NamedTuple):
    """A state, and why it is less than the ledger's word; "" where nothing needs saying."""

    state: State
    reason: str = ""


def establish_state(evidence: Evidence) -> Ruling:
    """The state by the rule above."""
    match evidence.word:
        case StateWord.CLOSED:
            return _closed(evidence)
        case StateWord.VERIFIED | StateWord.DONE:
            return _done(evidence)
        case StateWord.UNDER_WAY:
            return _open(evidence, State.RECTIFYING)
        case StateWord.NOT_BEGUN:
            return _open(evidence, State.REPORTED)
    return _by_dates(evidence)


def _closed(evidence: Evidence) -> Ruling:
    if evidence.closed_on:
        return Ruling(State.CLOSED)
    if Field.CLOSED_ON in evidence.late:
        if evidence.is_reinspected:
            return Ruling(State.VERIFIED, "销号时间在填报日期或今天之后，不据此认定销号，按「已验收」导入")
        return Ruling(State.RECTIFYING, "销号时间在填报日期或今天之后，也没有可信的复查记录，按「整改中」导入")
    if Field.REINSPECTED_ON in evidence.late:
        return Ruling(State.RECTIFYING, "写着已销号，复查时间却在填报日期或今天之后，按「整改中」导入")
    return Ruling(State.VERIFIED, "写着已销号，没有销号时间，按「已验收」导入")


def _done(evidence: Evidence) -> Ruling:
    if evidence.is_reinspected:
        return Ruling(State.VERIFIED)
    if Field.REINSPECTED_ON in evidence.late:
        return Ruling(State.RECTIFYING, "复查时间在填报日期或今天之后，不据此认定验收，按「整改中」导入")
    if Field.COMPLETED_ON in evidence.late:
        return Ruling(State.RECTIFYING, "整改完成时间在填报日期或今天之后，按「整改中」导入")
    if evidence.reinspected_on or evidence.reinspected_by:
        missing = "复查人" if evidence.reinspected_on else "复查时间"
        return Ruling(State.RECTIFYING, f"没有{missing}，不能认定验收，按「整改中」导入")
    if evidence.word is StateWord.VERIFIED:
        return Ruling(State.RECTIFYING, "写着已验收，没有复查时间和复查人，按「整改中」导入")
    return Ruling(State.RECTIFYING)


def _open(evidence: Evidence, state: State) -> Ruling:
    """What the word says stands; a day that speaks against it is pointed out."""
    for day, name in (
        (evidence.closed_on, "销号时间"),
        (evidence.reinspected_on, "复查时间"),
        (evidence.completed_on if state is State.REPORTED else None, "整改完成时间"),
    ):
        if day:
            return Ruling(state, f"写着{evidence.text}，却有{name} {day.isoformat()}，按「{state.label}」导入")
    return Ruling(state)


def _by_dates(evidence: Evidence) -> Ruling:
    """Without a word that is understood, only days that have come say something."""
    said = f"“{evidence.text[:40]}”看不出整改状态" if evidence.text else "没有写整改状态"
    if evidence.closed_on:
        return Ruling(State.CLOSED, f"{said}，有销号时间，按「已销号」导入")
    if evidence.is_reinspected:
        return Ruling(State.VERIFIED, f"{said}，有复查时间和复查人，按「已验收」导入")
    if evidence.completed_on:
        return Ruling(State.RECTIFYING, f"{said}，有整改完成时间，按「整改中」导入")
    return Ruling(State.REPORTED, f"{said}，按「已上报」导入")

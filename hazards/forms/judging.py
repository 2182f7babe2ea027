"""Picking a clause and an earlier hazard, as the report form and the forms of judgement share it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from markupsafe import Markup, escape

from hazards.candidates import Candidate
from hazards.duplicates import Earlier
from hazards.forms.cleaning import one_line
from hazards.presenting.words import day_text, headline

NEITHER = "none"
NO = "no"  # none of the earlier hazards


def number_of(picked: str | None) -> str:
    """The number that was picked among earlier hazards; empty where none was."""
    said = one_line(picked)
    return "" if said == NO else said


def marked_text(candidate: Candidate) -> Markup:
    """The clause's text with the words marked that the description shares."""
    pieces = (Markup("<mark>{}</mark>").format(text) if hit else escape(text) for text, hit in candidate.parts())
    return Markup("").join(pieces)


def source_text(candidate: Candidate) -> str:
    """《标准》（文号）· 行业."""
    clause = candidate.criterion
    number = f"（{clause.document_no}）" if clause.document_no else ""
    return f"《{clause.standard}》{number}· {clause.industry}"


def cards_of(likely: Sequence[Candidate]) -> dict[str, dict[str, Any]]:
    """Text and source of the likely clauses by id, for the macro that draws them."""
    return {str(one.criterion.id): {"text": marked_text(one), "clause": source_text(one)} for one in likely}


def as_data(candidate: Candidate) -> dict[str, Any]:
    """A candidate for the script, which draws the same card from it."""
    return {
        "id": candidate.criterion.id,
        "clause": candidate.criterion.clause,
        "source": source_text(candidate),
        "parts": candidate.parts(),
    }


def earlier_words(earlier: Earlier) -> str:
    """部位，描述；整改中，2026-11-02 发现."""
    when = f"{day_text(earlier.closed_on)} 销号" if earlier.is_closed else f"{day_text(earlier.found_on)} 发现"
    place = f"{earlier.place}：" if earlier.place else ""
    return f"{place}{headline(earlier.description)}（{earlier.state.label}，{when}）"


def earlier_choices(found: Iterable[Earlier]) -> list[tuple[str, str]]:
    """Earlier hazards as choices: number, and words that tell which."""
    return [(one.number, f"{one.number}　{earlier_words(one)}") for one in found]

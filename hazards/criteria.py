"""The clauses that make a hazard major: loaded by `flask init`, and found again for whoever judges.

Which of them a description speaks of says candidates.py. Old hazards keep the text they were judged by, since it is
copied. Source of the texts: data/criteria.json, with document numbers and effective dates as published.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, or_, select

from core.db import db, unit_of_work
from hazards.matching.clauses import SECTOR_NAMES
from hazards.models import Criterion

SOURCE: Final = Path(__file__).parent / "data" / "criteria.json"
MOST_WORDS = 5

# --- loading ---------------------------------------------------------------------------------------------------


def seed(_now: datetime) -> str:
    """The step of `flask init`; safe to repeat, and says how many clauses were added or corrected."""
    with unit_of_work():
        changed = load(json.loads(SOURCE.read_text("utf-8")))
    return f"判定标准：装入 {changed} 条。" if changed else ""


def load(rows: Iterable[dict[str, Any]]) -> int:
    """Add clauses that are new and correct those that read differently; inside a unit of work. Never removes one.

    One that a person has corrected or loaded (hazards/operations/criteria.py) stays as that person left it.
    """
    known = {_key(found): found for found in db.session.scalars(select(Criterion))}
    changed = 0
    for row in rows:
        values = _values(row)
        key = (values["standard"], values["document_no"], values["industry"], values["clause"])
        found = known.get(key)
        if found is None:
            db.session.add(Criterion(**values))
        elif found.chain_length or (found.text, found.effective_from) == (values["text"], values["effective_from"]):
            continue
        else:
            found.text, found.effective_from = values["text"], values["effective_from"]
        changed += 1
    return changed


def _key(found: Criterion) -> tuple[str, str, str, str]:
    return found.standard, found.document_no, found.industry, found.clause


def _values(row: dict[str, Any]) -> dict[str, Any]:
    """A row of the file as columns; a condition set before the clause is put after its text, lest it get lost."""
    since = row["effective_from"]
    condition = row.get("precondition")
    return {
        "standard": row["standard"],
        "document_no": row["document_no"] or "",
        "effective_from": date.fromisoformat(since) if since else None,
        "industry": row["industry"],
        "clause": row["clause"],
        "text": f"{row['text'].rstrip('。')}，{condition}" if condition else row["text"],
    }


# --- finding ---------------------------------------------------------------------------------------------------


def get_criterion(criterion_id: int) -> Criterion | None:
    """A clause by its id."""
    return db.session.get(Criterion, criterion_id)


def find_criteria(words: str = "", *, sector: str = "", on: date | None = None, limit: int = 50) -> list[Criterion]:
    """Clauses of a sector that hold every one of the words (at most five), in force on a day, in the standards' order.

    A clause whose dates nobody knows is in force.
    """
    wanted = select(Criterion).where(*_in_sector(sector), *_in_force(on))
    for word in words.split()[:MOST_WORDS]:
        wanted = wanted.where(
            or_(Criterion.text.icontains(word, autoescape=True), Criterion.clause.icontains(word, autoescape=True))
        )
    return list(db.session.scalars(wanted.order_by(Criterion.id).limit(limit)))


def _in_sector(sector: str) -> list[ColumnElement[bool]]:
    name = SECTOR_NAMES.get(sector, sector)
    return [Criterion.industry.startswith(name, autoescape=True)] if name else []


def _in_force(on: date | None) -> list[ColumnElement[bool]]:
    if on is None:
        return []
    return [
        or_(Criterion.effective_from.is_(None), Criterion.effective_from <= on),
        or_(Criterion.effective_to.is_(None), Criterion.effective_to >= on),
    ]

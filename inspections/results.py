"""The content of an inspection as digests: what one item's card showed, and everything that is signed at the end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from core.chain import canonical, digest
from inspections.models import ChecklistItem, ItemPhoto, ItemResult

MARK = 16


def mark_of(result: ItemResult | None) -> str:
    """A short mark of what was recorded of one item; empty where nothing was. Equal content has equal marks."""
    return digest(canonical(_content(result)))[:MARK] if result is not None else ""


def results_digest(
    items: Sequence[ChecklistItem], results: Mapping[int, ItemResult], photos: Mapping[int, Sequence[ItemPhoto]]
) -> str:
    """The digest of every item with its verdict, words and photos, in the order of the checklist."""
    rows = [
        [
            item.id,
            item.position,
            _content(results[item.id]) if item.id in results else {},
            sorted([photo.kind.value, photo.file.digest] for photo in photos.get(item.id, ())),
        ]
        for item in items
    ]
    return digest(canonical({"items": rows}))


def _content(result: ItemResult) -> dict[str, Any]:
    return {
        "verdict": result.verdict.value,
        "note": result.note,
        "treatment": result.treatment.value if result.treatment else "",
        "result": result.result,
        "grade": result.grade.value if result.grade else "",
        "stop_scope": result.stop_scope.value if result.stop_scope else "",
        "stop_note": result.stop_note,
    }

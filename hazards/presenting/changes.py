"""Before and after: what reads otherwise than it was signed, and than the text that is being signed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from hazards.case import Loaded
from hazards.deed import PHOTO_DIGEST, deed_lines
from hazards.presenting.words import moment_text, signer
from hazards.since_signed import changes_since_signed

EMPTY: Final = "（空）"
Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """What stands above a text that is to be signed, where something changed: 「after」之后有「count」处变更。"""

    count: int
    after: str
    note: str


def signed_rows(loaded: Loaded) -> tuple[Row, ...]:
    """Facts that differ from what was last signed: label, as signed, as it is, whose signature of what, when."""
    return tuple(
        (
            change.label,
            change.signed or EMPTY,
            change.now or EMPTY,
            f"{change.request.action.label}：{signer(change.by.role, change.by.person_name)}",
            moment_text(change.by.signed_at),
        )
        for change in changes_since_signed(loaded)
    )


def frozen_rows(loaded: Loaded) -> tuple[Row, ...]:
    """What differs now from the text of the open request: label, as frozen, as it is."""
    request = loaded.open_request
    if request is None:
        return ()
    return compare(request.deed, deed_lines(loaded, request.action, request.variant, request.offered))


def compare(before: Sequence[Sequence[str]], after: Sequence[Sequence[str]]) -> tuple[Row, ...]:
    """Lines of two texts that differ, by label; photos are told by how many they are, not by their digests."""
    old, new = {row[0]: row[1] for row in before}, {row[0]: row[1] for row in after}
    labels = [*old, *(label for label in new if label not in old)]
    return tuple(
        (label, old.get(label) or EMPTY, new.get(label) or EMPTY)
        for label in labels
        if old.get(label, "") != new.get(label, "") and not PHOTO_DIGEST.fullmatch(label)
    )


def changed_before_signing(loaded: Loaded) -> Changed | None:
    """What a signer is told: the record moved away from the frozen text, or the text from what was last signed."""
    frozen, request = frozen_rows(loaded), loaded.open_request
    if frozen and request is not None:
        after = request.signatures[-1].step_label if request.signatures else "提出申请"
        return Changed(len(frozen), after, f"正在签批的文字没有变；记录现在是：{_first(frozen)}。")
    signed = signed_rows(loaded)
    return Changed(len(signed), "上次签批", f"下面是现在的内容：{_first(signed)}。") if signed else None


def _first(rows: Sequence[Row]) -> str:
    return f"{rows[0][0]} {rows[0][2]}" + ("等" if len(rows) > 1 else "")

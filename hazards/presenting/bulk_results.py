"""What came of several hazards at once, as its page prints it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for

from hazards.models import BulkItem, BulkRun
from hazards.rules import BulkAct, BulkOutcome

OUTCOMES: dict[BulkOutcome, str] = {
    BulkOutcome.DONE: "已办理",
    BulkOutcome.REFUSED: "没有办理",
    BulkOutcome.QUICKER: "别人先办了",
}
NOT_YET = "还没有轮到"


@dataclass(frozen=True, slots=True)
class ResultRow:
    """One hazard and what came of it."""

    number: str
    outcome: str
    label: str
    said: str


@dataclass(frozen=True, slots=True)
class Result:
    """All of them, how many of each kind, and the ways on."""

    rows: tuple[ResultRow, ...]
    done: int
    refused: int
    quicker: int
    waiting: int
    ways: tuple[tuple[str, str], ...]


def results_of(run: BulkRun, items: Sequence[BulkItem]) -> Result:
    """The rows, those not done first; the ways lead to what is left, with the text as it stands now."""
    rows = [_row(item) for item in items]
    of = {kind: [row.number for row in rows if row.outcome == kind] for kind in ("done", "refused", "quicker", "")}
    ways = []
    if of["quicker"]:
        ways.append((f"重新核对这 {len(of['quicker'])} 条", _again(run.act, of["quicker"])))
    if of[""]:
        ways.append((f"继续办理其余 {len(of[''])} 条", _again(run.act, of[""])))
    if run.act is BulkAct.EXTEND and of["done"]:
        ways.append((f"核对并签批这 {len(of['done'])} 条延期", _again(BulkAct.SIGN, of["done"])))
    ranked = sorted(rows, key=lambda row: row.outcome == BulkOutcome.DONE)
    counts = len(of["done"]), len(of["refused"]), len(of["quicker"]), len(of[""])
    return Result(tuple(ranked), *counts, tuple(ways))


def _row(item: BulkItem) -> ResultRow:
    if item.outcome is None:
        return ResultRow(item.number, "", NOT_YET, "")
    return ResultRow(item.number, item.outcome.value, OUTCOMES[item.outcome], item.said)


def _again(act: BulkAct, numbers: Sequence[str]) -> str:
    return url_for("hazards.bulk", what=act.value, pick=list(numbers))

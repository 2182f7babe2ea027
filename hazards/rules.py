"""Small rules of records: kinds of evidence, what a hazard waits for, how numbers are written. Pure."""

from __future__ import annotations

from enum import StrEnum

from workflows.vocabulary import Action


class EvidenceKind(StrEnum):
    """What a file is evidence of."""

    BEFORE = "before"
    AFTER = "after"
    DOCUMENT = "document"
    EVALUATION = "evaluation"
    SCAN = "scan"
    CHECK = "check"


EVIDENCE_LABELS: dict[EvidenceKind, str] = {
    EvidenceKind.BEFORE: "整改前",
    EvidenceKind.AFTER: "整改后",
    EvidenceKind.DOCUMENT: "佐证文件",
    EvidenceKind.EVALUATION: "安全评估报告",
    EvidenceKind.SCAN: "纸质签署扫描件",
    EvidenceKind.CHECK: "管控措施检查",
}


class WaitingFor(StrEnum):
    """Whether somebody is asked to sign a step, or to begin the next act."""

    SIGN = "sign"
    BEGIN = "begin"


# Actions whose request asks for nothing: the sign page shows the text and opens the request itself.
SIGNED_AS_OPENED = frozenset({Action.PLAN, Action.VERIFY, Action.CLOSE})


class BulkAct(StrEnum):
    """What is done to several hazards at once."""

    SIGN = "sign"
    ASSIGN = "assign"
    EXTEND = "extend"
    REMIND = "remind"


BULK_LABELS: dict[BulkAct, str] = {
    BulkAct.SIGN: "签批",
    BulkAct.ASSIGN: "指定整改责任人",
    BulkAct.EXTEND: "申请延期",
    BulkAct.REMIND: "催办",
}


class BulkOutcome(StrEnum):
    """What came of one of them: done, refused by a rule, or somebody else was quicker."""

    DONE = "done"
    REFUSED = "refused"
    QUICKER = "quicker"


def hazard_number(region_code: str, year: int, sequence: int) -> str:
    """YH-500112-2026-000123: district, year of reporting, sequence; never reused."""
    return f"YH-{region_code[:6]}-{year}-{sequence:06d}"


def number_series(region_code: str, year: int) -> str:
    """The counter a hazard's number is taken from."""
    return f"hazard:{region_code[:6]}:{year}"

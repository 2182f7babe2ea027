"""A hazard that one file has twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from hazards.ledger.fields import Field
from hazards.ledger.keys import merge_key
from hazards.ledger.record import LedgerRow, Remark


def with_repeats_remarked(rows: Iterable[LedgerRow], *, measure: str = "行") -> tuple[LedgerRow, ...]:
    """Points out a row that the file has twice: both are there, and will become one hazard. `measure` is what a row
    is called: 第 3 行, 第 3 张表."""
    first: dict[str, int] = {}
    remarked: list[LedgerRow] = []
    for row in rows:
        before = first.setdefault(merge_key(row), row.row)
        if before != row.row:
            reason = f"与第 {before} {measure}是同一条隐患（编号或企业、时间、位置、描述相同），将并为一条"
            remark = Remark(row.row, "隐患描述", row.description[:200], reason, field=Field.DESCRIPTION)
            row = replace(row, remarks=(*row.remarks, remark))
        remarked.append(row)
    return tuple(remarked)

"""What belongs to hazards: evidence, requests with their signatures, work, deadlines; all of it by one query.

Whoever has found a hazard sees what belongs to it, so nothing more is asked of the scope here.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Select, and_, literal_column, select, union_all
from sqlalchemy.orm import selectinload

from core.db import among, ids_text
from core.entities import Part, PreparedEntities, join_loaded
from core.models import StoredFile
from core.scope import everything
from hazards.models import DeadlineChange, Evidence, Signature, SignOffRequest, WorkRecord


@dataclass(frozen=True, slots=True)
class Belongings:
    """What belongs to one hazard, each oldest first."""

    evidence: list[Evidence] = field(default_factory=list)
    requests: list[SignOffRequest] = field(default_factory=list)
    work: list[WorkRecord] = field(default_factory=list)
    deadlines: list[DeadlineChange] = field(default_factory=list)


def belongings_of(hazard_ids: Collection[int]) -> dict[int, Belongings]:
    """What belongs to each of these hazards."""
    with everything("what belongs to a hazard"):
        rows = _rows.all(hazards=ids_text(hazard_ids))
    found = {hazard_id: Belongings() for hazard_id in hazard_ids}
    given: dict[int, list[Signature]] = {}
    for evidence, file, request, signature, work, deadline in rows:
        if evidence is not None:
            join_loaded(evidence, "file", file)
            found[evidence.hazard_id].evidence.append(evidence)
        elif request is not None:
            found[request.hazard_id].requests.append(request)
        elif signature is not None:
            given.setdefault(signature.request_id, []).append(signature)
        elif work is not None:
            found[work.hazard_id].work.append(work)
        elif deadline is not None:
            found[deadline.hazard_id].deadlines.append(deadline)
    for one in found.values():
        for kind in (one.evidence, one.requests, one.work, one.deadlines):
            kind.sort(key=_id)
        for request in one.requests:
            join_loaded(request, "signatures", sorted(given.get(request.id, ()), key=_id))
    return found


def _id(row: Any) -> int:
    return int(row.id)


_evidence, _file = Part(Evidence, "evidence"), Part(StoredFile, "file")
_request = Part(SignOffRequest, "request", again=[selectinload(SignOffRequest.signatures)])
_signature = Part(Signature, "signature")
_work, _deadline = Part(WorkRecord, "work"), Part(DeadlineChange, "deadline")
_tables = (_evidence.source, _request.source, _signature.source, _work.source, _deadline.source)


def _belonging(columns: list[Any]) -> Select[Any]:
    """One row for each row of each table: a list of the tables' places, to which each table is joined at its own."""
    place = union_all(*(select(literal_column(str(n)).label("place")) for n in range(len(_tables)))).subquery()
    joined: Any = place
    for n, table in enumerate(_tables):
        here = and_(place.c.place == literal_column(str(n)), among(table.c.hazard_id, "hazards"))
        joined = joined.outerjoin(table, here)
    joined = joined.outerjoin(_file.source, _file.source.c.id == _evidence.source.c.file_id)
    return select(*columns).select_from(joined)


_rows = PreparedEntities((_evidence, _file, _request, _signature, _work, _deadline), _belonging)

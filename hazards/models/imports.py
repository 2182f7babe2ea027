"""Files that came in."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Boolean,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    false,
)
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, Json, UtcDateTime
from core.models import Chained
from core.scope import Tenant
from hazards.models.partial import where


class LedgerImport(Chained, Tenant, Base):
    """A file that came in: kept with its digest, with the report of every row.

    A large one is written in chunks that nobody sees until it lands (`landed_at`). `unfinished` while something is left
    to do: to land, to fill in or put back what is `pending`, to clear away what was given up. `beat_at` tells that
    whoever does it is alive.
    """

    chain_label = "导入"
    __tablename__ = "ledger_import"
    __table_args__ = (Index("ix_ledger_import_unfinished", "id", **where("unfinished")),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("stored_file.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # the importer's organisation, of which others may look at the import and take it back; none: the command line
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"), index=True)
    regulator_id: Mapped[int | None] = mapped_column(ForeignKey("regulator.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    unfinished: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    beat_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    landed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_back_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    taken_back_by_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    # rows of the file by what became of them, and the hazards they became
    created: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    merged: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    skipped: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    hazards: Mapped[int] = mapped_column(Integer, default=0, server_default="0")
    filed_by: Mapped[str] = mapped_column(String(100), default="")
    filed_on: Mapped[date | None] = mapped_column(Date)
    report: Mapped[dict[str, Any]] = mapped_column(Json, deferred=True)
    # ids of the enterprises and units that came with it
    brought: Mapped[dict[str, list[int]]] = mapped_column(Json, default=dict, server_default="{}", deferred=True)
    # hazards that were there before: what was filled into each, and what still is to be filled in or put back
    filled: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]", deferred=True)
    pending: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]", deferred=True)
    # what the file says of complaints and who made them: for complaint officers, never with the report
    complaints: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list, server_default="[]", deferred=True)

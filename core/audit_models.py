"""The table of verifications asked for on the auditor's page: what was walked, how far, and what was found broken."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Integer
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, Json, UtcDateTime


class HistoryCheck(Base):
    """One verification of all histories, done by the job runner."""

    __tablename__ = "history_check"

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    asked_by_id: Mapped[int] = mapped_column(Id)
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    moved_at: Mapped[datetime | None] = mapped_column(UtcDateTime)  # the last sign of life
    finished_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    expected: Mapped[int] = mapped_column(Integer, default=0)  # events there were when it began
    subjects: Mapped[int] = mapped_column(Integer, default=0)
    events: Mapped[int] = mapped_column(Integer, default=0)
    anchors: Mapped[int] = mapped_column(Integer, default=0)
    witnessed: Mapped[int] = mapped_column(Integer, default=0)
    breaks: Mapped[list[str]] = mapped_column(Json, default=list)
    remarks: Mapped[list[str]] = mapped_column(Json, default=list)

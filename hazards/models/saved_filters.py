"""How a person wants the list of hazards: filters kept by name, shared or not, the columns, and what it opens with."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Boolean, ForeignKey, Index, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, Json, UtcDateTime
from core.scope import Tenant
from hazards.models.partial import where


class SavedFilter(Tenant, Base):
    """A list under a name: `query` is the query string that asks for it again.

    A shared one is seen by the people of the organisation its owner belonged to when sharing it.
    """

    __tablename__ = "saved_filter"
    __table_args__ = (
        UniqueConstraint("person_id", "name"),
        Index("ix_saved_filter_shared_enterprise_id", "enterprise_id", **where("shared")),
        Index("ix_saved_filter_shared_regulator_id", "regulator_id", **where("shared")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    enterprise_id: Mapped[int | None] = mapped_column(ForeignKey("enterprise.id"))
    regulator_id: Mapped[int | None] = mapped_column(ForeignKey("regulator.id"))
    name: Mapped[str] = mapped_column(String(20))
    query: Mapped[str] = mapped_column(String(1000))
    shared: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime)


class ListPreference(Tenant, Base):
    """The columns a person wants (None: the usual ones), and the list that opens without being asked for any."""

    __tablename__ = "list_preference"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, autoincrement=False)
    columns: Mapped[list[str] | None] = mapped_column(Json)
    opens_with: Mapped[str | None] = mapped_column(String(1000))

"""How hazards moved up the lists (三清三进)."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Code, Id, UtcDateTime, code_check, path_type
from core.scope import Tenant
from hazards.models.partial import where
from workflows.vocabulary import Tier


class TierMove(Tenant, Base):
    """One move of one hazard to a higher list: from which, on which day of its unit, to whose care.

    Beside each stands one event of the hazard's history. Region and enterprise are kept as they were then. `run_id` is
    the run that moved what was not cleared in time; without one it rose at once, by a deadline that was approved.
    """

    __tablename__ = "tier_move"
    __table_args__ = (
        UniqueConstraint("hazard_id", "on_day", "to_tier"),
        CheckConstraint(code_check("from_tier", Tier), name="from_tier"),
        CheckConstraint(code_check("to_tier", Tier), name="to_tier"),
        CheckConstraint("from_tier <> to_tier", name="moves"),
        Index("ix_tier_move_enterprise_id_on_day", "enterprise_id", "on_day"),
        Index("ix_tier_move_region_path_on_day", "region_path", "on_day"),
        Index("ix_tier_move_run_id", "run_id", **where("run_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(Id)
    # copied from the locked hazard, whose own keys the database checks: to check them again costs as much as the row
    enterprise_id: Mapped[int] = mapped_column(Id)
    unit_id: Mapped[int | None] = mapped_column(Id)
    region_path: Mapped[str] = mapped_column(path_type(80))
    on_day: Mapped[date] = mapped_column(Date)
    at: Mapped[datetime] = mapped_column(UtcDateTime)
    from_tier: Mapped[Tier] = mapped_column(Code(Tier))
    to_tier: Mapped[Tier] = mapped_column(Code(Tier))
    # in whose care it was on the list it left: what a past month's list says of one that moved later
    from_owner_id: Mapped[int | None] = mapped_column(Id)
    owner_id: Mapped[int | None] = mapped_column(Id)
    run_id: Mapped[int | None] = mapped_column(Id)

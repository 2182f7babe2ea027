"""What of a hazard changes though no fact of it does: on which list it stands, and the head of its history."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, Integer
from sqlalchemy.orm import Mapped, mapped_column

from core.chain import START
from core.db import Base, Code, Id, UtcDateTime, code_check
from core.models import Chained
from hazards.models.partial import where
from workflows.vocabulary import Tier


class HazardStanding(Chained, Base):
    """The list of 日周月季 on which a hazard stands, in whose care, until when; and the head of the hazard's history.

    One row for each hazard, under its id: narrow and in few indexes, since one midnight may move a million of them,
    and to write the hazard's own row with its indexes costs five times as much (docs/decisions/0015). It is read
    joined to its hazard, whose scope it shares. What is written here is told from its history's length as it was read.
    """

    chain_label = "隐患"
    chain_of = "hazard"
    __tablename__ = "hazard_standing"
    __table_args__ = (
        CheckConstraint(code_check("tier", Tier), name="tier"),
        # what moves next, those of one enterprise together: who answers there and when they work is read once
        Index(
            "ix_hazard_standing_tier_until",
            *("tier_until", "enterprise_id", "id"),
            **where("tier_until IS NOT NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(ForeignKey("hazard.id"), primary_key=True, autoincrement=False)
    enterprise_id: Mapped[int] = mapped_column(Id)  # the hazard's, which never changes
    tier: Mapped[Tier] = mapped_column(Code(Tier), default=Tier.DAY)
    tier_since: Mapped[date | None] = mapped_column(Date)
    # a person read in the same unit of work: to have the key checked costs as much as the rest of the move
    list_owner_id: Mapped[int | None] = mapped_column(Id)
    # the instant at which it moves up unless it is cleared before; none: it stands on no list, or on the last
    tier_until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    chain_length: Mapped[int] = mapped_column(Integer, default=0, server_default="0")

    # a move and an act at once: one wins, the other is told (StaleDataError becomes Conflict in core/db.py)
    __mapper_args__ = {"version_id_col": chain_length, "version_id_generator": False}


class Standing:
    """How a hazard tells its `HazardStanding`, which begins with the hazard, as if it were its own."""

    standing: Any
    enterprise_id: Any

    def __init__(self, **values: Any) -> None:
        super().__init__(**values)
        self.begun().enterprise_id = self.enterprise_id

    def begun(self) -> HazardStanding:
        """Its standing; a new hazard's begins here."""
        if self.standing is None:
            self.standing = HazardStanding(tier=Tier.DAY, chain_head=START, chain_length=0)
        found: HazardStanding = self.standing
        return found

    @property
    def tier(self) -> Tier:
        """On which list it stands, or which it left."""
        return self.begun().tier

    @tier.setter
    def tier(self, value: Tier) -> None:
        self.begun().tier = value

    @property
    def tier_since(self) -> date | None:
        """Since which day of its unit."""
        return self.begun().tier_since

    @tier_since.setter
    def tier_since(self, value: date | None) -> None:
        self.begun().tier_since = value

    @property
    def tier_until(self) -> datetime | None:
        """The instant at which it moves up; None: it stands on no list, or on the last."""
        return self.begun().tier_until

    @tier_until.setter
    def tier_until(self, value: datetime | None) -> None:
        self.begun().tier_until = value

    @property
    def list_owner_id(self) -> int | None:
        """Who answers for clearing it."""
        return self.begun().list_owner_id

    @list_owner_id.setter
    def list_owner_id(self, value: int | None) -> None:
        self.begun().list_owner_id = value

    @property
    def chain_head(self) -> str:
        """The digest of the newest entry of its history."""
        return self.begun().chain_head

    @chain_head.setter
    def chain_head(self, value: str) -> None:
        self.begun().chain_head = value

    @property
    def chain_length(self) -> int:
        """How many entries its history has."""
        return self.begun().chain_length

    @chain_length.setter
    def chain_length(self, value: int) -> None:
        self.begun().chain_length = value

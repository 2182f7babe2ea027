"""Who follows a hazard that is not theirs to act on."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from core.db import Base, Id, UtcDateTime
from core.scope import Tenant


class Watch(Tenant, Base):
    """A person who wants to be told what happens to a hazard; a wish of that person, no part of the case."""

    __tablename__ = "watch"
    __table_args__ = (UniqueConstraint("hazard_id", "person_id"),)

    id: Mapped[int] = mapped_column(Id, primary_key=True)
    hazard_id: Mapped[int] = mapped_column(ForeignKey("hazard.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    since: Mapped[datetime] = mapped_column(UtcDateTime)

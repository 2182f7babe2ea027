"""Enterprises with histories, for tests of chains; written straight to the tables."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from accounts.models import Enterprise, Region
from accounts.rules import RegionKind
from core.db import db, unit_of_work
from core.history import anchor, append
from core.scope import everything


def make_region() -> None:
    """The one region these enterprises stand in; inside a unit of work."""
    db.session.add(Region(code="500112", name="渝北区", kind=RegionKind.DISTRICT, path="/500112/"))
    db.session.flush()


def make_enterprise(name: str, at: datetime, events: int) -> Enterprise:
    """An enterprise with a history of so many events; inside a unit of work."""
    made = Enterprise(name=name, region_code="500112", region_path="/500112/", created_at=at)
    db.session.add(made)
    db.session.flush()
    for number in range(1, events + 1):
        append(made, "renamed", at=at, actor_id=number, content={"name": f"{name}{number}", "rare": "镕堃䶮𬭬"})
    return made


def make_histories(at: datetime) -> list[int]:
    """Three enterprises with three, five and no events, anchored in two steps; returns their ids."""
    with unit_of_work(), everything("tests"):
        make_region()
        first = make_enterprise("甲厂", at, 3)
        ids = [first.id]
        anchor(at=at, reason="periodic")
    with unit_of_work(), everything("tests"):
        ids.append(make_enterprise("镕堃䶮𬭬公司", at, 5).id)
        ids.append(make_enterprise("丙厂", at, 0).id)
        anchor(at=at, reason="periodic")
    return ids


def add_event(subject_id: int, at: datetime) -> None:
    """One more event in a history, not yet anchored."""
    with unit_of_work(), everything("tests"):
        subject = db.session.scalars(select(Enterprise).where(Enterprise.id == subject_id)).one()
        append(subject, "renamed", at=at, actor_id=None, content={"name": "又改"})

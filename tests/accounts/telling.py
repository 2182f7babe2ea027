"""For tests of what leaves the house: who has an address, which groups there are, what became of each delivery."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from flask import Flask
from sqlalchemy import select

from accounts.telling_rules import Choice, Topic
from accounts.told_models import MailAddress, Robot, TellingChoice
from core.db import db, unit_of_work
from core.delivery_models import Delivery
from core.robots import RobotKind
from core.scope import everything
from core.sealing import seal
from tests.receivers import Platform


def set_up(app: Flask, **changes: str) -> None:
    """Other settings from now on."""
    app.extensions["settings"] = replace(app.extensions["settings"], **changes)


def address(person_id: int, now: datetime, choice: Choice | None = None) -> str:
    """Give somebody a proved address, in the context of the application; the address."""
    made = f"p{person_id}@example.cn"
    with everything("test"), unit_of_work() as session:
        session.add(MailAddress(person_id=person_id, address=made, verified_at=now))
        if choice is not None:
            first, last = choice.quiet or (None, None)
            session.add(
                TellingChoice(
                    person_id=person_id,
                    mode=choice.mode,
                    daily_hour=choice.daily_hour,
                    quiet_from=first,
                    quiet_until=last,
                    urgent_at_once=choice.urgent_at_once,
                    topics=sorted(choice.topics),
                )
            )
    return made


def robot(
    platform: Platform,
    by: int,
    now: datetime,
    *,
    enterprise_id: int | None = None,
    regulator_id: int | None = None,
    topics: Iterable[Topic] = tuple(Topic),
) -> int:
    """A group of this organisation on that platform."""
    owner = f"enterprise {enterprise_id}" if enterprise_id else f"office {regulator_id}"
    typed = {"url": f"https://{platform.host}/cgi-bin/webhook/send?key=1", "secret": ""}
    with everything("test"), unit_of_work() as session:
        made = Robot(
            enterprise_id=enterprise_id,
            regulator_id=regulator_id,
            kind=RobotKind.WECOM,
            name="群",
            sealed=seal(json.dumps(typed).encode(), purpose="robot", owner=owner),
            hint="=1",
            topics=sorted(topics),
            made_by_id=by,
            made_at=now,
        )
        session.add(made)
        session.flush()
        return made.id


def deliveries() -> list[Delivery]:
    """Every one, oldest first, as it stands now."""
    db.session.rollback()
    return list(db.session.scalars(select(Delivery).order_by(Delivery.id)))

"""One officer's issuing as a process of its own: a notice, or a run of them; says before each commit; killed outside.

Run as `python -m tests.faults.issuer DATABASE_URL INSTANCE PERSON MOMENT notice|run ID [START]`; a seal service stands
in `SEAL_URL`.
"""

from __future__ import annotations

import os
import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from accounts.access import actor_of, viewer_of
from accounts.models import Person
from application import create_app
from core.db import db, unit_of_work
from core.refusals import Refusal
from core.scope import everything, viewing
from core.settings import load_settings
from notices.models import Notice
from notices.operations import runs
from notices.operations.issuing import issue, sealed_first
from tests.clocks import FixedClock
from tests.databases import TEST_SECRETS


def _tell(session: Session, *_: Any) -> None:
    """One line while an issued notice is about to be committed."""
    if any(isinstance(row, Notice) and row.number for row in session.dirty):
        print("issuing", flush=True)
        time.sleep(0.02)


def main(url: str, instance: str, person_id: int, at: datetime, what: str, wanted: int, start: str) -> str:
    """Issue as this person once the start is given; what came of it."""
    given = {"DATABASE_URL": url, "SEAL_URL": os.environ.get("SEAL_URL", ""), **TEST_SECRETS}
    app = create_app(load_settings(Path(instance), given), clock=FixedClock(at))
    event.listen(Session, "before_flush", _tell)
    with app.app_context():
        with everything("test issuer"):
            person = db.session.get_one(Person, person_id)
            actor, viewer = actor_of(person), viewer_of(person)
        db.session.rollback()
        print("ready", flush=True)
        while start and not Path(start).exists():
            time.sleep(0.005)
        with viewing(viewer):
            try:
                if what == "run":
                    runs.carry_out(wanted, by=actor, clock=lambda: at)
                    return "done"
                sealed = sealed_first(wanted, by=actor, now=at)
                with unit_of_work():
                    return issue(wanted, by=actor, now=at, sealed=sealed).number or ""
            except Refusal as refusal:
                return f"refused {refusal.sentence}"


if __name__ == "__main__":
    url_, instance_, person_, at_, what_, wanted_, *start_ = sys.argv[1:]
    said = main(url_, instance_, int(person_), datetime.fromisoformat(at_), what_, int(wanted_), "".join(start_))
    print(said, flush=True)

"""A job runner as a process of its own: sends what is due, by a clock that stands at the moment it is given.

`python -m tests.faults.sender INSTANCE DATABASE_URL MAIL_URL MOMENT`
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from accounts.sending import send_messages
from application import create_app
from core.settings import load_settings
from tests.clocks import FixedClock
from tests.databases import TEST_SECRETS


def main(instance: str, database: str, mail: str, moment: str) -> None:
    """Send until nothing is left."""
    at = datetime.fromisoformat(moment)
    given = {"DATABASE_URL": database, "MAIL_URL": mail, **TEST_SECRETS}
    app = create_app(load_settings(Path(instance), given), clock=FixedClock(at))
    with app.app_context():
        print("started", flush=True)
        send_messages(at)
        print("done", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])

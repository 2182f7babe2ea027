"""The close of a month as a process of its own: says which file it writes; killed from outside.

Run as `python -m tests.faults.closer DATABASE_URL INSTANCE MOMENT CLOSE:CLAIM [PAUSE]`.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path
from typing import Any

from application import create_app
from core.settings import load_settings
from reports import closing_work
from reports.closing import JOB
from tests.clocks import FixedClock
from tests.databases import TEST_SECRETS


def main(url: str, instance: str, moment: datetime, what: str, pause: float) -> None:
    """Do the job that was asked for; one line before each file, and one before everything is put down."""
    settings = load_settings(Path(instance), {"DATABASE_URL": url, **TEST_SECRETS})
    app = create_app(settings, clock=FixedClock(moment))
    for name in ("write_rows", "_seal"):
        setattr(closing_work, name, _told(getattr(closing_work, name), name, pause))
    app.extensions["jobs"].run_for(JOB, what)


def _told(act: Any, name: str, pause: float) -> Any:
    def doing(*given: Any, **named: Any) -> Any:
        print("doing", name, flush=True)
        time.sleep(pause)
        return act(*given, **named)

    return doing


if __name__ == "__main__":
    _, url_, instance_, moment_, what_, *pause_ = sys.argv
    main(url_, instance_, datetime.fromisoformat(moment_), what_, float(*pause_ or ("0",)))

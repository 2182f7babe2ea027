"""A rollover as a process of its own, in chunks of a few: says after each how far it is; killed from outside.

Run as `python -m tests.faults.mover DATABASE_URL INSTANCE MOMENT CHUNK HANDS [PAUSE]`.
"""

from __future__ import annotations

import sys
import time
from datetime import datetime
from pathlib import Path

from application import create_app
from core.settings import load_settings
from hazards.news import HazardsMovedUp
from inspections import rollover
from tests.databases import TEST_SECRETS


def main(url: str, instance: str, until: datetime, chunk: int, hands: int, pause: float) -> str:
    """Move up everything due; one line before the commit of each chunk, and one with what was done."""
    app = create_app(load_settings(Path(instance), {"DATABASE_URL": url, **TEST_SECRETS}))
    rollover.CHUNK = chunk  # type: ignore[misc]
    rollover.HANDS = hands  # type: ignore[misc]

    def told(news: HazardsMovedUp) -> None:
        print("moving", sum(move.number for move in news.moves), flush=True)
        time.sleep(pause)

    app.extensions["announcements"].subscribe(HazardsMovedUp, told)
    with app.app_context():
        outcome = rollover.roll_over(until, now=until)
    return f"moved {outcome.moved} told {outcome.told}"


if __name__ == "__main__":
    _, url_, instance_, moment_, chunk_, hands_, *pause_ = sys.argv
    given = datetime.fromisoformat(moment_), int(chunk_), int(hands_), float(*pause_ or ("0",))
    print(main(url_, instance_, *given), flush=True)

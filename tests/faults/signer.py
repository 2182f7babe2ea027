"""One signer as a process of its own: waits for the start signal, signs, prints what it was told.

Run as `python -m tests.faults.signer DATABASE_URL INSTANCE NUMBER PERSON_ID START_FILE`.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from accounts.access import actor_of, viewer_of
from accounts.models import Person
from application import create_app
from core.db import db, unit_of_work
from core.refusals import Refusal
from core.scope import everything, viewing
from core.settings import load_settings
from hazards.operations import requests
from hazards.queries import hazard_by_number
from tests.clocks import START
from tests.databases import TEST_SECRETS
from workflows.vocabulary import Manner, Verdict


def main(url: str, instance: str, number: str, person_id: int, start: Path) -> str:
    """Sign once, at the signal; "signed" or the refusal's sentence."""
    app = create_app(load_settings(Path(instance), {"DATABASE_URL": url, **TEST_SECRETS}), clock=lambda: START)
    with app.app_context():
        with everything("test"):
            person = db.session.get_one(Person, person_id)
            actor, viewer = actor_of(person), viewer_of(person)
        print("ready", flush=True)
        while not start.exists():
            time.sleep(0.002)
        try:
            with viewing(viewer), unit_of_work():
                requests.sign(
                    hazard_by_number(number),
                    by=actor,
                    verdict=Verdict.APPROVED,
                    opinion="同意",
                    manner=Manner.CONFIRMED,
                    now=START,
                )
        except Refusal as refusal:
            return refusal.sentence
        return "signed"


if __name__ == "__main__":
    _, url_, instance_, number_, person_, start_ = sys.argv
    print(main(url_, instance_, number_, int(person_), Path(start_)), flush=True)

"""An import as a process of its own: says when it begins to write, and how far it is; killed from outside.

Run as `python -m tests.faults.importer DATABASE_URL INSTANCE FILE`.
"""

from __future__ import annotations

import sys
from pathlib import Path

from application import create_app
from core.settings import load_settings
from hazards.operations.importing import Decisions, Options, import_ledger
from tests.clocks import FixedClock
from tests.databases import TEST_SECRETS


def main(url: str, instance: str, file: Path) -> str:
    """Import the file in the operator's name; each mark of progress is a line."""
    clock = FixedClock()
    app = create_app(load_settings(Path(instance), {"DATABASE_URL": url, **TEST_SECRETS}), clock=clock)

    def tick(done: int, total: int) -> None:
        print(done, total, flush=True)

    with app.app_context():
        options = Options(decisions=Decisions(confirmed=True))
        report = import_ledger(file.read_bytes(), file.name, options, by=None, now=clock(), tick=tick)
    return f"created {report.created}"


if __name__ == "__main__":
    _, url_, instance_, file_ = sys.argv
    print(main(url_, instance_, Path(file_)), flush=True)

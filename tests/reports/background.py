"""The job runner for tests: what was asked of it waits in a list until the test lets it run."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from flask import Flask

from tests.clocks import FixedClock


class Runner:
    """Takes what `ask_for` was given, and does it when told."""

    def __init__(self, app: Flask) -> None:
        self._jobs = app.extensions["jobs"]
        self.waiting: list[tuple[str, str]] = []
        self._jobs.ask_for = lambda name, what: self.waiting.append((name, what))

    def run(self) -> int:
        """Do everything that waits; how much there was."""
        todo, self.waiting[:] = list(self.waiting), []
        for name, what in todo:
            self._jobs.run_for(name, what)
        return len(todo)

    def lose(self) -> None:
        """As if the runner had been killed with all that waited."""
        self.waiting.clear()

    def every_so_often(self, name: str) -> None:
        """Do a periodic job now."""
        self._jobs.run(name)


class RunningClock(FixedClock):
    """Moves on by two seconds whenever somebody looks at it."""

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=2)
        return self.now


@pytest.fixture
def runner(app: Flask) -> Runner:
    """The runner of the application on each database."""
    return Runner(app)

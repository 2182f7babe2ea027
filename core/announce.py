"""A lower room tells a higher one: rooms subscribe when the application is built and hear in the same transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

Listener = Callable[[Any], None]


class Announcements:
    """Who listens to what; one per application."""

    def __init__(self) -> None:
        self._listeners: dict[type[Any], list[Listener]] = defaultdict(list)

    def subscribe(self, kind: type[Any], listener: Listener) -> None:
        """Call `listener` with every announcement of this kind."""
        self._listeners[kind].append(listener)

    def announce(self, what: Any) -> None:
        """Tell all listeners now; one that refuses undoes the whole unit of work."""
        for listener in self._listeners[type(what)]:
            listener(what)

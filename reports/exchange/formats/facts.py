"""What the register knows of one hazard at a period's last instant, as far as a format may ask for it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from core.days import shanghai_day
from workflows.vocabulary import Channel, State, Tier

Raw = str | int | bool | date | datetime | Decimal | tuple["Picture", ...] | None
"""A value before it is written. A text where a day is expected is what an imported file said (6月底前)."""


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture by the digest of its bytes, which is its name; `folder` says before or after."""

    folder: str
    digest: str
    media_type: str

    @property
    def name(self) -> str:
        """before/<SHA-256>.jpg: whoever has the file can check it against its name."""
        ending = self.media_type.partition("/")[2].replace("jpeg", "jpg")
        return f"{self.folder}/{self.digest}.{ending}"


@dataclass(frozen=True, slots=True)
class HazardFacts:
    """The version's content, and what stands beside it: the round that found it, its verification, its pictures.

    `applied`: a verification had been asked for and was not decided yet. `place` is longitude and latitude.
    `for_enterprise`: an enterprise reads it, to whom a complaint's hazard is a check (domain.md §3).
    """

    content: Mapping[str, Any]
    for_enterprise: bool = False
    applied: bool = False
    verifier: str = ""
    opinion: str = ""
    found_by_tier: Tier | None = None
    control_failed: bool = False
    before: tuple[Picture, ...] = ()
    after: tuple[Picture, ...] = ()
    place: tuple[float, float] | None = None

    @property
    def number(self) -> str:
        """The hazard's number."""
        return str(self.content["number"])

    @property
    def state(self) -> State:
        """As it stood."""
        return State(self.content["state"])

    @property
    def channel(self) -> Channel:
        """How it came in, as the reader may know it."""
        channel = Channel(self.content["channel"])
        return Channel.SUPERVISION if self.for_enterprise and channel is Channel.COMPLAINT else channel

    @property
    def is_verified(self) -> bool:
        """Whether its verification had been signed."""
        return self.state in (State.VERIFIED, State.CLOSED)

    def text(self, *names: str) -> str:
        """The first of these that is not empty."""
        return next((str(self.content[name]) for name in names if self.content.get(name)), "")

    def number_of(self, *names: str) -> int | None:
        """The first of these amounts that is there; nought is one."""
        return next((int(self.content[name]) for name in names if self.content.get(name) is not None), None)

    def day(self, name: str) -> date | None:
        """A day, also where a moment is kept."""
        kept = self.content.get(name)
        if not kept:
            return None
        return shanghai_day(datetime.fromisoformat(kept)) if "T" in kept else date.fromisoformat(kept)

    def moment(self, name: str) -> datetime | None:
        """A moment."""
        kept = self.content.get(name)
        return datetime.fromisoformat(kept) if kept else None

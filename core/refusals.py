"""One tree of refusals: what the product says when it will not do something.

A refusal is a sentence in Chinese that says what happened and what to do about it; it knows nothing of HTTP.
`core/http.py` is the one place that maps its kinds to status codes.
"""

from __future__ import annotations

from dataclasses import dataclass


class Refusal(Exception):
    """Something was asked for and is not done; `sentence` is shown to the person as it stands."""

    rule = ""

    def __init__(self, sentence: str, *, way_out: str = "", rule: str = "") -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.way_out = way_out
        self.rule = rule or type(self).rule


class NotFound(Refusal):
    """The record does not exist, or is another's: the two look alike on purpose."""


class NotAllowed(Refusal):
    """The person may see it but may not do this to it."""


class Invalid(Refusal):
    """What was typed cannot be taken; `fields` names the sentence for each field."""

    def __init__(self, sentence: str, *, fields: dict[str, str] | None = None, way_out: str = "") -> None:
        super().__init__(sentence, way_out=way_out)
        self.fields = fields or {}


class Conflict(Refusal):
    """Somebody else was quicker, or the record has moved on since the form was shown."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that changed between what a form showed and what the record holds now."""

    field: str
    before: str
    now: str


class Stale(Conflict):
    """The form was made from an older version; says who changed what, and keeps what was typed."""

    def __init__(
        self,
        sentence: str,
        *,
        who: str = "",
        differences: tuple[Difference, ...] = (),
        typed: str = "",
        next_url: str = "",
        next_label: str = "",
    ) -> None:
        super().__init__(sentence)
        self.who = who
        self.differences = differences
        self.typed = typed
        self.next_url = next_url
        self.next_label = next_label


class TooLarge(Refusal):
    """A file or a text is over its bound."""


class Unavailable(Refusal):
    """Something the product stands on does not answer: the database, the disk, the file store."""


class NotStored(Unavailable):
    """The file store takes no more: the disk is full, or may not be written."""


class TooOften(Refusal):
    """The same thing was tried too many times in a short while."""

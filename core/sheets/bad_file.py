"""The refusal for a file that cannot be read as a table; its sentence says what the file is and what to do."""

from __future__ import annotations

from core.refusals import Refusal


class BadFile(Refusal):
    """The file is no readable table, or is over a bound; nothing of it has been used."""

"""Issuing by a form where a seal service must be waited for: what comes before the form's own unit of work."""

from __future__ import annotations

from typing import Final

from accounts.access import current_actor
from core.db import unit_of_work
from core.once import AlreadyDone, keep_outcome, refuse_used, use_once
from core.web import now
from notices.operations.issuing import prepare
from notices.operations.sealing import Sealed, is_sealed_outside, sealed_outside
from notices.views.opening import Handed

ON_THE_WAY: Final = "-sealing"


def sealed_first(handed: Handed, key: str) -> Sealed | None:
    """Take the number and fetch the seal, where one is fetched; the form is handed in afterwards, by its `key`.

    A second tap meanwhile, and the same form again after a seal that failed, find the number that this very form took:
    nobody was quicker. So a key beside the form's own keeps the version in which it left the notice.
    """
    if not is_sealed_outside(handed.notice_id):
        return None
    beside = key + ON_THE_WAY
    with unit_of_work():
        refuse_used(key)
        handed.left = _left(beside)
        handed.refuse_late()
        prepared = prepare(handed.notice_id, by=current_actor(), now=now())
        keep_outcome(beside, str(prepared.version))
    handed.left = prepared.version
    return sealed_outside(prepared)


def _left(key: str) -> int | None:
    """The version in which a form has left its notice before; None at its first try."""
    try:
        use_once(key, current_actor().person_id, now())
    except AlreadyDone as before:
        return int(before.outcome)
    return None

"""What every page of one notice does: find it, hand in a form once, refuse one made from an older version."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from flask import url_for
from flask.typing import ResponseReturnValue

from accounts.forms.base import OnceForm
from accounts.views import handing_in
from accounts.views.handing_in import Done
from core.refusals import Refusal, Stale
from core.web import now
from notices.forms.acting import seen_version
from notices.models import Notice
from notices.presenting.history import last_entry
from notices.queries import notice_by_id

Act = Callable[[int], Done]


@dataclass(slots=True)
class Handed:
    """A form made from a version of a notice; `what` was not submitted where the notice has moved on since.

    `left` is the version in which this form itself has left the notice on its way.
    """

    notice_id: int
    what: str
    version: str | None
    typed: str
    left: int | None = None

    def refusal(self, notice: Notice) -> Refusal | None:
        """Who did what, where somebody was quicker."""
        if self.version is None or notice.version in (seen_version(self.version), self.left):
            return None
        return _stale(notice, self.what, self.typed)

    def refuse_late(self) -> None:
        """Inside a unit of work: the notice is locked, and somebody who was quicker stops it."""
        refusal = self.refusal(notice_by_id(self.notice_id, lock=True))
        if refusal is not None:
            raise refusal


def notice_url(notice_id: int) -> str:
    """The page of a notice."""
    return url_for("notices.detail", notice_id=notice_id)


def hand_in(
    form: OnceForm,
    notice_id: int,
    act: Act,
    *,
    what: str,
    version: str | None = None,
    typed: str = "",
    first: Callable[[Handed], None] | None = None,
) -> ResponseReturnValue | None:
    """Do what a valid form asks for, once; None where it must be shown again.

    `version` is what the form was made from, where it must not have changed; `what` names what was not submitted.
    `first` is what must be done before, in units of work of its own.
    """
    handed = Handed(notice_id, what, version, typed)

    def once() -> Done:
        handed.refuse_late()
        return act(notice_id)

    return handing_in.hand_in(
        form,
        once,
        home=notice_url(notice_id),
        late=lambda: handed.refusal(notice_by_id(notice_id)),
        first=partial(first, handed) if first is not None else None,
    )


def _stale(notice: Notice, what: str, typed: str) -> Stale:
    """Somebody was quicker: who did what when."""
    last = last_entry(notice, now())
    said = f"{last.who} 于 {last.at} 先{last.what}了" if last is not None else "文书已有变化"
    return Stale(
        f"您的{what}没有提交：{said}。文书现在是「{notice.status.label}」，请核对后再办。",
        typed=typed,
        next_url=notice_url(notice.id),
        next_label="回到文书",
    )

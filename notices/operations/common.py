"""What every verb of this room begins and ends with: the rules asked, one entry put into the history."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from accounts.access import Actor
from accounts.models import Grant, Person
from core.db import db
from core.history import append
from core.outbox import About, tell
from core.refusals import Conflict, Invalid, NotAllowed
from core.scope import everything
from notices.models import Notice
from notices.queries import notice_by_id
from notices.rules import LONGEST_REASON, NoticeCase, takers
from notices.waiting import ABOUT
from workflows.answers import Ruling

Permit = Callable[[NoticeCase], Ruling]


def case_of(notice: Notice, by: Actor) -> NoticeCase:
    """What the rules need to know of a notice and of who asks."""
    is_office = notice.office_id is not None
    own = notice.office_id == by.regulator_id if is_office else notice.enterprise_id == by.enterprise_id
    return NoticeCase(
        kind=notice.kind,
        status=notice.status,
        own=own and (by.regulator_id if is_office else by.enterprise_id) is not None,
        roles=by.roles,
        is_drafter=notice.drafted_by_id == by.person_id,
        is_reviewer=notice.reviewed_by_id == by.person_id,
    )


def take_up(notice_id: int, permit: Permit, by: Actor) -> Notice:
    """The notice, locked, once the rules allow the step; `NotAllowed`, or `Conflict` where somebody was quicker."""
    notice = notice_by_id(notice_id, lock=True)
    refuse_unless(permit(case_of(notice, by)))
    return notice


def refuse_unless(ruling: Ruling) -> None:
    """Raise what the ruling says, unless it allows."""
    if not ruling.allowed:
        raise (Conflict if ruling.rule == "state" else NotAllowed)(ruling.sentence, rule=ruling.rule)


def note(notice: Notice, kind: str, *, by: Actor, now: datetime, **content: Any) -> None:
    """One entry of the notice's history: ids, codes and digests, never personal data."""
    db.session.flush()
    append(notice, kind, at=now, actor_id=by.person_id, content=content)


def reason_of(text: str, field: str = "reason") -> str:
    """A reason that was given; `Invalid` where it was not, or is too long."""
    said = text.strip()
    if not said:
        raise Invalid("请写明理由。", fields={field: "请写明理由。"})
    if len(said) > LONGEST_REASON:
        sentence = f"理由最多 {LONGEST_REASON} 个字，现在 {len(said)} 个。请删减。"
        raise Invalid(sentence, fields={field: sentence})
    return said


def tell_holders(notice: Notice, text: str, *, but: set[int], by: Actor, now: datetime) -> None:
    """Tell those of the notice's office who may take the next step."""
    roles = takers(notice.kind, notice.status)
    with everything("who takes the next step of a notice"):
        wanted = (
            select(Person.id)
            .join(Grant, Grant.person_id == Person.id)
            .where(Person.regulator_id == notice.office_id, Person.active, Grant.ended_at.is_(None))
            .where(Grant.role.in_(sorted(roles)))
        )
        holders = set(db.session.scalars(wanted))
    mark = About(ABOUT, notice.id, notice.status.value)
    key = f"notice:{notice.id}:{notice.status.value}:{notice.version}"
    tell(holders - but - {by.person_id}, "notice", text, now=now, url=f"/notices/{notice.id}", key=key, about=mark)

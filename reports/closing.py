"""Months of an office: closed once, reopened with a reason. The verbs stand in a unit of work of the caller.

Closing is one act of the office's 安委办 clerk or reviewer [design]: what is frozen is computed, not written by them,
so a second signature would judge nothing. Taking it back is what needs another: the reviewer, with a reason.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Final

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from accounts.access import Actor
from accounts.history import record
from accounts.models import Regulator
from accounts.queries import deputations_between, person_labels
from core.chain import digest
from core.days import SHANGHAI, shanghai_day
from core.db import after_commit, db
from core.history import anchor
from core.outbox import tell
from core.refusals import Conflict, Invalid, NotAllowed, NotFound
from notices.anchors import anchor_words
from reports.models import ClosedLedger, CloseStatus, MonthClose
from reports.rules import Period, parse_month
from reports.running import is_stalled, start
from workflows.months import CLOSERS, REOPENERS

JOB: Final = "close-month"
SHOWN: Final = 120  # the newest closes of the office and those below
LONGEST_REASON: Final = 500
LIVE: Final = (CloseStatus.WRITING, CloseStatus.CLOSED)

NOT_YOURS: Final = "月结由本单位的安委办人员或审核人办理。请由他们办理。"
GONE: Final = "找不到这次月结，或者它不在您的管辖范围内。请从「月结」选择。"


def may_close(actor: Actor) -> bool:
    """Whether this person closes the months of an office."""
    return actor.regulator_id is not None and actor.holds(*CLOSERS)


def may_look(actor: Actor) -> bool:
    """Whether this person has months to look at: everybody of a regulator."""
    return actor.regulator_id is not None


def months_closed() -> list[MonthClose]:
    """The newest closes the viewer sees, the newest month first."""
    wanted = select(MonthClose).order_by(MonthClose.month.desc(), MonthClose.id.desc()).limit(SHOWN)
    return list(db.session.scalars(wanted))


def months_taken(office_id: int) -> set[str]:
    """The months that this office has closed, or is just closing."""
    wanted = select(MonthClose.month).where(MonthClose.office_id == office_id, MonthClose.status.in_(LIVE))
    return set(db.session.scalars(wanted))


def office_names(office_ids: Collection[int]) -> dict[int, str]:
    """The names of these offices."""
    wanted = select(Regulator.id, Regulator.name).where(Regulator.id.in_(office_ids))
    return {row.id: row.name for row in db.session.execute(wanted)}


def get_close(close_id: int) -> MonthClose:
    """One of them with its ledgers; `NotFound` else."""
    wanted = select(MonthClose).where(MonthClose.id == close_id).options(selectinload(MonthClose.ledgers))
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound(GONE)
    return found


def get_ledger(close_id: int, code: str) -> ClosedLedger:
    """One frozen ledger of a close; `NotFound` else."""
    found = db.session.scalar(select(ClosedLedger).where(ClosedLedger.close_id == close_id, ClosedLedger.code == code))
    if found is None:
        raise NotFound(GONE)
    return found


def locked(close_id: int) -> MonthClose:
    """The close with its row held, inside a unit of work."""
    found = db.session.scalar(select(MonthClose).where(MonthClose.id == close_id).with_for_update(of=MonthClose))
    if found is None:
        raise NotFound(GONE)
    return found


def begin(month: str, *, by: Actor, now: datetime) -> MonthClose:
    """Have a month closed: once, and only when it is over. Who comes second is told who was quicker."""
    if not may_close(by) or by.regulator_id is None:
        raise NotAllowed(NOT_YOURS)
    period = parse_month(month, shanghai_day(now))
    if not period.is_over(now):
        raise Invalid(
            f"{period.label}还没有结束，不能月结。请在它结束以后办理。", fields={"month": "这个月还没有结束。"}
        )
    office = _own_office(by.regulator_id)
    if (other := _live(office.id, period)) is not None:
        if other.status is CloseStatus.WRITING and other.closed_by_id == by.person_id:
            return other  # a second tap
        raise _second(other, period)
    made = MonthClose(
        office_id=office.id,
        region_path=office.region.path,
        month=period.code,
        status=CloseStatus.WRITING,
        closed_by_id=by.person_id,
        asked_at=now,
        anchor_words=anchor_words()[:200],
    )
    db.session.add(made)
    hand_over(made, now)
    return made


def _own_office(office_id: int) -> Regulator:
    """The office, its row held, so that two who close a month at once come one after the other."""
    return db.session.scalars(select(Regulator).where(Regulator.id == office_id).with_for_update(of=Regulator)).one()


def _live(office_id: int, period: Period) -> MonthClose | None:
    same = (MonthClose.office_id == office_id) & (MonthClose.month == period.code)
    return db.session.scalar(select(MonthClose).where(same, MonthClose.status.in_(LIVE)))


def _second(other: MonthClose, period: Period) -> Conflict:
    who, at = person_labels({other.closed_by_id})[other.closed_by_id].name, other.asked_at.astimezone(SHANGHAI)
    did = "已" if other.status is CloseStatus.CLOSED else "正"
    return Conflict(f"{period.label}{did}由{who}于 {at:%Y-%m-%d %H:%M} 月结，没有再办一次。请看结果。")


def hand_over(close: MonthClose, now: datetime) -> None:
    """Have a runner do it, from its beginning."""
    start(close, now)
    db.session.flush()
    jobs, what = current_app.extensions["jobs"], f"{close.id}:{close.claim}"
    after_commit(lambda: jobs.ask_for(JOB, what))


def again(close_id: int, *, by: Actor, now: datetime) -> None:
    """Begin anew what died with its runner: the same close, of the moment it was asked for."""
    close = _of_own_office(close_id, by)
    if not is_stalled(close, now):
        raise Conflict("这次月结正在进行，不需要重新开始。请稍等。")
    close.tries = 0
    hand_over(close, now)


def _of_own_office(close_id: int, by: Actor) -> MonthClose:
    close = locked(close_id)
    if not may_close(by) or close.office_id != by.regulator_id:
        raise NotAllowed(NOT_YOURS)
    return close


# --- reopening -------------------------------------------------------------------------------------------------


def may_reopen(close: MonthClose, actor: Actor, now: datetime) -> bool:
    """Whether this person may now."""
    try:
        allow_reopening(close, by=actor, now=now)
    except (Conflict, NotAllowed):
        return False
    return True


def allow_reopening(close: MonthClose, *, by: Actor, now: datetime) -> None:
    """Refuse with who does it instead, unless this person may open it again now."""
    if close.status is not CloseStatus.CLOSED:
        raise Conflict("这个月现在不是已结状态，不能重开。请刷新后核对。")
    if not by.holds(*REOPENERS) or not _answers(close, by):
        raise NotAllowed("重开由本单位或上一级单位的审核人办理。请由审核人办理。")
    _refuse_same_person(close, by, now)


def _answers(close: MonthClose, actor: Actor) -> bool:
    if actor.regulator_id is None or close.office_id == actor.regulator_id:
        return actor.regulator_id is not None
    parent = db.session.scalar(select(Regulator.parent_id).where(Regulator.id == close.office_id))
    return bool(parent == actor.regulator_id)


def reopen(close_id: int, reason: str, *, by: Actor, now: datetime) -> MonthClose:
    """Open a closed month again: its files stay, and a later close stands in its place."""
    close, said = locked(close_id), reason.strip()
    allow_reopening(close, by=by, now=now)
    if not said:
        raise Invalid("请写明重开的理由。", fields={"reason": "请写明理由。"})
    if len(said) > LONGEST_REASON:
        raise Invalid("理由太长。", fields={"reason": f"最多 {LONGEST_REASON} 字。请写短一些。"})
    close.status, close.reason = CloseStatus.REOPENED, said
    close.reopened_at, close.reopened_by_id = now, by.person_id
    office = db.session.get_one(Regulator, close.office_id)
    told = {"close": close.id, "month": close.month, "note_digest": digest(said.encode())}
    record(office, "month_reopened", by=by, now=now, **told)
    anchor(at=now, reason="month_reopen")
    text = f"您月结的 {close.month} 台账已由{by.name}重开：{said}"
    tell([close.closed_by_id], "closing", text, now=now, url=f"/reports/closing/{close.id}", key=f"reopened:{close.id}")
    return close


def _refuse_same_person(close: MonthClose, by: Actor, now: datetime) -> None:
    """Who closed does not take it back, nor does a deputy, who counts as the same person (domain.md §2)."""
    both = {close.closed_by_id, by.person_id}
    acted = deputations_between(both, close.asked_at, now)
    if len(both) == 1 or any({one.person_id, one.deputy_id} == both for one in acted):
        raise NotAllowed("月结和重开不能是同一个人（代理人视同本人）。请另一名审核人办理。")

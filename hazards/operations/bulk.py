"""Several hazards at once: what was asked for, and what came of each.

A run is put down before the first act, together with the key of its form, so that the second tap of a thumb is led to
the result of the first. What came of a hazard is put down in the unit of work of its act: a crash loses neither.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import delete, select, update

from accounts.access import Actor
from core.db import db
from core.once import use_once
from core.refusals import Invalid, NotFound
from hazards.models import BulkItem, BulkRun
from hazards.rules import BulkAct, BulkOutcome

MOST: Final = 100
KEPT: Final = timedelta(days=30)
LONGEST_SAID: Final = 600


def begin(act: BulkAct, numbers: Sequence[str], key: str, *, by: Actor, now: datetime) -> BulkRun:
    """Put down what is asked for; raises `AlreadyDone` where this very form was handed in before."""
    use_once(key, by.person_id, now)
    if not numbers:
        raise Invalid("没有勾选隐患。请勾选后再提交。")
    if len(numbers) > MOST:
        raise Invalid(f"一次最多办理 {MOST} 条，现在勾选了 {len(numbers)} 条。请分几次办理。")
    _forget(by.person_id, now)
    run = BulkRun(person_id=by.person_id, act=act, asked=len(numbers), at=now)
    db.session.add(run)
    db.session.flush()
    db.session.add_all(BulkItem(run_id=run.id, position=place, number=one) for place, one in enumerate(numbers))
    return run


def put_down(run_id: int, position: int, outcome: BulkOutcome, said: str) -> None:
    """What came of one of them, inside the unit of work of its act (or of its refusal)."""
    row = update(BulkItem).where(BulkItem.run_id == run_id, BulkItem.position == position)
    db.session.execute(
        row.values(outcome=outcome, said=said[:LONGEST_SAID]), execution_options={"synchronize_session": False}
    )


def read_run(run_id: int) -> tuple[BulkRun, list[BulkItem]]:
    """The viewer's own run with its hazards in the order they were shown; `NotFound` else."""
    run = db.session.scalar(select(BulkRun).where(BulkRun.id == run_id))
    if run is None:
        raise NotFound("找不到这次办理的结果，可能已过 30 天。办理情况都记在各条隐患的经过里。")
    items = select(BulkItem).where(BulkItem.run_id == run_id).order_by(BulkItem.position)
    return run, list(db.session.scalars(items))


def _forget(person_id: int, now: datetime) -> None:
    """Results are for the eye, not for the record: the person's old ones go when a new one comes."""
    old = select(BulkRun.id).where(BulkRun.person_id == person_id, BulkRun.at < now - KEPT)
    for wanted in (delete(BulkItem).where(BulkItem.run_id.in_(old)), delete(BulkRun).where(BulkRun.id.in_(old))):
        db.session.execute(wanted, execution_options={"synchronize_session": False})

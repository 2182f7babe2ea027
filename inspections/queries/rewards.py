"""Rewards of an enterprise's reporters: the list by key, its figures, one of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from sqlalchemy import ColumnElement, Select, case, func, select

from core.db import db
from core.refusals import NotFound
from hazards.models import Hazard
from inspections.models import Reward
from workflows.vocabulary import State

PAGE: Final = 50
STAGES: Final[dict[str, str]] = {"open": "待决定", "decided": "已决定未发放", "paid": "已发放", "none": "不发放"}


class RewardRow(NamedTuple):
    """A report with what was decided for it; `has_contact` and `by_account` say what is known of the reporter."""

    id: int
    number: str
    description: str
    state: State
    reported_at: datetime
    reporter: str
    reporter_id: int | None
    has_contact: bool
    amount_fen: int | None
    note: str
    decided_at: datetime | None
    paid_at: datetime | None

    @property
    def stage(self) -> str:
        """A key of `STAGES`."""
        if self.paid_at is not None:
            return "paid"
        if self.decided_at is None:
            return "open"
        return "decided" if self.amount_fen else "none"


_STAGE: Final[dict[str, ColumnElement[bool]]] = {
    "open": Reward.decided_at.is_(None),
    "decided": Reward.decided_at.is_not(None) & Reward.paid_at.is_(None) & (Reward.amount_fen > 0),
    "paid": Reward.paid_at.is_not(None),
    "none": Reward.decided_at.is_not(None) & (Reward.amount_fen == 0),
}
_COLUMNS: Final[tuple[Any, ...]] = (
    Reward.id,
    Hazard.number,
    func.substr(Hazard.description, 1, 200),
    Hazard.state,
    Hazard.reported_at,
    Reward.reporter,
    Hazard.reporter_id,
    Reward.contact != "",
    Reward.amount_fen,
    Reward.note,
    Reward.decided_at,
    Reward.paid_at,
)


def get_reward(hazard_id: int) -> Reward:
    """The reward of a hazard the viewer sees, else `NotFound`."""
    found = db.session.scalar(select(Reward).where(Reward.hazard_id == hazard_id))
    if found is None:
        raise NotFound("这条隐患没有登记奖励。从业人员扫码上报的才有。")
    return found


def rewards_page(
    enterprise_id: int, *, stage: str = "", after: int | None = None, limit: int = PAGE
) -> tuple[Sequence[RewardRow], int | None]:
    """The newest first, and the key of the next page."""
    wanted = _of(enterprise_id, stage).with_only_columns(*_COLUMNS)
    if after is not None:
        wanted = wanted.where(Reward.id < after)
    rows = db.session.execute(wanted.order_by(Reward.id.desc()).limit(limit + 1)).all()
    shown = [RewardRow(*row) for row in rows[:limit]]
    return shown, shown[-1].id if len(rows) > limit else None


class RewardFigures(NamedTuple):
    """How many reports stand in each stage, and what was decided and paid."""

    stages: dict[str, int]
    decided_fen: int
    paid_fen: int


def reward_figures(enterprise_id: int) -> RewardFigures:
    """All of it in one statement."""
    counts = [func.sum(case((condition, 1), else_=0)) for condition in _STAGE.values()]
    amount = func.coalesce(Reward.amount_fen, 0)
    paid = func.sum(case((_STAGE["paid"], amount), else_=0))
    row = db.session.execute(_of(enterprise_id, "").with_only_columns(*counts, func.sum(amount), paid)).one()
    *stages, decided_fen, paid_fen = (int(one or 0) for one in row)
    return RewardFigures(dict(zip(_STAGE, stages, strict=True)), decided_fen, paid_fen)


def _of(enterprise_id: int, stage: str) -> Select[Any]:
    wanted = select(Reward).join(Hazard, Hazard.id == Reward.hazard_id).where(Hazard.enterprise_id == enterprise_id)
    return wanted.where(_STAGE[stage]) if stage in _STAGE else wanted

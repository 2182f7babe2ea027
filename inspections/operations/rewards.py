"""隐患报告奖励: what the enterprise decided for whoever reported, and that it was paid; each an entry of the history.

The safety manager, the plant manager or the principal decide and have it paid, nobody on an own report. A reporter's
contact is sealed; each look at it is written into the looker's own history, with the reason.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.history import record as record_of
from accounts.notes import note_on
from accounts.queries import person_by_id
from core.chain import digest
from core.db import db
from core.money import MAX_FEN
from core.refusals import Conflict, Invalid, NotAllowed
from core.sealing import Unreadable, unseal
from hazards.models import Hazard
from hazards.queries import hazard_by_number
from hazards.recording import record
from inspections.models import Reward
from inspections.operations.open_reports import CONTACT
from inspections.operations.points import KEEPS_ALL
from inspections.queries.rewards import get_reward

LONGEST_NOTE: Final = 300
WHO_DECIDES: Final = "本企业安全管理人员、厂长或主要负责人"


def may_decide(actor: Actor, hazard: Hazard) -> bool:
    """Whether this person decides on the reward of that report."""
    is_theirs = actor.enterprise_id == hazard.enterprise_id and actor.holds(*KEEPS_ALL)
    return is_theirs and hazard.reporter_id != actor.person_id


def decide(number: str, amount_fen: int, note: str, *, by: Actor, now: datetime) -> Reward:
    """Decide on the reward (0 yuan with a reason is a decision too); may be changed until it is paid."""
    hazard, reward = _taken(number, by)
    if reward.paid_at is not None:
        raise Conflict("这笔奖励已经发放，不能再改。")
    wrong = {}
    if not 0 <= amount_fen <= MAX_FEN:
        wrong["amount"] = "金额看不懂，或者太大。请以元为单位写数字，如 200。"
    if len(note) > LONGEST_NOTE:
        wrong["note"] = f"最多 {LONGEST_NOTE} 个字。请删减。"
    elif amount_fen == 0 and not note:
        wrong["note"] = "不发奖励的，请写明理由，上报人查询时能看到已作决定。"
    if wrong:
        raise Invalid("还不能决定：" + "".join(wrong.values()), fields=wrong)
    reward.amount_fen, reward.note = amount_fen, note
    reward.decided_at, reward.decided_by_id = now, by.person_id
    content = {"reward": "decided", "amount_fen": amount_fen, "note_digest": digest(note.encode())}
    record(hazard, "reward", by=by.person_id, now=now, content=content)
    return reward


def pay(number: str, *, by: Actor, now: datetime) -> Reward:
    """Put down that it was paid."""
    hazard, reward = _taken(number, by)
    if reward.decided_at is None or not reward.amount_fen:
        raise Conflict("还没有决定发放奖励。请先决定金额。")
    if reward.paid_at is not None:
        raise Conflict("这笔奖励已经登记发放。")
    reward.paid_at = now
    record(hazard, "reward", by=by.person_id, now=now, content={"reward": "paid", "amount_fen": reward.amount_fen})
    return reward


def look_at_reporter(number: str, reason: str, *, by: Actor, now: datetime) -> tuple[str, str]:
    """The reporter's name and contact, once the look is written down with its reason. Inside a unit of work."""
    hazard, reward = _taken(number, by)
    person = person_by_id(by.person_id)
    if person is None or not (reward.contact or reward.reporter):
        raise Conflict("上报人没有留姓名和联系方式。")
    try:
        kept = reward.contact
        contact = unseal(kept, purpose=CONTACT, owner=str(hazard.id)).decode() if kept else ""
    except Unreadable as error:
        raise Conflict("这份联系方式打不开：系统的密钥换过。请系统管理员核对 CHAIN_KEY。") from error
    record_of(person, "reporter_read", by=by, now=now, hazard=hazard.id, **note_on(person, reason, by=by, now=now))
    return reward.reporter, contact


def _taken(number: str, by: Actor) -> tuple[Hazard, Reward]:
    hazard = hazard_by_number(number, lock=True)
    reward = get_reward(hazard.id)
    if not may_decide(by, hazard):
        raise NotAllowed(f"您不能办理这笔奖励。由{WHO_DECIDES}办理；自己上报的，由别人决定。")
    fresh = select(Reward).where(Reward.id == reward.id).with_for_update().execution_options(populate_existing=True)
    return hazard, db.session.scalars(fresh).one()

"""A form is handed in once: an impatient thumb's second submission finds the form's key used.

A page that shows a form puts `new_key()` into it; the view calls `use_once` inside the unit of work, together with
what the form asks for, and `keep_outcome` with the address it will lead to. So key and deed stand or fall together.
"""

from __future__ import annotations

import re
import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.dialects import postgresql, sqlite

from core.db import db, is_sqlite
from core.models import OnceKey
from core.refusals import Conflict, Invalid

KEPT = timedelta(days=7)

_KEY = re.compile(r"[A-Za-z0-9_-]{16,64}")


class AlreadyDone(Conflict):
    """This very form was handed in before; `outcome` is the address it led to ("" where none was kept)."""

    def __init__(self, outcome: str) -> None:
        super().__init__("这张表已提交过，没有重复办理。")
        self.outcome = outcome


def new_key() -> str:
    """A key for one showing of a form."""
    return secrets.token_urlsafe(24)


def use_once(key: str, person_id: int, now: datetime, *, outcome: str = "") -> None:
    """Use up the key inside the running unit of work.

    Two submissions at the same time queue at the key's row: the second raises `AlreadyDone` when the first is down,
    and goes through when the first failed. `Invalid` for what is no key, or another person's.
    """
    if not _KEY.fullmatch(key):
        raise Invalid("这张表不完整，没有提交。请返回上一页刷新后再提交。")
    make = sqlite.insert(OnceKey) if is_sqlite() else postgresql.insert(OnceKey)
    row = {"key": key, "person_id": person_id, "used_at": now, "outcome": outcome[:300]}
    if db.session.scalar(make.values(row).on_conflict_do_nothing().returning(OnceKey.key)) is not None:
        return
    used = db.session.scalars(select(OnceKey).where(OnceKey.key == key)).one()
    if used.person_id != person_id:
        raise Invalid("这张表不是由您打开的，没有提交。请返回上一页刷新后再提交。")
    raise AlreadyDone(used.outcome)


def refuse_used(key: str) -> None:
    """`AlreadyDone` where the key was used up; before work in several steps, the last of which uses it."""
    used = db.session.get(OnceKey, key)
    if used is not None:
        raise AlreadyDone(used.outcome)


def keep_outcome(key: str, url: str) -> None:
    """Note where the form led, for the second submission; inside the same unit of work."""
    db.session.get_one(OnceKey, key).outcome = url[:300]


def forget_old_keys(now: datetime) -> int:
    """Remove keys of forms nobody can still have open; inside a unit of work."""
    gone = db.session.execute(delete(OnceKey).where(OnceKey.used_at < now - KEPT).returning(OnceKey.key))
    return len(gone.all())

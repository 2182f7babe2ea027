"""The newest anchor of the history as papers and ledgers print it: it binds every event before it."""

from __future__ import annotations

from sqlalchemy import select

from core.days import SHANGHAI
from core.db import db
from core.models import Anchor


def anchor_words(*, moment: bool = True) -> str:
    """第 12 号 2026-11-16 10:00 and its digest, without the moment where a line is short; empty before the first."""
    last = db.session.scalar(select(Anchor).order_by(Anchor.seq.desc()).limit(1))
    if last is None:
        return ""
    at = f" {last.at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if moment else ""
    return f"第 {last.seq} 号{at} {last.digest}"

"""Papers whose contents another room knows (the statistics of a period): that room adds how they are made."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from flask import Flask, current_app

from notices.models import Notice
from notices.snapshots import NoticeSnapshot
from workflows.notices import NoticeKind

Maker = Callable[[Notice, datetime], NoticeSnapshot]


def add_maker(app: Flask, kind: NoticeKind, make: Maker) -> None:
    """Have papers of this kind made by `make(notice, now)`; called by a room's `install`."""
    app.extensions.setdefault("notice_makers", {})[kind] = make


def maker_of(kind: NoticeKind) -> Maker | None:
    """Who makes papers of this kind; None: they are filled here."""
    makers: dict[NoticeKind, Maker] = current_app.extensions.get("notice_makers", {})
    return makers.get(kind)

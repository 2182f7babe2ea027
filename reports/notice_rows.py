"""The notices that wait for whoever looks, as rows of the home page."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from flask import url_for

from accounts.access import Actor
from hazards.presenting.words import waited_text
from notices.models import Notice
from notices.presenting.words import named
from notices.waiting import COUNTED, waiting_for, waiting_for_bar
from reports.figures import bounded
from reports.presenting import TodoRow
from workflows.notices import NoticeStatus

SHOWN: Final = 10
_VERBS: Final = {NoticeStatus.DRAFT: ("修改", "edit"), NoticeStatus.REVIEWING: ("审核", "approve")}
_ISSUE: Final = ("签发", "issue")


def notice_rows(actor: Actor, now: datetime) -> tuple[tuple[TodoRow, ...], str]:
    """The first that wait, the oldest first, and how many there are in words; none where none waits."""
    found = waiting_for(actor)
    total = bounded(waiting_for_bar(actor), COUNTED - 1) if found else ""
    return tuple(_row(notice, now) for notice in found[:SHOWN]), total


def summary_with(words: str, hazards: int, total: str) -> str:
    """The summary of the day with the notices: 等我处理 5 项；等我办的文书 2 份."""
    if not total:
        return words
    told = f"等我办的文书 {total} 份"
    return f"{words}；{told}" if hazards else told


def _row(notice: Notice, now: datetime) -> TodoRow:
    verb, step = _VERBS.get(notice.status, _ISSUE)
    url = url_for("notices.detail", notice_id=notice.id)
    is_back = notice.status is NoticeStatus.DRAFT
    act = url_for("notices.edit", notice_id=notice.id) if is_back else _step_url(notice, step)
    since = notice.reviewed_at or notice.drafted_at
    return TodoRow(
        what=named(notice),
        url=url,
        ask=f"退回修改：{notice.returned_reason}" if is_back else f"请{verb}",
        meta=tuple(filter(None, (notice.addressee, waited_text(since, now)))),
        verb=verb,
        act_url=act,
    )


def _step_url(notice: Notice, step: str) -> str:
    return url_for("notices.act", notice_id=notice.id, step=step)

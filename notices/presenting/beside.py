"""What notices add to the pages of hazards: a panel, a button of the list's bar, numbers reserved for an order."""

from __future__ import annotations

from typing import Any

from flask import url_for
from markupsafe import Markup

from accounts.access import Actor
from core.days import shanghai_day
from hazards.models import Hazard
from hazards.panels import HazardPanel
from notices.models import Notice
from notices.presenting.words import receipt_label, status_label
from notices.queries import notices_of_hazard, reserved_numbers
from notices.rules import kinds_drafted

SHOWN = 10


def panel_of(hazard: Hazard, actor: Actor) -> HazardPanel | None:
    """The notices about a hazard, and the way to draft one."""
    found = notices_of_hazard(hazard.id, most=SHOWN)
    drafts = kinds_drafted(actor.roles)
    if not found and not drafts:
        return None
    link = ("起草文书", url_for("notices.new", hazard=hazard.number)) if drafts else None
    rows = tuple(_row(notice) for notice in found) or (("文书", "还没有", True, ""),)
    return HazardPanel("notices", "文书", rows, link)


def _row(notice: Notice) -> tuple[Any, ...]:
    url = url_for("notices.detail", notice_id=notice.id)
    named = Markup('<a href="{}">{}</a>').format(url, notice.number or "未编号")
    receipt, _tone = receipt_label(notice)
    day = shanghai_day(notice.issued_at or notice.drafted_at).isoformat()
    return (notice.title, named, True, "　".join(filter(None, (status_label(notice), day, receipt))))


def bulk_button(actor: Actor) -> tuple[str, str, str] | None:
    """起草文书 about the picked, for whoever drafts any."""
    return ("起草文书", "plain", url_for("notices.new")) if kinds_drafted(actor.roles) else None


def numbers_for(hazard: Hazard) -> list[str]:
    """Numbers taken early by drafts of orders about this hazard."""
    return reserved_numbers(hazard.id)

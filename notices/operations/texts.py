"""An office's own texts of notices: each change is a new version, which never changes; papers keep the one they had."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.history import record
from accounts.models import Regulator
from accounts.roles import Role, Side
from core.chain import digest
from core.db import db
from core.refusals import Conflict, Invalid, NotAllowed
from notices.models import NoticeTemplate
from notices.texts import check, has_text
from notices.texts_in_force import in_force, newest_version
from workflows.notices import NOTICES, TEMPLATE_EDITORS, NoticeKind

LONGEST_NOTE: Final = 200
EDITORS: Final = "、".join(role.label for role in Role if role in TEMPLATE_EDITORS)

OFFICE_KINDS: Final = tuple(row.kind for row in NOTICES.values() if row.side is Side.REGULATOR and has_text(row.kind))
"""The kinds whose text an office may have of its own."""


@dataclass(frozen=True, slots=True)
class TextSaid:
    """What an editor hands in: the text (None: the product's again), why, and the version it was made from."""

    text: str | None
    note: str
    expected: int = 0


def may_edit(by: Actor, office_id: int) -> bool:
    """Whether somebody edits the texts and numbers of this office."""
    return by.regulator_id == office_id and by.holds(*TEMPLATE_EDITORS)


def refuse_others(by: Actor, office: Regulator, what: str) -> None:
    """Refuse whoever does not keep the texts and numbers of the office."""
    if not may_edit(by, office.id):
        raise NotAllowed(f"{what}由本单位的{EDITORS}维护。")


def keep_text(office: Regulator, kind: NoticeKind, said: TextSaid, *, by: Actor, now: datetime) -> NoticeTemplate:
    """Keep the next version of an office's text.

    Raises `NotAllowed` for who may not; `Invalid` with each fault and its line, or where nothing changed; `Conflict`
    where somebody kept another version since the form was shown.
    """
    refuse_others(by, office, "文书模板")
    db.session.execute(select(Regulator.id).where(Regulator.id == office.id).with_for_update())
    before = newest_version(office.id, kind)
    _refuse_overtaken(before, said)
    text = _checked(kind, before, said)
    made = NoticeTemplate(
        regulator_id=office.id,
        kind=kind,
        number=(before.number if before else 0) + 1,
        text=text,
        own=said.text is not None,
        changed_by_id=by.person_id,
        changed_at=now,
        note=said.note,
    )
    db.session.add(made)
    record(office, "text_changed", by=by, now=now, notice=kind.value, version=made.number, digest=digest(text.encode()))
    return made


def _refuse_overtaken(before: NoticeTemplate | None, said: TextSaid) -> None:
    newest = before.number if before else 0
    if newest != said.expected:
        raise Conflict(f"您打开以后，别人已存了第 {newest} 版，您的没有存。您写的保留在下面；请对照最新一版再存。")


def _checked(kind: NoticeKind, before: NoticeTemplate | None, said: TextSaid) -> str:
    """The text to keep; `Invalid` for one with faults, or that is the one in force."""
    if not said.note:
        raise Invalid("请写明为什么改。", fields={"note": "请写明为什么改，写在版本记录里。"})
    now_in_force = in_force(before, kind)
    if said.text is None:
        if now_in_force.id is None:
            raise Invalid("现在用的就是系统文字。")
        return ""
    if faults := check(said.text, kind):
        raise Invalid("文字有错，没有存。", fields={"text": "\n".join(fault.told() for fault in faults)})
    if said.text == now_in_force.text.strip():
        raise Invalid("文字没有改动。", fields={"text": "与现在用的一样，没有存新的一版。"})
    return said.text

"""Which text a notice of an office is made of: its newest own version, or the product's."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from core.db import db
from notices.models import NoticeTemplate
from notices.texts import Parts, default_text, parse
from workflows.notices import NoticeKind


@dataclass(frozen=True, slots=True)
class TextInForce:
    """The text, and its parts. `id` and `number` are of the office's version; both None for the product's text."""

    text: str
    parts: Parts
    id: int | None = None
    number: int | None = None


def template_for(office_id: int | None, kind: NoticeKind) -> TextInForce:
    """The text that holds now. An enterprise's form (`office_id` None) has the product's."""
    newest = newest_version(office_id, kind) if office_id is not None else None
    return in_force(newest, kind)


def newest_version(office_id: int, kind: NoticeKind) -> NoticeTemplate | None:
    """The version of an office's text that was kept last, its own or the return to the product's."""
    of_kind = select(NoticeTemplate).where(NoticeTemplate.regulator_id == office_id, NoticeTemplate.kind == kind)
    return db.session.scalar(of_kind.order_by(NoticeTemplate.number.desc()).limit(1))


def in_force(version: NoticeTemplate | None, kind: NoticeKind) -> TextInForce:
    """What holds where this version is the newest."""
    if version is None or not version.own:
        text = default_text(kind)
        return TextInForce(text, parse(text))
    return TextInForce(version.text, parse(version.text), version.id, version.number)

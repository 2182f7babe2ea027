"""Column titles that offices added to the built-in table: what the reader is told, and how the table is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from accounts.access import Actor
from accounts.models import Person
from core.db import db
from core.refusals import Invalid, NotFound
from core.sheets import squeeze
from hazards.ledger import RULES, Field
from hazards.models import HeaderTitle

MOST: Final = 500
SHOWN: Final = 50
LONGEST: Final = 40


def titles_in_force() -> dict[str, Field]:
    """What the reader takes beside its own table."""
    known = {field.value: field for field in Field}
    rows = db.session.execute(
        select(HeaderTitle.title, HeaderTitle.field).where(HeaderTitle.removed_at.is_(None)).limit(MOST)
    )
    return {title: known[field] for title, field in rows if field in known}


def add_title(title: str, field: Field, *, by: Actor, now: datetime) -> HeaderTitle:
    """Add a title, inside a unit of work; `Invalid` for one that is known already."""
    plain = squeeze(title)
    if not plain or len(title) > LONGEST:
        raise Invalid(
            f"请写表头的文字，最多 {LONGEST} 个字。", fields={"title": f"请写表头的文字，最多 {LONGEST} 个字。"}
        )
    if (meaning := built_in_meaning(plain)) is not None:
        said = f"内置的表里已有「{title}」，读作「{meaning}」。要读作别的，请在导入时改那一列的对应。"
        raise Invalid(said, fields={"title": said})
    there = select(HeaderTitle).where(HeaderTitle.plain == plain, HeaderTitle.removed_at.is_(None))
    if db.session.scalar(there) is not None:
        raise Invalid("这个表头已经添加过。", fields={"title": "这个表头已经添加过。要改读作什么，请先移除再添加。"})
    if (db.session.scalar(select(func.count()).where(HeaderTitle.removed_at.is_(None))) or 0) >= MOST:
        raise Invalid(f"最多添加 {MOST} 个表头。请先移除用不到的。")
    made = HeaderTitle(field=field.value, title=title, plain=plain, added_at=now, added_by_id=by.person_id)
    db.session.add(made)
    db.session.flush()
    return made


def built_in_meaning(plain: str) -> str | None:
    """The field a title has in the built-in table, by its own name."""
    return next((rule.label for rule in RULES for title in rule.titles if squeeze(title) == plain), None)


def remove_title(title_id: int, *, by: Actor, now: datetime) -> HeaderTitle:
    """Take a title away, inside a unit of work; it stays as history."""
    found = db.session.scalar(select(HeaderTitle).where(HeaderTitle.id == title_id).with_for_update())
    if found is None:
        raise NotFound("找不到这个表头。请刷新后核对。")
    if found.removed_at is None:
        found.removed_at, found.removed_by_id = now, by.person_id
    return found


@dataclass(frozen=True, slots=True)
class TitleRow:
    """One added title and who added and removed it."""

    entry: HeaderTitle
    label: str
    added_by: str
    removed_by: str


def added_titles(*, removed: bool = False, limit: int = MOST) -> list[TitleRow]:
    """The added titles in force, newest first; or those taken away."""
    adder, remover = aliased(Person), aliased(Person)
    wanted = (
        select(HeaderTitle, adder.name, remover.name)
        .outerjoin(adder, adder.id == HeaderTitle.added_by_id)
        .outerjoin(remover, remover.id == HeaderTitle.removed_by_id)
        .where(HeaderTitle.removed_at.is_not(None) if removed else HeaderTitle.removed_at.is_(None))
        .order_by((HeaderTitle.removed_at if removed else HeaderTitle.added_at).desc(), HeaderTitle.id.desc())
        .limit(limit)
    )
    labels = {rule.field.value: rule.label for rule in RULES}
    return [
        TitleRow(entry, labels.get(entry.field, entry.field), added or "", gone or "")
        for entry, added, gone in db.session.execute(wanted)
    ]

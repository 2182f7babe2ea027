"""The versions of an office's texts: who kept them when and why, and what differs between two."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

from sqlalchemy import func, select

from accounts.queries.people import person_labels
from core.db import db
from core.refusals import NotFound
from notices.models import NoticeTemplate
from notices.texts import default_text
from workflows.notices import NoticeKind

PAGE = 50


@dataclass(frozen=True, slots=True)
class Version:
    """A version as pages show it; `who` kept it."""

    row: NoticeTemplate
    who: str


def newest_of_each(office_id: int) -> dict[NoticeKind, Version]:
    """The newest version of every kind that the office ever changed."""
    newest = (
        select(NoticeTemplate.kind, func.max(NoticeTemplate.number).label("number"))
        .where(NoticeTemplate.regulator_id == office_id)
        .group_by(NoticeTemplate.kind)
        .subquery()
    )
    its = (NoticeTemplate.kind == newest.c.kind) & (NoticeTemplate.number == newest.c.number)
    rows = db.session.scalars(select(NoticeTemplate).join(newest, its).where(NoticeTemplate.regulator_id == office_id))
    return {version.row.kind: version for version in _named(list(rows))}


def versions_of(office_id: int, kind: NoticeKind, before: int | None = None) -> tuple[list[Version], bool]:
    """One page of the versions, the newest first, and whether older ones follow."""
    wanted = select(NoticeTemplate).where(NoticeTemplate.regulator_id == office_id, NoticeTemplate.kind == kind)
    if before is not None:
        wanted = wanted.where(NoticeTemplate.number < before)
    found = list(db.session.scalars(wanted.order_by(NoticeTemplate.number.desc()).limit(PAGE + 1)))
    return _named(found[:PAGE]), len(found) > PAGE


def version_of(office_id: int, kind: NoticeKind, number: int) -> Version:
    """One version; `NotFound` where the office has none of this number."""
    wanted = select(NoticeTemplate).where(
        NoticeTemplate.regulator_id == office_id, NoticeTemplate.kind == kind, NoticeTemplate.number == number
    )
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound("找不到这一版。请从版本记录里选。")
    return _named([found])[0]


def text_of(version: NoticeTemplate) -> str:
    """The text that held from a version on: its own, or the product's."""
    return version.text if version.own else default_text(version.kind)


def text_before(version: NoticeTemplate) -> str:
    """The text that held until this version."""
    if version.number == 1:
        return default_text(version.kind)
    return text_of(version_of(version.regulator_id, version.kind, version.number - 1).row)


def _named(rows: list[NoticeTemplate]) -> list[Version]:
    names = person_labels({row.changed_by_id for row in rows})
    return [Version(row, names[row.changed_by_id].name if row.changed_by_id in names else "—") for row in rows]


# --- what differs ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class DiffLine:
    """One line of a comparison: `sign` is + for a new one, − for one that went, empty for one that stayed."""

    sign: str
    text: str


def difference(before: str, after: str) -> list[DiffLine]:
    """Two texts line by line, in the order of the new one."""
    old, new = before.strip().splitlines(), after.strip().splitlines()
    return list(_compared(old, new))


def _compared(old: list[str], new: list[str]) -> Iterator[DiffLine]:
    for what, old_from, old_to, new_from, new_to in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield from (DiffLine("", line) for line in new[new_from:new_to])
            continue
        yield from (DiffLine("−", line) for line in old[old_from:old_to])
        yield from (DiffLine("+", line) for line in new[new_from:new_to])

"""Imports as pages ask for them: one's own files on their way in, a page of rows, what the own organisation brought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from sqlalchemy import ColumnElement, select, tuple_

from accounts.access import Actor
from core.db import db
from core.refusals import NotFound
from hazards.models import DraftStage, ImportDraft, ImportDraftRow, LedgerImport
from hazards.operations.import_drafts import GONE, OPEN_AT_ONCE
from hazards.operations.importing.plan import IMPORTERS

PAGE: Final = 20
LANDED_SHOWN: Final = 20


def may_import(actor: Actor) -> bool:
    """Whether the person has the pages of imports at all."""
    return actor.holds(*IMPORTERS)


def get_draft(draft_id: int) -> ImportDraft:
    """A file on its way in, else `NotFound`."""
    found = db.session.scalar(select(ImportDraft).where(ImportDraft.id == draft_id))
    if found is None:
        raise NotFound(GONE)
    return found


def open_imports() -> list[ImportDraft]:
    """One's own files that are under way or wait for a decision, newest first."""
    wanted = select(ImportDraft).where(ImportDraft.stage != DraftStage.DONE)
    return list(db.session.scalars(wanted.order_by(ImportDraft.id.desc()).limit(OPEN_AT_ONCE)))


def get_import(import_id: int) -> LedgerImport:
    """What came in, of the own organisation, else `NotFound`."""
    found = db.session.scalar(
        select(LedgerImport).where(LedgerImport.id == import_id, LedgerImport.landed_at.is_not(None))
    )
    if found is None:
        raise NotFound("找不到这次导入，或者它不是您所在单位的。请核对链接。")
    return found


def landed_imports(before: int | None = None) -> list[LedgerImport]:
    """What the own organisation brought in, newest first; one more than a page tells that there is a next."""
    wanted = select(LedgerImport).where(LedgerImport.landed_at.is_not(None))
    if before is not None:
        wanted = wanted.where(LedgerImport.id < before)
    return list(db.session.scalars(wanted.order_by(LedgerImport.id.desc()).limit(LANDED_SHOWN + 1)))


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows are shown: an outcome, "remarked" or "all"; `column` only those with a remark in that column."""

    show: str
    column: str = ""


@dataclass(frozen=True, slots=True)
class RowsPage:
    """Rows of a check, and the keys of the pages before and after."""

    rows: tuple[ImportDraftRow, ...]
    before: tuple[int, int] | None
    after: tuple[int, int] | None


def rows_page(
    draft: ImportDraft, asked: Filter, start: tuple[int, int] | None = None, *, backwards: bool = False
) -> RowsPage:
    """A page of lines from a key (row and part) on, in the order of the sheet."""
    key = tuple_(ImportDraftRow.row, ImportDraftRow.part)
    wanted = select(ImportDraftRow).where(*_where(draft, asked))
    if start is not None:
        there = tuple_(*start)
        wanted = wanted.where(key < there if backwards else key > there)
    order = (ImportDraftRow.row, ImportDraftRow.part)
    found = list(db.session.scalars(wanted.order_by(*(c.desc() if backwards else c for c in order)).limit(PAGE + 1)))
    more, rows = len(found) > PAGE, found[:PAGE]
    if backwards:
        rows.reverse()
    has_before, has_after = (more, True) if backwards else (start is not None, more)
    if not rows:
        return RowsPage((), None, None)
    first, last = rows[0], rows[-1]
    return RowsPage(
        tuple(rows),
        (first.row, first.part) if has_before else None,
        (last.row, last.part) if has_after else None,
    )


def _where(draft: ImportDraft, asked: Filter) -> list[ColumnElement[bool]]:
    wanted: list[ColumnElement[bool]] = [
        ImportDraftRow.draft_id == draft.id,
        ImportDraftRow.check_no == draft.check_no,
    ]
    if asked.show == "remarked":
        wanted.append(ImportDraftRow.remarked.is_(True))
    elif asked.show != "all":
        wanted.append(ImportDraftRow.outcome == asked.show)
    if asked.column:
        wanted.append(ImportDraftRow.marked.contains(f"|{asked.column}|", autoescape=True))
    return wanted

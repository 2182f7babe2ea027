"""A file on its way in: what a person does with it before anything is written. Each verb stands in a unit of work.

A verb names the check it was shown (`seen`): whoever has the same file open in two windows decides on one check only.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select

from accounts.access import Actor
from core.db import db
from core.files import store_file
from core.refusals import Conflict, Invalid, NotFound
from core.sheets import STANDARD, BadFile, clean, media_type_of
from hazards.ledger import Corrections, Field
from hazards.models import DraftStage, ImportDraft, SheetShape
from hazards.operations.importing import Decisions

STALLED_AFTER: Final = timedelta(minutes=3)
"""Without a mark for so long, the work under way has died with its server."""
OPEN_AT_ONCE: Final = 20
LONGEST_NAME: Final = 200

GONE: Final = "找不到这次导入，或者它不是您的。没有确认的导入只保留一段时间，请重新选择文件。"
MOVED_ON: Final = "这份台账刚在另一个窗口里重新核对过，您的选择没有保存。请看过新的核对结果再选。"
UNDER_WAY: Final = "这份台账正在核对或写入，您的操作没有提交。请等它做完。"


@dataclass(frozen=True, slots=True)
class Told:
    """What a person tells beside the file: the enterprise of all rows, region and channel of those that name none."""

    enterprise: str = ""
    region: str = ""
    channel: str = ""


def _media_type(data: bytes) -> str:
    """Under what the file is kept; what is no table is refused by the check, with its sentence."""
    try:
        return media_type_of(data)
    except BadFile:
        return "application/octet-stream"


def begin(data: bytes, name: str, told: Told, *, by: Actor, now: datetime) -> ImportDraft:
    """Keep the file and ask for its first check."""
    if open_drafts(by.person_id) >= OPEN_AT_ONCE:
        raise Invalid(f"您有 {OPEN_AT_ONCE} 份台账还没有确认，不能再传。请先导入或放弃其中几份。")
    kept = store_file(data, _media_type(data), now, limit=STANDARD.file_bytes)
    draft = ImportDraft(
        owner_id=by.person_id,
        file_id=kept.id,
        file_name=clean(name.replace("\\", "/").rpartition("/")[2])[-LONGEST_NAME:] or "台账",
        made_at=now,
        stage=DraftStage.CHECKING,
        told_enterprise=told.enterprise[:18],
        told_region=told.region[:12],
        told_channel=told.channel[:40],
        corrections={},
        decisions={},
    )
    _start(draft, DraftStage.CHECKING, now)
    draft.wanted = Corrections().as_json()
    db.session.add(draft)
    db.session.flush()
    return draft


def open_drafts(person_id: int) -> int:
    """How many files of this person are under way or wait for a decision, at most one more than is allowed."""
    wanted = select(ImportDraft.id).where(ImportDraft.owner_id == person_id, ImportDraft.stage != DraftStage.DONE)
    return len(db.session.scalars(wanted.limit(OPEN_AT_ONCE + 1)).all())


def draft_for(draft_id: int) -> ImportDraft:
    """The draft, locked; `NotFound` where it is another's or gone."""
    found = db.session.scalar(select(ImportDraft).where(ImportDraft.id == draft_id).with_for_update(of=ImportDraft))
    if found is None:
        raise NotFound(GONE)
    return found


def decided_on(draft_id: int, seen: int) -> ImportDraft:
    """The draft, locked, for a verb that was chosen on its check `seen`."""
    draft = draft_for(draft_id)
    if draft.stage not in (DraftStage.READY, DraftStage.REFUSED):
        raise Conflict(UNDER_WAY)
    if draft.check_no != seen:
        raise Conflict(MOVED_ON)
    return draft


def _start(draft: ImportDraft, stage: DraftStage, now: datetime) -> None:
    draft.stage, draft.touched_at = stage, now
    draft.run, draft.run_since, draft.marked_at = secrets.token_urlsafe(16), None, None
    draft.rows_done = draft.rows_total = 0
    draft.in_background = False


# --- how the file is read --------------------------------------------------------------------------------------


def correct(
    draft: ImportDraft,
    *,
    sheet: str,
    header_rows: tuple[int, int] | None,
    fields: Mapping[str, Field | None],
    now: datetime,
) -> None:
    """Read it otherwise: another sheet drops what was said of the columns of the first, another header too."""
    known, shown = in_force(draft), draft.understood
    is_other_sheet = sheet != shown.get("sheet", "")
    is_other_header = header_rows is not None and list(header_rows) != shown.get("header_rows")
    changed = {} if is_other_sheet or is_other_header else _changed(shown, fields)
    if is_other_sheet or is_other_header:
        now_told = Corrections(sheet=sheet, header_rows=header_rows if is_other_header else None)
    elif changed:
        now_told = replace(known, fields={**known.fields, **changed})
    else:
        raise Invalid("没有改动，不必重新核对。")
    draft.wanted = now_told.as_json()
    draft.recalled = False
    _start(draft, DraftStage.CHECKING, now)


def _changed(shown: Mapping[str, Any], fields: Mapping[str, Field | None]) -> dict[str, Field | None]:
    before = {column["letter"]: column["field"] for column in shown.get("columns", ())}
    return {
        letter: field
        for letter, field in fields.items()
        if letter in before and before[letter] != (field.value if field else None)
    }


def uncorrect(draft: ImportDraft, now: datetime) -> None:
    """Read it as the reader understands it, and forget what was kept for files of this form."""
    forget_shape(draft.shape)
    draft.wanted = Corrections().as_json()
    draft.recalled = False
    _start(draft, DraftStage.CHECKING, now)


def split(draft: ImportDraft, rows: frozenset[int] | None, now: datetime) -> None:
    """Split these rows into the hazards they list, and no others; None: every row for which a split is offered."""
    draft.wanted = replace(in_force(draft), split=rows).as_json()
    _start(draft, DraftStage.CHECKING, now)


def in_force(draft: ImportDraft) -> Corrections:
    """The corrections of the check that is shown."""
    return Corrections.from_json(draft.corrections)


def shape_of(shape: str) -> SheetShape | None:
    """What the viewer's organisation corrected about files of this form."""
    return db.session.scalar(select(SheetShape).where(SheetShape.shape == shape)) if shape else None


def keep_shape(shape: str, corrections: Corrections, *, by: Actor, now: datetime) -> None:
    """Remember what was corrected for the next file of this form; nothing corrected is forgotten."""
    told = replace(corrections, split=frozenset())
    if told == Corrections():
        forget_shape(shape)
        return
    kept = shape_of(shape) or SheetShape(
        enterprise_id=by.enterprise_id, regulator_id=None if by.enterprise_id else by.regulator_id, shape=shape
    )
    kept.corrections, kept.kept_at, kept.kept_by_id = told.as_json(), now, by.person_id
    db.session.add(kept)


def forget_shape(shape: str) -> None:
    """The next file of this form is read as the reader understands it."""
    if (kept := shape_of(shape)) is not None:
        db.session.delete(kept)


# --- what becomes of it ----------------------------------------------------------------------------------------


def decide(draft: ImportDraft, decisions: Decisions, now: datetime) -> None:
    """Say what the names are that the register does not know, and check again."""
    draft.decisions, draft.wanted = decisions.as_json(), draft.corrections
    _start(draft, DraftStage.CHECKING, now)


def check_again(draft: ImportDraft, now: datetime) -> None:
    """Check again, as it was or as it was being tried: the register has moved on, or the server died meanwhile."""
    draft.wanted = draft.wanted or draft.corrections
    _start(draft, DraftStage.CHECKING, now)


def confirm(draft: ImportDraft, *, only_clean: bool, rows: int, now: datetime) -> None:
    """Let it come in; `rows` is the number that stood on the button."""
    if draft.stage is not DraftStage.READY:
        raise Conflict("这份文件还没有读成台账，不能导入。请先改好列的对应，或换一个文件。")
    taken = rows_to_take(draft, only_clean=only_clean)
    if not taken:
        raise Invalid("没有可以导入的行。请先确认名称、改好列的对应，或换一个文件。")
    if taken != rows:
        raise Conflict(MOVED_ON)
    draft.only_clean, draft.confirmed_at = only_clean, now
    _start(draft, DraftStage.WRITING, now)


def write_again(draft: ImportDraft, now: datetime) -> None:
    """Go on with a writing that died with its server: the same import, at the moment it was confirmed."""
    _start(draft, DraftStage.WRITING, now)


def rows_to_take(draft: ImportDraft, *, only_clean: bool) -> int:
    """How many rows would come in."""
    figures = draft.figures
    return int(figures["clean"] if only_clean else figures["created"] + figures["merged"]) if figures else 0


def stop_check(draft: ImportDraft, now: datetime) -> bool:
    """Give up the check under way; whether an earlier one is there to go back to."""
    if draft.stage is not DraftStage.CHECKING:
        raise Conflict("核对刚刚做完，不必取消。请看结果。")
    if not draft.check_no:
        return False
    draft.stage, draft.run, draft.touched_at, draft.wanted = DraftStage.READY, "", now, {}
    draft.said = "核对已取消，下面是上一次核对的结果。"
    return True


def is_stalled(draft: ImportDraft, now: datetime) -> bool:
    """Whether the work under way has given no sign for so long that it must have died."""
    if draft.stage not in (DraftStage.CHECKING, DraftStage.WRITING):
        return False
    return now - (draft.marked_at or draft.touched_at) > STALLED_AFTER

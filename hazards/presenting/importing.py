"""The page of an import as it is drawn: how far it is, what was understood, the tally, names, what 导入 means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hazards.ledger import RULES, Corrections, Field
from hazards.models import DraftStage, ImportDraft
from hazards.operations.import_drafts import is_stalled

STEPS: Final = ("选择文件", "核对列与逐行备注", "确认导入", "结果")
COLUMNS_SHOWN: Final = 8
LABELS: Final = {rule.field.value: rule.label for rule in RULES}
MEANINGS: Final = (*((rule.field.value, rule.label) for rule in RULES), ("-", "不作为任何一项，原文随行保留"))
_FIRST_TO_SEE: Final = frozenset(
    field.value
    for field in (
        Field.FOUND_ON,
        Field.ENTERPRISE_NAME,
        Field.PLACE,
        Field.DESCRIPTION,
        Field.GRADE,
        Field.DEADLINE,
        Field.STATUS,
    )
)
TALLY: Final = (
    ("created", "新建"),
    ("merged", "并入已有隐患"),
    ("skipped", "不导入，各有原因"),
    ("remarked", "有备注，须看一眼"),
)
SHOWS: Final = frozenset({"all", *(show for show, _label in TALLY)})


def digest_words(digest: str) -> str:
    """The beginning and the end of a file's digest, as a person compares it."""
    return f"{digest[:4]} {digest[4:8]} … {digest[-4:]}"


def figure(number: int) -> str:
    """3 200: thousands parted by a blank."""
    return f"{number:,}".replace(",", " ")


# --- how far it is -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the work under way is, in words and as a share; `stalled` where it must have died."""

    stage: str
    words: str
    percent: int
    stalled: bool


def progress_of(draft: ImportDraft, now: datetime) -> Progress:
    """The bar of a check or a writing."""
    done, total = draft.rows_done, draft.rows_total
    percent = min(99, done * 100 // total) if total else 0
    return Progress(draft.stage.value, _progress_words(draft, now), percent, is_stalled(draft, now))


def _progress_words(draft: ImportDraft, now: datetime) -> str:
    writes = draft.stage is DraftStage.WRITING
    if draft.run_since is None:
        return "等待开始"
    if not draft.rows_total:
        return "正在再核对一次，然后写入" if writes else "正在读文件"
    left = _seconds_left(draft, now)
    if writes:
        return f"正在导入：已做 {min(99, draft.rows_done * 100 // draft.rows_total)}%{left}"
    return f"已核对 {figure(draft.rows_done)} / {figure(draft.rows_total)} 行{left}"


def _seconds_left(draft: ImportDraft, now: datetime) -> str:
    if not draft.rows_done or draft.run_since is None:
        return ""
    gone = ((draft.marked_at or now) - draft.run_since).total_seconds()
    left = round(gone / draft.rows_done * (draft.rows_total - draft.rows_done))
    return f"，约 {left} 秒" if left < 100 else f"，约 {round(left / 60)} 分钟"


# --- what was understood -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ColumnRow:
    """A column as the page shows it."""

    letter: str
    title: str
    value: str
    samples: str
    notes: tuple[str, ...]
    remarked: int


@dataclass(frozen=True, slots=True)
class Columns:
    """The columns shown, and how many there are."""

    rows: tuple[ColumnRow, ...]
    total: int
    known: int
    head: str
    sheet: str
    sheets: tuple[str, ...]
    first: int
    last: int
    notes: tuple[str, ...]


def columns_of(understood: Mapping[str, Any], *, whole: bool) -> Columns | None:
    """The columns, those first to see unless all are asked for; None where the file was not understood at all."""
    if not understood.get("columns"):
        return None
    every = understood["columns"]
    shown = every if whole or len(every) <= COLUMNS_SHOWN + 2 else _first_to_see(every)
    first, last = understood["header_rows"]
    return Columns(
        tuple(_column(one) for one in shown),
        len(every),
        sum(one["field"] is not None for one in every),
        _head(understood),
        understood["sheet"],
        tuple(understood["sheets"]),
        first,
        last,
        tuple(understood["notes"]),
    )


def _first_to_see(columns: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Those nobody understood, then those with remarks, then what matters most; in the order of the sheet."""
    ranked = sorted(
        columns,
        key=lambda one: (one["field"] is not None, not one["remarked"], one["field"] not in _FIRST_TO_SEE),
    )
    chosen = {one["letter"] for one in ranked[:COLUMNS_SHOWN]}
    return [one for one in columns if one["letter"] in chosen]


def _column(one: Mapping[str, Any]) -> ColumnRow:
    return ColumnRow(
        letter=one["letter"],
        title=one["title"],
        value=one["field"] or "-",
        samples="、".join(one["samples"]),
        notes=tuple(one["notes"]),
        remarked=one["remarked"],
    )


def _head(understood: Mapping[str, Any]) -> str:
    first, last = understood["header_rows"]
    if understood["is_form"]:
        return "一张表一条隐患的表单"
    rows = f"表头为第 {first} 行" if first == last else f"表头为第 {first}–{last} 行"
    return f"{rows}；标题「{understood['title'][:40]}」" if understood["title"] else rows


def corrected_words(corrections: Corrections) -> str:
    """What the person changed, in a few words; empty where nothing."""
    parts = [
        f"工作表「{corrections.sheet}」" if corrections.sheet else "",
        "表头行" if corrections.header_rows else "",
        f"{len(corrections.fields)} 列的对应" if corrections.fields else "",
    ]
    return "、".join(filter(None, parts))


# --- the tally and what importing means ---------------------------------------------------------------------------


def tally_words(figures: Mapping[str, Any]) -> str:
    """数据 63 行 = 新建 47 + 并入 9 + 不导入 7."""
    words = (("created", "新建"), ("merged", "并入"), ("skipped", "不导入"))
    parts = " + ".join(f"{word} {figure(figures[name])}" for name, word in words)
    split = f"；{figure(figures['split'])} 行拆开，共新建 {figure(figures['hazards'])} 条" if figures["split"] else ""
    return f"数据 {figure(figures['rows'])} 行 = {parts}{split}"


def first_show(figures: Mapping[str, Any]) -> str:
    """What the table begins with: the rows to look at, else what is new."""
    return next((show for show in ("remarked", "created", "merged", "skipped") if figures.get(show)), "all")

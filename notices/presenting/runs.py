"""How far a run of many notices is, in words, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from notices.models import NoticeRun
from notices.operations.runs import ISSUE, PRINT, SILENT
from notices.presenting.words import named
from notices.queries import run_figures, run_rows

ACTS: Final = {ISSUE: "批量签发", PRINT: "批量打印"}
VERBS: Final = {ISSUE: "签发", PRINT: "合订"}
SHOWN: Final = 200


@dataclass(frozen=True, slots=True)
class RunRow:
    """What came of one notice."""

    notice_id: int
    named: str
    addressee: str
    said: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """A run as its page shows it."""

    run: NoticeRun
    title: str
    words: str
    percent: int
    is_running: bool
    is_stalled: bool
    done: int
    refused: int
    refused_rows: tuple[RunRow, ...]
    done_rows: tuple[RunRow, ...]

    @property
    def left(self) -> int:
        """How many have no outcome."""
        return self.run.asked - self.done - self.refused


def run_page(run: NoticeRun, now: datetime) -> RunPage:
    """How far the run is."""
    figures = run_figures(run.id)
    done, refused = figures.get(True, 0), figures.get(False, 0)
    is_running = run.ended_at is None
    silent = is_running and (run.beat_at or run.asked_at) < now - SILENT
    return RunPage(
        run=run,
        title=ACTS[run.act],
        words=_words(run, done + refused),
        percent=min(99 if is_running else 100, (done + refused) * 100 // run.asked),
        is_running=is_running,
        is_stalled=silent,
        done=done,
        refused=refused,
        refused_rows=_rows(run, done=False) if refused else (),
        done_rows=_rows(run, done=True) if done else (),
    )


def _words(run: NoticeRun, settled: int) -> str:
    if run.ended_at is not None:
        return f"已{'取消' if run.cancelled_at is not None else '办完'}，处理了 {settled:,} / {run.asked:,} 份"
    if run.cancelled_at is not None:
        return "正在停下"
    if run.started_at is None:
        return "等待开始"
    return f"正在{VERBS[run.act]}：{settled:,} / {run.asked:,} 份{_seconds_left(run, settled)}"


def _seconds_left(run: NoticeRun, settled: int) -> str:
    if not settled or run.started_at is None or run.beat_at is None:
        return ""
    gone = (run.beat_at - run.started_at).total_seconds()
    left = round(gone / settled * (run.asked - settled))
    return f"，约 {left} 秒" if left < 100 else f"，约 {round(left / 60)} 分钟"


def _rows(run: NoticeRun, *, done: bool) -> tuple[RunRow, ...]:
    return tuple(
        RunRow(notice.id, named(notice), notice.addressee, item.said)
        for item, notice in run_rows(run.id, done=done, most=SHOWN)
    )

"""Large ledgers: /reports/runs/. How far each is, calling it off, its file for some days."""

from __future__ import annotations

from typing import Any, Final

from flask import flash, jsonify, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from core.days import SHANGHAI
from core.db import unit_of_work
from core.web import now
from reports import runs
from reports.access import allow_export
from reports.models import LedgerRun, RunStatus
from reports.operations import FORMATS
from reports.running import is_stalled, percent_of, progress_words
from reports.views import blueprint

STATUS_WORDS: Final = {
    RunStatus.WRITING: "正在生成",
    RunStatus.DONE: "可以下载",
    RunStatus.REFUSED: "没有生成",
    RunStatus.CANCELLED: "已取消",
    RunStatus.EXPIRED: "下载期已过",
}


def progress_of(work: Any) -> dict[str, Any]:
    """How far a piece of long work is, for its bar; shared with the closing of months."""
    moment = now()
    return {
        "stage": work.status.value,
        "words": progress_words(work, moment),
        "percent": percent_of(work),
        "stalled": is_stalled(work, moment),
        "columns": False,
    }


def progress_answer(work: Any) -> ResponseReturnValue:
    """The same as data, for the script that makes the bar smooth."""
    answer = jsonify(progress_of(work))
    answer.headers["Cache-Control"] = "no-store"
    return answer


@blueprint.get("/reports/runs/")
def ledger_runs() -> ResponseReturnValue:
    """The large ledgers this person asked for."""
    allow_export(current_actor())
    rows = [(run, STATUS_WORDS[run.status], run.asked_at.astimezone(SHANGHAI)) for run in runs.newest_runs()]
    return render_template("reports/runs.html", rows=rows, kept_days=runs.KEPT.days)


@blueprint.get("/reports/runs/<int:run_id>")
def ledger_run(run_id: int) -> ResponseReturnValue:
    """One of them: the bar, the file, or why there is none."""
    run = runs.get_run(run_id)
    return render_template(
        "reports/run.html",
        run=run,
        progress=progress_of(run),
        status_words=STATUS_WORDS[run.status],
        facts=_facts(run),
        kept_days=runs.KEPT.days,
    )


def _facts(run: LedgerRun) -> list[tuple[str, str]]:
    facts = [("申请时间", f"{run.asked_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"), ("格式", FORMATS[run.ending][0])]
    if run.status is RunStatus.DONE and run.file is not None and run.expires_at is not None:
        facts += [
            ("记录", f"{run.written:,} 条"),
            ("大小", f"{run.file.size / 1024**2:.1f} MB"),
            ("可下载到", f"{run.expires_at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"),
            ("记录摘要（SHA-256）", run.digest_of_records),
            ("文件摘要（SHA-256）", run.file.digest),
        ]
    return facts


@blueprint.get("/reports/runs/<int:run_id>/progress")
def ledger_run_progress(run_id: int) -> ResponseReturnValue:
    """How far it is, for the bar."""
    return progress_answer(runs.get_run(run_id))


@blueprint.get("/reports/runs/<int:run_id>/file")
def ledger_run_file(run_id: int) -> ResponseReturnValue:
    """The file, streamed from the store; of this person alone, and only for its days."""
    run, file = runs.open_file(run_id, now())
    answer = send_file(file, FORMATS[run.ending][1], as_attachment=True, download_name=run.file_name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


@blueprint.post("/reports/runs/<int:run_id>/cancel")
def ledger_run_cancel(run_id: int) -> ResponseReturnValue:
    """Give it up."""
    with unit_of_work():
        runs.call_off(run_id, now())
    flash("已取消，没有留下文件。", "note")
    return redirect(url_for("reports.ledger_run", run_id=run_id))


@blueprint.post("/reports/runs/<int:run_id>/again")
def ledger_run_again(run_id: int) -> ResponseReturnValue:
    """Begin anew what failed or died."""
    with unit_of_work():
        runs.again(run_id, now())
    return redirect(url_for("reports.ledger_run", run_id=run_id))

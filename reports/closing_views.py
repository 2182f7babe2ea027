"""Closing months: /reports/closing. Which are closed, their frozen files with their digests, opening one again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import flash, redirect, render_template, send_file, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.forms.base import carry_out
from accounts.history import record_own
from accounts.queries import person_labels
from core.days import SHANGHAI, shanghai_day
from core.db import unit_of_work
from core.files import file_store
from core.refusals import NotAllowed, NotFound
from core.web import now
from reports import closing
from reports.closing_forms import CloseForm, ReopenForm
from reports.models import ClosedLedger, CloseStatus, MonthClose
from reports.operations import FORMATS
from reports.rules import month_of, parse_month
from reports.run_views import progress_answer, progress_of
from reports.views import blueprint

MONTHS_OFFERED: Final = 24
STATUS_WORDS: Final = {
    CloseStatus.WRITING: "正在月结",
    CloseStatus.CLOSED: "已结",
    CloseStatus.REFUSED: "没有月结",
    CloseStatus.REOPENED: "已重开",
}


def _reader() -> Actor:
    actor = current_actor()
    if not closing.may_look(actor):
        raise NotAllowed("月结由监管单位办理。企业的台账请从「统计与台账」导出。")
    return actor


def _moment(at: Any) -> str:
    return f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" if at is not None else ""


@blueprint.route("/reports/closing", methods=["GET", "POST"])
def month_closing() -> ResponseReturnValue:
    """The months of the office and those below; the button that closes one."""
    actor = _reader()
    closes = closing.months_closed()
    form = CloseForm()
    form.offer(_months_open(actor))
    made = carry_out(form, lambda: closing.begin(form.month.data or "", by=actor, now=now()).id)
    if made is not None:
        return redirect(url_for("reports.month_close", close_id=made))
    page = render_template(
        "reports/closing.html",
        form=form if closing.may_close(actor) else None,
        rows=_rows(closes),
        cannot=closing.NOT_YOURS,
    )
    return page, form.status if form.is_submitted() else 200


def _months_open(actor: Actor) -> list[tuple[str, str]]:
    """The last months that are over and that the person's own office has not closed."""
    taken = closing.months_taken(actor.regulator_id or 0)
    months = [month_of(shanghai_day(now())).before()]
    while len(months) < MONTHS_OFFERED:
        months.append(months[-1].before())
    return [(month.code, month.label) for month in months if month.code not in taken]


def _label(close: MonthClose) -> str:
    return parse_month(close.month, shanghai_day(close.asked_at)).label


def _rows(closes: Sequence[MonthClose]) -> list[dict[str, Any]]:
    """What is shown of each, with one question for all their people and one for all their offices."""
    people = person_labels({close.closed_by_id for close in closes})
    offices = closing.office_names({close.office_id for close in closes})
    return [
        {
            "close": close,
            "label": _label(close),
            "office": offices[close.office_id],
            "status": STATUS_WORDS[close.status],
            "who": people[close.closed_by_id].name,
            "at": _moment(close.closed_at or close.asked_at),
        }
        for close in closes
    ]


@blueprint.get("/reports/closing/<int:close_id>")
def month_close(close_id: int) -> ResponseReturnValue:
    """One close: the bar, or what was frozen, by whom, and what binds it."""
    actor = _reader()
    close = closing.get_close(close_id)
    return render_template(
        "reports/close.html",
        **_rows([close])[0],
        progress=progress_of(close),
        facts=_facts(close),
        formats=FORMATS,
        may_reopen=closing.may_reopen(close, actor, now()),
        may_go_on=closing.may_close(actor) and close.office_id == actor.regulator_id,
    )


def _facts(close: MonthClose) -> list[tuple[Any, ...]]:
    people = person_labels({close.closed_by_id, *([close.reopened_by_id] if close.reopened_by_id else [])})
    facts: list[tuple[Any, ...]] = [
        ("月结人", people[close.closed_by_id].name),
        ("月结时间", _moment(close.closed_at)),
    ]
    if close.anchor is not None:
        facts.append(("事件链锚点", f"第 {close.anchor.seq} 号 {close.anchor.digest}", True))
    if close.reopened_by_id is not None:
        facts += [("重开人", people[close.reopened_by_id].name), ("重开时间", _moment(close.reopened_at))]
        facts.append(("重开理由", close.reason, True))
    return facts


@blueprint.get("/reports/closing/<int:close_id>/progress")
def month_close_progress(close_id: int) -> ResponseReturnValue:
    """How far it is, for the bar."""
    return progress_answer(closing.get_close(close_id))


@blueprint.post("/reports/closing/<int:close_id>/again")
def month_close_again(close_id: int) -> ResponseReturnValue:
    """Begin anew what died with its runner."""
    actor = _reader()
    with unit_of_work():
        closing.again(close_id, by=actor, now=now())
    return redirect(url_for("reports.month_close", close_id=close_id))


@blueprint.route("/reports/closing/<int:close_id>/reopen", methods=["GET", "POST"])
def month_reopen(close_id: int) -> ResponseReturnValue:
    """Open a closed month again, with a reason."""
    actor = _reader()
    close = closing.get_close(close_id)
    form = ReopenForm()
    done = carry_out(form, lambda: closing.reopen(close_id, form.reason.data or "", by=actor, now=now()).id)
    if done is not None:
        flash(f"{_label(close)}已重开。原来的文件仍然保留；查清以后请再办月结。", "good")
        return redirect(url_for("reports.month_close", close_id=close_id))
    closing.allow_reopening(close, by=actor, now=now())
    page = render_template("reports/close_reopen.html", form=form, close=close, label=_label(close))
    return page, form.status if form.is_submitted() else 200


@blueprint.post("/reports/closing/<int:close_id>/<code>.<ending>")
def month_file(close_id: int, code: str, ending: str) -> ResponseReturnValue:
    """A frozen file, byte for byte; that it was taken out is noted in the person's own history."""
    actor = _reader()
    ledger = closing.get_ledger(close_id, code)
    stored = getattr(ledger, ending) if ending in FORMATS else None
    if stored is None:
        raise NotFound(closing.GONE)
    file = file_store().open(stored.digest)
    with unit_of_work():
        _note(actor, ledger, ending)
    name = f"{ledger.file_name}.{ending}"
    answer = send_file(file, FORMATS[ending][1], as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _note(actor: Actor, ledger: ClosedLedger, ending: str) -> None:
    noted = {"ledger": ledger.code, "close": ledger.close_id, "form": ending}
    digests = {"records": ledger.records, "digest": ledger.digest_of_records}
    record_own(actor, "ledger_exported", now=now(), **noted, **digests)

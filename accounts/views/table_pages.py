"""The pages of an import of a table, the same for each kind: choose a file, look at every row, confirm, hand out.

`hang` gives a blueprint the addresses of one kind. Nothing is written before the confirmation, which holds for just
what was shown; the file waits in the store under a token that is the page's address (core/kept_upload.py).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer

from accounts.access import current_actor
from accounts.forms.base import clean
from accounts.forms.importing import ConfirmForm, HandoutForm, TableFileForm
from accounts.importing import Confirmed, Handout, Overtaken, TablePlan, TableTask, check, confirm
from core.http import status_of
from core.kept_upload import KeptUpload, drop_upload, keep_upload, take_up
from core.once import AlreadyDone
from core.refusals import Invalid, NotFound, Refusal
from core.sheets.outcome import OUTCOME_LABELS, Outcome, RowOutcome, TableReport
from core.sheets.table_form import blank_form, filled_form
from core.sheets.table_rules import ColumnRule, TableRule
from core.sniffing import XLSX
from core.web import now, settings

PAGE: Final = 50
LOOK: Final = "look"
HEAVIEST_CELL: Final = 200
HANDOUT: Final = TableRule(
    "一次性密码",
    (
        ColumnRule("name", "姓名", width=14),
        ColumnRule("unit", "部门", width=22),
        ColumnRule("login", "登录名", width=20),
        ColumnRule("password", "一次性密码", width=20),
    ),
    "请当面或打电话告诉本人，不要发到群里；本人首次登录后必须改密码。密码只给出这一次，系统里没有明文。",
)


@dataclass(frozen=True, slots=True)
class Door:
    """One import for one organisation, as the pages need it: where one came from, and where known records are shown."""

    task: TableTask
    back: tuple[str, str]  # words and address
    endpoint: str
    values: dict[str, Any]
    tab: str = ""
    subject_url: Callable[[int], str] | None = None
    accepts: str = ".xlsx,.xls,.ods,.csv"
    notes: tuple[str, ...] = ()

    def url(self, part: str = "", **more: Any) -> str:
        """The address of one of this import's pages."""
        return url_for(f"{self.endpoint}{part}", **self.values, **more)


Open = Callable[..., Door]


def hang(blueprint: Blueprint, rule: str, name: str, opened: Open) -> None:
    """Give the blueprint the pages of one kind of import; `opened` answers with the door, or refuses."""
    full = f"{blueprint.name}.{name}"

    def door(values: dict[str, Any]) -> Door:
        return replace(opened(**values), endpoint=full, values=values)

    def upload(**values: Any) -> ResponseReturnValue:
        return _upload(door(values))

    def form(**values: Any) -> ResponseReturnValue:
        found = door(values)
        return _give(blank_form(found.task.rules), found.task.form_name)

    def checked(token: str, **values: Any) -> ResponseReturnValue:
        return _checked(door(values), token)

    def report(token: str, **values: Any) -> ResponseReturnValue:
        return _report(door(values), token)

    def discard(token: str, **values: Any) -> ResponseReturnValue:
        return _discard(door(values), token)

    def handout(**values: Any) -> ResponseReturnValue:
        return _handout(door(values))

    both, get, post = ("GET", "POST"), ("GET",), ("POST",)
    blueprint.add_url_rule(rule, name, upload, methods=both)
    blueprint.add_url_rule(f"{rule}/form.xlsx", f"{name}_form", form, methods=get)
    blueprint.add_url_rule(f"{rule}/handout.xlsx", f"{name}_handout", handout, methods=post)
    blueprint.add_url_rule(f"{rule}/<token>", f"{name}_checked", checked, methods=both)
    blueprint.add_url_rule(f"{rule}/<token>/report.xlsx", f"{name}_report", report, methods=get)
    blueprint.add_url_rule(f"{rule}/<token>/discard", f"{name}_discard", discard, methods=post)


# --- choosing a file -------------------------------------------------------------------------------------------


def _upload(door: Door) -> ResponseReturnValue:
    form = TableFileForm()
    if form.validate_on_submit():
        try:
            return redirect(door.url("_checked", token=_received(door, form)))
        except Refusal as refusal:
            form.status = status_of(refusal)
            fields = refusal.fields if isinstance(refusal, Invalid) else {}
            form.file.errors = [*form.file.errors, fields.get("file", refusal.sentence)]
    page = render_template("accounts/import_upload.html", door=door, form=form)
    return page, form.status if form.errors else 200


def _received(door: Door, form: TableFileForm) -> str:
    """Look at the file at once, so that what cannot be read is said here; then keep it."""
    actor = current_actor()
    data, filename = form.received()
    token = keep_upload(data, filename, purpose=door.task.purpose, person_id=actor.person_id, now=now())
    upload = _taken_up(door, token)
    try:
        check(door.task, upload, actor)
    except Refusal:
        drop_upload(upload.digest)
        raise
    return token


def _taken_up(door: Door, token: str) -> KeptUpload:
    return take_up(token, purpose=door.task.purpose, person_id=current_actor().person_id, now=now())


# --- looking at every row, and confirming ------------------------------------------------------------------------


def _checked(door: Door, token: str) -> ResponseReturnValue:
    upload = _taken_up(door, token)
    form = ConfirmForm()
    if form.validate_on_submit():
        return _confirmed(door, token, upload, form)
    return _page(door, token, upload, check(door.task, upload, current_actor()))


def _confirmed(door: Door, token: str, upload: KeptUpload, form: ConfirmForm) -> ResponseReturnValue:
    seen, once = form.seen.data or "", form.once.data or ""
    try:
        done = confirm(door.task, upload, seen=seen, once=once, by=current_actor(), now=now())
    except Overtaken as refusal:
        return _page(door, token, upload, refusal.plan, refusal), status_of(refusal)
    except AlreadyDone:
        flash("这份文件刚才已经导入，没有重复写入。一次性密码只显示一次，没有记下的请在其页面重设。", "note")
        return redirect(door.back[1])
    except Invalid as refusal:
        return _page(door, token, upload, check(door.task, upload, current_actor()), refusal), status_of(refusal)
    if done.handouts:
        return _hand_out(door, done)
    flash(f"{upload.filename} 已导入。{told(done.report)}", "good")
    return redirect(door.url("_checked", token=token) if door.task.keeps_file else door.back[1])


def told(report: TableReport) -> str:
    """How many rows had which outcome, in one sentence."""
    counted = (
        f"{OUTCOME_LABELS[outcome]} {report.counts[outcome]} 行" for outcome in Outcome if report.counts[outcome]
    )
    return f"{'，'.join(counted)}。" if report.rows else ""


def _page(door: Door, token: str, upload: KeptUpload, plan: TablePlan, refusal: Refusal | None = None) -> str:
    report, form = plan.report, ConfirmForm(formdata=None)
    form.begin(report.digest)
    chosen = _chosen(report)
    rows = _filtered(report, chosen)
    start = _start(len(rows))
    return render_template(
        "accounts/import_check.html",
        door=door,
        token=token,
        filename=upload.filename,
        digest=upload.digest,
        report=report,
        plan=plan,
        form=form,
        refusal=refusal,
        tally=_tally(door, token, report, chosen),
        sum=_sum(report),
        all_url=door.url("_checked", token=token, show="all"),
        chosen=chosen,
        rows=[_shown(door, row) for row in rows[start : start + PAGE]],
        span=(start + 1, min(start + PAGE, len(rows)), len(rows)),
        before=_turn(door, token, chosen, start - PAGE) if start else None,
        after=_turn(door, token, chosen, start + PAGE) if start + PAGE < len(rows) else None,
    )


def _chosen(report: TableReport) -> str:
    """The filter asked for; at first what needs a look, else everything."""
    asked = clean(request.args.get("show"))
    if asked in (LOOK, "all", *Outcome):
        return asked
    return LOOK if any(row.needs_a_look for row in report.rows) else "all"


def _filtered(report: TableReport, chosen: str) -> list[RowOutcome]:
    if chosen == LOOK:
        return [row for row in report.rows if row.needs_a_look]
    return [row for row in report.rows if chosen in ("all", row.outcome)]


def _start(total: int) -> int:
    text = clean(request.args.get("from"))
    start = int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
    return start if start < total else 0


def _turn(door: Door, token: str, chosen: str, start: int) -> str:
    return door.url("_checked", token=token, show=chosen, **({"from": start} if start > 0 else {}))


def _tally(door: Door, token: str, report: TableReport, chosen: str) -> list[tuple[int, str, str, bool]]:
    """Four figures that filter; those without a change are reached from the sum above them."""
    tiles = (Outcome.CREATED, Outcome.CHANGED, Outcome.SKIPPED)
    figures = [(report.counts[outcome], OUTCOME_LABELS[outcome], outcome.value) for outcome in tiles]
    figures.append((sum(row.needs_a_look for row in report.rows), "有备注，须看一眼", LOOK))
    return [
        (count, label, door.url("_checked", token=token, show=code), code == chosen) for count, label, code in figures
    ]


def _sum(report: TableReport) -> str:
    """All rows as what becomes of them: 数据 12 行 = 新建 9 + 没有变化 3."""
    parts = [f"{OUTCOME_LABELS[outcome]} {report.counts[outcome]}" for outcome in Outcome if report.counts[outcome]]
    return f"数据 {len(report.rows)} 行{' = ' if parts else ''}{' + '.join(parts)}"


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row as the page draws it."""

    place: str
    outcome: str
    label: str
    cells: tuple[str, ...]
    url: str
    reason: str
    changes: tuple[Any, ...]
    remarks: tuple[Any, ...]


def _shown(door: Door, row: RowOutcome) -> ShownRow:
    url = door.subject_url(row.subject_id) if door.subject_url and row.subject_id is not None else ""
    cells = tuple(cell if len(cell) <= HEAVIEST_CELL else f"{cell[:HEAVIEST_CELL]}…" for cell in row.cells)
    label = OUTCOME_LABELS[row.outcome]
    return ShownRow(row.place, row.outcome.value, label, cells, url, row.reason, row.changes, row.remarks)


# --- taking away -------------------------------------------------------------------------------------------------


def _discard(door: Door, token: str) -> ResponseReturnValue:
    drop_upload(_taken_up(door, token).digest)
    flash("已放弃这份文件，没有写入任何内容。", "note")
    return redirect(door.url())


def _report(door: Door, token: str) -> ResponseReturnValue:
    """Every row with what becomes of it and why, as a workbook."""
    upload = _taken_up(door, token)
    report = check(door.task, upload, current_actor()).report
    return _give(report_book(report), f"核对结果 {upload.filename.rpartition('.')[0]}.xlsx")


def report_book(report: TableReport) -> bytes:
    """The rows of a report with their remarks beside them."""
    heads = [ColumnRule(f"c{place}", head, width=24) for place, head in enumerate(report.heads)]
    rule = TableRule(
        "核对结果",
        (
            ColumnRule("place", "行", width=10),
            *heads,
            ColumnRule("outcome", "结果", width=10),
            ColumnRule("why", "原因、更正和备注", width=60),
        ),
        "每一行的结果。",
    )
    rows = (
        {
            "place": row.place,
            **{f"c{place}": cell for place, cell in enumerate(row.cells)},
            "outcome": OUTCOME_LABELS[row.outcome],
            "why": "\n".join(_why(row)),
        }
        for row in report.rows
    )
    return filled_form(rule, rows)


def _why(row: RowOutcome) -> list[str]:
    changes = [f"{change.label}：{change.before or '（空）'} → {change.after or '（空）'}" for change in row.changes]
    remarks = [f"{remark.title}“{remark.text}”{remark.reason}" for remark in row.remarks]
    return [*([row.reason] if row.reason else []), *changes, *remarks]


def _hand_out(door: Door, done: Confirmed) -> ResponseReturnValue:
    """The one-time passwords, on the answer itself: they stand in no cookie, no address and no store."""
    form = HandoutForm(formdata=None)
    form.sealed.data = str(_sealer(door).dumps([list(asdict(one).values()) for one in done.handouts]))
    return render_template(
        "accounts/import_handout.html", door=door, handouts=done.handouts, told=told(done.report), form=form
    )


def _handout(door: Door) -> ResponseReturnValue:
    """The same list as a workbook, made from what the page itself holds."""
    form = HandoutForm()
    try:
        rows = _sealer(door).loads(form.sealed.data or "")
    except BadData as error:
        raise NotFound("这份一次性密码表不完整。没有记下密码的，请在其页面重设。") from error
    handouts = [asdict(Handout(*row)) for row in rows]
    return _give(filled_form(HANDOUT, handouts), "一次性密码.xlsx")


def _sealer(door: Door) -> URLSafeSerializer:
    """Signed for this person and this import, so that nobody else's list is taken for it."""
    return URLSafeSerializer(settings().secret_key, salt=f"handout:{door.task.purpose}:{current_actor().person_id}")


def _give(data: bytes, name: str) -> Response:
    answer = send_file(io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer

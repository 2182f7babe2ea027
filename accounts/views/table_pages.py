"""The pages of an import of a table, the same for each kind: choose a file, look at every row, confirm, hand out.

`hang` gives a blueprint the addresses of one kind. Nothing is written before the confirmation, which holds for just
what was shown; the file waits in the store under a token that is the page's address (core/kept_upload.py).
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import asdict, replace
from typing import Any, Final

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue
from itsdangerous import BadData, URLSafeSerializer

from accounts.access import current_actor
from accounts.forms.importing import ConfirmForm, HandoutForm, TableFileForm
from accounts.importing import Confirmed, Handout, Overtaken, TablePlan, check, confirm
from accounts.views.table_columns import columns_shown, read_told
from accounts.views.table_drawing import (
    Door,
    chosen_filter,
    filtered,
    first_shown,
    page_url,
    report_book,
    shown_row,
    sum_of,
    tally_of,
    told,
)
from core.http import status_of
from core.kept_upload import KeptUpload, drop_upload, keep_upload, take_up, with_told
from core.once import AlreadyDone
from core.refusals import Invalid, NotFound, Refusal
from core.sheets.table import ColumnsMissing
from core.sheets.table_form import blank_form, filled_form
from core.sheets.table_rules import ColumnRule, TableRule
from core.sniffing import XLSX
from core.web import now, settings

PAGE: Final = 50
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

    def columns(token: str, **values: Any) -> ResponseReturnValue:
        return _columns(door(values), token)

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
    blueprint.add_url_rule(f"{rule}/<token>/columns", f"{name}_columns", columns, methods=post)
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
    except ColumnsMissing:
        return token  # which of its columns those are can be said on the next page
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
    try:
        return _page(door, token, upload, check(door.task, upload, current_actor()))
    except ColumnsMissing as missing:
        return _missing_page(door, token, upload, missing)


def _missing_page(
    door: Door,
    token: str,
    upload: KeptUpload,
    missing: ColumnsMissing,
    sent: Mapping[str, str] | None = None,
    refusal: Refusal | None = None,
) -> str:
    """Only the columns: with the wanted one among them the rows can be read."""
    return render_template(
        "accounts/import_columns.html",
        door=door,
        token=token,
        filename=upload.filename,
        digest=upload.digest,
        said=(refusal or missing).sentence,
        sheets=columns_shown(((missing.sheet, missing.columns),), door.task.rules, sent),
        is_corrected=bool(upload.told),
    )


def _columns(door: Door, token: str) -> ResponseReturnValue:
    """Read the file otherwise, as a person says of its columns, or again as it was understood at first."""
    upload = _taken_up(door, token)
    if "reset" in request.form:
        return redirect(door.url("_checked", token=with_told(token, {})))
    plan: TablePlan | None = None
    missing: ColumnsMissing | None = None
    try:
        plan = check(door.task, upload, current_actor())
    except ColumnsMissing as found:
        missing = found
    read = plan.report.columns if plan is not None else ((missing.sheet, missing.columns),) if missing else ()
    try:
        told = read_told(read, door.task.rules, upload.told, request.form)
    except Invalid as refusal:
        if plan is not None:
            page = _page(door, token, upload, plan, refusal, request.form)
        else:
            assert missing is not None
            page = _missing_page(door, token, upload, missing, request.form, refusal)
        return page, status_of(refusal)
    return redirect(door.url("_checked", token=with_told(token, told)))


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


def _page(
    door: Door,
    token: str,
    upload: KeptUpload,
    plan: TablePlan,
    refusal: Refusal | None = None,
    sent: Mapping[str, str] | None = None,
) -> str:
    report, form = plan.report, ConfirmForm(formdata=None)
    form.begin(report.digest)
    chosen = chosen_filter(report)
    rows = filtered(report, chosen)
    start = first_shown(len(rows))
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
        sheets=columns_shown(report.columns, door.task.rules, sent),
        is_corrected=bool(upload.told),
        tally=tally_of(door, token, report, chosen),
        sum=sum_of(report),
        all_url=door.url("_checked", token=token, show="all"),
        chosen=chosen,
        rows=[shown_row(door, row) for row in rows[start : start + PAGE]],
        span=(start + 1, min(start + PAGE, len(rows)), len(rows)),
        before=page_url(door, token, chosen, start - PAGE) if start else None,
        after=page_url(door, token, chosen, start + PAGE) if start + PAGE < len(rows) else None,
    )


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

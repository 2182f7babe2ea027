"""Many notices at once: which of the picked, the password where they are issued, and the run that does it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import Response, current_app, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor, current_person
from accounts.signing_in import check_password
from core.db import db, unit_of_work
from core.files import file_store
from core.models import StoredFile
from core.once import AlreadyDone, keep_outcome
from core.refusals import Invalid, NotFound
from core.web import now
from hazards.presenting.words import moment_text
from notices.forms.acting import UNTYPED, ManyForm
from notices.models import Notice
from notices.operations import runs
from notices.operations.common import case_of
from notices.presenting.runs import ACTS, RunPage, run_page
from notices.presenting.words import named
from notices.queries import notices_by_ids
from notices.rules import permit_issue, permit_print
from notices.views.blueprint import blueprint

WHAT: Final = "<any('issue', 'print'):what>"
SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Picked:
    """One of the picked: whether it will be taken, and why not."""

    id: int
    named: str
    addressee: str
    drafted: str
    why_not: str


@blueprint.get(f"/notices/many/{WHAT}")
def many(what: str) -> ResponseReturnValue:
    """What would be done to which of the picked, and why not to the others."""
    form = ManyForm()
    form.new_key()
    return _show(form, what, _picked(request.args.getlist("pick")))


@blueprint.post(f"/notices/many/{WHAT}")
def begin_many(what: str) -> ResponseReturnValue:
    """Begin the run; a second tap is led to the first's."""
    form, ids = ManyForm(), _picked(request.form.getlist("pick"))
    try:
        if not (form.validate() and _is_person(form, what)):
            return _show(form, what, ids), form.status
        with unit_of_work():
            run = runs.begin(what, ids, form.once.data or "", by=current_actor(), now=now())
            run_id = run.id
            url = url_for("notices.run", run_id=run_id)
            keep_outcome(form.once.data or "", url)
    except AlreadyDone as before:
        return redirect(before.outcome or url_for("notices.index"))
    except Invalid as refusal:
        form.show(refusal)
        return _show(form, what, ids), form.status
    current_app.extensions["jobs"].ask_for(runs.JOB, str(run_id))
    return redirect(url)


def _is_person(form: ManyForm, what: str) -> bool:
    """The password again where they are issued."""
    if what != runs.ISSUE:
        return True
    if not form.password.data:
        form.password.errors = [UNTYPED]
        return False
    check_password(current_person(), form.password.data, now(), undone="没有签发")
    return True


def _picked(sent: Sequence[str]) -> list[int]:
    """The ids that were ticked, each once; what is none is left out."""
    numbers = [text for text in sent[: runs.MOST + 1] if text.isascii() and text.isdigit() and len(text) < 16]
    return list(dict.fromkeys(map(int, numbers)))


def _show(form: ManyForm, what: str, ids: Sequence[int]) -> str:
    found = notices_by_ids(ids)
    lines = [_line(notice, what) for notice in found]
    return render_template(
        "notices/many.html",
        form=form,
        what=what,
        title=ACTS[what],
        lines=[line for line in lines if not line.why_not],
        barred=[line for line in lines if line.why_not],
        lost=len(ids) - len(found),
        shown=SHOWN,
        most=runs.MOST,
        login=current_person().login,
    )


def _line(notice: Notice, what: str) -> Picked:
    permit = permit_issue if what == runs.ISSUE else permit_print
    why = permit(case_of(notice, current_actor())).sentence
    return Picked(notice.id, named(notice), notice.addressee, moment_text(notice.drafted_at), why)


# --- the run ---------------------------------------------------------------------------------------------------


@blueprint.get("/notices/runs/<int:run_id>")
def run(run_id: int) -> ResponseReturnValue:
    """How far it is, what came of each, and the file when it is there; the page loads itself again meanwhile."""
    page: RunPage = run_page(runs.run_by_id(run_id), now())
    return render_template("notices/run.html", page=page)


@blueprint.post("/notices/runs/<int:run_id>/cancel")
def cancel_run(run_id: int) -> ResponseReturnValue:
    """Stop it after the notice it is at; what is done stays done."""
    with unit_of_work():
        runs.call_off(run_id, now=now())
    flash("已取消。已经办理的不受影响，其余的不再办理。", "good")
    return redirect(url_for("notices.run", run_id=run_id))


@blueprint.get("/notices/runs/<int:run_id>.pdf")
def run_file(run_id: int) -> Response:
    """The papers put together, for whoever asked for them."""
    found = runs.run_by_id(run_id)
    file = db.session.get(StoredFile, found.file_id) if found.file_id is not None else None
    if file is None:
        raise NotFound("合订的文件还没有做好，或者没有可以打印的文书。请看办理结果。")
    answer = send_file(
        file_store().open(file.digest),
        file.media_type,
        as_attachment=True,
        download_name=f"文书合订 {found.asked_at:%Y%m%d} {found.asked} 份.pdf",
    )
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

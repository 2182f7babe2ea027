"""The auditor's pages: who did what, who tried to log in, whether the histories are whole: /admin/audit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

from flask import flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.auditing import Look, entries_file, note_export, note_look, tries_file, verify_histories
from accounts.authority import allow
from accounts.forms.audit import EntryFilter, PeriodForm, SignInFilter
from accounts.queries import person_labels, search_people
from accounts.queries.security import person_notes
from accounts.queries.sign_ins import PAGE, TriesAsked, tries
from accounts.roles import Role
from accounts.signing_in import OUTCOME_LABELS
from accounts.views import auditing
from core.audit import Asked, EntryPage, entries, entry_kinds, entry_shown, subject_ids, subject_kinds
from core.days import shanghai_day, start_of_day
from core.db import unit_of_work
from core.history_checks import is_under_way, newest_checks
from core.list_file import FORMATS, ListFile
from core.refusals import NotFound
from core.web import now


@auditing.before_request
def only_for_the_auditor() -> None:
    """Nobody else reads who did what as a whole."""
    allow(current_actor().holds(Role.AUDITOR), "打开审计", "审计管理员")


# --- who did what ----------------------------------------------------------------------------------------------


@auditing.get("/")
def index() -> ResponseReturnValue:
    """The entries of all histories, newest first."""
    form = _entry_filter()
    page, labels = EntryPage((), None), {}
    if form.validate():
        asked = _asked(form)
        _note(Look.at_entries(asked))
        page = entries(asked, _key())
        labels = person_labels({row.actor_id for row in page.rows if row.actor_id is not None})
    shown = render_template(
        "accounts/audit.html",
        form=form,
        page=page,
        labels=labels,
        after=_key_text(page.next_after),
        picked=_picked(form),
        formats=FORMATS,
    )
    return shown, 422 if form.errors else 200


def _entry_filter() -> EntryFilter:
    form = EntryFilter(formdata=request.args)
    form.offer(subject_kinds(), entry_kinds())
    form.complete(shanghai_day(now()))
    return form


def _asked(form: EntryFilter) -> Asked:
    kind = form.subject_kind.data or ""
    return Asked(
        *_period(form),
        actors=_people(form.person.data) if form.person.data else None,
        subject_kind=kind,
        subject_ids=subject_ids(kind, form.subject.data) if form.subject.data else None,
        kind=form.kind.data or "",
    )


def _people(text: str) -> tuple[int, ...]:
    """By a part of the name, the whole login, or the number."""
    found = {person.id for person in search_people(text)}
    if text.isascii() and text.isdigit() and len(text) < 19:
        found.add(int(text))
    return tuple(sorted(found))


def _period(form: PeriodForm) -> tuple[datetime, datetime]:
    since: date = form.since.data
    until: date = form.until.data
    return start_of_day(since), start_of_day(until + timedelta(days=1))


def _picked(form: PeriodForm) -> dict[str, Any]:
    """What is asked for, as it stands in an address."""
    values = {field.name: field.data for field in form if field.name != "csrf_token" and field.data}
    return {name: value.isoformat() if isinstance(value, date) else str(value) for name, value in values.items()}


def _key() -> tuple[datetime, int] | None:
    """The key of the last row of the page before: microseconds and id."""
    moment, _, number = request.args.get("after", "").partition("-")
    if not (moment.isascii() and moment.isdigit() and number.isascii() and number.isdigit()):
        return None
    if len(moment) > 17 or len(number) > 18:
        return None
    seconds, rest = divmod(int(moment), 1_000_000)
    return datetime.fromtimestamp(seconds, UTC) + timedelta(microseconds=rest), int(number)


def _key_text(key: tuple[datetime, int] | None) -> str | None:
    if key is None:
        return None
    since = key[0] - datetime.fromtimestamp(0, UTC)
    return f"{since // timedelta(microseconds=1)}-{key[1]}"


def _note(look: Look) -> None:
    with unit_of_work():
        note_look(current_actor(), look, now=now())


@auditing.get("/entries/<int:entry_id>")
def entry(entry_id: int) -> ResponseReturnValue:
    """One entry, with everything that may be shown of it."""
    _note(Look("entry", {"entry": entry_id}))
    found = entry_shown(entry_id)
    if found is None:
        raise NotFound("找不到这条经过。请回到「审计」核对。")
    labels = person_labels({found.entry.actor_id} if found.entry.actor_id is not None else ())
    note = person_notes([found.note_id] if found.note_id else ()).get(found.note_id or 0, "")
    return render_template("accounts/audit_entry.html", shown=found, labels=labels, note=note)


@auditing.post("/entries.<ending>")
def export_entries(ending: str) -> ResponseReturnValue:
    """The entries asked for as a file."""
    form = EntryFilter(formdata=request.form)
    form.offer(subject_kinds(), entry_kinds())
    form.complete(shanghai_day(now()))
    if not form.validate():
        return redirect(url_for("audit.index", **_picked(form)))
    asked = _asked(form)
    return _export(Look.at_entries(asked), ending, form, lambda: entries_file(asked, ending))


def _export(look: Look, ending: str, form: PeriodForm, write: Callable[[], ListFile]) -> ResponseReturnValue:
    if ending not in FORMATS:
        raise NotFound("没有这种格式。请从页面选择。")
    written = write()
    with unit_of_work():
        note_export(current_actor(), look, ending, written.rows, now=now())
    title = "审计记录" if look.what == "entries" else "登录记录"
    name = f"{title}{form.since.data.isoformat()}至{form.until.data.isoformat()}.{ending}"
    answer = send_file(written.file, FORMATS[ending], as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


# --- tries to log in -------------------------------------------------------------------------------------------


@auditing.get("/sign-ins")
def sign_ins() -> ResponseReturnValue:
    """Everybody's tries to log in, newest first."""
    form, rows = _try_filter(request.args), []
    if form.validate():
        asked = _tries_asked(form)
        _note(Look.at_tries(asked))
        rows = tries(asked, _key())
    last = rows[PAGE - 1] if len(rows) > PAGE else None
    page = render_template(
        "accounts/audit_sign_ins.html",
        form=form,
        rows=rows[:PAGE],
        after=_key_text((last.at, last.id)) if last else None,
        picked=_picked(form),
        outcomes=OUTCOME_LABELS,
        formats=FORMATS,
    )
    return page, 422 if form.errors else 200


def _try_filter(sent: Any) -> SignInFilter:
    form = SignInFilter(formdata=sent)
    form.offer(OUTCOME_LABELS)
    form.complete(shanghai_day(now()))
    return form


def _tries_asked(form: SignInFilter) -> TriesAsked:
    return TriesAsked(*_period(form), form.login.data or "", form.address.data or "", form.outcome.data or "")


@auditing.post("/sign-ins.<ending>")
def export_sign_ins(ending: str) -> ResponseReturnValue:
    """The tries asked for as a file."""
    form = _try_filter(request.form)
    if not form.validate():
        return redirect(url_for("audit.sign_ins", **_picked(form)))
    asked = _tries_asked(form)
    return _export(Look.at_tries(asked), ending, form, lambda: tries_file(asked, ending))


# --- whether it is whole ---------------------------------------------------------------------------------------


@auditing.route("/checks", methods=["GET", "POST"])
def checks() -> ResponseReturnValue:
    """Have every history verified; how far it is, and what the last ones found."""
    if request.method == "POST":
        with unit_of_work():
            verify_histories(current_actor(), now=now())
        flash("已开始核验。可以离开此页，结果留在这里。", "good")
        return redirect(url_for("audit.checks"))
    found, moment = newest_checks(), now()
    labels = person_labels({check.asked_by_id for check in found})
    running = [check.id for check in found if is_under_way(check, moment)]
    return render_template("accounts/audit_checks.html", checks=found, labels=labels, running=running)

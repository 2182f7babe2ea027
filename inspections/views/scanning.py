"""What a scanned label leads to: one's tasks there, or a worker's report, without an account where that is allowed.

`/p/…` is open to everybody. A label that is none, was retired, or belongs to somebody else looks the same: not found.
"""

from __future__ import annotations

from typing import Any, Final

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, actor_if_any
from accounts.doors import own_path
from accounts.roles import Role
from core.db import unit_of_work
from core.once import AlreadyDone, keep_outcome, new_key, use_once
from core.refusals import Invalid, NotAllowed, NotFound, Unavailable
from core.web import now
from hazards.views.uploads import keep, receive
from inspections.forms.open_reports import MOST_PHOTOS, FollowForm, WorkerReportForm
from inspections.operations.open_reports import Told, code_of, kept_code, report_as_stranger, report_as_worker
from inspections.operations.starting import INSPECTORS
from inspections.queries.found import hazards_at
from inspections.queries.points import get_point
from inspections.queries.scanning import Scanned, followed, scanned
from inspections.queries.tasks import Task, tasks_for

blueprint = Blueprint("scanning", __name__, url_prefix="/p")

GONE: Final = "这个标签找不到对应的风险点：可能已经停用，或者地址不完整。请核对标签，或者告诉班组长、安全管理人员。"
MOST_UPLOAD: Final = 32 * 1024 * 1024  # three photos of a telephone
SHOWN: Final = 10


@blueprint.url_value_preprocessor
def _bound_upload(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Before anything of the body is read: what is open to everybody takes no more than three photos."""
    request.max_content_length = MOST_UPLOAD


@blueprint.get("/<token>")
def point(token: str) -> ResponseReturnValue:
    """The point of a label: for its enterprise's people what they have to do there, for others the door they have."""
    found, actor = _scanned(token), actor_if_any()
    if actor is None:
        return redirect(url_for("scanning.report", token=token)) if found.allowed else _to_log_in()
    if actor.enterprise_id is None:
        return redirect(url_for("inspections.point", point_id=_seen_by_regulator(found)))
    open_ones, _more = hazards_at(found.point_id, open_ones=True, limit=SHOWN)
    return render_template(
        "inspections/scanned.html",
        here=found,
        token=token,
        sees=_sees(found) and not actor.roles <= {Role.WORKER},
        tasks=[one for one in tasks_for(actor, now=now()) if _is_here(one, found)],
        open_ones=open_ones,
        besides=found.checklist_id is not None and actor.holds(*INSPECTORS),
        key=new_key(),
    )


@blueprint.route("/<token>/report", methods=["GET", "POST"])
def report(token: str) -> ResponseReturnValue:
    """What is wrong here, in one sentence and a photo."""
    found, actor = _scanned(token), actor_if_any()
    if actor is None and not found.allowed:
        return _to_log_in()
    if actor is not None and actor.enterprise_id is None:
        raise NotAllowed("这里由本企业人员上报。检查中发现的，请到「上报」按督导检查上报。")
    form = WorkerReportForm()
    if request.method == "POST":
        return _take(form, found, token, actor)
    form.once.data = new_key()
    return _page(form, found, token, ())


@blueprint.route("/follow", methods=["GET", "POST"])
def follow() -> ResponseReturnValue:
    """What became of a report, by the code that was given with it."""
    form, row, missed = FollowForm(), None, False
    if form.validate_on_submit():
        row = followed(kept_code(form.code.data or ""))
        missed = row is None
    code = 404 if missed else 422 if form.errors else 200
    return render_template("inspections/follow.html", form=form, row=row, missed=missed), code


# --- taking a report ---------------------------------------------------------------------------------------------


def _take(form: WorkerReportForm, found: Scanned, token: str, actor: Actor | None) -> ResponseReturnValue:
    whose = actor.person_id if actor is not None else -found.point_id
    is_right = form.validate()
    photos = receive(form.photos, form.staged, most=MOST_PHOTOS, whose=whose)
    told = None
    if is_right and not photos.is_wrong:
        try:
            told = _report(form, found, actor, photos.files, whose)
        except AlreadyDone as done:
            told = Told(done.outcome, "" if actor else code_of(form.once.data or ""), False)
        except (Invalid, Unavailable) as refusal:
            form.show(refusal)
    if told is not None:
        return render_template("inspections/scan_told.html", here=found, told=told, token=token)
    return _page(form, found, token, tuple(one["name"] for one in keep(photos, form.staged, whose=whose))), form.status


def _report(form: WorkerReportForm, found: Scanned, actor: Actor | None, photos: Any, whose: int) -> Told:
    key, seen = form.once.data or "", form.seen(photos)
    with unit_of_work():
        use_once(key, whose, now())
        if actor is not None:
            told = report_as_worker(found, seen, by=actor, now=now())
        else:
            name, contact = form.name.data or "", form.contact.data or ""
            told = report_as_stranger(found, seen, name=name, contact=contact, key=key, now=now())
        keep_outcome(key, told.number)
    return told


def _page(form: WorkerReportForm, found: Scanned, token: str, have: tuple[str, ...]) -> str:
    return render_template(
        "inspections/scan_report.html", form=form, here=found, token=token, have=have, most=MOST_PHOTOS
    )


# --- who is there ------------------------------------------------------------------------------------------------


def _scanned(token: str) -> Scanned:
    """The point of the label; whoever is signed in elsewhere finds nothing here."""
    found, actor = scanned(token), actor_if_any()
    if found is None:
        raise NotFound(GONE)
    if actor is not None and actor.enterprise_id != found.enterprise_id:
        _seen_by_regulator(found)
    return found


def _seen_by_regulator(found: Scanned) -> int:
    actor = actor_if_any()
    if actor is None or actor.regulator_id is None or not _sees(found):
        raise NotFound(GONE)
    return found.point_id


def _sees(found: Scanned) -> bool:
    try:
        return bool(get_point(found.point_id))
    except NotFound:
        return False


def _to_log_in() -> ResponseReturnValue:
    return redirect(url_for("accounts.login", next=own_path(request.full_path)))


def _is_here(task: Task, found: Scanned) -> bool:
    if task.plan.risk_point_id is not None:
        return task.plan.risk_point_id == found.point_id
    return task.plan.unit_id == found.unit_id

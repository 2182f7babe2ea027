"""The report form, /hazards/new. A regulator chooses the enterprise first; others report on their own enterprise."""

from __future__ import annotations

from datetime import datetime

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.models import Enterprise
from accounts.queries import get_enterprise, links_of, search_enterprises, units_tree
from core.db import unit_of_work
from core.once import AlreadyDone, keep_outcome, new_key, use_once
from core.refusals import Invalid, NotAllowed, Unavailable
from core.web import now
from hazards.candidates import candidates, close_clause
from hazards.duplicates import likely_duplicates, open_ones
from hazards.forms.judging import NEITHER, cards_of, earlier_words
from hazards.forms.reporting import Around, Help, ReportForm, channels_of, linked_choices
from hazards.likeness import Said
from hazards.operations.reporting import Report, report
from hazards.recent import recent_enterprises, recent_places
from hazards.staging import staged_thumb
from hazards.views.blueprint import blueprint
from hazards.views.uploads import keep, receive

LOOK = "look"  # the button that only looks for clauses and earlier hazards
JUDGES = {True: "安全管理人员", False: "签批的检查人员"}  # who judges a report of the enterprise, of a regulator
READ = 2000  # characters of a description that are read for it
FOUND = 20  # enterprises a search shows; more are reached by more words


@blueprint.route("/new", methods=["GET", "POST"])
def new() -> ResponseReturnValue:
    """Report a hazard: photo, place, one sentence."""
    actor = current_actor()
    if not channels_of(actor):
        raise NotAllowed("您的角色不上报隐患。发现隐患时，请告知本单位安全管理人员或检查人员上报。")
    enterprise = enterprise_of(actor)
    if enterprise is None:
        return _choose_enterprise(actor)
    form = ReportForm()
    form.offer(actor, _around(enterprise, actor), now())
    if request.method == "POST":
        return _take(form, actor, enterprise)
    form.once.data = new_key()
    form.offer_help(Help())
    return _page(form, actor, enterprise, {}, Help())


@blueprint.get("/new/photo/<token>")
def staged_photo(token: str) -> Response:
    """The small copy of a photo that waits for its form."""
    answer = Response(staged_thumb(token, current_actor().person_id, now()), mimetype="image/jpeg")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def enterprise_of(actor: Actor) -> Enterprise | None:
    """The person's own enterprise, or the one a regulator has chosen; None before that."""
    if actor.enterprise_id is not None:
        return get_enterprise(actor.enterprise_id)
    chosen = request.args.get("enterprise", "")
    is_number = chosen.isascii() and chosen.isdigit() and len(chosen) < 12
    return get_enterprise(int(chosen)) if is_number else None


def _choose_enterprise(actor: Actor) -> ResponseReturnValue:
    sought = " ".join(request.args.get("q", "")[:100].replace("\0", " ").split())
    found = search_enterprises(sought, limit=FOUND) if sought else None
    return render_template(
        "hazards/new_enterprise.html",
        q=sought,
        rows=found.rows if found else recent_enterprises(actor.person_id),
        has_more=bool(found and found.next_after),
    )


def _around(enterprise: Enterprise, actor: Actor) -> Around:
    return Around(
        enterprise,
        units_tree(enterprise.id),
        linked_choices(links_of(enterprise.id), enterprise.id),
        recent_places(enterprise.id, actor.person_id),
    )


def _take(form: ReportForm, actor: Actor, enterprise: Enterprise) -> ResponseReturnValue:
    """Judge the photos, then report in one unit of work; whatever is refused comes back with all that was typed."""
    moment, enterprise_id = now(), enterprise.id
    only_looks = LOOK in request.form
    is_right = form.validate() and not only_looks
    before, after = receive(form.photos, form.staged), receive(form.photos_after, form.staged_after)
    if is_right and not (before.is_wrong or after.is_wrong):
        what = form.as_report(actor, enterprise_id, now=moment, photos=before.files, photos_after=after.files)
        try:
            return _report(what, form.once.data or "", actor, moment)
        except AlreadyDone as done:
            return _done_before(done, actor)
        except (Invalid, Unavailable) as refusal:
            form.show(refusal)
    have = {"photos": keep(before, form.staged), "photos_after": keep(after, form.staged_after)}
    enterprise = get_enterprise(enterprise_id)
    found = help_for(form.said(), enterprise, form.sector.data or "")
    form.offer_help(found)
    return _page(form, actor, enterprise, have, found), 200 if only_looks else form.status


def _report(what: Report, key: str, actor: Actor, moment: datetime) -> ResponseReturnValue:
    with unit_of_work():
        use_once(key, actor.person_id, moment)
        hazard = report(what, by=actor, now=moment)
        url = url_for("hazards.detail", number=hazard.number)
        keep_outcome(key, url)
        said = _said(hazard.number, hazard.holder, what)
    flash(said, "good")
    flash(draft_key(actor), "draft-clear")
    return redirect(url)


def _said(number: str, holder: str, what: Report) -> str:
    done = "已上报，整改情况已记录并申请验收" if what.on_the_spot else "已上报"
    return f"{done}：{number}。" + (f"现在由 {holder} 办理。" if holder else "")


def _done_before(done: AlreadyDone, actor: Actor) -> ResponseReturnValue:
    flash(done.sentence, "note")
    flash(draft_key(actor), "draft-clear")
    return redirect(done.outcome or url_for("hazards.index"))


def draft_key(actor: Actor) -> str:
    """Under which key the device keeps this person's unfinished report."""
    return f"report:{actor.person_id}"


def help_for(said: Said, enterprise: Enterprise, sector: str) -> Help:
    """Clauses in force on the day it was found, and earlier hazards of the enterprise, for what was typed so far."""
    text = said.description[:READ]
    sector, industry, on = sector or enterprise.sector, enterprise.industry, said.found_on
    return Help(
        candidates(text, sector=sector, industry=industry, on=on),
        close_clause(text, sector=sector, industry=industry, on=on),
        likely_duplicates(enterprise.id, said),
    )


def _page(
    form: ReportForm, actor: Actor, enterprise: Enterprise, have: dict[str, tuple[dict[str, str], ...]], found: Help
) -> str:
    return render_template(
        "hazards/new.html",
        form=form,
        enterprise=enterprise,
        draft=draft_key(actor),
        is_own=actor.enterprise_id is not None,
        have=have,
        found=found,
        cards=cards_of(found.likely) | {NEITHER: {"clause": f"由{JUDGES[actor.enterprise_id is not None]}判定"}},
        open_earlier=[(one, earlier_words(one)) for one in open_ones(found.earlier)],
    )

"""Pages of this room: / (what waits for me), /messages/read, /reports/ (ledgers) and their download."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.messages import mark_read
from accounts.roles import Side
from core.days import shanghai_day
from core.db import unit_of_work
from core.refusals import Invalid, NotFound
from core.web import now
from hazards.presenting.words import WEEKDAYS
from reports import waiting
from reports.access import allow_export
from reports.enterprise_ledger import ENTERPRISE
from reports.forms import LedgerForm
from reports.home import MESSAGES_SHOWN, home_of
from reports.ledger_page import LedgerShown, ledger_shown
from reports.ledgers import LEDGERS, Ledger
from reports.operations import FORMATS, LedgerOrder, ledger_file, note_export
from reports.presenting import system_duties
from reports.queries import coverage_for, regions_for, units_for
from reports.regulator_columns import REGULATOR
from reports.rules import Month, month_of, parse_month

blueprint = Blueprint("reports", __name__)

MARKED_AT_ONCE = 100


# --- the home page ---------------------------------------------------------------------------------------------


@blueprint.get("/")
def home() -> ResponseReturnValue:
    """What waits for me, what is overdue, what I sent; for the system's people what they administer."""
    actor, moment = current_actor(), now()
    today = shanghai_day(moment)
    day = f"{today.year}年{today.month}月{today.day}日 星期{WEEKDAYS[today.weekday()]}"
    if actor.side is Side.SYSTEM:
        messages = waiting.unread(actor.person_id)[:MESSAGES_SHOWN]
        duties = system_duties(actor)
        return render_template("reports/system_home.html", actor=actor, day=day, duties=duties, messages=messages)
    return render_template("reports/home.html", actor=actor, day=day, home=home_of(actor, moment), today=today)


@blueprint.post("/messages/read")
def read_messages() -> ResponseReturnValue:
    """Take one message, or all that were shown, as read."""
    asked = request.form.getlist("message")[:MARKED_AT_ONCE]
    ids = [int(text) for text in asked if text.isascii() and text.isdigit() and len(text) < 19]
    with unit_of_work():
        mark_read(ids, by=current_actor(), now=now())
    return redirect(url_for("reports.home"))


# --- ledgers ---------------------------------------------------------------------------------------------------


@blueprint.get("/reports/")
def index() -> ResponseReturnValue:
    """Choose ledger, month and region, enterprise or unit; see how many records it holds; take it out."""
    actor = current_actor()
    allow_export(actor)
    form, month = LedgerForm(formdata=request.args), _asked_month()
    ledger = _asked_ledger(actor)
    form.offer(regions_for(actor), shanghai_day(now()), month)
    form.offer_ledgers([(one.code, one.layout.name) for one in LEDGERS.values()], ledger.code)
    form.offer_units(units_for(actor) if ledger.code != REGULATOR.code else [])
    shown = _shown(form, actor, ledger, month)
    page = render_template("reports/index.html", form=form, shown=shown, ledger=ledger, formats=FORMATS)
    return page, 422 if form.errors or form.form_errors else 200


def _asked_ledger(actor: Actor) -> Ledger:
    """The ledger asked for; at first the one that this person hands in."""
    usual = REGULATOR if actor.enterprise_id is None else ENTERPRISE
    return LEDGERS.get(request.args.get("ledger", "")) or LEDGERS[usual.code]


def _shown(form: LedgerForm, actor: Actor, ledger: Ledger, month: Month) -> LedgerShown | None:
    if not form.validate() or (ledger.of_enterprise and actor.enterprise_id is None and not form.enterprise.data):
        return None
    try:
        region, firm, unit = form.region.data or "", form.enterprise.data or "", form.unit.data or ""
        return ledger_shown(_order(actor, ledger, month, region, firm, unit))
    except Invalid as refusal:
        form.show(refusal)
        return None


def _asked_month() -> Month:
    """The month asked for; the last complete one at first, which is what is handed in."""
    today, asked = shanghai_day(now()), request.args.get("month", "")[:10]
    if not asked:
        return month_of(today).before()
    try:
        return parse_month(asked, today)
    except Invalid as refusal:
        flash(refusal.sentence, "warn")
        return month_of(today).before()


def _order(actor: Actor, ledger: Ledger, month: Month, region: str, uscc: str, unit: str) -> LedgerOrder:
    unit_id = int(unit) if unit.isascii() and unit.isdigit() and len(unit) < 16 else None
    coverage = coverage_for(actor, region, uscc, unit_id, of_enterprise=ledger.of_enterprise)
    return LedgerOrder(ledger, month, coverage, actor.name, now())


@blueprint.post("/reports/<ledger>.<ending>")
def export(ledger: str, ending: str) -> ResponseReturnValue:
    """The ledger as a file, written to a temporary one first, so that a row that fails leaves no half ledger."""
    actor = current_actor()
    allow_export(actor)
    if ledger not in LEDGERS or ending not in FORMATS:
        raise NotFound("没有这个台账，或者没有这种格式。请从「统计与台账」选择。")
    month = parse_month(request.form.get("month", "")[:10], shanghai_day(now()))
    region, firm = request.form.get("region", "")[:12], request.form.get("enterprise", "")[:18]
    order = _order(actor, LEDGERS[ledger], month, region, firm, request.form.get("unit", "")[:16])
    file, written = ledger_file(order, ending)
    with unit_of_work():
        note_export(order, written, ending, by=actor)
    answer = send_file(file, FORMATS[ending][1], as_attachment=True, download_name=f"{order.file_name}.{ending}")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

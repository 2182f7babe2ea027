"""Pages of this room: / (what waits for me), /messages/read, /reports/ (ledgers) and their download."""

from __future__ import annotations

from datetime import date

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.messages import mark_read
from accounts.roles import Side
from core.days import shanghai_day
from core.db import unit_of_work
from core.refusals import Invalid, NotFound
from core.web import now
from hazards.presenting.words import WEEKDAYS
from reports import runs, waiting
from reports.access import allow_export
from reports.enterprise_ledger import ENTERPRISE
from reports.forms import LedgerForm
from reports.home import MESSAGES_SHOWN, home_of
from reports.ledger_page import LedgerShown, ledger_shown
from reports.ledgers import LEDGERS, Ledger
from reports.operations import FORMATS, Over, ledger_file, note_export, order_for
from reports.presenting import system_duties
from reports.queries import places_for, sectors_for, units_for
from reports.regulator_columns import REGULATOR
from reports.rules import Period, month_of, parse_month, parse_period

blueprint = Blueprint("reports", __name__)

MARKED_AT_ONCE = 100
OVER = {"region": 12, "enterprise": 18, "unit": 16, "sector": 40}  # what a ledger is narrowed to, and how long


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
    """Choose ledger, period and region, industry, enterprise or unit; see how many records it holds; take it out."""
    actor, today = current_actor(), shanghai_day(now())
    allow_export(actor)
    form, ledger = LedgerForm(formdata=request.args), _asked_ledger(actor)
    period = _asked_period(form, today) if form.validate() else None
    form.offer_periods(today, period or month_of(today).before())
    form.offer_ledgers([(one.code, one.layout.name) for one in LEDGERS.values()], ledger.code)
    form.offer_places(places_for(actor, (form.region.data or "")[:12]), sectors_for(actor))
    form.offer_units(units_for(actor) if ledger.code != REGULATOR.code else [])
    shown = _shown(form, actor, ledger, period) if period else None
    page = render_template("reports/index.html", form=form, shown=shown, ledger=ledger, formats=FORMATS)
    return page, 422 if form.errors or form.form_errors else 200


def _asked_ledger(actor: Actor) -> Ledger:
    """The ledger asked for; at first the one that this person hands in."""
    usual = REGULATOR if actor.enterprise_id is None else ENTERPRISE
    return LEDGERS.get(request.args.get("ledger", "")) or LEDGERS[usual.code]


def _shown(form: LedgerForm, actor: Actor, ledger: Ledger, period: Period) -> LedgerShown | None:
    if ledger.of_enterprise and actor.enterprise_id is None and not form.enterprise.data:
        return None
    asked = (form.region.data, form.enterprise.data, form.unit.data, form.sector.data)
    try:
        return ledger_shown(order_for(actor, ledger, period, Over(*(text or "" for text in asked)), now()))
    except Invalid as refusal:
        form.show(refusal)
        return None


def _asked_period(form: LedgerForm, today: date) -> Period | None:
    """The period asked for, also by an address of a month; None with the reason on the form."""
    month = request.args.get("month", "")[:10]
    try:
        return parse_month(month, today) if month and not form.period.data else form.asked(today)
    except Invalid as refusal:
        form.show(refusal)
        return None


@blueprint.post("/reports/<ledger>.<ending>")
def export(ledger: str, ending: str) -> ResponseReturnValue:
    """The ledger as a file, whole or not at all; a large one is written in the background and waits for the person."""
    actor = current_actor()
    allow_export(actor)
    if ledger not in LEDGERS or ending not in FORMATS:
        raise NotFound("没有这个台账，或者没有这种格式。请从「统计与台账」选择。")
    asked, today = request.form, shanghai_day(now())
    written_as = asked.get("period", "")[:30]
    period = parse_period(written_as, today) if written_as else parse_month(asked.get("month", "")[:10], today)
    over = Over(*(asked.get(name, "")[:most] for name, most in OVER.items()))
    order = order_for(actor, LEDGERS[ledger], period, over, now())
    if runs.is_large(order):
        with unit_of_work():
            run_id = runs.ask(order, over, ending, by=actor).id
        return redirect(url_for("reports.ledger_run", run_id=run_id))
    file, written = ledger_file(order, ending)
    with unit_of_work():
        note_export(order, written, ending, by=actor)
    answer = send_file(file, FORMATS[ending][1], as_attachment=True, download_name=f"{order.file_name}.{ending}")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

"""Pages: /reports/exchange (choose, see what is to be said, take out) and the files behind it."""

from __future__ import annotations

from flask import flash, render_template, request, send_file
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from core.days import shanghai_day
from core.db import unit_of_work
from core.refusals import Invalid
from core.web import now
from reports.access import allow_export
from reports.exchange.formats import ExchangeFormat
from reports.exchange.forms import ExchangeForm, wide_of
from reports.exchange.orders import (
    ExchangeOrder,
    allow_exchange,
    exchange_file,
    file_form_of,
    format_of,
    formats_for,
    note_exchange,
)
from reports.exchange.page import ExchangeShown, exchange_shown
from reports.queries import coverage_for, regions_for
from reports.rules import Period, month_of, parse_period
from reports.views import blueprint as blueprint


@blueprint.get("/reports/exchange")
def exchange() -> ResponseReturnValue:
    """Choose format, period and region or enterprise; see how many records and every remark; take the file out."""
    actor = current_actor()
    allow_export(actor)
    offered = formats_for(actor)
    asked = request.args.get("format", "")
    form = next((one for one in offered if one.code == asked), offered[0])
    period, fields = _asked_period(), ExchangeForm(formdata=request.args)
    fields.offer(offered, form)
    fields.offer_periods(shanghai_day(now()), period)
    fields.offer_regions(regions_for(actor))
    shown = _shown(fields, actor, form, period)
    page = render_template("reports/exchange.html", form=fields, shown=shown, asked=form, period=period)
    return page, 422 if fields.errors or fields.form_errors else 200


def _asked_period() -> Period:
    """The period asked for; the last complete month at first, which is what is handed in."""
    today, asked = shanghai_day(now()), request.args.get("period", "")[:30]
    try:
        return parse_period(asked, today) if asked else month_of(today).before()
    except Invalid as refusal:
        flash(refusal.sentence, "warn")
        return month_of(today).before()


def _shown(fields: ExchangeForm, actor: Actor, form: ExchangeFormat, period: Period) -> ExchangeShown | None:
    if not fields.validate() or (form.of_enterprise and actor.enterprise_id is None and not fields.enterprise.data):
        return None
    try:
        region, firm = fields.region.data or "", fields.enterprise.data or ""
        return exchange_shown(_order(actor, form, period, region, firm, fields.wide.data or ""))
    except Invalid as refusal:
        fields.show(refusal)
        return None


def _order(actor: Actor, form: ExchangeFormat, period: Period, region: str, uscc: str, wide: str) -> ExchangeOrder:
    coverage = coverage_for(actor, region, uscc, of_enterprise=form.of_enterprise)
    return ExchangeOrder(form, period, coverage, now(), wide_of(wide))


@blueprint.post("/reports/exchange/<code>/<file_form>")
def exchange_out(code: str, file_form: str) -> ResponseReturnValue:
    """The file, written to a temporary one first, so that a record that fails leaves no half file."""
    actor, form = current_actor(), format_of(code)
    allow_exchange(actor, form)
    wanted = file_form_of(form, file_form)
    period = parse_period(request.form.get("period", "")[:30], shanghai_day(now()))
    region, firm = request.form.get("region", "")[:12], request.form.get("enterprise", "")[:18]
    order = _order(actor, form, period, region, firm, request.form.get("wide", "")[:1])
    file, made = exchange_file(order, wanted)
    with unit_of_work():
        note_exchange(order, made, wanted, by=actor)
    answer = send_file(file, wanted.media_type, as_attachment=True, download_name=order.file_name(wanted))
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

"""When an enterprise works and when it is stopped: /admin/enterprises/<id>/shifts."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.authority import allow, may_keep_contacts
from accounts.forms.base import carry_out
from accounts.forms.shifts import WEEK, CalendarForm, StopForm
from accounts.queries import units_tree
from accounts.queries.shifts import begins, get_stop, shift_rows
from accounts.shift_models import WorkCalendar
from accounts.shifts import KEEPERS, add_stop, end_stop, set_calendar
from accounts.views import administration
from accounts.views.enterprises import enterprise_to_administer
from core.days import shanghai_day
from core.db import unit_of_work
from core.shifts import WorkKind
from core.web import now


@administration.get("/enterprises/<int:enterprise_id>/shifts")
def shifts(enterprise_id: int) -> ResponseReturnValue:
    """The working days of the enterprise and its units, and its stops."""
    actor, found = current_actor(), enterprise_to_administer(enterprise_id)
    units = {row.unit.id: row.unit.name for row in units_tree(found.id, active=False)}
    rows = shift_rows(found.id)
    return render_template(
        "accounts/shifts.html",
        enterprise=found,
        calendars=[(units.get(row.unit_id or 0, "全企业"), in_words(row)) for row in rows.calendars],
        stops=[(units.get(row.unit_id or 0, "全企业"), row) for row in rows.stops],
        today=shanghai_day(now()),
        may_edit=may_keep_contacts(actor, found),
    )


def in_words(row: WorkCalendar) -> str:
    """每周一、二、三、四、五、六，法定节假日休息；夜班次日 08:00 交班；16:00 以后发现的算下一班（2026-11-17 起）."""
    days = row.kind.label
    if row.kind is WorkKind.WEEKDAYS:
        days = "每周" + "、".join(day for day, works in zip(WEEK, row.pattern, strict=True) if works == "1")
    elif row.kind is WorkKind.ROTA and row.starts_on is not None:
        days = f"轮班 {row.pattern}，自 {row.starts_on.isoformat()} 起"
    if row.kind in (WorkKind.WEEKDAYS, WorkKind.ROTA):
        days += "，法定节假日休息" if row.keeps_holidays else "，法定节假日照常"
    night = f"；夜班次日 {row.day_ends:%H:%M} 交班" if row.day_ends.hour or row.day_ends.minute else ""
    return f"{days}{night}；{row.late_from:%H:%M} 以后发现的算下一班（{begins(row)} 起）"


@administration.route("/enterprises/<int:enterprise_id>/shifts/calendar", methods=["GET", "POST"])
def set_shifts(enterprise_id: int) -> ResponseReturnValue:
    """Say when the enterprise or a unit works from now on."""
    actor, found = current_actor(), enterprise_to_administer(enterprise_id)
    allow(may_keep_contacts(actor, found), "登记班次和停产", KEEPERS)
    form = CalendarForm()
    form.offer(units_tree(found.id))

    def act() -> bool:
        set_calendar(found, form.unit_id.data or None, form.details(), by=actor, now=now())
        return True

    if carry_out(form, act):
        flash("班次已登记，从明天起的排查和清单按它计。", "good")
        return redirect(url_for("administration.shifts", enterprise_id=enterprise_id))
    return render_template("accounts/shifts_form.html", form=form, enterprise=found), 422 if form.errors else 200


@administration.route("/enterprises/<int:enterprise_id>/shifts/stop", methods=["GET", "POST"])
def stop_work(enterprise_id: int) -> ResponseReturnValue:
    """Register that no work is done from–to."""
    actor, found = current_actor(), enterprise_to_administer(enterprise_id)
    allow(may_keep_contacts(actor, found), "登记班次和停产", KEEPERS)
    form = StopForm()
    form.offer(units_tree(found.id))

    def act() -> bool:
        first = form.first_on.data
        assert first is not None, "the form demands it"
        add_stop(found, form.unit_id.data or None, first, form.last_on.data, form.reason.data, by=actor, now=now())
        return True

    if carry_out(form, act):
        flash("停产已登记：停产期间不需排查，清单不上移。", "good")
        return redirect(url_for("administration.shifts", enterprise_id=enterprise_id))
    return render_template("accounts/stop_form.html", form=form, enterprise=found), 422 if form.errors else 200


@administration.post("/enterprises/<int:enterprise_id>/shifts/stop/<int:stop_id>/end")
def resume_work(enterprise_id: int, stop_id: int) -> ResponseReturnValue:
    """Work begins again today."""
    actor, found = current_actor(), enterprise_to_administer(enterprise_id)
    with unit_of_work():
        end_stop(found, get_stop(found.id, stop_id), by=actor, now=now())
    flash("已登记复工：从今天起照常排查。", "good")
    return redirect(url_for("administration.shifts", enterprise_id=enterprise_id))

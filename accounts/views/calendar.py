"""The calendar of working days: /admin/calendar, kept by the system administrator, read by all who administer."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor, current_actor
from accounts.authority import allow
from accounts.forms.base import carry_out
from accounts.forms.calendar import CalendarYearForm
from accounts.history import record_own
from accounts.queries.calendar import covered_years, special_days
from accounts.roles import Role
from accounts.views import administration
from core.calendar import FIRST_YEAR, LAST_YEAR, load_year
from core.calendar_text import UNCOVERED, ListedDay, written
from core.days import shanghai_day
from core.models import CalendarYear
from core.web import now

WEEKDAYS = "一二三四五六日"


@administration.route("/calendar", methods=["GET", "POST"])
def calendar() -> ResponseReturnValue:
    """The years covered, the days of one year, and the form that loads or corrects a year."""
    actor, year = current_actor(), _chosen_year()
    if request.method == "POST":
        allow(_may_keep(actor), "装载工作日表", "系统管理员")
    form, known = _form_for(year), {row.year for row in covered_years()}
    if (loaded := carry_out(form, lambda: _load(form, actor))) is not None:
        flash(_told(loaded, is_correction=loaded in known), "good")
        return redirect(url_for("administration.calendar", year=loaded))
    return _page(form, year, actor), 422 if form.errors else 200


def _chosen_year() -> int:
    """The year asked for; this year where none is, or none that can be."""
    text = request.args.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else 0
    return year if FIRST_YEAR <= year <= LAST_YEAR else _this_year()


def _this_year() -> int:
    return shanghai_day(now()).year


def _may_keep(actor: Actor) -> bool:
    return actor.holds(Role.SYSTEM_ADMIN)


def _form_for(year: int) -> CalendarYearForm:
    """The form with what stands in the table, so that a single day can be corrected."""
    days = (ListedDay(entry.day, entry.is_working, entry.name) for entry in special_days(year))
    source = next((row.source for row in covered_years() if row.year == year), "")
    return CalendarYearForm(year=year, source=source, days=written(days))


def _load(form: CalendarYearForm, actor: Actor) -> int:
    year: int = form.year.data
    load_year(year, form.listed(), source=form.source.data, by_id=actor.person_id, now=now())
    record_own(actor, "calendar_loaded", now=now(), year=year)
    return year


def _told(year: int, *, is_correction: bool) -> str:
    days = special_days(year)
    worked = sum(entry.is_working for entry in days)
    what = f"放假 {len(days) - worked} 个工作日，上班 {worked} 个周末日"
    if is_correction:
        return f"{year} 年的工作日表已更正。{what}。受理期限已重算，已定的整改期限不变。"
    return f"{year} 年的工作日表已装载。{what}。未销号隐患的暂计期限已重算。"


def _page(form: CalendarYearForm, year: int, actor: Actor) -> str:
    years = covered_years()
    return render_template(
        "accounts/calendar.html",
        form=form,
        year=year,
        is_covered=any(row.year == year for row in years),
        days=special_days(year),
        years=years,
        weekdays=WEEKDAYS,
        uncovered=_uncovered(years),
        may_keep=_may_keep(actor),
    )


def _uncovered(years: list[CalendarYear]) -> list[tuple[int, str]]:
    """This year and the next, in which deadlines lie, where they are not covered: with the sentence that says so."""
    known = {row.year for row in years}
    due_in = (_this_year(), _this_year() + 1)
    return [(year, UNCOVERED.format(year=year)) for year in due_in if year not in known]

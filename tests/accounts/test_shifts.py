"""班次与停产: kept by the safety manager or a regulator, beforehand, and read by the rules from the nearest unit up."""

from __future__ import annotations

from datetime import date, time

import pytest
from flask import Flask

from accounts.models import Enterprise
from accounts.organisations import add_unit
from accounts.queries.shifts import shifts_of
from accounts.shifts import CalendarDetails, add_stop, set_calendar
from core.db import db, unit_of_work
from core.refusals import Invalid
from core.scope import everything
from core.shifts import WorkKind
from core.web import now
from tests.accounts.world import World, browser_of, post, text_of

SATURDAY, SUNDAY = date(2026, 11, 21), date(2026, 11, 22)


def test_a_unit_without_its_own_calendar_takes_that_of_the_unit_above(world: World, app: Flask) -> None:
    """Nearest first: the team's, the department's, the enterprise's, the official working days."""
    with app.app_context(), everything("test shifts"):
        plant, department = world.enterprises["plant"], world.units["plant-车间"]
        assert not shifts_of(plant, department).is_working(SATURDAY)
        with unit_of_work():
            firm = db.session.get_one(Enterprise, plant)
            team = add_unit(firm, "夜班组", department, by=None, now=now()).id
            week = CalendarDetails(WorkKind.WEEKDAYS, "1111110")
            set_calendar(firm, None, week, by=None, now=now())
        assert shifts_of(plant, team).is_working(SATURDAY)
        assert not shifts_of(plant, team).is_working(SUNDAY)
        with unit_of_work():
            firm = db.session.get_one(Enterprise, plant)
            set_calendar(firm, department, CalendarDetails(WorkKind.EVERY_DAY, day_ends=time(8)), by=None, now=now())
            add_stop(firm, team, SUNDAY, None, "检修", by=None, now=now())
        assert shifts_of(plant, team).is_working(SATURDAY)
        assert shifts_of(plant, team).day_ends == time(8)
        assert not shifts_of(plant, team).is_working(SUNDAY)
        assert shifts_of(plant, department).is_working(SUNDAY), "a team's stop does not stop the department"


@pytest.mark.parametrize(
    ("details", "field"),
    [
        (CalendarDetails(WorkKind.WEEKDAYS, "0000000"), "weekdays"),
        (CalendarDetails(WorkKind.ROTA, "12"), "rota"),
        (CalendarDetails(WorkKind.ROTA, "1100"), "starts_on"),
        (CalendarDetails(WorkKind.EVERY_DAY, day_ends=time(13)), "day_ends"),
    ],
)
def test_what_is_no_calendar_is_refused_at_its_field(
    sqlite_world: World, sqlite_app: Flask, details: CalendarDetails, field: str
) -> None:
    with sqlite_app.app_context(), everything("test shifts"):
        firm = db.session.get_one(Enterprise, sqlite_world.enterprises["plant"])
        with pytest.raises(Invalid) as refused:
            set_calendar(firm, None, details, by=None, now=now())
    assert field in refused.value.fields


def test_the_safety_manager_registers_a_stop_beforehand_and_ends_it(world: World, app: Flask) -> None:
    client = browser_of(app, "safety_manager")
    home = f"/admin/enterprises/{world.enterprises['plant']}/shifts"
    typed = {"unit_id": "0", "first_on": "2026-11-01", "last_on": "", "reason": "检修停产"}
    late = post(client, f"{home}/stop", typed)
    assert late.status_code == 422
    assert "停产要事先登记" in text_of(late)
    assert "检修停产" in text_of(late), "what was typed stays"
    assert post(client, f"{home}/stop", typed | {"first_on": "2026-11-16"}).status_code == 302
    page = text_of(client.get(home))
    assert "检修停产" in page
    assert "今天复工" in page
    ended = post(client, f"{home}/stop/1/end", at=home)
    assert ended.status_code == 302
    assert "已撤回" in text_of(client.get(home))
    assert post(client, f"{home}/stop/1/end", at=home).status_code == 422


def test_a_rota_is_written_in_words(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "safety_manager")
    home = f"/admin/enterprises/{sqlite_world.enterprises['plant']}/shifts"
    typed = {"unit_id": "0", "kind": "rota", "rota": "1100", "starts_on": "2026-11-02", "day_ends": "08:00"}
    assert post(client, f"{home}/calendar", typed).status_code == 302
    page = text_of(client.get(home))
    assert "轮班 1100，自 2026-11-02 起，法定节假日照常；夜班次日 08:00 交班；16:00 以后发现的算下一班" in page

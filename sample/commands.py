"""`flask demo`: the sample city moves in, once; `flask seed`: synthetic data for benchmarks."""

from __future__ import annotations

import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import click
from flask import Flask, current_app

from accounts.models import Region
from accounts.queries import regions_under
from core.commands import Said, in_sentences
from core.days import SHANGHAI, shanghai_day
from core.db import db, unit_of_work
from core.history import anchor
from core.scope import everything
from core.web import now, settings
from sample import desk, inspecting
from sample.cases import AT_MAIN, MAIN, Case, load_cases
from sample.clockwork import Clockwork, nights
from sample.further import IN_POINTS, tell_further
from sample.readiness import HALF_LOADED, has_tables, mark_of_loading, require_ready
from sample.seeding import seed
from sample.staff import DISTRICTS, Staff, build_enterprise, build_offices, build_town, is_empty, link_enterprises
from sample.story import Story, course_of, tell

LOGINS = "sample-logins.txt"
SHOWN = (
    "qy-bz",
    "qy-aq",
    "qy-zyf",
    "qy-cz",
    "qy-bm",
    "yb-yj-jc1",
    "yb-yj-jc2",
    "yb-yj-sh",
    "yb-yj-fg",
    "yb-aw-bg",
    "yb-zj1",
    "yb-zjfz",
)


def install(app: Flask) -> None:
    """Give the application the commands."""
    app.cli.add_command(demo)
    app.cli.add_command(seed)


@click.command()
@click.option("--if-empty", is_flag=True, help="有人员时不载入，只打印登录名")
@in_sentences
def demo(if_empty: bool) -> None:
    """载入示例城市，打印示例人员（可以重复运行）。"""
    with everything("sample city"):
        if not has_tables() or is_empty():
            require_ready()
            mark_of_loading().touch()
            with _papers_sealed_here():
                _load()
            mark_of_loading().unlink()
        elif mark_of_loading().exists():
            raise Said(HALF_LOADED)
        elif not _file().exists():
            if not if_empty:
                click.echo("登记册里已有人员，没有载入示例城市。示例城市只载入空的登记册。")
            return
    click.echo(_file().read_text("utf-8"))


def _file() -> Path:
    return settings().instance / LOGINS


@contextmanager
def _papers_sealed_here() -> Iterator[None]:
    """Invented papers are never shown to a seal service, whose seal is a real one: certificates made here sign them."""
    kept = settings()
    current_app.extensions["settings"] = replace(kept, seal_url="")
    try:
        yield
    finally:
        current_app.extensions["settings"] = kept


def _load() -> None:
    moment = now()
    today = shanghai_day(moment)
    password = f"Yinhuan-{secrets.randbelow(9000) + 1000}-{secrets.token_hex(3)}"
    staff = Staff()
    cases = load_cases()
    main = next(case for case in cases if case.id == MAIN)
    began = datetime(today.year - 1, 1, 4, 1, tzinfo=UTC)
    with unit_of_work():
        build_offices(staff, password, now=began)
        towns = _towns(staff, cases, password, began)
        for case in sorted(cases, key=lambda case: case.id != MAIN):
            build_enterprise(staff, case, towns.get((case.region, case.town)), password, full=case is main, now=began)
        landlord = next(case for case in cases if case.region == main.region and case is not main)
        link_enterprises(staff, main.uscc, landlord.uscc, now=began)
        desk.set_up(staff, began)
    stories = _tell_all(staff, cases, main, today, landlord.uscc)
    tell_further(staff, stories, moment)
    desk.lay_out(staff, stories, moment)
    db.session.remove()
    desk.close_last_month(staff, moment)
    db.session.remove()
    with unit_of_work():
        anchor(at=moment, reason="sample")
    _write_logins(staff, password)


def _towns(staff: Staff, cases: tuple[Case, ...], password: str, began: datetime) -> dict[tuple[str, str], Region]:
    found: dict[tuple[str, str], Region] = {}
    for case in cases:
        if (case.region, case.town) in found:
            continue
        town = next((region for region in regions_under(case.region) if region.name == case.town), None)
        if town is not None:
            found[case.region, case.town] = town
            build_town(staff, town, DISTRICTS[case.region][1], password, now=began)
    return found


def _tell_all(staff: Staff, cases: tuple[Case, ...], main: Case, today: date, landlord: str) -> dict[str, Story]:
    works, stories = Clockwork(), {}
    for index, case in enumerate(cases):
        uscc = main.uscc if case.id in AT_MAIN else case.uscc
        found = datetime.combine(case.found_before(today), time(9, 30), SHANGHAI).astimezone(UTC)
        told_of = staff.enterprises[landlord] if case.id == IN_POINTS else None
        story = stories[case.id] = Story(staff, case, index, uscc, today, found, told_of)
        works.add(story, tell(story, course_of(case, index)))
    with unit_of_work():
        inspecting.begin(staff, works, main.uscc, today)
    first = min(shanghai_day(story.at) for story in stories.values())
    days = list(nights(first, today))
    with click.progressbar(length=len(days), label="示例城市的几个月", file=sys.stderr, show_eta=False) as bar:
        works.run(days, lambda: bar.update(1))
    for story in stories.values():
        story.wake()
    return stories


def _write_logins(staff: Staff, password: str) -> None:
    lines = ["示例人员（仅供试用，正式使用前请清空）", f"密码都是：{password}", ""]
    by_login = {login: (role, place) for login, role, place in staff.printed}
    lines += [f"  {login:<12}{by_login[login][0]}  {by_login[login][1]}" for login in SHOWN]
    lines += ["", f"另有 {len(staff.printed) - len(SHOWN)} 人，登录名规则见 sample/README.md。"]
    handle = os.open(_file(), os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write("\n".join(lines) + "\n")

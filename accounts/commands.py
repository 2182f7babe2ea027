"""`flask user create` and `flask user reset`: the first people, and those nobody else may reset.

No account exists by default. The system's three administrators are made here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import click
from flask import Flask
from flask.cli import AppGroup

from accounts.models import Enterprise, Person, Regulator
from accounts.people import PersonDetails, add_person, reset_password
from accounts.queries import enterprise_by_uscc, person_by_login, regulator_by_code
from accounts.regions import seed_regions
from accounts.roles import BY_CODE, Role, Side
from accounts.second_factor import remove
from core.commands import in_sentences, on_init
from core.db import unit_of_work
from core.refusals import Invalid, NotFound
from core.scope import everything
from core.web import now

user = AppGroup("user", help="人员：建立，重设密码。")


def install(app: Flask) -> None:
    """Give the application this room's commands, and its part of `flask init`."""
    app.cli.add_command(user)
    on_init(app, _regions)


def _regions(_now: datetime) -> str:
    with unit_of_work():
        added = seed_regions()
    return f"区域表：装入 {added} 个区域。" if added else ""


@user.command("create")
@click.argument("login")
@click.option("--role", required=True, type=click.Choice([role.value for role in Role]), help="角色代码。")
@click.option("--org", default="", help="企业的统一社会信用代码，或监管单位的代码；系统角色不填。")
@click.option("--name", default="", help="姓名；不填时与登录名相同。")
@in_sentences
def create(login: str, role: str, org: str, name: str) -> None:
    """建立一个人，打印一次性密码。"""
    details = PersonDetails(name=(name or login)[:60], login=login)
    with _in_full(), everything("command line"), unit_of_work():
        organisation = _organisation(BY_CODE[role], org)
        made = add_person(details, by=None, now=now(), roles=(BY_CODE[role],), **organisation)
    _print(login, made.one_time_password or "")


@user.command("reset")
@click.argument("login")
@click.option("--second-factor", is_flag=True, help="同时移除动态口令（手机和恢复码都丢失时）。")
@in_sentences
def reset(login: str, second_factor: bool) -> None:
    """重设密码，打印一次性密码；原有登录都退出，锁定解除。"""
    with _in_full(), everything("command line"), unit_of_work():
        person = _known(login)
        if second_factor:
            remove(person, "在命令行移除", by=None, now=now())
        password = reset_password(person, by=None, now=now())
    if second_factor:
        click.echo("动态口令已移除。")
    _print(login, password)


@contextmanager
def _in_full() -> Iterator[None]:
    """What a form would show at its fields is said in the command's one sentence."""
    try:
        yield
    except Invalid as refusal:
        raise Invalid("".join((refusal.sentence, *refusal.fields.values()))) from refusal


def _organisation(role: Role, code: str) -> dict[str, Any]:
    if role.side is Side.SYSTEM:
        if code:
            raise Invalid("系统角色不属于任何单位。请去掉 --org。")
        return {}
    found: Enterprise | Regulator | None
    found = enterprise_by_uscc(code) if role.side is Side.ENTERPRISE else regulator_by_code(code)
    if found is None:
        kind = "企业（统一社会信用代码）" if role.side is Side.ENTERPRISE else "监管单位"
        raise NotFound(f"没有代码为“{code}”的{kind}。请用 --org 给出。")
    return {"enterprise" if role.side is Side.ENTERPRISE else "regulator": found}


def _known(login: str) -> Person:
    found = person_by_login(login)
    if found is None:
        raise NotFound(f"没有登录名“{login}”。请核对。")
    return found


def _print(login: str, password: str) -> None:
    click.echo(f"登录名 {login}  一次性密码 {password}")
    click.echo("首次登录后必须改密码。")

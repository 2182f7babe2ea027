"""Commands of the house itself; rooms add theirs to the same command line.

A refusal ends a command with its sentence on standard error and status 1 (2 where a file is not what it should be).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo, with_appcontext
from flask_migrate import upgrade
from sqlalchemy.engine import make_url
from sqlalchemy.exc import OperationalError

from core import history_checks, jobs
from core.backup import write_backup
from core.calendar import seed_calendar
from core.damage import Report
from core.db import unit_of_work
from core.refusals import Refusal
from core.restore import NoBackup, read_backup
from core.serving import serve
from core.verification import verify

P = ParamSpec("P")
R = TypeVar("R")
Step = Callable[[datetime], str]


class Said(click.ClickException):
    """Ends a command with one Chinese sentence and status 1."""

    def show(self, file: object = None) -> None:
        """The sentence as it stands, without click's English word before it."""
        click.echo(self.message, err=True)


class SaidOfFile(Said):
    """The same with status 2: the file is not what it should be."""

    exit_code = 2


def in_sentences(command: Callable[P, R]) -> Callable[P, R]:
    """Run a command in the application's context and let its refusals end it; put under `@….command()`."""

    @functools.wraps(command)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except NoBackup as refusal:
            raise SaidOfFile(refusal.sentence) from refusal
        except Refusal as refusal:
            raise Said(refusal.sentence) from refusal
        except OperationalError as error:
            reason = str(error.orig).splitlines()[0]
            raise Said(f"数据库没有应答（{reason}）。请检查 DATABASE_URL，新库请先运行 flask init。") from error

    return with_appcontext(wrapped)


def on_init(app: Flask, step: Step) -> None:
    """Have a room's reference data put in by `flask init`, in the order of the rooms.

    `step(now)` opens its own unit of work, is safe to repeat, and returns the sentence to print ("" for none).
    """
    app.extensions["on_init"].append(step)


def on_restored(app: Flask, make_again: Callable[[datetime], object]) -> None:
    """Have what is made from other rows, and stands in no backup, made again after `flask restore`."""
    app.extensions["derived"].append(make_again)


def install(app: Flask) -> None:
    """Give the application its jobs and its commands."""
    jobs.install(app)
    history_checks.install(app)
    app.extensions["on_init"], app.extensions["derived"] = [], []
    on_init(app, _calendar)
    for command in (init_command, worker_command, serve_command, backup_command, restore_command, audit_group):
        app.cli.add_command(command)


def _now() -> datetime:
    moment: datetime = current_app.extensions["clock"]()
    return moment


def _calendar(now: datetime) -> str:
    with unit_of_work():
        years = seed_calendar(now)
    return f"工作日表：装入 {years[0]}—{years[-1]} 年。" if years else ""


@click.command("init")
@in_sentences
def init_command() -> None:
    """数据库升到最新版本，装入基础资料；可以重复运行。"""
    database = make_url(current_app.extensions["settings"].database_url)
    if database.drivername == "sqlite" and database.database:
        Path(database.database).parent.mkdir(parents=True, exist_ok=True)
    upgrade()
    for step in current_app.extensions["on_init"]:
        if sentence := step(_now()):
            click.echo(sentence)
    click.echo("已就绪。")


@click.command("worker")
@click.option("--with-parent", is_flag=True, hidden=True)
@in_sentences
def worker_command(with_parent: bool) -> None:
    """运行后台任务：锚点、消息、清理。"""
    if not with_parent:
        click.echo("后台任务在运行，按 Ctrl+C 结束。")
    jobs.run_worker(current_app._get_current_object(), with_parent=with_parent)  # type: ignore[attr-defined]


@click.command("serve")
@in_sentences
def serve_command() -> None:
    """运行网站和后台任务。"""
    loaded_from = click.get_current_context().ensure_object(ScriptInfo).app_import_path or "wsgi"
    serve(current_app._get_current_object(), click.echo, app_path=loaded_from)  # type: ignore[attr-defined]


@click.command("backup")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@in_sentences
def backup_command(file: Path) -> None:
    """把数据库和全部照片、文件备份成一个文件。"""
    made = write_backup(file, _now())
    click.echo(f"已备份：{made.tables} 张表 {made.rows} 行，{made.files} 个文件，写入 {file}。")
    instance = current_app.extensions["settings"].instance
    click.echo(f"备份里没有密钥。请把 {instance} 里的 chain_key 和 secret_key 另行妥善保管；没有它们，恢复后无法核验。")
    if made.damaged:
        raise Said(
            f"有 {len(made.damaged)} 个文件丢失或已损坏，不在备份里，第一个是 {made.damaged[0]}。请从旧备份找回。"
        )


@click.command("restore")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="替换库里已有的全部数据")
@in_sentences
def restore_command(file: Path, replace: bool) -> None:
    """从备份恢复数据库和文件，恢复后核验。"""
    if replace:
        click.confirm("库里已有的全部数据将被备份里的替换，不能撤回。继续吗？", abort=True)
    manifest = read_backup(file, _now(), replace=replace)
    rows = sum(table["rows"] for table in manifest["tables"].values())
    click.echo(f"已恢复 {manifest['made_at']} 的备份：{rows} 行，{manifest['files']} 个文件。")
    _say(verify())


@click.group("audit")
def audit_group() -> None:
    """核验经过。"""


@audit_group.command("verify")
@in_sentences
def verify_command() -> None:
    """核对每条经过、每个锚点和见证文件，指出第一处断开。"""
    _say(verify())


def _say(report: Report) -> None:
    walked = f"{report.subjects} 条记录、{report.events} 条经过、{report.anchors} 个锚点、见证 {report.witnessed} 行"
    walked += f"、文书存档 {report.files} 份" if report.files else ""
    for remark in report.remarks:
        click.echo(remark)
    if report.is_whole:
        click.echo(f"核验通过：{walked}，全部相符。")
        return
    for further in report.breaks[1:]:
        click.echo(further.sentence)
    raise Said(f"核验不通过（已核对 {walked}）。第一处断开：{report.breaks[0].sentence}")

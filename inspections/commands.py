"""Commands of this room."""

from __future__ import annotations

from datetime import datetime

import click
from flask import Flask
from flask.cli import with_appcontext

from core.web import now
from inspections.rollover import roll_over, summary


def install(app: Flask) -> None:
    """Give the application this room's commands."""
    app.cli.add_command(rollover)


class Moment(click.ParamType[datetime]):
    """An aware moment: a missing zone would be a wrong day."""

    name = "moment"

    def convert(self, value: str | datetime, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """The moment of a text in ISO form."""
        if isinstance(value, datetime):
            return value
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            self.fail(f"看不懂“{value}”。请写成带时区的时刻，如 2026-11-22T00:00+08:00。", param, ctx)
        return moment


@click.command("rollover")
@click.option("--until", type=Moment(), help="移到这一时刻为止，如 2026-11-22T00:00+08:00；不写则到现在。")
@with_appcontext
def rollover(until: datetime | None) -> None:
    """日清周进、周清月进、月清季进：把到期未清零的隐患移到上一级清单（可重复执行）。"""
    moment = now()
    if until is not None and until > moment:
        click.echo("注意：截至时刻晚于现在，将提前移动尚未到期的清单。")
    click.echo(summary(roll_over(until or moment, now=moment), until or moment))

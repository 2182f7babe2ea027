"""`flask notice`: a document as a file, for whoever operates the register."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Final

import click
from flask import Flask

from core.commands import in_sentences, on_init
from core.refusals import NotAllowed, NotFound, Unavailable
from core.scope import everything
from core.web import now
from hazards.queries import hazard_by_number
from notices.making import of_hazard
from notices.printing import closure_form_pdf, put_in_fonts
from workflows.notices import NoticeKind


def _closure_form(_kind: NoticeKind, number: str, at: datetime) -> bytes:
    return closure_form_pdf(number, now=at, unscoped=True)


def _of_hazard(kind: NoticeKind, number: str, at: datetime) -> bytes:
    """As a draft about this hazard would look now: blanks where a draft would be asked, no number, no code."""
    with everything("a form printed by the operator"):
        return of_hazard(kind, hazard_by_number(number), now=at)


def _of_period(kind: NoticeKind, _number: str, _at: datetime) -> bytes:
    raise NotAllowed(f"{kind.label}按期间统计，不从一条隐患生成。请用：flask export statistics --month 年-月 -o 文件。")


MAKERS: Final[dict[NoticeKind, Callable[[NoticeKind, str, datetime], bytes]]] = {
    NoticeKind.CLOSURE_FORM: _closure_form,
    NoticeKind.STATISTICS: _of_period,
}
"""How the kinds are made that are not filled from one hazard and a text."""


def install(app: Flask) -> None:
    """Give the application its command, and `flask init` its step."""
    app.cli.add_command(notice_command)
    on_init(app, put_in_fonts)


@click.command("notice")
@click.argument("kind")
@click.option("--hazard", "number", required=True, metavar="编号", help="哪一条隐患")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="写到哪个文件；不写则按编号取名")
@in_sentences
def notice_command(kind: str, number: str, output: Path | None) -> None:
    """生成一份文书（PDF）。KIND 是文书的代码，如 order（责令限期整改指令书）、closure_form（销号审批表）。

    除销号审批表外，都是按隐患现状生成的草稿：没有文号和核验码，要填的各栏留空。正式签发在页面「文书」里办理。
    """
    found = next((one for one in NoticeKind if one.value == kind.strip()), None)
    if found is None:
        named = "、".join(f"{one.value}（{one.label}）" for one in NoticeKind)
        raise NotFound(f"没有名为“{kind}”的文书。现有：{named}。")
    data = MAKERS.get(found, _of_hazard)(found, number.strip(), now())
    place = output or Path(f"{number.strip()}-{found.value}.pdf")
    _write(place, data)
    click.echo(f"已生成{found.label}：{number.strip()}，写入 {place}。")


def _write(place: Path, data: bytes) -> None:
    """The file gets its name only when it is whole; readable by its owner only, since it names people."""
    part: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=place.parent, prefix=".notice-", delete=False) as file:
            part = Path(file.name)
            file.write(data)
        os.replace(part, place)
    except OSError as error:
        raise Unavailable(f"写不进 {place}（{error.strerror or error}）。请换一个能写的文件夹。") from error
    finally:
        with suppress(OSError):
            if part is not None:
                part.unlink(missing_ok=True)

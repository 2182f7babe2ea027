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
from core.refusals import NotFound, Unavailable
from core.web import now
from notices.printing import closure_form_pdf, put_in_fonts

Maker = Callable[[str, datetime], bytes]


def _closure_form(number: str, at: datetime) -> bytes:
    return closure_form_pdf(number, now=at, unscoped=True)


KINDS: Final[dict[str, tuple[str, Maker]]] = {"closure_form": ("销号审批表", _closure_form)}
"""By code (domain.md §7): what it is called, and how it is made."""


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
    """生成一份文书（PDF）。KIND：closure_form（销号审批表）。"""
    found = KINDS.get(kind.strip())
    if found is None:
        named = "、".join(f"{code}（{word}）" for code, (word, _) in KINDS.items())
        raise NotFound(f"没有名为“{kind}”的文书。现有：{named}。")
    word, make = found
    data = make(number.strip(), now())
    place = output or Path(f"{number.strip()}-{kind.strip()}.pdf")
    _write(place, data)
    click.echo(f"已生成{word}：{number.strip()}，写入 {place}。")


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

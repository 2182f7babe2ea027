"""`flask export`: a ledger as a file, for whoever operates the register."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO, cast

import click
from flask import Flask

from core.commands import in_sentences
from core.days import shanghai_day
from core.refusals import Invalid, Unavailable
from core.scope import everything
from core.web import now
from reports.ledgers import ledger_of
from reports.operations import FORMATS, LedgerOrder, write_ledger
from reports.queries import coverage_of
from reports.rules import parse_month
from reports.sheet import WrittenLedger


def install(app: Flask) -> None:
    """Give the application its command."""
    app.cli.add_command(export_command)


@click.command("export")
@click.argument("ledger")
@click.option("--month", required=True, metavar="2026-10", help="哪个月的台账")
@click.option("--region", default="", metavar="代码", help="只要这个区域的")
@click.option("--enterprise", default="", metavar="信用代码", help="只要这家企业的")
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help=".xlsx、.csv 或 .jsonl 文件"
)
@in_sentences
def export_command(ledger: str, month: str, region: str, enterprise: str, output: Path) -> None:
    """导出一个月的台账。

    LEDGER：regulator（重大事故隐患台账）、enterprise（企业隐患排查治理台账，须写 --enterprise）、
    tiers（日周月季分色分类清单）、not_inspected（未开展排查情况表）。
    """
    kind = ledger_of(ledger)
    ending = output.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise Invalid(f"“{output.name}”的扩展名要是 .xlsx、.csv 或 .jsonl。请改文件名。")
    if region and enterprise:
        raise Invalid("--region 和 --enterprise 只能用一个。请去掉一个。")
    if kind.of_enterprise and not enterprise:
        raise Invalid(f"{kind.layout.name}一次导出一家。请用 --enterprise 写明信用代码。")
    at = now()
    with everything("export of a ledger by the operator"):
        order = LedgerOrder(kind, parse_month(month, shanghai_day(at)), coverage_of(region, enterprise), "", at)
        written = _write(order, ending, output)
    click.echo(f"已导出{order.month.label}{kind.layout.name}：{written.count} 条，写入 {output}。")
    click.echo(f"记录摘要（SHA-256）：{written.digest_of_records}")


def _write(order: LedgerOrder, ending: str, output: Path) -> WrittenLedger:
    """The file gets its name only when it is whole; readable by its owner only, since it names people."""
    part: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=output.parent, prefix=".export-", delete=False) as file:
            part = Path(file.name)
            written = write_ledger(order, ending, cast(BinaryIO, file))
        os.replace(part, output)
    except OSError as error:
        raise Unavailable(f"写不进 {output}（{error.strerror or error}）。请换一个能写的文件夹。") from error
    finally:
        with suppress(OSError):
            if part is not None:
                part.unlink(missing_ok=True)
    return written

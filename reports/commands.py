"""`flask export`: a ledger as a file, for whoever operates the register."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import click
from flask import Flask

from core.commands import in_sentences
from core.days import shanghai_day
from core.refusals import Invalid
from core.scope import everything
from core.web import now
from reports.exchange.command import export_exchange
from reports.exchange.formats import FORMATS as EXCHANGE_FORMATS
from reports.exchange.formats import Wide
from reports.ledgers import ledger_of
from reports.operations import FORMATS, LedgerOrder, write_ledger
from reports.queries import coverage_of
from reports.rules import Period, parse_month, parse_period
from reports.sheet import WrittenLedger
from reports.whole_file import whole_file


def install(app: Flask) -> None:
    """Give the application its command."""
    app.cli.add_command(export_command)


@click.command("export")
@click.argument("ledger")
@click.option("--month", default="", metavar="2026-10", help="哪个月的台账")
@click.option("--period", default="", metavar="2026-Q3", help="哪一期：2026-10、2026-Q3、2026、2026-01-15..2026-03-31")
@click.option("--region", default="", metavar="代码", help="只要这个区域的")
@click.option("--enterprise", default="", metavar="信用代码", help="只要这家企业的")
@click.option("--industry", default="", metavar="行业领域", help="只要这个行业领域的，如 工贸")
@click.option(
    "-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path), help=".xlsx、.csv 或 .jsonl 文件"
)
@click.option("--encoding", type=click.Choice(["utf-8", "gb18030"]), default="utf-8", help="数据交换 CSV 的编码")
@click.option("--wide", type=click.Choice(["1", "2"]), default="1", help="数据交换：一个汉字按几个字符计长度")
@in_sentences
def export_command(
    ledger: str,
    month: str,
    period: str,
    region: str,
    enterprise: str,
    industry: str,
    output: Path,
    encoding: str,
    wide: str,
) -> None:
    """导出一期的台账（--month 或 --period 写明哪一期），或者给其他系统的交换数据。

    LEDGER：regulator（重大事故隐患台账）、enterprise（企业隐患排查治理台账，须写 --enterprise）、
    statistics（隐患排查治理情况统计表）、listed（挂牌督办情况表）、problems（问题清单、晾晒表）、
    tiers（日周月季分色分类清单）、not_inspected（未开展排查情况表）。
    交换数据：province（省级平台，重大隐患）、chemical（双重预防，须写 --enterprise），.json、.csv 或 .zip（含照片）。
    """
    at = now()
    asked = _period(month, period, shanghai_day(at))
    if ledger in EXCHANGE_FORMATS:
        if industry:
            raise Invalid("交换数据不分行业领域导出。请去掉 --industry。")
        is_gb = encoding == "gb18030"
        export_exchange(ledger, asked, region, enterprise, output, gb18030=is_gb, wide=Wide(int(wide)))
        return
    kind = ledger_of(ledger)
    ending = output.suffix.lower().removeprefix(".")
    if ending not in FORMATS:
        raise Invalid(f"“{output.name}”的扩展名要是 .xlsx、.csv 或 .jsonl。请改文件名。")
    if region and enterprise:
        raise Invalid("--region 和 --enterprise 只能用一个。请去掉一个。")
    if kind.of_enterprise and not enterprise:
        raise Invalid(f"{kind.layout.name}一次导出一家。请用 --enterprise 写明信用代码。")
    with everything("export of a ledger by the operator"):
        order = LedgerOrder(kind, asked, coverage_of(region, enterprise, industry), "", at)
        written = _write(order, ending, output)
    named = f"{order.period.label}{kind.layout.name}"
    click.echo(f"已导出{named}：{written.count} {kind.layout.counted}，写入 {output}。")
    click.echo(f"记录摘要（SHA-256）：{written.digest_of_records}")


def _period(month: str, period: str, today: date) -> Period:
    if bool(month) == bool(period):
        raise Invalid("要写明是哪一期：--month 2026-10，或者 --period 2026-Q3，只写一个。请改正。")
    return parse_period(period, today) if period else parse_month(month, today)


def _write(order: LedgerOrder, ending: str, output: Path) -> WrittenLedger:
    with whole_file(output) as file:
        return write_ledger(order, ending, file)

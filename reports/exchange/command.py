"""`flask export province|chemical`: an exchange file, with all its remarks, for whoever operates the register."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from core.refusals import Invalid
from core.scope import everything
from core.web import now
from reports.exchange.formats import ExchangeFormat, Wide
from reports.exchange.orders import FILE_FORMS, ExchangeOrder, FileForm, format_of
from reports.queries import coverage_of
from reports.rules import Period
from reports.whole_file import whole_file

_ENDINGS: Final = frozenset({"json", "csv", "zip"})


def export_exchange(
    code: str, period: Period, region: str, enterprise: str, output: Path, *, gb18030: bool, wide: Wide
) -> None:
    """Write the file, say how many records it holds and how many remarks there are, and where those stand."""
    form = format_of(code)
    if region and enterprise:
        raise Invalid("--region 和 --enterprise 只能用一个。请去掉一个。")
    if form.of_enterprise and not enterprise:
        raise Invalid(f"{form.name}一次导出一家。请用 --enterprise 写明信用代码。")
    file_form = _file_form(form, output, gb18030=gb18030)
    with everything("exchange file taken out by the operator"):
        order = ExchangeOrder(form, period, coverage_of(region, enterprise), now(), wide)
        with whole_file(output) as file:
            made = file_form.write(order.facts(), order.fitter, file)
        beside = output.with_name(f"{output.stem}.remarks.csv")
        with whole_file(beside) as file:
            remarks = FILE_FORMS["remarks"].write(order.facts(), order.fitter, file).remarks
    click.echo(f"已导出{period.label}{form.name}：{made.written.count} 条，写入 {output}。")
    click.echo(f"说明 {remarks} 条，不列入 {made.left_out} 条，写入 {beside}。")
    click.echo(f"记录摘要（SHA-256）：{made.written.digest_of_records}")


def _file_form(form: ExchangeFormat, output: Path, *, gb18030: bool) -> FileForm:
    code = output.suffix.lower().removeprefix(".")
    if code not in _ENDINGS or (code == "zip" and not form.pictures):
        endings = ".json、.csv 或 .zip" if form.pictures else ".json 或 .csv"
        raise Invalid(f"“{output.name}”的扩展名要是 {endings}。请改文件名。")
    return FILE_FORMS["gb18030" if gb18030 and code == "csv" else code]

"""Commands of the register: `flask import`.

What the person gave wrongly (no such file, no ledger, an unknown code) ends with status 2 and one sentence; a refusal
of the register itself with status 1.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import click
from flask import Flask

from accounts.access import Actor, actor_of
from accounts.queries import person_by_login
from core.commands import SaidOfFile, in_sentences
from core.files import MEBIBYTE
from core.refusals import Invalid, NotAllowed
from core.scope import everything
from core.sheets import STANDARD, BadFile
from core.web import now
from hazards.ledger import Corrections, NotALedger, Remark
from hazards.operations.importing import Decisions, ImportReport, Options, import_ledger
from workflows.vocabulary import Channel

SHOWN: Final = 20
ROWS_SHOWN: Final = 8


def install(app: Flask) -> None:
    """Give the application this room's commands."""
    app.cli.add_command(import_command)


@click.command("import")
@click.argument("file")
@click.option("--enterprise", default="", help="全部记在这家企业名下（统一社会信用代码）。")
@click.option("--region", default="", help="没有写区县的行属于哪个区县（代码）。")
@click.option("--channel", default="", help="没有写隐患来源的行按什么来源登记。")
@click.option("--by", "login", default="", help="以谁的名义导入（登录名）；只写入其管辖范围内的行。")
@click.option("--split", is_flag=True, help="一格写了几条隐患的，拆成几条登记；原文都保留。")
@click.option("--dry-run", is_flag=True, help="只核对，不写入。")
@click.option("--json", "as_json", is_flag=True, help="以 JSON 打印结果。")
@in_sentences
def import_command(
    file: str, enterprise: str, region: str, channel: str, login: str, split: bool, dry_run: bool, as_json: bool
) -> None:
    """导入一份隐患台账（.xlsx、.xls、.ods 或 .csv）。"""
    options = Options(
        enterprise.strip(),
        region.strip(),
        _channel(channel.strip()),
        corrections=Corrections(split=None if split else frozenset()),
        decisions=Decisions(confirmed=True),
    )
    data, name = _read(Path(file))
    try:
        report = import_ledger(data, name, options, by=_actor(login.strip()), now=now(), dry_run=dry_run)
    except (BadFile, NotALedger, Invalid, NotAllowed) as refusal:
        raise SaidOfFile(refusal.sentence) from refusal
    click.echo(json.dumps(report.as_json()) if as_json else "\n".join(told(report, dry_run=dry_run)))


def _channel(text: str) -> Channel | None:
    """A channel by its code or its Chinese name."""
    if not text:
        return None
    found = next((channel for channel in Channel if text in (channel.value, channel.label)), None)
    if found is None:
        known = "、".join(f"{channel.value}（{channel.label}）" for channel in Channel)
        raise SaidOfFile(f"没有“{text}”这种隐患来源，没有写入任何内容。可用的是 {known}。")
    return found


def _actor(login: str) -> Actor | None:
    if not login:
        return None
    person = person_by_login(login)
    if person is None or not person.active:
        raise SaidOfFile(f"没有登录名为“{login}”的在用人员，没有写入任何内容。请核对 --by。")
    with everything("command line"):
        return actor_of(person)


def _read(path: Path) -> tuple[bytes, str]:
    """The file's bytes and its name."""
    try:
        if not path.is_file():
            raise SaidOfFile(f"找不到文件 {path}，没有写入任何内容。请核对路径。")
        if path.stat().st_size > STANDARD.file_bytes:
            raise SaidOfFile(f"文件超过 {STANDARD.file_bytes // MEBIBYTE} MB，没有写入任何内容。请拆分后再导入。")
        return path.read_bytes(), path.name
    except (OSError, ValueError) as error:
        raise SaidOfFile(f"文件 {path} 读不出来，没有写入任何内容。请检查权限。") from error


# --- what a person reads ---------------------------------------------------------------------------------------


def told(report: ImportReport, *, dry_run: bool) -> list[str]:
    """The report in lines: the tally that adds up, what was left out and why, what to look at."""
    skipped = len(report.skipped)
    why = "，各有原因" if skipped else ""
    lines = [
        _head(report),
        f"{report.rows} 行已核对：新建 {report.created}，并入 {report.merged}，不导入 {skipped}{why}。",
        *_created(report),
        *_left_out(report),
        *_remarks(report.remarks),
    ]
    end = "试运行，没有写入任何内容。" if dry_run else "已写入，原文件已保存。导入的状态标「导入」，没有签批。"
    return [line for line in (*lines, end) if line]


def _head(report: ImportReport) -> str:
    filed = [
        f"填报单位 {report.filed_by}" if report.filed_by else "",
        f"填报日期 {report.filed_on.isoformat()}" if report.filed_on else "",
    ]
    return "，".join(filter(None, (report.title or f"工作表“{report.sheet}”", *filed)))


def _created(report: ImportReport) -> Iterable[str]:
    if report.states:
        yield "新建的状态：" + "，".join(f"{state.label} {count}" for state, count in report.states.items()) + "。"
    if report.new_enterprises:
        yield f"新建企业 {report.new_enterprises} 家。"


def _left_out(report: ImportReport) -> Iterable[str]:
    if report.skipped:
        yield "不导入："
    for one in report.skipped[:SHOWN]:
        yield f"  第 {one.row} 行：{one.reason}"
    if len(report.skipped) > SHOWN:
        yield f"  还有 {len(report.skipped) - SHOWN} 行，用 --json 看全部。"


def _remarks(remarks: Sequence[Remark]) -> Iterable[str]:
    """Remarks of one kind together, the most frequent first."""
    groups: dict[tuple[str, str], list[int]] = {}
    for one in remarks:
        groups.setdefault((one.column, one.reason), []).append(one.row)
    if groups:
        yield f"请看一看（{len(remarks)} 处）："
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[1][0]))
    for (column, reason), rows in ordered[:SHOWN]:
        yield f"  {f'{column}：' if column else ''}{reason}（{_rows(rows)}）"
    if len(ordered) > SHOWN:
        yield f"  还有 {len(ordered) - SHOWN} 种备注，用 --json 看全部。"


def _rows(rows: list[int]) -> str:
    shown = "、".join(str(row) for row in rows[:ROWS_SHOWN])
    return f"第 {shown} 行" if len(rows) <= ROWS_SHOWN else f"第 {shown} … 行，共 {len(rows)} 行"

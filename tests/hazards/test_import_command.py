"""`flask import`: its JSON, its sentences, its exit statuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from core.sheets import STANDARD
from hazards.commands import told
from hazards.ledger import Remark, Skipped
from hazards.operations.importing import ImportReport
from tests.clocks import FixedClock
from tests.hazards.city import build_city
from tests.hazards.imports import LEDGER, PLANT, counts, hazards, ledger, make_regions, one_row
from tests.hazards.ledgers import FOLDER
from workflows.vocabulary import Channel, State

REGULATOR = str(FOLDER / LEDGER)


@pytest.fixture
def register(app: Flask) -> Flask:
    """A register with all regions and nothing else; commands push their own context."""
    with app.app_context():
        make_regions()
    return app


@pytest.fixture
def small(sqlite_app: Flask, clock: FixedClock) -> Flask:
    """The small city, on SQLite."""
    with sqlite_app.app_context():
        build_city(clock())
    return sqlite_app


def run(app: Flask, *words: str) -> Result:
    return app.test_cli_runner().invoke(args=["import", *words])


def as_json(app: Flask, *words: str) -> dict[str, Any]:
    result = run(app, *words, "--json")
    assert result.exit_code == 0, result.output
    found: dict[str, Any] = json.loads(result.stdout)
    return found


def rows(app: Flask) -> dict[str, int]:
    with app.app_context():
        return counts()


def made(folder: Path, data: bytes, name: str = "台账.xlsx") -> str:
    place = folder / name
    place.write_bytes(data)
    return str(place)


def test_the_json_is_the_one_others_build_on(register: Flask) -> None:
    report = as_json(register, REGULATOR)
    assert list(report) == ["rows", "created", "merged", "skipped", "remarks"]
    assert (report["rows"], report["created"], report["merged"], report["skipped"]) == (120, 120, 0, [])
    assert {tuple(remark) for remark in report["remarks"]} == {("row", "column", "text", "reason")}
    again = as_json(register, REGULATOR)
    assert (again["rows"], again["created"], again["merged"], again["skipped"]) == (120, 0, 120, [])
    assert register.test_cli_runner().invoke(args=["audit", "verify"]).exit_code == 0


def test_a_dry_run_prints_the_same_and_writes_nothing(register: Flask) -> None:
    before = rows(register)
    tried = as_json(register, REGULATOR, "--dry-run")
    assert rows(register) == before
    assert as_json(register, REGULATOR) == tried


def test_a_person_reads_a_tally_that_adds_up(register: Flask, tmp_path: Path) -> None:
    tried = run(register, REGULATOR, "--dry-run")
    assert tried.exit_code == 0
    assert "120 行已核对：新建 120，并入 0，不导入 0。" in tried.output
    assert "新建的状态：已上报 24，整改中 29，已验收 46，已销号 21。" in tried.output
    assert "新建企业 120 家。" in tried.output
    assert (
        "判定依据：没有判定依据：按申报的重大登记，判定依据待确认（第 4、5、7、8、10、11、12、14 … 行，共 92 行）"
        in tried.output
    )
    assert tried.output.rstrip().endswith("试运行，没有写入任何内容。")
    some = run(register, made(tmp_path, one_row(隐患描述="")))
    assert "1 行已核对：新建 0，并入 0，不导入 1，各有原因。" in some.output
    assert "  第 3 行：没有隐患描述" in some.output


def test_long_lists_are_cut_with_how_many_more() -> None:
    report = ImportReport(
        title="台账",
        sheet="台账",
        filed_by="",
        filed_on=None,
        created=0,
        merged=0,
        skipped=tuple(Skipped(row, "没有隐患描述") for row in range(50)),
        remarks=tuple(Remark(row, "备注", "", f"原因{row}") for row in range(30)),
        states={State.REPORTED: 0},
        new_enterprises=0,
    )
    lines = told(report, dry_run=False)
    assert "  还有 30 行，用 --json 看全部。" in lines
    assert "  还有 10 种备注，用 --json 看全部。" in lines
    assert sum(line.startswith("  第 ") for line in lines) == 20


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        ([str(FOLDER / "statistics_not_a_ledger.xlsx")], "这不是隐患台账，而是统计表"),
        (["没有这个文件.xlsx"], "找不到文件 没有这个文件.xlsx，没有写入任何内容。请核对路径。"),
        ([str(FOLDER)], "找不到文件"),
        ([str(Path(__file__))], "文件内容却不是 Excel 工作簿"),
        ([REGULATOR, "--by", "nobody"], "没有登录名为“nobody”的在用人员"),
        ([REGULATOR, "--by", "worker"], "从业人员·甲的角色不能导入台账"),
        ([REGULATOR, "--channel", "电话"], "没有“电话”这种隐患来源"),
        ([REGULATOR, "--region", "123"], "123 不是登记的区县或镇街代码"),
        ([REGULATOR, "--enterprise", "91500110MA0000059X"], "没有登记信用代码为 91500110MA0000059X 的企业"),
    ],
)
def test_what_was_given_wrongly_ends_with_status_2_one_sentence_and_nothing_written(
    small: Flask, words: list[str], sentence: str
) -> None:
    before = rows(small)
    for more in ([], ["--json"], ["--dry-run"]):
        result = run(small, *words, *more)
        assert (result.exit_code, result.stdout) == (2, "")
        assert sentence in result.stderr
        assert len(result.stderr.strip().splitlines()) == 1
    assert rows(small) == before


def test_a_file_that_is_too_large_is_not_read(small: Flask, tmp_path: Path) -> None:
    place = tmp_path / "大.xlsx"
    with place.open("wb") as file:
        file.truncate(STANDARD.file_bytes + 1)
    result = run(small, str(place))
    assert (result.exit_code, "超过 50 MB" in result.stderr) == (2, True)


def test_options_reach_the_import(small: Flask, tmp_path: Path) -> None:
    silent = made(tmp_path, one_row(隐患来源="", 区县="", 统一社会信用代码="", 企业名称="示例新店"))
    assert as_json(small, silent)["skipped"] == [
        {"row": 3, "reason": "企业还没有登记，没有写区县：请补上，或用 --region 指明"}
    ]
    told_all = ("--region", "500101", "--channel", "企业自查上报", "--by", "far_inspector")
    assert as_json(small, silent, *told_all)["created"] == 1
    header = ["隐患描述", "隐患部位", "发现日期", "整改时限"]
    own = made(tmp_path, ledger(["积水", "炉前", "2026-11-02", "2026-11-30"], header=header), "本厂.xlsx")
    assert as_json(small, own, "--enterprise", PLANT, "--channel", "self_inspection")["created"] == 1
    with small.app_context():
        found = [(one.region_code, one.channel) for one in hazards()]
    assert found == [("500101", Channel.SELF_INSPECTION), ("500110", Channel.SELF_INSPECTION)]


def test_a_row_of_several_hazards_counts_once_though_it_is_split(small: Flask, tmp_path: Path) -> None:
    several = made(tmp_path, one_row(隐患描述="1.安全出口锁闭；2.配电箱未上锁"))
    report = as_json(small, several, "--split")
    assert (report["rows"], report["created"], report["merged"], report["skipped"]) == (1, 1, 0, [])
    with small.app_context():
        assert [one.description for one in hazards()] == ["安全出口锁闭", "配电箱未上锁"]
    assert as_json(small, several)["merged"] == 1


def test_a_name_with_broken_characters_is_kept_whole_enough(small: Flask, tmp_path: Path) -> None:
    data = one_row()
    odd = tmp_path / "台账\udcff𬭬.xlsx"
    odd.write_bytes(data)
    assert run(small, str(odd)).exit_code == 0

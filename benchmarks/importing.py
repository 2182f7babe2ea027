"""How long a ledger of ten thousand clean rows takes to come in, beside reading the file alone, and in how much memory.

Each runs in a process of its own, since the highest memory a process ever had is counted.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from flask import Flask
from openpyxl import Workbook
from sqlalchemy import select

from accounts.models import Enterprise
from application import create_app
from benchmarks.measures import Result
from core.db import db
from core.scope import everything
from core.settings import load_settings
from hazards.ledger import read_ledger
from hazards.operations.importing import Decisions, Options, import_ledger

ROWS: Final = int(os.environ.get("BENCH_ROWS", "10000"))
FIRMS: Final = 300
HEADER: Final = [
    "序号",
    "区县",
    "企业名称",
    "统一社会信用代码",
    "行业领域",
    "隐患来源",
    "检查单位",
    "发现时间",
    "隐患位置",
    "隐患描述",
    "隐患等级",
    "整改措施",
    "整改责任人",
    "整改资金(万元)",
    "整改时限",
    "管控措施",
    "整改进展",
]


def measure_import(url: str, instance: Path) -> list[Result]:
    """Reading alone, the import, and the same file once more; seconds as milliseconds, memory in kilobytes.

    The database must hold the enterprises of `flask seed`.
    """
    file = instance / "ledger.xlsx"
    app = create_app(load_settings(instance, {"DATABASE_URL": url}))
    with app.app_context():
        file.write_bytes(ledger(app))
        db.session.remove()
        db.engine.dispose()
    return [
        _apart(name, what, url, instance, file)
        for name, what in (
            (f"reading {ROWS:,} rows", "read"),
            (f"importing {ROWS:,} rows", "import"),
            ("the same file again", "import"),
        )
    ]


def ledger(app: Flask) -> bytes:
    """A ledger of clean rows about enterprises of the register."""
    with app.app_context(), everything("benchmark"):
        firms = db.session.scalars(select(Enterprise).order_by(Enterprise.id).limit(FIRMS)).all()
        known = [(firm.region.name, firm.name, firm.uscc, firm.industry or "工贸-机械") for firm in firms]
    book = Workbook(write_only=True)
    page = book.create_sheet("台账")
    page.append(["重大事故隐患台账"])
    page.append(list(HEADER))
    for number in range(ROWS):
        region, name, code, industry = known[number % len(known)]
        text = f"第 {number} 号熔炼炉冷却水管接头渗漏，没有流量监测报警"
        found = date(2026, 10, 1 + number % 28)
        place, grade = f"{number % 7} 号车间", "一般"
        row: list[Any] = [number + 1, region, name, code, industry, "督导检查", "区应急局", found, place, text, grade]
        page.append([*row, "更换接头并增设监测", "张堃", 2.5, date(2026, 12, 20), "停用并设专人看护", "整改中"])
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def _apart(name: str, what: str, url: str, instance: Path, file: Path) -> Result:
    command = [sys.executable, "-m", "benchmarks.importing", what, url, str(instance), str(file)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    told = json.loads(done.stdout.splitlines()[-1])
    return Result(name, told["seconds"] * 1000, kilobytes=told["kilobytes"])


def _timed(what: str, url: str, instance: Path, file: Path) -> dict[str, float]:
    """Do it here, and tell how long it took and how much memory this process ever had."""
    app = create_app(load_settings(instance, {"DATABASE_URL": url}))
    data = file.read_bytes()
    with app.app_context():
        now = app.extensions["clock"]()
        begun = time.perf_counter()
        if what == "read":
            rows = len(read_ledger(data, file.name, today=now.date()).rows)
        else:
            report = import_ledger(data, file.name, Options(decisions=Decisions(confirmed=True)), by=None, now=now)
            rows = report.created + report.merged
        seconds = time.perf_counter() - begun
    assert rows == ROWS, f"{rows} of {ROWS} rows"
    return {"seconds": seconds, "kilobytes": _highest_memory()}


def _highest_memory() -> float:
    """In kilobytes; none where the system does not tell (not what `getrusage` says: that begins with the parent's)."""
    status = Path("/proc/self/status")
    if not status.exists():
        return 0
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return float(line.split()[1])


if __name__ == "__main__":
    _, what_, url_, instance_, file_ = sys.argv
    print(json.dumps(_timed(what_, url_, Path(instance_), Path(file_))))

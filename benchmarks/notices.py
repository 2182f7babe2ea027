"""How many notices one process sets in a second, and in how much memory a thousand of them.

The papers are the three families in turn: a red-headed letter, a plain one, an order of three items, a report. They
stand beside bare reportlab, which writes as many pages of the same text with the same fonts and no rules of setting.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from itertools import cycle, islice
from pathlib import Path
from typing import Final

from benchmarks.reading import peak_mb
from notices.fonts import FontBook, Role, install_fonts, register_fonts
from notices.parts.pages import A4
from notices.parts.pen import Pen, Properties
from notices.rendering import render
from notices.snapshots import ItemSnapshot, NoticeSnapshot, SectionSnapshot, SignPlace, VerificationSnapshot
from workflows.notices import NoticeKind

BATCH: Final = int(os.environ.get("BENCH_NOTICES", "1000"))
LEAST_A_SECOND: Final = 60
MOST_MB: Final = 300
FIRM: Final = "重庆市綦江区镕堃化工有限责任公司"
OFFICE: Final = "重庆市綦江区应急管理局"
FACTS: Final = (
    "第17号储罐区可燃气体报警装置未与紧急切断阀联锁，报警后不能自动切断物料，依据判定标准第十条判定为重大事故隐患。"
)
BODY: Final = (
    f"2026年11月18日，我局对你公司开展执法检查，发现{FACTS}\n一、整改要求\n（一）立即停止作业，撤出人员。\n{FACTS * 3}"
)


@dataclass(frozen=True, slots=True)
class Printed:
    """One line: how many papers, in how many CPU seconds, the highest memory and what it grew by, in MB."""

    name: str
    papers: int
    seconds: float
    peak: float
    grown: float


def measure_notices(folder: Path) -> list[Printed]:
    """The lines, the floor first; each in a process of its own."""
    install_fonts(folder)
    found = []
    for name in WAYS:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            found.append(pool.submit(print_once, folder, name).result())
    return found


def print_notices(results: list[Printed]) -> None:
    """The table."""
    floor = results[0]
    print(f"\n  {f'{floor.papers:,} notices':<34}{'a second':>10}{'× bare':>9}{'peak MB':>9}{'grown MB':>10}")
    for one in results:
        rate, ratio = one.papers / one.seconds, one.seconds / floor.seconds
        print(f"  {one.name:<34}{rate:10.1f}{ratio:9.1f}{one.peak:9.0f}{one.grown:10.0f}")
    print(f"  bound: {LEAST_A_SECOND} a second, {MOST_MB} MB")


def print_once(folder: Path, name: str) -> Printed:
    """Set the batch in one way, in this process, and say what it cost."""
    book = register_fonts(folder)
    make = WAYS[name]
    for snapshot in papers(len(KINDS)):
        make(snapshot, book)  # what a process does once: glyphs and widths looked up
    before, start = peak_mb(), time.process_time()
    for snapshot in papers(BATCH):
        make(snapshot, book)
    return Printed(name, BATCH, time.process_time() - start, peak_mb(), peak_mb() - before)


def papers(count: int) -> Iterator[NoticeSnapshot]:
    """So many different notices."""
    for number, kind in enumerate(islice(cycle(KINDS), count), 1):
        yield replace(_paper(kind), number=f"（綦）应急〔2026〕{number}号")


def _paper(kind: NoticeKind) -> NoticeSnapshot:
    item = ItemSnapshot(
        1, "YH-500110-2026-000123", FIRM, "储罐区", FACTS, "重大", "第十条", date(2026, 12, 20), "整改中"
    )
    return NoticeSnapshot(
        kind=kind.value,
        title=kind.label,
        issued_at=datetime(2026, 11, 21, 2, 5, tzinfo=UTC),
        dated=date(2026, 11, 21),
        head=OFFICE,
        addressee=FIRM,
        body=BODY,
        items=tuple(replace(item, position=position) for position in (1, 2, 3)),
        items_shown=kind is NoticeKind.ORDER,
        sections=(SectionSnapshot("一、基本情况", (("单位名称", FIRM), ("隐患位置", "储罐区")), (("描述", FACTS),)),),
        signers=(OFFICE,),
        places=(SignPlace("检查人员（签名）", ("王堃", "䶮某")),) if kind is NoticeKind.ORDER else (),
        copies=("区政府办公室",),
        verification=VerificationSnapshot(
            "第 1024 号", "K7QM-3TZP", "https://yh.example.cn/verify/K7QM3TZP", "5d3e" * 16
        ),
    )


def _bare(snapshot: NoticeSnapshot, book: FontBook) -> bytes:
    """The same text on one page, cut into lines of 28 characters and nothing else."""
    pen = Pen(book, *A4, Properties(snapshot.title, OFFICE, FIRM, snapshot.issued_at))
    text = snapshot.title + snapshot.number + snapshot.addressee + snapshot.body.replace("\n", "")
    for at in range(0, len(text), 28):
        pen.text(80, 100 + at, text[at : at + 28], Role.FANGSONG, 16)
    pen.next_page()
    return pen.finish()


KINDS: Final = (NoticeKind.LISTING, NoticeKind.LETTER, NoticeKind.ORDER, NoticeKind.HAZARD_REPORT)
WAYS: Final[dict[str, Callable[[NoticeSnapshot, FontBook], bytes]]] = {
    "bare pages of the same text": _bare,
    "notices": render,
}

"""What reading a file costs: 10,000 rows of 25 columns in each format, and the first rows of a file of 50 MB.

Each is measured in a process of its own, so that the memory is that of this one file.
"""

from __future__ import annotations

import csv
import io
import multiprocessing
import resource
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Final

from openpyxl import Workbook

from core.sheets import open_sheets
from core.sheets.limits import MEGABYTE

ROWS: Final = 10_000
COLUMNS: Final = 25
PREVIEW_ROWS: Final = 500
PREVIEW_BYTES: Final = 49 * MEGABYTE
_STATUS: Final = Path("/proc/self/status")
_WORDS: Final = "疏散通道堆放杂物灭火器压力不足配电箱未接地有限空间作业未审批冷却水管渗漏熔炼炉前积水"


@dataclass(frozen=True, slots=True)
class Reading:
    """One line of the table: CPU seconds, and by how many MB the process grew beside the file itself."""

    name: str
    file_mb: float
    rows: int
    seconds: float
    grown_mb: float


def measure_reading() -> list[Reading]:
    """Make the files, read each in a new process, give the lines."""
    with TemporaryDirectory() as folder:
        place = Path(folder)
        plan: list[tuple[str, Callable[[Path], None], int | None]] = [
            ("10k.xlsx", _small_workbook, None),
            ("10k.csv", _small_text, None),
            ("50mb.xlsx", _large_workbook, PREVIEW_ROWS),
            ("50mb.csv", _large_text, PREVIEW_ROWS),
            ("50mb.ods", _large_document, PREVIEW_ROWS),
        ]
        results = []
        for name, make, first_rows in plan:
            make(place / name)
            with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
                results.append(pool.submit(read_once, str(place / name), first_rows).result())
            (place / name).unlink()
    return results


def read_once(path: str, first_rows: int | None) -> Reading:
    """Read one file in this process and say what it cost."""
    data = Path(path).read_bytes()
    before = peak_mb()
    started = time.process_time()
    grids = open_sheets(data, path, first_rows=first_rows)
    seconds = time.process_time() - started
    label = Path(path).name + (f", first {first_rows} rows" if first_rows else ", all rows")
    return Reading(label, len(data) / MEGABYTE, sum(grid.height for grid in grids), seconds, peak_mb() - before)


def peak_mb() -> float:
    """The most memory this process had; Linux tells it without that of the process that started it."""
    if _STATUS.exists():
        return int(_STATUS.read_text().partition("VmHWM:")[2].split()[0]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def print_reading(results: list[Reading]) -> None:
    """The table."""
    print("\nReading files")
    print(f"  {'':<34}{'file MB':>10}{'rows':>9}{'seconds':>9}{'grown MB':>10}")
    for one in results:
        print(f"  {one.name:<34}{one.file_mb:10.1f}{one.rows:9d}{one.seconds:9.2f}{one.grown_mb:10.0f}")


def rows(count: int) -> Iterator[list[str | int | float]]:
    """Rows as a ledger has them: a number, an enterprise, texts, amounts; the same in every run."""
    random = Random(1)
    for number in range(count):
        texts = ["".join(random.choices(_WORDS, k=random.randint(4, 30))) for _ in range(COLUMNS // 2)]
        numbers = [round(random.uniform(0, 90_000), 2) for _ in range(COLUMNS - COLUMNS // 2 - 2)]
        yield [number + 1, f"示例机械有限公司{number % 400}号厂", *texts, *numbers]


def _small_workbook(path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("台账")
    for row in rows(ROWS):
        sheet.append(row)
    book.save(path)


def _small_text(path: Path) -> None:
    with path.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows(rows(ROWS))


def _large_text(path: Path) -> None:
    with path.open("wb") as file:
        while file.tell() < PREVIEW_BYTES - MEGABYTE:
            text = io.StringIO()
            csv.writer(text).writerows(rows(1_000))
            file.write(text.getvalue().encode("gb18030"))


def _large_workbook(path: Path) -> None:
    """Rows repeated with numbers of their own until the file is large: most of it is never looked at."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in _PARTS.items():
            archive.writestr(name, text)
        block = list(rows(2_000))
        with archive.open("xl/worksheets/sheet1.xml", "w", force_zip64=True) as part:
            part.write(b"<worksheet><sheetData>")
            number = 0
            while path.stat().st_size < PREVIEW_BYTES - 2 * MEGABYTE:
                for row in block:
                    number += 1
                    cells = "".join(
                        f'<c t="inlineStr"><is><t>{value}{number * 7919 % 100_003}</t></is></c>'
                        if isinstance(value, str)
                        else f"<c><v>{value}</v></c>"
                        for value in row
                    )
                    part.write(f'<row r="{number}">{cells}</row>'.encode())
            part.write(b'</sheetData><mergeCells><mergeCell ref="A1:C1"/></mergeCells></worksheet>')


def _large_document(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("mimetype", _ODS, zipfile.ZIP_STORED)
        block = list(rows(2_000))
        with archive.open("content.xml", "w", force_zip64=True) as part:
            part.write(b'<c xmlns:table="t" xmlns:office="o" xmlns:text="x"><table:table table:name="S">')
            number = 0
            while path.stat().st_size < PREVIEW_BYTES - 2 * MEGABYTE:
                for row in block:
                    number += 1
                    cells = "".join(
                        f'<table:table-cell office:value-type="string"><text:p>{value}{number * 7919 % 100_003}'
                        "</text:p></table:table-cell>"
                        for value in row
                    )
                    part.write(f"<table:table-row>{cells}</table:table-row>".encode())
            part.write(b"</table:table></c>")


_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PARTS: Final = {
    "[Content_Types].xml": "<Types/>",
    "_rels/.rels": (
        f'<Relationships><Relationship Id="a" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>"
    ),
    "xl/workbook.xml": '<workbook xmlns:r="r"><sheets><sheet name="台账" r:id="b"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": (
        f'<Relationships><Relationship Id="b" Type="{_RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
        "</Relationships>"
    ),
}


if __name__ == "__main__":
    print_reading(measure_reading())
    sys.exit(0)

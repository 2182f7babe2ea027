"""How much memory hostile and large files take, each read in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from random import Random

import pytest
import xlwt

from tests.sheets.bad_files import PLAIN, changed, zipped
from tests.sheets.files import document, repacked

ROOT = Path(__file__).parents[2]
MEGABYTE = 1024 * 1024
SHEET = "xl/worksheets/sheet1.xml"
STATUS = Path("/proc/self/status")
READ_ONE = """
import re, resource, sys
from pathlib import Path
from core.sheets import BadFile, open_sheets

def peak():  # of this program alone; getrusage would also count the one that started it
    return int(re.search(r"VmHWM:\\s+(\\d+)", Path("/proc/self/status").read_text())[1])

resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
data = Path(sys.argv[1]).read_bytes()
before = peak()
try:
    rows = sum(grid.height for grid in open_sheets(data, sys.argv[1], first_rows=int(sys.argv[2]) or None))
except BadFile as refusal:
    rows = -1
print(rows, (peak() - before) // 1024)
"""
pytestmark = pytest.mark.skipif(not STATUS.exists(), reason="the peak of a process is read where Linux tells it")


def read(folder: Path, data: bytes, name: str, first_rows: int = 0) -> tuple[int, int]:
    """How many rows were read (-1: refused), and by how many MB the process grew."""
    place = folder / name
    place.write_bytes(data)
    command = [sys.executable, "-c", READ_ONE, str(place), str(first_rows)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, timeout=120)
    rows, grown = done.stdout.split()
    return int(rows), int(grown)


def one_text() -> bytes:
    """A sheet that is one text of 90 MB."""
    text = b"<row><c t='str'><v>" + b"ab" * 45 * MEGABYTE + b"</v></c></row>"
    return with_noise(changed(SHEET, b"</sheetData>", text + b"</sheetData>")())


def one_tag() -> bytes:
    """A sheet that is one tag of 90 MB."""
    return with_noise(changed(SHEET, b"</sheetData>", b"<row a='" + b"ab" * 45 * MEGABYTE + b"'/></sheetData>")())


def far_cells() -> bytes:
    """A cell in the last column of each of a hundred thousand rows."""
    rows = b"".join(b'<row r="%d"><c r="IV%d"><v>1</v></c></row>' % (n, n) for n in range(3, 100_001))
    return changed(SHEET, b"</sheetData>", rows + b"</sheetData>")()


def far_old_cells() -> bytes:
    """The same in an .xls."""
    book = xlwt.Workbook()
    page = book.add_sheet("台账")
    for row in range(65_000):
        page.write(row, 255, 1)
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repeated() -> bytes:
    """An .ods of one row that says it is a million."""
    return document(
        [],
        body='<table:table-row table:number-rows-repeated="99999">'
        '<table:table-cell table:number-columns-repeated="256" '
        'office:value-type="float" office:value="1"/></table:table-row>',
    )


def many_parts() -> bytes:
    """A directory of three hundred thousand parts."""
    one = zipped({"a": b""})
    start, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    directory = one[start:end] * 300_000
    tail = bytearray(one[end:])
    tail[12:16] = len(directory).to_bytes(4, "little")
    return one[:start] + directory + bytes(tail)


def quadratic() -> bytes:
    """Two hundred tags of 250 KB each, parsed in pieces."""
    tag = b"<x a='" + b"1" * 250_000 + b"'/>"
    return with_noise(changed(SHEET, b"</sheetData>", tag * 200 + b"</sheetData>")())


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (one_text, "a.xlsx"),
        (one_tag, "a.xlsx"),
        (far_cells, "a.xlsx"),
        (far_old_cells, "a.xls"),
        (repeated, "a.ods"),
        (many_parts, "a.xlsx"),
        (quadratic, "a.xlsx"),
        (lambda: b"1" * 49 * MEGABYTE, "a.csv"),
        (lambda: b"1,2\n" * 12 * MEGABYTE, "a.csv"),
        (lambda: b'"' + b"1\n" * 20 * MEGABYTE, "a.csv"),
    ],
    ids=[
        "one text",
        "one tag",
        "far cells",
        "far old cells",
        "repeated",
        "parts",
        "quadratic",
        "line",
        "rows",
        "quote",
    ],
)
@pytest.mark.parametrize("first_rows", [0, 500])
def test_a_hostile_file_takes_little_memory(
    make: Callable[[], bytes], name: str, first_rows: int, tmp_path: Path
) -> None:
    _, grown = read(tmp_path, make(), name, first_rows)
    assert grown < 120


def test_a_large_workbook_is_read_in_little_memory(tmp_path: Path) -> None:
    """Ten thousand rows of 25 columns: less than 100 MB for the reading alone."""
    rows = "".join(
        f'<row r="{row}">'
        + "".join(f'<c t="inlineStr"><is><t>第{row}行第{column}列的隐患描述</t></is></c>' for column in range(25))
        + "</row>"
        for row in range(3, 10_003)
    )
    rows_read, grown = read(
        tmp_path, changed(SHEET, b"</sheetData>", rows.encode() + b"</sheetData>", PLAIN)(), "a.xlsx"
    )
    assert rows_read == 10_002
    assert grown < 100


def test_a_preview_unpacks_without_keeping(tmp_path: Path) -> None:
    """Rows of 80 MB unpacked, of which five are shown, with the merged cell that stands below them all."""
    row = b"<row><c t='str'><v>" + bytes(range(48, 123)).replace(b"<", b"").replace(b"&", b"") * 40 + b"</v></c></row>"

    def stretch(parts: dict[str, bytes]) -> None:
        parts[SHEET] = parts[SHEET].replace(b"</sheetData>", row * 30_000 + b"</sheetData>")

    data = repacked(PLAIN, stretch)
    with zipfile.ZipFile(BytesIO(data)) as archive:
        assert archive.getinfo(SHEET).file_size > 80 * MEGABYTE
    padded = with_noise(data)
    assert read(tmp_path, padded, "a.xlsx", 5) == (5, pytest.approx(0, abs=40))


def with_noise(data: bytes) -> bytes:
    """The same with a part that does not shrink, so that it is no bomb by its ratio."""
    buffer = BytesIO(data)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("xl/media/a.bin", Random(1).randbytes(2 * MEGABYTE))
    return buffer.getvalue()

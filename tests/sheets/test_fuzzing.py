"""Files bent at random, inside their parts too: they are read or refused, after bounded work, and nothing else."""

from __future__ import annotations

import zipfile
from io import BytesIO
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from core.sheets import BadFile, Grid, Limits, open_sheets
from core.sheets.work import Work
from tests.sheets.bad_files import OLD, OPEN, ROWS, SHARED
from tests.sheets.files import Parts, repacked, workbook

SQUARE: Final = workbook([["x"] * 12] * 30)
LIMITS: Final = Limits(
    unpacked_bytes=3_000_000, rows=500, columns=64, cells=5_000, marks=200_000, merged_cells=5_000, characters=100_000
)
TEXT: Final = "\r\n".join(",".join(map(str, row)) for row in ROWS * 4)
FILES: Final = {
    "台账.xlsx": workbook(ROWS * 4, merges=["A1:B2", "C3:C7"]),
    "共享.xlsx": SHARED,
    "台账.xls": OLD,
    "台账.ods": OPEN,
    "台账.csv": TEXT.encode("gb18030"),
    "有标记.csv": TEXT.encode("utf-8-sig"),
    "宽.csv": TEXT.encode("utf-16"),
}
ZIPPED: Final = {
    name: {part.filename: part.file_size for part in zipfile.ZipFile(BytesIO(data)).infolist() if part.file_size}
    for name, data in FILES.items()
    if data.startswith(b"PK")
}
WORDS: Final = (
    b"<", b"</", b">", b"/>", b'"', b"&#0;", b"&a;", b"]]>", b"<!--", b"<![CDATA[", b"<!DOCTYPE x [", b"\0", b"\xff",
    b"999999999", b"-1", b"1e308", b"NaN", b"XFD1048576", b"A1:XFD1048576", b'r="1"', b't="s"', b"\xff\xff\xff\x7f",
    b"<row/>" * 600, b"<c/>" * 70, b"<a>" * 80, b"table:number-rows-repeated='999999999'", b"office:value='1e999'",
)  # fmt: skip

Changes = list[tuple[str, float, float, bytes]]
changes = st.lists(
    st.tuples(
        st.sampled_from(["flip", "cut", "insert", "repeat"]),
        st.floats(0, 1, exclude_max=True),
        st.floats(0, 0.05),
        st.one_of(st.binary(min_size=1, max_size=8), st.sampled_from(WORDS)),
    ),
    min_size=1,
    max_size=6,
)


def bent(data: bytes, plan: Changes) -> bytes:
    """The bytes after these changes; places are fractions of the length."""
    for kind, where, how_much, extra in plan:
        place = int(where * len(data))
        end = place + int(how_much * len(data)) + 1
        if kind == "flip":
            data = data[:place] + bytes(byte ^ extra[0] for byte in data[place : place + 2]) + data[place + 2 :]
        elif kind == "cut":
            data = data[:place] + data[end:]
        elif kind == "insert":
            data = data[:place] + extra + data[place:]
        else:
            data = data[:end] + data[place:end] * 3 + data[end:]
    return data


def is_read_or_refused(data: bytes, name: str, first_rows: int | None) -> None:
    """Any exception but BadFile, and any count over its bound, fails the test."""
    work = Work(LIMITS)
    sentence = "好。"
    try:
        for grid in open_sheets(data, name, limits=LIMITS, first_rows=first_rows, work=work):
            is_whole(grid, first_rows)
    except BadFile as refusal:
        sentence = refusal.sentence
    assert sentence.endswith("。")
    assert "\n" not in sentence
    assert work.unpacked <= 2 * LIMITS.unpacked_bytes + 64 * 1024
    assert work.marks <= LIMITS.marks + 64 * 1024
    assert work.cells <= LIMITS.cells + LIMITS.columns * LIMITS.rows
    assert work.characters <= LIMITS.characters + LIMITS.cell_characters


def is_whole(grid: Grid, first_rows: int | None) -> None:
    """Every cell can be asked for, and every bound holds."""
    assert grid.height <= min(LIMITS.rows, first_rows or LIMITS.rows)
    assert grid.width <= LIMITS.columns
    for place, anchor in grid.merges.items():
        assert place != anchor
        assert anchor not in grid.merges
    for row in range(1, min(grid.height, 20) + 1):
        for column in range(1, grid.width + 1):
            assert isinstance(grid.text(row, column), str)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted(FILES)), changes, st.sampled_from([None, 2]))
def test_bent_files_are_read_or_refused(name: str, plan: Changes, first_rows: int | None) -> None:
    is_read_or_refused(bent(FILES[name], plan), name, first_rows)


@settings(max_examples=250, deadline=None)
@given(st.data(), changes, st.sampled_from([None, 2]))
def test_files_with_a_bent_part_are_read_or_refused(draw: st.DataObject, plan: Changes, first_rows: int | None) -> None:
    name = draw.draw(st.sampled_from(sorted(ZIPPED)))
    part = draw.draw(st.sampled_from(sorted(ZIPPED[name])))

    def bend(parts: Parts) -> None:
        parts[part] = bent(parts[part], plan)

    is_read_or_refused(repacked(FILES[name], bend), name, first_rows)


@settings(max_examples=150, deadline=None)
@given(changes, st.sampled_from([None, 2]))
def test_old_workbooks_with_bent_records_are_read_or_refused(plan: Changes, first_rows: int | None) -> None:
    """Only the records are bent, so that the compound file around them still opens."""
    start = OLD.index(b"\x09\x08")
    size = len(OLD) - start
    changed = bent(OLD[start:], plan)[:size]
    is_read_or_refused(OLD[:start] + changed.ljust(size, b"\0"), "台账.xls", first_rows)


@settings(max_examples=100, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 0x300), st.binary(max_size=40)), max_size=30), st.integers(1, 4))
def test_records_at_random_are_read_or_refused(records: list[tuple[int, bytes]], times: int) -> None:
    """Records of every kind put in the place of those that nobody reads, again and again."""
    start = OLD.index(b"\xe1\x00\x02\x00\xb0\x04")
    made = b"".join(kind.to_bytes(2, "little") + len(body).to_bytes(2, "little") + body for kind, body in records)
    made = (made * times)[: len(OLD) - start]
    is_read_or_refused(OLD[:start] + made + OLD[start + len(made) :], "台账.xls", None)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=600), st.sampled_from(["a.csv", "a.xlsx", "a.xls", "a.ods", "a.txt", "a", "../a.csv", "a\0"]))
def test_any_bytes_under_any_name_are_read_or_refused(data: bytes, name: str) -> None:
    is_read_or_refused(data, name, None)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["utf-8", "utf-8-sig", "gb18030", "utf-16"]), st.sampled_from([None, 2]))
def test_any_text_is_read_or_refused_as_csv(text: str, encoding: str, first_rows: int | None) -> None:
    is_read_or_refused(text.encode(encoding, errors="replace"), "a.csv", first_rows)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 30), st.integers(1, 12), st.integers(0, 30), st.integers(0, 12)),
        min_size=2,
        max_size=12,
    )
)
def test_merges_that_overlap_at_random_leave_every_cell_one_value(areas: list[tuple[int, int, int, int]]) -> None:
    letters = " ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    refs = [f"{letters[left]}{top}:{letters[left + w]}{top + h}" for top, left, h, w in areas]

    def merge(parts: Parts) -> None:
        merges = "".join(f'<mergeCell ref="{ref}"/>' for ref in refs)
        sheet = parts["xl/worksheets/sheet1.xml"]
        parts["xl/worksheets/sheet1.xml"] = sheet.replace(
            b"</sheetData>", f"</sheetData><mergeCells>{merges}</mergeCells>".encode()
        )

    is_read_or_refused(repacked(SQUARE, merge), "a.xlsx", None)

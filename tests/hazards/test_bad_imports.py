"""`flask import` of files that are no ledger: status 2, one sentence, and the register as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from tests.clocks import FixedClock
from tests.hazards.city import build_city
from tests.hazards.imports import counts, one_row
from tests.sheets.bad_files import BAD, Bad

LABELS = {
    "empty", "pdf", "word", "zip", "encrypted", "old encrypted", "ods encrypted", "cut", "old cut", "ods cut", "macros",
    "old with macros", "with macros by name", "linked", "path out", "part twice", "bomb", "lying size", "laughs",
    "reads a file", "a million blank rows", "all columns", "text of 300 columns", "open quote", "long cell",
    "no encoding", "shared text that is not there", "no cells", "deep", "name turned round",
}  # fmt: skip
CHOSEN = [bad for bad in BAD if bad.label in LABELS]


@pytest.fixture
def small(sqlite_app: Flask, clock: FixedClock) -> Flask:
    """The small city, on SQLite."""
    with sqlite_app.app_context():
        build_city(clock())
    return sqlite_app


def files_in(folder: Path) -> set[Path]:
    return {place for place in folder.rglob("*") if place.is_file()}


def test_bad_files_end_with_status_2_one_sentence_and_nothing_written(small: Flask, tmp_path: Path) -> None:
    assert len(CHOSEN) == len(LABELS)
    with small.app_context():
        before = counts()
    kept = files_in(Path(small.instance_path))
    for number, bad in enumerate(CHOSEN):
        is_refused(small, bad, tmp_path / str(number), ["--dry-run"] if number % 3 == 0 else [])
    with small.app_context():
        assert counts() == before
    assert files_in(Path(small.instance_path)) == kept


def is_refused(app: Flask, bad: Bad, folder: Path, more: list[str]) -> None:
    """The file is given under its name, as far as a folder can hold it."""
    folder.mkdir()
    place = folder / bad.name.replace("/", "_")
    place.write_bytes(bad.data())
    result = app.test_cli_runner().invoke(args=["import", str(place), *more])
    assert (result.exit_code, result.stdout) == (2, ""), bad.label
    assert bad.words in result.stderr, bad.label
    assert len(result.stderr.strip().splitlines()) == 1, bad.label
    assert "Traceback" not in result.stderr, bad.label


def test_a_file_whose_formulas_were_never_computed_is_refused_with_the_cell(small: Flask, tmp_path: Path) -> None:
    place = tmp_path / "台账.xlsx"
    place.write_bytes(one_row(隐患描述="=1+1"))
    result = small.test_cli_runner().invoke(args=["import", str(place)])
    assert result.exit_code == 2
    assert "没有计算结果的公式" in result.stderr

"""What must stay true of the code, whoever changes it."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import ROOT, calls, files, name


def test_only_the_unit_of_work_commits() -> None:
    places = {name(path) for path in files() for _call in calls(path, "commit")}
    assert places == {"core/db.py"}


def test_rooms_and_floors_import_downwards_only() -> None:
    command = Path(sys.executable).with_name("lint-imports")
    result = subprocess.run([str(command)], cwd=ROOT, capture_output=True, text=True)
    assert result.returncode == 0, result.stdout[-3000:] + result.stderr[-1000:]


def test_no_module_reads_the_clock_but_the_clock() -> None:
    """Time is passed in: `datetime.now`, `date.today`, `time.time` stand in core/clock.py alone."""
    places = set()
    for path in files():
        for function in ("now", "today", "utcnow"):
            for call in calls(path, function):
                owner = call.func.value if isinstance(call.func, ast.Attribute) else None
                if isinstance(owner, ast.Name) and owner.id in ("datetime", "date"):
                    places.add(name(path))
    assert places == {"core/clock.py"}


def test_no_page_asks_another_host() -> None:
    elsewhere = re.compile(r"""(src=|href=|url\()["']?https?:""")
    assert [name(path) for path in _page_files() if elsewhere.search(path.read_text("utf-8"))] == []


def _page_files() -> Iterator[Path]:
    for folder in ("templates", "static"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in (".html", ".css", ".js"):
                yield path


def test_no_template_has_inline_script_or_style() -> None:
    found = []
    for path in sorted((ROOT / "templates").rglob("*.html")):
        text = path.read_text("utf-8")
        if "<script>" in text or " onclick=" in text or " style=" in text or "<style" in text:
            found.append(name(path))
    assert found == []


def test_nothing_is_left_for_later() -> None:
    words = ("# TODO", "# FIXME", "# XXX")
    found = [name(path) for path in files() if any(word in path.read_text("utf-8") for word in words)]
    assert found == []

"""The project's own Python files, for tests that read them."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
ROOMS = ("core", "accounts", "workflows", "hazards", "notices", "inspections", "reports", "sample")


def files() -> Iterator[Path]:
    """Every file of the product, without tests and migrations."""
    for room in ROOMS:
        yield from sorted((ROOT / room).rglob("*.py"))
    yield ROOT / "application.py"
    yield ROOT / "wsgi.py"


def name(path: Path) -> str:
    """The path as the tests write it."""
    return path.relative_to(ROOT).as_posix()


def calls(path: Path, function: str) -> Iterator[ast.Call]:
    """Every call of a function of that name in a file."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call):
            called = node.func
            said = called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")
            if said == function:
                yield node

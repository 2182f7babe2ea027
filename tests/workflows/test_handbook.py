"""The parts of the handbook that are rules are current, and renewing them leaves the written parts alone."""

from __future__ import annotations

import pytest

from core.handbook import FOLDER
from tests.workflows.expected import ROUTES
from workflows.handbook import PARTS, actions, renewed


def test_every_chapter_is_current() -> None:
    for file in sorted(FOLDER.glob("*.md")):
        text = file.read_text("utf-8")
        assert renewed(text) == text, f"{file.name}: run `make docs`"


def test_every_part_is_used() -> None:
    text = "".join(file.read_text("utf-8") for file in FOLDER.glob("*.md"))
    assert [name for name in PARTS if f"<!-- made: {name} -->" not in text] == []


def test_only_what_stands_between_the_marks_is_made() -> None:
    text = "# 题\n\n自己写的\n\n<!-- made: grounds -->\n旧的\n<!-- end -->\n\n后面\n"
    made = renewed(text)
    assert made.startswith("# 题\n\n自己写的\n\n<!-- made: grounds -->\n")
    assert made.endswith("<!-- end -->\n\n后面\n")
    assert "旧的" not in made
    assert "拒不整改" in made


def test_a_part_nobody_makes_is_a_mistake() -> None:
    with pytest.raises(KeyError):
        renewed("<!-- made: nothing -->\n<!-- end -->\n")


def test_every_route_has_its_row() -> None:
    rows = [line for line in actions().splitlines() if line.startswith(("| 一般·", "| 重大·"))]
    assert len(rows) == len(ROUTES)

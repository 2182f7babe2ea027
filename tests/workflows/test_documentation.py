"""docs/closure.md says what the program does, and is current."""

from __future__ import annotations

import pytest

from tests.workflows.expected import FROM_TO, ROUTES
from workflows.documentation import DOCUMENT, diagram, document, tables_markdown
from workflows.vocabulary import State


def test_the_document_is_current() -> None:
    text = DOCUMENT.read_text("utf-8")
    assert document(text) == text, "run: python -m workflows.documentation"


def test_renewing_the_made_part_leaves_the_written_part_alone() -> None:
    text = DOCUMENT.read_text("utf-8")
    written = text.partition("<!-- made by")[0]
    stale = text.replace("## Routes", "## Something else")
    assert document(stale) == text
    assert document(text.replace(written, "# 自己写的\n\n")).startswith("# 自己写的\n\n<!-- made by")


def test_a_document_without_its_markers_is_not_written_over() -> None:
    with pytest.raises(ValueError, match="markers"):
        document("# The closure workflow\n")


def test_both_diagrams_show_every_change_of_state_and_a_refused_close() -> None:
    mermaid, _, typed = diagram().partition("in characters")
    for action, ends in FROM_TO.items():
        for start, end in ends.items():
            for drawn, arrow in ((mermaid, "-->"), (typed, "──▶")):
                line = next(
                    line
                    for line in drawn.splitlines()
                    if line.split()[:3] == [start, arrow, end.rstrip(":")]
                    or line.split()[:3] == [start, arrow, f"{end}:"]
                )
                assert action in line
    assert "verified --> rectifying: regrade up / return / close refused" in mermaid
    assert all(state.label in mermaid for state in State)


def test_every_route_has_its_cell() -> None:
    routes = tables_markdown().partition("## Routes")[2].partition("##")[0]
    rows = [line.split(" | ")[1:] for line in routes.splitlines() if "`" in line]
    filled = sum(cell.strip(" |") != "—" for row in rows for cell in row)
    assert filled == len(ROUTES)


def test_tables_are_square_so_that_they_render() -> None:
    for block in tables_markdown().split("\n\n"):
        lines = [line for line in block.splitlines() if line.startswith("|")]
        assert len({line.count("|") for line in lines}) <= 1

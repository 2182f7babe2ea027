"""Paragraphs over a page break, and texts that must fit one line."""

from __future__ import annotations

import pytest

from notices.fonts import FontBook, Role
from notices.parts.paragraph import Paragraph, TextStyle, fitted

STYLE = TextStyle(size=10, leading=2)  # 20 points a line


@pytest.mark.parametrize(
    ("lines", "room", "before"),
    [(10, 100, 5), (10, 199, 8), (10, 39, None), (10, 200, None), (4, 79, 2), (3, 59, None), (2, 39, None)],
)
def test_at_least_two_lines_stand_on_either_side_of_a_break(
    fonts: FontBook, lines: int, room: float, before: int | None
) -> None:
    halves = Paragraph(fonts, "\n".join("隐" * lines), STYLE).lay(100).split(room)
    assert (None if halves is None else len(halves[0].lines)) == before
    if halves is not None:
        assert len(halves[0].lines) + len(halves[1].lines) == lines


def test_the_rest_of_a_broken_paragraph_is_not_indented_again(fonts: FontBook) -> None:
    halves = Paragraph(fonts, "隐" * 60, STYLE).lay(100).split(60)
    assert halves is not None
    assert not halves[1].begins


def test_what_fits_one_line_is_kept_and_what_does_not_ends_with_dots(fonts: FontBook) -> None:
    assert fitted(fonts, "隐患隐患", Role.SONG, 10, 40) == "隐患隐患"
    assert fitted(fonts, "隐患隐患隐", Role.SONG, 10, 40) == "隐患隐…"

"""Breaking into pages: nothing lost, nothing below the margin, no heading or foot left alone."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from notices.fonts import FontBook
from notices.parts.blocks import Gap, Laid, Stack
from notices.parts.pages import Page, paginate
from notices.parts.paragraph import Paragraph
from notices.parts.table import Cell, Row

HEIGHT = 100.0
parts = st.lists(st.builds(Gap, height=st.integers(1, 60).map(float), keeps_next=st.booleans()), max_size=30)


def plain(height: float) -> Gap:
    return Gap(height, keeps_next=False)


def all_parts(pages: list[Page]) -> list[Laid]:
    return [part for page in pages for part in page.parts]


@given(parts, st.one_of(st.none(), st.integers(1, 90).map(lambda height: plain(float(height)))))
def test_every_part_stands_once_in_order_and_inside_the_page(given_parts: list[Gap], foot: Gap | None) -> None:
    pages = paginate(given_parts, HEIGHT, foot)
    assert all_parts(pages) == given_parts
    for page in pages:
        assert page.used + (page.foot.height if page.foot else 0) <= HEIGHT + 0.1
    assert [page.foot for page in pages[:-1]] == [None] * (len(pages) - 1)
    assert pages[-1].foot is foot


@given(parts)
def test_no_page_is_empty(given_parts: list[Gap]) -> None:
    assert all(page.parts for page in paginate(given_parts, HEIGHT)) or not given_parts


def test_a_heading_goes_to_the_next_page_with_what_it_heads() -> None:
    pages = paginate([plain(60), Gap(20), plain(40)], HEIGHT)
    assert [len(page.parts) for page in pages] == [1, 2]


def test_two_headings_in_a_row_stay_together() -> None:
    pages = paginate([plain(60), Gap(10), Gap(10), plain(40)], HEIGHT)
    assert [len(page.parts) for page in pages] == [1, 3]


def test_a_foot_that_does_not_fit_takes_the_end_of_the_text_along() -> None:
    pages = paginate([plain(40), Gap(10), plain(40)], HEIGHT, plain(30))
    assert [len(page.parts) for page in pages] == [1, 2]


def test_what_is_higher_than_a_page_and_cannot_be_split_still_ends() -> None:
    pages = paginate([plain(30), plain(300), plain(30)], HEIGHT)
    assert [len(page.parts) for page in pages] == [1, 1, 1]


def test_a_row_breaks_all_its_cells_at_one_height_and_repeats_its_label(fonts: FontBook) -> None:
    text = Paragraph(fonts, "\n".join("隐" * 40))
    again = Paragraph(fonts, "标签（续）")
    row = Row([Cell(0.3, Paragraph(fonts, "标签"), continued=again), Cell(0.7, text)])
    halves = row.lay(400).split(200)
    assert halves is not None
    first, rest = halves
    assert first.height <= 200
    assert first.cells[1].content.height + rest.cells[1].content.height == text.lay(280).height
    assert rest.cells[0].content == again.lay(0.3 * 400 - 10)


def test_a_stack_never_ends_a_page_with_a_heading(fonts: FontBook) -> None:
    stack = Stack([plain(50), Gap(20), plain(60)]).lay(100)
    halves = stack.split(100)
    assert halves is not None
    assert [part.height for part in halves[0].parts] == [50]

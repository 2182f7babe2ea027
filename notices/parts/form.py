"""The look of forms (enterprise and enforcement family): section bars, label and value rows, dates to fill in."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from notices.fonts import FontBook, Role
from notices.parts.blocks import Block
from notices.parts.paragraph import Align, Paragraph, TextStyle
from notices.parts.pen import MM
from notices.parts.table import Cell, Row

TITLE = TextStyle(Role.TITLE, size=22, leading=1.5, align=Align.CENTRE)
SUBTITLE = TextStyle(size=10.5, leading=1.5)
SECTION = TextStyle(Role.HEI, size=11, leading=1.35)
LABEL = TextStyle(Role.HEI, size=10.5, leading=1.45, align=Align.CENTRE)
VALUE = TextStyle(Role.FANGSONG, size=10.5, leading=1.45)
LONG_VALUE = TextStyle(Role.FANGSONG, size=10.5, leading=1.5, align=Align.FULL)
LABEL_SHARE = 0.16
LEAST_ROW = 8.5 * MM
BLANK_DATE = "　　　　年　　月　　日"  # to be filled in by hand
NOTHING = "—"
CONTINUED = "（续）"

Pair = tuple[str, str]


def section_bar(book: FontBook, text: str) -> Row:
    """The shaded bar over a section; stays with what follows."""
    return Row([Cell(1.0, Paragraph(book, text, SECTION), middle=True, shaded=True)], keeps_next=True)


def label(book: FontBook, text: str) -> tuple[Block, Block]:
    """A label, and the same as it stands after a page break."""
    return Paragraph(book, text, LABEL), Paragraph(book, f"{text}\n{CONTINUED}", LABEL)


def pair_rows(book: FontBook, pairs: Sequence[Pair]) -> Iterator[Row]:
    """Label and value, two pairs in a row; an odd last one takes the row."""
    for at in range(0, len(pairs) - 1, 2):
        yield pair_row(book, pairs[at : at + 2])
    if len(pairs) % 2:
        yield long_row(book, *pairs[-1], style=VALUE)


def pair_row(book: FontBook, pairs: Sequence[Pair]) -> Row:
    """Pairs of label and value, as many as given, of equal width."""
    share = LABEL_SHARE if len(pairs) < 3 else 0.13
    cells = [cell for name, value in pairs for cell in _pair(book, name, value, share, 1 / len(pairs) - share)]
    return Row(cells, least=LEAST_ROW)


def _pair(book: FontBook, name: str, value: str, label_share: float, value_share: float) -> tuple[Cell, Cell]:
    text, again = label(book, name)
    return (
        Cell(label_share, text, middle=True, continued=again),
        Cell(value_share, Paragraph(book, value or NOTHING, VALUE), middle=True),
    )


def long_row(book: FontBook, name: str, value: str, style: TextStyle = LONG_VALUE) -> Row:
    """A label beside a text of any length, which may flow over pages."""
    return block_row(book, name, Paragraph(book, value or NOTHING, style))


def block_row(book: FontBook, name: str, content: Block) -> Row:
    """A label beside anything."""
    text, again = label(book, name)
    return Row(
        [
            Cell(LABEL_SHARE, text, middle=True, continued=again),
            Cell(1 - LABEL_SHARE, content, middle=True),
        ],
        least=LEAST_ROW,
    )

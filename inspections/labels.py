"""The sheet of labels for risk points: A4, cut marks, a QR code each. A pure function of its labels and the fonts.

The two layouts are those of sheets of adhesive labels sold everywhere; on plain paper they are cut along the marks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from inspections.rules import RiskGrade
from notices.fonts import FontBook, Role
from notices.parts.breaking import break_lines
from notices.parts.cleaning import one_line
from notices.parts.code import QrCode
from notices.parts.pages import A4
from notices.parts.paragraph import fitted
from notices.parts.pen import BLACK, GREY, MM, Colour, Pen, Properties

MARK: Final = 3 * MM  # length of a cut mark
MARK_WEIGHT: Final = 0.4
LONGEST_URL: Final = 200
# the bar at a label's edge; its word is printed besides, so that it holds in black and white
BARS: Final[dict[RiskGrade, Colour]] = {
    RiskGrade.RED: (0.70, 0.15, 0.12),
    RiskGrade.ORANGE: (0.87, 0.43, 0.06),
    RiskGrade.YELLOW: (0.85, 0.64, 0.0),
    RiskGrade.BLUE: (0.18, 0.44, 0.76),
}


@dataclass(frozen=True, slots=True)
class Layout:
    """How labels stand on A4: columns and rows, the size of one, the margins and gaps, in points."""

    columns: int
    rows: int
    width: float
    height: float
    left: float
    top: float
    gap: float
    code: float
    title: float
    name_lines: int
    place_lines: int

    @property
    def a_page(self) -> int:
        """How many labels a page holds."""
        return self.columns * self.rows


LAYOUTS: Final[dict[str, Layout]] = {
    "3x7": Layout(3, 7, 63.5 * MM, 38.1 * MM, 7.2 * MM, 15.15 * MM, 2.55 * MM, 26 * MM, 10.5, 2, 2),
    "2x4": Layout(2, 4, 99.1 * MM, 67.7 * MM, 4.65 * MM, 13.1 * MM, 2.5 * MM, 44 * MM, 15.0, 3, 4),
}


@dataclass(frozen=True, slots=True)
class PointLabel:
    """What stands on one label; `url` is what its code holds."""

    enterprise: str
    code: str
    name: str
    place: str
    grade: RiskGrade
    url: str
    hint: str


def render(labels: Sequence[PointLabel], layout: Layout, fonts: FontBook, *, at: datetime) -> bytes:
    """The sheets as PDF; equal labels give equal bytes. Raises ValueError for no label or an overlong address."""
    if not labels:
        raise ValueError("a sheet needs a label")
    first = one_line(labels[0].enterprise)
    properties = Properties(title=f"风险点标签 {first}", author=first, subject="风险点二维码标签", issued_at=at)
    pen = Pen(fonts, *A4, properties)
    for start in range(0, len(labels), layout.a_page):
        page = labels[start : start + layout.a_page]
        for label, (x, top) in zip(page, places(layout), strict=False):
            _draw(pen, label, layout, x, top)
        _cut_marks(pen, layout)
        pen.next_page()
    return pen.finish()


def places(layout: Layout) -> Iterator[tuple[float, float]]:
    """The upper left corner of each label of a page, row by row."""
    for row in range(layout.rows):
        for column in range(layout.columns):
            yield layout.left + column * (layout.width + layout.gap), layout.top + row * layout.height


def _draw(pen: Pen, label: PointLabel, layout: Layout, x: float, top: float) -> None:
    if len(label.url) > LONGEST_URL:
        raise ValueError("an address too long for a label's code")
    edge, small = 3 * MM, layout.title * 0.72
    pen.fill(x + 1 * MM, top + edge, 1.6 * MM, layout.height - 2 * edge, BARS[label.grade])
    QrCode(label.url, layout.code).draw(pen, x + layout.width - layout.code - 1 * MM, top + edge)
    left, room = x + 4.5 * MM, layout.width - layout.code - 6 * MM
    line = _Line(pen, left, top + edge)
    line.text(label.name, Role.HEI, layout.title, room, lines=layout.name_lines)
    line.text(label.place, Role.SONG, small, room, lines=layout.place_lines)
    line.text(label.grade.label, Role.HEI, small, room)
    line.text(label.code, Role.SONG, small, room, colour=GREY)
    foot = _Line(pen, left, top + layout.height - edge - 2.9 * small)
    wide = layout.width - 7 * MM
    foot.text(label.hint, Role.SONG, small * 0.95, wide)
    foot.text(label.enterprise, Role.SONG, small * 0.95, wide, colour=GREY)


@dataclass(slots=True)
class _Line:
    """Where the next line of a label begins."""

    pen: Pen
    x: float
    top: float

    def text(self, words: str, role: Role, size: float, room: float, *, lines: int = 1, colour: Colour = BLACK) -> None:
        """A text of so many lines at most; what does not fit ends with …"""
        plain, book = one_line(words), self.pen.book
        if not plain:
            return

        def em(char: str) -> float:
            return book.glyph(role, char).width

        broken = [line.text for line in break_lines(plain, room / size, em)]
        if len(broken) > lines:
            rest = "".join(broken[lines - 1 :])
            broken = [*broken[: lines - 1], fitted(book, rest, role, size, room)]
        for one in broken:
            self.pen.text(self.x, self.top, one, role, size, colour=colour)
            self.top += size * 1.3


def _cut_marks(pen: Pen, layout: Layout) -> None:
    """Short lines outside the labels' corners, at the page's edges, for whoever cuts plain paper."""
    right = layout.left + layout.columns * layout.width + (layout.columns - 1) * layout.gap
    bottom = layout.top + layout.rows * layout.height
    for row in range(layout.rows + 1):
        y = layout.top + row * layout.height
        pen.rule(layout.left - 1 * MM - MARK, y, layout.left - 1 * MM, y, MARK_WEIGHT, GREY)
        pen.rule(right + 1 * MM, y, right + 1 * MM + MARK, y, MARK_WEIGHT, GREY)
    for column in range(layout.columns):
        x = layout.left + column * (layout.width + layout.gap)
        for edge in (x, x + layout.width):
            pen.rule(edge, layout.top - 1 * MM - MARK, edge, layout.top - 1 * MM, MARK_WEIGHT, GREY)
            pen.rule(edge, bottom + 1 * MM, edge, bottom + 1 * MM + MARK, MARK_WEIGHT, GREY)

"""How high a row must be for its wrapped texts.

Excel works heights out when it opens a file that has none; LibreOffice, WPS and previewers do not always. So
each row carries one, a little generous, and the paper looks the same from any of them.
"""

from collections.abc import Callable, Sequence

from reports.sheet.layout import LedgerLayout

HIGHEST = 409
"""Points: Excel's limit for a row. A text that needs more is whole in its cell, but not on paper."""

_LINE = 14.5  # points per line of 10 pt type
_PADDING = 4
MOST_LINES = int((HIGHEST - _PADDING) / _LINE)


def height_of(layout: LedgerLayout) -> Callable[[Sequence[object]], int]:
    """The function that gives a row's height in points from its fields."""
    columns = [column for column in layout.columns if column.kind != "serial"]
    measured = [
        (at, capacity(column.width)) for at, column in enumerate(columns) if column.wrap and column.kind != "state"
    ]

    def height(fields: Sequence[object]) -> int:
        most = 2
        for at, per_line in measured:
            value = fields[at]
            if isinstance(value, str) and (2 * len(value) > (per_line - 1) * most or "\n" in value):
                most = max(most, lines_of(value, per_line))
        return min(HIGHEST, round(most * _LINE) + _PADDING)

    return height


def capacity(width: float) -> int:
    """Half-width glyphs of 10 pt in a line of a column, full-width ones counting two."""
    return max(2, int(width * 1.05) // 2 * 2)


def lines_of(text: str, per_line: int) -> int:
    """Lines the text takes, counting the room that line-breaking rules waste in longer ones."""
    lines = 0
    for paragraph in text.splitlines() or [""]:
        # A Chinese glyph has three bytes and takes two places: (bytes + glyphs) / 2 for any mixture.
        places = (len(paragraph.encode("utf-8", "replace")) + len(paragraph)) // 2
        usable = per_line if places <= 2 * per_line else max(2, per_line - 1)
        lines += max(1, -(-places // usable))
    return lines

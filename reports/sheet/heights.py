"""How high a row must be for its wrapped texts.

Excel works heights out when it opens a file that has none; LibreOffice, WPS and previewers do not always. So
each row carries one, a little generous, and the paper looks the same from any of them.
"""

HIGHEST = 409
"""Points: Excel's limit for a row. A text that needs more is whole in its cell, but not on paper."""

_LINE = 14.5  # points per line of 10 pt type
_PADDING = 4
MOST_LINES = int((HIGHEST - _PADDING) / _LINE)


def height_for(lines: int) -> int:
    """A row's height in points, by the most lines one of its cells takes."""
    return min(HIGHEST, round(lines * _LINE) + _PADDING)


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

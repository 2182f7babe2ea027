"""The QR code by which a paper is checked: drawn as rectangles, the same for the same address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import segno

from notices.parts.pen import MM, Pen

QUIET = 4  # modules of white round the code (ISO/IEC 18004)
MASK = 2  # fixed: choosing the best mask is most of the work, and every mask is readable


@dataclass(frozen=True, slots=True)
class QrCode:
    """A square QR code of `size` points; serves as its own layout."""

    content: str
    size: float = 25 * MM
    keeps_next: bool = False

    @property
    def height(self) -> float:
        """A square."""
        return self.size

    def lay(self, width: float) -> QrCode:
        """The code itself."""
        return self

    def split(self, room: float) -> None:
        """A code is not cut."""
        return

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Row by row, neighbouring dark modules as one rectangle."""
        matrix = _matrix(self.content)
        module = self.size / (len(matrix) + 2 * QUIET)
        pen.fill_cells(
            x,
            top,
            module,
            [(start + QUIET, down, length) for down, row in enumerate(matrix, QUIET) for start, length in _dark(row)],
        )


def _matrix(content: str) -> Sequence[bytearray]:
    """The code's modules, row by row."""
    matrix: Sequence[bytearray] = segno.make_qr(content, error="m", mask=MASK, boost_error=False).matrix
    return matrix


def _dark(row: bytearray) -> list[tuple[int, int]]:
    """Stretches of dark modules: where each begins and how long it is."""
    stretches: list[tuple[int, int]] = []
    start: int | None = None
    for at, dark in enumerate([*row, 0]):
        if dark and start is None:
            start = at
        elif not dark and start is not None:
            stretches.append((start, at - start))
            start = None
    return stretches

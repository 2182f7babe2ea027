"""The mark of a draft, on every page behind the text: light, so that it disturbs no reading, and no copy hides it."""

from __future__ import annotations

from collections.abc import Callable

from notices.fonts import Role
from notices.parts.pages import PageFrame
from notices.parts.pen import Pen

WORD = "草稿"
SIZE = 150.0
ANGLE = 45.0
LIGHT = (0.93, 0.93, 0.93)


def draft_mark(frame: PageFrame) -> Callable[[Pen], None]:
    """Draws the word across the middle of a page of this frame."""

    def draw(pen: Pen) -> None:
        pen.mark(frame.width / 2, frame.height / 2, WORD, Role.HEI, SIZE, ANGLE, LIGHT)

    return draw

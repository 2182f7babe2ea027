"""The measures of GB/T 9704-2012 and the styles that follow from them. Points, from the page's top left corner."""

from __future__ import annotations

from typing import Final

from notices.fonts import Role
from notices.parts.pages import PageFrame
from notices.parts.paragraph import Align, TextStyle
from notices.parts.pen import MM

FRAME: Final = PageFrame(top=37 * MM, bottom=35 * MM, left=28 * MM, right=26 * MM)  # 5.2.1: 156 mm x 225 mm
LINES, CHARACTERS = 22, 28  # 5.2.3
PITCH: Final = FRAME.text_height / LINES  # 28.99
ADVANCE: Final = FRAME.text_width / CHARACTERS  # 15.79
SIZE: Final = 16.0  # 3号
SMALL: Final = 14.0  # 4号
RED: Final = (0.84, 0.0, 0.0)

BODY: Final = TextStyle(
    Role.FANGSONG,
    size=SIZE,
    leading=PITCH / SIZE,
    align=Align.FULL,
    indent=2 * ADVANCE / SIZE,
    tracking=ADVANCE / SIZE - 1,
    fewest=1,  # 22 lines a page
)
TITLE: Final = TextStyle(Role.TITLE, size=22, leading=33 / 22, align=Align.CENTRE)  # 7.3.1: 2号
IMPRINT: Final = TextStyle(Role.FANGSONG, size=SMALL, leading=25 / SMALL, align=Align.FULL)  # 7.4

HEAD_BELOW_TEXT_TOP: Final = 35 * MM  # 7.2.4
HEAD_BELOW_PAGE_TOP: Final = 30 * MM  # 10.1
RULE_BELOW: Final = 4 * MM  # 7.2.7, 10.1
LETTER_RULE_LENGTH: Final = 170 * MM  # 10.1
LETTER_RULE_ABOVE_PAGE_END: Final = 20 * MM  # 10.1
NUMBER_BELOW_LETTER_RULE: Final = SIZE * 7 / 8  # 10.1: 3号汉字高度的 7/8
FOLIO_BELOW_TEXT: Final = 7 * MM  # 7.5
THICK_RULE: Final = 0.35 * MM  # 7.4.1
THIN_RULE: Final = 0.25 * MM

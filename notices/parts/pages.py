"""From blocks to pages to bytes: page breaks, the last page's foot, page numbers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from notices.fonts import FontBook
from notices.parts.blocks import SLACK, Block, Laid
from notices.parts.pen import MM, Pen, Properties

A4 = (210 * MM, 297 * MM)
# After a heading at least this much must fit (points), or both go to the next page.
COMPANY = 48.0
# A last part longer than this (points) does not go to the next page whole to keep the foot company.
LONG_END = 120.0

Decorate = Callable[[Pen, int, int], None]  # pen, number of the page, of how many


@dataclass(frozen=True, slots=True)
class PageFrame:
    """The page and its margins, in points."""

    width: float = A4[0]
    height: float = A4[1]
    top: float = 22 * MM
    bottom: float = 22 * MM
    left: float = 24 * MM
    right: float = 20 * MM

    @property
    def text_width(self) -> float:
        """The width between the margins."""
        return self.width - self.left - self.right

    @property
    def text_height(self) -> float:
        """The height between the margins."""
        return self.height - self.top - self.bottom


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a page; serves as its own layout."""

    height: float = 0.0
    keeps_next: bool = False

    def lay(self, width: float) -> PageBreak:
        """The break itself."""
        return self

    def split(self, room: float) -> None:
        """There is nothing to split."""
        return

    def draw(self, pen: Pen, x: float, top: float) -> None:
        """Nothing to see."""


@dataclass(slots=True)
class Page:
    """What stands on one page, from top to bottom; `foot` stands at the lower margin."""

    parts: list[Laid] = field(default_factory=list)
    foot: Laid | None = None

    @property
    def used(self) -> float:
        """The height its parts take."""
        return sum(part.height for part in self.parts)


def render_pages(
    book: FontBook,
    frame: PageFrame,
    blocks: Sequence[Block],
    properties: Properties,
    decorate: Decorate,
    foot: Block | None = None,
    behind: Callable[[Pen], None] | None = None,
) -> bytes:
    """The document as PDF bytes; equal arguments give equal bytes.

    `foot` stands once, at the lower margin of the last page, never alone there. `decorate(pen, number, total)`
    draws what every page bears outside its margins, `behind(pen)` what lies under its text.
    """
    laid = [block.lay(frame.text_width) for block in blocks]
    pages = paginate(laid, frame.text_height, foot.lay(frame.text_width) if foot else None)
    pen = Pen(book, frame.width, frame.height, properties)
    for number, page in enumerate(pages, 1):
        if behind is not None:
            behind(pen)
        _draw(pen, page, frame)
        decorate(pen, number, len(pages))
        pen.next_page()
    return pen.finish()


def _draw(pen: Pen, page: Page, frame: PageFrame) -> None:
    top = frame.top
    for part in page.parts:
        part.draw(pen, frame.left, top)
        top += part.height
    if page.foot is not None:
        page.foot.draw(pen, frame.left, frame.height - frame.bottom - page.foot.height)


def paginate(parts: Sequence[Laid], height: float, foot: Laid | None = None) -> list[Page]:
    """The parts on pages of this height, split where they may be, headings with what they head."""
    pages = [Page()]
    waiting = list(reversed(parts))
    while waiting:
        part = waiting.pop()
        page = pages[-1]
        if isinstance(part, PageBreak):
            pages.extend([Page()] if page.parts else [])
            continue
        room = height - page.used
        if part.height <= room + SLACK and _in_company(part, waiting, room):
            page.parts.append(part)
            continue
        halves = part.split(room) if part.height > room else None
        if halves is not None:
            page.parts.append(halves[0])
            waiting.append(halves[1])
        elif page.parts:
            waiting.append(part)
            waiting.extend(_left_heading(page, height))
            pages.append(Page())
            continue
        else:
            page.parts.append(part)  # higher than a page and not to be split: better cut off than lost in a loop
        pages.append(Page())
    if len(pages) > 1 and not pages[-1].parts:
        pages.pop()
    if foot is not None:
        _place_foot(pages, foot, height)
    return pages


def _in_company(part: Laid, waiting: Sequence[Laid], room: float) -> bool:
    """Whether something of what follows a heading still fits below it."""
    if not part.keeps_next or not waiting or isinstance(waiting[-1], PageBreak):
        return True
    after = waiting[-1]
    left = room - part.height
    if after.height <= left:
        return _in_company(after, waiting[:-1], left)
    return left >= COMPANY and after.split(left) is not None


def _left_heading(page: Page, room: float) -> list[Laid]:
    """Headings at the end of a page, taken off it again, last first; never the whole page, nor more than `room`."""
    taken: list[Laid] = []
    while len(page.parts) > 1 and page.parts[-1].keeps_next and page.parts[-1].height <= room:
        room -= page.parts[-1].height
        taken.append(page.parts.pop())
    return taken


def _place_foot(pages: list[Page], foot: Laid, height: float) -> None:
    """The foot on the last page, or on a new one together with the end of the text."""
    last = pages[-1]
    if last.used + foot.height > height + SLACK:
        following = Page(_taken_end(last, height - foot.height))
        pages.append(following)
        last = following
    last.foot = foot


def _taken_end(page: Page, room: float) -> list[Laid]:
    """The end of a page, moved on so that the foot does not stand alone: its last part, or the end of that.

    Nothing where that would not fit beside the foot, or would leave the page empty: then the foot does stand alone,
    which is better than one text over another.
    """
    end = page.parts.pop()
    halves = end.split(end.height - 2 * SLACK) if end.height > LONG_END else None
    if halves is not None and halves[1].height <= room:
        page.parts.append(halves[0])
        return [halves[1]]
    if end.height <= room and page.parts:
        return [*reversed(_left_heading(page, room - end.height)), end]
    halves = end.split(end.height / 2)
    if halves is None or halves[1].height > room:
        page.parts.append(end)
        return []
    page.parts.append(halves[0])
    return [halves[1]]

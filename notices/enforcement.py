"""Enforcement documents (执法文书) as the ministry's forms have them: office and title centred in black, no red head.

Number on the right, facts on underlined lines, what is found as a table, the law's text, lines to sign on, office and
date with the room of the seal. Pure functions of a snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from notices.fonts import FontBook, Role
from notices.item_tables import BY_FAMILY, BY_KIND, items_table
from notices.parts.blocks import Block, Gap, Stack
from notices.parts.bordered import Bordered
from notices.parts.checked import check_block
from notices.parts.cleaning import day_text, one_line, printable
from notices.parts.drafts import draft_mark
from notices.parts.imprint import RuleAcross
from notices.parts.pages import Decorate, PageBreak, PageFrame, render_pages
from notices.parts.paragraph import Align, Paragraph, TextStyle, fitted
from notices.parts.pen import MM, Pen
from notices.parts.places import Place
from notices.parts.properties import properties_of
from notices.parts.prose import prose
from notices.parts.seals import BLANK_DATE, Signers
from notices.parts.tied import Tied
from notices.parts.titles import Title
from notices.parts.underlined import Underlined
from notices.snapshots import NoticeSnapshot
from workflows.notices import Family, NoticeKind

FRAME = PageFrame(top=28 * MM, bottom=25 * MM, left=28 * MM, right=26 * MM)
SIZE = 14.0
PITCH = 25.0
TEXT = TextStyle(Role.FANGSONG, size=SIZE, leading=PITCH / SIZE, align=Align.FULL, indent=2.0)
FLUSH = replace(TEXT, indent=0.0)
OFFICE = TextStyle(Role.TITLE, size=20, leading=1.6, align=Align.CENTRE)
TITLE = TextStyle(Role.TITLE, size=24, leading=1.5, align=Align.CENTRE)
NUMBER = replace(FLUSH, align=Align.RIGHT)
NOTE = TextStyle(Role.FANGSONG, size=10.5, leading=1.5)
FOOT_SIZE = 10.5
LONGEST_AT_FOOT = 200  # characters
ANNEX_TITLE = TextStyle(Role.HEI, size=16, leading=1.6, align=Align.CENTRE)


def render(snapshot: NoticeSnapshot, fonts: FontBook) -> bytes:
    """The document as PDF."""
    return render_pages(
        fonts,
        FRAME,
        list(_blocks(snapshot, fonts)),
        properties_of(snapshot),
        page_of_pages(FRAME, fonts),
        _foot(snapshot, fonts),
        draft_mark(FRAME) if snapshot.draft else None,
    )


def _blocks(snapshot: NoticeSnapshot, fonts: FontBook) -> Iterator[Block]:
    yield from _head(snapshot, fonts)
    tail = _signed(snapshot, fonts)
    text = list(_text(snapshot, fonts))
    yield Tied(text, tail, 2 * PITCH, FRAME.text_height) if tail else Stack(text)
    for annex in snapshot.annexes:
        yield PageBreak()
        yield Title(fonts, annex.title, ANNEX_TITLE)
        yield Gap(PITCH / 2)
        yield from prose(fonts, annex.text, TEXT)
        if annex.heads and annex.rows:
            yield Bordered(fonts, annex.heads, annex.rows, annex.shares)


def _head(snapshot: NoticeSnapshot, fonts: FontBook) -> Iterator[Block]:
    if one_line(snapshot.head):
        yield Title(fonts, snapshot.head, OFFICE)
    yield Title(fonts, snapshot.title, TITLE)
    yield Gap(PITCH / 2)
    if snapshot.number:
        yield Paragraph(fonts, one_line(snapshot.number), NUMBER, keeps_next=True)
        yield Gap(PITCH / 4)


def _text(snapshot: NoticeSnapshot, fonts: FontBook) -> Iterator[Block]:
    """Facts, addressee, text, items, the law's text, the places to sign."""
    for name, value in snapshot.facts:
        yield Underlined(fonts, f"{one_line(name)}：", value, FLUSH)
    if snapshot.facts:
        yield Gap(PITCH / 4)
    if one_line(snapshot.addressee):
        yield Paragraph(fonts, one_line(snapshot.addressee).rstrip("：:") + "：", FLUSH, keeps_next=True)
    yield from prose(fonts, snapshot.body, TEXT)
    if snapshot.items and snapshot.items_shown:
        yield Gap(PITCH / 4)
        yield items_table(fonts, snapshot.items, BY_KIND.get(NoticeKind(snapshot.kind), BY_FAMILY[Family.ENFORCEMENT]))
        yield Gap(PITCH / 4, keeps_next=False)
    yield from prose(fonts, snapshot.closing, TEXT)
    if snapshot.places:
        yield Gap(PITCH / 2)
        yield from (Place(fonts, place) for place in snapshot.places)
    yield from long_note(snapshot, fonts)


def _signed(snapshot: NoticeSnapshot, fonts: FontBook) -> Block | None:
    """Office and date on the right; nothing where only people sign."""
    if not snapshot.signers:
        return None
    return Signers(fonts, snapshot.signers, day_text(snapshot.dated, BLANK_DATE), FLUSH, SIZE)


def _foot(snapshot: NoticeSnapshot, fonts: FontBook) -> Block | None:
    """At the lower edge of the last page: in how many copies, then how it is checked."""
    note = Paragraph(fonts, snapshot.note, NOTE) if stands_at_foot(snapshot.note) else None
    parts = [part for part in (note, check_block(fonts, snapshot, FRAME.text_width)) if part is not None]
    return Stack([Gap(PITCH / 2), RuleAcross(0.6), Gap(1.5 * MM), *parts], whole=True) if parts else None


def stands_at_foot(note: str) -> bool:
    """Whether a note is short enough to stand at the foot of the last page; a longer one follows the text."""
    return 0 < len(printable(note).strip()) <= LONGEST_AT_FOOT and note.count("\n") < 4


def long_note(snapshot: NoticeSnapshot, fonts: FontBook) -> Iterator[Block]:
    """The note where it is too long for the foot."""
    if not stands_at_foot(snapshot.note):
        yield from prose(fonts, snapshot.note, NOTE)


def page_of_pages(frame: PageFrame, fonts: FontBook, left: str = "") -> Decorate:
    """第 n 页 共 n 页 below every page, and at the left what it is a page of."""
    told = fitted(fonts, left, Role.SONG, FOOT_SIZE, frame.text_width * 0.35)
    top = frame.height - frame.bottom + 8 * MM

    def draw(pen: Pen, number: int, total: int) -> None:
        middle = f"第 {number} 页 共 {total} 页"
        centre = frame.left + (frame.text_width - fonts.width(Role.SONG, middle, FOOT_SIZE)) / 2
        pen.text(centre, top, middle, Role.SONG, FOOT_SIZE)
        if told:
            pen.text(frame.left, top, told, Role.SONG, FOOT_SIZE)

    return draw

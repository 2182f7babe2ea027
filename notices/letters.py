"""Official letters (公文): with the red head of a 文件, or as a 信函 (GB/T 9704-2012; domain.md §7).

Pure functions of a snapshot. What stands where the standard is silent: the QR code and how the paper is checked stand
at the foot of the last page, inside the text area and above the imprint, whose lines keep their places.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from notices.fonts import FontBook, Role
from notices.item_tables import items_annex
from notices.parts.annexes import annex_blocks, annex_note
from notices.parts.blocks import Block, Gap, Stack
from notices.parts.checked import check_block
from notices.parts.cleaning import day_text, one_line, printable
from notices.parts.drafts import draft_mark
from notices.parts.heads import FileHead, LetterHead
from notices.parts.imprint import copies_only, imprint
from notices.parts.official import (
    ADVANCE,
    BODY,
    FOLIO_BELOW_TEXT,
    FRAME,
    PITCH,
    SMALL,
    TITLE,
)
from notices.parts.pages import Decorate, render_pages
from notices.parts.paragraph import Paragraph
from notices.parts.pen import ASCENT, Pen
from notices.parts.places import Place
from notices.parts.properties import properties_of
from notices.parts.prose import prose
from notices.parts.seals import BLANK_DATE, Signers
from notices.parts.tied import Tied
from notices.parts.titles import Title
from notices.snapshots import AnnexSnapshot, NoticeSnapshot

FLUSH = replace(BODY, indent=0.0)
COMPANY = 2 * PITCH  # of the text on the page of the seal
DASH = "—"


@dataclass(frozen=True, slots=True)
class Format:
    """What the two formats do differently."""

    head: type[FileHead] | type[LetterHead]
    ruled: bool  # an imprint with rules and 印发机关
    first_folio: bool  # whether the first page bears its number


FILE = Format(FileHead, ruled=True, first_folio=True)
LETTER = Format(LetterHead, ruled=False, first_folio=False)


def render_file(snapshot: NoticeSnapshot, fonts: FontBook) -> bytes:
    """The snapshot as a 文件."""
    return _render(snapshot, fonts, FILE)


def render_letter(snapshot: NoticeSnapshot, fonts: FontBook) -> bytes:
    """The snapshot as a 信函."""
    return _render(snapshot, fonts, LETTER)


def _render(snapshot: NoticeSnapshot, fonts: FontBook, layout: Format) -> bytes:
    annexes = [*snapshot.annexes, *items_annex(snapshot)]
    return render_pages(
        fonts,
        FRAME,
        list(_blocks(snapshot, fonts, layout, annexes)),
        properties_of(snapshot),
        _folios(fonts, layout),
        _foot(snapshot, fonts, layout),
        draft_mark(FRAME) if snapshot.draft else None,
    )


def _blocks(
    snapshot: NoticeSnapshot, fonts: FontBook, layout: Format, annexes: Sequence[AnnexSnapshot]
) -> Iterator[Block]:
    yield layout.head(fonts, snapshot.head, snapshot.number)
    yield Title(fonts, snapshot.title, TITLE)
    yield Gap(PITCH)
    yield Tied(list(_text(snapshot, fonts, annexes)), _signed(snapshot, fonts), COMPANY, FRAME.text_height)
    yield from _after(snapshot, fonts)
    yield from annex_blocks(fonts, annexes)


def _text(snapshot: NoticeSnapshot, fonts: FontBook, annexes: Sequence[AnnexSnapshot]) -> Iterator[Block]:
    """From the addressee to the list of annexes."""
    if one_line(snapshot.addressee):
        yield Paragraph(fonts, one_line(snapshot.addressee).rstrip("：:") + "：", FLUSH)
    facts = "\n".join(f"{one_line(name)}：{printable(value)}" for name, value in snapshot.facts)
    for text in (facts, snapshot.body, snapshot.closing):
        yield from prose(fonts, text, BODY)
    yield from annex_note(fonts, annexes)


def _signed(snapshot: NoticeSnapshot, fonts: FontBook) -> Block:
    date = day_text(snapshot.dated, BLANK_DATE)
    return Signers(fonts, snapshot.signers, date, FLUSH, ADVANCE)


def _after(snapshot: NoticeSnapshot, fonts: FontBook) -> Iterator[Block]:
    """附注 in brackets below the date (7.3.6), and places to sign for the receipt."""
    note = printable(snapshot.note).strip()
    if note:
        yield Paragraph(fonts, note if note.startswith("（") else f"（{note}）", BODY)
    if snapshot.places:
        yield Gap(PITCH, keeps_next=True)
        yield from (Place(fonts, place) for place in snapshot.places)


def _foot(snapshot: NoticeSnapshot, fonts: FontBook, layout: Format) -> Block | None:
    """At the lower edge of the last page's text area: how it is checked, then the imprint."""
    office = one_line(snapshot.printed_by)
    printed = (office, day_text(snapshot.dated, BLANK_DATE.strip())) if office else None
    last = imprint(fonts, snapshot.copies, printed) if layout.ruled else copies_only(fonts, snapshot.copies)
    parts = [part for part in (check_block(fonts, snapshot, FRAME.text_width), last) if part is not None]
    return Stack([Gap(PITCH / 2), *parts], whole=True) if parts else None


def _folios(fonts: FontBook, layout: Format) -> Decorate:
    """The page's number between dashes, 7 mm below the text: odd ones on the right, even ones on the left (7.5)."""
    low, high = fonts.ink(Role.SONG, DASH, SMALL)
    baseline = FRAME.height - FRAME.bottom + FOLIO_BELOW_TEXT + (low + high) / 2

    def draw(pen: Pen, number: int, _total: int) -> None:
        if number == 1 and not layout.first_folio:
            return
        told = f"{DASH} {number} {DASH}"
        wide = fonts.width(Role.SONG, told, SMALL)
        left = FRAME.left + FRAME.text_width - SMALL - wide if number % 2 else FRAME.left + SMALL
        pen.text(left, baseline - ASCENT * SMALL, told, Role.SONG, SMALL)

    return draw

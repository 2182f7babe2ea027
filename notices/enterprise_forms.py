"""Enterprise forms (企业表格): a title, sections of bordered rows, photos, boxes to sign and seal in; no head.

They are printed, signed by hand and come back as scans. Pure functions of a snapshot.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from notices.enforcement import long_note, page_of_pages, stands_at_foot
from notices.fonts import FontBook, Role
from notices.item_tables import BY_FAMILY, items_table
from notices.parts.blocks import Block, Gap, Stack
from notices.parts.bordered import Bordered
from notices.parts.checked import check_block
from notices.parts.cleaning import day_text, moment_text, one_line
from notices.parts.drafts import draft_mark
from notices.parts.form import LABEL, SUBTITLE, TITLE, block_row, long_row, pair_rows, section_bar
from notices.parts.pages import PageFrame, render_pages
from notices.parts.paragraph import Align, Paragraph, TextStyle
from notices.parts.pen import MM
from notices.parts.photos import CaptionedPhoto, photo_rows
from notices.parts.places import Place
from notices.parts.properties import properties_of
from notices.parts.prose import prose
from notices.parts.seals import BLANK_DATE
from notices.parts.table import Cell, Row
from notices.parts.titles import Title
from notices.snapshots import NoticeSnapshot, PhotoSnapshot, SectionSnapshot, SignPlace
from workflows.notices import Family

FRAME = PageFrame()
WIDE = PageFrame(width=FRAME.height, height=FRAME.width, top=20 * MM, bottom=20 * MM, left=18 * MM, right=18 * MM)
TEXT = TextStyle(Role.FANGSONG, size=12, leading=1.6, align=Align.FULL, indent=2.0)
SIGNED = TextStyle(Role.FANGSONG, size=10.5, leading=1.5)
NOTE = TextStyle(Role.SONG, size=8.5, leading=1.5)
MOST_PHOTOS = 12
NO_PHOTO_BEFORE = "（无整改前照片）"


def render(snapshot: NoticeSnapshot, fonts: FontBook) -> bytes:
    """The form, upright."""
    return _render(snapshot, fonts, FRAME)


def render_wide(snapshot: NoticeSnapshot, fonts: FontBook) -> bytes:
    """The form on its side, for tables of many columns."""
    return _render(snapshot, fonts, WIDE)


def _render(snapshot: NoticeSnapshot, fonts: FontBook, frame: PageFrame) -> bytes:
    return render_pages(
        fonts,
        frame,
        list(_blocks(snapshot, fonts)),
        properties_of(snapshot),
        page_of_pages(frame, fonts, one_line(snapshot.title)),
        _foot(snapshot, fonts, frame),
        draft_mark(frame) if snapshot.draft else None,
    )


def _blocks(snapshot: NoticeSnapshot, fonts: FontBook) -> Iterator[Block]:
    yield Title(fonts, snapshot.title, TITLE)
    yield Gap(2 * MM)
    yield from _subtitle(snapshot, fonts)
    yield from prose(fonts, snapshot.body, TEXT)
    for section in snapshot.sections:
        yield from _section(section, fonts)
    if snapshot.items and snapshot.items_shown:
        yield section_bar(fonts, "隐患清单")
        yield items_table(fonts, snapshot.items, BY_FAMILY[Family.FORM])
    yield from _photos(snapshot, fonts)
    for annex in snapshot.annexes:
        if one_line(annex.title):
            yield section_bar(fonts, one_line(annex.title))
        if annex.text:
            yield Row([Cell(1.0, Paragraph(fonts, annex.text, SIGNED))])
        if annex.heads and annex.rows:
            yield Bordered(fonts, annex.heads, annex.rows, annex.shares)
    yield from prose(fonts, snapshot.closing, TEXT)
    for place in snapshot.places:
        yield _box(place, fonts)
    yield from long_note(snapshot, fonts)


def _subtitle(snapshot: NoticeSnapshot, fonts: FontBook) -> Iterator[Block]:
    """Who fills it in or is addressed, at the left; the number or the day at the right."""
    left = [f"致：{one_line(snapshot.addressee)}"] if one_line(snapshot.addressee) else []
    left += [f"{one_line(name)}：{one_line(value)}" for name, value in snapshot.facts]
    day = f"填报日期：{day_text(snapshot.dated, BLANK_DATE)}"
    right = f"编号：{one_line(snapshot.number)}" if snapshot.number else day
    for text in left:
        yield Paragraph(fonts, text, SUBTITLE, keeps_next=True)
    yield Paragraph(fonts, right, replace(SUBTITLE, align=Align.RIGHT), keeps_next=True)
    yield Gap(1 * MM)


def _section(section: SectionSnapshot, fonts: FontBook) -> Iterator[Row]:
    if one_line(section.title):
        yield section_bar(fonts, one_line(section.title))
    yield from pair_rows(fonts, section.pairs)
    for name, value in section.texts:
        yield long_row(fonts, name, value)


def _photos(snapshot: NoticeSnapshot, fonts: FontBook) -> Iterator[Row]:
    before, after = snapshot.photos_before, snapshot.photos_after
    if not before and not after:
        return
    yield section_bar(fonts, "整改前后照片" if after else "现场照片")
    shown = [[_captioned(photo) for photo in photos[:MOST_PHOTOS]] for photos in (before, after)]
    if after:
        heads = [Cell(0.5, Paragraph(fonts, side, LABEL), middle=True) for side in ("整改前", "整改后")]
        yield Row(heads, keeps_next=True)
        yield from photo_rows(fonts, shown[0], shown[1], ("" if before else NO_PHOTO_BEFORE, ""))
    else:
        yield from photo_rows(fonts, shown[0][::2], shown[0][1::2], ("", ""))
    left_out = sum(max(0, len(photos) - MOST_PHOTOS) for photos in (before, after))
    if left_out:
        yield Row([Cell(1.0, Paragraph(fonts, f"另有 {left_out} 张照片见系统。", NOTE))])


def _captioned(photo: PhotoSnapshot) -> CaptionedPhoto:
    when = moment_text(photo.taken_at, absent="")
    return CaptionedPhoto(photo.data, "　".join(filter(None, (photo.taken_by, when, photo.how))))


def _box(place: SignPlace, fonts: FontBook) -> Row:
    """A row to sign in: what is said, room for the hand and for the seal, a blank date."""
    opinion: Sequence[Block] = [Paragraph(fonts, place.opinion, SIGNED)] if place.opinion else []
    hand = SignPlace("签名", place.names, place.notes, dated=place.dated, sealed=place.sealed)
    return block_row(fonts, one_line(place.label), Stack([*opinion, Gap(6 * MM), Place(fonts, hand, SIGNED)]))


def _foot(snapshot: NoticeSnapshot, fonts: FontBook, frame: PageFrame) -> Block | None:
    note = Paragraph(fonts, snapshot.note, NOTE) if stands_at_foot(snapshot.note) else None
    parts = [part for part in (note, check_block(fonts, snapshot, frame.text_width)) if part is not None]
    return Stack([Gap(3 * MM), *parts], whole=True) if parts else None

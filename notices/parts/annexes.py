"""附件 of official letters: the list of them below the text, and each on pages of its own (GB/T 9704 7.3.4, 7.3.7)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from notices.fonts import FontBook, Role
from notices.parts.blocks import Block, Gap, Stack
from notices.parts.bordered import Bordered
from notices.parts.cleaning import one_line
from notices.parts.labelled import Labelled
from notices.parts.official import ADVANCE, BODY, PITCH, TITLE
from notices.parts.pages import PageBreak
from notices.parts.paragraph import Align, Paragraph
from notices.parts.prose import prose
from notices.parts.titles import Title
from notices.snapshots import AnnexSnapshot

WORD = "附件"
PLAIN = replace(BODY, indent=0.0, align=Align.LEFT)
MARK = replace(PLAIN, role=Role.HEI)


def annex_note(book: FontBook, annexes: Sequence[AnnexSnapshot]) -> Iterator[Block]:
    """附件：1. … one line below the text, two characters in; several below one another, numbered."""
    if not annexes:
        return
    yield Gap(PITCH)
    names = [Paragraph(book, one_line(annex.title), PLAIN) for annex in annexes]
    listed: list[Block] = [
        Labelled(Paragraph(book, f"{number}. ", PLAIN), name) for number, name in enumerate(names, 1)
    ]
    beside = Stack(listed if len(annexes) > 1 else list(names))
    yield Labelled(Paragraph(book, f"{WORD}：", PLAIN), beside, indent=2 * ADVANCE)


def annex_blocks(book: FontBook, annexes: Sequence[AnnexSnapshot]) -> Iterator[Block]:
    """Each on a new page: 附件 n in 黑体 on the first line, its title on the third, a line, what it holds."""
    for number, annex in enumerate(annexes, 1):
        yield PageBreak()
        yield Paragraph(book, f"{WORD}{number if len(annexes) > 1 else ''}", MARK, keeps_next=True)
        yield Gap(PITCH)
        yield Title(book, annex.title, TITLE)
        yield Gap(PITCH)
        yield from prose(book, annex.text, BODY)
        if annex.heads and annex.rows:
            yield Bordered(book, annex.heads, annex.rows, annex.shares)

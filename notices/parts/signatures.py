"""Signatures on a form: what was said, who gave it in which manner, and room to sign and seal by hand.

A click is not a reliable electronic signature (电子签名法 13), so each one says how it was given and leaves its space.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby

from notices.fonts import FontBook, Role
from notices.parts.blocks import Block, Gap, Stack
from notices.parts.cleaning import moment_text, one_line
from notices.parts.form import LONG_VALUE, block_row
from notices.parts.paragraph import Align, Paragraph, TextStyle
from notices.parts.pen import GREY, MM
from notices.parts.table import Row
from notices.snapshots import SignatureSnapshot

RECORD = TextStyle(Role.SONG, size=9, leading=1.45)
FINE = TextStyle(Role.SONG, size=7, leading=1.4, colour=GREY)
BY_HAND = TextStyle(Role.SONG, size=9.5, leading=1.4, align=Align.RIGHT)
SIGNING_ROOM = 7 * MM  # above the line of one hand-written signature
SEALING_ROOM = 12 * MM  # more where a seal is set


def signature_rows(book: FontBook, signatures: Iterable[SignatureSnapshot]) -> Iterator[Row]:
    """One row per stage, in the order given; several people of one stage stand in one row."""
    for stage, group in groupby(signatures, key=lambda signature: signature.stage):
        yield block_row(book, one_line(stage), Stack(list(_stage(book, list(group)))))


def _stage(book: FontBook, group: list[SignatureSnapshot]) -> Iterator[Block]:
    """Each opinion once where people share it, then each signer with the space for the hand."""
    said = None
    for at, signature in enumerate(group):
        if at:
            yield Gap(2 * MM, keeps_next=False)
        if signature.opinion != said:
            yield Paragraph(book, signature.opinion or "（未填写意见）", LONG_VALUE, keeps_next=True)
        said = signature.opinion
        yield from _record(book, signature)
        yield _by_hand(book, sealed=at == len(group) - 1)


def _record(book: FontBook, signature: SignatureSnapshot) -> Iterator[Block]:
    """Who signed, in which role and office, when and how, and the digest of what was seen."""
    role = f"（{one_line(signature.role)}）" if signature.role else ""
    who = f"签批人：{one_line(signature.person) or '—'}{role}　{one_line(signature.organisation)}"
    given = f"时间：{moment_text(signature.at)}　方式：{one_line(signature.manner) or '—'}"
    yield Gap(1 * MM)
    yield Paragraph(book, who, RECORD, keeps_next=True)
    yield Paragraph(book, given, RECORD, keeps_next=True)
    if signature.digest:
        yield Paragraph(book, f"所见内容摘要 {one_line(signature.digest)}", FINE, keeps_next=True)


def _by_hand(book: FontBook, *, sealed: bool) -> Block:
    """Room for a signature, and for a seal below the last one of a stage."""
    seal = "（盖章）" if sealed else "　　　　"
    line = Paragraph(book, f"签名：　　　　　　　　　{seal}　　　　　　　年　　月　　日　", BY_HAND)
    return Stack([Gap(SEALING_ROOM if sealed else SIGNING_ROOM), line], whole=True)

"""What is wrong with a text that somebody edits, told line by line before it is kept."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from typing import Final

from notices.texts.examples import blank_values, example_values
from notices.texts.faults import Fault, TemplateRefused
from notices.texts.filling import MOST_TEXT, fill_parts, structure_faults
from notices.texts.names import names_for
from notices.texts.sections import Parts, parse, plain_lines, section_faults, sections
from workflows.notices import NoticeKind

MOST_FAULTS: Final = 30


def check(text: str, kind: NoticeKind) -> tuple[Fault, ...]:
    """Everything wrong with a text for this kind, by line, at most the first thirty; empty: it may be kept."""
    if len(text) > MOST_TEXT:
        return (Fault(1, f"文字有 {len(text)} 字，最多 {MOST_TEXT} 字。请精简。"),)
    found = sorted({*_hidden(text), *section_faults(text), *_marks(text, kind)})
    return tuple(found[:MOST_FAULTS]) or tuple(_trial(parse(text), kind))


def _hidden(text: str) -> Iterator[Fault]:
    for number, line in enumerate(plain_lines(text), start=1):
        if any(unicodedata.category(char) in ("Cc", "Cn", "Cs") and char != "\t" for char in line):
            yield Fault(number, "有看不见的控制字符，多半是从别处粘贴带来的。请删去这一行重打。")


def _marks(text: str, kind: NoticeKind) -> Iterator[Fault]:
    known = frozenset(name.name for name in names_for(kind))
    for section in sections(text):
        for fault in structure_faults(section.text, known):
            yield Fault(section.before + fault.line, fault.sentence)


def _trial(parts: Parts, kind: NoticeKind) -> Iterator[Fault]:
    """Filled with a made-up example and with nothing optional: what no look at the text alone can say."""
    for values in (example_values(kind), blank_values(kind)):
        try:
            filled = fill_parts(parts, values)
        except TemplateRefused as refusal:
            yield Fault(1, refusal.sentence)
            return
        if not filled.body and not filled.closing:
            yield Fault(1, "填好后是空的。请写正文。")
            return

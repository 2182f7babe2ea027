"""The texts that the cells of an Excel workbook share: all of them, or of a long list only the wanted ones."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from core.sheets.bad_file import BadFile
from core.sheets.work import DAMAGED, Work
from core.sheets.xml_stream import Attributes

_LIST: Final = re.compile(rb"<(?:([A-Za-z_][\w.-]{0,40}):)?sst\b[^>]*>")
_LONGEST_HEAD = 64 * 1024
_LONGEST_TEXT = 512 * 1024


class StringsPart:
    """xl/sharedStrings.xml: the texts in their order; how words are pronounced is left out."""

    landmark = b""

    def __init__(self, work: Work) -> None:
        self.found: list[str] = []
        self._work = work
        self._pieces: list[str] = []
        self._length = 0
        self._collects = self._reading = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "t":
            self._collects = not self._reading
        elif name == "si":
            self._pieces.clear()
            self._length = 0
        elif name == "rPh":
            self._reading = True

    def end(self, name: str) -> None:
        if name == "t":
            self._collects = False
        elif name == "rPh":
            self._reading = False
        elif name == "si":
            text = "".join(self._pieces)
            self._work.text(len(text))
            self.found.append(text)

    def text(self, text: str) -> None:
        if self._collects:
            self._length += len(text)
            if self._length > self._work.limits.cell_characters:
                self._work.text(self._length)
            self._pieces.append(text)


def only_strings(pieces: Iterable[bytes], wanted: set[int]) -> Iterator[bytes]:
    """The same XML with only the wanted texts: a preview of a large file need not parse a million others."""
    stream = iter(pieces)
    head = b""
    while (match := _LIST.search(head)) is None:
        if len(head) > _LONGEST_HEAD or not (piece := next(stream, b"")):
            raise BadFile(DAMAGED)
        head += piece
    prefix = match[1] + b":" if match[1] else b""
    yield head[: match.end()]
    yield from _wanted_texts(head[match.end() :], stream, b"</" + prefix + b"si>", b"<" + prefix + b"si/>", wanted)
    yield b"</" + prefix + b"sst>"


def _wanted_texts(tail: bytes, stream: Iterator[bytes], end: bytes, empty: bytes, wanted: set[int]) -> Iterator[bytes]:
    """Each wanted text with its element; a text that is written as one empty element counts as well."""
    number, last = 0, max(wanted)
    while number <= last:
        *texts, tail = tail.split(end)
        for text in texts:
            while empty in text:
                text = text.partition(empty)[2]
                if number in wanted:
                    yield empty
                number += 1
            if number in wanted:
                yield text + end
            number += 1
        if not (piece := next(stream, b"")) or len(tail) > _LONGEST_TEXT:
            break
        tail += piece

"""XML as a stream of events, in pieces of bounded size and without anything that could hurt.

Expat parses (compiled, part of Python); no tree is built. Document types, and with them every entity, are refused the
moment they begin, whatever the encoding they hide in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final, NoReturn, Protocol
from xml.parsers.expat import ExpatError, ParserCreate, XMLParserType

from core.sheets.bad_file import BadFile
from core.sheets.work import DAMAGED, Work

PIECE: Final = 64 * 1024
_LONGEST_TAG = 256 * 1024
_MOST_NAMES = 5_000
Attributes = dict[str, str]


class Stop(Exception):
    """Raised by a handler that has seen enough."""


class Handler(Protocol):
    """What listens to the events. Names come without their prefix, attributes as they stand.

    While `landmark` is set, pieces without those bytes are parsed but nobody is told: a preview's way past the rest.
    """

    landmark: bytes

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""

    def end(self, name: str) -> None:
        """An element ends."""

    def text(self, text: str) -> None:
        """Text inside the element that began last; a long text comes in several calls."""


class Names(dict[str, str]):
    """Names without their prefix, kept."""

    def __missing__(self, name: str) -> str:
        local = self[name] = name.rpartition(":")[2]
        return local


def parse(pieces: Iterable[bytes], handler: Handler, work: Work) -> bool:
    """Send the events of `pieces` to `handler`; whether they went to the end. Raises BadFile."""
    stream = _Stream(handler, work)
    try:
        for piece in pieces:
            stream.feed(piece)
        stream.close()
    except Stop:
        return False
    except (ExpatError, UnicodeError, LookupError) as error:
        raise BadFile(DAMAGED) from error
    return True


class _Stream:
    """One parser with its bounds."""

    def __init__(self, handler: Handler, work: Work) -> None:
        self._work = work
        self._seen: dict[str, str] = {}
        self._names = Names()
        self._depth = 0
        self._fed = 0
        self._handler = handler
        self._tail = b""
        self._parser = parser = ParserCreate(intern=self._seen)
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse
        parser.EntityDeclHandler = _refuse
        self._start, self._end = self._starting(handler.start), self._ending(handler.end)
        self._listen()

    def feed(self, piece: bytes) -> None:
        parser: XMLParserType = self._parser
        if landmark := self._handler.landmark:
            self._pass_over(piece, landmark)
        else:
            self._work.mark(piece.count(b"<"))
        parser.Parse(piece, False)
        self._fed += len(piece)
        # A tag that never ends is looked at again with every piece: that is bounded here.
        if self._fed - max(0, parser.CurrentByteIndex) > _LONGEST_TAG or len(self._seen) > _MOST_NAMES:
            raise BadFile(DAMAGED)

    def _pass_over(self, piece: bytes, landmark: bytes) -> None:
        if landmark in self._tail + piece:
            self._depth = 0
            self._listen()
        else:
            parser = self._parser
            parser.CharacterDataHandler = parser.StartElementHandler = parser.EndElementHandler = None
        self._tail = piece[-len(landmark) :]

    def _listen(self) -> None:
        parser = self._parser
        parser.CharacterDataHandler = self._handler.text
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end

    def close(self) -> None:
        self._parser.Parse(b"", True)

    def _starting(self, start: Callable[[str, Attributes], None]) -> Callable[[str, Attributes], None]:
        names, deepest = self._names, self._work.limits.depth

        def begin(name: str, attributes: Attributes) -> None:
            self._depth += 1
            if self._depth > deepest:
                raise BadFile(DAMAGED)
            start(names[name], attributes)

        return begin

    def _ending(self, end: Callable[[str], None]) -> Callable[[str], None]:
        names = self._names

        def finish(name: str) -> None:
            self._depth -= 1
            end(names[name])

        return finish


def _refuse(*_arguments: object) -> NoReturn:
    raise BadFile("文件内部含有不允许的 XML 定义，没有打开。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新导入。")

"""What the small parts of an Excel workbook say: one listener for each kind of part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

from core.sheets.work import Work
from core.sheets.xml_stream import Attributes, Stop

_EAST_ASIAN_DATES: Final = frozenset({*range(27, 37), *range(50, 59)})
"""Formats a Chinese Excel builds in without writing them down, such as 31: 2026年6月30日."""
_FORMAT_LENGTH = 255


@dataclass(slots=True)
class Styles:
    """Which cell styles show a number as a day or a time, and which as a duration."""

    dates: set[int] = field(default_factory=set)
    durations: set[int] = field(default_factory=set)


class WorkbookPart:
    """xl/workbook.xml: the sheets in their order, and where days are counted from."""

    def __init__(self) -> None:
        self.sheets: list[tuple[str, str]] = []
        self.epoch_1904 = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "sheet":
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            self.sheets.append((attributes.get("name", ""), relation))
        elif name == "workbookPr":
            self.epoch_1904 = attributes.get("date1904", "0") in {"1", "true", "on"}

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


class RelationsPart:
    """A .rels part: where each relation leads, and of what type it is."""

    def __init__(self) -> None:
        self.targets: dict[str, tuple[str, str]] = {}

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.targets[attributes.get("Id", "")] = (kind, attributes.get("Target", ""))

    def end(self, name: str) -> None:
        pass

    def text(self, text: str) -> None:
        pass


class StyleSheetPart:
    """xl/styles.xml: the number format of each cell style."""

    def __init__(self) -> None:
        self.styles = Styles()
        self._formats: dict[str, str] = {}
        self._count = 0
        self._inside = False

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "cellXfs":
            self._inside = True
        elif name == "numFmt":
            self._formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:_FORMAT_LENGTH]
        elif name == "xf" and self._inside:
            self._keep(attributes.get("numFmtId", "0"))
            self._count += 1

    def _keep(self, number: str) -> None:
        own = self._formats.get(number)
        built_in = int(number) if number.isascii() and number.isdigit() and len(number) <= 5 else 0
        code = own if own is not None else BUILTIN_FORMATS.get(built_in, "")
        if own is None and built_in in _EAST_ASIAN_DATES:
            self.styles.dates.add(self._count)
        elif is_timedelta_format(code):
            self.styles.durations.add(self._count)
        elif is_date_format(code):
            self.styles.dates.add(self._count)

    def end(self, name: str) -> None:
        if name == "cellXfs":
            raise Stop

    def text(self, text: str) -> None:
        pass


class StringsPart:
    """xl/sharedStrings.xml: the texts, or only the wanted ones; how Japanese readings sound is left out."""

    def __init__(self, work: Work, wanted: set[int] | None) -> None:
        self.found: dict[int, str] = {}
        self._work = work
        self._wanted = wanted
        self._last = max(wanted, default=-1) if wanted is not None else None
        self._count = 0
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
            if self._wanted is None or self._count in self._wanted:
                text = "".join(self._pieces)
                self._work.text(len(text))
                self.found[self._count] = text
            if self._count == self._last:
                raise Stop
            self._count += 1

    def text(self, text: str) -> None:
        if self._collects:
            self._length += len(text)
            if self._length > self._work.limits.cell_characters:
                self._work.text(self._length)
            self._pieces.append(text)

"""What the small parts of an Excel workbook say: one listener for each kind of part."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from openpyxl.styles.numbers import BUILTIN_FORMATS, is_date_format, is_timedelta_format

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

    landmark = b""

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

    landmark = b""

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

    landmark = b""

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

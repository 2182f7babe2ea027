"""An opened Excel workbook: its sheets in their order, its styles, its shared texts."""

from __future__ import annotations

import posixpath
import zipfile
from dataclasses import dataclass

from core.sheets.bad_file import BadFile
from core.sheets.container import MACROS
from core.sheets.package_parts import parse_part, pieces
from core.sheets.work import DAMAGED, Work
from core.sheets.xlsx_parts import RelationsPart, Styles, StyleSheetPart, WorkbookPart
from core.sheets.xlsx_strings import StringsPart, only_strings
from core.sheets.xml_stream import parse


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet's name and its part of the container."""

    name: str
    part: str


class Package:
    """An opened workbook container."""

    def __init__(self, archive: zipfile.ZipFile, work: Work) -> None:
        self.archive = archive
        self.work = work
        self.names = set(archive.namelist())
        self._main, self._targets = "", {}
        root = self._relations("")
        self._main = next((part for kind, part in root.values() if kind == "officeDocument"), "xl/workbook.xml")
        self._targets = self._relations(self._main)
        workbook = WorkbookPart()
        self._parse(self._main, workbook)
        self.epoch_1904 = workbook.epoch_1904
        self.sheets = tuple(self._sheets(workbook))

    def _sheets(self, workbook: WorkbookPart) -> list[SheetPart]:
        if len(workbook.sheets) > self.work.limits.sheets:
            raise BadFile(
                f"工作簿有 {len(workbook.sheets)} 张工作表，超过 {self.work.limits.sheets} 张的上限。请拆开后再导入。"
            )
        sheets = []
        for name, relation in workbook.sheets:
            kind, part = self._targets.get(relation, ("missing", ""))
            if kind == "xlMacrosheet":
                raise BadFile(MACROS)
            if kind == "missing" or (kind == "worksheet" and part not in self.names):
                raise BadFile(DAMAGED)
            if kind == "worksheet":
                sheets.append(SheetPart(name, part))
        return sheets

    def styles(self) -> Styles:
        """The styles that show days; a workbook without a style sheet has none."""
        handler = StyleSheetPart()
        part = next((part for kind, part in self._targets.values() if kind == "styles"), "")
        if part:
            self._parse(part, handler)
        return handler.styles

    def strings(self, wanted: set[int] | None = None) -> dict[int, str]:
        """The shared texts by their number: all, or only the `wanted` ones."""
        handler = StringsPart(self.work)
        part = next((part for kind, part in self._targets.values() if kind == "sharedStrings"), "")
        if not part or wanted == set():
            return {}
        if wanted is None:
            self._parse(part, handler)
            return dict(enumerate(handler.found))
        if part not in self.names:
            raise BadFile(DAMAGED)
        parse(only_strings(pieces(self.archive, part, self.work), wanted), handler, self.work)
        return dict(zip(sorted(wanted), handler.found, strict=False))

    def _parse(self, part: str, handler: WorkbookPart | RelationsPart | StyleSheetPart | StringsPart) -> None:
        if part not in self.names:
            raise BadFile(DAMAGED)
        parse_part(self.archive, part, handler, self.work)

    def _relations(self, part: str) -> dict[str, tuple[str, str]]:
        """The parts that `part` leads to, by the name of the relation, with their kind."""
        folder, name = posixpath.split(part)
        relations = posixpath.join(folder, "_rels", f"{name}.rels")
        if relations not in self.names:
            return {}
        handler = RelationsPart()
        self._parse(relations, handler)
        return {
            key: (kind, posixpath.normpath(posixpath.join("/", folder, target)).lstrip("/"))
            for key, (kind, target) in handler.targets.items()
        }

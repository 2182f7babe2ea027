"""All of the workbook but its rows: properties, styles, head, foot, print set-up, made with openpyxl.

The rows are streamed between `begin_sheet` and `end_sheet`, so that memory does not grow with them.
"""

import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from datetime import UTC

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from openpyxl.xml.functions import tostring

from reports.sheet import faces, page
from reports.sheet.layout import LedgerHead, LedgerLayout
from reports.sheet.text import clean

_CORE = "docProps/core.xml"


class Shell:
    """One workbook without rows. Sheets are begun and ended one after another, counted from 1."""

    def __init__(self, layout: LedgerLayout, head: LedgerHead) -> None:
        self.layout, self.head = layout, head
        self._book = Workbook()
        self._book.remove(self._book.worksheets[0])
        self._add_sheet()
        self.styles = faces.column_styles(self._book.worksheets[0], layout)
        properties = self._book.properties
        properties.creator = properties.lastModifiedBy = clean(head.office)[:100]
        properties.title = layout.title(head)
        self._made_at = head.made_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
        properties.created = self._made_at

    def begin_sheet(self, index: int) -> bytes:
        """XML of worksheet `index` up to where its first row goes."""
        if index > len(self._book.worksheets):
            self._add_sheet()
        xml = self._sheet_xml(index)
        # The size of the sheet is not known yet, and a wrong one misleads readers that trust it.
        return re.sub(rb"<dimension [^>]*/>", b"", xml[: xml.rindex(b"</sheetData>")], count=1)

    def end_sheet(self, index: int, rows: int, notes: Sequence[str] | None) -> bytes:
        """XML after the last of this sheet's `rows` records; `notes` None means that a further sheet follows."""
        sheet = self._book.worksheets[index - 1]
        first_row = page.first_row(self.layout)
        if not self.layout.is_form:
            last_column = get_column_letter(len(self.layout.columns))
            sheet.auto_filter.ref = f"A{first_row - 1}:{last_column}{first_row - 1 + rows}"
        start = page.foot_start(self.layout, rows)
        if notes is None:
            page.continued(sheet, start, self._name(index + 1))
        else:
            page.foot(sheet, self.layout, self.head, start, notes)
        xml = self._sheet_xml(index)
        return xml[xml.index(b'<row r="%d"' % start) :]

    def parts(self) -> Iterator[tuple[str, bytes]]:
        """All parts that are no worksheets, in openpyxl's order."""
        with zipfile.ZipFile(self._saved()) as archive:
            for name in archive.namelist():
                if not name.startswith("xl/worksheets/"):
                    yield name, self._core() if name == _CORE else archive.read(name)

    def _add_sheet(self) -> None:
        sheet = self._book.create_sheet(self._name(len(self._book.worksheets) + 1))
        page.dress(sheet, self.layout, self.head)

    def _name(self, index: int) -> str:
        return self.layout.name if index == 1 else f"{self.layout.name}（{index}）"

    def _core(self) -> bytes:
        """The properties with the time the ledger was made, where openpyxl puts the time of saving."""
        self._book.properties.modified = self._made_at
        xml: bytes = tostring(self._book.properties.to_tree())
        return xml

    def _sheet_xml(self, index: int) -> bytes:
        with zipfile.ZipFile(self._saved()) as archive:
            return archive.read(f"xl/worksheets/sheet{index}.xml")

    def _saved(self) -> io.BytesIO:
        file = io.BytesIO()
        self._book.save(file)
        return file

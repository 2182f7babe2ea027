"""What reading a file has cost so far: counted, so that a hostile file ends at a bound and not with the machine."""

from __future__ import annotations

from dataclasses import dataclass

from core.sheets.bad_file import BadFile
from core.sheets.limits import MEGABYTE, STANDARD, Limits

DAMAGED = "文件不完整或已损坏，打不开。请用 Excel 或 WPS 打开后另存为 .xlsx，再重新导入。"
TOO_MUCH = "表格的单元格太多，超过一份台账的上限。请删去空行、空列，或拆成几个文件分别导入。"


@dataclass(slots=True)
class Work:
    """The work done for one file; every count raises BadFile when its bound is passed."""

    limits: Limits = STANDARD
    unpacked: int = 0
    marks: int = 0
    cells: int = 0
    characters: int = 0
    merged: int = 0

    def unpack(self, count: int) -> None:
        """`count` bytes came out of the container. A part may be read twice: first the bounds, then the values."""
        self.unpacked += count
        if self.unpacked > 2 * self.limits.unpacked_bytes:
            raise BadFile(
                f"文件展开后超过 {self.limits.unpacked_bytes // MEGABYTE} MB，远大于一份台账，没有打开。"
                "请把数据复制到新的工作簿再导入。"
            )

    def mark(self, count: int) -> None:
        """`count` marks of XML or records of a binary sheet are about to be looked at."""
        self.marks += count
        if self.marks > self.limits.marks:
            raise BadFile(TOO_MUCH)

    def row(self, number: int) -> None:
        """A sheet has a row of this number, filled or not."""
        if number > self.limits.rows:
            raise BadFile(
                f"表格有 {number} 行，超过 {self.limits.rows} 行的上限。请删去数据下面的空行，或拆成几个文件再导入。"
            )

    def column(self, number: int) -> None:
        """A row has a cell in this column, filled or not."""
        if number > self.limits.columns:
            raise BadFile(f"表格超过 {self.limits.columns} 列。请删去数据右边的空列再导入。")

    def fill(self, cells: int) -> None:
        """So many cells are kept: of each row those up to its last filled one."""
        self.cells += cells
        if self.cells > self.limits.cells:
            raise BadFile(TOO_MUCH)

    def text(self, length: int) -> None:
        """A text of this length is kept for a cell."""
        if length > self.limits.cell_characters:
            raise BadFile(f"某一格超过 {self.limits.cell_characters} 字，读不了。请缩短后再导入。")
        self.characters += length
        if self.characters > self.limits.characters:
            raise BadFile("表格的文字太多，超过一份台账的上限。请拆成几个文件分别导入。")

    def merge(self, cells: int) -> None:
        """A merge covers so many cells that are read."""
        self.merged += cells
        if self.merged > self.limits.merged_cells:
            raise BadFile("合并单元格太多，读不了。请取消合并后再导入。")

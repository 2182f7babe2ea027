"""Files that are no ledger, each with the words its sentence must have; small unless size is the point."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from io import BytesIO
from typing import Final, NamedTuple

import xlwt
from openpyxl import Workbook

from tests.sheets.files import Parts, document, old_workbook, repacked, saved, with_shared_texts, workbook

SHEET: Final = "xl/worksheets/sheet1.xml"
BOOK: Final = "xl/workbook.xml"
OLE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ROWS: Final = [["序号", "企业名称", "隐患描述"], [1, "䶮镕机械厂", "通道堵塞"]]
PLAIN: Final = workbook(ROWS)
SHARED: Final = with_shared_texts(PLAIN)
OLD: Final = old_workbook(ROWS)
OPEN: Final = document(ROWS)
DAMAGED: Final = "损坏"


class Bad(NamedTuple):
    """A file, its name, and words of its sentence."""

    label: str
    data: Callable[[], bytes]
    words: str
    name: str = "台账.xlsx"


def changed(part: str, old: bytes, new: bytes, data: bytes = PLAIN) -> Callable[[], bytes]:
    """The plain workbook with one place of one part changed."""

    def change(parts: Parts) -> None:
        assert old in parts[part], (part, old)
        parts[part] = parts[part].replace(old, new, 1)

    return lambda: repacked(data, change)


def added(part: str, content: bytes = b"<x/>", data: bytes = PLAIN) -> Callable[[], bytes]:
    """The plain workbook with one part more."""
    return lambda: repacked(data, lambda parts: parts.update({part: content}))


def removed(part: str, data: bytes = PLAIN) -> Callable[[], bytes]:
    """The plain workbook with one part less."""
    return lambda: repacked(data, lambda parts: parts.__delitem__(part))


def zipped(parts: dict[str, bytes]) -> bytes:
    """A zip of these parts."""
    buffer = BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def in_rows(rows: bytes) -> Callable[[], bytes]:
    """The plain workbook with these rows, as XML, below its own."""
    return changed(SHEET, b"</sheetData>", rows + b"</sheetData>")


def below(xml: bytes) -> Callable[[], bytes]:
    """The plain workbook with this XML below its rows."""
    return changed(SHEET, b"</sheetData>", b"</sheetData>" + xml)


def twice() -> bytes:
    """A workbook whose sheet is there twice, with different rows."""
    buffer = BytesIO(PLAIN)
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(SHEET.upper(), b"<worksheet><sheetData/></worksheet>")
    return buffer.getvalue()


def lying() -> bytes:
    """A workbook whose directory says that its sheet is smaller than it is."""
    data = changed(SHEET, b"</sheetData>", b"<row/>" * 1_000_000 + b"</sheetData>")()
    with zipfile.ZipFile(BytesIO(data)) as archive:
        size = archive.getinfo(SHEET).file_size
    return data.replace(size.to_bytes(4, "little"), (700).to_bytes(4, "little"))


def locked_zip() -> bytes:
    """A workbook whose parts say that they have a password."""
    data = bytearray(PLAIN)
    place = 0
    while (place := data.find(b"PK\x01\x02", place)) >= 0:
        data[place + 8] |= 1
        place += 4
    return bytes(data)


def nested(depth: int) -> bytes:
    """A zip in a zip in a zip."""
    data = b"0" * 1_000_000
    for level in range(depth):
        data = zipped({f"{level}.xlsx": data})
    return data


def laughs() -> bytes:
    """A thousand million laughs, by entities that name entities."""
    lines = ['<!ENTITY a0 "哈">', *(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))]
    return f"<!DOCTYPE worksheet [{''.join(lines)}]><worksheet><sheetData>&a9;</sheetData></worksheet>".encode()


def wide() -> bytes:
    """A workbook whose last filled column is the last there is."""
    book = Workbook()
    page = book.active
    assert page is not None
    page["A1"], page["XFD1"] = "序号", "最后一列"
    return saved(book)


def far_old() -> bytes:
    """An .xls with a cell in a column that no sheet has."""
    return OLD.replace(b"\xfd\x00\x0a\x00\x00\x00\x02\x00", b"\xfd\x00\x0a\x00\x00\x00\xff\xff", 1)


def with_record(kind: int, body: bytes = b"\0\0") -> Callable[[], bytes]:
    """An .xls with one more record at the start of its workbook: a record of the same length is overwritten."""

    def make() -> bytes:
        start = OLD.index(b"\xe1\x00\x02\x00\xb0\x04")  # INTERFACEHDR, which nobody reads
        record = kind.to_bytes(2, "little") + len(body).to_bytes(2, "little") + body
        return OLD[:start] + record + OLD[start + len(record) :]

    return make


def macro_sheet() -> bytes:
    """An .xls one of whose sheets is a macro sheet."""
    place = OLD.index("台账".encode("utf-16-le")) - 4
    return OLD[:place] + b"\x00\x01" + OLD[place + 2 :]


def no_book() -> bytes:
    """A compound file that holds no workbook: a text document."""
    return OLD.replace("Workbook".encode("utf-16-le"), "WordDocu".encode("utf-16-le"))


def formula_document() -> bytes:
    """An .ods that takes a value from another file."""
    cell = (
        '<table:table-cell table:formula="of:=\'file:///c:/a.ods\'#$S.A1" office:value-type="float" office:value="1"/>'
    )
    return changed("content.xml", b"</table:table-row>", cell.encode() + b"</table:table-row>", OPEN)()


def all_empty_old() -> bytes:
    """An .xls without a filled cell."""
    book = xlwt.Workbook()
    book.add_sheet("空")
    buffer = BytesIO()
    book.save(buffer)
    return buffer.getvalue()


_STYLED = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(3, 100_100))
_LONG = b'<row r="3"><c r="A3" t="inlineStr"><is><t>' + b"a" * 40_000 + b"</t></is></c></row>"
_TEXT = "序号,企业名称\n1,甲厂\n".encode()

BAD: Final = (
    Bad("empty", lambda: b"", "空的"),
    Bad("blank", lambda: b" \r\n\t", "空的", "台账.csv"),
    Bad("zeros", lambda: b"\0" * 2_000, "文件内容却不是"),
    Bad("pdf", lambda: b"%PDF-1.7 ...", "PDF"),
    Bad("jpeg", lambda: b"\xff\xd8\xff\xe0" + b"0" * 50, "图片"),
    Bad("png", lambda: b"\x89PNG\r\n\x1a\n" + b"0" * 50, "图片", "台账.xls"),
    Bad("rar", lambda: b"Rar!\x1a\x07\x00", "压缩包"),
    Bad("program", lambda: b"MZ\x90\x00\x03", "程序"),
    Bad("web page", lambda: b"<html><table><tr><td>1</td></tr></table>", "网页", "台账.xls"),
    Bad("xml table", lambda: b'<?xml version="1.0"?><Workbook/>', "XML", "台账.xls"),
    Bad("word", lambda: zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w/>"}), "不是 Excel"),
    Bad("zip", lambda: zipped({"台账.csv": _TEXT}), "不是 Excel"),
    Bad("binary workbook", lambda: zipped({"[Content_Types].xml": b"<Types/>", "xl/workbook.bin": b"x"}), ".xlsb"),
    Bad("word of old", no_book, "不是表格", "台账.xls"),
    Bad("text document as ods", changed("content.xml", b"spreadsheet", b"text", OPEN), "不是表格", "台账.ods"),
    Bad("text as workbook", lambda: _TEXT, "扩展名"),
    Bad("workbook as text", lambda: PLAIN, "扩展名", "台账.csv"),
    Bad("workbook as old", lambda: PLAIN, "扩展名", "台账.xls"),
    Bad("old as workbook", lambda: OLD, "扩展名"),
    Bad("ods as workbook", lambda: OPEN, "扩展名"),
    Bad("with macros by name", lambda: PLAIN, "宏", "台账.xlsm"),
    Bad("no suffix", lambda: _TEXT, "扩展名", "../../etc/passwd"),
    Bad("name leaves the folder", lambda: _TEXT, "扩展名", "../../x.xlsx"),
    Bad("name of a drive", lambda: _TEXT, "扩展名", "C:\\Windows\\x.xlsx"),
    Bad("name with NUL", lambda: _TEXT, "扩展名", "台账.csv\x00.xlsx"),
    Bad("name turned round", lambda: _TEXT, "扩展名", "台账\u202excel.xlsx"),
    Bad("encrypted", lambda: OLE + "EncryptedPackage".encode("utf-16-le"), "密码"),
    Bad("zip password", locked_zip, "密码"),
    Bad("old encrypted", with_record(0x2F), "密码", "台账.xls"),
    Bad("ods encrypted", added("META-INF/manifest.xml", b"<m><encryption-data/></m>", OPEN), "密码", "台账.ods"),
    Bad("cut", lambda: PLAIN[: len(PLAIN) // 2], DAMAGED),
    Bad("old cut", lambda: OLD[: len(OLD) // 2], DAMAGED, "台账.xls"),
    Bad("ods cut", lambda: OPEN[: len(OPEN) // 2], DAMAGED, "台账.ods"),
    Bad("old header only", lambda: OLE + b"0" * 600, DAMAGED, "台账.xls"),
    Bad("broken zip", lambda: b"PK\x03\x04 broken", DAMAGED),
    Bad("macros", added("xl/vbaProject.bin", b"macro"), "宏"),
    Bad("old macro language", added("xl/macrosheets/sheet1.xml"), "宏"),
    Bad("old with macros", with_record(0xD3), "宏", "台账.xls"),
    Bad("old macro sheet", macro_sheet, "宏", "台账.xls"),
    Bad("ods macros", added("Basic/Standard/Module1.xml", b"<x/>", OPEN), "宏", "台账.ods"),
    Bad("linked", added("xl/externalLinks/externalLink1.xml"), "外部链接"),
    Bad("ods linked", formula_document, "外部链接", "台账.ods"),
    Bad("path out", added("../../evil.xml"), "路径"),
    Bad("path of a drive", added("..\\..\\evil.xml"), "路径"),
    Bad("part twice", twice, "重名"),
    Bad("bomb", added("xl/media/huge.xml", b"0" * (60 * 1024 * 1024)), "MB"),
    Bad("bomb in a bomb", lambda: nested(4), "不是 Excel"),
    Bad("thousands of parts", lambda: zipped({f"xl/{n}.xml": b"" for n in range(2_500)}), "MB"),
    Bad("lying size", lying, DAMAGED),
    Bad("laughs", lambda: repacked(PLAIN, lambda parts: parts.update({SHEET: laughs()})), "XML"),
    Bad("ods laughs", lambda: repacked(OPEN, lambda parts: parts.update({"content.xml": laughs()})), "XML", "台账.ods"),
    Bad(
        "reads a file",
        changed(SHEET, b"<worksheet", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet'),
        "XML",
    ),
    Bad("entity in the names", changed(BOOK, b"<workbook", b'<!DOCTYPE x [<!ENTITY a "b">]><workbook'), "XML"),
    Bad("unknown entity", changed(SHEET, b"</sheetData>", b"&a;</sheetData>"), DAMAGED),
    Bad("deep", changed(SHEET, b"</sheetData>", b"<x>" * 5_000 + b"</x>" * 5_000 + b"</sheetData>"), DAMAGED),
    Bad("endless tag", changed(SHEET, b"</sheetData>", b"<row a='" + b"1" * 3_000_000 + b"'/></sheetData>"), DAMAGED),
    Bad(
        "thousands of names",
        changed(SHEET, b"</sheetData>", b"".join(b"<x%d/>" % n for n in range(20_000)) + b"</sheetData>"),
        DAMAGED,
    ),
    Bad("no sheet part", removed(SHEET), DAMAGED),
    Bad("no workbook part", removed(BOOK), DAMAGED),
    Bad("no contents part", removed("[Content_Types].xml"), "不是 Excel"),
    Bad("ods without content", removed("content.xml", OPEN), "扩展名", "台账.ods"),
    Bad("sheet is a picture", lambda: repacked(PLAIN, lambda parts: parts.update({SHEET: b"\x89PNG"})), DAMAGED),
    Bad(
        "workbook leads to itself",
        changed("xl/_rels/workbook.xml.rels", b"/xl/worksheets/sheet1.xml", b"/" + BOOK.encode()),
        "没有任何内容",
    ),
    Bad("shared text that is not there", changed(SHEET, b"<v>0</v>", b"<v>999</v>", SHARED), DAMAGED),
    Bad("shared text below zero", changed(SHEET, b"<v>0</v>", b"<v>-1</v>", SHARED), DAMAGED),
    Bad("no shared texts", removed("xl/sharedStrings.xml", SHARED), DAMAGED),
    Bad("long shared text", changed("xl/sharedStrings.xml", b"<t>", b"<t>" + b"a" * 40_000, SHARED), "32767 字"),
    Bad("rows out of order", in_rows(b'<row r="1"><c r="A1"><v>1</v></c></row>'), DAMAGED),
    Bad("cells out of order", in_rows(b'<row r="3"><c r="B3"><v>1</v></c><c r="A3"><v>1</v></c></row>'), DAMAGED),
    Bad("no such cell", in_rows(b'<row r="3"><c r="3A"><v>1</v></c></row>'), DAMAGED),
    Bad("no such merge", below(b'<mergeCells><mergeCell ref="A1:??"/></mergeCells>'), DAMAGED),
    Bad(
        "merges over and over",
        below(b"<mergeCells>" + b'<mergeCell ref="A1:C2"/>' * 90_000 + b"</mergeCells>"),
        "合并单元格太多",
    ),
    Bad("a million blank rows", in_rows(b'<row r="1048576"/>'), "100000 行"),
    Bad("a hundred thousand styled rows", in_rows(_STYLED), "100000 行"),
    Bad("rows without numbers", in_rows(b"<row/>" * 100_001), "100000 行"),
    Bad("all columns", wide, "256 列"),
    Bad("text of 300 columns", lambda: b",".join([b"1"] * 300), "256 列", "台账.csv"),
    Bad("ods of 300 columns", lambda: document([[1] * 300]), "256 列", "台账.ods"),
    Bad("old beyond all columns", far_old, "256 列", "台账.xls"),
    Bad("long cell", in_rows(_LONG), "32767 字"),
    Bad("long cell of text", lambda: b"1," + b"a" * 40_000 + b"\n2,b", "32767 字", "台账.csv"),
    Bad("one line of text", lambda: b"1," * 600_000, "一行", "台账.csv"),
    Bad("open quote", lambda: _TEXT + '2,"乙厂\n3,丙厂\n'.encode(), "第 3 行的引号", "台账.csv"),
    Bad("text with zeros", lambda: b"a,b\n\x00\x01\x02", "文本表格", "台账.csv"),
    Bad("no encoding", lambda: bytes(range(128, 256)) * 20, "编码", "台账.csv"),
    Bad("only separators", lambda: b",,,\n,,\n", "没有任何内容", "台账.csv"),
    Bad("no cells", lambda: workbook([]), "没有任何内容"),
    Bad("old without cells", all_empty_old, "没有任何内容", "台账.xls"),
    Bad("ods without cells", lambda: document([]), "没有任何内容", "台账.ods"),
)

"""What a file really is, told from its bytes, and whether a zipped container is safe to open."""

from __future__ import annotations

import zipfile
from enum import Enum
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final

from core.sheets.bad_file import BadFile
from core.sheets.limits import MEGABYTE, STANDARD, Limits
from core.sheets.text import clean
from core.sheets.work import DAMAGED
from core.sniffing import CSV, ODS, XLS, XLSX

SAVE_AS: Final = "请用 Excel 或 WPS 打开后另存为 .xlsx，再重新导入。"
LOCKED: Final = "文件设有密码，读不了。请取消密码后再导入。"
MACROS: Final = "文件带有宏，没有打开。请另存为不带宏的 .xlsx，再重新导入。"
LINKED: Final = "表格引用了其他文件（外部链接），数字可能不是最新的。请断开链接、另存后再导入。"
NO_WORKBOOK: Final = f"这不是 Excel 工作簿，没有写入任何内容。{SAVE_AS}"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_ENTRY = b"PK\x01\x02"
_OTHER_KINDS = (
    (b"%PDF", "PDF 文件"),
    (b"\xff\xd8\xff", "图片"),
    (b"\x89PNG", "图片"),
    (b"GIF8", "图片"),
    (b"BM", "图片"),
    (b"RIFF", "图片或音视频"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"{\\rtf", "文字文档"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
)
_WITH_ZEROS = {b"BM", b"MZ", b"RIFF"}  # two letters may begin a text too: a program or picture has zeros after them
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<head", b"<meta", b"<script")


class Kind(Enum):
    """The kinds of file that are read, with the suffixes their names may have."""

    XLSX = frozenset({".xlsx"})
    ODS = frozenset({".ods"})
    XLS = frozenset({".xls"})
    TEXT = frozenset({".csv", ".txt", ".tsv"})


_MEDIA: Final = {Kind.XLSX: XLSX, Kind.ODS: ODS, Kind.XLS: XLS, Kind.TEXT: CSV}
_SAID = {Kind.XLSX: "Excel 工作簿或压缩包", Kind.ODS: "ODS 表格", Kind.XLS: "Excel 97–2003 工作簿（.xls）"}


def suffix_of(filename: str) -> str:
    """The last suffix in lower case; only the name counts, never the folders before it."""
    return PurePosixPath(_plain(filename)).suffix.lower()


def stem_of(filename: str) -> str:
    """The name without folders and suffix, as a sheet of its own is called."""
    return clean(PurePosixPath(_plain(filename)).stem)


def _plain(filename: str) -> str:
    return clean(filename.replace("\\", "/").replace("\x00", ""))


def kind_of(data: bytes, filename: str, limits: Limits) -> Kind:
    """What the bytes are; anything that is no table, or is not what its name says, is refused."""
    if len(data) > limits.file_bytes:
        raise BadFile(f"文件超过 {limits.file_bytes // MEGABYTE} MB，请拆成几个文件分别导入。")
    if not data[:PIECE].strip() and not data.strip():
        raise BadFile("文件是空的，没有写入任何内容。请检查是否选错了文件。")
    kind = _told_from(data, limits)
    suffix = suffix_of(filename)
    if suffix == ".xlsm" and kind is Kind.XLSX:
        raise BadFile(MACROS)
    if suffix in kind.value:
        return kind
    if kind is Kind.TEXT:
        raise BadFile(f"扩展名是“{_shown(suffix)}”，文件内容却不是 Excel 工作簿，可能已损坏或被改名。{SAVE_AS}")
    raise BadFile(f"文件内容是 {_SAID[kind]}，扩展名却是“{_shown(suffix)}”。{SAVE_AS}")


PIECE: Final = 4096


def media_type_of(data: bytes) -> str:
    """The media type under which a table is kept; raises BadFile for what is none."""
    return _MEDIA[_told_from(data, STANDARD)]


def _shown(suffix: str) -> str:
    return suffix[:12] if suffix.isprintable() and suffix else "无"


def _told_from(data: bytes, limits: Limits) -> Kind:
    if data.startswith(_OLE):
        if _ENCRYPTED_STREAM in data:
            raise BadFile("文件设有打开密码，读不了。请取消密码后再导入。")
        return Kind.XLS
    if data.startswith(b"PK"):
        names = {entry.filename for entry in _entries(data, limits)[1]}
        return Kind.ODS if "content.xml" in names and "[Content_Types].xml" not in names else Kind.XLSX
    for magic, kind in _OTHER_KINDS:
        if data.startswith(magic) and (magic not in _WITH_ZEROS or b"\0" in data[:512]):
            raise BadFile(f"这其实是{kind}，不是表格，没有写入任何内容。请选择 .xlsx、.xls、.ods 或 .csv 文件。")
    if data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise BadFile(f"这其实是网页或 XML 文件，不是表格。{SAVE_AS}")
    return Kind.TEXT


def open_container(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """The container, bounded, without locks, strange names or two parts of one name; raises BadFile.

    Sizes are those of the directory; `zipfile` never unpacks more than they say.
    """
    archive, entries = _entries(data, limits)
    _refuse_bombs(entries, len(data), limits)
    names = [entry.filename for entry in entries]
    if any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") for name in names):
        raise BadFile(f"文件内部有不安全的路径，没有打开。{SAVE_AS}")
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise BadFile(LOCKED)
    if len({name.lower() for name in names}) != len(names):
        raise BadFile(f"文件内部有重名的部分，分不清哪一份是真的，没有打开。{SAVE_AS}")
    return archive


def _entries(data: bytes, limits: Limits) -> tuple[zipfile.ZipFile, list[zipfile.ZipInfo]]:
    if data.count(_ENTRY) > 2 * limits.entries:  # before a list of them is made; by chance a few more are seen
        raise BadFile(f"文件里有几千个部分，不是一份台账，没有打开。{SAVE_AS}")
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        return archive, archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BadFile(DAMAGED) from error


def _refuse_bombs(entries: list[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    ratio = unpacked / max(packed, 1)
    if (
        len(entries) > limits.entries
        or unpacked > limits.unpacked_bytes
        or (unpacked > limits.ratio_from_bytes and ratio > limits.unpacked_ratio)
    ):
        size = f"{len(entries)} 个部分、{unpacked // MEGABYTE} MB"
        raise BadFile(f"文件展开后有 {size}，远大于一份台账，没有打开。请把数据复制到新的工作簿再导入。")


def refuse_contents(names: set[str]) -> None:
    """Refuses an Excel container with macros or links to other files, and one that holds something else."""
    lowered = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in lowered):
        raise BadFile(MACROS)
    if any(name.startswith("xl/externallinks/") for name in lowered):
        raise BadFile(LINKED)
    if "xl/workbook.bin" in lowered:
        raise BadFile(f"这是二进制格式（.xlsb）的工作簿，读不了。{SAVE_AS}")
    if "[content_types].xml" not in lowered or not any(
        name.startswith("xl/") and name.endswith(".xml") for name in lowered
    ):
        raise BadFile(NO_WORKBOOK)

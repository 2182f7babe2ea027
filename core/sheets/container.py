"""What a file really is, told from its bytes, and whether a workbook's container is safe to open."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import PurePosixPath

from core.sheets.bad_file import BadFile
from core.sheets.limits import MEGABYTE, Limits

SAVE_AS = "请用 Excel 或 WPS 打开后另存为 .xlsx，再重新导入。"

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
_OTHER_KINDS = (
    (b"%PDF", "PDF 文件"),
    (b"\xff\xd8\xff", "图片"),
    (b"\x89PNG", "图片"),
    (b"GIF8", "图片"),
    (b"Rar!", "压缩包"),
    (b"7z\xbc\xaf", "压缩包"),
    (b"\x1f\x8b", "压缩包"),
    (b"{\\rtf", "文字文档"),
    (b"MZ", "程序"),
    (b"\x7fELF", "程序"),
)
_MARKUP = (b"<!doctype", b"<html", b"<?xml", b"<table", b"<head", b"<meta", b"<script")


def suffix_of(filename: str) -> str:
    """The last suffix in lower case; only the name counts, never the folders before it."""
    return PurePosixPath(filename.replace("\\", "/").replace("\x00", "")).suffix.lower()


def is_workbook(data: bytes, filename: str, limits: Limits) -> bool:
    """Whether the bytes are an Excel workbook (True) or text (False); anything else is refused."""
    if len(data) > limits.file_bytes:
        raise BadFile(f"文件超过 {limits.file_bytes // MEGABYTE} MB，请拆成几个文件分别导入。")
    if not data.strip():
        raise BadFile("文件是空的，没有写入任何内容。请检查是否选错了文件。")
    _refuse_other_kinds(data)
    suffix = suffix_of(filename)
    if data.startswith(b"PK"):
        if suffix != ".xlsx":
            raise BadFile(f"文件内容是 Excel 工作簿或压缩包，扩展名却是“{suffix or '无'}”。{SAVE_AS}")
        return True
    if suffix not in {".csv", ".txt", ".tsv"}:
        raise BadFile(f"扩展名是“{suffix or '无'}”，文件内容却不是 Excel 工作簿，可能已损坏或被改名。{SAVE_AS}")
    return False


def _refuse_other_kinds(data: bytes) -> None:
    if data.startswith(_OLE):
        if _ENCRYPTED_STREAM in data:
            raise BadFile("文件设有打开密码，读不了。请取消密码后再导入。")
        raise BadFile(f"这是旧格式的 .xls 文件。{SAVE_AS}")
    for magic, kind in _OTHER_KINDS:
        if data.startswith(magic):
            raise BadFile(f"这其实是{kind}，不是表格，没有写入任何内容。请选择 .xlsx 或 .csv 文件。")
    if data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_MARKUP):
        raise BadFile(f"这其实是网页或 XML 文件，不是表格。{SAVE_AS}")


def open_container(data: bytes, limits: Limits) -> zipfile.ZipFile:
    """The workbook's container, bounded and without macros, external links and strange names.

    Raises BadFile. Sizes are those of the directory; `zipfile` never unpacks more than they say.
    """
    try:
        archive = zipfile.ZipFile(BytesIO(data))
        entries = archive.infolist()
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise BadFile(f"文件不完整或已损坏，打不开。{SAVE_AS}") from error
    _refuse_bombs(entries, len(data), limits)
    _refuse_contents({entry.filename for entry in entries})
    if any(entry.flag_bits & 0x1 for entry in entries):
        raise BadFile("文件设有密码，读不了。请取消密码后再导入。")
    return archive


def _refuse_bombs(entries: list[zipfile.ZipInfo], packed: int, limits: Limits) -> None:
    unpacked = sum(entry.file_size for entry in entries)
    ratio = unpacked / max(packed, 1)
    if (
        len(entries) > limits.entries
        or unpacked > limits.unpacked_bytes
        or (unpacked > limits.ratio_from_bytes and ratio > limits.unpacked_ratio)
    ):
        raise BadFile(
            f"文件展开后有 {unpacked // MEGABYTE} MB，远大于一份台账，没有打开。请把数据复制到新的工作簿再导入。"
        )


def _refuse_contents(names: set[str]) -> None:
    if any(name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") for name in names):
        raise BadFile(f"文件内部有不安全的路径，没有打开。{SAVE_AS}")
    lowered = {name.lower() for name in names}
    if any(name.endswith("vbaproject.bin") or name.startswith("xl/macrosheets/") for name in lowered):
        raise BadFile("文件带有宏，没有打开。请另存为不带宏的 .xlsx，再重新导入。")
    if any(name.startswith("xl/externallinks/") for name in lowered):
        raise BadFile("表格引用了其他文件（外部链接），数字可能不是最新的。请断开链接、另存后再导入。")
    if "[content_types].xml" not in lowered or not any(
        name.startswith("xl/") and name.endswith(".xml") for name in lowered
    ):
        raise BadFile(f"这不是 Excel 工作簿，没有写入任何内容。{SAVE_AS}")

"""The forms of an import: the file with what is told beside it, and the choices on the page of its check."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from flask_wtf.file import FileField
from werkzeug.datastructures import FileStorage
from wtforms import HiddenField, StringField

from accounts.access import Actor
from accounts.forms.base import Form, choice_field, offered
from core.sheets.limits import MEGABYTE, STANDARD
from hazards.forms.cleaning import member, one_line
from hazards.ledger import Field
from hazards.operations.import_drafts import Told
from hazards.operations.importing import Decisions
from workflows.vocabulary import Channel

ACCEPT: Final = ".xlsx,.xls,.ods,.csv"
NONE: Final = "-"
_LETTER = re.compile(r"field-([A-Z]{1,3}\d{0,7})")
_LAST_ROW: Final = 1_048_576


class UploadForm(Form):
    """The file, and for an office whose rows they are that name none."""

    file = FileField("台账文件")
    enterprise = StringField("全部记在一家企业名下")
    region = choice_field("没有写区县的行属于")
    channel = choice_field("没有写隐患来源的行按")
    once = HiddenField()

    def offer(self, actor: Actor, regions: Iterable[tuple[str, str]]) -> None:
        """An enterprise's own ledger is its own; an office may say whose it is."""
        channels = [one for one in Channel if actor.enterprise_id is None or one is not Channel.COMPLAINT]
        self.channel.choices = offered([("", "按文件判断"), *((one.value, one.label) for one in channels)])
        self.region.choices = offered([("", "按文件判断"), *regions])
        if actor.enterprise_id is not None:
            del self.enterprise, self.region

    def validate_file(self, field: FileField) -> None:
        """One file, not empty, within the bound; what it is, its content tells."""
        upload = field.data
        if not isinstance(upload, FileStorage) or not upload.filename:
            field.errors = ["请选择一份台账。"]
            return
        size = upload.stream.seek(0, 2)
        upload.stream.seek(0)
        if not size:
            field.errors = ["这个文件是空的。请检查是否选错了文件。"]
        elif size > STANDARD.file_bytes:
            field.errors = [f"文件超过 {STANDARD.file_bytes // MEGABYTE} MB。请拆成几个文件分别导入。"]

    def upload(self) -> tuple[bytes, str]:
        """The bytes and the name of a valid form."""
        return self.file.data.stream.read(), self.file.data.filename or "台账"

    def told(self) -> Told:
        """What is told beside the file."""
        enterprise = one_line(self.enterprise.data).upper() if self.enterprise is not None else ""
        region = self.region.data if self.region is not None else ""
        return Told(enterprise.replace(" ", ""), region or "", self.channel.data or "")


# --- the page of the check ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ColumnsSent:
    """What was chosen of sheet, header rows and columns."""

    sheet: str
    header_rows: tuple[int, int] | None
    fields: Mapping[str, Field | None]


def read_columns(sent: Mapping[str, str]) -> ColumnsSent:
    """The choices of the form of columns; what cannot be read is left as it was."""
    fields: dict[str, Field | None] = {}
    for name, value in sent.items():
        match = _LETTER.fullmatch(name)
        field = member(Field, value)
        if match and (field is not None or value == NONE):
            fields[match[1]] = field
    first, last = number(sent.get("first", "")), number(sent.get("last", ""))
    rows = (first, last) if 1 <= first <= last <= _LAST_ROW else None
    return ColumnsSent(sent.get("sheet", "")[:100], rows, fields)


def read_names(sent: Mapping[str, str], unknown: Iterable[Mapping[str, Any]], before: Decisions) -> Decisions:
    """Decisions on names by their place in the list; what is left open stays open, or follows the word on the rest."""
    plural = {"enterprise": "enterprises", "unit": "units", "region": "regions"}
    made: dict[str, dict[str, str]] = {
        "enterprises": dict(before.enterprises),
        "units": dict(before.units),
        "regions": dict(before.regions),
    }
    for place, one in enumerate(unknown):
        known = made[plural[one["kind"]]]
        chosen = sent.get(f"name-{place}", "")[:40]
        rest = sent.get(f"rest-{one['kind']}", "")[:40]
        if f"name-{place}" in sent and not chosen:
            known[one["key"]] = ""  # left open on purpose: what it meant last time is not taken either
        if chosen:
            known[one["key"]] = chosen
        elif rest and not known.get(one["key"]):
            known[one["key"]] = rest
    return Decisions(False, made["enterprises"], made["units"], made["regions"])


def number(text: str) -> int:
    """A number as an address or a hidden field carries it; 0 for what is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def read_place(text: str) -> tuple[int, int] | None:
    """The key of a page of rows: row and part."""
    row, mark, part = text.partition(".")
    return (number(row), number(part)) if mark and row.isdigit() and part.isdigit() else None

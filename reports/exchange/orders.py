"""Taking an exchange file out: what is ordered, who may, the file, and the note in the person's own history."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import BinaryIO, Final

from accounts.access import Actor
from accounts.history import record
from accounts.queries import get_person
from core.refusals import NotAllowed, NotFound
from reports.access import allow_export
from reports.exchange.files import (
    GB18030,
    UTF8,
    Write,
    WrittenExchange,
    csv_writer,
    write_archive,
    write_json,
    write_remarks,
)
from reports.exchange.formats import FORMATS, ExchangeFormat, Fitter, HazardFacts, Wide
from reports.exchange.reading import facts_of
from reports.queries import Coverage
from reports.rules import Period
from reports.whole_file import whole_stream


@dataclass(frozen=True, slots=True)
class FileForm:
    """A form of file: how people call it, how its name ends, its media type, what writes it."""

    code: str
    words: str
    ending: str
    media_type: str
    write: Write
    with_pictures: bool = False


FILE_FORMS: Final[dict[str, FileForm]] = {
    form.code: form
    for form in (
        FileForm("json", "JSON", "json", "application/json", write_json),
        FileForm("csv", "CSV（UTF-8）", "csv", "text/csv", csv_writer(UTF8)),
        FileForm("gb18030", "CSV（GB18030）", "csv", "text/csv", csv_writer(GB18030)),
        FileForm("zip", "ZIP（含照片）", "zip", "application/zip", write_archive, with_pictures=True),
        FileForm("remarks", "全部说明", "csv", "text/csv", write_remarks),
    )
}
"""By code."""


@dataclass(frozen=True, slots=True)
class ExchangeOrder:
    """What is to be taken out: which format, of which period, over what, how lengths are counted."""

    form: ExchangeFormat
    period: Period
    coverage: Coverage
    now: datetime
    wide: Wide = Wide.ONE

    @property
    def fitter(self) -> Fitter:
        """Makes its records."""
        return Fitter(self.form, self.wide)

    def facts(self, limit: int | None = None) -> Iterator[HazardFacts]:
        """Its hazards, within whatever scope is looking."""
        scope, reads = self.coverage.scope, self.coverage.for_enterprise
        return facts_of(self.form, self.period, scope, for_enterprise=reads, limit=limit)

    def file_name(self, file_form: FileForm) -> str:
        """綦江区2026年10月省级平台交换数据.json."""
        said = "说明" if file_form.code == "remarks" else ""
        return f"{self.coverage.words}{self.period.label}{self.form.name}{said}.{file_form.ending}"


def format_of(code: str) -> ExchangeFormat:
    """The format of this code; `NotFound` names those there are."""
    found = FORMATS.get(code)
    if found is None:
        raise NotFound(
            f"没有这种交换格式。现有：{'、'.join(f'{one.code}（{one.name}）' for one in FORMATS.values())}。"
        )
    return found


def file_form_of(form: ExchangeFormat, code: str) -> FileForm:
    """The form of file of this code that the format has; `NotFound` otherwise."""
    found = FILE_FORMS.get(code)
    if found is None or (found.with_pictures and not form.pictures):
        raise NotFound("没有这种文件格式。请从「数据交换」选择。")
    return found


def formats_for(actor: Actor) -> list[ExchangeFormat]:
    """The formats this person may take out: an enterprise its own, an office both."""
    return [form for form in FORMATS.values() if form.of_enterprise or actor.enterprise_id is None]


def allow_exchange(actor: Actor, form: ExchangeFormat) -> None:
    """Refuse with who does it instead, unless permitted."""
    allow_export(actor)
    if form not in formats_for(actor):
        raise NotAllowed(f"{form.name}由监管部门导出。请由他们办理。")


def exchange_file(order: ExchangeOrder, file_form: FileForm) -> tuple[BinaryIO, WrittenExchange]:
    """The whole file at its beginning."""
    return whole_stream(lambda out: file_form.write(order.facts(), order.fitter, out))


def note_exchange(order: ExchangeOrder, made: WrittenExchange, file_form: FileForm, *, by: Actor) -> None:
    """Put into the person's own history what was taken out: which period, how many records, their digest."""
    record(
        get_person(by.person_id),
        "ledger_exported",
        by=by,
        now=order.now,
        ledger=order.form.code,
        period=order.period.code,
        form=file_form.code,
        region=order.coverage.scope.region_path or "",
        enterprise=order.coverage.scope.enterprise_id,
        records=made.written.count,
        remarks=made.remarks,
        digest=made.written.digest_of_records,
    )

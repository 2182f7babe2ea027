"""A hazard's facts as a record of a format: written as the format writes, cut to its lengths, each change remarked."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from core.days import SHANGHAI
from core.money import wan
from reports.exchange.formats.facts import HazardFacts, Raw
from reports.exchange.formats.layout import ExchangeField, ExchangeFormat, Kind, Value, Wide
from reports.sheet.text import clean

MARK: Final = "…"
_BLANKS = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Remark:
    """What of a record is not as the register has it: of which hazard, in which field, why; `said` is what stood."""

    number: str
    field: str
    title: str
    reason: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class _Written:
    value: Value
    reason: str = ""
    said: str = ""


class Fitter:
    """Makes records of one format; `wide` is what a Chinese character counts for at the receiver's."""

    def __init__(self, form: ExchangeFormat, wide: Wide = Wide.ONE) -> None:
        self.form, self.wide = form, wide
        self._lengths = {one.name: one.length for one in form.fields}

    def record(self, facts: HazardFacts) -> tuple[dict[str, Value], list[Remark]]:
        """The record by field name, in the format's order, and what is to be said of it."""
        record: dict[str, Value] = {}
        remarks: list[Remark] = []
        for one in self.form.fields:
            written = self._write(one, one.read(facts))
            record[one.name] = written.value
            if not written.reason and not written.value and one.required(facts):
                written = _Written("", "必填项，登记里没有，留空")
            if written.reason:
                remarks.append(Remark(facts.number, one.name, one.title, written.reason, written.said))
        return record, remarks

    def fits(self, name: str, text: str) -> str:
        """The text within the field's length; a cut one ends with …"""
        return cut(text, self._lengths[name], self.wide)

    def _write(self, one: ExchangeField, raw: Raw) -> _Written:
        if raw is None or raw == "" or raw == ():
            return _Written(one.other, "登记里没有，按代码表填“其他”") if one.other else _empty(one.kind)
        if one.kind == "code":
            return _code(one, str(raw))
        if isinstance(raw, str):
            return self._text(one, raw)
        if isinstance(raw, tuple):
            return _Written([picture.name for picture in raw])
        return _Written(_PRINTERS[one.kind](raw))

    def _text(self, one: ExchangeField, raw: str) -> _Written:
        if one.kind != "text":
            return _Written("", "不是确切的日期，没有填", raw)
        ready = clean(raw)
        if self.form.one_line:
            ready = _BLANKS.sub(" ", ready).strip()
        kept = self.fits(one.name, ready)
        if kept == ready:
            return _Written(kept)
        unit = "个字符" if self.wide is Wide.ONE else "个字符（汉字按 2 个计）"
        return _Written(kept, f"超过 {one.length} {unit}，截断并以“…”结尾")


def left_out(form: ExchangeFormat, facts: HazardFacts) -> Remark | None:
    """Why a hazard is no record of this format; None: it is one."""
    if facts.state not in form.left_out:
        return None
    reason = f"{facts.state.label}，不列入；以前交换过的，请在接收方删除"
    return Remark(facts.number, "", "", reason, facts.text("dismissed_reason"))


def width_of(text: str, wide: Wide) -> int:
    """How long a text is at the receiver's: what is not ASCII counts as `wide` says."""
    return len(text) if wide is Wide.ONE else sum(1 if char.isascii() else int(wide) for char in text)


def cut(text: str, length: int | None, wide: Wide) -> str:
    """At most so long; what is longer ends with a visible mark instead of vanishing."""
    if length is None or width_of(text, wide) <= length:
        return text
    room = length - width_of(MARK, wide)
    return "".join(_within(text, room, wide)) + MARK


def _within(text: str, room: int, wide: Wide) -> Iterator[str]:
    for char in text:
        room -= width_of(char, wide)
        if room < 0:
            return
        yield char


def _empty(kind: Kind) -> _Written:
    return _Written([] if kind == "pictures" else "")


def _code(one: ExchangeField, raw: str) -> _Written:
    found = one.codes.get(raw)
    if found is not None:
        return _Written(found)
    return _Written(one.other, "代码表没有对应项，填“其他”", raw)


def _day(raw: Raw) -> str:
    day = raw.astimezone(SHANGHAI) if isinstance(raw, datetime) else raw
    assert isinstance(day, date)
    return day.strftime("%Y%m%d")


def _moment(raw: Raw) -> str:
    assert isinstance(raw, datetime)
    return raw.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M:%S")


def _wan(raw: Raw) -> str:
    assert isinstance(raw, int)
    return f"{wan(raw):f}"


def _decimal(raw: Raw) -> str:
    assert isinstance(raw, Decimal)
    return f"{raw:f}"


_PRINTERS: Final[dict[Kind, Callable[[Raw], str]]] = {
    "day": _day,
    "moment": _moment,
    "flag": lambda raw: "1" if raw else "0",
    "money_wan": _wan,
    "number": _decimal,
}

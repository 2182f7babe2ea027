"""What a draft's fields hold, what is wrong with them, and how papers print them. Pure; reads workflows/notices.py."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Final

from core.days import SHANGHAI
from workflows.notices import Entry, NoticeField, NoticeRow

YES: Final = "是"
LONGEST_BODY: Final = 20_000

Said = str | date | datetime | bool | None


def kept_fields(row: NoticeRow, given: Mapping[str, Said]) -> dict[str, str]:
    """The values as a draft keeps them: texts trimmed, days and moments in ISO; empty ones left out."""
    kept = {field.name: _kept(given.get(field.name)) for field in row.fields}
    return {name: value for name, value in kept.items() if value}


def _kept(value: Said) -> str:
    if isinstance(value, bool):
        return YES if value else ""
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise ValueError("naive datetime")
        return value.isoformat()
    return value.isoformat() if isinstance(value, date) else (value or "").strip()


def named_addressee(row: NoticeRow, kept: Mapping[str, str]) -> str:
    """Whom a draft names as its addressee; empty: the enterprise whose hazard it is about."""
    return row.to_whom or kept.get(row.addressee, "")


def faults_of(row: NoticeRow, kept: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the values of a draft, by field; every needed one must be there before it is sent on."""
    found = {field.name: _fault(field, kept.get(field.name, "")) for field in row.fields}
    return {name: sentence for name, sentence in found.items() if sentence}


def too_long(row: NoticeRow, kept: Mapping[str, str]) -> dict[str, str]:
    """The values that no draft takes, not even an unfinished one."""
    found = {field.name: _bound(field, kept.get(field.name, "")) for field in row.fields}
    return {name: sentence for name, sentence in found.items() if sentence}


def _fault(field: NoticeField, value: str) -> str:
    if field.needed and not value:
        return f"请填写{field.label}。"
    return _bound(field, value)


def _bound(field: NoticeField, value: str) -> str:
    if len(value) > field.longest:
        return f"最多 {field.longest:,} 个字，现在 {len(value):,} 个。请删减。"
    if value and field.choices and value not in field.choices:
        return f"请选择{'或'.join(field.choices)}。"
    return ""


def _day(value: str) -> str:
    day = date.fromisoformat(value)
    return f"{day.year}年{day.month}月{day.day}日"


def _moment(value: str) -> str:
    at = datetime.fromisoformat(value).astimezone(SHANGHAI)
    return f"{at.year}年{at.month}月{at.day}日 {at:%H:%M}"


_SHOWN: Final[dict[Entry, Callable[[str], str]]] = {Entry.DAY: _day, Entry.MOMENT: _moment}


def shown_fields(row: NoticeRow, kept: Mapping[str, str]) -> dict[str, str]:
    """The values as papers print them, by the labels that templates use; what was not given is empty."""
    shown = {field.label: (_SHOWN.get(field.entry, str), kept.get(field.name, "")) for field in row.fields}
    return {label: show(value) if value else "" for label, (show, value) in shown.items()}

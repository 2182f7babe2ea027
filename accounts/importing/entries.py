"""One row of a list of enterprises: which enterprise it is, and what it says about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from typing import Any, Final

from accounts.importing.places import Places
from accounts.importing.register import Known
from accounts.models import Enterprise
from accounts.organisations import Contacts, EnterpriseDetails
from core.sheets.outcome import Change
from core.sheets.table_rules import TableRemark, TableRow

LABELS: Final[dict[str, str]] = {
    "name": "企业名称",
    "uscc": "信用代码",
    "region_code": "区县",
    "town_code": "镇街",
    "industry": "行业",
    "sector": "监管行业",
    "high_risk": "高危行业领域",
    "active": "经营状态",
    "principal_name": "主要负责人",
    "controller_name": "实际控制人",
    "address": "地址",
    "longitude": "经度",
    "latitude": "纬度",
}
CONTACTS: Final = tuple(one.name for one in fields(Contacts))
DETAILS: Final = tuple(one.name for one in fields(EnterpriseDetails))


class NotTaken(Exception):
    """The row cannot be taken; `reason` is shown beside it, with what was remarked on the way."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remarks: tuple[TableRemark, ...] = ()


@dataclass(slots=True, eq=False)
class Entry:
    """An enterprise of the register (`known`) or one to be registered, and what it shall be."""

    row: int
    known: Known | None
    details: EnterpriseDetails
    contacts: Contacts
    source: TableRow | None = None
    remarks: list[TableRemark] = field(default_factory=list)
    enterprise: Enterprise | None = None

    def remark(self, title: str, text: str, reason: str) -> None:
        """Add something a person should look at."""
        self.remarks.append(TableRemark(title, text, reason))

    def _before(self, name: str) -> Any:
        value = getattr(self.known, name)
        return value or "" if name == "uscc" else value

    def changes(self, places: Places) -> tuple[Change, ...]:
        """What stands there and what will, field by field; nothing for a new one."""
        return tuple(self._changes(places)) if self.known is not None else ()

    def _changes(self, places: Places) -> Iterator[Change]:
        for name, label in LABELS.items():
            before = self._before(name)
            after = getattr(self.details if name in DETAILS else self.contacts, name)
            if before != after:
                yield Change(label, _words(name, before, places), _words(name, after, places))

    def loaded(self) -> Enterprise:
        """The row of the register, once it is read or made."""
        if self.enterprise is None:
            raise LookupError(self.details.name)
        return self.enterprise


def _words(name: str, value: Any, places: Places) -> str:
    if name in ("region_code", "town_code"):
        return places.name(value)
    if name == "high_risk":
        return "是" if value else "否"
    if name == "active":
        return "在业" if value else "停业"
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)

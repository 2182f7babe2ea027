"""Links between enterprises from a file: named in columns of the list, or on a sheet of their own with dates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.importing.entries import Entry
from accounts.importing.reader import Reader
from accounts.models import EnterpriseLink
from accounts.organisations import LinkDetails, add_link, end_link
from accounts.queries.taken import pages
from accounts.rules import LINK_LABELS, LinkKind
from core.db import db
from core.sheets.outcome import Change, Outcome, RowOutcome, place_of, skipped_rows
from core.sheets.table_rules import TableReading, TableRemark, TableRow

HEADS: Final = 4
Standing = dict[tuple[int, int, LinkKind], tuple[int, date | None]]
Key = tuple[int, int, LinkKind]


@dataclass(frozen=True, slots=True, eq=False)
class Link:
    """That one enterprise is contractor, tenant … of the other; `ends` is the row of a known link that shall end."""

    enterprise: Entry
    other: Entry
    details: LinkDetails
    ends: int | None = None


@dataclass(slots=True)
class LinkPlan:
    """The links to be registered or ended, what to tell of each row, and the rows of the sheet of links."""

    to_write: list[Link] = field(default_factory=list)
    outcomes: tuple[RowOutcome, ...] = ()
    _changes: dict[Entry, list[Change]] = field(default_factory=lambda: defaultdict(list))
    _remarks: dict[Entry, list[TableRemark]] = field(default_factory=lambda: defaultdict(list))
    _planned: set[tuple[Entry, Entry, LinkKind]] = field(default_factory=set)

    def changes_of(self, entry: Entry) -> Sequence[Change]:
        """The links a row of the list brings."""
        return self._changes.get(entry, ())

    def remarks_of(self, entry: Entry) -> Sequence[TableRemark]:
        """What to remark about the links of a row of the list."""
        return self._remarks.get(entry, ())

    def entries(self) -> Iterable[Entry]:
        """The enterprises whose rows are needed for writing."""
        return [one for link in self.to_write for one in (link.enterprise, link.other)]

    def write(self, by: Actor, now: datetime) -> None:
        """Register and end the links, once the enterprises are there."""
        for link in self.to_write:
            enterprise = link.enterprise.loaded()
            if link.ends is None:
                add_link(enterprise, link.other.loaded().id, link.details, by=by, now=now)
            elif link.details.until is not None:
                row = db.session.get_one(EnterpriseLink, link.ends)
                end_link(enterprise, row, link.details.until, by=by, now=now)

    def say(self, entry: Entry, kind: LinkKind, name: str) -> None:
        """A link that a row of the list brings."""
        self._changes[entry].append(Change(LINK_LABELS[kind], "", name))

    def remark(self, entry: Entry, kind: LinkKind, name: str, reason: str) -> None:
        """A link that cannot be taken from a row of the list."""
        self._remarks[entry].append(TableRemark(LINK_LABELS[kind], name, reason))

    def plan(self, link: Link) -> bool:
        """Whether the link is new to this plan; it is then written."""
        key = (link.enterprise, link.other, link.details.kind)
        if key in self._planned:
            return False
        self._planned.add(key)
        self.to_write.append(link)
        return True


UNKNOWN: Final = "没有登记，这份文件里也没有这家企业，或者同名的不止一家：没有登记这项关系"
ITSELF: Final = "是本企业自己，没有登记这项关系"
NOT_KEPT: Final = "本企业不在本单位管辖范围内，不能登记它的关系"


def plan_links(reader: Reader, entries: Sequence[Entry], sheet: TableReading | None) -> LinkPlan:
    """The links of the columns, then those of the sheet."""
    plan = LinkPlan()
    named = [(entry, kind, name) for entry in entries for kind in LinkKind for name in _named(entry, kind)]
    of_columns = [(entry, kind, name, reader.named(name)) for entry, kind, name in named]
    of_sheet = [(row, reader.named(row.text("enterprise")), reader.named(row.text("other"))) for row in _rows(sheet)]
    found = [one for *_, one in of_columns] + [one for _row, *both in of_sheet for one in both]
    standing = _standing([*entries, *(one for one in found if one is not None)])
    for entry, kind, name, other in of_columns:
        why = UNKNOWN if other is None else ITSELF if other is entry else ""
        if why or other is None:
            plan.remark(entry, kind, name, why)
        elif _key(entry, other, kind) not in standing and plan.plan(Link(entry, other, LinkDetails(kind))):
            plan.say(entry, kind, other.details.name)
    if sheet is not None:
        told = [(row.row, _of_sheet(plan, reader, standing, row, one, other, sheet)) for row, one, other in of_sheet]
        told += list(zip((s.row for s in sheet.skipped), skipped_rows(sheet, HEADS, sheet.sheet), strict=True))
        plan.outcomes = tuple(outcome for _row, outcome in sorted(told, key=lambda pair: pair[0]))
    return plan


def _named(entry: Entry, kind: LinkKind) -> Iterator[str]:
    if entry.source is not None:
        yield from entry.source.values.get(kind.value, ())


def _rows(sheet: TableReading | None) -> Sequence[TableRow]:
    return sheet.rows if sheet is not None else ()


def _key(enterprise: Entry, other: Entry, kind: LinkKind) -> Key | None:
    if enterprise.known is None or other.known is None:
        return None
    return enterprise.known.id, other.known.id, kind


def _standing(entries: Iterable[Entry]) -> Standing:
    """The registered links of these enterprises: by both ids and kind, the row and its end."""
    ids = sorted({entry.known.id for entry in entries if entry.known is not None})
    standing: Standing = {}
    for some in pages(ids):
        for link in db.session.scalars(select(EnterpriseLink).where(EnterpriseLink.enterprise_id.in_(some))):
            standing[link.enterprise_id, link.other_id, link.kind] = (link.id, link.until)
    return standing


def _of_sheet(
    plan: LinkPlan,
    reader: Reader,
    standing: Standing,
    row: TableRow,
    enterprise: Entry | None,
    other: Entry | None,
    sheet: TableReading,
) -> RowOutcome:
    kind = LinkKind(row.text("kind"))
    details = LinkDetails(kind, row.values.get("since"), row.values.get("until"))
    words = f"{row.text('enterprise')} 是 {row.text('other')} 的{LINK_LABELS[kind]}方"
    term = "—".join(day.isoformat() if day else "" for day in (details.since, details.until))
    cells = (words, "", "", term if term != "—" else "")
    place, remarks = place_of(row.row, sheet.sheet), list(row.remarks)

    def told(outcome: Outcome, reason: str = "", changes: tuple[Change, ...] = ()) -> RowOutcome:
        return RowOutcome(place, outcome, cells, reason, changes, tuple(remarks))

    if enterprise is None or other is None:
        unknown = row.text("enterprise" if enterprise is None else "other")
        return told(Outcome.SKIPPED, f"“{unknown}”{UNKNOWN}")
    if enterprise is other:
        return told(Outcome.SKIPPED, "两边是同一家企业，不能与自己关联")
    if not reader.may_keep(enterprise):
        return told(Outcome.SKIPPED, NOT_KEPT)
    if details.since and details.until and details.until < details.since:
        return told(Outcome.SKIPPED, "止日早于起日，请核对")
    registered = standing.get(_key(enterprise, other, kind) or (0, 0, kind))
    if registered is None:
        is_new = plan.plan(Link(enterprise, other, details))
        return told(Outcome.CREATED if is_new else Outcome.UNCHANGED, "" if is_new else "前面的行已写过这项关系")
    link_id, until = registered
    if details.until is None or details.until == until:
        return told(Outcome.UNCHANGED)
    if not plan.plan(Link(enterprise, other, details, ends=link_id)):
        return told(Outcome.UNCHANGED, "前面的行已写过这项关系")
    before = until.isoformat() if until else "没有止日"
    return told(Outcome.CHANGED, changes=(Change("止日", before, details.until.isoformat()),))

"""Whose hazard a row is: an enterprise of the register by code, else by name in its region, else a new one.

Names are compared without regard to blanks and full-width forms. Two enterprises of one name are never guessed at, and
a row whose code is valid and another's is another enterprise, whatever its name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, select, union_all

from accounts.models import Enterprise
from accounts.rules import core_of_name, sector_of
from core.db import db
from core.sheets import squeeze
from core.uscc import is_valid_uscc
from hazards.ledger import LedgerRow
from hazards.operations.importing.choices import NEW, SKIP, name_key
from hazards.operations.importing.places import Place
from hazards.operations.importing.unknown import Names

AT_ONCE = 500
LONGEST_NAME = 200
PROPOSED = 3  # similar names for each unknown one
LOOKED_UP = 200  # unknown names for which names that begin alike are read too
BEGINNING, NEAR, CLOSE = 4, 20, 0.75  # characters they share, how many are read, how like they are
TOGETHER = 50  # of them in one query
LAST_CHARACTER = "\U0010ffff"
_LOOKS_LIKE_ONE = re.compile(r"(?:公司|厂|矿|集团|店|商场|市场|酒店|宾馆|医院|学校|幼儿园|合作社|加油站)$")


class NotTaken(Exception):
    """The row cannot be taken; `reason` is shown beside it."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Alike(NamedTuple):
    """A registered enterprise whose name is like an unknown one."""

    id: int
    name: str


@dataclass(slots=True)
class Owner:
    """An enterprise of the register (`id`), or one to be registered with this import (`id` None)."""

    id: int | None
    name: str
    uscc: str
    region_code: str
    region_path: str
    industry: str
    sector: str
    town_code: str | None = None
    address: str = ""
    principal_name: str = ""
    unknown_key: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        """By what rows of this enterprise are known again: its code, and its name in its region."""
        by_name = f"{self.region_code}:{squeeze(self.name)}"
        return (self.uscc, by_name) if self.uscc else (by_name,)


class Said(NamedTuple):
    """Something to remark on the row: which field, its text, why."""

    field: str
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Found:
    """Whose the row is, and what to remark about it."""

    owner: Owner
    remarks: tuple[Said, ...] = ()


@dataclass(slots=True)
class Enterprises:
    """The enterprises that the rows of one file may mean, read at once, and those that the file makes known.

    `told` is where rows belong that name no known region, `own` where those belong that name none at all; `only` is
    the one enterprise of all rows.
    """

    names: Names
    named_to: ColumnElement[bool]  # enterprises whose names the importer may be told
    regions_like: Callable[[str], list[tuple[str, str]]]
    told: Place | None = None
    own: Place | None = None
    only: Owner | None = None
    by_code: dict[str, Owner] = field(default_factory=dict)
    by_name: dict[str, list[Owner]] = field(default_factory=dict)
    _by_id: dict[int, Owner] = field(default_factory=dict)
    _alike: dict[tuple[str, str], list[Alike]] = field(default_factory=dict)
    _asked: dict[tuple[str, str], None] = field(default_factory=dict)

    def read(self, rows: Sequence[LedgerRow]) -> None:
        """Read every enterprise whose code or name stands in these rows."""
        codes = {row.uscc for row in rows if row.uscc}
        names = {way for row in rows for name in (row.enterprise_name, row.owner_name) for way in _writings(name)}
        meant = {int(one) for one in self.names.decisions.enterprises.values() if one.isdecimal() and len(one) < 19}
        for owner in (
            *_owners(Enterprise.uscc, codes),
            *_owners(Enterprise.name, names),
            *_owners(Enterprise.id, meant),
        ):
            if owner.id not in self._by_id:
                self._keep(owner)

    def _keep(self, owner: Owner) -> None:
        if owner.id is not None:
            self._by_id[owner.id] = owner
        if owner.uscc:
            self.by_code.setdefault(owner.uscc, owner)
        self.by_name.setdefault(squeeze(owner.name), []).append(owner)

    def of_row(self, row: LedgerRow, place: Place | None) -> Found:
        """Whose the row is; raises `NotTaken` where that cannot be told."""
        if self.only is not None:
            return self._as_told(row, self.only)
        names_none = not (row.region_name or row.region_code)
        where = place or self.told or (self.own if names_none else None)
        return self._by_code(row, place) or self._by_name(row, where) or self._decided(row, where)

    def _as_told(self, row: LedgerRow, owner: Owner) -> Found:
        if row.uscc and row.uscc != owner.uscc:
            raise NotTaken(f"信用代码 {row.uscc} 不是这次导入的企业“{owner.name}”")
        name = squeeze(row.enterprise_name)
        if not name or name == squeeze(owner.name):
            return Found(owner)
        if name in self.by_name or _LOOKS_LIKE_ONE.search(name):
            raise NotTaken(f"写的是“{row.enterprise_name[:60]}”，不是这次导入的企业“{owner.name}”")
        return Found(owner, (Said("enterprise_name", row.enterprise_name, f"不是企业名称：记在“{owner.name}”名下"),))

    def _by_code(self, row: LedgerRow, place: Place | None) -> Found | None:
        owner = self.by_code.get(row.uscc) if row.uscc else None
        if owner is None:
            return None
        said = []
        if row.enterprise_name and squeeze(row.enterprise_name) != squeeze(owner.name):
            reason = f"这个信用代码登记的企业是“{owner.name}”：记在它名下"
            said.append(Said("enterprise_name", row.enterprise_name, reason))
        if place is not None and place.code != owner.region_code:
            reason = "与登记的企业所在区县不同：以登记的为准"
            said.append(Said("region_name", row.region_name or row.region_code, reason))
        return Found(owner, tuple(said))

    def _by_name(self, row: LedgerRow, place: Place | None) -> Found | None:
        same = self.by_name.get(squeeze(row.enterprise_name), []) if row.enterprise_name else []
        here = [owner for owner in same if place is None or owner.region_code == place.code]
        here = [owner for owner in here if not _is_another(row.uscc, owner.uscc)]
        if len(here) > 1:
            raise NotTaken(f"登记有 {len(here)} 家“{row.enterprise_name[:60]}”，请在文件里写明区县和统一社会信用代码")
        return Found(here[0], self._about_code(row, here[0])) if here else None

    def _about_code(self, row: LedgerRow, owner: Owner) -> tuple[Said, ...]:
        """What to say where the name fits and the codes do not; a code that a new enterprise lacks is taken."""
        if not row.uscc or row.uscc == owner.uscc:
            return ()
        if owner.uscc:
            return (Said("uscc", row.uscc, f"与登记的 {owner.uscc} 不同：按企业名称认定，请核对"),)
        if owner.id is None:
            owner.uscc = row.uscc
            self.by_code[row.uscc] = owner
            return ()
        return (Said("uscc", row.uscc, f"登记的“{owner.name}”没有信用代码：没有改动，请核对后补上"),)

    def _decided(self, row: LedgerRow, place: Place | None) -> Found:
        """An unknown enterprise: what the person decided about its name, else a new one where that is confirmed."""
        if not row.enterprise_name:
            raise NotTaken(f"没有企业名称，信用代码 {row.uscc} 也没有登记")
        if place is None:
            raise NotTaken(self._about_region(row))
        key = name_key("enterprise", row.enterprise_name, place.code)
        decision = self.names.decided("enterprise", key)
        name, region = row.enterprise_name, place.code
        self.names.note("enterprise", key, name, row.row, lambda: self.similar(name, region))
        self._asked[name, region] = None
        if decision.isdecimal():
            meant = self._by_id.get(int(decision))
            if meant is None:
                raise NotTaken(f"给“{name[:60]}”选的企业没有登记，请重新选择")
            return Found(meant)
        if decision == SKIP:
            raise NotTaken(f"按您的选择不导入“{name[:60]}”的隐患")
        if decision != NEW and not self.names.confirmed:
            raise NotTaken(f"“{name[:60]}”还没有登记：请先确认是新企业还是已登记的哪一家")
        owner = _new_owner(row, place, key)
        self._keep(owner)
        return Found(owner)

    def _about_region(self, row: LedgerRow) -> str:
        named = row.region_name or row.region_code
        if not named:
            return "企业还没有登记，没有写区县：请补上，或用 --region 指明"
        key = name_key("region", named)
        self.names.note("region", key, named, row.row, lambda: self.regions_like(named))
        if self.names.decided("region", key) == SKIP:
            return f"按您的选择不导入“{named[:40]}”的隐患"
        return f"企业还没有登记，“{named[:40]}”不是登记的区县：请补上，或用 --region 指明"

    def read_alike(self) -> None:
        """Read what is registered in their regions under names similar to those of the unknown enterprises.

        By the index over the core of names: the very core for all of them in a few queries, names that begin alike
        for the first of them.
        """
        cores = dict.fromkeys((region, core_of_name(name)) for name, region in self._asked)
        columns = select(Enterprise.id, Enterprise.name, Enterprise.region_code, Enterprise.name_core)
        columns = columns.where(self.named_to).order_by(Enterprise.id)
        by_region: dict[str, list[str]] = {}
        for region, core in cores:
            by_region.setdefault(region, []).append(core)
        for region, some_cores in by_region.items():
            for some in _pages(some_cores):
                same = columns.where(Enterprise.region_code == region, Enterprise.name_core.in_(some))
                for row in db.session.execute(same.limit(AT_ONCE)):
                    self._alike.setdefault((region, row.name_core), []).append(Alike(row.id, row.name))
        near = [pair for pair in list(cores)[:LOOKED_UP] if len(pair[1]) >= BEGINNING]
        for pairs in (near[start : start + TOGETHER] for start in range(0, len(near), TOGETHER)):
            found: dict[tuple[str, str], list[tuple[int, str, str]]] = {}
            for row in db.session.execute(
                _beginning_alike(sorted({(region, core[:BEGINNING]) for region, core in pairs}), self.named_to)
            ):
                found.setdefault((row.region_code, row.name_core[:BEGINNING]), []).append(
                    (row.id, row.name, row.name_core)
                )
            for region, core in pairs:
                self._add_near(region, core, found.get((region, core[:BEGINNING]), ()))

    def _add_near(self, region: str, core: str, rows: Iterable[tuple[int, str, str]]) -> None:
        found = self._alike.setdefault((region, core), [])
        known = {one.id for one in found}
        scored = [(SequenceMatcher(None, core, other).ratio(), Alike(of_id, name)) for of_id, name, other in rows]
        near = sorted((pair for pair in scored if pair[0] >= CLOSE and pair[1].id not in known), key=lambda p: -p[0])
        found += [one for _, one in near]

    def similar(self, name: str, region: str) -> list[tuple[str, str]]:
        """Registered enterprises this may be, the likeliest first: id and name."""
        return [(str(one.id), one.name) for one in self._alike.get((region, core_of_name(name)), ())[:PROPOSED]]

    def about_new(self, owner: Owner, row: LedgerRow) -> tuple[Said, ...]:
        """What to remark on the row with which a new enterprise is registered; nothing where a person decided it."""
        said: list[Said] = []
        if self.names.decided("enterprise", owner.unknown_key) != NEW:
            said.append(Said("enterprise_name", owner.name, "新建企业：登记里没有这家企业"))
            same = self._alike.get((owner.region_code, core_of_name(owner.name)), ())
            if same:
                said.append(
                    Said("enterprise_name", owner.name, f"与已登记的“{same[0].name}”相近：按新企业登记，请核对")
                )
        if row.town_name and owner.town_code is None:
            said.append(Said("town_name", row.town_name, "区县下没有登记这个镇街：企业的镇街留空"))
        return tuple(said)

    def concerned(self, name: str, owner: Owner) -> int | None:
        """The enterprise named as owner or landlord, where one of the same region alone bears the name."""
        same = [one for one in self.by_name.get(squeeze(name), ()) if one.region_code == owner.region_code]
        found = same[0].id if name and len(same) == 1 else None
        return found if found != owner.id else None


def _new_owner(row: LedgerRow, place: Place, key: str) -> Owner:
    return Owner(
        id=None,
        unknown_key=key,
        name=row.enterprise_name,
        uscc=row.uscc,
        region_code=place.code,
        region_path=place.whole_path,
        industry=row.industry[:60],
        sector=sector_of(row.industry),
        town_code=place.town_code,
        address=row.address[:300],
        principal_name=row.principal_name[:60],
    )


def _is_another(code: str, registered: str) -> bool:
    """Whether two codes are two enterprises: a mistyped one does not make another."""
    return bool(code and registered and code != registered and is_valid_uscc(code))


def _writings(name: str) -> set[str]:
    """A name as it may stand in the register: as written, and with the other kind of brackets."""
    if not name:
        return set()
    half = name.replace("（", "(").replace("）", ")")
    return {name, half, half.replace("(", "（").replace(")", "）"), squeeze(name)}


def _owners(column: Any, values: Collection[Any]) -> Iterator[Owner]:
    columns = (
        Enterprise.id,
        Enterprise.name,
        Enterprise.uscc,
        Enterprise.region_code,
        Enterprise.region_path,
        Enterprise.industry,
        Enterprise.sector,
        Enterprise.town_code,
    )
    for some in _pages(sorted(values)):
        wanted = select(*columns).where(column.in_(some), ~Enterprise.hidden)
        for row in db.session.execute(wanted.order_by(Enterprise.id)):
            yield Owner(row.id, row.name, row.uscc or "", *row[3:])


def owner_by_code(code: str) -> Owner | None:
    """The registered enterprise of this code."""
    return next(_owners(Enterprise.uscc, {code}), None)


def owner_by_id(enterprise_id: int) -> Owner | None:
    """The registered enterprise of this id."""
    return next(_owners(Enterprise.id, {enterprise_id}), None)


def _beginning_alike(beginnings: Sequence[tuple[str, str]], named_to: ColumnElement[bool]) -> Any:
    """Some enterprises whose names begin so, in each of these regions: one query of bounded parts."""
    columns = select(Enterprise.id, Enterprise.name, Enterprise.region_code, Enterprise.name_core)
    parts = []
    for region, begin in beginnings:
        within = (Enterprise.name_core >= begin) & (Enterprise.name_core < begin + LAST_CHARACTER)
        some = columns.where(named_to, Enterprise.region_code == region, within).limit(NEAR).subquery()
        parts.append(select(some))
    return union_all(*parts)


def _pages(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))

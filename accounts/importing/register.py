"""The enterprises of the register that a file may mean, read at once by code and by name, within the viewer's scope."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import select

from accounts.models import Enterprise
from accounts.queries.taken import pages, taken_usccs
from accounts.rules import core_of_name
from core.db import db
from core.sheets import squeeze
from core.uscc import is_valid_uscc, normal_uscc


@dataclass(frozen=True, slots=True)
class Known:
    """A registered enterprise as it stands."""

    id: int
    name: str
    uscc: str | None
    region_code: str
    town_code: str | None
    region_path: str
    industry: str
    sector: str
    high_risk: bool
    active: bool
    principal_name: str
    controller_name: str
    address: str
    longitude: float | None
    latitude: float | None


_COLUMNS: Final = tuple(getattr(Enterprise, name) for name in Known.__dataclass_fields__)


class Register:
    """What is registered under these codes and names; `taken` are the codes of enterprises nobody here may see."""

    def __init__(self, codes: Collection[str], names: Collection[str]) -> None:
        self.by_id: dict[int, Known] = {}
        self.by_code: dict[str, Known] = {}
        self._by_name: dict[str, list[Known]] = defaultdict(list)
        for known in (*_read(Enterprise.uscc, codes), *_read(Enterprise.name, {w for n in names for w in writings(n)})):
            if known.id not in self.by_id:
                self.by_id[known.id] = known
                self._by_name[squeeze(known.name)].append(known)
                if known.uscc:
                    self.by_code[known.uscc] = known
        self.taken = taken_usccs(set(codes) - self.by_code.keys())

    def named(self, name: str, region_code: str = "") -> list[Known]:
        """Those of this name, in the region where one is given."""
        same = self._by_name.get(squeeze(name), ())
        return [known for known in same if not region_code or known.region_code == region_code]


def _read(column: Any, values: Collection[str]) -> Iterator[Known]:
    for some in pages(sorted(values)):
        for row in db.session.execute(select(*_COLUMNS).where(column.in_(some)).order_by(Enterprise.id)):
            yield Known(*row)


def alike(names: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """For pairs of region and name: the name of a registered enterprise of the region that reads nearly the same."""
    wanted: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for region, name in names:
        wanted[region][core_of_name(name)].append(name)
    found: dict[tuple[str, str], str] = {}
    columns = select(Enterprise.name_core, Enterprise.name).order_by(Enterprise.id)
    for region, cores in wanted.items():
        for some in pages(sorted(cores)):
            here = columns.where(Enterprise.region_code == region, Enterprise.name_core.in_(some))
            for core, registered in db.session.execute(here):
                for name in cores[core]:
                    found.setdefault((region, name), registered)
    return found


def code_in(text: str) -> str:
    """The text as a credit code, where it may be one by its length and characters; else ""."""
    code = normal_uscc(text)
    return code if len(code) == 18 and code.isascii() and code.isalnum() else ""


def is_another(code: str, registered: str | None) -> bool:
    """Whether two codes are two enterprises: a mistyped one does not make another."""
    return bool(code and registered and code != registered and is_valid_uscc(code))


def writings(name: str) -> set[str]:
    """A name as it may stand in the register: as written, and with the other kind of brackets."""
    half = name.replace("（", "(").replace("）", ")")
    return {name, half, half.replace("(", "（").replace(")", "）"), squeeze(name)} if name else set()

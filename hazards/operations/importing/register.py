"""What the register already holds of the rows of a file: by merge key, by its own number, or by the same facts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy import ColumnElement, select, union

from core.db import db
from hazards.ledger import LedgerRow, merge_key, whole_key
from hazards.models import Hazard, Signature, SignOffRequest
from hazards.operations.importing.enterprises import NotTaken, Owner
from hazards.operations.importing.values import COMPARED
from workflows.vocabulary import Grade, RequestStatus, State

AT_ONCE = 500
OWN_NUMBER: Final = re.compile(r"YH-\d{6}-\d{4}-\d{6}")
_COLUMNS: Final = ("id", "number", "version", "enterprise_id", "merge_key", *COMPARED)


@dataclass(frozen=True, slots=True)
class Standing:
    """A hazard of the register: what a merge compares, and whether anybody has signed or is asked to sign."""

    id: int
    number: str
    version: int
    enterprise_id: int
    is_signed: bool
    values: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claim:
    """A row with its enterprise; `keys` in the order of preference, the first is kept with a new hazard.

    By `once` it is known where it came in before, whole or split otherwise than now.
    """

    row: LedgerRow
    owner: Owner
    keys: tuple[str, ...]
    once: tuple[str, ...] = ()


def claim(row: LedgerRow, owner: Owner) -> Claim:
    """The row as its enterprise's; the code in the file is tried too, where the register has none or another."""
    whose = dict.fromkeys([*owner.keys, *([row.uscc] if row.uscc else [])])
    keys = tuple(dict.fromkeys(merge_key(row, enterprise=one) for one in whose))
    if row.part:
        return Claim(row, owner, keys, tuple(whole_key(row, enterprise=one) for one in whose))
    if row.parts:
        first = replace(row, part=1, description=row.parts[0], original=row.description)
        return Claim(row, owner, keys, tuple(merge_key(first, enterprise=one) for one in whose))
    return Claim(row, owner, keys)


@dataclass(slots=True)
class Register:
    """Hazards that rows may be known again as, read at once."""

    _by_key: dict[str, Standing] = field(default_factory=dict)
    _by_number: dict[str, Standing] = field(default_factory=dict)
    _by_facts: dict[tuple[int, str], Standing] = field(default_factory=dict)

    def read(self, claims: Sequence[Claim]) -> None:
        """Read them: some queries for each few hundred rows, none for a single one."""
        for some in _pages(sorted({key for one in claims for key in (*one.keys, *one.once)})):
            self._by_key |= {str(row.merge_key): found for row, found in _standing(Hazard.merge_key.in_(some))}
        numbers = {one.row.number.upper() for one in claims if OWN_NUMBER.fullmatch(one.row.number.upper())}
        for some in _pages(sorted(numbers)):
            self._by_number |= {found.number: found for _, found in _standing(Hazard.number.in_(some))}
        self._read_own(claims)

    def _read_own(self, claims: Sequence[Claim]) -> None:
        """Hazards that did not come by import: known again by enterprise, day found, place and text."""
        days = {one.row.found_on for one in claims if one.row.found_on is not None}
        owners = {one.owner.id: one.owner for one in claims if one.owner.id is not None}
        if not days:
            return
        for some in _pages(sorted(owners)):
            wanted = Hazard.merge_key.is_(None) & Hazard.enterprise_id.in_(some)
            for _, found in _standing(wanted & Hazard.found_on.between(min(days), max(days))):
                key = _facts_key(found, owners[found.enterprise_id])
                self._by_facts.setdefault((found.enterprise_id, key), found)

    def known(self, one: Claim) -> Standing | None:
        """The hazard that the row is known as; raises `NotTaken` where its number is another enterprise's."""
        found = self._by_number.get(one.row.number.upper()) or self._by_key.get(one.keys[0])
        if found is not None and found.enterprise_id != one.owner.id:
            raise NotTaken(f"编号 {one.row.number[:40]} 登记在别的企业名下，请核对")
        same = (self._by_key.get(key) for key in (*one.keys, *one.once))
        of_this = (had for had in same if had is not None and had.enterprise_id == one.owner.id)
        return found or next(of_this, None) or self._same_facts(one)

    def _same_facts(self, one: Claim) -> Standing | None:
        if one.owner.id is None or not self._by_facts:
            return None
        return self._by_facts.get((one.owner.id, merge_key(replace(one.row, number=""), enterprise=one.owner.keys[0])))


def _facts_key(found: Standing, owner: Owner) -> str:
    bare = LedgerRow(
        row=0,
        state=State.REPORTED,
        grade=Grade.GENERAL,
        grade_declared=False,
        basis_pending=False,
        description=found.values["description"],
        place=found.values["place"],
        found_on=found.values["found_on"],
    )
    return merge_key(bare, enterprise=owner.keys[0])


def _standing(wanted: ColumnElement[bool]) -> list[tuple[Any, Standing]]:
    columns = [getattr(Hazard, name) for name in _COLUMNS]
    rows = db.session.execute(select(*columns).where(wanted, ~Hazard.hidden).order_by(Hazard.id.desc())).all()
    signed = signed_among([row.id for row in rows])
    return [
        (row, Standing(row.id, row.number, row.version, row.enterprise_id, row.id in signed, dict(row._mapping)))
        for row in reversed(rows)
    ]


def signed_among(ids: Sequence[int]) -> set[int]:
    """Hazards with a signature, or with a request that waits for one: nothing of them is changed by a file."""
    found: set[int] = set()
    for some in _pages(ids):
        given = select(Signature.hazard_id).where(Signature.hazard_id.in_(some))
        asked = select(SignOffRequest.hazard_id).where(
            SignOffRequest.hazard_id.in_(some), SignOffRequest.status == RequestStatus.OPEN
        )
        found |= set(db.session.scalars(union(given, asked)))
    return found


def _pages(values: Sequence[Any]) -> Iterable[Sequence[Any]]:
    return (values[start : start + AT_ONCE] for start in range(0, len(values), AT_ONCE))

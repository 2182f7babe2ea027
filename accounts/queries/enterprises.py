"""Queries of enterprises, their links and their units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import bindparam, or_, select, tuple_

from accounts.models import Enterprise, EnterpriseLink, OrgUnit
from core.db import db
from core.prepared import Prepared
from core.refusals import NotFound
from core.scope import everything
from core.uscc import normal_uscc

PAGE = 50
AT_ONCE = 500


def get_enterprise(enterprise_id: int) -> Enterprise:
    """An enterprise the viewer may see, else `NotFound`."""
    found = db.session.scalar(select(Enterprise).where(Enterprise.id == enterprise_id))
    if found is None:
        raise NotFound("找不到这家企业，或者不在您的管理范围内。请核对。")
    return found


def enterprise_by_uscc(code: str) -> Enterprise | None:
    """An enterprise the viewer may see, by its code as anybody may write it."""
    plain = normal_uscc(code)
    return db.session.scalar(select(Enterprise).where(Enterprise.uscc == plain)) if plain.isalnum() else None


def is_uscc_taken(code: str, but_id: int | None = None) -> bool:
    """Whether any enterprise, seen or not, has this code."""
    with everything("uniqueness"):
        holder = db.session.scalar(select(Enterprise.id).where(Enterprise.uscc == normal_uscc(code)))
    return holder is not None and holder != but_id


def are_usccs_taken(codes: Sequence[str]) -> bool:
    """Whether any enterprise, seen or not, has one of these codes (normal ones, see `normal_uscc`)."""
    for start in range(0, len(codes), AT_ONCE):
        wanted = select(Enterprise.id).where(Enterprise.uscc.in_(codes[start : start + AT_ONCE])).limit(1)
        with everything("uniqueness"):
            if db.session.scalar(wanted) is not None:
                return True
    return False


@dataclass(frozen=True, slots=True)
class EnterprisePage:
    """One page of a search; `next_after` is the key of the next page, None on the last."""

    rows: tuple[Enterprise, ...]
    next_after: tuple[str, int] | None


def search_enterprises(text: str = "", after: tuple[str, int] | None = None, limit: int = PAGE) -> EnterprisePage:
    """Enterprises the viewer sees, by a part of the name or the beginning of the code, in the order of names."""
    wanted = select(Enterprise)
    if sought := text.strip():
        by_code = Enterprise.uscc.startswith(normal_uscc(sought) or sought, autoescape=True)
        wanted = wanted.where(or_(Enterprise.name.contains(sought, autoescape=True), by_code))
    if after is not None:
        wanted = wanted.where(tuple_(Enterprise.name, Enterprise.id) > after)
    found = db.session.scalars(wanted.order_by(Enterprise.name, Enterprise.id).limit(limit + 1)).all()
    rows = tuple(found[:limit])
    return EnterprisePage(rows, (rows[-1].name, rows[-1].id) if len(found) > limit else None)


class LinkRow(NamedTuple):
    """A link with the names of both enterprises."""

    link: EnterpriseLink
    enterprise_name: str
    other_name: str


def links_of(enterprise_id: int) -> list[LinkRow]:
    """The links of an enterprise, in either direction."""
    either = or_(EnterpriseLink.enterprise_id == enterprise_id, EnterpriseLink.other_id == enterprise_id)
    links = db.session.scalars(select(EnterpriseLink).where(either).order_by(EnterpriseLink.id)).all()
    names = enterprise_names({link.enterprise_id for link in links} | {link.other_id for link in links})
    return [LinkRow(link, names[link.enterprise_id], names[link.other_id]) for link in links]


def enterprise_names(enterprise_ids: Iterable[int]) -> dict[int, str]:
    """Names by id, of linked enterprises too."""
    wanted = set(enterprise_ids)
    rows = select(Enterprise.id, Enterprise.name).where(Enterprise.id.in_(wanted))
    with everything("names of linked enterprises"):
        return dict(db.session.execute(rows).all()) if wanted else {}


class UnitRow(NamedTuple):
    """A unit with its depth in the tree (0 for those directly under the enterprise)."""

    unit: OrgUnit
    depth: int


class UnitLine(NamedTuple):
    """A unit by its name, with its depth in the tree."""

    id: int
    name: str
    depth: int


def units_tree(enterprise_id: int, *, active: bool = True) -> list[UnitRow]:
    """The units of an enterprise the viewer may see, each before its children."""
    wanted = select(OrgUnit).where(OrgUnit.enterprise_id == enterprise_id).order_by(OrgUnit.id)
    units = db.session.scalars(wanted.where(OrgUnit.active) if active else wanted).all()
    return [UnitRow(unit, depth) for unit, depth in _in_order(units)]


def unit_lines(enterprise_id: int) -> list[UnitLine]:
    """The same of those in use as plain lines, for pages of an enterprise with hundreds of them."""
    return [UnitLine(row.id, row.name, depth) for row, depth in _in_order(_lines.all(enterprise=enterprise_id))]


_lines = Prepared(
    lambda: (
        select(OrgUnit.id, OrgUnit.name, OrgUnit.parent_id)
        .where(OrgUnit.enterprise_id == bindparam("enterprise"), OrgUnit.active)
        .order_by(OrgUnit.id)
    )
)


def _in_order(units: Sequence[Any]) -> Iterator[tuple[Any, int]]:
    known = {unit.id for unit in units}
    children: dict[int | None, list[Any]] = {}
    for unit in units:
        children.setdefault(unit.parent_id if unit.parent_id in known else None, []).append(unit)
    stack = [(unit, 0) for unit in reversed(children.get(None, []))]
    while stack:
        unit, depth = stack.pop()
        yield unit, depth
        stack.extend((child, depth + 1) for child in reversed(children.get(unit.id, [])))


def get_unit(enterprise_id: int, unit_id: int) -> OrgUnit:
    """A unit of this enterprise, else `NotFound`."""
    wanted = select(OrgUnit).where(OrgUnit.id == unit_id, OrgUnit.enterprise_id == enterprise_id)
    found = db.session.scalar(wanted)
    if found is None:
        raise NotFound("这家企业没有这个部门或班组。请核对。")
    return found


def unit_subtree(enterprise_id: int, unit_id: int) -> frozenset[int]:
    """The ids of a unit and of all units below it, closed ones too; past the scope, which is made from it."""
    with everything("scope of a unit"):
        pairs = db.session.execute(
            select(OrgUnit.id, OrgUnit.parent_id).where(OrgUnit.enterprise_id == enterprise_id)
        ).all()
    found = {unit_id}
    while True:
        more = {child for child, parent in pairs if parent in found} - found
        if not more:
            return frozenset(found)
        found |= more

"""Who sees what, in one place: every query of tenant data is filtered by the viewer's scope.

Rooms register a criterion for each of their tenant tables; a session-level hook adds it to every ORM statement. With no
viewer set nothing is found, so that a forgotten filter shows nothing rather than everything. What must look past the
scope (jobs, numbering, public pages, uniqueness) goes through `everything(reason)`; each use stands in a literal list
in tests/architecture.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, event, false
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria


@dataclass(frozen=True, slots=True)
class Viewer:
    """What a signed-in person may see, worked out once a request.

    An enterprise's person sees `enterprise_id` (and `unit_ids`, or all units where None) and what concerns it as
    landlord or client; a regulator's sees the subtree under `region_path` in `sectors` (all where None).
    """

    person_id: int
    enterprise_id: int | None = None
    unit_ids: tuple[int, ...] | None = None
    regulator_id: int | None = None
    region_path: str | None = None
    sectors: frozenset[str] | None = None
    own_reports_only: bool = False


class Tenant:
    """Marks a table whose rows belong to somebody: without a registered criterion nobody sees any of them."""


Criterion = Callable[[Any, Viewer], ColumnElement[bool]]

_viewer: ContextVar[Viewer | None] = ContextVar("viewer", default=None)
_unscoped: ContextVar[str] = ContextVar("unscoped", default="")
_guarded: dict[type[Any], Criterion] = {}


def guard(model: type[Any], criterion: Criterion) -> None:
    """Register the filter of a tenant table; done once, when the room is imported."""
    _guarded[model] = criterion
    _filters.cache_clear()


def guarded_models() -> frozenset[type[Any]]:
    """Every table under guard, for the test that no tenant table was forgotten."""
    return frozenset(_guarded)


@contextmanager
def viewing(viewer: Viewer | None) -> Iterator[None]:
    """Look with these eyes until the end of the block."""
    token = _viewer.set(viewer)
    try:
        yield
    finally:
        _viewer.reset(token)


def current_viewer() -> Viewer | None:
    """Whose eyes are looking now."""
    return _viewer.get()


@contextmanager
def everything(reason: str) -> Iterator[None]:
    """Look past the scope, for a reason that stands in the list of such places."""
    if not reason:
        raise ValueError("looking past the scope needs a reason")
    token = _unscoped.set(reason)
    try:
        yield
    finally:
        _unscoped.reset(token)


def _nothing(_model: Any, _viewer: Viewer) -> ColumnElement[bool]:
    return false()


@lru_cache(maxsize=512)
def _filters(viewer: Viewer | None, tables: tuple[type[Tenant], ...]) -> dict[type[Any], Any]:
    """The filter of every tenant table for these eyes; one whose room forgot to register it shows nothing.

    Kept for each viewer, since a filter depends on nothing else and making them all takes longer than most queries.
    """
    criteria = dict.fromkeys(tables, _nothing) | _guarded
    return {
        model: with_loader_criteria(
            model,
            false() if viewer is None else criterion(model, viewer),
            include_aliases=True,
            track_closure_variables=False,
        )
        for model, criterion in criteria.items()
    }


@event.listens_for(Session, "do_orm_execute")
def _filter(state: ORMExecuteState) -> None:
    if _unscoped.get() or state.is_column_load or not (state.is_select or state.is_update or state.is_delete):
        return
    filters = _filters(_viewer.get(), tuple(Tenant.__subclasses__()))
    if state.is_relationship_load:
        touched = {mapper.class_ for mapper in state.all_mappers}
        wanted = [one for model, one in filters.items() if model in touched]
    else:
        wanted = list(filters.values())
    state.statement = state.statement.options(*wanted)


def subtree(column: Any, path: str) -> ColumnElement[bool]:
    """Whether a region path lies in the subtree under `path` (which ends with a slash): an index range."""
    after: ColumnElement[bool] = (column >= path) & (column < path[:-1] + "0")
    return after

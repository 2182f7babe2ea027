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
from itertools import count
from typing import Any, Final

from sqlalchemy import BindParameter, ColumnElement, String, bindparam, event, false
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.orm import ORMExecuteState, Session, with_loader_criteria
from sqlalchemy.orm.interfaces import CriteriaOption
from sqlalchemy.sql.functions import FunctionElement

from core.db import Id


@dataclass(frozen=True, slots=True)
class Viewer:
    """What a signed-in person may see, worked out once a request.

    An enterprise's person sees `enterprise_id` (and `unit_ids`, or all units where None) and what concerns it as
    landlord or client; a regulator's sees the subtree under `region_path` in `sectors` (all where None).

    A filter is written once for each kind of viewer: there the values are parameters, which a statement takes from
    whoever looks when it runs. So a filter may ask whether a value is None, and compare columns with it, no more.
    """

    person_id: int
    enterprise_id: int | None = None
    unit_ids: tuple[int, ...] | None = None
    regulator_id: int | None = None
    region_path: str | None = None
    sectors: frozenset[str] | None = None
    own_reports_only: bool = False
    is_offered: bool = True  # whether hazards of other offices may wait for this one to receive them
    sees_whole: bool = False  # whether the region is the whole city, so that asking for it leaves nothing out


class Tenant:
    """Marks a table whose rows belong to somebody: without a registered criterion nobody sees any of them."""


Criterion = Callable[[Any, Viewer], ColumnElement[bool]]

_viewer: ContextVar[Viewer | None] = ContextVar("viewer", default=None)
_unscoped: ContextVar[str] = ContextVar("unscoped", default="")
_guarded: dict[type[Any], Criterion] = {}


def guard(model: type[Any], criterion: Criterion) -> None:
    """Register the filter of a tenant table; done once, when the room is imported."""
    _guarded[model] = criterion
    _eyes.cache_clear()


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


def is_unscoped() -> bool:
    """Whether the scope is looked past at this moment."""
    return bool(_unscoped.get())


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


# --- filters: made once for each kind of viewer; whose they are is read when a statement runs --------------------


def _of_viewer(name: str, kind: Any, *, many: bool = False) -> BindParameter[Any]:
    """A parameter of a statement that takes its value from whoever is looking when it runs."""
    return bindparam(f"viewer_{name}", type_=kind, expanding=many, callable_=lambda: getattr(_viewer.get(), name))


def _end_of_region() -> str:
    viewer = _viewer.get()
    return end_of_subtree(viewer.region_path) if viewer is not None and viewer.region_path else ""


_PERSON: Final[Any] = _of_viewer("person_id", Id)
_ENTERPRISE: Final[Any] = _of_viewer("enterprise_id", Id)
_UNITS: Final[Any] = _of_viewer("unit_ids", Id, many=True)
_REGULATOR: Final[Any] = _of_viewer("regulator_id", Id)
_REGION: Final[Any] = _of_viewer("region_path", String)
_REGION_END: Final[Any] = bindparam("viewer_region_end", type_=String, callable_=_end_of_region)


def _kind_of(viewer: Viewer) -> Viewer:
    """A viewer of the same kind with parameters in place of values, so that no filter can keep one person's values.

    Only what changes the text of a filter stays as it is.
    """
    return Viewer(
        _PERSON,
        None if viewer.enterprise_id is None else _ENTERPRISE,
        None if viewer.unit_ids is None else _UNITS,
        None if viewer.regulator_id is None else _REGULATOR,
        None if viewer.region_path is None else _REGION,
        viewer.sectors,
        viewer.own_reports_only,
        viewer.is_offered,
        viewer.sees_whole,
    )


_serials = count()


class _Eyes(CriteriaOption):
    """The filters of all tenant tables as one option: a statement pays for it once, however many tables there are.

    They are put in where a statement is compiled, and compiled statements are kept.
    """

    __slots__ = ("_filters", "_serial")
    propagate_to_loaders = False  # the statement of a relationship passes through `_filter` by itself

    def __init__(self, criteria: dict[type[Any], ColumnElement[bool]]) -> None:
        self._serial = next(_serials)
        self._filters = [
            with_loader_criteria(model, criterion, include_aliases=True, propagate_to_loaders=False)
            for model, criterion in criteria.items()
        ]

    def _gen_cache_key(self, anon_map: Any, bindparams: Any) -> tuple[Any, ...]:
        return (_Eyes, self._serial)

    def process_compile_state(self, compile_state: Any) -> None:
        """Give a statement that is being compiled every filter."""
        self.get_global_criteria(compile_state.global_attributes)

    def process_compile_state_replaced_entities(self, compile_state: Any, mapper_entities: Any) -> None:
        """The same where columns took the place of entities."""
        self.process_compile_state(compile_state)

    def get_global_criteria(self, attributes: dict[Any, Any]) -> None:
        """Give an update or a delete every filter."""
        for one in self._filters:
            one.get_global_criteria(attributes)


@lru_cache(maxsize=512)
def _eyes(viewer: Viewer | None, tables: tuple[type[Tenant], ...]) -> _Eyes:
    """The filter of every tenant table for a viewer of this kind; one whose room forgot to register shows nothing."""
    criteria = dict.fromkeys(tables, _nothing) | _guarded
    return _Eyes(
        {
            model: false() if viewer is None else criterion(model, _kind_of(viewer))
            for model, criterion in criteria.items()
        }
    )


@event.listens_for(Session, "do_orm_execute")
def _filter(state: ORMExecuteState) -> None:
    if state.is_column_load or not (state.is_select or state.is_update or state.is_delete):
        return
    filters = filters_now()
    if filters is not None:
        state.statement = state.statement.options(filters)


def filters_now() -> CriteriaOption | None:
    """The filters a statement needs at this moment; None only inside `everything`."""
    if _unscoped.get():
        return None
    viewer = _viewer.get()
    return _eyes(None if viewer is None else _plain_kind(viewer), tuple(Tenant.__subclasses__()))


def list_lengths() -> tuple[int, ...]:
    """How many values the viewer's own lists have, on which the text of a filter depends too."""
    viewer = _viewer.get()
    return () if viewer is None or viewer.unit_ids is None else (len(viewer.unit_ids),)


def _plain_kind(viewer: Viewer) -> Viewer:
    """What two viewers have in common whose filters read the same; hashable."""
    return Viewer(
        0,
        None if viewer.enterprise_id is None else 0,
        None if viewer.unit_ids is None else (),
        None if viewer.regulator_id is None else 0,
        None if viewer.region_path is None else "",
        viewer.sectors,
        viewer.own_reports_only,
        viewer.is_offered,
        viewer.sees_whole,
    )


def subtree(column: Any, path: Any, *, is_whole: bool = False) -> ColumnElement[bool]:
    """Whether a region path lies in the subtree under `path` (which ends with a slash): an index range.

    Of the whole city it is checked row by row: an index range of everything would keep SQLite from a better one.
    """
    column = Beside(column) if is_whole else column
    after: ColumnElement[bool] = (column >= path) & (
        column < (_REGION_END if path is _REGION else end_of_subtree(path))
    )
    return after


class Beside(FunctionElement[str]):
    """A column that SQLite compares without looking for an index by it; PostgreSQL knows better by itself."""

    inherit_cache = True
    type = String()


@compiles(Beside)
def _plainly(element: Beside, compiler: Any, **more: Any) -> str:
    return str(compiler.process(element.clauses, **more))


@compiles(Beside, "sqlite")
def _without_index(element: Beside, compiler: Any, **more: Any) -> str:
    return "+" + _plainly(element, compiler, **more)


def end_of_subtree(path: str) -> str:
    """The first path behind the subtree under `path`, as both databases order texts."""
    return path[:-1] + "0"

"""Finding hazards by words: number, description, place, what was learned, the enterprise by name, code and initials.

The index follows every change within its own transaction, whoever makes it: what a unit of work touched is noted when
it is flushed and written before it is committed. Rows also carry whose they are, so that the newest hits are the newest
of those who look; the scope is still applied to what is found.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Select, bindparam, event, func, inspect, select
from sqlalchemy.orm import Session

from accounts.models import Enterprise
from core.db import db, unit_of_work
from core.pinyin import initials_of
from core.prepared import Prepared, PreparedByShape
from core.scope import Viewer, current_viewer, everything, is_unscoped
from core.search import Entry, WordIndex, query_text
from core.search_words import Asked, Term, either, every, plain, terms_of, terms_of_initials, words_of
from hazards.models import Hazard, SignOffRequest
from workflows.vocabulary import RequestStatus

INDEX: Final = WordIndex("hazard")
NEWEST: Final = 1000  # a search stops at its newest hits, and the page says so
AT_ONCE: Final = 500
_NOTED: Final = "hazards_to_index"
_FIRMS_NOTED: Final = "enterprises_to_index"


@dataclass(frozen=True, slots=True)
class Hits:
    """What a search found: ids, newest first; `is_cut` where there are older ones that it did not look at."""

    ids: tuple[int, ...]
    is_cut: bool = False


# --- asking ----------------------------------------------------------------------------------------------------


def hits_of(query: str) -> Hits:
    """The newest hazards with all of these words, of those the viewer may see; nothing where nothing is sought."""
    words = words_of(query)
    whose = _whose()
    if not words or whose is None:
        return Hits(())
    dialect = db.session().get_bind().dialect.name
    asked = [*(term for word in words for term in word.terms), *whose]
    given = {f"exactly{place}": word.plain for place, word in enumerate(word for word in words if word.exactly)}
    statement = _newest.of(dialect, bool(asked), len(given))
    found = statement.scalars(**given, **({"query": query_text(dialect, every(asked))} if asked else {}))
    return Hits(tuple(found[:NEWEST]), is_cut=len(found) > NEWEST)


def _newest_ids(dialect: str, has_terms: bool, exactly: int) -> Select[Any]:
    return INDEX.newest(dialect, has_terms, range(exactly), NEWEST + 1)


_newest = PreparedByShape(_newest_ids)


def _whose() -> list[Asked] | None:
    """Terms that leave only what the viewer may see, or a little more; None where nobody is looking."""
    viewer = current_viewer()
    if is_unscoped():
        return []
    if viewer is None:
        return None
    if viewer.enterprise_id is not None:
        return [Term(f"e{viewer.enterprise_id}")]
    return _of_region(viewer)


def _of_region(viewer: Viewer) -> list[Asked] | None:
    if viewer.region_path is None:
        return None
    codes = viewer.region_path.strip("/").split("/")
    here: list[Asked] = [Term(f"r{codes[-1]}")] if len(codes) > 1 else []
    if viewer.sectors is not None:
        here.append(either(Term(_sector(sector)) for sector in sorted(viewer.sectors)))
    if not here:
        return []
    return [either([every(here), Term(f"o{viewer.regulator_id}")])]


def _sector(sector: str) -> str:
    return "s" + "".join(f"{ord(character):x}z" for character in sector)


# --- keeping ---------------------------------------------------------------------------------------------------

_hazards = Hazard.__table__.c
_firms = Enterprise.__table__.c
_READ = (
    _hazards.id,
    _hazards.number,
    _hazards.description,
    _hazards.place,
    _hazards.cause,
    _hazards.similar_checked,
    _hazards.lasting_measure,
    _hazards.enterprise_id,
    _hazards.concerned_id,
    _hazards.region_path,
    _hazards.sector,
    _hazards.responsible_office_id,
)


def write(hazard_ids: Collection[int]) -> None:
    """Write the words of these hazards into the index; inside a unit of work."""
    ids = sorted(set(hazard_ids))
    for start in range(0, len(ids), AT_ONCE):
        page = ids[start : start + AT_ONCE]
        with everything("words to be found by"):
            offered = _offers.all(ids=page)
            rows = _read.all(ids=page)
        offices: dict[int, list[int]] = {}
        for one in offered:
            offices.setdefault(one.hazard_id, []).append(one.target_office_id)
        INDEX.put(db.session().connection(), [_entry(row, offices.get(row.id, ())) for row in rows])


_read = Prepared(
    lambda: (
        select(*_READ, _firms.name.label("firm"), _firms.initials.label("initials"), _firms.uscc.label("uscc"))
        .join_from(Hazard, Enterprise, _firms.id == _hazards.enterprise_id)
        .where(_hazards.id.in_(bindparam("ids", expanding=True)))
    )
)
_offers = Prepared(
    lambda: select(SignOffRequest.hazard_id, SignOffRequest.target_office_id).where(
        SignOffRequest.hazard_id.in_(bindparam("ids", expanding=True)),
        SignOffRequest.target_office_id.is_not(None),
        SignOffRequest.status == RequestStatus.OPEN,
    )
)


def _entry(row: Any, offered_to: Sequence[int]) -> Entry:
    lessons = (row.cause, row.similar_checked, row.lasting_measure)
    texts = (row.number, row.description, row.place, row.firm, *filter(None, lessons))
    terms = {term for text in (*texts, row.uscc or "") for term in terms_of(text)}
    terms |= set(terms_of_initials(row.initials))
    return Entry(row.id, " ".join(sorted(terms | set(_owners(row, offered_to)))), "\n".join(plain(t) for t in texts))


def _owners(row: Any, offered_to: Sequence[int]) -> Iterator[str]:
    yield f"e{row.enterprise_id}"
    if row.concerned_id is not None:
        yield f"e{row.concerned_id}"
    yield from (f"r{code}" for code in row.region_path.strip("/").split("/"))
    yield _sector(row.sector)
    yield from (f"o{office}" for office in (row.responsible_office_id, *offered_to) if office is not None)


# --- following every change ------------------------------------------------------------------------------------

_FOUND_BY = (
    "number",
    "description",
    "place",
    "cause",
    "similar_checked",
    "lasting_measure",
    "enterprise_id",
    "concerned_id",
    "region_path",
    "sector",
    "responsible_office_id",
)


def _note(session: Session | None, where: str, row_id: int) -> None:
    if session is not None:
        session.info.setdefault(where, set()).add(row_id)


def _has_changed(row: Any, names: Iterable[str]) -> bool:
    attributes = inspect(row).attrs
    return any(attributes[name].history.has_changes() for name in names)


@event.listens_for(Hazard, "after_insert")
def _hazard_came(_mapper: Any, _connection: Any, hazard: Hazard) -> None:
    _note(inspect(hazard).session, _NOTED, hazard.id)


@event.listens_for(Hazard, "after_update")
def _hazard_changed(_mapper: Any, _connection: Any, hazard: Hazard) -> None:
    if _has_changed(hazard, _FOUND_BY):
        _note(inspect(hazard).session, _NOTED, hazard.id)


@event.listens_for(SignOffRequest, "after_insert")
@event.listens_for(SignOffRequest, "after_update")
def _offer_changed(_mapper: Any, _connection: Any, request: SignOffRequest) -> None:
    if request.target_office_id is not None:
        _note(inspect(request).session, _NOTED, request.hazard_id)


@event.listens_for(Enterprise, "after_update")
def _enterprise_changed(_mapper: Any, _connection: Any, enterprise: Enterprise) -> None:
    if _has_changed(enterprise, ("name", "initials", "uscc")):
        _note(inspect(enterprise).session, _FIRMS_NOTED, enterprise.id)


@event.listens_for(Session, "before_commit")
def _write_noted(session: Session) -> None:
    """Whatever the unit of work changed comes into the index with it, or not at all."""
    if session.info.keys().isdisjoint((_NOTED, _FIRMS_NOTED)):
        return
    session.flush()
    noted = session.info.pop(_NOTED, set())
    firms = sorted(session.info.pop(_FIRMS_NOTED, set()))
    if firms:
        with everything("words to be found by"):
            noted |= set(_of_firms.scalars(firms=firms))
    write(noted)


_of_firms = Prepared(lambda: select(Hazard.id).where(Hazard.enterprise_id.in_(bindparam("firms", expanding=True))))


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_NOTED, None)
    session.info.pop(_FIRMS_NOTED, None)


# --- making it again -------------------------------------------------------------------------------------------


def bring_up_to_date(_now: datetime) -> str:
    """The step of `flask init`: make the index where it is empty or incomplete, and initials where they are missing.

    Should the same text once give other terms, the index takes another name, and is empty at first.
    """
    _fill_initials()
    with unit_of_work() as session:
        INDEX.create(session.connection())
        with everything("words to be found by"):
            count = session.scalar(select(func.count()).select_from(Hazard)) or 0
            largest = session.scalar(select(func.max(Hazard.id))) or 0
        is_whole = INDEX.size(session.connection()) == (count, largest)
    return "" if is_whole else f"查找用的词：{rebuild()} 条隐患。"


def rebuild(_now: datetime | None = None) -> int:
    """Make the whole index again, a page at a time; how many hazards it holds. Until then a search finds less."""
    with unit_of_work() as session:
        INDEX.clear(session.connection())
    done = last = 0
    while True:
        with unit_of_work():
            with everything("words to be found by"):
                ids = _next.scalars(last=last)
            write(ids)
        if not ids:
            return done
        done, last = done + len(ids), ids[-1]


_next = Prepared(lambda: select(Hazard.id).where(Hazard.id > bindparam("last")).order_by(Hazard.id).limit(AT_ONCE))


def _fill_initials() -> None:
    """Enterprises from before there were initials."""
    lacking = select(Enterprise).where(Enterprise.initials == "", Enterprise.name != "").order_by(Enterprise.id)
    last = 0
    while True:
        with unit_of_work() as session, everything("words to be found by"):
            found = session.scalars(lacking.where(Enterprise.id > last).limit(AT_ONCE)).all()
            for enterprise in found:
                enterprise.initials = initials_of(enterprise.name)
                last = enterprise.id
        if not found:
            return

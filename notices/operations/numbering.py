"""The numbers of an office's notices: taken one after the other without a gap, and how they are to read.

The counter of a series is locked from the taking of a number to the commit, so that a number that was taken and rolled
back is taken by the next, and none is double or missing (domain.md §7: a voided number stays used).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select

from accounts.access import Actor
from accounts.history import record
from accounts.models import Regulator
from core.db import db
from core.numbering import last_number, take_numbers
from core.refusals import Conflict, Invalid
from core.scope import everything
from notices.models import Notice, NumberPattern
from notices.number_patterns import Numbering, first_of, numbering_of, prefix_of, series_key, year_of
from notices.numbers import LARGEST, fixed_text, number_text, pattern_faults, read_number
from notices.operations.texts import refuse_others
from workflows.notices import NoticeKind

AT_A_TIME: Final = 2_000


@dataclass(frozen=True, slots=True)
class TakenNumber:
    """A number that is now the notice's: its series and year, its place in them, and how it reads."""

    series: str
    year: int
    sequence: int
    number: str


def take_number(office: Regulator, kind: NoticeKind, *, now: datetime) -> TakenNumber:
    """The next number of this kind, inside the running unit of work: whoever asks next waits for its end.

    Raises `Conflict` where the number stands on another paper already (the office's prefix was changed since).
    """
    year, all_kinds = year_of(now), numbering_of(office)
    row = all_kinds[kind]
    first = first_of(all_kinds, row.series, year)
    sequence = take_numbers(series_key(office.id, row.series, year), 1, after=first - 1)
    number = number_text(row.pattern, prefix_of(office), row.word, year, sequence)
    with everything("whether a number was given out before"):
        used = db.session.scalar(select(Notice.id).where(Notice.office_id == office.id, Notice.number == number))
    if used is not None:
        raise Conflict(f"文号{number}已经用过，没有编号。请在「文号」中核对写法和字头，改正后再办。")
    return TakenNumber(row.series, year, sequence, number)


# --- how numbers read ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NumberingSaid:
    """What an editor says of a kind: its pattern, the series it takes part in, this year's first number if any."""

    pattern: str
    series: str
    first: int | None = None


def set_numbering(office: Regulator, kind: NoticeKind, said: NumberingSaid, *, by: Actor, now: datetime) -> None:
    """Change how a kind is numbered from now on; numbers given out stay as they are.

    Raises `NotAllowed` for who may not; `Invalid` with the field for a pattern that is wrong, would make numbers twice
    or one that exists, for a series nobody has, and for a first number where the year has begun.
    """
    refuse_others(by, office, "文号")
    all_kinds, year = numbering_of(office, lock=True), year_of(now)
    pattern = said.pattern.strip()
    _refuse_faults(pattern, office, all_kinds[kind])
    _refuse_unknown_series(said.series, kind, all_kinds)
    first = _first_allowed(office, said, kind, all_kinds, year)
    wanted = all_kinds | {kind: _with(all_kinds[kind], pattern, said.series, first, year)}
    _refuse_twins(office, kind, wanted)
    _refuse_repeats(office, kind, wanted, year)
    _keep(office, wanted[kind], by=by, now=now)
    record(office, "numbering_changed", by=by, now=now, notice=kind.value, pattern=pattern, series=said.series)


def _with(row: Numbering, pattern: str, series: str, first: int | None, year: int) -> Numbering:
    begun = (first, year) if first is not None else (1, None)
    return Numbering(row.kind, pattern, series, *begun)


def _refuse_faults(pattern: str, office: Regulator, row: Numbering) -> None:
    if faults := pattern_faults(pattern, prefix_of(office), row.word):
        raise Invalid("文号写法不对。", fields={"pattern": "".join(faults)})


def _refuse_unknown_series(series: str, kind: NoticeKind, all_kinds: dict[NoticeKind, Numbering]) -> None:
    known = {row.series for row in all_kinds.values()} | {own_series(kind, all_kinds)}
    if series not in known:
        raise Invalid("序号不对。", fields={"series": "没有这一套序号。请从列表中选。"})


def own_series(kind: NoticeKind, all_kinds: dict[NoticeKind, Numbering]) -> str:
    """The name of a series of this kind alone: the one it has to itself, else its code, or that with the next digit."""
    others = {row.series for row in all_kinds.values() if row.kind is not kind}
    if all_kinds[kind].series not in others:
        return all_kinds[kind].series
    names = (kind.value, *(f"{kind.value}-{place}" for place in range(2, len(all_kinds) + 3)))
    return next(name for name in names if name not in others)


def _first_allowed(
    office: Regulator, said: NumberingSaid, kind: NoticeKind, all_kinds: dict[NoticeKind, Numbering], year: int
) -> int | None:
    """The first number asked for; kept as it was where the year of the series has begun."""
    begun = last_number(series_key(office.id, said.series, year))
    row = all_kinds[kind]
    kept = row.first if row.first_year == year and row.series == said.series else None
    if said.first is None or (begun is not None and said.first == kept):
        return kept if begun is not None else None
    if not 1 <= said.first <= LARGEST:
        raise Invalid("首号不对。", fields={"first": f"首号在 1 和 {LARGEST} 之间。"})
    if begun is not None:
        raise Invalid("首号不能再改。", fields={"first": f"{year} 年已编到 {begun} 号，首号不能再改。请留空。"})
    return said.first


def _refuse_twins(office: Regulator, kind: NoticeKind, wanted: dict[NoticeKind, Numbering]) -> None:
    """Two kinds whose numbers read alike must count together, or each number would come twice."""
    mine = wanted[kind]
    text = fixed_text(mine.pattern, prefix_of(office), mine.word)
    for other in wanted.values():
        same = fixed_text(other.pattern, prefix_of(office), other.word) == text
        if same and other.series != mine.series:
            sentence = f"与《{other.kind.label}》的文号写法相同，却各编各的序号，会重号。请改写法，或与它共用序号。"
            raise Invalid("文号会重复。", fields={"pattern": sentence})


def _refuse_repeats(office: Regulator, kind: NoticeKind, wanted: dict[NoticeKind, Numbering], year: int) -> None:
    """A number that stands on a paper must not come again: neither this year's still to come, nor a later year's."""
    mine = wanted[kind]
    last = last_number(series_key(office.id, mine.series, year))
    coming = first_of(wanted, mine.series, year) if last is None else last + 1
    for number in _given_out(office, mine, year):
        read = read_number(number, mine.pattern, prefix_of(office), mine.word)
        if read is not None and (read[0] > year or (read[0] == year and read[1] >= coming)):
            sentence = f"照这样编，已用过的{number}会再出现一次。请改写法，或换一套序号。"
            raise Invalid("文号会重复。", fields={"pattern": sentence})


def _given_out(office: Regulator, mine: Numbering, year: int) -> Iterator[str]:
    """The office's numbers of this year and later that begin as this kind's will, some at a time."""
    head, last = fixed_text(mine.pattern, prefix_of(office), mine.word).split("{", 1)[0], 0
    its = (Notice.office_id == office.id, Notice.year >= year, Notice.number.startswith(head, autoescape=True))
    while True:
        wanted = select(Notice.id, Notice.number).where(*its, Notice.id > last).order_by(Notice.id).limit(AT_A_TIME)
        with everything("whether a number would be given out again"):
            found = db.session.execute(wanted).all()
        yield from (number for _id, number in found if number)
        if len(found) < AT_A_TIME:
            return
        last = found[-1][0]


def _keep(office: Regulator, row: Numbering, *, by: Actor, now: datetime) -> None:
    kept = db.session.scalar(
        select(NumberPattern).where(NumberPattern.regulator_id == office.id, NumberPattern.kind == row.kind)
    )
    if kept is None:
        kept = NumberPattern(regulator_id=office.id, kind=row.kind)
        db.session.add(kept)
    kept.pattern, kept.series = row.pattern, row.series
    kept.first, kept.first_year = row.first, row.first_year
    kept.changed_by_id, kept.changed_at = by.person_id, now

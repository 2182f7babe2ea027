"""Rows of ledger `regulator`: every major hazard open at any moment of a period, as it stood at its last instant.

They are read from the versions each operation leaves behind (`standing.py`), so the same period gives the same rows
whenever it is asked for (domain.md §8).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, and_, func, or_, select

from core.days import shanghai_day
from core.db import db
from hazards.deed import basis_text
from hazards.models import SignOffRequest
from reports.regulator_columns import RegulatorRow
from reports.rules import Period
from reports.standing import COUNTED as COUNTED
from reports.standing import READ_AT_ONCE as READ_AT_ONCE
from reports.standing import VERSION, VERSIONS
from reports.standing import LedgerScope as LedgerScope
from reports.standing import Reader as Reader
from reports.standing import standing as standing
from workflows.closure import ACTIONS
from workflows.deadlines import RUNNING
from workflows.vocabulary import Action, Category, Channel, Grade, ListingLevel, RequestStatus, State, StopScope

_requests: Final[Any] = SignOffRequest.__table__.c


def count_by_state(
    period: Period, scope: LedgerScope, *, most: int = COUNTED, majors_only: bool = True
) -> dict[State, int]:
    """How many records of each state the ledger holds; stops counting one beyond `most`."""
    every = standing(select(VERSION.state), period, scope, majors_only=majors_only)
    found = every.limit(most + 1).subquery()
    rows = db.session.execute(select(found.c.state, func.count().label("number")).group_by(found.c.state))
    return {row.state: row.number for row in rows}


def regulator_rows(
    period: Period, scope: LedgerScope, reader: Reader, *, limit: int | None = None
) -> Iterator[RegulatorRow]:
    """The rows by district, town, enterprise and number, read piece by piece; only the first ones where limited."""
    wanted = standing(select(VERSION.content, _moved_here(period).label("moved_here")), period, scope)
    number = VERSION.content["number"].as_string()
    ordered = wanted.order_by(VERSION.region_path, VERSION.enterprise_id, number).limit(limit)
    for row in db.session.execute(ordered.execution_options(yield_per=READ_AT_ONCE)):
        yield ledger_row(row.content, reader, moved_here=row.moved_here)


_CHANGE_STATE = sorted({Action.REOPEN} | {row.action for row in ACTIONS.values() if row.to_state is not None})


def _moved_here(period: Period) -> ColumnElement[bool]:
    """Whether signatures in this register, not only a file that came in, had led to the state by then."""
    request = _requests
    completed = and_(request.status == RequestStatus.COMPLETED, request.action.in_(_CHANGE_STATE))
    sent_back = and_(request.status == RequestStatus.REFUSED, request.action == Action.CLOSE)
    return (
        select(request.id)
        .where(request.hazard_id == VERSION.hazard_id, request.ended_at < period.ends)
        .where(or_(completed, sent_back))
        .correlate(VERSIONS)
        .exists()
    )


# --- from a version's content to a row -------------------------------------------------------------------------

_PROVISIONAL = "整改期限暂计（该年工作日表未装载）"
CATEGORIES = {member.value: member.label for member in Category}
GRADES = {member.value: member.label for member in Grade}
_CHANNELS = {member.value: member.label for member in Channel}
LEVELS = {member.value: member.label for member in ListingLevel}
_STOPS = {member.value: member.label for member in StopScope}


class _Facts:
    """A version's content read like a hazard: what it does not hold is empty."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content

    def __getattr__(self, name: str) -> Any:
        return self._content.get(name, "")


def ledger_row(content: Mapping[str, Any], reader: Reader, *, moved_here: bool) -> RegulatorRow:
    """One version as the ledger prints it."""
    has = content.get
    facts: Any = _Facts(content)
    return RegulatorRow(
        number=content["number"],
        district=has("district"),
        town=has("town"),
        enterprise_name=content["enterprise_name"],
        uscc=has("uscc"),
        owner_name=has("owner_name"),
        industry=has("industry"),
        channel=channel_word(content["channel"], reader),
        inspected_by=has("check_office"),
        document_number=_document(content),
        found_on=day(has("found_on")),
        # an imported one was entered here on another day than it was reported; what its file says stands in the note
        reported_on=None if has("imported") else day_of(has("reported_at")),
        place=has("place"),
        category=CATEGORIES.get(has("category", "")),
        description=content["description"],
        criterion=basis_text(facts),
        measures=has("plan_measures"),
        responsible_person=has("responsible_person"),
        funds_fen=has("plan_money_fen", has("real_cost_fen")),
        first_deadline_on=day(has("deadline_first")) or has("deadline_text"),
        deadline_on=day(has("deadline")) or has("deadline_text"),
        extensions=has("extensions", 0),
        interim_controls=_lines(("预案", has("plan_contingency")), ("管控", has("interim_controls"))),
        stopped=_STOPS[has("stop_scope", StopScope.NONE)],
        listing=_listing(content),
        principal_told_on=day_of(has("principal_told_at")),
        controller_told_on=day_of(has("controller_told_at")),
        regulator=has("office"),
        regulator_person=has("office_person"),
        state=content["state"],
        overdue_days=_overdue(content, reader.last_day),
        applied_on=day_of(has("self_verified_at")),
        rectified_on=day(has("completed_on")),
        reinspected_on=day_of(has("verified_at")),
        reinspectors=has("reinspected_by"),
        closing_office=has("closed_by_office"),
        closed_on=day_of(has("closed_at")),
        struck_off_on=day(has("struck_off_on")),
        delisted_on=day(has("delisted_on")),
        penalty_numbers=has("penalty"),
        import_mark="导入" if has("imported") and not moved_here else None,
        remarks=_remarks(content),
    )


def day(text: str | None) -> date | None:
    """A day of a version's content."""
    return date.fromisoformat(text) if text else None


def day_of(text: str | None) -> date | None:
    """The Shanghai day of a moment of a version's content."""
    return shanghai_day(datetime.fromisoformat(text)) if text else None


def channel_word(code: str, reader: Reader) -> str:
    """How it came in, as its reader may know it."""
    return _CHANNELS[Channel.SUPERVISION if reader.for_enterprise and code == Channel.COMPLAINT else code]


def _document(content: Mapping[str, Any]) -> str | None:
    number, item = content.get("order_number"), content.get("order_item")
    return f"{number} 第 {item} 项" if number and item else number


def _listing(content: Mapping[str, Any]) -> str:
    level = content.get("listed_level")
    if not level:
        return StopScope.NONE.label
    named = (content.get("listed_office"), content.get("listed_number"))
    return "／".join([LEVELS[level], *(part for part in named if part)])


def _overdue(content: Mapping[str, Any], last_day: date) -> int | None:
    """Days past the deadline in force: to the ledger's day, or to the day the rectification was done."""
    deadline, state = day(content.get("deadline")), content["state"]
    if deadline is None or state == State.DISMISSED:
        return None
    done = day(content.get("completed_on")) or day_of(content.get("verified_at") or content.get("closed_at"))
    until = last_day if state in RUNNING else done
    return None if until is None else max(0, (until - deadline).days)


def _lines(*parts: tuple[str, str | None]) -> str | None:
    """Each part with its word before it; the one that stands alone without."""
    given = [(word, text) for word, text in parts if text]
    if len(given) < 2:
        return given[0][1] if given else None
    return "\n".join(f"{word}：{text}" for word, text in given)


def _remarks(content: Mapping[str, Any]) -> str | None:
    reason = content.get("dismissed_reason")
    found = [
        content.get("note"),
        f"原台账：{content['import_note']}" if content.get("import_note") else "",
        f"不予认定：{reason}" if reason and content["state"] == State.DISMISSED else "",
        "判定依据待确认" if content.get("basis_unconfirmed") else "",
        _PROVISIONAL if content.get("deadline_provisional") and content["state"] in RUNNING else "",
    ]
    return "；".join(text for text in found if text) or None

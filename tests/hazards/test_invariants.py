"""Random walks through the register itself: what its tables must say afterwards, whatever was tried in whatever order.

What is checked is read from the rows and written from the text of the rules, not with their help.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from random import Random

from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from core.calendar import load_calendar
from core.db import db
from core.models import Event
from core.scope import everything
from hazards import case as cases
from hazards.models import DeadlineChange, Hazard, HazardVersion, Signature, SignOffRequest, WorkRecord
from hazards.since_signed import changes_since_signed
from tests.clocks import START, FixedClock
from tests.faults.wholeness import assert_whole
from tests.hazards.city import City, build_city, hazard
from tests.hazards.walking import BEGINNINGS, Walk
from workflows.vocabulary import Action, RequestStatus

APPLICATIONS = {"企业自验并申请", "企业申请", "主要负责人申请"}
JUDGED = {Action.VERIFY, Action.RESUME, Action.CLOSE, Action.DISMISS, Action.RETURN}
AFTER_VERIFYING = {Action.CLOSE, Action.RETURN}
SETS_A_DEADLINE = {Action.ACCEPT, Action.ORDER, Action.EXTEND, Action.RETURN, Action.REOPEN, Action.REGRADE}
# what must have happened on some walk, or nothing was proved
SEEN = (
    "accept completed",
    "order completed",
    "plan completed",
    "verify refused",
    "verify void",
    "close completed",
    "dismiss completed",
    "regrade completed",
    "reopen completed",
    "changed since signed",
)

STEPS = 16
SETTINGS = settings(
    max_examples=26,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.generate,),  # a walk is read as it is; making it shorter would take minutes
    suppress_health_check=[*HealthCheck],
)


def test_whatever_anybody_tries_the_record_and_its_history_keep_the_rules(
    sqlite_context: Flask, clock: FixedClock
) -> None:
    city, tally = build_city(clock()), Counter[str]()

    @SETTINGS
    @given(beginning=st.integers(0, len(BEGINNINGS) - 1), seed=st.integers(0, 2**32))
    def walk_once(beginning: int, seed: int) -> None:
        walk = Walk(city, clock, beginning, tally)
        numbers = Random(seed)  # an even hand: small numbers would lead straight on
        for _ in range(STEPS):
            walk.step(numbers.randrange(10**6))
        with everything("test of invariants"):
            _assert_rules_kept(hazard(walk.number), city, tally)
        db.session.remove()

    walk_once()
    assert [what for what in SEEN if not tally[what]] == [], tally
    assert tally["refused to act"] > 20, tally
    assert_whole(sqlite_context)


def _assert_rules_kept(found: Hazard, city: City, tally: Counter[str]) -> None:
    events = list(
        db.session.scalars(
            select(Event).where(Event.subject_kind == "hazard", Event.subject_id == found.id).order_by(Event.seq)
        )
    )
    asked = select(SignOffRequest).where(SignOffRequest.hazard_id == found.id).order_by(SignOffRequest.id)
    rows = list(db.session.scalars(asked.options(selectinload(SignOffRequest.signatures))))
    tally.update(f"{row.action} {row.status}" for row in rows if row.status is RequestStatus.VOID)
    _state_is_what_history_replays(found, events)
    _nobody_signs_two_steps_but_the_shopkeeper(rows, events, city)
    _who_worked_never_judges_and_who_verified_never_closes(found, rows)
    _deadlines_are_moved_by_their_actions_only(found, rows)
    _versions_follow_one_another(found, events)
    _what_changed_since_it_was_signed_is_counted(found, tally)


def _state_is_what_history_replays(found: Hazard, events: list[Event]) -> None:
    """Closed is reached from verified by a close only, verified from rectifying by a verification."""
    state = ""
    for event in events:
        before, state = state, str(event.content.get("to", state))
        assert event.content.get("from", before) == before, (event.kind, event.content)
        assert event.content["state"] == state, (event.kind, event.content)
        if before == state:
            continue
        if state == "closed":
            assert (event.kind, event.content["action"], before) == ("sign", "close", "verified")
        if state == "verified":
            assert (event.kind, event.content["action"], before) == ("sign", "verify", "rectifying")
    assert state == found.state.value


def _nobody_signs_two_steps_but_the_shopkeeper(rows: list[SignOffRequest], events: list[Event], city: City) -> None:
    covering = {event.content["request"] for event in events if "covers" in event.content}
    for row in rows:
        signers = [signature.person_id for signature in row.signatures]
        if row.id in covering:
            assert row.action is Action.ACCEPT
            assert signers == [city.people["shop_principal"]] * 2
        else:
            assert len(signers) == len(set(signers))


def _who_worked_never_judges_and_who_verified_never_closes(found: Hazard, rows: list[SignOffRequest]) -> None:
    work = list(db.session.scalars(select(WorkRecord).where(WorkRecord.hazard_id == found.id)))
    for row, signature in _judgements(rows):
        since = _round_of(rows, signature.signed_at)
        worked = {one.person_id for one in work if since <= one.at <= signature.signed_at}
        assert row.action not in JUDGED or signature.person_id not in worked
        if row.action in AFTER_VERIFYING:
            verified = {
                one.person_id
                for earlier, one in _judgements(rows)
                if earlier.action is Action.VERIFY
                and earlier.status is RequestStatus.COMPLETED
                and since <= one.signed_at <= signature.signed_at
            }
            assert signature.person_id not in verified


def _judgements(rows: list[SignOffRequest]) -> Iterator[tuple[SignOffRequest, Signature]]:
    for row in rows:
        for signature in row.signatures:
            if signature.step_label not in APPLICATIONS:
                yield row, signature


def _round_of(rows: list[SignOffRequest], at: datetime) -> datetime:
    """When the round of this moment began: the last completed reopening before it, else the beginning."""
    ended = [row.ended_at for row in rows if row.action is Action.REOPEN and row.status is RequestStatus.COMPLETED]
    return max((moment for moment in ended if moment is not None and moment < at), default=START)


def _deadlines_are_moved_by_their_actions_only(found: Hazard, rows: list[SignOffRequest]) -> None:
    """Each deadline stands with the act that set it, the first one for good; the last one is in force."""
    wanted = select(DeadlineChange).where(DeadlineChange.hazard_id == found.id).order_by(DeadlineChange.id)
    changes = list(db.session.scalars(wanted))
    assert [found.deadline_first, found.deadline] == (
        [changes[0].deadline, changes[-1].deadline] if changes else [None, None]
    )
    for place, change in enumerate(changes):
        assert change.action in SETS_A_DEADLINE
        assert change.action is not Action.REGRADE or place == 0
        assert found.on_the_spot or _set_by(rows, change)


def _set_by(rows: list[SignOffRequest], change: DeadlineChange) -> bool:
    """A request of that action came into force then; a refused verification or closure acts as return."""
    for row in rows:
        if row.ended_at != change.at or row.status not in (RequestStatus.COMPLETED, RequestStatus.REFUSED):
            continue
        if row.status is RequestStatus.REFUSED:
            return change.action is Action.RETURN and row.action in (Action.VERIFY, Action.CLOSE)
        return row.action is change.action
    return False


def _what_changed_since_it_was_signed_is_counted(found: Hazard, tally: Counter[str]) -> None:
    loaded = cases.load(found, now=START, days=load_calendar())
    changes = changes_since_signed(loaded)
    assert found.changed_since_signed == len(changes)
    assert found.state.is_open or not changes
    tally["changed since signed"] += bool(changes)


def _versions_follow_one_another(found: Hazard, events: list[Event]) -> None:
    wanted = select(HazardVersion).where(HazardVersion.hazard_id == found.id).order_by(HazardVersion.version)
    versions = list(db.session.scalars(wanted))
    seen = {event.seq: event.content["version"] for event in events}
    for version in versions:
        assert version.digest == seen[version.version]
        assert version.content["state"] == version.state.value
    for earlier, later in pairwise(versions):
        assert earlier.valid_from <= earlier.valid_to == later.valid_from
        assert earlier.digest != later.digest
    assert versions[-1].valid_to is None
    assert versions[-1].digest == seen[len(events)]
    assert (versions[-1].state, versions[-1].ended_at is None) == (found.state, found.state.is_open)

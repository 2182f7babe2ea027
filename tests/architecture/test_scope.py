"""Looking past the scope is rare, and every place that does is listed here with its reason."""

from __future__ import annotations

import ast

import pytest
from flask import Flask

from core.scope import Tenant, Viewer, guarded_models
from tests.architecture.sources import ROOMS, calls, files, name

# file → reasons. Add a line only where a person would agree that the scope must be left.
PLACES: dict[str, set[str]] = {
    "core/audit.py": {"names of audited records"},
    "accounts/commands.py": {"command line"},
    "accounts/feeds.py": {"a calendar read by its secret"},
    "accounts/history.py": {"history of accounts"},
    "accounts/queries/enterprises.py": {"names of linked enterprises", "scope of a unit", "uniqueness"},
    "accounts/queries/people.py": {"log-in", "names of signers", "who may sign"},
    "accounts/queries/shifts.py": {"when units work, for the rules"},
    "accounts/queries/taken.py": {"uniqueness"},
    "accounts/routing.py": {"by which way people are told"},
    "accounts/sending.py": {"what is sent to people outside the product"},
    "accounts/signing_in.py": {"log-in"},
    "hazards/belongings.py": {"what belongs to a hazard"},
    "hazards/commands.py": {"command line"},
    "hazards/operations/co_signing.py": {"who co-signs for the landlord or client"},
    "hazards/operations/controls.py": {"checks of controls that are due"},
    "hazards/operations/effects.py": {"the original of a duplicate", "the receiving office of a transfer"},
    "hazards/operations/following.py": {
        "deadlines counted before the calendar was known",
        "open hazards of an enterprise that moved",
        "who has it now, after people came or went",
    },
    "inspections/operations/counting.py": {
        "figures of hazards that moved up",
        "whether a duty was settled",
        "which inspections should have seen a hazard",
    },
    "inspections/operations/settling.py": {
        "duties of all enterprises are settled",
        "duties of an enterprise whose shifts changed",
    },
    "reports/closing_check.py": {"closed months are verified"},
    "reports/closing_sweeping.py": {"months whose close died with its runner"},
    "reports/correction_reasons.py": {"why a closed month reads otherwise now"},
    "reports/jobs.py": {"a ledger is written for its person"},
    "reports/run_sweeping.py": {"ledgers whose days are over", "ledgers whose runner died"},
    "reports/tiers_ledger.py": {"lists of hazards already chosen within the scope"},
    "hazards/jobs.py": {"an import runs for its owner"},
    "hazards/operations/import_sweeping.py": {"imports nobody finished"},
    "hazards/operations/importing/__init__.py": {"import by command", "imports that were interrupted"},
    "hazards/operations/importing/taking_back.py": {"taking back an import", "whether an import may be taken back"},
    "hazards/listed.py": {"who answers for a list"},
    "hazards/operations/tiers.py": {
        "lists of an enterprise whose people changed",
        "lists of an enterprise whose shifts changed",
    },
    "hazards/operations/recurring.py": {"the closed hazard that came back"},
    "hazards/operations/handing_over.py": {"open work of a leaver"},
    "hazards/operations/reminding.py": {"reminders of what is due"},
    "hazards/operations/still_so.py": {"whether a message is still true"},
    "hazards/operations/reporting.py": {"who is told of a major hazard"},
    "hazards/operations/requests.py": {"deputies in force", "names of signers", "the named signer of a paper"},
    "hazards/operations/talking.py": {"who follows a hazard"},
    "hazards/operations/working.py": {"reminders of today", "who decides on an objection", "who did the work"},
    "hazards/recording.py": {"the versions of a hazard", "who has a hazard", "who is told that nobody can sign"},
    "hazards/search.py": {"words to be found by"},
    "hazards/seating.py": {"who may sign a step"},
    "hazards/timeline.py": {"names of signers"},
    "hazards/snapshot.py": {"names on a hazard's version"},
    "hazards/views/handing_over.py": {"open work of a leaver", "steps nobody can sign"},
    "notices/verifying.py": {"a paper's code proves the paper"},
    "inspections/operations/reminding.py": {"inspections not done today"},
    "inspections/queries/scanning.py": {"a follow code", "a scanned label"},
    "inspections/rollover.py": {"hazards that move up their lists"},
    "inspections/operations/plans.py": {"plans of a unit that is closed"},
    "inspections/operations/templates.py": {"the product's checklists"},
    "inspections/operations/failed_items.py": {"where a failed item was found"},
    "inspections/operations/finishing.py": {"who signs a led inspection"},
    "inspections/operations/starting.py": {"the plan of a task", "the running inspection of a task"},
    "inspections/queries/inspecting.py": {"the plan of an inspection"},
    "inspections/queries/staff.py": {"whose inspection it is"},
    "inspections/queries/desk.py": {"what became of planned inspections"},
    "inspections/queries/tasks.py": {"whose inspection it is"},
    "notices/closure_filling.py": {"a form printed by the operator"},
    "notices/commands.py": {"a form printed by the operator"},
    "notices/jobs.py": {"nobody is there any more for whom to do it", "notices are issued for whoever asked"},
    "notices/making.py": {"who makes out a notice"},
    "notices/operations/common.py": {"who takes the next step of a notice"},
    "notices/operations/following.py": {"papers of an enterprise that moved"},
    "notices/operations/issuing.py": {"whom a notice is addressed to"},
    "notices/operations/numbering.py": {
        "whether a number was given out before",
        "whether a number would be given out again",
    },
    "notices/waiting.py": {"whether a notice still waits"},
    "reports/commands.py": {"export of a ledger by the operator"},
    "reports/exchange/command.py": {"exchange file taken out by the operator"},
    "reports/exchange/reading.py": {"what stands beside versions that the reader was given"},
    "sample/commands.py": {"sample city"},
    "sample/seeding.py": {"synthetic data"},
}


def _found() -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for path in files():
        if name(path) == "core/scope.py":
            continue
        for call in calls(path, "everything"):
            reason = call.args[0] if call.args else None
            text = reason.value if isinstance(reason, ast.Constant) else ast.unparse(reason) if reason else ""
            found.setdefault(name(path), set()).add(str(text))
    return found


def test_every_place_that_looks_past_the_scope_is_listed() -> None:
    assert _found() == PLACES


def test_every_tenant_table_has_a_filter(sqlite_app: Flask) -> None:
    forgotten = {model.__name__ for model in Tenant.__subclasses__()} - {model.__name__ for model in guarded_models()}
    assert forgotten == set()


def test_a_viewer_of_nothing_sees_nothing() -> None:
    nobody = Viewer(person_id=1)
    assert (nobody.enterprise_id, nobody.region_path, nobody.sectors) == (None, None, None)


@pytest.mark.parametrize("room", ROOMS)
def test_raw_sql_stays_out_of_the_rooms_above_core(room: str) -> None:
    """`text("SELECT …")` would not be filtered; only core (anchors, backup, health) speaks it."""
    if room == "core":
        return
    spoken = [
        name(path)
        for path in files()
        if name(path).startswith(room + "/")
        for call in calls(path, "text")
        if call.args and isinstance(call.args[0], ast.Constant) and "select" in str(call.args[0].value).lower()
    ]
    assert spoken == []

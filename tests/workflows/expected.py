"""The closure workflow written out a second time, by hand, from the text of the field (domain.md §3).

Nothing here is computed from `workflows/`: it is the other half of a double-entry bookkeeping. Letters are those of
`cast.py`. A route reads from left to right; "S/P" is one step that either signs, "S P" two steps; `*` marks an
application, which judges nothing, `2` one of a pair, `>` the step of the office that receives.
"""

from __future__ import annotations

from typing import NamedTuple


class Kind(NamedTuple):
    """One kind of case: "verify", "major", "ordered"; `how` tells the variant where there is more than one."""

    action: str
    grade: str
    origin: str
    how: str = "plain"


G, M, S, O = "general", "major", "self_found", "ordered"  # noqa: E741  O as in the table's column

ROUTES: dict[Kind, str] = {
    # accept: what the enterprise found; the authority orders what it finds itself
    Kind("accept", G, S): "S/P",
    Kind("accept", M, S): "S P",
    Kind("accept", G, S, "ex_officio"): "R",
    Kind("accept", M, S, "ex_officio"): "R",
    # order
    Kind("order", G, O): "I2 I2",
    Kind("order", M, O): "I2 I2",
    # plan
    Kind("plan", M, S): "P",
    Kind("plan", M, O): "P",
    # verify
    Kind("verify", G, S): "S/M/P",
    Kind("verify", M, S): "P* I2 I2",
    Kind("verify", G, O): "S/P* I2 I2",
    Kind("verify", M, O): "P* I2 I2",
    # resume
    Kind("resume", M, S): "I R",
    Kind("resume", G, O): "I R",
    Kind("resume", M, O): "I R",
    # close
    Kind("close", G, S): "S/M/P/D",
    Kind("close", M, S): "R A",
    Kind("close", G, O): "R",
    Kind("close", M, O): "R A",
    # dismiss
    Kind("dismiss", G, S): "S",
    Kind("dismiss", M, S): "I R A",
    Kind("dismiss", G, O): "I R",
    Kind("dismiss", M, O): "I R A",
    # extend
    Kind("extend", G, S): "P/M",
    Kind("extend", M, S): "P* I R A",
    Kind("extend", G, O): "S/P* I R",
    Kind("extend", M, O): "P* I R A",
    Kind("extend", G, S, "late"): "P* R",
    Kind("extend", M, S, "late"): "P* I R A",
    Kind("extend", G, O, "late"): "S/P* I R",
    Kind("extend", M, O, "late"): "P* I R A",
    # regrade
    Kind("regrade", G, S, "up"): "S/I",
    Kind("regrade", G, O, "up"): "I",
    Kind("regrade", M, S, "down"): "I R A",
    Kind("regrade", M, O, "down"): "I R A",
    # return
    Kind("return", G, S): "S/M/P/D",
    Kind("return", M, S): "R/A",
    Kind("return", G, O): "R",
    Kind("return", M, O): "R/A",
    # reopen
    Kind("reopen", G, S): "S/P/I",
    Kind("reopen", M, S): "I R",
    Kind("reopen", G, O): "I R",
    Kind("reopen", M, O): "I R",
    # transfer
    Kind("transfer", G, S): "R R>",
    Kind("transfer", M, S): "R R>",
    Kind("transfer", G, O): "R R>",
    Kind("transfer", M, O): "R R>",
}

# A town's own order, always a general one: its officer reads for the inspector, its head for the reviewer; its orders
# and re-inspections are signed by two of the town.
TOWN_ROUTES: dict[str, str] = {
    "order": "o/h2 o/h2",
    "verify": "S/P* o/h2 o/h2",
    "resume": "o h",
    "close": "h",
    "dismiss": "o h",
    "extend": "S/P* o h",
    "regrade": "o",
    "return": "h",
    "reopen": "o h",
    "transfer": "h R>",
}

# Who may open: the responsible person (`.`), a safety manager, an inspector, whoever signs the first step. What only
# the authority does, or what rests on its order, the enterprise's people do not begin.
OPENERS: dict[Kind, str] = {
    Kind("accept", G, S): ". S P I",
    Kind("accept", M, S): ". S I",
    Kind("accept", G, S, "ex_officio"): "R",
    Kind("accept", M, S, "ex_officio"): "R",
    Kind("order", G, O): "I",
    Kind("order", M, O): "I",
    Kind("plan", M, S): ". S P I",
    Kind("plan", M, O): ". S P I",
    Kind("verify", G, S): ". S M P I",
    Kind("verify", M, S): ". S P I",
    Kind("verify", G, O): ". S P I",
    Kind("verify", M, O): ". S P I",
    Kind("resume", M, S): ". S I",
    Kind("resume", G, O): ". S I",
    Kind("resume", M, O): ". S I",
    Kind("close", G, S): ". S M P D I",
    Kind("close", M, S): ". S I R",
    Kind("close", G, O): "I R",
    Kind("close", M, O): "I R",
    Kind("dismiss", G, S): ". S I",
    Kind("dismiss", M, S): ". S I",
    Kind("dismiss", G, O): "I",
    Kind("dismiss", M, O): "I",
    Kind("extend", G, S): ". S M P I",
    Kind("extend", M, S): ". S P I",
    Kind("extend", G, O): ". S P I",
    Kind("extend", M, O): ". S P I",
    Kind("extend", G, S, "late"): ". S P I",
    Kind("extend", M, S, "late"): ". S P I",
    Kind("extend", G, O, "late"): ". S P I",
    Kind("extend", M, O, "late"): ". S P I",
    Kind("regrade", G, S, "up"): ". S I",
    Kind("regrade", G, O, "up"): "I",
    Kind("regrade", M, S, "down"): ". S I",
    Kind("regrade", M, O, "down"): "I",
    Kind("return", G, S): "S M P D I",
    Kind("return", M, S): "R A I",
    Kind("return", G, O): "R I",
    Kind("return", M, O): "R A I",
    Kind("reopen", G, S): ". S P I",
    Kind("reopen", M, S): ". S I",
    Kind("reopen", G, O): "I",
    Kind("reopen", M, O): "I",
    Kind("transfer", G, S): "R I",
    Kind("transfer", M, S): "R I",
    Kind("transfer", G, O): "R I",
    Kind("transfer", M, O): "R I",
}

# The same for a town's order; the inspector is the one of the office above.
TOWN_OPENERS: dict[str, str] = {
    "order": "o h I",
    "verify": ". S P o I",
    "resume": ". S o I",
    "close": "h o I",
    "dismiss": "o I",
    "extend": ". S P o I",
    "regrade": "o I",
    "return": "h o I",
    "reopen": "o I",
    "transfer": "h o I",
}

# From where an action leads to where; what is not here is refused.
FROM_TO: dict[str, dict[str, str]] = {
    "accept": {"reported": "rectifying"},
    "order": {"reported": "rectifying"},
    "plan": {"rectifying": "rectifying"},
    "verify": {"rectifying": "verified"},
    "resume": {"rectifying": "rectifying", "verified": "verified"},
    "close": {"verified": "closed"},
    "dismiss": {"reported": "dismissed", "rectifying": "dismissed"},
    "extend": {"rectifying": "rectifying"},
    "regrade": {"reported": "reported", "rectifying": "rectifying", "verified": "verified"},
    "return": {"verified": "rectifying"},
    "reopen": {"closed": "rectifying", "dismissed": "reported"},
    "transfer": {"reported": "reported", "rectifying": "rectifying", "verified": "verified"},
}
# Upward, what was verified by the rules of a general one is not verified.
REGRADE_UP_FROM_VERIFIED = "rectifying"

NOT_WHILE_LISTED = {"dismiss": ("plain",), "regrade": ("down",)}

# Who is kept from which action's judging steps: who did the work judges nothing, who verified does not close.
BARS: dict[str, tuple[str, ...]] = {
    "accept": (),
    "order": (),
    "plan": (),
    "verify": ("did_the_work",),
    "resume": ("did_the_work",),
    "close": ("did_the_work", "verified"),
    "dismiss": ("did_the_work",),
    "extend": (),
    "regrade": (),
    "return": ("did_the_work", "verified"),
    "reopen": (),
    "transfer": (),
}

_REPORT = "place description found_at category responsible_unit"
_JUDGED = "judged_grade responsible_person deadline interim_controls"
_ORDER = "order_number description legal_basis deadline"
_WORK = "result completed_on real_cost photo_after points co_signed"
_FIVE = "plan_measures plan_responsibility plan_money plan_deadline plan_contingency congress_told"
_SIX = f"{_FIVE} plan_situation plan_harm"
_WHOLE_WORK = f"{_WORK} plan_signed cause similar_checked lasting_measure"

# What must be in place: general self-found, major self-found, general ordered, major ordered; None: no such action.
IN_PLACE: dict[str, tuple[str | None, str | None, str | None, str | None]] = {
    "report": (_REPORT, f"{_REPORT} stop_note photo_before", _REPORT, f"{_REPORT} stop_note"),
    "accept": (
        f"{_JUDGED} photo_before",
        f"{_JUDGED} criterion_or_reason plan_due photo_before",
        None,
        None,
    ),
    "order": (None, None, _ORDER, _ORDER),
    "plan": (None, _SIX, None, _FIVE),
    "verify": (_WORK, _WHOLE_WORK, _WORK, _WHOLE_WORK),
    "resume": (None, *(("resume_checked resume_from",) * 3)),
    "close": ("reinspection",) * 4,
    "dismiss": ("reason",) * 4,
    "extend": ("reason new_deadline interim_controls",) * 4,
    # the two general columns go up, the two major ones down
    "regrade": (
        f"{_JUDGED} criterion_or_reason plan_due",
        "reason",
        f"{_JUDGED} criterion_or_reason plan_due",
        "reason",
    ),
    "return": ("reason new_deadline",) * 4,
    "reopen": ("reason new_deadline",) * 4,
    "transfer": ("reason target_office",) * 4,
}

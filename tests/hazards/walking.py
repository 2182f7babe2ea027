"""One hazard led at random through the register: by its next act, sideways, or by anybody who tries anything.

A walk is a list of numbers; each is one step. What is permitted is looked up where a step wants to get on; a blind
step asks nobody, so that the operations themselves have to refuse.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import product
from typing import Any

from sqlalchemy import select

from core.calendar import load_calendar
from core.days import shanghai_day
from core.db import db, unit_of_work
from core.refusals import Refusal
from core.scope import everything
from hazards import case as cases
from hazards.facts import offered_facts
from hazards.models import Hazard, HazardStanding
from hazards.operations import requests, working
from hazards.queries import hazard_by_number
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, photo, reported
from workflows.casefile import CaseFile
from workflows.closure import ACTIONS, Variant
from workflows.expected import next_action
from workflows.facts import Fact
from workflows.rulings import missing_for, permit_open, step_now
from workflows.vocabulary import Action, Channel, Grade, Manner, Verdict

PLAN = {
    "plan_measures": "加装监测报警装置并联锁",
    "plan_responsibility": "设备部",
    "plan_money_fen": 42_000_000,
    "plan_contingency": "冷却水中断现场处置方案",
    "plan_situation": "电炉投用时未配监测装置",
    "plan_harm": "可致炉体烧穿爆炸",
}
# (who reports, of which enterprise, through which channel, how dangerous, put right on the spot)
BEGINNINGS: tuple[tuple[str, str, Channel, Grade, bool], ...] = (
    ("leader", "plant", Channel.SELF_INSPECTION, Grade.GENERAL, False),
    ("leader", "plant", Channel.SELF_INSPECTION, Grade.MAJOR, False),
    ("worker", "plant", Channel.SELF_INSPECTION, Grade.GENERAL, True),
    ("shop_principal", "shop", Channel.SELF_INSPECTION, Grade.MAJOR, False),
    ("shop_principal", "shop", Channel.SELF_INSPECTION, Grade.GENERAL, False),
    ("inspector_a", "plant", Channel.SUPERVISION, Grade.MAJOR, False),
    ("inspector_b", "shop", Channel.SUPERVISION, Grade.GENERAL, False),
    ("town_officer", "plant", Channel.SUPERVISION, Grade.GENERAL, False),
)
SIDEWAYS = (Action.EXTEND, Action.REGRADE, Action.RETURN, Action.TRANSFER, Action.DISMISS, Action.REOPEN)


class Walk:
    """A hazard of the small city and the steps it has gone; `tally` counts what came of them."""

    def __init__(self, city: City, clock: FixedClock, beginning: int, tally: Counter[str]) -> None:
        self.city, self.clock, self.tally = city, clock, tally
        self.keys = {person: key for key, person in city.people.items()}
        by, where, channel, grade, spot = BEGINNINGS[beginning]
        more: dict[str, Any] = {"photos_after": (photo("green"),), "result": "已清理"} if spot else {}
        more |= {"channel": channel, "proposed_grade": grade, "on_the_spot": spot}
        self.doer = "head" if where == "plant" else "shop_principal"
        self.number = reported(city, by, clock(), enterprise_id=city.enterprises[where], **more)

    def step(self, number: int) -> None:
        """One step; a refusal is an answer too, and leaves the record as it was."""
        self.clock.advance(minutes=7)
        stood = self._stands()
        try:
            self._moves[number % len(self._moves)](self, number // len(self._moves))
        except Refusal:
            assert self._stands() == stood
            self.tally["refused to act"] += 1

    # --- steps ---------------------------------------------------------------------------------------------

    def _forward(self, rest: int, verdict: Verdict = Verdict.APPROVED) -> None:
        """The next act: the signature that is waited for, or the request that leads on."""
        case = self._case()
        if case.request is not None:
            now = step_now(case, case.request)
            assert now is not None
            self._sign(_pick(sorted(now.persons), rest), verdict, case.request.action)
        else:
            self._begin(next_action(case) or Action.REOPEN, rest, case)

    def _refuse(self, rest: int) -> None:
        self._forward(rest, Verdict.REFUSED)

    def _sideways(self, rest: int) -> None:
        """Whatever else may be begun here by somebody."""
        case = self._case()
        here = [action for action in SIDEWAYS if case.state in ACTIONS[action].from_states]
        self._begin(_pick(here, rest), rest // len(here), case)

    def _blind_request(self, rest: int) -> None:
        """Anybody asks for anything."""
        actions = [action for action in Action if action is not Action.REPORT]
        action = _pick(actions, rest)
        self._open(action, _pick(sorted(self.keys), rest // len(actions)), None)

    def _blind_signature(self, rest: int) -> None:
        """Anybody signs."""
        self._sign(_pick(sorted(self.keys), rest), Verdict.APPROVED, None)

    def _take_back(self, rest: int) -> None:
        """Whoever asked takes it back; or an inspector ends it."""
        request = self._case().request
        if request is None:
            return
        key, act = (self.keys[request.opened_by], requests.withdraw) if rest % 2 else ("inspector_a", requests.end)
        with self.city.eyes(key) as actor, unit_of_work():
            act(hazard_by_number(self.number), by=actor, reason="另行办理", now=self.clock())

    def _work(self, rest: int) -> None:
        """Somebody does the work; one of the managers may be named as having done it."""
        doers = () if self.doer != "head" else (self.city.people[_pick(["head", "manager", "plant_manager"], rest)],)
        facts = {
            "result": f"第 {rest} 次整改",
            "completed_on": shanghai_day(self.clock()),
            "real_cost_fen": 100,
            "cause": "设计时未考虑",
            "similar_checked": "已查其余 3 台",
            "lasting_measure": "列入检修规程",
        }
        done = working.Work(doers=doers, text="已整改", facts=facts, photos=(photo("green"),))
        with self.city.eyes(self.doer) as actor, unit_of_work():
            working.record_work(hazard_by_number(self.number), done, by=actor, now=self.clock())

    def _nights(self, rest: int) -> None:
        """Time passes, or what was written is corrected, which voids an open request."""
        if rest % 2:
            self.clock.advance(days=20)
            return
        key = "manager" if self.doer == "head" else self.doer
        with self.city.eyes(key) as actor, unit_of_work():
            changes = {"place": f"北区第 {rest} 炉"}
            working.correct(hazard_by_number(self.number), changes, by=actor, now=self.clock())

    # one in two steps leads on
    _moves: tuple[Callable[[Walk, int], None], ...] = (
        *[_forward] * 8,
        _refuse,
        _sideways,
        _sideways,
        _blind_request,
        _blind_signature,
        _take_back,
        _work,
        _nights,
    )

    # --- what steps are made of ----------------------------------------------------------------------------

    def _case(self) -> CaseFile:
        with everything("test city"):
            return cases.load(hazard_by_number(self.number), now=self.clock(), days=load_calendar()).case

    def _stands(self) -> Any:
        with everything("test city"):
            wanted = select(Hazard.version, HazardStanding.chain_length, HazardStanding.chain_head).join(
                Hazard.standing
            )
            return db.session.execute(wanted.where(Hazard.number == self.number)).one()

    def _begin(self, action: Action, rest: int, case: CaseFile) -> None:
        """Put in place what is missing, then let somebody who may ask for it."""
        case = self._case() if self._supply(action, case) else case
        facts = offered_facts(self._offer(action))
        variants = (Variant.EX_OFFICIO, None) if action is Action.ACCEPT and rest % 3 == 0 else (None,)
        for person, variant in product(_rotated(sorted(self.keys), rest), variants):
            if permit_open(case, action, person, offered=facts, variant=variant).allowed:
                self._open(action, person, variant)
                return
        self.tally["nobody may ask"] += 1

    def _supply(self, action: Action, case: CaseFile) -> bool:
        """Write the plan or record the work where that is what is missing; whether it was."""
        missing = {*missing_for(case, action)}
        if action is Action.PLAN and Fact.PLAN_MEASURES in missing:
            key = "manager" if self.doer == "head" else self.doer
            with self.city.eyes(key) as actor, unit_of_work():
                day = {"plan_deadline": self._in(30), "congress_told_on": shanghai_day(self.clock())}
                working.correct(hazard_by_number(self.number), PLAN | day, by=actor, now=self.clock())
            return True
        if action is Action.VERIFY and {Fact.RESULT, Fact.PHOTO_AFTER} & missing:
            self._work(0)
            self.clock.advance(minutes=1)
            return True
        return False

    def _open(self, action: Action, person: int, variant: Variant | None) -> None:
        acts.ask(self.city, self.number, action, self.keys[person], self.clock(), variant, **self._offer(action))
        self.tally[f"{action} asked for"] += 1

    def _sign(self, person: int, verdict: Verdict, action: Action | None) -> None:
        refused = verdict is Verdict.REFUSED
        moves = refused and action is Action.CLOSE
        with self.city.eyes(self.keys[person]) as actor, unit_of_work():
            done = requests.sign(
                hazard_by_number(self.number),
                by=actor,
                verdict=verdict,
                opinion="联锁未投用" if refused else "同意",
                manner=Manner.PASSWORD,
                now=self.clock(),
                new_deadline=self._in(20) if moves else None,
            )
            self.tally[f"{done.action} {done.status}"] += 1

    def _offer(self, action: Action) -> dict[str, Any]:
        """What a request of this action brings with it."""
        judged = {
            "responsible_person": "整改责任人",
            "responsible_person_id": self.city.people[self.doer],
            "deadline": self._in(40).isoformat(),
            "interim_controls": acts.CONTROLS,
            "plan_due": self._in(10).isoformat(),
            "criterion_reason": "可致群死群伤",
        }
        later = {"reason": "设备未到货", "new_deadline": self._in(60).isoformat()}
        office = "city" if self.clock().minute % 2 else "district"
        return {
            Action.ACCEPT: judged,
            Action.ORDER: judged | {"order_number": "责改〔2026〕118号", "order_basis": "安全生产法第六十五条"},
            Action.REGRADE: judged | {"reason": "可致群死群伤"},
            Action.EXTEND: later | {"interim_controls": acts.CONTROLS},
            Action.RETURN: later,
            Action.REOPEN: later,
            Action.DISMISS: {"reason": "现场核查不属实"},
            Action.RESUME: {"resume_checked": "联锁已投用", "resume_from": shanghai_day(self.clock()).isoformat()},
            Action.TRANSFER: {"reason": "属市级监管", "target_office_id": self.city.offices[office]},
        }.get(action, {})

    def _in(self, days: int) -> date:
        return shanghai_day(self.clock()) + timedelta(days=days)


def _rotated(items: list[Any], by: int) -> list[Any]:
    start = by % len(items)
    return items[start:] + items[:start]


def _pick(items: list[Any], number: int) -> Any:
    return items[number % len(items)]

"""Short verbs for tests of the loop: each acts as one person of the city in one unit of work."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from core.db import unit_of_work
from hazards.operations import requests, working
from hazards.operations.requests import Paper
from hazards.queries import hazard_by_number
from tests.hazards.city import City, photo
from workflows.closure import Variant
from workflows.vocabulary import Action, Manner, Verdict

CONTROLS = "专人值守，停用 2、3 号炉"


def ask(
    city: City,
    number: str,
    action: Action,
    by: str,
    now: datetime,
    variant: Variant | None = None,
    **offered: Any,
) -> None:
    """Open a request."""
    with city.eyes(by) as actor, unit_of_work():
        requests.open_request(hazard_by_number(number), action, by=actor, offered=offered, now=now, variant=variant)


def sign(
    city: City,
    number: str,
    *signers: str,
    now: datetime,
    verdict: Verdict = Verdict.APPROVED,
    opinion: str = "同意",
    new_deadline: date | None = None,
) -> None:
    """Sign the open request's next steps, one after the other."""
    for key in signers:
        with city.eyes(key) as actor, unit_of_work():
            requests.sign(
                hazard_by_number(number),
                by=actor,
                verdict=verdict,
                opinion=opinion,
                manner=Manner.PASSWORD,
                now=now,
                new_deadline=new_deadline,
            )


def paper(city: City, number: str, recorder: str, signed: Paper, now: datetime) -> None:
    """Record a signature given on paper."""
    with city.eyes(recorder) as actor, unit_of_work():
        requests.sign_on_paper(
            hazard_by_number(number), signed, by=actor, verdict=Verdict.APPROVED, opinion="", now=now
        )


def accept(city: City, number: str, *signers: str, now: datetime, **more: Any) -> None:
    """Ask for the acceptance and sign it."""
    offered = {
        "responsible_person": "部门负责人·喆",
        "responsible_person_id": city.people["head"],
        "deadline": "2026-12-15",
        "interim_controls": CONTROLS,
        "plan_due": "2026-11-26",
        "criterion_reason": "冷却水中断可致炉内爆炸",
    } | more
    ask(city, number, Action.ACCEPT, signers[0], now, **offered)
    sign(city, number, *signers, now=now)


def order(city: City, number: str, *signers: str, now: datetime, **more: Any) -> None:
    """Ask for the order and sign it."""
    offered = {
        "order_number": "（渝綦）应急责改〔2026〕118号",
        "order_basis": "《中华人民共和国安全生产法》第六十五条第一款第二项",
        "deadline": "2026-12-15",
        "responsible_person": "部门负责人·喆",
        "responsible_person_id": city.people["head"],
        "interim_controls": CONTROLS,
    } | more
    ask(city, number, Action.ORDER, signers[0], now, **offered)
    sign(city, number, *signers, now=now)


def plan(city: City, number: str, now: datetime, *, by: str = "manager", signer: str = "principal") -> None:
    """Write the plan down and have it signed."""
    with city.eyes(by) as actor, unit_of_work():
        working.correct(
            hazard_by_number(number),
            {
                "plan_measures": "加装出水温度、进出水流量差监测报警装置并与电源联锁",
                "plan_responsibility": "设备部，部门负责人·喆",
                "plan_money_fen": 42_000_000,
                "plan_deadline": date(2026, 12, 15),
                "plan_contingency": "冷却水中断现场处置方案；高位应急水箱常满",
                "plan_situation": "电炉投用时未配监测装置",
                "plan_harm": "可致炉体烧穿爆炸；改造须停炉三天",
                "congress_told_on": date(2026, 11, 16),
            },
            by=actor,
            now=now,
        )
    ask(city, number, Action.PLAN, by, now)
    sign(city, number, signer, now=now)


def work(city: City, number: str, now: datetime, *, by: str = "head", **facts: Any) -> None:
    """Record the work done by its recorder, with a photo of after."""
    values: dict[str, Any] = {
        "result": "已加装并联锁，试断水 18 秒报警断电",
        "completed_on": date(2026, 11, 16),
        "real_cost_fen": 39_600_000,
        "cause": "设计时未考虑",
        "similar_checked": "已查其余 3 台炉",
        "lasting_measure": "列入年度检修规程",
    } | facts
    with city.eyes(by) as actor, unit_of_work():
        done = working.Work(doers=(), text=str(values["result"]), facts=values, photos=(photo("green"),))
        working.record_work(hazard_by_number(number), done, by=actor, now=now)

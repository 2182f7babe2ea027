"""The parts of the handbook (docs/handbook/) that are rules: made from the rows in `workflows/`, never typed again.

A part stands between `<!-- made: NAME -->` and `<!-- end -->`. `python -m workflows.handbook` rewrites them all; a test
says when that was forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final

from accounts.roles import GRANTS, Role
from core.handbook import FOLDER
from workflows.casefile import RESPONSIBLE_OFFICE
from workflows.closure import (
    ACTIONS,
    AT_ONCE,
    MUST_BE_IN_PLACE,
    REPORTERS,
    ROUTES,
    SIX_PARTS,
    Origin,
    Receiver,
    Route,
    Step,
    Variant,
)
from workflows.controls import ALARM_OFFICE_AFTER, INTERVALS, USUAL
from workflows.deadlines import PERIODS
from workflows.facts import Fact
from workflows.investigations import Ground
from workflows.ladder import roles_at
from workflows.vocabulary import Action, Grade, State

_PART = re.compile(r"(<!-- made: (?P<name>[a-z-]+) -->\n).*?(<!-- end -->)", re.DOTALL)
_TOWN = "镇街自己责令的一般隐患"


def renewed(text: str) -> str:
    """The text with each made part renewed. Raises KeyError for a part nobody makes."""
    return _PART.sub(lambda found: f"{found[1]}\n{PARTS[found['name']]()}\n{found[3]}", text)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _or(roles: Iterable[Role]) -> str:
    return "或".join(role.label for role in roles)


# --- each action: who signs, what must be in place ----------------------------------------------------------------


def actions() -> str:
    """A section for each action: from which state, who signs, what must be in place, who is kept out."""
    return "\n".join(_action(action) for action in ACTIONS)


def _action(action: Action) -> str:
    row = ACTIONS[action]
    states = "、".join(f"「{state.label}」" for state in State if state in row.from_states)
    parts = [f"### {action.label} {{#{action.value}}}\n", f"在{states}时办理。\n", _signers(action)]
    if action in MUST_BE_IN_PLACE:
        parts.append(f"办理前要齐备：\n\n{_in_place(action)}")
    barred = ["实施整改的人"] * row.judges + ["签批过验收的人"] * row.closes
    if barred:
        parts.append(f"不能签的人：{'、'.join(barred)}。\n")
    if row.not_while_listed:
        parts.append("挂牌督办期间不能办理。\n")
    return "\n".join(parts)


def _signers(action: Action) -> str:
    rows = []
    for route in (route for route in ROUTES if route.action is action):
        kind = f"{route.grade.label}·{route.origin.label}"
        kind += f"（{route.variant.label}）" if route.variant is not Variant.PLAIN else ""
        rows.append((kind, _steps(route, town=False)))
        if (route.grade, route.origin) == (Grade.GENERAL, Origin.ORDERED) and route.variant is not Variant.LATE:
            rows.append((_TOWN, _steps(route, town=True)))
    return _table(("哪一种", "谁签，按次序"), dict.fromkeys(rows))


def _steps(route: Route, *, town: bool) -> str:
    told = f"；告知{_or(route.told)}" if route.told else ""
    alone = "（一人兼任的签一次）" if route.one_signature_if_alone else ""
    return " → ".join(_step(step, town=town) for step in route.steps) + alone + told


def _step(step: Step, *, town: bool) -> str:
    if step.receiver is Receiver.RECEIVING:
        return f"接收单位{_or(step.roles)}"
    roles = roles_at(step, RESPONSIBLE_OFFICE, town_order=town) if town else step.roles
    return _or(roles if step.side.value == "regulator" else step.roles) + ("（申请）" if step.applies else "")


def _in_place(action: Action) -> str:
    by_grade = MUST_BE_IN_PLACE[action]
    rows = [(grade.label, "；".join(fact.words for fact in facts)) for grade, facts in by_grade.items() if facts]
    return _table(("等级", "要齐备的"), rows) + _IN_PLACE_MORE.get(action, "")


_IN_PLACE_MORE: Final = {
    Action.REPORT: f"\n企业自查的重大隐患，上报时还要{'、'.join(fact.words for fact in AT_ONCE)}。\n",
    Action.PLAN: f"\n企业自查的，还要{'、'.join(fact.words for fact in SIX_PARTS)}。\n",
    Action.VERIFY: f"\n停产的重大隐患，还要{Fact.EVALUATION_REPORT.words}。\n",
    Action.CLOSE: "\n监管部门责令停产的，要先办恢复生产。\n",
    Action.REOPEN: f"\n已销号的，还要{Fact.NEW_DEADLINE.words}。\n",
}


# --- single tables ------------------------------------------------------------------------------------------------


def _reporters() -> str:
    rows = ((channel.label, "、".join(r.label for r in Role if r in roles)) for channel, roles in REPORTERS.items())
    return _table(("怎样发现的", "谁可以上报"), rows)


def _report_facts() -> str:
    return _in_place(Action.REPORT)


def _work_facts() -> str:
    return _in_place(Action.VERIFY)


def _plan_facts() -> str:
    return _in_place(Action.PLAN)


def _periods() -> str:
    units = {"working": "个工作日", "calendar": "日（自然日）", "hours": "小时"}
    rows = ((p.label, f"{p.number} {units[p.unit.value]}", p.starts, p.source) for p in PERIODS.values())
    return _table(("期限", "多长", "从何时起", "依据"), rows)


def _intervals() -> str:
    hours = "、".join(str(number) for number in INTERVALS)
    return (
        f"间隔可以选 {hours} 小时；没有定过的，按 {USUAL} 小时。"
        f"连续漏检 {ALARM_OFFICE_AFTER} 次，同时告知监管部门的检查人员。\n"
    )


def _grants() -> str:
    rows = ((giver.label, "、".join(r.label for r in Role if r in given)) for giver, given in GRANTS.items())
    return _table(("谁授予", "可以授予的角色"), rows)


def _grounds() -> str:
    return f"立案事由有：{'、'.join(ground.label for ground in Ground)}。\n"


PARTS: dict[str, Callable[[], str]] = {
    "actions": actions,
    "reporters": _reporters,
    "report": _report_facts,
    "plan": _plan_facts,
    "work": _work_facts,
    "periods": _periods,
    "intervals": _intervals,
    "grants": _grants,
    "grounds": _grounds,
}


def main() -> None:
    """Renew the made parts of every chapter."""
    for file in sorted(FOLDER.glob("*.md")):
        file.write_text(renewed(file.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()

"""The workflow for people to read: tables and diagrams of docs/closure.md, made from the rows the program runs on.

`python -m workflows.documentation` rewrites what stands between the markers; a test says when that was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from accounts.roles import Role, Side
from workflows.casefile import RESPONSIBLE_OFFICE
from workflows.closure import (
    ACTIONS,
    AT_ONCE,
    MUST_BE_IN_PLACE,
    REPORTERS,
    ROUTES,
    SIX_PARTS,
    ActionRow,
    OpenedBy,
    Origin,
    Receiver,
    Route,
    Step,
    Variant,
    target_state,
)
from workflows.deadlines import PERIODS
from workflows.facts import Fact
from workflows.ladder import roles_at
from workflows.vocabulary import Action, Grade, Label, State

DOCUMENT = Path(__file__).parent.parent / "docs" / "closure.md"
BEGIN = "<!-- made by `python -m workflows.documentation`: change workflows/, not this part -->"
END = "<!-- end of what is made -->"

_COLUMNS = tuple((grade, origin) for origin in Origin for grade in Grade)
_OPENS = {
    OpenedBy.ENTERPRISE: "责任人、安全管理人员、检查人员",
    OpenedBy.ENTERPRISE_IF_SELF_FOUND: "自查：责任人、安全管理人员、检查人员；责令：检查人员",
    OpenedBy.AUTHORITY: "检查人员",
}


def document(text: str) -> str:
    """The document with its made part renewed. Raises ValueError where the markers are missing."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError("docs/closure.md has lost its markers")
    return f"{head}{BEGIN}\n\n{diagram()}\n{tables_markdown()}\n{END}{tail}"


# --- diagrams --------------------------------------------------------------------------------------------------


def diagram() -> str:
    """States and what leads from one to the other: as mermaid, and in characters for a terminal."""
    edges = list(_edges())
    drawn = "\n".join(f"    {start} --> {end}: {' / '.join(labels)}" for start, end, labels in edges)
    named = "\n".join(f'    state "{state.label}" as {state.value}' for state in State)
    width = max(len(start) for start, _, _ in edges)
    typed = "\n".join(f"{start:>{width}} ──▶ {end:<{width}}  {', '.join(labels)}" for start, end, labels in edges)
    return (
        "## States\n\n"
        f"```mermaid\nstateDiagram-v2\n{named}\n    [*] --> reported: report\n{drawn}\n```\n\n"
        f"The same in characters:\n\n```\n{'':>{width}} ──▶ {State.REPORTED.value:<{width}}  report\n{typed}\n```\n"
    )


def _edges() -> Iterator[tuple[str, str, list[str]]]:
    """From, to, and the actions that lead there; a refused close acts as a return."""
    found: dict[tuple[str, str], list[str]] = {}
    for row, state, variant in _moves():
        label = row.action.value + (f" {variant.value}" if variant in (Variant.UP, Variant.DOWN) else "")
        labels = found.setdefault((state.value, target_state(row.action, state, variant).value), [])
        if label not in labels:
            labels.append(label)
    found[State.VERIFIED.value, State.RECTIFYING.value].append("close refused")
    for (start, end), labels in found.items():
        yield start, end, labels


def _moves() -> Iterator[tuple[ActionRow, State, Variant]]:
    for state in State:
        for row in ACTIONS.values():
            if state in row.from_states:
                for variant in _variants(row.action):
                    yield row, state, variant


def _variants(action: Action) -> tuple[Variant, ...]:
    return tuple(dict.fromkeys(route.variant for route in ROUTES if route.action is action))


# --- tables ----------------------------------------------------------------------------------------------------


def tables_markdown() -> str:
    """All tables, each under its heading."""
    parts = (
        ("Actions", _actions()),
        ("Routes", _routes()),
        ("A town's own order", _town()),
        ("What must be in place", _in_place()),
        ("Who reports", _reporters()),
        ("Periods", _periods()),
    )
    return "\n".join(f"## {title}\n\n{table}" for title, table in parts)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    lines = [list(head), *map(list, rows)]
    lines.insert(1, ["---"] * len(lines[0]))
    return "".join(f"| {' | '.join(cells)} |\n" for cells in lines)


def _actions() -> str:
    rows = (
        (
            _named(row.action),
            "、".join(state.label for state in State if state in row.from_states),
            _leads_to(row),
            _OPENS[row.opened_by],
            _kept_out(row),
            row.source or "—",
        )
        for row in ACTIONS.values()
    )
    note = "Whoever signs the first step may always ask; for a town's order read 镇街检查人员 beside 检查人员.\n\n"
    return note + _table(("action", "from", "to", "also asked for by", "kept out", "source"), rows)


def _leads_to(row: ActionRow) -> str:
    """The state it leads to; where that depends on the state it comes from, each change by itself."""
    pairs = dict.fromkeys(
        (state, target_state(row.action, state, variant))
        for state in State
        if state in row.from_states
        for variant in _variants(row.action)
    )
    if len(ends := {end for _, end in pairs}) == 1 and row.to_state is not None:
        return ends.pop().label
    changes = "、".join(f"{state.label}→{end.label}" for state, end in pairs if state is not end)
    if all(state is not end for state, end in pairs):
        return changes
    return f"stays（{changes}）" if changes else "stays"


def _kept_out(row: ActionRow) -> str:
    out = ["实施整改的人"] * row.judges + ["验收的人"] * row.closes + ["挂牌督办期间"] * row.not_while_listed
    return "、".join(out) or "—"


def _routes() -> str:
    kinds = dict.fromkeys((route.action, route.variant) for route in ROUTES)
    rows = (
        (_named(action, variant), *(_route(action, variant, grade, origin) for grade, origin in _COLUMNS))
        for action, variant in kinds
    )
    return _table(("action", *(f"{grade.label}·{origin.label}" for grade, origin in _COLUMNS)), rows)


def _route(action: Action, variant: Variant, grade: Grade, origin: Origin) -> str:
    wanted = (action, variant, grade, origin)
    route = next((r for r in ROUTES if (r.action, r.variant, r.grade, r.origin) == wanted), None)
    return "—" if route is None else _in_words(route, town_order=False)


def _in_words(route: Route, *, town_order: bool) -> str:
    signs = " → ".join(_step(step, town_order=town_order) for step in route.steps)
    alone = "（一人兼任的签一次）" if route.one_signature_if_alone else ""
    told = f"；告知{_or(route.told)}" if route.told else ""
    return signs + alone + told


def _step(step: Step, *, town_order: bool) -> str:
    if step.receiver is Receiver.RECEIVING:
        return "接收单位" + _or(step.roles)
    reads_town = town_order and step.side is Side.REGULATOR
    roles = roles_at(step, RESPONSIBLE_OFFICE, town_order=True) if reads_town else step.roles
    return _or(roles) + ("（申请）" if step.applies else "")


def _or(roles: Iterable[Role]) -> str:
    return "或".join(role.label for role in roles)


def _town() -> str:
    own = [r for r in ROUTES if (r.grade, r.origin) == (Grade.GENERAL, Origin.ORDERED)]
    rows = ((_named(r.action, r.variant), _in_words(r, town_order=True)) for r in own if r.variant is not Variant.LATE)
    return "General ones only; a major one is the district's.\n\n" + _table(("action", "who signs"), rows)


def _in_place() -> str:
    rows = (
        (_named(action), *(_facts(by_grade, grade) for grade in Grade)) for action, by_grade in MUST_BE_IN_PLACE.items()
    )
    return _table(("action", *(grade.label for grade in Grade)), rows) + _IN_PLACE_NOTES


def _facts(by_grade: dict[Grade, tuple[Fact, ...]], grade: Grade) -> str:
    return "；".join(fact.words for fact in by_grade.get(grade, ())) or "—"


_IN_PLACE_NOTES = f"""
- 重大·企业自查的，上报时另须{"、".join(fact.words for fact in AT_ONCE)}；导入的不须整改前照片。
- 重大·企业自查的，整改方案另须{"、".join(fact.words for fact in SIX_PARTS)}。
- 重大且停产的，验收另须{Fact.EVALUATION_REPORT.words}；监管部门责令停产的，销号前须先办恢复生产。
- 已销号的，重新整改另须{Fact.NEW_DEADLINE.words}。
"""


def _reporters() -> str:
    rows = ((channel.label, "、".join(r.label for r in Role if r in roles)) for channel, roles in REPORTERS.items())
    return _table(("channel", "who"), rows)


def _periods() -> str:
    units = {"working": "个工作日", "calendar": "日（自然日）", "hours": "小时"}
    rows = (
        (p.label, f"{p.number} {units[p.unit.value]}", p.starts, p.source, "可设置" if p.setting else "—")
        for p in PERIODS.values()
    )
    return _table(("period", "how long", "counted from", "source", "setting"), rows)


def _named(action: Action, variant: Label = Variant.PLAIN) -> str:
    words = f"{action.label} `{action.value}`"
    return words if variant is Variant.PLAIN else f"{words}：{variant.label}"


def main() -> None:
    """Rewrite docs/closure.md."""
    DOCUMENT.write_text(document(DOCUMENT.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()

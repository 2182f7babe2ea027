"""日周月 for people to read: the tables of docs/cadence.md, made from the rows the program runs on.

`python -m workflows.cadence_document` rewrites what stands between the markers; a test says when that was forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from workflows.cadence import ORDER, STAND_INS, TIERS, USUAL, TaskState, usual_frequency
from workflows.colours import COLOURS, SOON_DAYS, Tone
from workflows.vocabulary import Tier

DOCUMENT = Path(__file__).parent.parent / "docs" / "cadence.md"
BEGIN = "<!-- made by `python -m workflows.cadence_document`: change workflows/, not this part -->"
END = "<!-- end of what is made -->"

_TONES = {Tone.RED: "红", Tone.ORANGE: "橙", Tone.YELLOW: "黄", Tone.BLUE: "蓝"}
_STATES = {
    TaskState.OFF: "本单位这个周期一天也不上班",
    TaskState.UPCOMING: "周期还没有开始",
    TaskState.OPEN: "周期之内",
    TaskState.DUE: "周期的最后一个工作日起",
    TaskState.LATE: "周期已过，补查期限之内",
    TaskState.MISSED: "补查期限已过，没有排查，不能再补",
    TaskState.DONE: "周期结束前完成",
    TaskState.DONE_LATE: "补查期限内完成",
}


def document(text: str) -> str:
    """The document with its made part renewed. Raises ValueError where the markers are missing."""
    head, begin, rest = text.partition(BEGIN)
    _, end, tail = rest.partition(END)
    if not (begin and end):
        raise ValueError("docs/cadence.md has lost its markers")
    return f"{head}{BEGIN}\n\n{tables_markdown()}\n{END}{tail}"


def tables_markdown() -> str:
    """Every table, each under its heading."""
    parts = {
        "Who inspects": _inspecting(),
        "States of a task": _states(),
        "Moving up": _moving(),
        "Colours": _colours(),
    }
    return "\n".join(f"## {name}\n\n{table}" for name, table in parts.items())


def _inspecting() -> str:
    rows = (
        (
            f"{tier.label} `{tier.value}`",
            "、".join(role.label for role in TIERS[tier].inspectors),
            USUAL[tier].label,
            usual_frequency(tier, high_risk=True).label,
            f"{TIERS[tier].grace} 个工作日",
            TIERS[tier].source,
        )
        for tier in ORDER
    )
    stand_ins = "、".join(role.label for role in STAND_INS)
    return (
        _table(("tier", "who", "how often", "in a high-risk industry", "grace", "source"), rows)
        + f"\n{stand_ins}可以代任何一级排查，记录里写明代谁。补查期限按本单位自己的工作日数 [design]。\n"
    )


def _states() -> str:
    return _table(("state", "when"), ((f"{state.label} `{state.value}`", words) for state, words in _STATES.items()))


def _moving() -> str:
    rows = (
        (
            f"{tier.label}清单",
            " → ".join(role.label for role in TIERS[tier].owners),
            f"{USUAL[tier].label}末" if tier is not Tier.QUARTER else "不再上移",
            f"{TIERS[tier].clears}，到{ORDER[ORDER.index(tier) + 1].label}清单" if tier is not Tier.QUARTER else "—",
        )
        for tier in ORDER
    )
    return _table(("list", "who answers for it, the first there is", "ends", "what is not cleared"), rows)


def _colours() -> str:
    rows = ((_TONES[row.tone], row.words) for row in COLOURS)
    return (
        _table(("colour", "when (the first that fits)"), rows) + f"\n临期是 {SOON_DAYS} 天内到期。颜色非风险等级色。\n"
    )


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    listed = [tuple(head), *(tuple(row) for row in rows)]
    lines = [f"| {' | '.join(row)} |" for row in listed]
    lines.insert(1, f"|{' --- |' * len(listed[0])}")
    return "\n".join(lines) + "\n"


def main() -> None:
    """Rewrite docs/cadence.md."""
    DOCUMENT.write_text(document(DOCUMENT.read_text("utf-8")), "utf-8")


if __name__ == "__main__":
    main()

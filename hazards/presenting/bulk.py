"""Pages of several hazards at once: which of the picked this person may act on, with the text, and why not the others.

Every answer comes from the rulings that also refuse the operation; the operation asks them again for each.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from accounts.access import Actor
from hazards.case import Loaded
from hazards.operations.assigning import permit_assign
from hazards.presenting.doing import VERBS, WITHOUT_FORM
from hazards.presenting.duties import ruling_for
from hazards.presenting.signing import SignPage, new_page, waiting_page
from hazards.presenting.staleness import Seen
from hazards.presenting.words import headline
from hazards.rules import BulkAct
from workflows.expected import expected
from workflows.rulings import permit_open, permit_sign, permit_try
from workflows.vocabulary import Action, Grade

# what stands before the sentence of a number that leads nowhere
LOST = "找不到，或者不在您的管辖范围内。"


@dataclass(frozen=True, slots=True)
class Line:
    """One of the picked that the form covers: `item` is what it was made from, `page` the text where it is signed."""

    number: str
    subject: str
    firm: str
    is_major: bool
    state: str
    remark: str
    item: str
    page: SignPage | None = None


@dataclass(frozen=True, slots=True)
class Barred:
    """One of the picked that this person may not act on, and why not."""

    number: str
    subject: str
    why: str
    found: bool = True


@dataclass(frozen=True, slots=True)
class BulkPage:
    """What a page of several hazards prints."""

    lines: tuple[Line, ...]
    barred: tuple[Barred, ...]

    @property
    def asks_password(self) -> bool:
        """Whether one of those to be signed is major."""
        return any(line.page is not None and line.page.needs_password for line in self.lines)

    @property
    def may_refuse(self) -> bool:
        """Whether there is one that could be answered with 不通过: requests of others, no closing (a new deadline)."""
        return any(_refusable(line.page) for line in self.lines if line.page is not None)


def _refusable(page: SignPage) -> bool:
    return page.may_refuse and not page.needs_deadline


def page_for(act: BulkAct, numbers: Sequence[str], found: Sequence[Loaded], actor: Actor) -> BulkPage:
    """The picked in their order, each with what stands for or against it."""
    by_number = {loaded.hazard.number: loaded for loaded in found}
    lines: list[Line] = []
    barred: list[Barred] = []
    for number in numbers:
        loaded = by_number.get(number)
        if loaded is None:
            barred.append(Barred(number, "", LOST, found=False))
            continue
        answer = _ANSWERS[act](loaded, actor)
        if isinstance(answer, str):
            barred.append(Barred(number, headline(loaded.hazard.description), answer))
        else:
            lines.append(_line(loaded, answer))
    return BulkPage(tuple(lines), tuple(barred))


def _line(loaded: Loaded, page: SignPage | None) -> Line:
    hazard = loaded.hazard
    seen = Seen.of(hazard)
    opens = page.action.value if page is not None and page.is_new else ""
    digest = page.digest if page is not None else ""
    return Line(
        number=hazard.number,
        subject=headline(hazard.description),
        firm=hazard.enterprise.name,
        is_major=hazard.grade is Grade.MAJOR,
        state=hazard.state.label,
        remark=_remark(loaded),
        item=f"{hazard.number}|{seen.version}|{seen.entries}|{digest}|{opens}",
        page=page,
    )


def _remark(loaded: Loaded) -> str:
    hazard = loaded.hazard
    parts = (
        f"整改责任人 {hazard.responsible_person}" if hazard.responsible_person else "还没有整改责任人",
        f"整改期限 {hazard.deadline.isoformat()}" if hazard.deadline else "没有整改期限",
    )
    return " · ".join(parts)


# --- what this person may do to one of them: the sign page or None where it may be done, else why not ---------------

Answer = SignPage | str | None


def signing(loaded: Loaded, actor: Actor) -> Answer:
    """The text of the step that waits for this person, or of the request that this person opens by signing it."""
    if loaded.open_request is not None:
        ruling = permit_sign(loaded.case, actor.person_id)
        return waiting_page(loaded, actor) if ruling.allowed else ruling.sentence
    next_act = expected(loaded.case)
    if next_act is None:
        return f"现在是「{loaded.hazard.state.label}」，没有要签批的事项。"
    action = next_act.action
    if action not in WITHOUT_FORM:
        return _asks_more(loaded, action, actor)
    ruling = permit_open(loaded.case, action, actor.person_id)
    if not ruling.allowed:
        return ruling.sentence
    page = new_page(loaded, actor, action)
    return page if page.signs else f"「{action.label}」由您提请，由别人签批。请在隐患页面提请。"


def _asks_more(loaded: Loaded, action: Action, actor: Actor) -> str:
    ruling = permit_try(loaded.case, action, actor.person_id)
    return f"「{VERBS[action]}」要填写内容，请在隐患页面单独办理。" if ruling.allowed else ruling.sentence


def _assigning(loaded: Loaded, actor: Actor) -> Answer:
    return permit_assign(loaded, actor.person_id).sentence or None


def _extending(loaded: Loaded, actor: Actor) -> Answer:
    return permit_try(loaded.case, Action.EXTEND, actor.person_id).sentence or None


def _reminding(loaded: Loaded, actor: Actor) -> Answer:
    return ruling_for("remind", loaded, actor).sentence or None


_ANSWERS: dict[BulkAct, Callable[[Loaded, Actor], Answer]] = {
    BulkAct.SIGN: signing,
    BulkAct.ASSIGN: _assigning,
    BulkAct.EXTEND: _extending,
    BulkAct.REMIND: _reminding,
}

"""What somebody may do with a notice now, whose turn it is, and why not the rest: the same rules that refuse."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from flask import url_for

from accounts.access import Actor
from hazards.models import Hazard
from notices import rules
from notices.fields import faults_of
from notices.models import Notice
from notices.operations.common import case_of
from notices.operations.effects import refusal_of
from notices.presenting.steps import MORE, STEPS, label_of
from notices.presenting.words import Names, holder_of, is_guest, is_to_serve, status_label
from notices.rules import NoticeCase
from workflows.answers import Ruling
from workflows.notices import NOTICES, NoticeStatus, Receipt

NEAREST: Final = {"separation": 0, "drafter": 1, "role": 2, "office": 3}
"""Refusals in the order in which they are shown: what is nearest to possible first. What a kind never has is not shown,
nor what is not yet or no longer its turn: that is told by the way it goes."""


AFTER: Final = {
    NoticeStatus.DRAFT: "写完、核对预览后提交；提交后不能再改，要改的由审核人、签发人退回。",
    NoticeStatus.REVIEWING: "审核通过后转给签发人；内容不对的退回起草人修改。",
    NoticeStatus.REVIEWED: "签发时编号、冻结；内容不对的退回起草人修改。",
}
"""What happens next with an office's notice, to the office's own people."""


@dataclass(frozen=True, slots=True)
class Act:
    """A button, by the names of the component `do_panel`."""

    label: str
    url: str
    kind: str = "plain"
    icon: str = ""
    method: str = ""


@dataclass(frozen=True, slots=True)
class Doing:
    """The panel of what may be done."""

    turn: str
    text: str
    acts: tuple[Act, ...]
    cannot: tuple[tuple[str, str], ...]
    mine: bool
    warning: str = ""
    barred: str = ""  # which step the warning stands before

    @property
    def primary(self) -> Act | None:
        """The one button of the phone's bar."""
        return next((act for act in self.acts if act.kind == "primary"), None)


def doing_of(notice: Notice, hazards: Sequence[Hazard], actor: Actor, names: Names) -> Doing:
    """What this person may do with the notice."""
    case = case_of(notice, actor)
    acts, cannot, turn = _steps(notice, case)
    holder = holder_of(notice, names)
    outside = is_guest(notice, actor)
    return Doing(
        turn=f"现在轮到您{turn}" if turn else _standing(notice, holder),
        text=_text(notice, case, outside=outside),
        acts=tuple(acts),
        cannot=() if outside else tuple(cannot),
        mine=bool(turn),
        warning=_before_issue(notice, hazards),
        barred=_barred(notice, case),
    )


def _steps(notice: Notice, case: NoticeCase) -> tuple[list[Act], list[tuple[str, str]], str]:
    """The buttons, what cannot be done with why, and the step that waits for this person."""
    unfinished = bool(faults_of(case.row, notice.fields))
    acts, refused, turn = [], [], ""
    if rules.permit_change(case).allowed:
        acts.append(Act("修改", url_for("notices.edit", notice_id=notice.id), _look(unfinished)))
    for row in STEPS:
        ruling, label = row.permit(case), label_of(row, is_form=not case.row.numbered)
        if not ruling.allowed:
            refused.append((ruling, label))
        elif not (row.name == "number" and notice.number is not None):
            look = _look(not unfinished) if row.kind == "primary" else row.kind
            acts.append(Act(label, url_for("notices.act", notice_id=notice.id, step=row.name), look))
            turn = turn or (("写完" if unfinished else label) if row.turn else "")
    further, more_refused = _further(notice, case)
    return sorted([*acts, *further], key=lambda act: act.kind != "primary"), _why_not(refused + more_refused), turn


def _further(notice: Notice, case: NoticeCase) -> tuple[list[Act], list[tuple[Ruling, str]]]:
    """The steps with forms of their own; service is the next thing to do until it was signed for."""
    acts, refused = [], []
    for name, label, permit in MORE:
        ruling = permit(case)
        if ruling.allowed:
            look = _look(name == "serve" and notice.receipt is not Receipt.SIGNED)
            acts.append(Act(label, url_for(f"notices.{name}", notice_id=notice.id), look))
        else:
            refused.append((ruling, label))
    return acts, refused


def _look(is_next: bool) -> str:
    return "primary" if is_next else "plain"


def _why_not(refused: list[tuple[Ruling, str]]) -> list[tuple[str, str]]:
    """What is nearest to possible first."""
    shown = [(NEAREST[ruling.rule], label, ruling.sentence) for ruling, label in refused if ruling.rule in NEAREST]
    return [(label, why) for _near, label, why in sorted(shown, key=lambda one: one[0])]


def _standing(notice: Notice, holder: str) -> str:
    if is_to_serve(notice):
        return f"已签发，{notice.receipt.label}"
    if holder:
        verb = {NoticeStatus.DRAFT: "修改", NoticeStatus.REVIEWING: "审核"}.get(notice.status, "签发")
        return f"现在由 {holder} {verb}"
    if notice.status is NoticeStatus.ISSUED and NOTICES[notice.kind].served:
        return f"已签发，{notice.receipt.label}"
    return f"文书{status_label(notice)}"


def _text(notice: Notice, case: NoticeCase, *, outside: bool) -> str:
    """Why it was sent back or given up; else what happens next."""
    if notice.status is NoticeStatus.DRAFT and notice.returned_reason:
        return f"退回理由：{notice.returned_reason}"
    return f"理由：{notice.void_reason}" if notice.void_reason else _next(notice, case, outside=outside)


def _next(notice: Notice, case: NoticeCase, *, outside: bool) -> str:
    if outside:
        return "由签发单位送达。请签收，并按文书的要求办理。" if is_to_serve(notice) else ""
    if notice.status is NoticeStatus.ISSUED and not case.row.numbered:
        return "打印后签字盖章，按规定报送或者存档，再把签字件上传。" if rules.permit_scan(case).allowed else ""
    if is_to_serve(notice) and rules.permit_serve(case).allowed:
        return "请送达主送单位，每次送达、以后的签收各登记一次；收回的签字件可以上传。"
    return AFTER.get(notice.status, "") if case.own and case.row.numbered else ""


def _barred(notice: Notice, case: NoticeCase) -> str:
    if not case.row.numbered:
        return "定稿"
    return "提交" if notice.status is NoticeStatus.DRAFT and faults_of(case.row, notice.fields) else "签发"


def _before_issue(notice: Notice, hazards: Sequence[Hazard]) -> str:
    """What is still missing before it can be issued: fields first, then what its effect asks of the hazards."""
    if notice.status not in rules.WAITING:
        return ""
    missing = faults_of(NOTICES[notice.kind], notice.fields)
    if missing:
        return "还没有写完：" + "".join(missing.values())
    return refusal_of(notice, hazards)

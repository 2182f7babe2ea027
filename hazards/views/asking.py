"""Requests that bring something with them: a form for each, then the sign page or whoever signs first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.views.handing_in import Done
from core.calendar import load_calendar
from core.days import shanghai_day
from core.web import now
from hazards.case import Loaded
from hazards.criteria import get_criterion
from hazards.deed import criterion_text
from hazards.duplicates import open_ones
from hazards.forms.asking import AcceptForm, AskForm, OrderForm, UpForm, form_class
from hazards.forms.judging import cards_of, earlier_words
from hazards.models import Hazard
from hazards.operations.effects import live_original
from hazards.operations.recurring import refuse_unless_closed
from hazards.operations.requests import open_request, refuse_unless
from hazards.presenting.doing import VERBS
from hazards.presenting.judging import close_words
from hazards.presenting.words import headline
from hazards.suggestions import order_numbers
from hazards.views.blueprint import blueprint
from hazards.views.offering import Found, asks_criterion, offer
from hazards.views.opening import detail_url, hand_in, load, open_hazard, who_is_next
from workflows.closure import Variant
from workflows.deadlines import due_on
from workflows.rulings import draft_request, permit_sign, permit_try, step_now, variant_for
from workflows.vocabulary import Action, Grade

# the words of the address, with the action and the variant they stand for
ASKS: dict[str, tuple[Action, Variant | None]] = {
    "accept": (Action.ACCEPT, None),
    "accept-ex-officio": (Action.ACCEPT, Variant.EX_OFFICIO),
    "order": (Action.ORDER, None),
    "dismiss": (Action.DISMISS, None),
    "extend": (Action.EXTEND, None),
    "regrade": (Action.REGRADE, None),
    "return": (Action.RETURN, None),
    "reopen": (Action.REOPEN, None),
    "transfer": (Action.TRANSFER, None),
    "resume": (Action.RESUME, None),
}
RULE = "<any('" + "', '".join(ASKS) + "'):action>"


@dataclass(frozen=True, slots=True)
class AskPage:
    """What `hazards/ask.html` prints beside the form's own fields."""

    number: str
    subject: str
    firm: str
    title: str
    intro: str
    label: str
    form_name: str
    is_major: bool
    asks_criterion: bool
    judged: str
    cards: dict[str, dict[str, Any]]
    close: str
    open_earlier: tuple[tuple[str, str], ...]
    warning: str = ""
    order_numbers: tuple[str, ...] = ()


@blueprint.route(f"/<number>/{RULE}", methods=["GET", "POST"])
def ask(number: str, action: str) -> ResponseReturnValue:
    """Fill in what a request brings with it, and open it."""
    what, variant = ASKS[action]
    loaded = open_hazard(number)
    if request.method == "GET":
        refuse_unless(permit_try(loaded.case, what, current_actor().person_id, variant))
    form = form_class(what, loaded.hazard.grade)()
    found = offer(form, loaded)
    today = shanghai_day(now())
    if request.method == "GET":
        form.begin(loaded.hazard)
        form.put(loaded.hazard, today)
        _usual_plan_day(form, today)
        _reserved_number(form, loaded.hazard)
        return render_template("hazards/ask.html", form=form, page=_page(loaded, what, variant, found))
    if form.validate() and form.check(loaded.hazard, today):
        answer = hand_in(form, number, _Opening(form, what, variant), what=VERBS[what] + "申请", typed=_typed(form))
        if answer is not None:
            return answer
    loaded = open_hazard(number)
    return render_template("hazards/ask.html", form=form, page=_page(loaded, what, variant, found)), form.status


def _usual_plan_day(form: AskForm, today: date) -> None:
    """The usual term for a plan, to be changed at will."""
    if isinstance(form, AcceptForm) and form.plan_due.data is None:
        form.plan_due.data = due_on("plan", today, load_calendar()).on


def _reserved_number(form: AskForm, hazard: Hazard) -> None:
    """The number that was taken for the order of this hazard, where it is the only one."""
    if isinstance(form, OrderForm) and not form.order_number.data and len(kept := order_numbers(hazard)) == 1:
        form.order_number.data = kept[0]


def _typed(form: AskForm) -> str:
    """What was typed, to be kept where the form is refused as stale."""
    lines = [
        f"{field.label.text}：{field.data}"
        for field in form
        if field.type in ("StringField", "TextAreaField", "DayField", "NumberField") and field.data
    ]
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Opening:
    """What handing in does, inside the unit of work."""

    form: AskForm
    action: Action
    variant: Variant | None

    def __call__(self, hazard: Hazard) -> Done:
        actor, offered = current_actor(), self.form.offered()
        if "criterion_id" in offered:
            clause = get_criterion(offered["criterion_id"])
            offered |= {"criterion_text": criterion_text(clause)} if clause is not None else {}
        if offered.get("duplicate_of"):
            live_original(hazard, offered["duplicate_of"])
        if offered.get("recurrence_of"):
            refuse_unless_closed(hazard, offered["recurrence_of"])
        opened = open_request(hazard, self.action, by=actor, offered=offered, now=now(), variant=self.variant)
        if permit_sign(load(hazard, actor, now()).case, actor.person_id).allowed:
            said = f"已提出「{opened.action.label}」。请核对下面的内容后签批。"
            return Done(said, url_for("hazards.sign", number=hazard.number), "note")
        return Done(f"已提请「{opened.action.label}」签批。{who_is_next(hazard)}", detail_url(hazard.number))


def _page(loaded: Loaded, action: Action, variant: Variant | None, found: Found) -> AskPage:
    hazard = loaded.hazard
    form = form_class(action, hazard.grade)
    return AskPage(
        number=hazard.number,
        subject=headline(hazard.description),
        firm=hazard.enterprise.name,
        title=_title(loaded, action, variant),
        intro=_INTRO.get(action, ""),
        label="提出并去签批" if _signs_first(loaded, action, variant) else "提请签批",
        form_name=form.__name__,
        is_major=hazard.grade is Grade.MAJOR or form is UpForm,
        asks_criterion=asks_criterion(form, hazard),
        judged=hazard.criterion_clause,
        cards=cards_of(found.likely),
        close=_close(hazard, action),
        open_earlier=_open_earlier(action, found),
        warning=_warning(loaded, action),
        order_numbers=tuple(order_numbers(hazard)) if action is Action.ORDER else (),
    )


def _close(hazard: Hazard, action: Action) -> str:
    """The clause a hazard that is accepted or ordered as general comes close to, for whoever judges it."""
    if hazard.grade is Grade.MAJOR or action not in (Action.ACCEPT, Action.ORDER):
        return ""
    return close_words(hazard)


def _open_earlier(action: Action, found: Found) -> tuple[tuple[str, str], ...]:
    """Number and words of those still open that it may repeat; the dismissal offers them as its choices."""
    return (
        tuple((one.number, earlier_words(one)) for one in open_ones(found.earlier)) if action is Action.ACCEPT else ()
    )


def _title(loaded: Loaded, action: Action, variant: Variant | None) -> str:
    if variant is Variant.EX_OFFICIO:
        return "依职权受理"
    return variant_for(loaded.case, action).label if action is Action.REGRADE else VERBS[action]


def _signs_first(loaded: Loaded, action: Action, variant: Variant | None) -> bool:
    request_drafted = draft_request(loaded.case, action, current_actor().person_id, variant)
    first = step_now(loaded.case, request_drafted)
    return first is not None and current_actor().person_id in first.persons


_INTRO: dict[Action, str] = {
    Action.ACCEPT: "受理后进入「整改中」，按这里定的责任人、期限和管控措施整改。",
    Action.ORDER: "两名检查人员签批后生效，期限自送达起算；企业签收另行登记，不影响生效。",
    Action.DISMISS: "上报人会收到理由，并可以提出异议。",
    Action.EXTEND: "批准前原期限仍然有效；不答复不等于同意。所有期限都会保留可查。",
    Action.REGRADE: "等级调整后，流程按新等级办理。",
    Action.RETURN: "退回「整改中」，须有新的整改后照片才能再次申请验收。",
    Action.REOPEN: "已销号的回到「整改中」，不予认定的回到「已上报」；原来的记录都保留。",
    Action.TRANSFER: "接收单位签收前，仍由移出单位负责。",
    Action.RESUME: "监管部门责令停产的，须经检查并审核同意后恢复生产。",
}


def _warning(loaded: Loaded, action: Action) -> str:
    """What this person should know before asking."""
    case = loaded.case
    if action is Action.EXTEND and variant_for(case, action) is Variant.LATE:
        by = f"，最迟应为 {case.extend_by.isoformat()}" if case.extend_by else ""
        return f"已过提出延期的时间{by}。将按「逾期申请」办理，批准前仍计逾期。"
    if action is Action.EXTEND and case.listed is not None and case.extend_by is not None:
        return f"挂牌督办的，延期须在期限前 15 个工作日提出，最迟 {case.extend_by.isoformat()}。"
    return ""

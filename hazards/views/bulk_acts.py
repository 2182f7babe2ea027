"""What one hazard of several has done to it: the same operations as singly; each gives the words of its result."""

from __future__ import annotations

from collections.abc import Callable

from accounts.access import current_actor
from core.refusals import Conflict, Invalid
from core.web import now
from hazards.deed import needs_password
from hazards.forms.bulk import BulkAssignForm, BulkExtendForm, BulkForm, BulkRemindForm, BulkSignForm, Item
from hazards.models import Hazard
from hazards.operations import requests, working
from hazards.operations.assigning import assign
from hazards.operations.requests import refuse_unless
from hazards.presenting.doing import holder_text
from hazards.presenting.duties import ruling_for
from hazards.rules import BulkAct
from hazards.views.opening import load, who_is_next
from workflows.rulings import permit_sign
from workflows.vocabulary import Action, Manner, RequestStatus, Verdict

CHANGED = "签批的内容在您打开页面之后变了，没有提交。请重新核对后再签。"

Act = Callable[[Hazard, Item, BulkForm], str]


def act_of(act: BulkAct) -> Act:
    """The act of this name."""
    return {BulkAct.SIGN: _sign, BulkAct.ASSIGN: _assign, BulkAct.EXTEND: _extend, BulkAct.REMIND: _remind}[act]


def _sign(hazard: Hazard, item: Item, form: BulkForm) -> str:
    """Sign exactly the text that was shown; a request that is opened by its first signature is opened here."""
    assert isinstance(form, BulkSignForm)
    actor, moment, verdict = current_actor(), now(), form.chosen
    if not item.digest:
        raise Invalid("这一条没有显示签批内容，没有提交。请重新核对后再签。")
    if item.opens is not None:
        _refuse_nothing_to_refuse(verdict)
        opened = requests.open_request(hazard, item.opens, by=actor, offered={}, now=moment)
        if opened.deed_digest != item.digest:
            raise Conflict(CHANGED)
    waiting = load(hazard, actor, moment).open_request
    if verdict is Verdict.REFUSED and waiting is not None and waiting.action is Action.CLOSE:
        raise Invalid("销号不通过要另定整改期限。请在隐患页面单独办理。")
    signed = requests.sign(
        hazard,
        by=actor,
        verdict=verdict,
        opinion=form.opinion.data or "",
        manner=Manner.PASSWORD if needs_password(hazard) else Manner.CONFIRMED,
        now=moment,
        seen=item.digest,
    )
    label = signed.action.label
    if verdict is Verdict.REFUSED:
        said = f"「{label}」不通过。"
    else:
        said = f"「{label}」已通过。" if signed.status is RequestStatus.COMPLETED else f"已签批「{label}」。"
    return said + who_is_next(hazard)


def _refuse_nothing_to_refuse(verdict: Verdict) -> None:
    if verdict is Verdict.REFUSED:
        raise Invalid("这一条还没有提请签批，不能「不通过」。暂不办理的，不勾选即可。")


def _assign(hazard: Hazard, _item: Item, form: BulkForm) -> str:
    assert isinstance(form, BulkAssignForm)
    name = assign(hazard, int(form.person_id.data), by=current_actor(), reason=form.reason.data or "", now=now())
    return f"整改责任人：{name}。"


def _extend(hazard: Hazard, _item: Item, form: BulkForm) -> str:
    """Open the request; where its first signature is this person's own, it is signed on the page that shows it."""
    assert isinstance(form, BulkExtendForm)
    actor, moment = current_actor(), now()
    opened = requests.open_request(hazard, Action.EXTEND, by=actor, offered=form.offer_for(hazard), now=moment)
    if permit_sign(load(hazard, actor, moment).case, actor.person_id).allowed:
        return f"已提出「{opened.action.label}」，等您签批。"
    return f"已提请「{opened.action.label}」签批。{who_is_next(hazard)}"


def _remind(hazard: Hazard, _item: Item, form: BulkForm) -> str:
    assert isinstance(form, BulkRemindForm)
    actor, moment = current_actor(), now()
    loaded = load(hazard, actor, moment)
    refuse_unless(ruling_for("remind", loaded, actor))
    holder = holder_text(loaded)
    told = working.remind(hazard, text=form.reason.data or "", by=actor, now=moment)
    return f"已催办：{holder}（{told} 人）。"

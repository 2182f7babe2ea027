"""Drafting: choose a kind, fill in what it asks for, for one addressee or many at once; change a draft."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.views.handing_in import Done
from core.days import shanghai_day
from core.db import unit_of_work
from core.once import AlreadyDone, keep_outcome, use_once
from core.refusals import Invalid, NotFound, Refusal
from core.web import now
from hazards.models import Hazard
from hazards.queries import hazards_by_numbers
from notices.forms.drafting import MOST_TYPED, TOGETHER, EditFields, NewFields, edit_form, new_form, numbers_in
from notices.making import template_body
from notices.models import Notice
from notices.operations.common import case_of, refuse_unless
from notices.operations.drafting import Drafted, change, draft, grouped
from notices.presenting.kinds import FOR, choices_for
from notices.queries import notice_by_id
from notices.rules import permit_change, permit_draft
from notices.texts import has_text
from notices.views.blueprint import blueprint
from notices.views.opening import hand_in, notice_url
from workflows.notices import NOTICES, NoticeKind

NO_KIND: Final = "没有这种文书。请从「起草文书」选择。"
SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one of several drafts."""

    said: str
    url: str = ""


@blueprint.get("/notices/new")
def new() -> ResponseReturnValue:
    """Choose a kind; with one, the form of it. The hazards come in the address."""
    numbers = _asked_numbers()
    found, missing = _found(numbers)
    kind = _asked_kind()
    if kind is None:
        choices = choices_for(current_actor(), found)
        return render_template("notices/kinds.html", choices=choices, hazards=found, missing=missing, shown=SHOWN)
    if NOTICES[kind].most == 0:
        found, missing = [], []  # it names no hazards, whatever the address brings along
    form = new_form(kind)()
    form.begin([hazard.number for hazard in found] + missing)
    _preset(form, found, shanghai_day(now()))
    return _show_new(form, found)


@blueprint.post("/notices/new")
def begin() -> ResponseReturnValue:
    """Begin the draft, or one for each enterprise; a second tap is led to what the first began."""
    kind = _asked_kind()
    if kind is None:
        raise NotFound(NO_KIND)
    form = new_form(kind)()
    valid = form.validate()
    found, missing = _found(form.numbers)
    if missing:
        form.hazards.errors, valid = [_missing_words(missing)], False
    if valid:
        try:
            return _begun(form, found)
        except AlreadyDone as before:
            flash(before.sentence, "note")
            return redirect(before.outcome or url_for("notices.index"))
        except Invalid as refusal:
            form.show(refusal)
    return _show_new(form, found), form.status


def _begun(form: NewFields, found: Sequence[Hazard]) -> ResponseReturnValue:
    groups = grouped(NOTICES[form.kind], found, together=form.spread.data == TOGETHER)
    key, actor = form.once.data or "", current_actor()
    with unit_of_work():
        use_once(key, actor.person_id, now())
        made = [_one(form.kind, group, form.drafted(), alone=len(groups) == 1) for group in groups]
        begun = [one for one in made if one.url]
        url = begun[0].url if len(made) == 1 else url_for("notices.index", view="drafts")
        keep_outcome(key, url)
    if len(made) > 1:
        return render_template("notices/drafted.html", made=made, begun=len(begun), label=form.kind.label)
    flash("已起草。请核对预览后提交。", "good")
    return redirect(url)


def _one(kind: NoticeKind, group: Sequence[Hazard], given: Drafted, *, alone: bool) -> Outcome:
    """One draft; what stands in its way is said of it alone where there are several."""
    whose = group[0].enterprise.name if group else ""
    try:
        notice = draft(kind, group, given, by=current_actor(), now=now())
    except Refusal as refusal:
        if alone:
            raise
        return Outcome(f"{whose}：{refusal.sentence}")
    return Outcome(f"{notice.addressee}：{len(group)} 条隐患", notice_url(notice.id))


@blueprint.route("/notices/<int:notice_id>/edit", methods=["GET", "POST"])
def edit(notice_id: int) -> ResponseReturnValue:
    """Change a draft's fields and its text."""
    notice = notice_by_id(notice_id)
    form = edit_form(notice.kind)()
    if request.method == "GET":
        refuse_unless(permit_change(case_of(notice, current_actor())))
        form.begin(notice, _template(notice))
        return _show_edit(form, notice)
    if form.validate():
        answer = hand_in(form, notice_id, _Changing(form), what="修改", version=form.version.data, typed=form.typed())
        if answer is not None:
            return answer
    return _show_edit(form, notice_by_id(notice_id)), form.status


@dataclass(frozen=True, slots=True)
class _Changing:
    """What handing in does, inside the unit of work."""

    form: EditFields

    def __call__(self, notice_id: int) -> Done:
        change(notice_id, self.form.drafted(), by=current_actor(), now=now())
        return Done("已保存。", notice_url(notice_id))


# --- what the pages show ---------------------------------------------------------------------------------------


def _show_new(form: NewFields, found: Sequence[Hazard]) -> str:
    row = NOTICES[form.kind]
    refuse_unless(permit_draft(form.kind, current_actor().roles))
    return render_template(
        "notices/new.html",
        form=form,
        row=row,
        purpose=FOR[form.kind],
        hazards=found,
        firms=len({hazard.enterprise_id for hazard in found}),
        groups=len(grouped(row, found, together=False)) if found else 0,
        may_together=row.takes_several,
        shown=SHOWN,
    )


def _show_edit(form: EditFields, notice: Notice) -> str:
    shows_body = has_text(notice.kind)
    return render_template(
        "notices/edit.html", form=form, notice=notice, row=NOTICES[notice.kind], shows_body=shows_body
    )


def _template(notice: Notice) -> str:
    """The text of the template as it reads now; none for kinds that are tables only."""
    return template_body(notice, now=now()) if has_text(notice.kind) else ""


_PRESET: Final[dict[str, Any]] = {
    "on": lambda _hazards, today: today,
    "place": lambda hazards, _today: hazards[0].place if hazards else "",
    "original": lambda hazards, _today: hazards[0].listed_number if hazards else "",
}
"""What a field holds at first, by its name, whichever kind has it."""


def _preset(form: NewFields, found: Sequence[Hazard], today: date) -> None:
    for field, shown in form.own_fields():
        if field.name in _PRESET:
            shown.data = _PRESET[field.name](found, today) or None


# --- what was asked --------------------------------------------------------------------------------------------


def _asked_kind() -> NoticeKind | None:
    asked = request.args.get("kind", "")
    kind = next((one for one in NoticeKind if one.value == asked), None)
    if asked and kind is None:
        raise NotFound(NO_KIND)
    return kind


def _asked_numbers() -> list[str]:
    asked = request.args.getlist("hazard") + request.args.getlist("pick")
    return numbers_in(" ".join(asked[: MOST_TYPED + 1]))


def _found(numbers: Sequence[str]) -> tuple[list[Hazard], list[str]]:
    """The hazards of these numbers in their order, and the numbers that are none, or another's."""
    known = {hazard.number: hazard for hazard in hazards_by_numbers(numbers[:MOST_TYPED])}
    return [known[one] for one in numbers if one in known], [one for one in numbers if one not in known]


def _missing_words(missing: Sequence[str]) -> str:
    more = f"等 {len(missing)} 个" if len(missing) > SHOWN else ""
    return f"找不到 {'、'.join(missing[:SHOWN])}{more}，或者不在您的管辖范围内。请核对编号。"

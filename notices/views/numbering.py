"""How an office's notices are numbered: patterns and series of its kinds, and the numbers of a year without a gap."""

from __future__ import annotations

from flask import render_template, request, url_for
from flask.typing import ResponseReturnValue

from accounts.access import Actor
from accounts.models import Regulator
from accounts.views.handing_in import Done
from core.refusals import NotFound
from core.web import now
from notices.forms.numbering import NumberingForm
from notices.number_patterns import (
    NUMBERED,
    Numbering,
    coming,
    given_out,
    numbering_of,
    page_of,
    prefix_of,
    series_given,
    year_of,
)
from notices.numbers import PLACES
from notices.operations.numbering import own_series, set_numbering
from notices.operations.texts import EDITORS, may_edit, refuse_others
from notices.views.blueprint import blueprint
from notices.views.keeping import hand_in, kind_of, own_office
from workflows.notices import NoticeKind

WHAT = "文号"


@blueprint.get("/notices/numbering")
def numbering() -> ResponseReturnValue:
    """Every kind with its pattern and next number, and the years of numbers to look into."""
    actor, office = own_office(WHAT)
    year, all_kinds = year_of(now()), numbering_of(office)
    given = [(one, series, label_of(series, all_kinds)) for one, series in series_given(office)]
    return render_template(
        "notices/numbering.html",
        rows=coming(office, all_kinds, year).values(),
        given=given,
        office=office,
        prefix=prefix_of(office),
        may_edit=may_edit(actor, office.id),
        editors=EDITORS,
    )


@blueprint.route("/notices/numbering/kinds/<kind>", methods=["GET", "POST"])
def numbering_kind(kind: str) -> ResponseReturnValue:
    """Change how one kind is numbered."""
    actor, office = own_office(WHAT)
    chosen = kind_of(kind, NUMBERED)
    refuse_others(actor, office, WHAT)
    year, all_kinds = year_of(now()), numbering_of(office)
    form = NumberingForm()
    form.offer(_series_offered(chosen, all_kinds))
    if request.method == "GET":
        form.begin(all_kinds[chosen], year)
    elif form.validate() and (answer := hand_in(form, lambda: _set(actor, office, chosen, form))) is not None:
        return answer
    page = render_template(
        "notices/numbering_kind.html",
        form=form,
        year=year,
        row=coming(office, all_kinds, year)[chosen],
        prefix=prefix_of(office),
        places=PLACES,
    )
    return page, form.status if form.errors else 200


@blueprint.get("/notices/numbering/<int:year>/<series>")
def numbering_year(year: int, series: str) -> ResponseReturnValue:
    """The numbers of a series in a year, the largest first, held against its counter."""
    _actor, office = own_office(WHAT)
    counted = given_out(office, series, year)
    if counted is None:
        raise NotFound("这一年没有编过这一套序号。请从列表中选。")
    before = request.args.get("before", "")
    rows, more = page_of(office, series, year, int(before) if before.isdecimal() and len(before) < 10 else None)
    return render_template(
        "notices/numbering_year.html",
        year=year,
        series=series,
        label=label_of(series, numbering_of(office)),
        counted=counted,
        rows=rows,
        older=rows[-1].sequence if more else None,
        is_first=not before,
    )


def label_of(series: str, all_kinds: dict[NoticeKind, Numbering]) -> str:
    """A series by the kinds that count in it; one that none does any more by the kind it was made for."""
    kinds = [kind.label for kind, row in all_kinds.items() if row.series == series]
    made_for = next((kind.label for kind in NUMBERED if kind.value == series.split("-")[0]), series)
    return "、".join(f"《{label}》" for label in kinds) or f"《{made_for}》原序号"


def _series_offered(kind: NoticeKind, all_kinds: dict[NoticeKind, Numbering]) -> list[tuple[str, str]]:
    others = {row.series: None for row in all_kinds.values() if row.kind is not kind}
    own = own_series(kind, all_kinds)
    without = {one: row for one, row in all_kinds.items() if one is not kind}
    shared = [(series, f"与{label_of(series, without)}共用") for series in others]
    return [(own, "单独编号"), *shared]


def _set(actor: Actor, office: Regulator, kind: NoticeKind, form: NumberingForm) -> Done:
    set_numbering(office, kind, form.said, by=actor, now=now())
    shown = coming(office, numbering_of(office), year_of(now()))[kind]
    return Done(f"《{kind.label}》的文号写法已改。下一个是 {shown.number}。", url_for("notices.numbering"))

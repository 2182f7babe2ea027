"""With which certificate an office signs its papers: /admin/regulators/<id>/certificate."""

from __future__ import annotations

from collections.abc import Callable

from flask import render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.authority import allow, may_keep_offices
from accounts.forms.base import OnceForm
from accounts.models import Regulator
from accounts.queries import get_regulator
from accounts.roles import Side
from accounts.views.handing_in import Done, hand_in
from core.once import new_key
from core.web import now, settings
from notices.certificates import (
    active_certificate,
    certificates_of,
    end_certificate,
    load_certificate,
    make_certificate,
)
from notices.certificates_reading import LARGEST
from notices.forms.certificates import CertificateForm
from notices.views.blueprint import blueprint

PATH = "/admin/regulators/<int:regulator_id>/certificate"


@blueprint.get(PATH)
def office_certificate(regulator_id: int) -> ResponseReturnValue:
    """The certificate in use, those before it, and another to be loaded."""
    allow(current_actor().side is Side.SYSTEM, "打开这一页", "系统管理员")
    form = CertificateForm()
    form.new_key()
    return _page(regulator_id, form)


@blueprint.post(PATH)
def office_certificate_loaded(regulator_id: int) -> ResponseReturnValue:
    """A certificate of an authority takes the place of the one in use."""
    office, form = _kept_by_actor(regulator_id), CertificateForm()

    def load() -> None:
        typed = form.file.data.stream.read(LARGEST + 1)
        load_certificate(office, typed, form.password.data or "", by=current_actor(), now=now())

    if form.validate():
        answer = _hand_in(form, office, load, "签章证书已装载。此后签发的文书用它签章。")
        if answer is not None:
            return answer
    return _page(regulator_id, form), form.status


@blueprint.post(f"{PATH}/make")
def office_certificate_made(regulator_id: int) -> ResponseReturnValue:
    """A certificate made here, for an office that has none of an authority."""
    office = _kept_by_actor(regulator_id)

    def make() -> None:
        make_certificate(office, by=current_actor(), now=now())

    return _at_once(office, make, "自制证书已启用。此后签发的文书用它签章。")


@blueprint.post(f"{PATH}/end")
def office_certificate_ended(regulator_id: int) -> ResponseReturnValue:
    """The office signs no longer."""
    office = _kept_by_actor(regulator_id)

    def end() -> None:
        end_certificate(office, by=current_actor(), now=now())

    return _at_once(office, end, "签章证书已停用。此后签发的文书不带电子签章，以纸面盖章为准。")


def _at_once(office: Regulator, act: Callable[[], None], said: str) -> ResponseReturnValue:
    """An act that asks for nothing: done, or the page with why not."""
    answer = _hand_in(form := OnceForm(), office, act, said)
    if answer is not None:
        return answer
    shown = CertificateForm(formdata=None)
    shown.new_key()
    shown.form_errors = form.form_errors
    return _page(office.id, shown), form.status


def _hand_in(form: OnceForm, office: Regulator, act: Callable[[], None], said: str) -> ResponseReturnValue | None:
    url = url_for("notices.office_certificate", regulator_id=office.id)

    def done() -> Done:
        act()
        return Done(said, url)

    return hand_in(form, done, home=url)


def _kept_by_actor(regulator_id: int) -> Regulator:
    allow(may_keep_offices(current_actor()), "管理签章证书", "系统管理员")
    return get_regulator(regulator_id)


def _page(regulator_id: int, form: CertificateForm) -> str:
    active = active_certificate(regulator_id)
    return render_template(
        "notices/office_certificate.html",
        office=get_regulator(regulator_id),
        form=form,
        at_once=new_key(),
        active=active,
        days_left=(active.valid_until - now()).days if active is not None else 0,
        former=[one for one in certificates_of(regulator_id) if one.ended_at is not None],
        may_keep=may_keep_offices(current_actor()),
        sealed_outside=bool(settings().seal_url),
    )

"""How I am told: mail address, quiet hours, topics, calendar subscription: /me/telling."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.feeds import end_feed, new_feed, running_feed
from accounts.forms.base import carry_out
from accounts.forms.telling import AddressForm, ChoiceForm, ProveForm
from accounts.robots import may_keep_robots
from accounts.sending import send_code_soon
from accounts.telling import address_of, ask_code, choice_of, choose, drop_address, prove
from accounts.told_models import MailAddress, TellingChoice
from accounts.views import accounts
from accounts.views.private import keep_private
from core.db import db, unit_of_work
from core.refusals import Conflict
from core.web import now, settings

NOTHING_WAITS = "没有等您验证的邮箱。请先填邮箱地址。"


@accounts.route("/me/telling", methods=["GET", "POST"])
def telling() -> ResponseReturnValue:
    """How messages reach me besides in the product."""
    actor, form = current_actor(), ChoiceForm()

    def act() -> bool:
        choose(actor, form.choice, now=now())
        return True

    if carry_out(form, act):
        flash("接收提醒已修改，对以后的消息有效。", "good")
        return redirect(url_for("accounts.telling"))
    if not form.is_submitted():
        form.fill(choice_of(db.session.get(TellingChoice, actor.person_id)))
    page = render_template(
        "accounts/telling.html",
        form=form,
        mail=address_of(actor.person_id),
        has_mail=bool(settings().mail_url),
        feed=running_feed(actor.person_id),
        may_keep_robots=may_keep_robots(actor),
        moment=now(),
    )
    return page, form.status if form.errors else 200


# --- the mail address ------------------------------------------------------------------------------------------


@accounts.route("/me/telling/mail", methods=["GET", "POST"])
def mail_address() -> ResponseReturnValue:
    """Name an address; a code is sent to it."""
    actor, form = current_actor(), AddressForm()
    _need_mail_server()

    def act() -> MailAddress:
        row = ask_code(actor, form.address.data, now=now())
        send_code_soon(actor.person_id)
        return row

    if carry_out(form, act) is not None:
        flash("验证码正在发出，一般一分钟内到。请到邮箱里查看。", "note")
        return redirect(url_for("accounts.prove_mail"))
    page = render_template("accounts/mail_address.html", form=form, mail=address_of(actor.person_id))
    return page, form.status if form.errors else 200


def _need_mail_server() -> None:
    if not settings().mail_url:
        raise Conflict("本系统没有设发信服务器，不能发邮件。请系统操作员设置 MAIL_URL。")


@accounts.route("/me/telling/mail/code", methods=["GET", "POST"])
def prove_mail() -> ResponseReturnValue:
    """Type the code."""
    actor, form = current_actor(), ProveForm()
    row = address_of(actor.person_id)
    if row is None or not row.wanted:
        if form.is_submitted():
            raise Conflict(NOTHING_WAITS)
        return redirect(url_for("accounts.mail_address"))
    wanted = row.wanted
    wrong = carry_out(form, lambda: prove(actor, form.code.data, now=now()))
    if wrong == "":
        flash(f"邮箱 {wanted} 已登记，提醒会发到这里。", "good")
        return redirect(url_for("accounts.telling"))
    if wrong:
        form.code.errors = [wrong]
    page = render_template("accounts/mail_code.html", form=form, mail=address_of(actor.person_id))
    return page, form.status if form.errors else 200


@accounts.post("/me/telling/mail/again")
def code_again() -> ResponseReturnValue:
    """Send another code to the same address."""
    _need_mail_server()
    actor = current_actor()
    with unit_of_work():
        row = address_of(actor.person_id)
        if row is None or not row.wanted:
            raise Conflict(NOTHING_WAITS)
        ask_code(actor, row.wanted, now=now())
        send_code_soon(actor.person_id)
    flash("新的验证码正在发出，以前的作废。", "note")
    return redirect(url_for("accounts.prove_mail"))


@accounts.post("/me/telling/mail/drop")
def drop_mail() -> ResponseReturnValue:
    """Forget the address."""
    with unit_of_work():
        drop_address(current_actor(), now=now())
    flash("邮箱已删去，不再发邮件。站内消息不变。", "good")
    return redirect(url_for("accounts.telling"))


# --- the calendar ----------------------------------------------------------------------------------------------


@accounts.post("/me/telling/calendar")
def make_feed() -> ResponseReturnValue:
    """A secret address for one's calendar, shown on this answer alone."""
    with unit_of_work():
        secret = new_feed(current_actor(), now=now())
    url = f"{settings().public_url}{url_for('accounts.feed', secret=secret)}"
    return keep_private(render_template("accounts/feed.html", url=url), 200)


@accounts.post("/me/telling/calendar/end")
def stop_feed() -> ResponseReturnValue:
    """The address answers no longer."""
    with unit_of_work():
        end_feed(current_actor(), now=now())
    flash("日历订阅已停用，原来的地址不再有效。", "good")
    return redirect(url_for("accounts.telling"))

"""The organisation's robots in chat groups: /admin/robots."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from accounts.access import current_actor
from accounts.authority import allow
from accounts.forms.base import carry_out
from accounts.forms.telling import RobotForm
from accounts.robots import (
    MOST,
    add_robot,
    change_robot,
    end_robot,
    get_robot,
    group_of,
    may_keep_robots,
    note_posted,
    robots_of_own,
)
from accounts.routing import topics_for_groups
from accounts.telling_rules import Topic
from accounts.told_models import Robot
from accounts.views import administration
from core.db import unit_of_work
from core.delivering import NotDelivered
from core.refusals import Conflict
from core.robots import RobotKind, post
from core.web import PRODUCT, now, settings

TRYING = "这是一条测试消息。收到说明群机器人设置正确。"


def _allowed() -> None:
    allow(may_keep_robots(current_actor()), "设置群机器人", "企业的安全管理人员、监管部门的审核人或安委办")


@administration.get("/robots")
def robots() -> ResponseReturnValue:
    """The groups that are told, and how the last post went."""
    _allowed()
    found = robots_of_own()
    return render_template("accounts/robots.html", robots=found, topics=Topic, is_full=len(found) >= MOST)


@administration.route("/robots/new", methods=["GET", "POST"])
def new_robot() -> ResponseReturnValue:
    """Let a group be told."""
    _allowed()
    return _form(None)


@administration.route("/robots/<int:robot_id>", methods=["GET", "POST"])
def robot(robot_id: int) -> ResponseReturnValue:
    """Another name, other topics, another address."""
    _allowed()
    return _form(get_robot(robot_id))


def _form(found: Robot | None) -> ResponseReturnValue:
    form, actor = RobotForm(), current_actor()
    form.offer(topics_for_groups())
    robot_id = found.id if found is not None else None

    def act() -> int:
        if robot_id is None:
            return add_robot(form.details, settings().robot_relay, by=actor, now=now()).id
        change_robot(get_robot(robot_id), form.details, settings().robot_relay, by=actor, now=now())
        return robot_id

    if carry_out(form, act) is not None:
        flash("群机器人已保存。请发一条测试消息看看。", "good")
        return redirect(url_for("administration.robots"))
    if not form.is_submitted():
        form.kind.data = found.kind.value if found else RobotKind.WECOM.value
        form.name.data = found.name if found else ""
        form.topics.data = found.topics if found else [topic.value for topic in topics_for_groups()]
    page = render_template("accounts/robot.html", form=form, robot=get_robot(robot_id) if robot_id else None)
    return page, form.status if form.errors else 200


@administration.post("/robots/<int:robot_id>/try")
def try_robot(robot_id: int) -> ResponseReturnValue:
    """Say one sentence in the group now."""
    _allowed()
    found = get_robot(robot_id)
    group = group_of(found) if found.ended_at is None else None
    if group is None:
        raise Conflict("这个机器人的地址读不出来。请重新填写地址。")
    error = ""
    try:
        post(group, f"【{PRODUCT}】{TRYING}", now=now(), relay=settings().robot_relay)
    except NotDelivered as failure:
        error = failure.reason
    with unit_of_work():
        note_posted(robot_id, error, now())
    if error:
        flash(f"测试消息没有发出：{error}。请核对地址和密钥。", "bad")
    else:
        flash("测试消息已发出，请到群里看。", "good")
    return redirect(url_for("administration.robots"))


@administration.post("/robots/<int:robot_id>/end")
def stop_robot(robot_id: int) -> ResponseReturnValue:
    """The group is told no longer."""
    _allowed()
    with unit_of_work():
        end_robot(get_robot(robot_id), by=current_actor(), now=now())
    flash("群机器人已停用，地址已删去。", "good")
    return redirect(url_for("administration.robots"))

"""Verbs on an organisation's robots in chat groups; who may keep them. Called inside a unit of work.

The address with its key is a secret: whoever has it speaks in the group. It is kept sealed and never shown again.
"""

from __future__ import annotations

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, update

from accounts.access import Actor
from accounts.history import record_own
from accounts.roles import Role
from accounts.telling_rules import Topic
from accounts.told_models import Robot
from core.db import db
from core.refusals import Conflict, Invalid, NotAllowed, NotFound
from core.robots import Group, RobotKind, check_address
from core.sealing import Unreadable, seal, unseal

PURPOSE: Final = "robot"
MOST: Final = 5  # running ones of an organisation
KEEPERS: Final = frozenset({Role.SAFETY_MANAGER, Role.REVIEWER, Role.COMMITTEE_CLERK})


@dataclass(frozen=True, slots=True)
class RobotDetails:
    """What is typed of a robot; without a new address the one there is stays."""

    name: str
    kind: RobotKind
    topics: Collection[Topic]
    url: str = ""
    secret: str = ""


def may_keep_robots(actor: Actor) -> bool:
    """The enterprise's safety manager, the office's reviewer or committee clerk."""
    return actor.holds(*KEEPERS) and (actor.enterprise_id is not None or actor.regulator_id is not None)


def _allow(actor: Actor) -> None:
    if not may_keep_robots(actor):
        raise NotAllowed("群机器人由企业的安全管理人员、监管部门的审核人或安委办办理。")


def add_robot(details: RobotDetails, relay: str, *, by: Actor, now: datetime) -> Robot:
    """Let a group's robot speak for the own organisation."""
    _allow(by)
    if len(robots_of_own()) >= MOST:
        raise Conflict(f"最多 {MOST} 个群机器人。请先停用不再用的。")
    made = Robot(made_at=now, made_by_id=by.person_id, error="")
    if by.enterprise_id is not None:
        made.enterprise_id = by.enterprise_id
    else:
        made.regulator_id = by.regulator_id
    _fill(made, details, relay)
    db.session.add(made)
    db.session.flush()
    record_own(by, "robot_added", now=now, robot=made.id)
    return made


def change_robot(robot: Robot, details: RobotDetails, relay: str, *, by: Actor, now: datetime) -> None:
    """Another name, other topics, and another address where one was typed."""
    _allow(by)
    _running(robot)
    _fill(robot, details, relay)
    record_own(by, "robot_changed", now=now, robot=robot.id)


def end_robot(robot: Robot, *, by: Actor, now: datetime) -> None:
    """It says nothing more, and its address is forgotten."""
    _allow(by)
    _running(robot)
    robot.ended_at, robot.sealed = now, ""
    record_own(by, "robot_ended", now=now, robot=robot.id)


def _running(robot: Robot) -> None:
    if robot.ended_at is not None:
        raise Conflict("这个机器人已经停用。")


def _fill(robot: Robot, details: RobotDetails, relay: str) -> None:
    if not details.topics:
        raise Invalid("没有选发什么。", fields={"topics": "请至少选一项。"})
    robot.name, robot.topics = details.name, sorted(topic.value for topic in details.topics)
    if details.url:
        check_address(details.kind, details.url, relay)
        if details.kind is RobotKind.DINGTALK and not details.secret:
            words = "钉钉机器人须用“加签”的密钥（以 SEC 开头）。请在安全设置里选加签后复制。"
            raise Invalid(words, fields={"secret": words})
        robot.kind, robot.error = details.kind, ""
        typed = json.dumps({"url": details.url, "secret": details.secret})
        robot.sealed, robot.hint = seal(typed.encode(), purpose=PURPOSE, owner=_owner(robot)), details.url[-4:]
    elif not robot.sealed or robot.kind is not details.kind:
        raise Invalid("没有机器人地址。", fields={"url": "请填机器人的 Webhook 地址。"})
    elif details.secret:
        words = "换密钥时请把 Webhook 地址也重新填写，两样一起保存。"
        raise Invalid("密钥没有保存。", fields={"url": words})


def _owner(robot: Robot) -> str:
    return f"enterprise {robot.enterprise_id}" if robot.enterprise_id is not None else f"office {robot.regulator_id}"


def group_of(robot: Robot) -> Group | None:
    """The group's address and secret; None where it cannot be opened with the key there is now."""
    try:
        opened = json.loads(unseal(robot.sealed, purpose=PURPOSE, owner=_owner(robot)))
    except Unreadable:
        return None
    return Group(robot.kind, opened["url"], opened["secret"])


def note_posted(robot_id: int, error: str, now: datetime) -> None:
    """Keep for its keeper how the last post went."""
    values = {"error": error} if error else {"error": "", "posted_at": now}
    one = update(Robot).where(Robot.id == robot_id).values(values)
    db.session.execute(one, execution_options={"synchronize_session": False})


# --- queries ---------------------------------------------------------------------------------------------------


def robots_of_own() -> list[Robot]:
    """The running robots of the viewer's organisation."""
    return list(db.session.scalars(select(Robot).where(Robot.ended_at.is_(None)).order_by(Robot.id)))


def get_robot(robot_id: int) -> Robot:
    """A robot of the viewer's organisation, else `NotFound`."""
    found = db.session.scalar(select(Robot).where(Robot.id == robot_id))
    if found is None:
        raise NotFound("找不到这个机器人，或者它不是本单位的。")
    return found

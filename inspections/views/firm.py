"""Of which enterprise a page of keeping shows plans, checklists and absences."""

from __future__ import annotations

from typing import Any

from flask import request, url_for

from accounts.access import Actor, current_actor
from accounts.models import Enterprise
from accounts.queries import get_enterprise
from accounts.roles import Role, Side
from core.refusals import NotAllowed

NOT_SYSTEM = "排查的资料由企业和监管部门查看，系统、安全、审计管理员不看。"


def reader() -> Actor:
    """Whoever reads what an enterprise keeps for inspecting: its people and its regulators."""
    actor = current_actor()
    if actor.side is Side.SYSTEM:
        raise NotAllowed(NOT_SYSTEM)
    return actor


def plan_reader() -> Actor:
    """Whoever reads plans: of an enterprise those who answer for a unit or the whole."""
    actor = reader()
    if actor.roles <= {Role.WORKER}:
        raise NotAllowed("排查计划由本企业班组长以上人员和监管部门查看。轮到您的排查在「排查」里。")
    return actor


def firm_asked(actor: Actor) -> Enterprise | None:
    """One's own enterprise; a regulator's the one of the address, None where none was chosen yet."""
    if actor.enterprise_id is not None:
        return get_enterprise(actor.enterprise_id)
    asked = number_asked("enterprise")
    return get_enterprise(asked) if asked is not None else None


def address(actor: Actor, endpoint: str, firm: Enterprise | None, **more: Any) -> str:
    """A page of this enterprise; a regulator's says whose it is."""
    own: dict[str, Any] = {} if actor.enterprise_id is not None or firm is None else {"enterprise": firm.id}
    return url_for(endpoint, **own, **{name: value for name, value in more.items() if value not in ("", None)})


def number_asked(name: str) -> int | None:
    """A number of the address; None for anything else."""
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None

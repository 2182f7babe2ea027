"""Who may take a ledger out of the register: those who answer for the whole of what it covers (domain.md §2)."""

from __future__ import annotations

from accounts.access import Actor
from accounts.roles import EXPORTERS
from core.refusals import NotAllowed


def may_export(actor: Actor) -> bool:
    """Whether this person hands in ledgers: a regulator's people, and who answers for a whole enterprise."""
    return actor.holds(*EXPORTERS)


def allow_export(actor: Actor) -> None:
    """Refuse with who does it instead, unless permitted."""
    if not may_export(actor):
        raise NotAllowed("台账由监管部门，或本企业的主要负责人、厂长/经理、安全管理人员导出。请由他们办理。")

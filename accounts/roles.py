"""Who there is, and who may make whom what. Source: domain.md §2.

Read it as three lists: the roles of an enterprise, those of a regulator, those of the system. A person belongs to
one enterprise or one regulator and holds one or more of its roles; a person of the system belongs to neither.
"""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """To which kind of organisation a role belongs."""

    ENTERPRISE = "enterprise"
    REGULATOR = "regulator"
    SYSTEM = "system"


class Role(StrEnum):
    """A role with its Chinese name and its side."""

    label: str
    side: Side

    def __new__(cls, value: str, label: str, side: Side) -> Role:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.side = side
        return member

    WORKER = "worker", "从业人员", Side.ENTERPRISE
    TEAM_LEADER = "team_leader", "班组长", Side.ENTERPRISE
    DEPARTMENT_HEAD = "department_head", "部门负责人", Side.ENTERPRISE
    PLANT_MANAGER = "plant_manager", "厂长/经理", Side.ENTERPRISE
    SAFETY_MANAGER = "safety_manager", "安全管理人员", Side.ENTERPRISE
    PRINCIPAL = "principal", "主要负责人", Side.ENTERPRISE

    TOWN_OFFICER = "town_officer", "镇街检查人员", Side.REGULATOR
    TOWN_HEAD = "town_head", "镇街负责人", Side.REGULATOR
    INSPECTOR = "inspector", "检查人员", Side.REGULATOR
    REVIEWER = "reviewer", "审核人", Side.REGULATOR
    APPROVER = "approver", "分管负责人", Side.REGULATOR
    COMMITTEE_CLERK = "committee_clerk", "安委办", Side.REGULATOR
    COMPLAINT_OFFICER = "complaint_officer", "举报受理", Side.REGULATOR

    SYSTEM_ADMIN = "system_admin", "系统管理员", Side.SYSTEM
    SECURITY_ADMIN = "security_admin", "安全管理员", Side.SYSTEM
    AUDITOR = "auditor", "审计管理员", Side.SYSTEM


ENTERPRISE_ROLES = frozenset(role for role in Role if role.side is Side.ENTERPRISE)
REGULATOR_ROLES = frozenset(role for role in Role if role.side is Side.REGULATOR)
SYSTEM_ROLES = frozenset(role for role in Role if role.side is Side.SYSTEM)

# Every role that can sign a closure, and the principal, is granted by the regulator,
# lest someone invent his own closer (domain.md §2).
CLOSING_ROLES = frozenset({Role.PRINCIPAL, Role.PLANT_MANAGER, Role.SAFETY_MANAGER, Role.DEPARTMENT_HEAD})

# Who takes ledgers and lists out as files: whoever answers for the whole of what they cover (domain.md §2).
EXPORTERS = frozenset({Role.PRINCIPAL, Role.PLANT_MANAGER, Role.SAFETY_MANAGER}) | REGULATOR_ROLES

# The system's three are separate persons (等保三级): the system administrator sets up organisations and people, the
# security administrator resets and unlocks, the auditor reads the log. They are made on the command line only.
GRANTS: dict[Role, frozenset[Role]] = {
    Role.SYSTEM_ADMIN: REGULATOR_ROLES | (ENTERPRISE_ROLES - CLOSING_ROLES),
    Role.REVIEWER: CLOSING_ROLES,
    Role.INSPECTOR: CLOSING_ROLES,
    Role.SAFETY_MANAGER: ENTERPRISE_ROLES - CLOSING_ROLES,
}

# Who signs somewhere on the way of a major hazard (the routes of workflows/closure.py; a test holds the two together),
# and the three who keep everybody's log-in: where the setting SECOND_FACTOR says `signers`, they must have one.
SIGNERS_OF_MAJORS = frozenset(
    {Role.SAFETY_MANAGER, Role.PRINCIPAL, Role.TOWN_OFFICER, Role.INSPECTOR, Role.REVIEWER, Role.APPROVER}
)


BY_CODE: dict[str, Role] = {role.value: role for role in Role}


def may_grant(held: frozenset[Role], wanted: Role) -> bool:
    """Whether somebody who holds these roles may give another person that one (domain.md §2)."""
    return any(wanted in GRANTS.get(role, frozenset()) for role in held)

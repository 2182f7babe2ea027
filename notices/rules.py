"""Who may take which step of a notice now. Pure; reads the table of workflows/notices.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accounts.roles import Role
from workflows.answers import ALLOWED, Ruling, no
from workflows.notices import (
    NOTICES,
    VOIDERS,
    NoticeKind,
    NoticeRow,
    NoticeStatus,
    steps_of,
)

LONGEST_REASON: Final = 600
CHANGEABLE: Final = frozenset({NoticeStatus.DRAFT})
WAITING: Final = frozenset({NoticeStatus.DRAFT, NoticeStatus.REVIEWING, NoticeStatus.REVIEWED})
PUBLISHED: Final = frozenset({NoticeStatus.ISSUED, NoticeStatus.VOIDED})

OFFICE_ONLY: Final = frozenset(row.kind for row in NOTICES.values() if row.office_only)
_TAKERS: Final = {kind: dict(steps_of(row)) for kind, row in NOTICES.items()}
_NOBODY: Final[frozenset[Role]] = frozenset()


@dataclass(frozen=True, slots=True)
class NoticeCase:
    """What of a notice and of who asks decides whether a step may be taken. `own`: the issuer is the asker's own."""

    kind: NoticeKind
    status: NoticeStatus
    own: bool
    roles: frozenset[Role]
    is_drafter: bool
    is_reviewer: bool = False

    @property
    def row(self) -> NoticeRow:
        """The kind's row."""
        return NOTICES[self.kind]

    @property
    def stands(self) -> str:
        """Where it stands, as every refusal begins to say."""
        return f"文书现在是「{status_word(self.kind, self.status)}」"


def status_word(kind: NoticeKind, status: NoticeStatus) -> str:
    """A status in words; a form that has no number is finished, not issued."""
    return "已定稿" if status is NoticeStatus.ISSUED and not NOTICES[kind].numbered else status.label


# --- whose step it is ------------------------------------------------------------------------------------------


def takers(kind: NoticeKind, status: NoticeStatus) -> frozenset[Role]:
    """The roles that take a notice on from where it stands; none once it is issued, voided or given up."""
    return _TAKERS[kind].get(status, _NOBODY)


def kinds_taken(roles: frozenset[Role], status: NoticeStatus) -> list[NoticeKind]:
    """The kinds that somebody of these roles takes on from this status."""
    return [kind for kind in NOTICES if not roles.isdisjoint(takers(kind, status))]


def kinds_drafted(roles: frozenset[Role]) -> list[NoticeKind]:
    """The kinds that somebody of these roles begins."""
    return [kind for kind in NOTICES if permit_draft(kind, roles).allowed]


# --- which step may be taken -----------------------------------------------------------------------------------


def permit_draft(kind: NoticeKind, roles: frozenset[Role]) -> Ruling:
    """Whether somebody of these roles begins a notice of this kind."""
    row = NOTICES[kind]
    if roles.isdisjoint(row.drafters):
        return no("role", f"《{kind.label}》由{_named(row.drafters)}起草。")
    return ALLOWED


def permit_change(case: NoticeCase) -> Ruling:
    """A draft is changed by who drafted it, until it is sent on: else who wrote it could review or issue it too."""
    if case.status not in CHANGEABLE:
        return no("state", f"{case.stands}，不能修改。")
    return _by_drafter(case, "修改")


def permit_number(case: NoticeCase) -> Ruling:
    """A draft takes its number early where another signature must name it."""
    if not case.row.takes_number_early:
        return no("kind", "签发时自动编号，不用先取号。")
    return permit_change(case)


def permit_send(case: NoticeCase) -> Ruling:
    """Sent on for review, or straight to whoever issues where the kind has none."""
    if not case.row.numbered:
        return no("kind", "这种表格不用提交，写好后直接定稿。")
    if case.status is not NoticeStatus.DRAFT:
        return no("state", f"{case.stands}，不用再提交。")
    return _by_drafter(case, "提交")


def permit_review(case: NoticeCase) -> Ruling:
    """Reviewed by another than who drafted it."""
    if not case.row.reviewers:
        return no("kind", "这种文书不经审核，提交后直接签发。")
    if case.status is not NoticeStatus.REVIEWING:
        return no("state", f"{case.stands}，不在审核环节。")
    if case.is_drafter:
        return no("separation", "您起草了这份文书，不能审核。请由本单位另一人审核。")
    return _held(case, case.row.reviewers, "审核")


def permit_issue(case: NoticeCase) -> Ruling:
    """Issued by another than who drafted or reviewed it; an enterprise's form by whoever finishes it."""
    wanted = NoticeStatus.REVIEWED if case.row.numbered else NoticeStatus.DRAFT
    if case.status is not wanted:
        yet = "还不能" if case.status in WAITING else "不能再"
        return no("state", f"{case.stands}，{yet}{'签发' if case.row.numbered else '定稿'}。")
    if case.row.numbered and case.is_drafter:
        return no("separation", "您起草了这份文书，不能签发。请由本单位另一人签发。")
    if case.is_reviewer:
        return no("separation", "您审核了这份文书，不能再签发。请由本单位另一人签发。")
    return _held(case, case.row.issuers, "签发")


def permit_return(case: NoticeCase) -> Ruling:
    """Sent back to its drafter by whoever may review or issue it now."""
    if not case.row.numbered:
        return no("kind", "这种表格没有审核环节，请直接修改。")
    if case.status is NoticeStatus.REVIEWING:
        return permit_review(case)
    if case.status is NoticeStatus.REVIEWED:
        return permit_issue(case)
    return no("state", f"{case.stands}，没有可以退回的环节。")


def permit_withdraw(case: NoticeCase) -> Ruling:
    """Given up before it was issued; by who drafted it, or by whoever may draft or issue it."""
    if case.status not in WAITING:
        return no("state", f"{case.stands}，不能撤回。已签发的只能作废。")
    return _held(case, case.row.drafters | case.row.issuers, "撤回")


def permit_void(case: NoticeCase) -> Ruling:
    """An issued one is voided, with a reason; its number stays used."""
    if case.status is not NoticeStatus.ISSUED:
        return no("state", f"{case.stands}，不能作废。")
    return _held(case, VOIDERS if case.row.numbered else case.row.issuers, "作废")


def permit_serve(case: NoticeCase) -> Ruling:
    """Service is recorded by the office that issued it."""
    if not case.row.served:
        return no("kind", "这种文书不需要送达。")
    if case.status is not NoticeStatus.ISSUED:
        return no("state", f"{case.stands}，签发后才能登记送达。")
    return _held(case, case.row.drafters | case.row.issuers, "登记送达")


def permit_scan(case: NoticeCase) -> Ruling:
    """A signed paper is put beside its notice by whoever may make or issue the notice."""
    if case.status is not NoticeStatus.ISSUED:
        return no("state", f"{case.stands}，签发（定稿）后才能上传签字件。")
    return _held(case, case.row.drafters | case.row.issuers, "上传签字件")


def permit_print(case: NoticeCase) -> Ruling:
    """Whoever sees an issued paper prints it."""
    return ALLOWED if case.status in PUBLISHED else no("state", "还没有签发，没有可以打印的文书。")


def _by_drafter(case: NoticeCase, verb: str) -> Ruling:
    """By whoever may draft it; an office's paper, which others then review and issue, by who did."""
    held = _held(case, case.row.drafters, verb)
    if held.allowed and case.row.numbered and not case.is_drafter:
        return no("drafter", f"这份文书由起草人{verb}。起草人不在的，请撤回后重新起草。")
    return held


def _held(case: NoticeCase, roles: frozenset[Role], verb: str) -> Ruling:
    if not case.own:
        return no("office", f"这份文书由签发单位{verb}。")
    if case.roles.isdisjoint(roles):
        return no("role", f"《{case.kind.label}》由{_named(roles)}{verb}。")
    return ALLOWED


def _named(roles: frozenset[Role]) -> str:
    return "、".join(role.label for role in Role if role in roles)

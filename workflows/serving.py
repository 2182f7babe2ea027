"""Serving a notice (送达): who may sign for it, whom that tells, and what each manner has to note. Pure.

Articles are those of 民事诉讼法 as of 2023, by which 行政处罚法 61 has notices served.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from workflows.notice_words import Receipt, ServiceManner


class Head(StrEnum):
    """Who has to be told of a major hazard in person (domain.md §3)."""

    PRINCIPAL = "principal"
    CONTROLLER = "controller"


@dataclass(frozen=True, slots=True)
class Signatory:
    """As what somebody signs for a notice; `tells`: the head who thereby knows, nobody is told through another."""

    label: str
    source: str
    tells: Head | None = None


SIGNATORIES: Final[tuple[Signatory, ...]] = (
    Signatory("主要负责人", "民事诉讼法 88", Head.PRINCIPAL),
    Signatory("法定代表人", "民事诉讼法 88", Head.PRINCIPAL),
    Signatory("实际控制人", "domain.md §3：另行告知", Head.CONTROLLER),
    Signatory("受委托人", "民事诉讼法 88"),
    Signatory("安全管理人员", "民事诉讼法 88：该组织负责收件的人"),
    Signatory("办公室、收发、值班人员", "民事诉讼法 88：该组织负责收件的人"),
    Signatory("同住成年家属", "民事诉讼法 88"),
    Signatory("其他人员", "写明情况，由办案人员判断"),
)

TELLS: Final[dict[str, Head]] = {row.label: row.tells for row in SIGNATORIES if row.tells is not None}
"""Whom a signature tells, by how the signatory is called; who is not named tells nobody."""


@dataclass(frozen=True, slots=True)
class Need:
    """A try to serve in this manner, or with this outcome, notes the field."""

    when: ServiceManner | Receipt
    field: str
    sentence: str
    source: str


NEEDS: Final[tuple[Need, ...]] = (
    Need(Receipt.SIGNED, "recipient", "请填签收人。", "民事诉讼法 87"),
    Need(Receipt.SIGNED, "relation", "请选择签收人身份。", "民事诉讼法 88"),
    Need(Receipt.SIGNED, "received_on", "请填签收日期。", "民事诉讼法 87"),
    Need(Receipt.REFUSED, "reason", "拒绝签收的，请写明理由和经过。", "民事诉讼法 89"),
    Need(ServiceManner.LEFT, "witnesses", "留置送达要有见证人，或者写明拍照、录像的情况。", "民事诉讼法 89"),
    Need(ServiceManner.POSTED, "tracking", "邮寄送达请填邮件号。", "民事诉讼法 91"),
)


def needed(manner: ServiceManner, receipt: Receipt) -> tuple[Need, ...]:
    """What a try in this manner with this outcome has to note."""
    return tuple(need for need in NEEDS if need.when in (manner, receipt))

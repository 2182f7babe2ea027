"""What a document shows, frozen: plain values that are copied once and never looked up again.

Who issues a document fills a snapshot; who renders it sees nothing else. Texts are taken as they are and escaped by
the renderer; days are Shanghai days, moments are aware; photos are the bytes of JPEG or PNG files. Everything can be
kept as JSON, photos by their digests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PhotoSnapshot:
    """A photo with who took it, when, and how (现场拍摄, 相册选取 …)."""

    data: bytes
    taken_by: str = ""
    taken_at: datetime | None = None
    how: str = ""


@dataclass(frozen=True, slots=True)
class SignatureSnapshot:
    """One signature of a route, in the words the paper shows.

    stage    复查, 核销审核 …; neighbours of the same stage are printed as one group
    at       the moment, or the day alone where paper bears no time
    manner   页面确认·密码复核 | 纸质签署·代录（代录人、文号、日期） | 即查即改自动受理 | 导入 …
    digest   of what was seen when signing
    """

    stage: str
    person: str
    role: str
    organisation: str
    at: date | None  # a datetime is a date
    manner: str
    opinion: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ListingSnapshot:
    """The listing 挂牌督办: level (区级, 市级), the office that listed, its document's number."""

    level: str
    office: str
    number: str = ""


@dataclass(frozen=True, slots=True)
class VerificationSnapshot:
    """How a paper is checked later: the chain's anchor, the code, and the address behind the QR code."""

    anchor: str = ""
    code: str = ""
    url: str = ""
    digest: str = ""


@dataclass(frozen=True, slots=True)
class ClosureFormSnapshot:
    """销号审批表: the hazard, what was done about it, and every signature up to its closure (domain.md §7).

    `grade` is 重大 or 一般. `basis` is the clause (and text) that makes it major, or the reason of its grade.
    `stopped` and `resumed` are sentences (“2026年11月13日起停用…”), empty where nothing was stopped. `cost` is a text
    with its unit.
    """

    number: str
    grade: str
    enterprise: str
    uscc: str
    address: str
    industry: str
    region: str
    place: str
    channel: str
    found_on: date | None
    description: str
    basis: str
    measures: str
    responsible_person: str
    issued_at: datetime
    deadline_original: date | None = None
    deadline_current: date | None = None
    extensions: int = 0
    completed_on: date | None = None
    cost: str = ""
    stopped: str = ""
    resumed: str = ""
    listing: ListingSnapshot | None = None
    photos_before: tuple[PhotoSnapshot, ...] = ()
    photos_after: tuple[PhotoSnapshot, ...] = ()
    signatures: tuple[SignatureSnapshot, ...] = ()
    closed_on: date | None = None
    struck_off_on: date | None = None
    delisted_on: date | None = None
    responsible_office: str = ""
    verification: VerificationSnapshot = VerificationSnapshot()
    product: str = "事故隐患登记与销号管理系统"

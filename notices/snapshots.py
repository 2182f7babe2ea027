"""What a document shows, frozen: plain values that are copied once and never looked up again.

Who issues a document fills a snapshot; who renders it sees nothing else. Texts are taken as they are and escaped by
the renderer; days are Shanghai days, moments are aware; photos are the bytes of JPEG or PNG files. Everything can be
kept as JSON, photos by their digests.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

MOST_PHOTOS = 12  # on either side; a form is not the album


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


# --- every other kind ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ItemSnapshot:
    """One hazard as an item of a notice. `opinion`: 合格, 不合格 or empty; `overdue_days` 0 where it is not overdue."""

    position: int
    number: str
    enterprise: str
    place: str
    description: str
    grade: str
    basis: str
    deadline: date | None
    state: str
    overdue_days: int = 0
    opinion: str = ""


@dataclass(frozen=True, slots=True)
class SignPlace:
    """A place for signatures by hand: who signs (检查人员（签名）), the names known, what stands beside each name.

    `dated`: a blank date follows; `sealed`: room for a seal; `opinion`: a line of what is said above the signature.
    """

    label: str
    names: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    opinion: str = ""
    dated: bool = True
    sealed: bool = False


@dataclass(frozen=True, slots=True)
class SectionSnapshot:
    """A part of a form: its title, short facts set two in a row, long texts below them."""

    title: str
    pairs: tuple[tuple[str, str], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class AnnexSnapshot:
    """附件: its name, and either paragraphs or a table (heads and rows of texts)."""

    title: str
    text: str = ""
    heads: tuple[str, ...] = ()
    shares: tuple[float, ...] = ()  # of the width, summing up to 1; empty: equal columns
    rows: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeSnapshot:
    """What a notice shows, frozen when it is issued (domain.md §7). Which parts are used depends on its family.

    kind         code of workflows/notices.py
    head         the issuer's name as it stands at the head: red (letters), black (enforcement), none (forms)
    number       empty on forms, and on a preview before a number was taken
    facts        label and value, set as underlined lines on enforcement documents (被检查单位：…)
    body         paragraphs ended by \\n; one beginning 一、 is a heading in 黑体, one beginning （一） in 楷体
    items        the hazards; printed as a table or an annex where `items_shown`
    closing      what follows the items: the appeal text, 特此函告
    signers      whose names stand over the date: the office, or several
    copies       抄送; `printed_by` 印发机关 of the 版记
    draft        a preview: marked 草稿 on every page, without code and digest
    """

    kind: str
    title: str
    issued_at: datetime
    dated: date | None
    head: str = ""
    number: str = ""
    addressee: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    body: str = ""
    items: tuple[ItemSnapshot, ...] = ()
    items_shown: bool = False
    closing: str = ""
    sections: tuple[SectionSnapshot, ...] = ()
    annexes: tuple[AnnexSnapshot, ...] = ()
    signers: tuple[str, ...] = ()
    places: tuple[SignPlace, ...] = ()
    note: str = ""
    copies: tuple[str, ...] = ()
    printed_by: str = ""
    photos_before: tuple[PhotoSnapshot, ...] = ()
    photos_after: tuple[PhotoSnapshot, ...] = ()
    verification: VerificationSnapshot = VerificationSnapshot()
    product: str = "事故隐患登记与销号管理系统"
    draft: bool = False

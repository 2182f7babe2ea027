"""Notices (文书): which there are, who drafts, reviews and issues them, what they ask for, what they do. Pure.

Read `NOTICES` as a table: one row a kind of domain.md §7, in its order. An office's notice is drafted by one person,
reviewed where the row names roles for it, and issued by another; whoever drafts judges nothing of it, and nobody takes
two of the steps (domain.md §3, separation of duties). Papers made out on the spot are signed by two inspectors, so they
are issued by a second one without a review (行政处罚法 42: 执法人员不得少于两人). An enterprise's forms have no number
and no review: whoever answers for the enterprise finishes them; they are signed on paper and come back as scans.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from accounts.roles import Role, Side
from workflows.entries import DELISTED, LISTED
from workflows.notice_words import Effect, Entry, Family, NoticeKind, NoticeStatus, Receipt, ServiceManner
from workflows.vocabulary import ListingLevel, State

__all__ = [
    "NOTICES",
    "Effect",
    "Entry",
    "Family",
    "NoticeField",
    "NoticeKind",
    "NoticeRow",
    "NoticeStatus",
    "Receipt",
    "ServiceManner",
]


@dataclass(frozen=True, slots=True)
class NoticeField:
    """One thing a draft asks for, under the name by which templates know it (`label`)."""

    name: str
    label: str
    entry: Entry = Entry.LINE
    needed: bool = True
    longest: int = 200
    hint: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class NoticeRow:
    """One kind. `most` items (hazards) of one addressee; `states` in which these may be, empty: any.

    `word` is the 文种 of its number. `served`: it is handed to somebody. `to_whom`: it is addressed to nobody by name.
    `addressee`: the field that names another addressee than the enterprise whose hazard it is about.
    `appealable`: its text names the government and the court to which the addressee may turn.
    `office_only`: nobody but the office that issued it ever reads it here.
    """

    kind: NoticeKind
    family: Family
    side: Side
    word: str
    drafters: frozenset[Role]
    reviewers: frozenset[Role]
    issuers: frozenset[Role]
    fields: tuple[NoticeField, ...] = ()
    least: int = 1
    most: int = 1
    states: frozenset[State] = frozenset()
    majors_only: bool = False
    served: bool = True
    numbered: bool = True
    takes_number_early: bool = False
    appealable: bool = False
    office_only: bool = False
    to_whom: str = ""
    addressee: str = "to"
    effect: Effect = Effect.NONE
    source: str = ""

    @property
    def takes_several(self) -> bool:
        """Whether one notice may be about several enterprises: where a draft may name its addressee."""
        return self.most > 1 and any(field.name == self.addressee for field in self.fields)


_R, _E, _L = Role, Side.ENTERPRISE, Entry.LONG
_ON_SITE: Final = frozenset({_R.INSPECTOR, _R.TOWN_OFFICER})
_SECOND: Final = frozenset({_R.INSPECTOR, _R.TOWN_OFFICER, _R.TOWN_HEAD})
_REVIEW: Final = frozenset({_R.REVIEWER, _R.TOWN_HEAD})
_APPROVE: Final = frozenset({_R.APPROVER})
_DESK: Final = frozenset({_R.INSPECTOR, _R.COMMITTEE_CLERK, _R.REVIEWER})
_CLERK: Final = frozenset({_R.COMMITTEE_CLERK, _R.INSPECTOR})
_FIRM: Final = frozenset({_R.SAFETY_MANAGER, _R.PLANT_MANAGER, _R.PRINCIPAL})
_NOBODY: Final[frozenset[Role]] = frozenset()
_LONG: Final = 2000
_OPEN: Final = frozenset({State.REPORTED, State.RECTIFYING, State.VERIFIED})
_WORKING: Final = frozenset({State.RECTIFYING, State.VERIFIED})

Kind = NoticeKind


def _field(name: str, label: str, entry: Entry = Entry.LINE, **more: object) -> NoticeField:
    return NoticeField(name, label, entry, **({"longest": _LONG} if entry is _L else {}) | more)  # type: ignore[arg-type]


_TO = _field("to", "主送单位", needed=False, longest=300, hint="留空送隐患所在企业；送区县、镇街的写单位全称")
_ASKED = _field("asked", "督办要求", _L)
_ANSWER_BY = _field("answer_by", "反馈期限", Entry.DAY)
_FACTS = _field("facts", "有关情况", _L, needed=False, hint="留空由系统按隐患现状写明")
_COPIES = _field("copies", "抄送", needed=False, longest=300, hint="几个单位用顿号隔开")
_CONTACT = _field("contact", "联系人及电话", needed=False, longest=80)

_TABLE: Final[tuple[NoticeRow, ...]] = (
    NoticeRow(
        Kind.INSPECTION_RECORD,
        Family.ENFORCEMENT,
        Side.REGULATOR,
        "检记",
        _ON_SITE,
        _NOBODY,
        _SECOND,
        (
            _field("place", "检查场所", longest=200),
            _field("from_at", "检查开始时间", Entry.MOMENT),
            _field("until_at", "检查结束时间", Entry.MOMENT),
            _field("findings", "检查情况", _L, needed=False, hint="留空按隐患逐条写明"),
            _field("recusal", "已告知申请回避的权利", Entry.YES),
            _field("person", "被检查单位现场负责人", longest=60),
            _field("person_title", "现场负责人职务", needed=False, longest=60),
            _field("opinion", "被检查单位意见", _L, needed=False),
            _field("refused", "拒绝签字", Entry.YES, needed=False),
            _field("refusal", "拒签情况", needed=False, longest=300),
        ),
        most=30,
        source="domain.md §7；行政处罚法 42、55；应急管理行政执法文书式样",
    ),
    NoticeRow(
        Kind.MEASURE_DECISION,
        Family.ENFORCEMENT,
        Side.REGULATOR,
        "现决",
        _ON_SITE,
        _REVIEW,
        _APPROVE | frozenset({_R.REVIEWER}),
        (
            _field("measures", "现场处理措施", _L, hint="停产停业、停止使用、撤出人员等，写明范围"),
            _field("basis", "处理依据", _L),
            _field("from_at", "起始时间", Entry.MOMENT),
        ),
        most=30,
        states=_OPEN,
        appealable=True,
        source="domain.md §5、§7；安全生产法 65、70",
    ),
    NoticeRow(
        Kind.ORDER,
        Family.ENFORCEMENT,
        Side.REGULATOR,
        "责改",
        _ON_SITE,
        _NOBODY,
        _SECOND,
        (_field("basis", "责令依据", _L, needed=False, hint="留空用各项隐患的依据"),),
        most=30,
        states=frozenset({State.REPORTED, State.RECTIFYING}),
        takes_number_early=True,
        effect=Effect.ORDERED,
        appealable=True,
        source="domain.md §3 order、§7；安全生产法 65；行政复议法 20、行政诉讼法 46",
    ),
    NoticeRow(
        Kind.REINSPECTION,
        Family.ENFORCEMENT,
        Side.REGULATOR,
        "复查",
        _ON_SITE,
        _NOBODY,
        _SECOND,
        (
            _field("on", "复查日期", Entry.DAY),
            _field("opinion", "复查意见", _L, needed=False, hint="留空按各项的整改情况写明"),
        ),
        most=30,
        states=frozenset({State.RECTIFYING, State.VERIFIED, State.CLOSED}),
        source="domain.md §7",
    ),
    NoticeRow(
        Kind.TOLD,
        Family.ENFORCEMENT,
        Side.REGULATOR,
        "告",
        _ON_SITE,
        _NOBODY,
        _SECOND,
        (_field("duties", "应当履行的职责", _L, needed=False, hint="留空用模板文字"),),
        states=_OPEN,
        majors_only=True,
        effect=Effect.TOLD,
        source="domain.md §3、§7；安全生产法 21、41",
    ),
    NoticeRow(
        Kind.HAZARD_REPORT,
        Family.FORM,
        _E,
        "",
        _FIRM,
        _NOBODY,
        _FIRM,
        (_field("target", "治理的目标和任务", _L, needed=False, hint="留空则在纸上填写"),),
        states=_OPEN,
        majors_only=True,
        served=False,
        numbered=False,
        source="domain.md §7；总局令第16号 14",
    ),
    NoticeRow(
        Kind.LETTER,
        Family.LETTER,
        Side.REGULATOR,
        "函",
        _DESK,
        _REVIEW,
        _APPROVE,
        (_TO, _FACTS, _ASKED, _ANSWER_BY, _COPIES, _CONTACT),
        most=100,
        states=_OPEN,
        source="domain.md §5、§7；GB/T 9704 信函格式",
    ),
    NoticeRow(
        Kind.BULLETIN,
        Family.LETTER,
        Side.REGULATOR,
        "通报",
        _DESK,
        _REVIEW,
        _APPROVE,
        (_field("to", "主送单位", longest=300), _FACTS, _ASKED, _COPIES),
        most=200,
        source="domain.md §5、§7；GB/T 9704",
    ),
    NoticeRow(
        Kind.INTERVIEW,
        Family.LETTER,
        Side.REGULATOR,
        "约谈",
        _DESK,
        _REVIEW,
        _APPROVE,
        (
            _TO,
            _field("who", "被约谈人", longest=120),
            _field("why", "约谈事由", _L, needed=False, hint="留空由系统按隐患现状写明"),
            _field("at", "约谈时间", Entry.MOMENT),
            _field("where", "约谈地点", longest=120),
            _field("bring", "携带材料", _L, needed=False),
            _COPIES,
            _CONTACT,
        ),
        most=100,
        states=_OPEN,
        source="domain.md §5、§7",
    ),
    NoticeRow(
        Kind.LISTING,
        Family.LETTER,
        Side.REGULATOR,
        "挂",
        _CLERK,
        _REVIEW,
        _APPROVE,
        (
            _field("decision", "政府决定文号", longest=80, needed=False),
            _field("basis", "挂牌依据", _L),
            _field("until", "督办期限", Entry.DAY, hint="最长一年"),
            _field("plan_by", "整改方案上报期限", Entry.DAY),
            _COPIES,
        ),
        states=LISTED.states,
        majors_only=True,
        effect=Effect.LISTED,
        source="domain.md §5、§7；青岛、宁波挂牌督办办法",
    ),
    NoticeRow(
        Kind.DELISTING,
        Family.LETTER,
        Side.REGULATOR,
        "解挂",
        _CLERK,
        _REVIEW,
        _APPROVE,
        (_field("original", "原挂牌督办文号", longest=80), _field("on", "摘牌日期", Entry.DAY), _COPIES),
        states=DELISTED.states,
        majors_only=True,
        effect=Effect.DELISTED,
        source="domain.md §3 摘牌、§5、§7",
    ),
    NoticeRow(
        Kind.EXTENSION_REQUEST,
        Family.FORM,
        _E,
        "",
        _FIRM,
        _NOBODY,
        _FIRM,
        (
            _field("until", "申请延期至", Entry.DAY),
            _field("reason", "延期理由", _L),
            _field("controls", "延期期间的管控措施", _L),
        ),
        states=frozenset({State.RECTIFYING}),
        served=False,
        numbered=False,
        source="domain.md §3 extend、§7",
    ),
    NoticeRow(
        Kind.EXTENSION_DECISION,
        Family.ENFORCEMENT,
        Side.REGULATOR,
        "延审",
        _ON_SITE,
        _REVIEW,
        _APPROVE | frozenset({_R.REVIEWER}),
        (
            _field("decision", "审批意见", Entry.CHOICE, choices=("同意延期", "不同意延期")),
            _field("until", "整改期限", Entry.DAY, hint="同意的写新期限，不同意的写原期限"),
            _field("reason", "理由", _L),
        ),
        states=_WORKING,
        source="domain.md §3 extend、§7",
    ),
    NoticeRow(
        Kind.ACCEPTANCE_REQUEST,
        Family.FORM,
        _E,
        "",
        _FIRM,
        _NOBODY,
        _FIRM,
        (_field("self_check", "自验情况", _L, needed=False),),
        states=_WORKING,
        served=False,
        numbered=False,
        source="domain.md §3 verify、§7",
    ),
    NoticeRow(
        Kind.ACCEPTANCE_OPINION,
        Family.ENFORCEMENT,
        Side.REGULATOR,
        "验收",
        _ON_SITE,
        _NOBODY,
        _SECOND,
        (
            _field("on", "验收日期", Entry.DAY),
            _field("result", "验收结论", Entry.CHOICE, choices=("合格", "不合格")),
            _field("opinion", "验收意见", _L),
        ),
        states=frozenset({State.RECTIFYING, State.VERIFIED, State.CLOSED}),
        source="domain.md §7",
    ),
    NoticeRow(
        Kind.RESUME_CONSENT,
        Family.ENFORCEMENT,
        Side.REGULATOR,
        "复产",
        _ON_SITE,
        _REVIEW,
        _APPROVE | frozenset({_R.REVIEWER}),
        (_field("checked", "审查情况", _L), _field("from_on", "恢复生产日期", Entry.DAY)),
        states=_WORKING,
        source="domain.md §3 resume、§7；安全生产法 65",
    ),
    NoticeRow(
        Kind.CLOSURE_FORM,
        Family.FORM,
        Side.REGULATOR,
        "",
        _DESK | _ON_SITE | _FIRM | _REVIEW | _APPROVE,
        _NOBODY,
        _DESK | _ON_SITE | _FIRM | _REVIEW | _APPROVE,
        states=frozenset({State.VERIFIED, State.CLOSED}),
        served=False,
        numbered=False,
        source="domain.md §7",
    ),
    NoticeRow(
        Kind.STATISTICS,
        Family.FORM,
        _E,
        "",
        _FIRM | _DESK,
        _NOBODY,
        _FIRM | _DESK,
        (_field("period", "统计期间", longest=24, hint="季报写 2026-Q3，年报写 2026，月报写 2026-10"),),
        least=0,
        most=0,
        served=False,
        numbered=False,
        source="domain.md §6、§7、§8 表3",
    ),
    NoticeRow(
        Kind.TRANSFER,
        Family.ENFORCEMENT,
        Side.REGULATOR,
        "移送",
        _ON_SITE | frozenset({_R.COMMITTEE_CLERK}),
        _NOBODY,
        frozenset({_R.REVIEWER, _R.TOWN_HEAD}),
        (
            _field("to", "受移送单位", longest=300),
            _field("reason", "移送理由", _L),
            _field("materials", "移送材料", _L, needed=False),
            _CONTACT,
        ),
        most=30,
        states=_OPEN,
        source="domain.md §3 transfer、§7",
    ),
    NoticeRow(
        Kind.SERVICE,
        Family.ENFORCEMENT,
        Side.REGULATOR,
        "送证",
        _ON_SITE | _DESK,
        _NOBODY,
        _ON_SITE | _DESK,
        (
            _field("document", "送达文书名称及文号", longest=300),
            _field("recipient", "受送达人", longest=300),
            _field("place", "送达地点", needed=False),
            _field("manner", "送达方式"),
            _field("on", "送达日期", Entry.DAY),
            _field("served_by", "送达人", longest=120),
            _field("taken_by", "收件人", needed=False),
            _field("taken_on", "收到日期", Entry.DAY, needed=False),
            _field("reason", "拒收理由和日期", needed=False, longest=300),
            _field("witnesses", "见证人", needed=False),
        ),
        least=0,
        most=0,
        served=False,
        numbered=False,
        addressee="recipient",
        source="domain.md §7；民事诉讼法 87",
    ),
    NoticeRow(
        Kind.COMPLAINT_ANSWER,
        Family.LETTER,
        Side.REGULATOR,
        "举复",
        frozenset({_R.COMPLAINT_OFFICER}),
        _REVIEW,
        _APPROVE,
        (_field("findings", "核查情况", _L), _field("outcome", "处理结果", _L), _CONTACT),
        to_whom="举报人",
        office_only=True,
        served=False,
        source="domain.md §3、§5、§7：不写举报人的任何信息，所以也不在文书里登记由谁签收",
    ),
)

NOTICES: Final[dict[NoticeKind, NoticeRow]] = {row.kind: row for row in _TABLE}

DEFAULT_PATTERNS: Final[dict[Family, str]] = {
    Family.LETTER: "{字头}{文种}〔{年}〕{序号}号",
    Family.ENFORCEMENT: "（{字头}）{文种}〔{年}〕{序号}号",
}
"""How a number reads where the office has set nothing else (GB/T 9704 7.2.5: year in 〔〕, no leading zero)."""

FILE_FORMAT: Final = frozenset({Kind.BULLETIN, Kind.LISTING, Kind.DELISTING})
"""Official letters with the red head of a 文件; the others of their family are set in 信函格式 (GB/T 9704 10.1)."""

VOIDERS: Final = frozenset({_R.REVIEWER, _R.TOWN_HEAD, _R.APPROVER})
"""Who may void an issued notice, with a reason; not whoever issued it alone knows best, but another of the office."""

TEMPLATE_EDITORS: Final = frozenset({_R.REVIEWER, _R.TOWN_HEAD, _R.COMMITTEE_CLERK})
"""Who edits the texts and the number patterns of an office."""

LISTING_LEVELS: Final[dict[str, ListingLevel]] = {"district": ListingLevel.DISTRICT, "city": ListingLevel.CITY}
"""At which level an office of that level lists."""


def steps_of(row: NoticeRow) -> tuple[tuple[NoticeStatus, frozenset[Role]], ...]:
    """Where a notice of a kind may wait, with who takes it from there: drafting, reviewing where it has one, issuing.

    A form that has no number is finished by whoever writes it.
    """
    if not row.numbered:
        return ((NoticeStatus.DRAFT, row.issuers),)
    reviewing = ((NoticeStatus.REVIEWING, row.reviewers),) if row.reviewers else ()
    return ((NoticeStatus.DRAFT, row.drafters), *reviewing, (NoticeStatus.REVIEWED, row.issuers))

"""What each kind shows beside its text: title, underlined facts, items, sections of a form, places to sign. A table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core.money import wan_text
from hazards.deed import basis_text
from notices.filling.about import About
from notices.parts.cleaning import day_text
from notices.snapshots import SectionSnapshot, SignPlace
from workflows.notices import NoticeKind

Facts = tuple[tuple[str, str], ...]
K = NoticeKind


@dataclass(frozen=True, slots=True)
class Recipe:
    """One kind: its title, facts, sections and places; whether so many items are shown as a table (or an annex).

    `addressed`: it begins with 主送; a record and a 送达回证 name whom they are about among their facts.
    """

    title: Callable[[About], str] = lambda about: about.kind.label
    facts: Callable[[About], Facts] = lambda _about: ()
    sections: Callable[[About], tuple[SectionSnapshot, ...]] = lambda _about: ()
    places: Callable[[About], tuple[SignPlace, ...]] = lambda _about: ()
    shows_items: Callable[[int], bool] = lambda _count: False
    with_photos: bool = False
    addressed: bool = True


def _always(count: int) -> bool:
    """Enforcement documents list what was found, be it one."""
    return count > 0


def _several(count: int) -> bool:
    """A letter tells of one hazard in its text, and of several in an annex."""
    return count > 1


# --- titles: 发文事由 + 文种 (GB/T 9704 7.3.1) -----------------------------------------------------------------------


def _of_firm(words: str) -> Callable[[About], str]:
    """关于示例化工有限公司…的督办函; without a name where several firms are concerned."""
    return lambda about: f"关于{about.enterprise.name if about.enterprise else ''}{words}"


# --- facts -----------------------------------------------------------------------------------------------------


def _field_facts(*labels: str) -> Callable[[About], Facts]:
    return lambda about: tuple((label, about.shown.get(label, "")) for label in labels)


def _checked(about: About) -> Facts:
    """Head of a 现场检查记录 as the ministry's form has it."""
    firm, shown = about.enterprise, about.shown
    times = f"{shown['检查开始时间']} 至 {shown['检查结束时间']}"
    return (
        ("被检查单位", firm.name if firm else ""),
        ("地址", firm.address if firm else ""),
        ("法定代表人（负责人）", firm.principal_name if firm else ""),
        ("现场负责人", "　".join(filter(None, (shown["被检查单位现场负责人"], shown["现场负责人职务"])))),
        ("检查场所", shown["检查场所"]),
        ("检查时间", times if times.strip("至 ") else ""),
        ("检查人员", "、".join(person.name for person in about.people)),
        ("证件号码", "、".join(person.certificate_no for person in about.people if person.certificate_no)),
    )


def _cited(about: About) -> Facts:
    number = about.hazards[0].order_number if about.hazards else ""
    return (("责令限期整改文书", number), ("验收日期", about.shown["验收日期"]), ("验收结论", about.shown["验收结论"]))


# --- places for signatures -------------------------------------------------------------------------------------


def _inspectors(about: About) -> SignPlace:
    notes = tuple(f"证件号 {person.certificate_no}" if person.certificate_no else "" for person in about.people)
    return SignPlace("检查（执法）人员（签名）", tuple(person.name for person in about.people), notes)


def _with_receipt(who: str) -> Callable[[About], tuple[SignPlace, ...]]:
    return lambda about: (_inspectors(about), SignPlace(who))


def _recorded(about: About) -> tuple[SignPlace, ...]:
    said = about.shown["被检查单位意见"]
    refused = about.shown["拒签情况"] or ("拒绝签字" if about.shown["拒绝签字"] else "")
    opinion = "　".join(filter(None, (said, refused)))
    return (
        _inspectors(about),
        SignPlace("被检查单位现场负责人意见及签名", (about.shown["被检查单位现场负责人"],), opinion=opinion),
    )


def _both_told(about: About) -> tuple[SignPlace, ...]:
    firm = about.enterprise
    principal, controller = (firm.principal_name, firm.controller_name) if firm else ("", "")
    return (
        _inspectors(about),
        SignPlace("主要负责人（签收）", (principal,) if principal else ()),
        SignPlace("实际控制人（签收）", (controller,) if controller else ()),
    )


def _served(about: About) -> tuple[SignPlace, ...]:
    shown = about.shown
    return (
        SignPlace("受送达人（代收人）签名或者盖章", (shown["收件人"],) if shown["收件人"] else ()),
        SignPlace("送达人（签名）", tuple(filter(None, shown["送达人"].split("、")))),
        SignPlace("见证人（签名）", tuple(filter(None, shown["见证人"].split("、")))),
    )


_APPLICANT: Final = SignPlace("申请单位（盖章）　主要负责人（签字）", sealed=True)
_OFFICE_STEPS: Final = (
    SignPlace("检查人员意见（签名）"),
    SignPlace("审核人意见（签名）"),
    SignPlace("分管负责人审批意见（签名）", sealed=True),
)


# --- sections of enterprise forms ------------------------------------------------------------------------------


def _basics(about: About) -> SectionSnapshot:
    hazard, firm = about.hazards[0], about.enterprise
    pairs = (
        ("单位名称", hazard.enterprise.name),
        ("统一社会\n信用代码", hazard.enterprise.uscc or ""),
        ("主要负责人", firm.principal_name if firm else ""),
        ("行业领域", hazard.industry),
        ("隐患编号", hazard.number),
        ("隐患等级", hazard.grade.label),
        ("隐患位置", hazard.place),
        ("发现日期", day_text(hazard.found_on)),
    )
    return SectionSnapshot("一、基本情况", pairs, (("隐患描述", hazard.description), ("判定依据", basis_text(hazard))))


def _reported(about: About) -> tuple[SectionSnapshot, ...]:
    """The parts of a report of a major one (16号令 14): situation and cause, harm and difficulty, the plan's six."""
    hazard = about.hazards[0]
    money = wan_text(hazard.plan_money_fen) if hazard.plan_money_fen is not None else ""
    return (
        _basics(about),
        SectionSnapshot("二、现状及产生原因", texts=(("现状及\n产生原因", hazard.plan_situation or hazard.cause),)),
        SectionSnapshot(
            "三、危害程度和整改难易程度分析", texts=(("危害程度和\n整改难易\n程度分析", hazard.plan_harm),)
        ),
        SectionSnapshot(
            "四、治理方案",
            texts=(
                ("目标和任务", about.shown["治理的目标和任务"]),
                ("方法和措施", hazard.plan_measures),
                ("经费和物资", "　".join(filter(None, (money, hazard.plan_money_source)))),
                ("机构和人员", hazard.plan_responsibility or hazard.responsible_person),
                ("时限和要求", day_text(hazard.plan_deadline or hazard.deadline, "")),
                ("安全措施和\n应急预案", "\n".join(filter(None, (hazard.interim_controls, hazard.plan_contingency)))),
            ),
        ),
    )


def _asks_extension(about: About) -> tuple[SectionSnapshot, ...]:
    hazard, shown = about.hazards[0], about.shown
    pairs = (
        ("整改时限\n（原）", day_text(hazard.deadline_first)),
        ("整改时限\n（现）", day_text(hazard.deadline)),
        ("已延期次数", f"{hazard.extensions} 次"),
        ("申请延期至", shown["申请延期至"]),
    )
    texts = (
        ("整改进展", hazard.result),
        ("延期理由", shown["延期理由"]),
        ("管控措施", shown["延期期间的管控措施"]),
    )
    return (_basics(about), SectionSnapshot("二、延期申请", pairs, texts))


def _asks_acceptance(about: About) -> tuple[SectionSnapshot, ...]:
    hazard = about.hazards[0]
    cost = wan_text(hazard.real_cost_fen) if hazard.real_cost_fen is not None else ""
    pairs = (
        ("责令整改\n文书", hazard.order_number),
        ("整改责任人", hazard.responsible_person),
        ("整改时限", day_text(hazard.deadline)),
        ("完成日期", day_text(hazard.completed_on)),
        ("实际投入", cost),
        ("举一反三", hazard.similar_checked[:60]),
    )
    texts = (
        ("整改措施", hazard.plan_measures),
        ("整改结果", hazard.result),
        ("产生原因", hazard.cause),
        ("长效措施", hazard.lasting_measure),
        ("自验情况", about.shown["自验情况"]),
    )
    return (_basics(about), SectionSnapshot("二、整改完成情况", pairs, texts))


RECIPES: Final[dict[NoticeKind, Recipe]] = {
    K.INSPECTION_RECORD: Recipe(facts=_checked, places=_recorded, shows_items=_always, addressed=False),
    K.MEASURE_DECISION: Recipe(places=_with_receipt("被处理单位负责人（签收）"), shows_items=_always),
    K.ORDER: Recipe(places=_with_receipt("被检查单位负责人（签收）"), shows_items=_always),
    K.REINSPECTION: Recipe(places=_with_receipt("被复查单位负责人（签收）"), shows_items=_always),
    K.TOLD: Recipe(places=_both_told, shows_items=_always),
    K.HAZARD_REPORT: Recipe(
        sections=_reported, places=lambda _about: (SignPlace("报告单位（盖章）　主要负责人（签字）", sealed=True),)
    ),
    K.LETTER: Recipe(title=_of_firm("事故隐患整改的督办函"), shows_items=_several),
    K.BULLETIN: Recipe(title=_of_firm("事故隐患整改情况的通报"), shows_items=_several),
    K.INTERVIEW: Recipe(title=lambda _about: "安全生产约谈通知书", shows_items=_several),
    K.LISTING: Recipe(title=lambda _about: "重大事故隐患挂牌督办通知书"),
    K.DELISTING: Recipe(title=lambda _about: "重大事故隐患解除挂牌督办通知书"),
    K.EXTENSION_REQUEST: Recipe(
        sections=_asks_extension, places=lambda _about: (_APPLICANT, *_OFFICE_STEPS), with_photos=False
    ),
    K.EXTENSION_DECISION: Recipe(places=_with_receipt("申请单位负责人（签收）")),
    K.ACCEPTANCE_REQUEST: Recipe(
        sections=_asks_acceptance,
        places=lambda _about: (
            SignPlace("自验负责人（签字）"),
            _APPLICANT,
            SignPlace("监管部门受理人（签字）"),
        ),
        with_photos=True,
    ),
    K.ACCEPTANCE_OPINION: Recipe(facts=_cited, places=_with_receipt("被验收单位负责人（签收）")),
    K.RESUME_CONSENT: Recipe(places=_with_receipt("申请单位负责人（签收）")),
    K.TRANSFER: Recipe(places=lambda _about: (SignPlace("受移送单位接收人（签名）"),), shows_items=_always),
    K.SERVICE: Recipe(
        facts=_field_facts(
            "送达文书名称及文号",
            "受送达人",
            "送达地点",
            "送达方式",
            "送达日期",
            "收到日期",
            "拒收理由和日期",
        ),
        places=_served,
        addressed=False,
    ),
    K.COMPLAINT_ANSWER: Recipe(title=lambda _about: "安全生产举报核查答复书"),
}

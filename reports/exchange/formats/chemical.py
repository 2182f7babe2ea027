"""Format `chemical`: a hazard as a chemical enterprise's 双重预防 platform takes it.

Sources. [§9] names, lengths and codes of domain.md §9. [接口] the same record as the platforms' interfaces declare it:
there stand the form of times, what must not be empty, and the names of the pictures.
"""

from __future__ import annotations

import uuid
from datetime import date, datetime, time
from typing import Final

from core.days import SHANGHAI
from reports.exchange.formats.facts import HazardFacts, Raw
from reports.exchange.formats.layout import ExchangeField, ExchangeFormat, always, when_verified
from workflows.vocabulary import Category, Grade, State, Tier

_F = ExchangeField
_RECORDS: Final = uuid.UUID("5b1c7c0e-7d3f-5d0c-9a55-0f3b6b1f6c11")

LEVELS: Final = {Grade.GENERAL.value: "0", Grade.MAJOR.value: "1"}
"""dangerLevel: 0 一般 1 重大."""
MANAGE_TYPES: Final = {"即查即改": "0", "限期整改": "1"}
"""dangerManageType."""
TYPES: Final = {
    Category.SAFETY.label: "1",
    Category.PROCESS.label: "2",
    Category.ELECTRICAL.label: "3",
    Category.INSTRUMENT.label: "4",
    Category.FIRE.label: "5",
    Category.LAYOUT.label: "6",
    Category.EQUIPMENT.label: "7",
    Category.OTHER.label: "8",
}
"""hazardDangerType: 安全 工艺 电气 仪表 消防 总图 设备 其他; what the register classes by people and things is 其他."""
SOURCES: Final = {
    "日常排查": "1",
    "综合性排查": "2",
    "专业性排查": "3",
    "季节性排查": "4",
    "重点时段及节假日前排查": "5",
    "事故类比排查": "6",
    "复产复工前排查": "7",
    "外聘专家诊断式排查": "8",
    "管控措施失效": "9",
    "其他": "10",
}
"""dangerSrc."""
STATES: Final = {"整改中": "0", "待验收": "1", "已验收": "9"}
"""dangerState."""

# Rounds of shifts, teams and departments are daily ones; those led by the plant's own heads look at the whole
# (应急〔2019〕78号 3.2; which round is which is decided here [design])
_ROUNDS: Final = {Tier.DAY: "日常排查", Tier.WEEK: "日常排查", Tier.MONTH: "综合性排查", Tier.QUARTER: "综合性排查"}


def _id(facts: HazardFacts) -> str:
    """36 characters, the same for the same hazard whenever it is sent, so that a record sent again replaces itself."""
    return str(uuid.uuid5(_RECORDS, facts.number))


def _category(facts: HazardFacts) -> str:
    code = facts.text("category")
    return Category(code).label if code else ""


def _source(facts: HazardFacts) -> str:
    """Which round found it; what no round of a plan found was seen at daily work, unless an office or a file tells."""
    if not facts.channel.is_self_found:
        return facts.channel.label
    if facts.control_failed:
        return "管控措施失效"
    if facts.found_by_tier is not None:
        return _ROUNDS[facts.found_by_tier]
    return "导入的台账" if facts.text("imported") else "日常排查"


def _state(facts: HazardFacts) -> str:
    if facts.is_verified:
        return "已验收"
    return "待验收" if facts.applied and facts.state is State.RECTIFYING else "整改中"


def _registrant(facts: HazardFacts) -> str:
    """Who found it; of what an office found the enterprise knows the office and the day (domain.md §3)."""
    return facts.text("found_by") if facts.channel.is_self_found else facts.text("check_office", "office")


def _measures(facts: HazardFacts) -> str:
    both = (("管控", facts.text("interim_controls")), ("整改", facts.text("plan_measures", "result")))
    return "\n".join(f"{word}：{text}" for word, text in both if text)


def _deadline(facts: HazardFacts) -> Raw:
    """The last second of the deadline's day: overdue begins with the next (domain.md §6)."""
    day: date | None = facts.day("deadline")
    return facts.text("deadline_text") if day is None else datetime.combine(day, time(23, 59, 59), SHANGHAI)


CHEMICAL: Final = ExchangeFormat(
    code="chemical",
    name="双重预防隐患数据",
    words="本企业全部隐患一条一行，字段名与代码按危险化学品企业双重预防机制数字化的数据接口",
    majors_only=False,
    of_enterprise=True,
    pictures=True,
    one_line=False,
    fields=(
        _F("id", "记录标识", _id, "[接口] 32 或 36 位", length=36, required=always),
        _F("dangerName", "隐患名称", lambda f: f.text("description"), "[§9]; the register has no title", length=300),
        _F("dangerLevel", "隐患等级", lambda f: f.text("grade"), "[§9]", "code", codes=LEVELS, required=always),
        _F("registTime", "登记时间", lambda f: f.moment("reported_at"), "[接口] yyyy-MM-dd HH:mm:ss", "moment"),
        _F("registrant", "登记人姓名", _registrant, "[接口] 100", length=100),
        _F("dangerSrc", "隐患来源", _source, "[§9]", "code", codes=SOURCES, other="10", required=always),
        _F(
            "dangerManageType",
            "治理类型",
            lambda f: "即查即改" if f.text("on_the_spot") else "限期整改",
            "[§9]",
            "code",
            codes=MANAGE_TYPES,
            required=always,
        ),
        _F("hazardDangerType", "隐患类型", _category, "[§9]", "code", codes=TYPES, other="8", required=always),
        _F("dangerDesc", "隐患描述", lambda f: f.text("description"), "[§9]", required=always),
        _F("dangerReason", "原因分析", lambda f: f.text("cause", "plan_situation"), "[§9]"),
        _F(
            "controlMeasures",
            "控制措施",
            _measures,
            "[§9]; what keeps people safe meanwhile, and what puts it right",
            length=1000,
        ),
        _F(
            "cost",
            "整改资金（万元）",
            lambda f: f.number_of("real_cost_fen", "plan_money_fen"),
            "[§9]; [接口] 万元",
            "money_wan",
        ),
        _F(
            "liablePerson",
            "整改责任人",
            lambda f: f.text("responsible_person"),
            "[§9]; [接口] 100",
            length=100,
            required=always,
        ),
        _F(
            "dangerManageDeadline", "治理期限", _deadline, "[§9]; [接口] yyyy-MM-dd HH:mm:ss", "moment", required=always
        ),
        _F(
            "checkAcceptPerson",
            "验收人姓名",
            lambda f: (f.verifier or f.text("reinspected_by")) if f.is_verified else "",
            "[§9]; [接口] 50",
            length=50,
            required=when_verified,
        ),
        _F(
            "checkAcceptTime",
            "验收时间",
            lambda f: f.moment("verified_at") if f.is_verified else None,
            "[§9]; [接口] yyyy-MM-dd HH:mm:ss",
            "moment",
            required=when_verified,
        ),
        _F(
            "checkAcceptComment",
            "验收情况",
            lambda f: f.opinion if f.is_verified else "",
            "[§9]; [接口] 1000",
            length=1000,
        ),
        _F("dangerState", "隐患状态", _state, "[§9]", "code", codes=STATES, required=always),
        _F("dangerImg", "隐患照片", lambda f: f.before, "[§9] before; [接口] PNG or JPEG up to 5 MB", "pictures"),
        _F("dangerAcceptImg", "整改后照片", lambda f: f.after, "[§9] after; [接口] as before", "pictures"),
    ),
)
"""One hazard a record; the pictures stand in the archive under the names the record gives."""

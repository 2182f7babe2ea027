"""Format `province`: a major hazard as the provincial platform takes it (安全生产监督管理信息 隐患排查治理数据规范).

Sources. [§9] field names, lengths and dates of domain.md §9. [交换] the same fields as a city system sends them to its
provincial office, where the remaining names stand. The platform's code lists for 隐患来源, 隐患类别, 整改类型, 整改情况
and 挂牌督办级别 are not at hand, each receiver gives them: there the register's own word goes out, no guessed code.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Final

from reports.exchange.formats.facts import HazardFacts, Raw
from reports.exchange.formats.layout import ExchangeField, ExchangeFormat, always
from workflows.vocabulary import Category, ListingLevel

_F = ExchangeField
_Point = Callable[[HazardFacts], bool]


def _category(facts: HazardFacts) -> str:
    code = facts.text("category")
    return Category(code).label if code else ""


def _level(facts: HazardFacts) -> str:
    code = facts.text("listed_level")
    return ListingLevel(code).label if code else ""


def _degrees(at: int) -> Callable[[HazardFacts], Raw]:
    """One of longitude and latitude, six decimals as cameras and maps write them."""
    return lambda facts: None if facts.place is None else Decimal(str(round(facts.place[at], 6)))


def _in_place(point: _Point) -> Callable[[HazardFacts], bool]:
    """Whether a point of the plan is in place: the plan holds it and has been signed (五到位, domain.md §1)."""
    return lambda facts: bool(facts.text("plan_signed_at")) and point(facts)


def _since(point: _Point) -> Callable[[HazardFacts], date | None]:
    """Since when: the day on which the plan was signed."""
    return lambda facts: facts.day("plan_signed_at") if _in_place(point)(facts) else None


def _has(*names: str) -> _Point:
    return lambda facts: bool(facts.text(*names))


def _money(facts: HazardFacts) -> bool:
    return facts.number_of("plan_money_fen") is not None


def _whole(_facts: HazardFacts) -> bool:
    return True


def _flag(name: str, title: str, point: _Point, dated: str, source: str) -> tuple[ExchangeField, ExchangeField]:
    """A 到位 flag and its date."""
    return (
        _F(name, f"{title}情况", _in_place(point), source, "flag"),
        _F(dated, f"{title}日期", _since(point), source, "day"),
    )


PROVINCE: Final = ExchangeFormat(
    code="province",
    name="省级平台交换数据",
    words="重大隐患一条一行，字段名与长度按《安全生产监督管理信息 隐患排查治理数据规范》",
    majors_only=True,
    of_enterprise=False,
    pictures=False,
    one_line=True,  # [交换] a text with a line break or a tab is refused by the receiver
    fields=(
        _F("CO_NAME", "企业名称", lambda f: f.text("enterprise_name"), "[交换]", required=always),
        _F("HIDDEN_DANGER_INFO_SOURCES", "隐患来源", lambda f: f.channel.label, "[交换]; word, list not at hand"),
        _F("HIDDEN_DANGER_CATEGORY", "隐患类别", _category, "[交换]; word, list not at hand"),
        _F("INVESTIGATION_DATE", "排查日期", lambda f: f.day("found_on"), "[交换] 8 位", "day", required=always),
        _F("HIDDEN_DANGER_PLACE", "隐患地点", lambda f: f.text("place"), "[§9]", length=300, required=always),
        _F(
            "HIDDEN_DANGER_DESCRIPTION",
            "隐患描述",
            lambda f: f.text("description"),
            "[§9]",
            length=2000,
            required=always,
        ),
        _F("RESPONSIBLE_ORG", "责任单位", lambda f: f.text("enterprise_name"), "[交换]"),
        _F("RESPONSIBLE_RESPONSIBLE", "整改责任人", lambda f: f.text("responsible_person"), "[交换]", length=50),
        _F(
            "RECTIFICATION_LIMIT_DATE",
            "整改期限",
            lambda f: f.day("deadline") or f.text("deadline_text"),
            "[§9]; the deadline in force, after extensions",
            "day",
        ),
        _F(
            "RECTIFICATION_TYPE",
            "整改类型",
            lambda f: "即查即改" if f.text("on_the_spot") else "限期整改",
            "[交换]; word, list not at hand",
        ),
        _F("RECTIFICATION_SITUATION", "整改情况", lambda f: f.state.label, "[交换]; word, list not at hand"),
        _F("RECTIFICATION_MEASURES", "整改措施", lambda f: f.text("plan_measures", "result"), "[交换]", length=2000),
        _F("CHECK_DATE", "核查日期", lambda f: f.day("verified_at") if f.is_verified else None, "[交换] 8 位", "day"),
        _F("CHECK_ORG", "核查单位", lambda f: f.text("office") if f.is_verified else "", "[交换]", length=100),
        _F("CHECK_SITUATION", "核查情况", lambda f: f.opinion if f.is_verified else "", "[交换]", length=2000),
        _F(
            "LISTED_SUPERVISORY_SITUATION",
            "是否挂牌督办",
            lambda f: bool(f.text("listed_level")),
            "[§9] 1 是 0 否",
            "flag",
        ),
        _F("LISTED_SUPERVISORY_DATE", "挂牌督办日期", lambda f: f.day("listed_on"), "[§9]", "day"),
        _F("LISTED_SUPERVISORY_LEVEL", "挂牌督办级别", _level, "[§9]; word, list not at hand"),
        _F("LISTED_SUPERVISORY_ORG", "挂牌督办单位", lambda f: f.text("listed_office"), "[§9]; [交换] 100", length=100),
        _F(
            "LISTED_SUPERVISORY_NUMBER",
            "挂牌督办文号",
            lambda f: f.text("listed_number"),
            "[§9]; [交换] 100",
            length=100,
        ),
        *_flag(
            "IMPROVEMENT_TARGET_SITU",
            "整改目标到位",
            _has("plan_measures"),
            "IMPROVEMENT_DATE",
            "[§9]; what the plan sets out to do",
        ),
        *_flag(
            "IMPROVEMENT_RES_SITU",
            "整改责任到位",
            _has("plan_responsibility"),
            "IMPROVEMENT_RESP_DATE",
            "[§9]; responsible unit and person of the plan",
        ),
        *_flag(
            "CONTROL_MEASURES_SITU",
            "治理措施到位",
            _has("plan_measures"),
            "CONTROL_MEASURES_DATE",
            "[§9]; measures of the plan",
        ),
        *_flag(
            "RECTIFICATION_MONEY_SITU",
            "整改资金到位",
            _money,
            "RECTIFICATION_MONEY_DATE",
            "[§9]; funds of the plan, 0 yuan being an amount",
        ),
        *_flag(
            "RECTIFICATION_TIME_SITU",
            "整改时限到位",
            _has("plan_deadline"),
            "RECTIFICATION_TIME_DATE",
            "[§9]; deadline of the plan",
        ),
        *_flag(
            "CONTINGENCY_PLAN_SITU",
            "应急预案到位",
            _has("plan_contingency"),
            "CONTINGENCY_PLAN_DATE",
            "[§9]; contingency plan",
        ),
        *_flag("CONTROL_PLAN_SITU", "纳入治理计划", _whole, "CONTROL_PLAN_DATE", "[交换]; a signed plan there is"),
        _F(
            "RECTIFICATION_MONEY",
            "整改资金（万元）",
            lambda f: f.number_of("real_cost_fen", "plan_money_fen"),
            "[交换]; in 万元 as the ledger has it",
            "money_wan",
        ),
        _F("RECTIFICATION_FINISH_TIME", "整改完成日期", lambda f: f.day("completed_on"), "[交换] 8 位", "day"),
        _F("CANCEL_DATE", "销号日期", lambda f: f.day("closed_at"), "[§9]", "day"),
        _F("CONFIRM_TIME", "确认时间", lambda f: f.day("judged_at"), "[交换] 8 位; when its grade was judged", "day"),
        _F("INSPECTOR", "检查人员", lambda f: f.text("found_by"), "[交换]"),
        _F("OUTID", "隐患编号", lambda f: f.number, "[§9]", required=always),
        _F("LONGITUDE", "经度", _degrees(0), "[§9]; of a photo before, else of the enterprise", "number"),
        _F("LATITUDE", "纬度", _degrees(1), "[§9]; as longitude", "number"),
        _F("REPAIR_UNIT", "隐患整改责任部门", lambda f: f.text("responsible_unit"), "[交换]"),
    ),
)
"""One major hazard a record; a day is yyyyMMdd, a flag 1 or 0."""

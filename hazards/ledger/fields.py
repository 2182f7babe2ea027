"""What the columns of an incoming ledger may mean, and the titles each goes by: one table.

Source: ledgers 1 and 2 of the field's forms (重大事故隐患台账, 企业隐患排查治理台账), the provincial data
standard, and the titles met in real files. The first title of a field is its own name; the order is the
order of preference where two columns of one file mean the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from core.sheets import Synonyms


class Field(StrEnum):
    """A fact about a hazard that a ledger may carry; the values are the names of `LedgerRow`'s attributes."""

    SERIAL = "serial"
    NUMBER = "number"
    REGION_NAME = "region_name"
    REGION_CODE = "region_code"
    TOWN_NAME = "town_name"
    ENTERPRISE_NAME = "enterprise_name"
    USCC = "uscc"
    ENTERPRISE_KIND = "enterprise_kind"
    ADDRESS = "address"
    PRINCIPAL_NAME = "principal_name"
    PHONE = "phone"
    OWNER_NAME = "owner_name"
    INDUSTRY = "industry"
    CHANNEL = "channel"
    CHECK_OFFICE = "check_office"
    UNIT_NAME = "unit_name"
    CHECK_MANNER = "check_manner"
    CHECK_LEVEL = "check_level"
    FOUND_BY = "found_by"
    REPORT_OFFICE = "report_office"
    DOCUMENT_NUMBER = "document_number"
    FOUND_ON = "found_on"
    REPORTED_ON = "reported_on"
    PLACE = "place"
    CATEGORY = "category"
    DESCRIPTION = "description"
    GRADE = "grade"
    BASIS = "basis"
    MEASURES = "measures"
    RESPONSIBLE_UNIT = "responsible_unit"
    RESPONSIBLE_PERSON = "responsible_person"
    COST = "cost_fen"
    FIRST_DEADLINE = "first_deadline"
    DEADLINE = "deadline"
    EXTENSIONS = "extensions"
    CONTROLS = "controls"
    STOPPED = "stopped"
    LISTING = "listed"
    LISTING_LEVEL = "listing_level"
    LISTING_OFFICE = "listing_office"
    LISTING_NUMBER = "listing_number"
    PRINCIPAL_TOLD_ON = "principal_told_on"
    CONTROLLER_TOLD_ON = "controller_told_on"
    REGULATOR_NAME = "regulator_name"
    REGULATOR_PERSON = "regulator_person"
    STATUS = "status"
    PROGRESS = "progress"
    DAYS_OVERDUE = "days_overdue"
    SELF_VERIFIED_ON = "self_verified_on"
    COMPLETED_ON = "completed_on"
    REINSPECTED_ON = "reinspected_on"
    REINSPECTED_BY = "reinspected_by"
    CLOSED_BY_OFFICE = "closed_by_office"
    CLOSED_ON = "closed_on"
    STRUCK_OFF_ON = "struck_off_on"
    DELISTED_ON = "delisted_on"
    PENALTY = "penalty"
    IMPORT_MARK = "import_mark"
    COMPLAINT_NOTE = "complaint_note"
    NOTE = "note"


class Kind(StrEnum):
    """How a cell of a field is read."""

    TEXT = "text"
    CODE = "code"
    """A single word or number that stays as written."""
    HAPPENED = "happened"
    """A day on which something was done: it can't lie in the future."""
    TERM = "term"
    """A day by which something is due."""
    AMOUNT = "amount"
    COUNT = "count"
    CHOICE = "choice"
    """A word out of a short list, or a code for it; each has its own reading."""


@dataclass(frozen=True, slots=True)
class FieldRule:
    """One row of the table. `joins`: several columns of one file may fill it together."""

    field: Field
    kind: Kind
    titles: tuple[str, ...]
    joins: bool = False

    @property
    def label(self) -> str:
        """The field's own name, as remarks call it where the file has no such column."""
        return self.titles[0]


def _rule(field: Field, kind: Kind, titles: str, *, joins: bool = False) -> FieldRule:
    return FieldRule(field, kind, tuple(titles.split()), joins)


_TEXT, _CODE, _HAPPENED, _TERM, _CHOICE = Kind.TEXT, Kind.CODE, Kind.HAPPENED, Kind.TERM, Kind.CHOICE

RULES: Final[tuple[FieldRule, ...]] = (
    _rule(Field.SERIAL, _CODE, "序号 编号 项次 序 No."),
    _rule(Field.NUMBER, _CODE, "隐患编号 隐患编码 隐患ID 问题编号 主键ID 主键 OUTID 统一编号"),
    _rule(
        Field.REGION_NAME,
        _TEXT,
        "区县 区县(自治县) 所属区县 所在区县 区县名称 属地 区(县) 区县市 县区 县(区) 行政区划 行政区域 "
        "所属区域 所在地区 辖区",
    ),
    _rule(Field.REGION_CODE, _CODE, "区县编码 区县代码 行政区划代码 行政区划编码 区划代码 所属区县编码"),
    _rule(
        Field.TOWN_NAME,
        _TEXT,
        "乡镇(街道) 镇街 乡镇/街道 乡镇街道 街道(乡镇) 镇(街道) 街镇 乡镇 街道 所属镇街 所属街道 所在镇街 镇街名称",
    ),
    _rule(
        Field.ENTERPRISE_NAME,
        _TEXT,
        "企业名称 单位名称 生产经营单位 生产经营单位名称 企业(单位)名称 单位(企业)名称 隐患单位 隐患单位名称 "
        "存在隐患单位 被检查单位 被检查单位名称 受检单位 受检查单位 被检单位 检查对象 企业 场所名称 "
        "项目名称 工程名称 检查项目 企业全称 单位全称 受检企业 被检查企业 被检查单位(企业)名称",
    ),
    _rule(Field.USCC, _CODE, "统一社会信用代码 社会信用代码 信用代码 统一信用代码 统一社会信用代码证号 组织机构代码"),
    _rule(Field.ENTERPRISE_KIND, _TEXT, "企业类型 单位类型 企业性质 企业规模"),
    _rule(Field.ADDRESS, _TEXT, "详细地址 企业地址 单位地址 地址 生产经营地址 经营地址 注册地址 所在地址"),
    _rule(Field.PRINCIPAL_NAME, _TEXT, "主要负责人 负责人 法定代表人 企业负责人 单位负责人 法人 法人代表"),
    _rule(Field.PHONE, _CODE, "联系电话 电话 联系方式 手机号 负责人电话 主要负责人电话 电话号码 手机号码 手机"),
    _rule(Field.OWNER_NAME, _TEXT, "产权/出租单位 产权单位 出租单位 出租方 产权人 业主单位"),
    _rule(
        Field.INDUSTRY, _TEXT, "行业领域 所属行业领域 行业和领域 行业(领域) 行业 所属行业 行业类别 行业分类 行业类型"
    ),
    _rule(Field.CHANNEL, _CHOICE, "隐患来源 信息来源 来源 发现渠道 发现途径 发现方式 问题来源"),
    _rule(
        Field.CHECK_OFFICE,
        _TEXT,
        "检查单位 检查部门 检查机关 督导单位 督查单位 排查单位 发现单位 检查组 督导组",
    ),
    _rule(Field.UNIT_NAME, _TEXT, "排查部门/班组 排查部门 排查班组 部门/班组 所属部门 所属班组 班组 部门"),
    _rule(Field.CHECK_MANNER, _TEXT, "检查方式 检查类型 检查形式"),
    _rule(Field.CHECK_LEVEL, _TEXT, "排查层级 排查类型 排查级别 清单层级"),
    _rule(Field.FOUND_BY, _TEXT, "检查人 排查人 发现人 检查人员 排查人员 上报人 执法人员"),
    _rule(Field.REPORT_OFFICE, _TEXT, "上报单位 报送单位 报告单位"),
    _rule(
        Field.DOCUMENT_NUMBER,
        _TEXT,
        "文书号 文书编号 文书文号 执法文书号 执法文书编号 整改指令书编号 指令书编号 指令书文号 "
        "责令改正文书号 整改通知书编号",
    ),
    _rule(
        Field.FOUND_ON,
        _HAPPENED,
        "发现时间 发现日期 隐患发现时间 隐患发现日期 排查日期 排查时间 检查时间 检查日期 督导时间 督查时间 查出时间 "
        "隐患排查时间 隐患排查日期 检查发现时间",
    ),
    _rule(Field.REPORTED_ON, _HAPPENED, "上报时间 上报日期 报告时间 报送时间 录入时间"),
    _rule(
        Field.PLACE,
        _TEXT,
        "隐患位置 隐患部位 隐患地点 隐患具体位置 隐患所在位置 隐患所在部位 检查部位 隐患地址 存在部位 具体位置 部位 "
        "位置 地点 隐患场所 隐患点位 问题部位 问题位置 所在位置 检查地点 HIDDEN_DANGER_PLACE",
    ),
    _rule(Field.CATEGORY, _CHOICE, "隐患类别 隐患分类 隐患类型 问题类型 问题类别 问题分类 类别"),
    _rule(
        Field.DESCRIPTION,
        _TEXT,
        "隐患描述 隐患详情 隐患内容 隐患问题描述 问题隐患描述 问题描述 隐患具体描述 隐患情况描述 隐患情况 隐患具体情况 "
        "重大事故隐患描述 重大事故隐患内容 重大事故隐患情况 重大隐患描述 重大隐患内容 事故隐患内容 事故隐患描述 "
        "主要隐患 存在隐患 存在的隐患 存在问题 存在的问题 存在的主要问题 存在问题及隐患 存在的问题隐患 "
        "问题隐患 隐患问题 问题及隐患 检查发现的问题 发现的问题 隐患名称 问题内容 描述 内容 "
        "主要问题 安全隐患 安全隐患描述 安全隐患内容 隐患事项 问题清单 检查问题 不符合项 现场问题 隐患具体内容 "
        "隐患问题内容 重大隐患情况 重大事故隐患具体情况 存在问题和隐患 "
        "HIDDEN_DANGER_DESCRIPTION dangerDesc",
    ),
    _rule(
        Field.GRADE,
        _CHOICE,
        "隐患等级 隐患级别 隐患等次 隐患程度 问题等级 等级 级别 是否重大隐患 是否重大事故隐患 是否为重大隐患 "
        "是否为重大事故隐患 是否重大",
    ),
    _rule(
        Field.BASIS,
        _TEXT,
        "判定依据 判定标准 判定标准条款 重大隐患判定依据 重大事故隐患判定依据 判定依据条款 违反判定依据具体条款 "
        "违反条款 违反的条款 对应条款 依据 法律依据 检查依据",
        joins=True,
    ),
    _rule(
        Field.MEASURES,
        _TEXT,
        "整改措施 整改要求(措施) 治理措施 整改建议 整改要求 整改措施及要求 整改方案 治理方案 采取措施 处理措施 措施",
        joins=True,
    ),
    _rule(
        Field.RESPONSIBLE_UNIT,
        _TEXT,
        "整改责任单位 责任单位 整改单位 治理责任单位 整改责任部门 责任部门 整改部门 整改责任主体",
        joins=True,
    ),
    _rule(
        Field.RESPONSIBLE_PERSON,
        _TEXT,
        "整改责任人 责任人 整改责任部门/责任人 整改责任单位/责任人 治理责任人 整改负责人 隐患整改责任人 企业整改责任人 "
        "整改人 整改责任人员 落实责任人 责任人员 企业责任人",
    ),
    _rule(
        Field.COST,
        Kind.AMOUNT,
        "整改资金 治理资金 整改费用 整改投入 整改经费 所需资金 投入资金 资金投入 治理经费 资金 经费",
    ),
    _rule(Field.FIRST_DEADLINE, _TERM, "整改时限(原) 原整改时限 整改期限(原) 原整改期限 初始整改时限"),
    _rule(
        Field.DEADLINE,
        _TERM,
        "整改时限(现) 整改时限 整改期限 治理期限 治理时限 计划完成时间 计划完成日期 限期整改日期 限期整改时间 "
        "预估/期限整改时间 计划整改完成时间 计划整改时限 整改限期 整改完成时限 "
        "完成时限 要求完成时间 应完成时间 延期后整改时限 期限 时限 整改完成期限 限期 要求整改时间 计划整改时间 "
        "计划整改日期 拟完成时间 预计完成时间 预计完成日期 截止时间 整改截止时间 整改截止日期 "
        "RECTIFICATION_LIMIT_DATE",
    ),
    _rule(Field.EXTENSIONS, Kind.COUNT, "延期次数"),
    _rule(
        Field.CONTROLS,
        _TEXT,
        "应急预案/管控措施 管控措施 应急预案 应急措施 临时管控措施 防控措施 防范措施 监控措施 安全措施 应急处置措施",
        joins=True,
    ),
    _rule(Field.STOPPED, _CHOICE, "是否停产 是否停产停业 停产情况 是否停产整改 是否停工停产"),
    _rule(
        Field.LISTING,
        _CHOICE,
        "是否挂牌督办(级别/单位/文号) 是否挂牌督办 是否挂牌 挂牌督办 挂牌督办情况 挂牌情况",
    ),
    _rule(Field.LISTING_LEVEL, _CHOICE, "挂牌级别 督办级别 挂牌督办级别"),
    _rule(Field.LISTING_OFFICE, _TEXT, "督办单位 挂牌单位 挂牌督办单位 督办部门"),
    _rule(Field.LISTING_NUMBER, _TEXT, "挂牌文号 督办文号 挂牌督办文号"),
    _rule(Field.PRINCIPAL_TOLD_ON, _HAPPENED, "告知主要负责人时间 告知主要负责人日期"),
    _rule(Field.CONTROLLER_TOLD_ON, _HAPPENED, "告知实际控制人时间 告知实际控制人日期"),
    _rule(
        Field.REGULATOR_NAME,
        _TEXT,
        "监管责任单位 监管单位 监管部门 监管责任部门 行业监管部门 行业主管部门 主管部门 督促整改单位",
    ),
    _rule(Field.REGULATOR_PERSON, _TEXT, "监管责任人 监管人员 监管人 督促责任人 督办责任人"),
    _rule(
        Field.STATUS,
        _CHOICE,
        "整改状态 销号情况 是否整改 是否完成整改 是否已整改 整改情况 整改完成情况 隐患状态 当前状态 状态 治理状态 "
        "是否完成 完成情况 整改结果 落实情况 是否闭环 是否销号",
    ),
    _rule(Field.PROGRESS, _TEXT, "整改进展 整改进展情况 整改进度 治理进展 进展情况 目前进展 整改落实情况 处理情况"),
    _rule(Field.DAYS_OVERDUE, Kind.COUNT, "逾期天数"),
    _rule(Field.SELF_VERIFIED_ON, _HAPPENED, "自验时间 自验日期 企业自验时间"),
    _rule(
        Field.COMPLETED_ON,
        _HAPPENED,
        "整改完成时间 整改完成日期 实际整改完成时间 实际完成时间 完成日期 完成时间 整改时间 整改日期 实际整改时间 "
        "实际完成日期 实际整改完成日期 完成整改时间 完成整改日期",
    ),
    _rule(Field.REINSPECTED_ON, _HAPPENED, "复查时间 复查日期 验收时间 验收日期 复查验收时间 复查验收日期"),
    _rule(Field.REINSPECTED_BY, _TEXT, "复查人(两名) 复查人 复查人员 验收人 验收人员 复查验收人"),
    _rule(Field.CLOSED_BY_OFFICE, _TEXT, "核销单位 销号单位 销号部门"),
    _rule(Field.CLOSED_ON, _HAPPENED, "销号时间 销号日期 核销时间 核销日期 CANCEL_DATE"),
    _rule(Field.STRUCK_OFF_ON, _HAPPENED, "清单销号时间 清单销号日期"),
    _rule(Field.DELISTED_ON, _HAPPENED, "摘牌时间 摘牌日期 解除挂牌时间"),
    _rule(Field.PENALTY, _TEXT, "处罚文号 处罚决定书文号 行政处罚文号 处罚情况 行政处罚情况 行政处罚", joins=True),
    _rule(Field.IMPORT_MARK, _TEXT, "导入标记"),
    _rule(Field.COMPLAINT_NOTE, _TEXT, "举报情况备注 举报情况"),
    _rule(Field.NOTE, _TEXT, "备注 备注说明 其他说明", joins=True),
)

RULE_OF: Final = {rule.field: rule for rule in RULES}


def synonyms(rules: Iterable[FieldRule] = RULES, added: Mapping[str, Field] | None = None) -> Synonyms:
    """The table ready for look-up; `added` are an office's own titles, which go before the built-in ones.

    Only a unit's group gives its meaning to the columns under it.
    """
    table = {rule.field.value: rule.titles for rule in rules}
    own: dict[str, list[str]] = {}
    for title, field in (added or {}).items():
        own.setdefault(field.value, []).append(title)
    return Synonyms(table, groups=frozenset({Field.RESPONSIBLE_UNIT.value}), first=own)

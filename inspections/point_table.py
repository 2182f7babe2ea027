"""The columns of a list of risk points as enterprises write it: titles first, then the usual other words."""

from __future__ import annotations

from typing import Final

from core.sheets.table_rules import ColumnRule, Kind, TableRule
from inspections.rules import ControlKind, PointKind, RiskGrade

_GRADES: Final[dict[str, tuple[str, ...]]] = {
    RiskGrade.RED.value: (
        *(RiskGrade.RED.label, "重大风险", "重大", "红", "红色", "红色风险", "一级", "1级", "I级", "Ⅰ级", "1", "A级"),
        *("重大/红", "重大（红）", "一级风险", "红色（重大风险）", "极高"),
    ),
    RiskGrade.ORANGE.value: (
        *(
            RiskGrade.ORANGE.label,
            "较大风险",
            "较大",
            "橙",
            "橙色",
            "橙色风险",
            "二级",
            "2级",
            "II级",
            "Ⅱ级",
            "2",
            "B级",
        ),
        *("较大/橙", "较大（橙）", "二级风险", "橙色（较大风险）", "高"),
    ),
    RiskGrade.YELLOW.value: (
        *(RiskGrade.YELLOW.label, "一般风险", "一般", "黄", "黄色", "黄色风险", "三级", "3级", "III级", "Ⅲ级", "3"),
        *("C级", "一般/黄", "一般（黄）", "三级风险", "黄色（一般风险）", "中"),
    ),
    RiskGrade.BLUE.value: (
        *(RiskGrade.BLUE.label, "低风险", "低", "蓝", "蓝色", "蓝色风险", "四级", "4级", "IV级", "Ⅳ级", "4", "D级"),
        *("低/蓝", "低（蓝）", "四级风险", "蓝色（低风险）", "较小", "较低风险", "轻微"),
    ),
}
_KINDS: Final[dict[str, tuple[str, ...]]] = {
    PointKind.PLACE.value: (PointKind.PLACE.label, "场所部位", "区域", "部位", "作业场所", "静态", "场所区域"),
    PointKind.EQUIPMENT.value: (PointKind.EQUIPMENT.label, "设备", "设施", "设备设施类", "装置", "设备、设施"),
    PointKind.ACTIVITY.value: (PointKind.ACTIVITY.label, "作业", "活动", "作业活动类", "动态", "操作", "工艺操作"),
}
# the five kinds of measures in the order the forms of the dual prevention have them
MEASURES: Final[dict[str, ControlKind]] = {f"measures_{kind.value}": kind for kind in ControlKind}
PLAIN_MEASURES: Final = "measures"
_OF_KIND: Final[dict[ControlKind, tuple[str, ...]]] = {
    ControlKind.ENGINEERING: ("工程技术措施", "工程控制措施", "工程技术", "技术措施", "工程措施"),
    ControlKind.MANAGEMENT: ("管理措施", "安全管理措施", "制度措施", "管理控制措施"),
    ControlKind.TRAINING: ("培训教育措施", "教育措施", "教育培训", "培训教育", "安全教育", "培训措施"),
    ControlKind.PROTECTION: ("个体防护措施", "个体防护", "个人防护", "防护措施", "个人防护措施", "劳动防护"),
    ControlKind.EMERGENCY: ("应急处置措施", "应急措施", "应急处置", "应急救援措施"),
}
_LONGEST_CELL: Final = 8_000

POINTS: Final = TableRule(
    "风险点清单",
    (
        ColumnRule(
            "code",
            "编号",
            ("风险点编号", "风险编号", "风险点编码", "编码", "风险源编号"),
            longest=40,
            hint="不填由系统编号",
            width=12,
        ),
        ColumnRule(
            "name",
            "风险点名称",
            (
                "风险点",
                "名称",
                "风险源",
                "风险源名称",
                "危险源",
                "危险源名称",
                "风险单元",
                "风险点(单元)",
                "风险分析对象",
                "风险点/单元",
                "设备设施名称",
                "作业活动名称",
                "场所名称",
                "安全风险名称",
                "风险名称",
            ),
            longest=120,
            is_required=True,
            width=24,
        ),
        ColumnRule(
            "place",
            "部位",
            (
                "位置",
                "所在位置",
                "风险部位",
                "风险点位置",
                "地点",
                "所在部位",
                "所在场所",
                "场所/部位",
                "具体位置",
                "所在区域",
            ),
            longest=200,
            width=24,
        ),
        ColumnRule(
            "unit",
            "部门、班组",
            (
                "所属部门",
                "责任部门",
                "部门",
                "车间",
                "班组",
                "所属单位",
                "责任单位",
                "所属车间",
                "管控部门",
                "管控单位",
                "所在部门",
                "部门/班组",
                "部门班组",
                "管理部门",
            ),
            hint="上级写在前面，用 / 分开，如 生产部/熔炼车间",
            width=20,
        ),
        ColumnRule(
            "kind",
            "类型",
            ("类别", "风险点类型", "风险类型", "风险点类别", "风险点种类"),
            Kind.CHOICE,
            choices=_KINDS,
            hint="不填为场所",
            width=12,
        ),
        ColumnRule(
            "grade",
            "风险等级",
            (
                "等级",
                "风险级别",
                "风险分级",
                "分级",
                "风险程度",
                "风险颜色",
                "风险等级(红橙黄蓝)",
                "安全风险等级",
                "级别",
                "评价级别",
                "风险度等级",
                "颜色",
                "管控等级",
            ),
            Kind.CHOICE,
            choices=_GRADES,
            is_required=True,
            hint="按本企业评定结果填写",
            width=16,
        ),
        ColumnRule(
            "possible_harm",
            "可能导致的事故类型",
            (
                "事故类型",
                "可能导致的后果",
                "可能发生的事故类型",
                "潜在事故类型",
                "危害后果",
                "主要危害后果",
                "可能的后果",
                "可能造成的后果",
                "易发生的事故类型",
                "可能导致事故类型",
                "后果",
                "事故类别",
                "危险有害因素",
            ),
            Kind.LINES,
            longest=1000,
            width=26,
        ),
        ColumnRule(
            PLAIN_MEASURES,
            "管控措施",
            (
                "控制措施",
                "风险管控措施",
                "防范措施",
                "主要管控措施",
                "安全措施",
                "现有管控措施",
                "主要防范措施",
                "预防措施",
                "风险控制措施",
                "安全管控措施",
            ),
            Kind.LINES,
            longest=_LONGEST_CELL,
            hint="几条措施写在一格的，分行或编号；责任人不同的，写在措施后面，如 每班点检（责任人：甲）",
            width=40,
        ),
        *(
            ColumnRule(key, _OF_KIND[kind][0], _OF_KIND[kind][1:], Kind.LINES, longest=_LONGEST_CELL, width=26)
            for key, kind in MEASURES.items()
        ),
        ColumnRule(
            "responsible",
            "责任人",
            (
                "管控责任人",
                "负责人",
                "责任人员",
                "风险管控责任人",
                "风险点责任人",
                "责任人姓名",
                "管控负责人",
                "安全责任人",
            ),
            longest=60,
            width=12,
        ),
    ),
    "一行一个风险点；同一个风险点可以占几行，措施合在一起。已有的按编号认，没有编号的按名称和部位认；空格不改动登记的内容。",
)

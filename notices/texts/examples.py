"""Made-up values for every name of a kind: what a text is tried with before it is kept, and what a preview shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Final

from notices.texts.filling import Value
from notices.texts.filters import Plain
from notices.texts.names import ITEMS, names_for
from workflows.notices import NOTICES, Entry, NoticeField, NoticeKind

DAY: Final = date(2026, 11, 22)
MOMENT: Final = datetime(2026, 11, 22, 6, 30, tzinfo=UTC)

ENTERPRISE: Final = "示例市示例机械有限公司"

_REGISTER: Final[dict[str, Plain]] = {
    "机关": "示例区应急管理局",
    "文号": "（示）应急责改〔2026〕12号",
    "主送": ENTERPRISE,
    "企业": ENTERPRISE,
    "信用代码": "91350100M000100Y43",
    "企业地址": "示例市示例区工业大道 1 号",
    "主要负责人": "示例甲",
    "实际控制人": "示例乙",
    "区域": "示例区示例街道",
    "行业": "工贸-机械",
    "政府": "示例区人民政府",
    "法院": "示例区人民法院",
    "签发日期": DAY,
    "检查人员": "示例丙、示例丁",
    "证件号": "示0001、示0002",
    "项数": 2,
    "指令书文号": "（示）应急责改〔2026〕9号",
    "通过项": "1",
    "未通过项": "2",
    "隐患编号": "HZ-2026-000001",
    "隐患描述": "熔炼车间铸造坑内积水，无防水和排水措施",
    "隐患位置": "熔炼车间 2 号炉前",
    "判定依据": "《工贸企业重大事故隐患判定标准》第五条第三项",
    "发现日期": date(2026, 11, 3),
    "整改期限": date(2026, 12, 10),
    "逾期天数": 12,
    "挂牌文号": "示安办挂〔2026〕3号",
}

_ITEM: Final[dict[str, Plain]] = {
    "序号": 1,
    "编号": "HZ-2026-000001",
    "企业": ENTERPRISE,
    "位置": "熔炼车间 2 号炉前",
    "描述": "铸造坑内积水，无防水和排水措施",
    "等级": "重大",
    "依据": "《工贸企业重大事故隐患判定标准》第五条第三项",
    "期限": date(2026, 12, 10),
    "状态": "整改中",
    "逾期天数": 12,
    "意见": "合格",
}

_SECOND: Final[dict[str, Plain]] = {
    "序号": 2,
    "编号": "HZ-2026-000002",
    "位置": "涂装车间",
    "描述": "喷漆室可燃气体报警装置失效",
    "等级": "一般",
    "依据": "《中华人民共和国安全生产法》第三十六条第二款",
    "逾期天数": 0,
    "意见": "不合格",
}

_BY_ENTRY: Final[dict[Entry, Callable[[NoticeField], str | bool | date]]] = {
    Entry.LINE: lambda field: f"示例{field.label}",
    Entry.LONG: lambda field: f"这里是起草时写的{field.label}，写明是什么、在哪里、怎么办。",
    Entry.DAY: lambda _field: date(2026, 12, 10),
    Entry.MOMENT: lambda _field: MOMENT,
    Entry.YES: lambda _field: True,
    Entry.CHOICE: lambda field: field.choices[0],
}


def example_items() -> tuple[dict[str, Plain], ...]:
    """Two made-up hazards as items of a notice, by `ITEM_NAMES`."""
    return _ITEM, _ITEM | _SECOND


def example_fields(kind: NoticeKind) -> dict[str, str | bool | date]:
    """A made-up value for every field a draft of this kind asks for, by its name."""
    return {field.name: _BY_ENTRY[field.entry](field) for field in NOTICES[kind].fields}


def example_values(kind: NoticeKind) -> dict[str, Value]:
    """A value for every name a text of this kind may use, optional ones too."""
    given = example_fields(kind)
    asked = {field.label: given[field.name] for field in NOTICES[kind].fields}
    register = {name.name: _REGISTER[name.name] for name in names_for(kind) if name.name not in asked}
    return {**register, **asked, ITEMS: list(example_items())}


def blank_values(kind: NoticeKind) -> dict[str, Value]:
    """The same with nothing where nothing has to be, and one item: a text must read whole even so."""
    optional = {field.label: "" for field in NOTICES[kind].fields if not field.needed}
    return {**example_values(kind), **optional, "项数": 1, "逾期天数": 0, ITEMS: [dict(_ITEM)]}

"""The names that texts of notices may use: what the register says of a notice, and of each hazard it is about."""

from __future__ import annotations

from typing import Final

# The names that a template may use beside the fields of its kind: what the register says of the notice and its hazards.
REGISTER_NAMES: Final[tuple[tuple[str, str], ...]] = (
    ("机关", "签发单位全称"),
    ("文号", "本文书的文号"),
    ("主送", "主送单位"),
    ("企业", "企业名称"),
    ("信用代码", "统一社会信用代码"),
    ("企业地址", "企业地址"),
    ("主要负责人", "企业主要负责人"),
    ("实际控制人", "企业实际控制人"),
    ("区域", "所属区县、乡镇（街道）"),
    ("行业", "行业领域"),
    ("政府", "受理行政复议的人民政府"),
    ("法院", "受理行政诉讼的人民法院"),
    ("签发日期", "签发日期"),
    ("检查人员", "检查（执法）人员，顿号隔开"),
    ("证件号", "检查（执法）人员的证件号，顿号隔开"),
    ("项数", "隐患的项数"),
    ("指令书文号", "责令限期整改指令书的文号"),
    ("通过项", "复查合格的各项序号"),
    ("未通过项", "复查不合格的各项序号"),
    ("隐患编号", "（第一项）隐患编号"),
    ("隐患描述", "（第一项）隐患描述"),
    ("隐患位置", "（第一项）隐患位置"),
    ("判定依据", "（第一项）判定依据"),
    ("发现日期", "（第一项）发现日期"),
    ("整改期限", "（第一项）现整改期限"),
    ("逾期天数", "（第一项）逾期天数，未逾期为 0"),
    ("挂牌文号", "挂牌督办文号"),
)

# What each item of the list 隐患 holds in a template's loop: {% for 项 in 隐患 %}{{ 项.序号 }} …{% endfor %}
ITEM_NAMES: Final[tuple[tuple[str, str], ...]] = (
    ("序号", "第几项"),
    ("编号", "隐患编号"),
    ("企业", "企业名称"),
    ("位置", "隐患位置"),
    ("描述", "隐患描述"),
    ("等级", "一般、重大"),
    ("依据", "判定依据或责令依据"),
    ("期限", "整改期限"),
    ("状态", "整改进展"),
    ("逾期天数", "逾期天数，未逾期为 0"),
    ("意见", "复查意见：合格、不合格，或空"),
)

"""Forms of a case of 参照事故调查: opened, concluded."""

from __future__ import annotations

from wtforms import RadioField
from wtforms.validators import InputRequired

from accounts.forms.base import offered as choices
from hazards.forms.parts import DayField, HazardForm, NumberField, line, text
from workflows.investigations import Ground


class OpenCaseForm(HazardForm):
    """What opens a case."""

    ground = RadioField(
        "立案事由",
        choices=choices((ground.value, ground.label) for ground in Ground),
        validators=[InputRequired("请选择事由。")],
    )
    office = line("立案单位", 100, needed="请填写立案单位。")
    number = line("文号", 80)
    on = DayField("立案日期", needed="请填立案日期。")
    facts = text("基本事实")


class ConcludeForm(HazardForm):
    """How it ended."""

    on = DayField("结案日期", needed="请填结案日期。")
    text = text("处理结果", needed="请写明处理结果。", description="写处罚、问责和移送的情况；不写姓名，人数填在下面。")
    people_held = NumberField("被追究责任的人数", least=0, most=999)

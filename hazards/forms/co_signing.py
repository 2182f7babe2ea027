"""Forms of the co-signature: given here, or recorded from paper; and whether one is needed."""

from __future__ import annotations

from flask_wtf.file import FileField
from wtforms import HiddenField, RadioField
from wtforms.validators import InputRequired

from accounts.forms.base import offered as choices
from hazards.forms.parts import HazardForm, line, text

YES, NO = "yes", "no"


class CoSignForm(HazardForm):
    """The opinion; for one on paper also the name and the scan."""

    seen_deed = HiddenField()
    opinion = text("意见", longest=500)
    name = line("签署人（单位和姓名）", 60)
    scan = FileField("扫描件或照片")


class StructuralForm(HazardForm):
    """Whether the rectification touches the structure."""

    structural = RadioField(
        "是否涉及主体结构、公用设施",
        choices=choices([(YES, "涉及，验收前须产权（出租、发包）单位会签"), (NO, "不涉及")]),
        validators=[InputRequired("请选择。")],
    )

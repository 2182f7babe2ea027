"""Forms of the checks of interim controls: one check, and how often."""

from __future__ import annotations

from wtforms import HiddenField, MultipleFileField, RadioField, SelectField
from wtforms.validators import InputRequired

from accounts.forms.base import offered as choices
from hazards.forms.parts import HazardForm, text
from workflows.controls import INTERVALS

HOLDS, BROKEN = "holds", "broken"


class CheckForm(HazardForm):
    """What was seen."""

    verdict = RadioField(
        "管控措施",
        choices=choices([(HOLDS, "有效"), (BROKEN, "失效")]),
        validators=[InputRequired("请选择有效或失效。")],
    )
    note = text(
        "说明", longest=500, description="失效的，写明哪项失效、已采取什么措施；会立即告知主要负责人和监管部门。"
    )
    photos = MultipleFileField("现场照片")
    staged = HiddenField(render_kw={"data-once": ""})

    @property
    def holds(self) -> bool:
        """Whether the controls hold."""
        return bool(self.verdict.data == HOLDS)


class IntervalForm(HazardForm):
    """How often."""

    hours = SelectField("检查间隔", coerce=int, choices=choices((str(one), f"每 {one} 小时一次") for one in INTERVALS))

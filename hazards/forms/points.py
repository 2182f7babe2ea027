"""Forms of a rectification's points: the list, one point put right, one taken up again."""

from __future__ import annotations

from collections.abc import Iterable

from wtforms import HiddenField, MultipleFileField

from hazards.forms.parts import DayField, HazardForm, line, text
from hazards.models import RectificationPoint


class PointsForm(HazardForm):
    """The points, one a line."""

    points = text(
        "整改要点",
        longest=9000,
        description="每行一项，如「配电箱加装漏电保护」。已经整改的项要原样留着。全部清空表示不分项。",
    )

    def put(self, points: Iterable[RectificationPoint]) -> None:
        """The list as it stands."""
        self.points.data = "\n".join(point.text for point in points)

    @property
    def texts(self) -> list[str]:
        """The lines that hold something."""
        return [one.strip() for one in (self.points.data or "").splitlines() if one.strip()]


class PointForm(HazardForm):
    """One point put right."""

    photos = MultipleFileField("这一项整改后的照片")
    staged = HiddenField(render_kw={"data-once": ""})
    done_on = DayField("完成日期", needed="请填完成日期。")
    note = text("怎样整改的", longest=500)


class PointAgainForm(HazardForm):
    """One point taken up again."""

    reason = line("为什么重新整改", 300, needed="请写明理由。")

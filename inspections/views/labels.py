"""Labels for risk points: choose which and on which sheets, then the PDF. /inspections/labels."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

from flask import Response, render_template, request, send_file
from flask.typing import ResponseReturnValue
from sqlalchemy import select

from core.db import db
from core.refusals import Invalid, TooLarge
from core.web import now, settings
from inspections.models import OpenReporting, RiskPoint
from inspections.queries.points import RANK, count_points, selected
from inspections.views.blueprint import blueprint
from inspections.views.points import Here, choose_enterprise, here, picked_points
from notices.printing import font_book

if TYPE_CHECKING:
    from inspections.labels import PointLabel

MOST: Final = 600  # some 30 or 75 sheets at once
LAYOUT_WORDS: Final = {
    "3x7": "每页 21 张（3 列 7 行，63.5 × 38.1 毫米），贴设备",
    "2x4": "每页 8 张（2 列 4 行，99.1 × 67.7 毫米），贴场所",
}
HINTS: Final = {True: "扫码查看、排查、上报隐患，不用登录", False: "扫码查看、排查、上报隐患"}


@blueprint.get("/labels")
def labels() -> ResponseReturnValue:
    """Which points, on which sheets."""
    at = here()
    if at is None:
        return choose_enterprise("inspections.labels", "风险点标签")
    asked = picked_points(at)
    return render_template(
        "inspections/labels.html",
        at=at,
        count=count_points(asked),
        most=MOST,
        picks=request.args.getlist("pick"),
        layouts=LAYOUT_WORDS,
        public_url=settings().public_url,
    )


@blueprint.get("/labels.pdf")
def labels_pdf() -> ResponseReturnValue:
    """The sheets, by `layout`, of the points asked for or picked (`pick` may be repeated)."""
    from inspections.labels import LAYOUTS, render  # what sets pages is loaded by the first who prints

    at = here()
    if at is None:
        return choose_enterprise("inspections.labels", "风险点标签")
    layout = LAYOUTS.get(request.args.get("layout", "3x7"))
    if layout is None:
        raise Invalid("没有这种标签纸。请返回重新选择。")
    found = _labels(at)
    if not found:
        raise Invalid("没有选中在用的风险点，没有可打印的标签。请返回重新选择。")
    data = render(found, layout, font_book(), at=now())
    answer: Response = send_file(io.BytesIO(data), "application/pdf", download_name=f"风险点标签 {at.firm.name}.pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _labels(at: Here) -> list[PointLabel]:
    asked = picked_points(at)
    if count_points(asked) > MOST:
        raise TooLarge(f"一次最多打印 {MOST} 张标签。请按部门或等级筛选后分别打印。")
    from inspections.labels import PointLabel

    is_open = db.session.scalar(select(OpenReporting.allowed).where(OpenReporting.enterprise_id == at.firm.id))
    hint, base = HINTS[bool(is_open)], settings().public_url
    return [
        PointLabel(at.firm.name, one.code, one.name, one.place, one.grade, f"{base}/p/{one.token}", hint)
        for one in db.session.scalars(selected(asked).order_by(RANK, RiskPoint.id))
    ]

"""Risk points as tables: import from Excel, and the list taken out as it would come in again."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, Final

from flask import Response, send_file, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import selectinload

from accounts.access import current_actor
from accounts.authority import allow
from accounts.queries import get_enterprise, units_tree
from accounts.roles import EXPORTERS
from accounts.views.table_drawing import Door
from accounts.views.table_pages import hang
from core.db import db
from core.refusals import NotAllowed, NotFound, TooLarge
from core.sheets.table_form import filled_form
from core.sniffing import XLSX
from inspections.measures import written
from inspections.models import RiskPoint
from inspections.operations.point_import import points_task
from inspections.point_table import MEASURES, POINTS
from inspections.queries.points import RANK, count_points, selected
from inspections.views.blueprint import blueprint
from inspections.views.points import Here, here, reader

MOST: Final = 5_000  # what an import takes at once
BATCH: Final = 500


def _opened() -> Door:
    """The import into one's own enterprise."""
    actor = reader()
    if actor.enterprise_id is None:
        raise NotAllowed("风险点由企业自己导入。")
    task = points_task(actor, get_enterprise(actor.enterprise_id))

    def subject(point_id: int) -> str:
        return url_for("inspections.point", point_id=point_id)

    return Door(task, ("风险点", url_for("inspections.points")), "", {}, subject_url=subject)


hang(blueprint, "/points/import", "import_points", _opened)


@blueprint.get("/points/list.xlsx")
def points_list() -> ResponseReturnValue:
    """The points asked for with their measures, in the columns of the import."""
    at = here()
    if at is None:
        raise NotFound("请先选择企业，再导出它的风险点。")
    allow(bool(current_actor().roles & EXPORTERS), "导出风险点清单", "安全管理人员、厂长、主要负责人或监管部门")
    if count_points(at.asked) > MOST:
        raise TooLarge(f"超过 {MOST:,} 个风险点，一份表装不下。请按部门或等级筛选后分别导出。")
    data = filled_form(POINTS, _rows(at))
    answer: Response = send_file(
        io.BytesIO(data), mimetype=XLSX, as_attachment=True, download_name=f"风险点清单 {at.firm.name}.xlsx"
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _rows(at: Here) -> Iterator[dict[str, Any]]:
    """Row by row, with the measures of a batch in one statement."""
    paths = _paths(at)
    wanted = selected(at.asked).order_by(RANK, RiskPoint.id).options(selectinload(RiskPoint.controls))
    for point in db.session.scalars(wanted.execution_options(yield_per=BATCH)):
        row: dict[str, Any] = {
            "code": point.code,
            "name": point.name,
            "place": point.place,
            "unit": paths.get(point.unit_id or 0, ""),
            "kind": point.kind.label,
            "grade": point.grade.label,
            "possible_harm": point.possible_harm,
            "responsible": point.responsible,
        }
        for key, kind in MEASURES.items():
            measures = [one for one in point.controls if one.kind is kind and one.struck_at is None]
            row[key] = "\n".join(f"{n}. {written(one.text, one.answers)}" for n, one in enumerate(measures, 1))
        yield row


def _paths(at: Here) -> dict[int, str]:
    """Each unit with those above it, as the import reads them: 生产部/熔炼车间."""
    trail: list[str] = []
    found = {}
    for row in units_tree(at.firm.id, active=False):
        trail[row.depth :] = [row.unit.name]
        found[row.unit.id] = "/".join(trail)
    return found

"""今日排查, /inspections/today: the inspections behind the figures of the home page."""

from __future__ import annotations

from typing import Final

from flask import render_template, request

from core.refusals import NotAllowed
from core.web import now
from inspections.presenting.today import SHOWN, today_of
from inspections.views.blueprint import blueprint
from inspections.views.index import looking

OF_ENTERPRISES: Final = "今日排查是企业自己的安排。各企业的排查请从「排查情况」查看。"


@blueprint.get("/today")
def today() -> str:
    """What the viewer's units have to inspect now, by how it stands (`state`)."""
    actor = looking()
    if actor.enterprise_id is None:
        raise NotAllowed(OF_ENTERPRISES)
    page = today_of(actor, actor.enterprise_id, request.args.get("state", "")[:10], now())
    return render_template("inspections/today.html", today=page, most=SHOWN)

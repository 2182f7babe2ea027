"""Papers printed from a hazard."""

from __future__ import annotations

import io

from flask import Response, send_file

from core.web import now
from notices.printing import closure_form_pdf
from notices.views.blueprint import blueprint


@blueprint.get("/hazards/<number>/closure-form.pdf")
def closure_form(number: str) -> Response:
    """销号审批表 as PDF, shown in the browser; from verification on."""
    data = closure_form_pdf(number, now=now())
    answer = send_file(io.BytesIO(data), "application/pdf", download_name=f"销号审批表 {number}.pdf")
    answer.headers["Cache-Control"] = "private, no-store"
    return answer

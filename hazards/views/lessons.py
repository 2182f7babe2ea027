"""Causes, 举一反三 and lasting measures, searched."""

from __future__ import annotations

from flask import render_template, request

from accounts.rules import SECTORS
from hazards.forms.cleaning import one_line
from hazards.lessons import find_lessons
from hazards.views.blueprint import blueprint

LONGEST = 100


@blueprint.get("/lessons")
def lessons() -> str:
    """What was learned from hazards, of those this person may see."""
    words = one_line(request.args.get("q", ""))[:LONGEST]
    sector = request.args.get("sector", "")
    sector = sector if sector in SECTORS else ""
    before = request.args.get("before", "")
    start = int(before) if before.isascii() and before.isdigit() and len(before) < 12 else None
    found = find_lessons(words, sector=sector, before=start)
    return render_template("hazards/lessons.html", found=found, q=words, sector=sector, sectors=SECTORS)

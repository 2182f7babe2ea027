"""The product's checklists, put in by `flask init` from inspections/data; by industry and tier.

A file holds templates; `also` of one names others whose groups follow its own. An item made from a clause names it by
document number, industry and clause, and takes its words from the register, so that it says exactly what they say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from core.db import db, unit_of_work
from core.scope import everything
from hazards.models import Criterion
from inspections.models import Checklist, ChecklistItem, ChecklistVersion
from inspections.operations.checklists import ItemDetails, add_version, begin_history, details_of
from workflows.vocabulary import Category, Grade, Tier

FOLDER: Final = Path(__file__).parent.parent / "data"
Clauses = Mapping[tuple[str, str, str], Criterion]


def seed(now: datetime) -> str:
    """The step of `flask init`; safe to repeat, and says how many checklists were added or have a new version.

    One that reads differently gets a new version, never changes; one that no file holds any more is retired.
    """
    with everything("the product's checklists"), unit_of_work():
        clauses = _clauses()
        templates = read()
        changed = sum([_put(template, _items(template, templates, clauses), now) for template in templates.values()])
        for left in db.session.scalars(select(Checklist).where(Checklist.template_key.not_in(list(templates)))):
            left.active = False
    return f"检查表模板：装入 {changed} 份。" if changed else ""


@lru_cache(maxsize=1)
def read() -> dict[str, dict[str, Any]]:
    """Every template of the files by its key, those for every industry first."""
    files = sorted(FOLDER.glob("*.json"), key=lambda path: (path.stem != "general", path.stem))
    found = [template for path in files for template in json.loads(path.read_text("utf-8"))]
    return {template["key"]: template for template in found}


def _clauses() -> dict[tuple[str, str, str], Criterion]:
    rows = db.session.scalars(select(Criterion).order_by(Criterion.id))
    return {(one.document_no, one.industry, one.clause): one for one in rows}


def _items(template: dict[str, Any], templates: Mapping[str, dict[str, Any]], clauses: Clauses) -> list[ItemDetails]:
    groups = [*template["groups"], *(group for key in template.get("also", ()) for group in templates[key]["groups"])]
    return [_item(group["heading"], item, clauses) for group in groups for item in group["items"]]


def _item(heading: str, item: dict[str, Any], clauses: Clauses) -> ItemDetails:
    named = item.get("criterion")
    clause = clauses.get((named[0], named[1], named[2])) if named else None
    uses = item["uses"]
    return ItemDetails(
        text=item["text"],
        heading=heading,
        method=item["method"],
        grade=Grade.MAJOR if named else Grade.GENERAL,
        category=Category(item["category"]),
        criterion_id=clause.id if clause else None,
        basis=basis_of(clause) if clause else "",
        for_standard="standard" in uses,
        for_hazards="hazards" in uses,
        for_regulator="regulator" in uses,
    )


def basis_of(clause: Criterion) -> str:
    """《工贸企业重大事故隐患判定标准》（应急管理部令第10号）第七条第（二）项：铸造用熔炼炉……的"""
    number = f"（{clause.document_no}）" if clause.document_no else ""
    return f"《{clause.standard}》{number}{clause.clause}：{clause.text}"[:600]


def _put(template: dict[str, Any], items: list[ItemDetails], now: datetime) -> int:
    """Whether it was added, or a new version of it."""
    found = db.session.scalar(select(Checklist).where(Checklist.template_key == template["key"]))
    tier = Tier(template["tier"])
    if found is None:
        found = Checklist(
            template_key=template["key"], name=template["name"], industry=template["industry"], tier=tier,
            created_at=now,
        )  # fmt: skip
        db.session.add(found)
        db.session.flush()
        begin_history(found, by=None, now=now)
    found.name, found.industry, found.tier, found.active = template["name"], template["industry"], tier, True
    if list(_newest(found)) == items:
        return 0
    add_version(found, items, note="随产品提供", by=None, now=now)
    return 1


def _newest(checklist: Checklist) -> Iterator[ItemDetails]:
    newest = (
        select(ChecklistVersion.id)
        .where(ChecklistVersion.checklist_id == checklist.id)
        .order_by(ChecklistVersion.version.desc())
        .limit(1)
        .scalar_subquery()
    )
    rows = select(ChecklistItem).where(ChecklistItem.version_id == newest).order_by(ChecklistItem.position)
    return (details_of(item) for item in db.session.scalars(rows))

"""The product's checklists: each clause is there, each item can be looked at, seeding again changes nothing."""

from __future__ import annotations

import json
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.rules import SECTORS
from core.clock import Clock
from core.db import db, unit_of_work
from core.scope import everything
from hazards import criteria
from hazards.criteria import SOURCE
from hazards.models import Criterion
from inspections.models import Checklist, ChecklistItem, ChecklistVersion
from inspections.operations import templates
from inspections.operations.checklists import LONGEST, MOST_ITEMS
from inspections.queries.checklists import usual_template
from tests.clocks import START, FixedClock
from workflows.vocabulary import Category, Grade, Tier

TEMPLATES = list(templates.read().values())
KEYS = [template["key"] for template in TEMPLATES]
CLAUSES = {(row["document_no"] or "", row["industry"], row["clause"]) for row in json.loads(SOURCE.read_text("utf-8"))}


def items_of(template: dict[str, Any], *, also: bool = True) -> list[dict[str, Any]]:
    """The items of a template, with those of the templates it takes along."""
    taken = template.get("also", ()) if also else ()
    others = [item for key in taken for item in items_of(templates.read()[key])]
    return [item for group in template["groups"] for item in group["items"]] + others


def seeded(now: Any = START) -> str:
    """Clauses and checklists as `flask init` puts them in."""
    criteria.seed(now)
    return templates.seed(now)


def count(model: Any) -> int:
    """How many rows there are."""
    with everything("test templates"):
        return db.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.mark.parametrize("template", TEMPLATES, ids=KEYS)
def test_each_template_reads_well(template: dict[str, Any]) -> None:
    """A tier, a name, headings, items of a length that fits a phone, each with how to look and what for."""
    assert set(template) <= {"key", "name", "industry", "tier", "also", "groups"}
    assert Tier(template["tier"])
    assert template["name"]
    assert template["industry"] == "" or template["industry"].partition("-")[0] in SECTORS
    for group in template["groups"]:
        assert 0 < len(group["heading"]) <= LONGEST["heading"]
        assert group["items"]
    for item in items_of(template):
        assert 6 <= len(item["text"]) <= 100, item["text"]
        assert item["text"][-1] not in "。；，、"
        assert not item["text"].endswith("的")
        assert 1 < len(item["method"]) <= 40
        assert Category(item["category"])
        assert set(item["uses"]) <= {"standard", "hazards", "regulator"}
        assert "hazards" in item["uses"]
        assert set(item) <= {"text", "method", "category", "criterion", "uses"}


@pytest.mark.parametrize("template", TEMPLATES, ids=KEYS)
def test_each_template_can_be_done_in_its_time(template: dict[str, Any]) -> None:
    """A daily one 8 to 15 items, none more than 60; nothing twice."""
    # two kinds of installations may have the same thing to look at, each with a clause of its own
    looked_at = [(item["text"], *item.get("criterion", ())) for item in items_of(template)]
    texts = [item["text"] for item in items_of(template)]
    least, most = (8, 15) if template["tier"] == "day" else (8, 60)
    assert least <= len(texts) <= most <= MOST_ITEMS
    assert [one for one, times in Counter(looked_at).items() if times > 1] == []
    repeated = {text for text, times in Counter(texts).items() if times > 1}
    assert all("criterion" in item for item in items_of(template) if item["text"] in repeated)


def test_every_clause_is_an_item_and_every_item_cites_a_clause_there_is() -> None:
    """All 258 of the register, none made up."""
    cited = {tuple(item["criterion"]) for one in TEMPLATES for item in items_of(one) if "criterion" in item}
    assert cited == CLAUSES
    assert len(CLAUSES) == 258


def test_every_sector_with_clauses_or_usual_items_has_a_daily_list() -> None:
    """工贸 危险化学品 矿山 烟花爆竹 民爆 建筑施工 特种设备 消防, and one for all others."""
    daily = {one["industry"].partition("-")[0] for one in TEMPLATES if one["tier"] == "day"}
    assert daily == {
        "", "工贸", "危险化学品", "非煤矿山", "煤矿", "烟花爆竹", "民用爆炸物品", "建筑施工", "特种设备", "消防",
    }  # fmt: skip
    assert {one["tier"] for one in TEMPLATES if one["industry"] == ""} == {"day", "week", "month", "quarter"}


def test_usual_items_say_what_matters_everywhere() -> None:
    """The things every inspector asks first."""
    words = "".join(item["text"] for one in TEMPLATES for item in items_of(one))
    for topic in ("消防车通道", "配电箱", "特种设备", "有限空间", "积尘", "高处作业", "动火", "持证", "劳动防护用品"):
        assert topic in words, topic


def test_the_files_may_be_given_away() -> None:
    """Official clauses are nobody's (著作权法 5); the rest is our own. No file holds a mark of somebody else."""
    for path in templates.FOLDER.iterdir():
        assert path.suffix == ".json"
        text = path.read_text("utf-8").casefold()
        assert not any(mark in text for mark in ("copyright", "©", "版权", "license", "http"))


def test_seeding_puts_all_in_once(context: Flask) -> None:
    """Again changes nothing; each has one version with the clause's own words."""
    assert seeded() == f"检查表模板：装入 {len(TEMPLATES)} 份。"
    before = (count(Checklist), count(ChecklistVersion), count(ChecklistItem))
    assert before[:2] == (len(TEMPLATES), len(TEMPLATES))
    assert templates.seed(START + timedelta(days=1)) == ""
    assert (count(Checklist), count(ChecklistVersion), count(ChecklistItem)) == before
    with everything("test templates"):
        lost = select(func.count()).select_from(ChecklistItem)
        assert db.session.scalar(lost.where((ChecklistItem.grade == Grade.MAJOR) != (ChecklistItem.basis != ""))) == 0
        item, clause = db.session.execute(
            select(ChecklistItem, Criterion).join(Criterion).where(Criterion.clause == "第七条第（二）项")
        ).one()
        assert item.basis == f"《{clause.standard}》（{clause.document_no}）{clause.clause}：{clause.text}"


def test_a_template_that_reads_otherwise_gets_a_new_version(
    context: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What inspections used stays; one left out of the product is retired, and comes back when it does."""
    seeded()
    changed = json.loads(json.dumps(templates.read()))
    changed["general-day"]["groups"][0]["items"][0]["text"] += "（新）"
    del changed["fire-day"]
    monkeypatch.setattr(templates, "read", lambda: changed)
    assert templates.seed(START) == "检查表模板：装入 1 份。"
    with everything("test templates"):
        daily = db.session.scalars(select(Checklist).where(Checklist.template_key == "general-day")).one()
        wanted = select(ChecklistVersion.version, ChecklistItem.text).join(ChecklistItem)
        wanted = wanted.where(ChecklistVersion.checklist_id == daily.id, ChecklistItem.position == 1)
        texts = dict(db.session.execute(wanted).all())
        assert texts[2] == f"{texts[1]}（新）"
        fire = select(Checklist.active).where(Checklist.template_key == "fire-day")
        assert db.session.scalar(fire) is False
    monkeypatch.undo()
    templates.seed(START)
    with everything("test templates"):
        assert db.session.scalar(fire) is True


def test_a_corrected_clause_comes_with_the_next_seeding(context: Flask) -> None:
    """The item copies the clause's words as they are then."""
    seeded()
    with unit_of_work() as session:
        clause = session.scalars(select(Criterion).where(Criterion.clause == "第七条第（二）项")).one()
        clause.text = "更正后的条文"
    assert templates.seed(START) == "检查表模板：装入 1 份。"


@pytest.mark.parametrize(
    ("industry", "tier", "key"),
    [
        ("工贸-机械", Tier.DAY, "machinery-day"),
        ("工贸-机械（铸造）", Tier.QUARTER, "machinery-quarter"),
        ("工贸-建材", Tier.DAY, "trade-day"),
        ("工贸-建材", Tier.WEEK, "general-week"),
        ("消防-商场", Tier.DAY, "fire-day"),
        ("非煤矿山-尾矿库", Tier.QUARTER, "tailings-quarter"),
        ("交通运输", Tier.DAY, "general-day"),
        ("", Tier.MONTH, "general-month"),
    ],
)
def test_the_usual_template_of_an_industry(context: Flask, industry: str, tier: Tier, key: str) -> None:
    """Its own, else its sector's, else the general one."""
    seeded()
    with everything("test templates"):
        found = usual_template(industry, tier)
        assert found is not None
        assert found.template_key == key


def test_the_command_line_seeds_after_the_clauses(app: Flask, clock: FixedClock) -> None:
    """The steps of `flask init` stand in the order of the rooms."""
    steps = app.extensions["on_init"]
    assert steps.index(criteria.seed) < steps.index(templates.seed)

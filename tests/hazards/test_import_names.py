"""What a name meant last time is proposed for the organisation's next file, shown as such, and can be changed."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import Enterprise, OrgUnit, Region
from accounts.rules import RegionKind
from core.db import db, unit_of_work
from core.scope import everything
from hazards.models import Hazard, NameDecision
from hazards.operations import import_names
from tests.hazards.city import City
from tests.hazards.imports import HEADER, PLANT, ledger
from tests.hazards.test_import_pages import FIRM, count, hand_in, press
from tests.hazards.visiting import Page, Visitor
from tests.pages.reading import breaks

LIKE_IT = "示例綦江机械公司5号厂"
AS_BEFORE = "上次的决定"


@pytest.fixture
def inspector(app: Flask, page_city: City) -> Visitor:
    """An inspector of the plant's district at a browser."""
    return Visitor(app, "inspector_a")


def of_firm(name: str, text: str) -> list[str]:
    """A row of an enterprise without a code."""
    return [name, "", "綦江区", text, "一般", "2026-11-02", "待整改", "督导检查"]


def plant_id(app: Flask) -> str:
    with app.app_context(), everything("tests"):
        found = db.session.scalars(select(Enterprise.id).where(Enterprise.uscc == PLANT)).one()
        db.session.remove()
    return str(found)


def kept(app: Flask) -> dict[str, str]:
    """What is remembered, by the name."""
    with app.app_context(), everything("tests"):
        rows = db.session.execute(select(NameDecision.key, NameDecision.value)).all()
        db.session.remove()
    return {row.key.rpartition(":")[2]: row.value for row in rows}


def lead(visitor: Visitor, page: Page, value: str) -> Page:
    """Decide on the first name and let the file come in."""
    return press(visitor, press(visitor, page, "/names", **{"name-0": value}), "/confirm")


def test_a_name_led_to_a_known_enterprise_is_led_there_in_the_next_file(app: Flask, inspector: Visitor) -> None:
    lead(inspector, hand_in(inspector, ledger(of_firm(LIKE_IT, "甲处渗漏"))), plant_id(app))
    assert kept(app) == {LIKE_IT: plant_id(app)}
    colleague = Visitor(app, "inspector_b")
    page = hand_in(colleague, ledger(of_firm(LIKE_IT, "乙处渗漏"), of_firm("另一家厂", "丙处")))
    assert "新建 1 + 并入 0 + 不导入 1" in page.text
    assert page.html.count(f"{AS_BEFORE}</span>") == 1
    assert f"就是「{FIRM}」" in page.text
    assert breaks(page.html) == []
    press(colleague, page, "/confirm")
    with app.app_context(), everything("tests"):
        owners = db.session.scalars(select(Enterprise.uscc).join(Hazard, Hazard.enterprise_id == Enterprise.id)).all()
        db.session.remove()
    assert owners == [PLANT, PLANT]


@pytest.mark.parametrize(("chosen", "tally", "later"), [("", "不导入 1", False), ("skip", "不导入 1", False)])
def test_what_was_decided_before_can_be_changed_and_is_then_forgotten(
    app: Flask, inspector: Visitor, chosen: str, tally: str, later: bool
) -> None:
    lead(inspector, hand_in(inspector, ledger(of_firm(LIKE_IT, "甲处渗漏"))), plant_id(app))
    page = hand_in(inspector, ledger(of_firm(LIKE_IT, "乙处渗漏"), [FIRM, PLANT, *of_firm("", "丁处")[2:]]))
    assert "都已选定，其中 1 个按上次的决定，可以改" in page.text
    changed = press(inspector, page, "/names", **{"name-0": chosen})
    assert tally in changed.text
    assert f"{AS_BEFORE}</span>" not in changed.html
    press(inspector, changed, "/confirm")
    assert bool(kept(app)) is later
    again = hand_in(inspector, ledger(of_firm(LIKE_IT, "丙处渗漏")))
    assert f"{AS_BEFORE}</span>" not in again.html


def test_another_enterprise_chosen_is_remembered_from_then_on(app: Flask, inspector: Visitor) -> None:
    lead(inspector, hand_in(inspector, ledger(of_firm(LIKE_IT, "甲处渗漏"))), plant_id(app))
    with app.app_context(), everything("tests"):
        shop = str(db.session.scalars(select(Enterprise.id).where(Enterprise.name == "示例綦江五金店")).one())
        db.session.remove()
    lead(inspector, hand_in(inspector, ledger(of_firm(LIKE_IT, "乙处渗漏"))), shop)
    assert kept(app) == {LIKE_IT: shop}


def test_what_did_not_come_in_is_not_remembered(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, ledger(of_firm(LIKE_IT, "甲处渗漏")))
    press(inspector, press(inspector, page, "/names", **{"name-0": plant_id(app)}), "/discard")
    assert kept(app) == {}


def test_another_organisation_is_told_nothing(app: Flask, inspector: Visitor) -> None:
    lead(inspector, hand_in(inspector, ledger(of_firm(LIKE_IT, "甲处渗漏"))), plant_id(app))
    page = hand_in(Visitor(app, "city_inspector_a"), ledger(of_firm(LIKE_IT, "乙处渗漏")))
    assert f"{AS_BEFORE}</span>" not in page.html
    assert "不导入 1" in page.text


def test_what_is_no_longer_to_be_seen_is_not_recalled(app: Flask, inspector: Visitor) -> None:
    lead(inspector, hand_in(inspector, ledger(of_firm(LIKE_IT, "甲处渗漏"))), plant_id(app))
    with app.app_context(), everything("tests"), unit_of_work():
        plant = db.session.scalars(select(Enterprise).where(Enterprise.uscc == PLANT)).one()
        plant.region_code, plant.region_path, plant.town_code = "500101", "/500000/500101/", None
    page = hand_in(inspector, ledger(of_firm(LIKE_IT, "乙处渗漏")))
    assert f"{AS_BEFORE}</span>" not in page.html
    assert FIRM not in page.text
    assert "还有 1 个没有选" in page.text


def test_districts_and_units_are_remembered_too(app: Flask, page_city: City) -> None:
    with app.app_context(), everything("tests"), unit_of_work() as session:
        session.add(OrgUnit(enterprise_id=page_city.enterprises["plant"], name="设备部"))
        session.flush()
        unit = str(db.session.scalars(select(OrgUnit.id).where(OrgUnit.name == "设备部")).one())
        assert db.session.get_one(Region, "500110").kind is RegionKind.DISTRICT
    header = [*HEADER, "排查部门"]
    visitor = Visitor(app, "city_inspector_a")

    def row(text: str) -> list[str]:
        return [LIKE_IT, "", "綦江片区老名", text, "一般", "2026-11-02", "待整改", "督导检查", "设备科"]

    page = hand_in(visitor, ledger(row("甲处"), header=header))
    page = press(visitor, page, "/names", **{"name-0": "500110"})
    assert "綦江片区老名" in page.text, "what was decided stays to be seen"
    plant = plant_id(app)
    page = press(visitor, page, "/names", **{"name-0": plant})
    page = press(visitor, page, "/names", **{"name-2": unit})
    press(visitor, page, "/confirm")
    assert kept(app) == {"綦江片区老名": "500110", LIKE_IT: plant, "设备科": unit}
    again = hand_in(visitor, ledger(row("乙处"), header=header))
    assert again.html.count(f"{AS_BEFORE}</span>") == 3
    assert "新建 1 + 并入 0 + 不导入 0" in again.text
    assert "綦江片区老名" in again.text


def test_the_oldest_are_forgotten(app: Flask, inspector: Visitor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(import_names, "MOST_KEPT", 2)
    names = [f"{LIKE_IT}{n}分厂" for n in range(3)]
    for n, name in enumerate(names):
        lead(inspector, hand_in(inspector, ledger(of_firm(name, f"{n}处"))), plant_id(app))
    assert set(kept(app)) == set(names[1:])
    assert count(app, NameDecision) == 2

"""Checklists, plans and absences on pages, by somebody at a browser without script."""

from __future__ import annotations

import re
from io import BytesIO

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from accounts.models import OrgUnit
from core.db import db, unit_of_work
from core.scope import everything
from hazards import criteria
from hazards.models import Criterion
from inspections.models import Absence, Checklist, ChecklistItem, ChecklistVersion, InspectionPlan
from inspections.operations import templates
from tests.clocks import FixedClock
from tests.hazards.city import City, build_city
from tests.hazards.visiting import Page, Visitor
from workflows.vocabulary import Grade

NASTY = "<script>alert(1)</script>'\"&%_=1+1"


@pytest.fixture
def plant(sqlite_app: Flask, clock: FixedClock) -> City:
    """The small city with the product's checklists."""
    with sqlite_app.app_context():
        criteria.seed(clock())
        templates.seed(clock())
        return build_city(clock())


@pytest.fixture
def manager(plant: City, sqlite_app: Flask) -> Visitor:
    """The plant's safety manager at a browser."""
    return Visitor(sqlite_app, "manager")


def own_list(visitor: Visitor, name: str = "班组日查") -> str:
    """A copy of the general daily list; its address."""
    with visitor.client.application.app_context(), everything("test pages"):
        wanted = select(Checklist.id).where(Checklist.template_key == "general-day")
        source = db.session.scalars(wanted).one()
    page = visitor.open(f"/inspections/checklists/{source}/copy")
    answer = visitor.send(page, name=name)
    assert answer.status == 302, answer.text
    return str(answer.response.headers["Location"])


def items(visitor: Visitor) -> list[ChecklistItem]:
    """The items of the newest version that was made."""
    with visitor.client.application.app_context(), everything("test pages"):
        newest = db.session.scalars(select(func.max(ChecklistVersion.id))).one()
        wanted = select(ChecklistItem).where(ChecklistItem.version_id == newest).order_by(ChecklistItem.position)
        return list(db.session.scalars(wanted))


def row_of(page: Page, text: str) -> int:
    """Which row of the form holds an item; the first blank one for no text."""
    return next(n for n in range(200) if page.form.values[f"text-{n}"] == [text])


# --- checklists -------------------------------------------------------------------------------------------------


def test_templates_are_found_by_tier_industry_and_use(manager: Visitor) -> None:
    page = manager.open("/inspections/checklists/?show=templates&tier=day&industry=非煤矿山")
    assert "地下矿山班组日排查表" in page.text
    assert "煤矿班组日排查表" not in page.text
    assert "班组日排查表（通用）" not in page.text
    assert "粉尘涉爆重大" in manager.open("/inspections/checklists/?show=templates&use=for_regulator&q=粉尘").text
    assert "粉尘涉爆车间" not in manager.open("/inspections/checklists/?show=templates&use=for_regulator&q=粉尘").text
    assert "没有符合条件的检查表" in manager.open("/inspections/checklists/?show=templates&q=没有这种").text
    assert "还没有自己的检查表" in manager.open("/inspections/checklists/").text


def test_a_template_is_copied_and_stands_among_ones_own(manager: Visitor) -> None:
    url = own_list(manager, "熔炼车间日查")
    page = manager.open(url)
    assert "第 1 版" in page.text
    assert "修改检查项" in page.text
    assert "熔炼车间日查" in manager.open("/inspections/checklists/").text


def test_items_are_changed_struck_moved_and_added_in_one_form(manager: Visitor) -> None:
    url = own_list(manager)
    page = manager.open(f"{url}/edit")
    before = [item.text for item in items(manager)]
    first, second, last = row_of(page, before[0]), row_of(page, before[1]), row_of(page, before[-1])
    new = row_of(page, "")
    typed = {
        f"text-{first}": "安全出口全部畅通",
        f"struck-{second}": "1",
        f"place-{last}": "1",
        f"text-{new}": "天车警铃能响",
        f"heading-{new}": "起重",
        f"for_hazards-{new}": "1",
        "note": "按车间实际",
    }
    done = manager.send(page, **typed)
    assert manager.follow(done).text.count("第 2 版") >= 2
    after = [item.text for item in items(manager)]
    assert after == [before[-1], "安全出口全部畅通", *before[2:-1], "天车警铃能响"]
    old = manager.open(f"{url}?version=1")
    assert before[1] in old.text
    assert "已有新版" in old.text


def test_a_second_tap_makes_no_second_version(manager: Visitor) -> None:
    url = own_list(manager)
    page = manager.open(f"{url}/edit")
    first = manager.send(page, **{"text-0": "换一句话"})
    second = manager.send(page, **{"text-0": "换一句话"})
    assert first.response.headers["Location"] == second.response.headers["Location"] == url
    assert "第 3 版" not in manager.open(url).text


def test_of_two_writers_the_slower_keeps_what_was_typed(manager: Visitor) -> None:
    url = own_list(manager)
    early, late = manager.open(f"{url}/edit"), manager.open(f"{url}/edit")
    manager.send(early, **{"text-0": "先改的"})
    answer = manager.send(late, **{"text-0": "后改的"})
    assert answer.status == 409
    assert "第 2 版，您的修改没有保存" in answer.text
    assert "后改的" in answer.text


def test_a_wrong_row_is_told_with_everything_kept(manager: Visitor) -> None:
    url = own_list(manager)
    answer = manager.send(manager.open(f"{url}/edit"), **{"text-0": "", "text-1": "另一句话"})
    assert answer.status == 422
    assert "第 1 项没有写检查内容" in answer.text
    assert "另一句话" in answer.text


def test_more_rows_are_given_and_clauses_found_without_script(manager: Visitor) -> None:
    url = own_list(manager)
    page = manager.open(f"{url}/edit")
    more = manager.send(page, do="more", **{"text-0": "正在写的话"})
    assert int(more.form.values["rows"][0]) == int(page.form.values["rows"][0]) + 5
    assert "正在写的话" in more.html
    n = row_of(more, "")
    found = manager.send(more, do=f"find{n}", **{f"text-{n}": "熔炼炉炉坑有积水", f"for_hazards-{n}": "1"})
    assert "可能的条款" in found.text
    with manager.client.application.app_context():
        wanted = select(Criterion).where(Criterion.industry == "工贸-机械", Criterion.clause == "第七条第（三）项")
        clause = db.session.scalars(wanted).one()
    assert f'value="{clause.id}"' in found.html
    done = manager.send(found, **{f"clause-{n}": str(clause.id), f"for_hazards-{n}": "1"})
    assert done.status == 302
    made = items(manager)[-1]
    assert (made.text, made.criterion_id, made.grade) == ("熔炼炉炉坑有积水", clause.id, Grade.MAJOR)
    assert clause.text in made.basis
    again = manager.open(f"{url}/edit")
    m = row_of(again, "熔炼炉炉坑有积水")
    manager.follow(manager.send(again, **{f"uncite-{m}": "1"}))
    assert (items(manager)[-1].criterion_id, items(manager)[-1].basis) == (None, "")


def test_a_checklist_goes_out_to_excel_and_comes_back(manager: Visitor) -> None:
    url = own_list(manager)
    sent = manager.client.get(f"{url}/items.xlsx")
    book = load_workbook(BytesIO(sent.data))
    sheet = book.worksheets[0]
    heads = {cell.value: cell.column for cell in sheet[2]}
    column = next(number for head, number in heads.items() if str(head).startswith("检查内容"))
    last = sheet.max_row
    sheet.cell(3, column).value = "安全出口每天都畅通"
    sheet.delete_rows(last)
    out = BytesIO()
    book.save(out)
    page = manager.open(f"{url}/import")
    checked = manager.follow(manager.send(page, file=(BytesIO(out.getvalue()), "改过.xlsx")))
    assert "新版将没有它们" in checked.text
    before = items(manager)
    done = manager.send(checked, next(form for form in checked.forms if "seen" in form.values))
    assert done.status == 302, done.text
    after = items(manager)
    assert [item.text for item in after[1:]] == [item.text for item in before[1:-1]]
    assert [item.heading for item in after] == [item.heading for item in before[:-1]]
    assert [item.for_standard for item in after[1:]] == [item.for_standard for item in before[1:-1]]


def test_a_used_checklist_says_why_it_cannot_be_retired(manager: Visitor) -> None:
    url = own_list(manager)
    number = url.rpartition("/")[2]
    manager.follow(manager.send(manager.open("/inspections/plans/new"), checklist_id=number))
    page = manager.open(url)
    assert "1 个排查计划" in page.text
    assert "不能停用" in page.text
    assert not any(form.action.endswith("/retire") for form in page.forms)
    free = manager.open(own_list(manager, "没人用的"))
    form = next(one for one in free.forms if one.action.endswith("/retire"))
    assert "已停用" in manager.follow(manager.send(free, form)).text


KEEPS, READS, NOTHING = (200, 200, 200), (200, 403, 403), (404, 404, 404)  # look and take out, copy, change


@pytest.mark.parametrize(
    ("who", "expected"),
    [
        ("principal", KEEPS),
        ("worker", READS),
        ("leader", READS),
        ("inspector_a", READS),
        ("shop_principal", NOTHING),
        ("far_inspector", (404, 403, 404)),  # no regulator copies, whether there is such a list or not
    ],
)
def test_who_opens_an_enterprises_own_checklist(
    manager: Visitor, sqlite_app: Flask, who: str, expected: tuple[int, int, int]
) -> None:
    url, visitor = own_list(manager), Visitor(sqlite_app, who)
    for paths, status in zip((("", "/items.xlsx"), ("/copy",), ("/edit", "/import")), expected, strict=True):
        assert {path: visitor.client.get(url + path).status_code for path in paths} == dict.fromkeys(paths, status)


# --- plans ------------------------------------------------------------------------------------------------------


def test_a_new_enterprise_is_set_up_in_one_step(manager: Visitor) -> None:
    assert "还没有排查计划" in manager.open("/inspections/plans/").text
    page = manager.open("/inspections/plans/set-up")
    assert "设立 4 个计划" in page.text
    done = manager.follow(manager.send(page))
    assert "已设立 4 个计划" in done.text
    assert "机械制造企业班组日排查表" in done.text
    assert "都已有计划" in manager.open("/inspections/plans/set-up").text


def test_a_plan_is_written_changed_and_ended(manager: Visitor, plant: City) -> None:
    unit, worker = str(plant.units["smelting"]), str(plant.people["worker"])
    page = manager.open("/inspections/plans/new?tier=day")
    done = manager.send(page, unit_id=unit, person_id=worker, per_day="2", name="交接班排查")
    plan = manager.follow(done)
    assert "每日 2 次" in plan.text
    assert "从业人员·甲" in plan.text
    edit = manager.open(f"{plan.url}/edit")
    newer = manager.follow(manager.send(edit, per_day="1", from_on="2026-11-18"))
    assert "历次计划" in newer.text
    again = manager.send(manager.open(f"{plan.url}/edit"), per_day="3", from_on="2026-11-19")
    assert again.status == 409
    end = manager.send(manager.open(f"{newer.url}/end"), last_on="2026-11-20", reason="")
    assert (end.status, "请写明为什么结束" in end.text) == (422, True)
    ended = manager.follow(manager.send(end, last_on="2026-11-20", reason="产线停用"))
    assert "2026-11-20（产线停用）" in ended.text


def test_wrong_days_and_counts_are_told_at_their_fields(manager: Visitor) -> None:
    page = manager.open("/inspections/plans/new")
    for typed, says in (
        ({"from_on": "2026-11-01"}, "请填今天或以后的日期"),
        ({"from_on": "x"}, "日期看不懂"),
        ({"per_day": "99"}, "应在 1 到 24 之间"),
        ({"frequency": "week", "per_day": "2"}, "只有每日的计划"),
        ({"unit_id": "9999"}, "不是有效的选择"),
    ):
        answer = manager.send(page, name="我写的名称", **typed)
        assert answer.status == 422, typed
        assert says in answer.text
        assert "我写的名称" in answer.html


def test_plans_are_narrowed_and_paged_by_key(manager: Visitor, plant: City, sqlite_app: Flask) -> None:
    with sqlite_app.app_context(), everything("test pages"), unit_of_work() as session:
        firm = plant.enterprises["plant"]
        session.add_all(OrgUnit(enterprise_id=firm, name=f"班组 {n:02d}") for n in range(60))
    manager.send(manager.open("/inspections/plans/set-up"))
    page = manager.open("/inspections/plans/")
    assert "本页 50 个" in page.text
    seen = set(re.findall(r"/inspections/plans/(\d+)", page.html))
    while (following := re.search(r'rel="next" href="([^"]+)"', page.html)) is not None:
        page = manager.open(following[1].replace("&amp;", "&"))
        seen |= set(re.findall(r"/inspections/plans/(\d+)", page.html))
    with sqlite_app.app_context(), everything("test pages"):
        assert len(seen) == db.session.scalar(select(func.count()).select_from(InspectionPlan)) == 124
    weekly = manager.open(f"/inspections/plans/?tier=week&unit={plant.units['smelting']}")
    assert "本页 1 个" in weekly.text
    whole = manager.open("/inspections/plans/?unit=0")
    assert "本页 2 个" in whole.text


def test_a_regulator_chooses_an_enterprise_and_reads_its_plans(
    manager: Visitor, plant: City, sqlite_app: Flask
) -> None:
    manager.send(manager.open("/inspections/plans/set-up"))
    inspector = Visitor(sqlite_app, "inspector_a")
    firm = plant.enterprises["plant"]
    page = inspector.open(f"/inspections/plans/?enterprise={firm}")
    assert "本页 4 个" in page.text
    assert "编一个计划" not in page.text
    assert "修改计划" not in inspector.open("/inspections/plans/1").text
    assert inspector.open("/inspections/plans/1/edit").status == 403
    assert inspector.open("/inspections/plans/new").status == 403
    far = Visitor(sqlite_app, "far_inspector")
    assert far.open(f"/inspections/plans/?enterprise={firm}").status == 404
    assert far.open("/inspections/plans/1").status == 404


# --- absences ---------------------------------------------------------------------------------------------------


def test_an_absence_is_recorded_and_ended(manager: Visitor, plant: City, sqlite_app: Flask) -> None:
    leader, head = str(plant.people["leader"]), str(plant.people["head"])
    page = manager.open("/inspections/absences/new")
    answer = manager.send(page, person_id=leader, first_on="2026-11-16", last_on="2026-11-10")
    assert (answer.status, "最后一天不能早于" in answer.text) == (422, True)
    listed = manager.follow(manager.send(answer, last_on="2026-11-20", substitute_id=head, reason="年休"))
    assert "由部门负责人·喆代替" in listed.text
    assert "今天不在" in listed.text
    form = next(one for one in listed.forms if one.action.endswith("/end"))
    assert "现在没有人离岗" in manager.follow(manager.send(listed, form)).text
    worker = Visitor(sqlite_app, "worker")
    own = worker.open("/inspections/absences/new")
    assert worker.send(own, person_id=leader, last_on="2026-11-20").status == 422
    assert worker.send(own, last_on="2026-11-20").status == 302


# --- hostile text -----------------------------------------------------------------------------------------------


def test_hostile_text_stays_text(manager: Visitor, plant: City) -> None:
    url = own_list(manager, NASTY)
    page = manager.open(f"{url}/edit")
    manager.send(
        page, **{"text-0": NASTY, "method-0": NASTY, "heading-0": NASTY, "note": NASTY, "industry": NASTY[:50]}
    )
    plan = manager.send(manager.open("/inspections/plans/new"), name=NASTY, checklist_id=url.rpartition("/")[2])
    manager.send(manager.open("/inspections/absences/new"), last_on="2026-11-20", reason=NASTY)
    plan_url = plan.response.headers["Location"]
    manager.send(manager.open(f"{plan_url}/end"), reason=NASTY)
    for shown in (
        url,
        f"{url}/edit",
        f"{url}/copy",
        "/inspections/checklists/",
        plan_url,
        "/inspections/plans/",
        "/inspections/absences/",
        "/inspections/plans/new",
    ):
        html = manager.open(shown).html
        assert "<script>alert" not in html, shown
        assert "alert(1)" in html or shown.endswith("/new"), shown


@pytest.mark.parametrize(
    "address",
    [
        "/inspections/checklists/?after=x&tier=%00&industry=%25&use=__class__&show=zzz",
        "/inspections/checklists/?q=%25%5F%27&after=99999999999999999999",
        "/inspections/plans/?unit=abc&tier=zzz&after=-1",
        "/inspections/plans/?unit=99999999999&show=%27",
        "/inspections/absences/?before=%F0%9F%98%80&show=past",
        "/inspections/checklists/new?x=1",
    ],
)
def test_odd_addresses_are_answered(manager: Visitor, address: str) -> None:
    assert manager.open(address).status == 200


@pytest.mark.parametrize(
    "typed",
    [
        {"rows": "x"},
        {"rows": "999999"},
        {"rows": "-1"},
        {"version": "9" * 30},
        {"item-0": "77777", "clause-0": "9" * 9, "grade-0": "zzz", "category-0": "zzz", "place-0": "９"},
        {"do": "find999"},
        {"do": "findx"},
        {"tier": "zzz"},
    ],
)
def test_a_form_that_was_tampered_with_is_refused_or_taken_as_nothing(manager: Visitor, typed: dict[str, str]) -> None:
    url = own_list(manager)
    answer = manager.send(manager.open(f"{url}/edit"), **typed)
    assert answer.status in (200, 302, 409, 422)


def test_what_was_kept_is_what_was_typed(manager: Visitor, sqlite_app: Flask) -> None:
    manager.send(manager.open("/inspections/absences/new"), last_on="2026-11-20", reason=NASTY)
    with sqlite_app.app_context(), everything("test pages"):
        assert db.session.scalars(select(Absence.reason)).one() == NASTY

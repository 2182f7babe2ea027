"""Departments, teams and people from a file: what is added, what is left out, and passwords handed out once."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import Enterprise, Grant, OrgUnit, Person
from accounts.organisations import close_unit
from accounts.passwords import hash_password, matches
from accounts.queries import units_tree
from accounts.roles import Role
from core.db import db, unit_of_work
from core.files import file_store
from core.models import Event, StoredFile
from core.scope import everything
from tests.accounts.tables import book, checked, confirmed, fields_of, filled, plain, seen, send, sheet_rows
from tests.accounts.test_pages import keeps_house_rules
from tests.accounts.world import World, browser_of, log_in, text_of
from tests.clocks import FixedClock

UNITS_HEAD = ("序号", "部门", "班组")
HEAD = ("姓名", "登录名", "部门", "班组", "职务", "电话", "角色")


def units_page(world: World) -> str:
    return f"/admin/enterprises/{world.enterprises['plant']}/units/import"


def people_page(world: World) -> str:
    return f"/admin/enterprises/{world.enterprises['plant']}/people/import"


def tree(world: World) -> list[tuple[int, str]]:
    with everything("test"):
        return [(row.depth, row.unit.name) for row in units_tree(world.enterprises["plant"])]


def person_named(name: str) -> Person:
    with everything("test"):
        return db.session.scalars(select(Person).where(Person.name == name)).one()


# --- units -------------------------------------------------------------------------------------------------------


def test_units_are_added_as_a_tree_and_nothing_is_doubled(world: World, app: Flask) -> None:
    client = browser_of(app, "safety_manager")
    data = book(
        部门=[
            UNITS_HEAD,
            (1, "车间", "一班"),
            (2, "车间", "二班"),
            (3, "生产部/铸造车间", "甲班"),
            (4, "", "保安队"),
            (5, "车间", "二班"),
            (6, "长" * 70, ""),
        ]
    )
    url = checked(client, units_page(world), data)
    text = seen(client, url)
    for sentence in (
        "数据 6 行 = 新建 3 + 没有变化 2 + 不导入 1",
        "上级“生产部 / 铸造车间”还没有，一起建立。",
        "没有写部门，直接放在企业下面。",
        "前面的行已写过",
        "超过 60 个字，请缩短",
    ):
        assert sentence in text, sentence
    with app.app_context():
        assert len(tree(world)) == 3
    assert confirmed(client, url).status_code == 302
    with app.app_context():
        assert tree(world) == [
            (0, "车间"),
            (1, "一班"),
            (1, "二班"),
            (0, "设备部"),
            (0, "生产部"),
            (1, "铸造车间"),
            (2, "甲班"),
            (0, "保安队"),
        ]
    assert "没有要写入的内容" in seen(client, checked(client, units_page(world), data))


def test_a_merged_department_holds_for_its_teams(sqlite_world: World, sqlite_app: Flask) -> None:
    import io

    from openpyxl import load_workbook

    made = load_workbook(io.BytesIO(book(部门=[UNITS_HEAD, (1, "铸造部", "甲班"), (2, None, "乙班")])))
    made.worksheets[0].merge_cells("B2:B3")
    out = io.BytesIO()
    made.save(out)
    client = browser_of(sqlite_app, "safety_manager")
    url = checked(client, units_page(sqlite_world), out.getvalue())
    assert confirmed(client, url).status_code == 302
    with sqlite_app.app_context():
        assert tree(sqlite_world)[-3:] == [(0, "铸造部"), (1, "甲班"), (1, "乙班")]


def test_a_closed_unit_is_not_opened_again(sqlite_world: World, sqlite_app: Flask, clock: FixedClock) -> None:
    with sqlite_app.app_context(), everything("test"), unit_of_work():
        unit = db.session.get_one(OrgUnit, sqlite_world.units["plant-设备部"])
        close_unit(db.session.get_one(Enterprise, unit.enterprise_id), unit, by=None, now=clock())
    client = browser_of(sqlite_app, "safety_manager")
    url = checked(client, units_page(sqlite_world), book(部门=[UNITS_HEAD, (1, "设备部", "")]))
    assert "原有同名的已关闭，另建一个。" in seen(client, url)


@pytest.mark.parametrize(("login", "status"), [("safety_manager_far", 404), ("worker", 403), ("approver", 403)])
def test_units_and_people_are_their_own_keepers(
    sqlite_world: World, sqlite_app: Flask, login: str, status: int
) -> None:
    client = browser_of(sqlite_app, login)
    for url in (units_page(sqlite_world), people_page(sqlite_world), f"{people_page(sqlite_world)}/form.xlsx"):
        assert client.get(url).status_code == status, url
    office = f"/admin/regulators/{sqlite_world.offices['district']}/people/import"
    assert client.get(office).status_code == 403


# --- people ------------------------------------------------------------------------------------------------------


def test_people_are_made_with_the_roles_one_may_give_and_passwords_are_handed_out_once(
    world: World, app: Flask
) -> None:
    client = browser_of(app, "safety_manager")
    data = book(
        人员=[
            HEAD,
            ("王䶮", "wang.yan", "车间", "一班", "熔炼工", "13800000001", "员工、班组长"),
            ("李堃", "", "设备部", "", "", 13800000002, ""),
            ("赵厂长", "zhao", "", "", "", "", "厂长/经理、安全管理人员"),
            ("孙某", "x", "没有这个部门", "", "", "", "皇帝"),
        ]
    )
    url = checked(client, people_page(world), data)
    text = seen(client, url)
    for sentence in (
        "数据 4 行 = 新建 4",
        "为 2 人开通登录。",
        "角色“厂长/经理”：由监管部门的检查人员或审核人授予，没有授予",
        "角色“皇帝”：不在可填的范围内",
        "没有这个部门、班组，没有写入",
        "没有开通登录",
    ):
        assert sentence in text, sentence
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Grant)) == len(world.people)
    form = fields_of(text_of(client.get(url)))
    answer = client.post(url, data=form)
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-store"
    page = text_of(answer)
    keeps_house_rules(url, page)
    shown = re.findall(r"<td><span class=\"code nowrap\">([^<]+)</span></td>", page)
    passwords = dict(zip(shown[1::2], shown[::2], strict=True))
    assert set(passwords) == {"wang.yan", "zhao"}
    with app.app_context():
        wang, li, zhao = person_named("王䶮"), person_named("李堃"), person_named("赵厂长")
        assert wang.roles == {Role.WORKER, Role.TEAM_LEADER}
        assert (wang.unit_id, wang.title, wang.phone) == (world.units["plant-一班"], "熔炼工", "13800000001")
        assert wang.must_change
        assert matches(wang.password_hash, passwords["wang.yan"])
        assert (li.login, li.phone, li.unit_id) == (None, "13800000002", world.units["plant-设备部"])
        assert zhao.roles == frozenset()
        events = "".join(str(event.content) for event in db.session.scalars(select(Event)))
        assert not any(secret in events for secret in passwords.values())
        assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0, "the file itself is not kept"
        assert not [path for path in file_store().folder.rglob("*") if path.is_file()]
    workbook = client.post(f"{people_page(world)}/handout.xlsx", data=_sealed(page))
    assert [row[3] for row in sheet_rows(workbook.data)[2:]] == [passwords["wang.yan"], passwords["zhao"]]
    again = client.post(url, data=form)
    assert again.status_code == 404, "the file is gone, and with it the second try"
    assert log_in(app.test_client(), "wang.yan", passwords["wang.yan"]).status_code == 302


def _sealed(page: str) -> dict[str, str]:
    start = page.index('name="sealed"')
    form = page[page.rindex("<form", 0, start) : page.index("</form>", start)]
    return {
        name: unescape(re.search(rf'name="{name}"[^>]*value="([^"]+)"', form)[1])  # type: ignore[index]
        for name in ("sealed", "csrf_token")
    }


def test_a_handout_nobody_sealed_is_not_made(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "safety_manager")
    form = _token_of(client, people_page(sqlite_world))
    url = f"{people_page(sqlite_world)}/handout.xlsx"
    for odd in ("", "x", "W1siYSJdXQ.made-up"):
        assert client.post(url, data={**form, "sealed": odd}).status_code == 404


def _token_of(client: object, url: str) -> dict[str, str]:
    page = text_of(client.get(url))  # type: ignore[attr-defined]
    return {"csrf_token": unescape(re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)[1])}  # type: ignore[index]


def test_known_people_are_corrected_and_never_lose_a_role(world: World, app: Flask, clock: FixedClock) -> None:
    with app.app_context(), everything("test"), unit_of_work():
        paper = world.person("worker")
        paper.phone = "111"
    client = browser_of(app, "safety_manager")
    data = book(
        人员=[
            HEAD,
            ("从业人员·堃", "worker", "", "", "熔炼工", "222", "班组长"),
            ("从业人员·堃", "", "", "", "", "", ""),
            ("别的名字", "team_leader", "", "", "", "", ""),
            ("安全管理人员·堃", "safety_manager", "", "", "新职务", "", ""),
            ("主要负责人·堃", "principal", "", "", "新职务", "", ""),
            ("检查人员·堃", "inspector", "", "", "", "", ""),
            ("新人", "inspector_fire", "", "", "", "", ""),
        ]
    )
    url = checked(client, people_page(world), data)
    text = seen(client, url)
    for sentence in (
        "职务： （空） → 熔炼工",
        "电话： 111 → 222",
        "角色： （空） → 增加 班组长",
        "与第 2 行是同一个人",
        "登录名“team_leader”是本单位班组长·堃的，姓名不同",
        "这是您自己",
        "这个人会签销号，由监管部门修改",
        "登录名“inspector”已经有人用过",
        "数据 7 行 = 更正 1 + 不导入 6",
    ):
        assert sentence in text, sentence
    assert confirmed(client, url).status_code == 302
    with app.app_context():
        worker = world.person("worker")
        assert worker.roles == {Role.WORKER, Role.TEAM_LEADER}
        assert (worker.phone, worker.title, worker.unit_id) == ("222", "熔炼工", world.units["plant-车间"])
        assert world.person("principal").title == ""


def test_somebody_known_from_paper_is_given_a_login(world: World, app: Flask) -> None:
    client = browser_of(app, "safety_manager")
    url = checked(client, people_page(world), book(人员=[HEAD, ("钱某", "", "", "", "", "", "员工")]))
    assert confirmed(client, url).status_code == 302
    url = checked(client, people_page(world), book(人员=[HEAD, ("钱某", "qian", "", "", "", "", "")]))
    assert "登录名： 只在纸上签 → qian" in seen(client, url)
    assert confirmed(client, url).status_code == 200
    with app.app_context():
        assert (person_named("钱某").login, person_named("钱某").roles) == ("qian", {Role.WORKER})


def test_those_who_left_do_not_come_back_with_a_list(sqlite_world: World, sqlite_app: Flask) -> None:
    with sqlite_app.app_context(), everything("test"), unit_of_work():
        sqlite_world.person("worker").active = False
    client = browser_of(sqlite_app, "safety_manager")
    data = book(人员=[HEAD, ("从业人员·堃", "", "", "", "", "", "员工")])
    assert "登记的这个人已停用" in seen(client, checked(client, people_page(sqlite_world), data))


def test_a_regulator_gives_the_roles_that_close_and_no_others(world: World, app: Flask) -> None:
    client = browser_of(app, "inspector")
    data = book(人员=[HEAD, ("周总", "zhou", "", "", "总经理", "", "主要负责人、员工")])
    url = checked(client, people_page(world), data)
    assert "角色“从业人员”：由系统管理员授予，没有授予" in seen(client, url)
    assert confirmed(client, url).status_code == 200
    with app.app_context():
        assert person_named("周总").roles == {Role.PRINCIPAL}


def test_the_system_administrator_brings_the_people_of_an_office(world: World, app: Flask) -> None:
    client = browser_of(app, "system_admin")
    page = f"/admin/regulators/{world.offices['district']}/people/import"
    form = client.get(f"{page}/form.xlsx").data
    assert "数据 0 行" in seen(client, checked(client, page, form))
    data = filled(form, 人员=[("吴䶮", "wu", "科员", "023", "YU-001", "检查人员、审核人")])
    url = checked(client, page, data)
    assert "数据 1 行 = 新建 1" in seen(client, url)
    assert confirmed(client, url).status_code == 200
    with app.app_context():
        wu = person_named("吴䶮")
        assert (wu.roles, wu.certificate_no) == ({Role.INSPECTOR, Role.REVIEWER}, "YU-001")
        assert wu.regulator_id == world.offices["district"]


def test_the_form_of_people_comes_back_clean(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "safety_manager")
    form = client.get(f"{people_page(sqlite_world)}/form.xlsx").data
    data = filled(form, 人员=[("郑某", "zheng", "车间", "一班", "工人", "138", "Z1", "从业人员、班组长")])
    url = checked(client, people_page(sqlite_world), data)
    assert "没有这一类的行" in seen(client, url, "look")
    form = client.get(f"{units_page(sqlite_world)}/form.xlsx").data
    url = checked(client, units_page(sqlite_world), filled(form, 部门班组=[("新部门", "新班组")]))
    assert "数据 1 行 = 新建 1" in seen(client, url)


def test_too_many_log_ins_at_once_are_refused(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "safety_manager")
    data = book(人员=[HEAD, *((f"新人{n}", f"xin{n}", "", "", "", "", "") for n in range(301))])
    url = checked(client, people_page(sqlite_world), data)
    answer = confirmed(client, url)
    assert answer.status_code == 422
    assert "这份文件要为 301 人开通登录，一次最多 300 人" in plain(text_of(answer))


def test_a_login_taken_in_between_is_shown_again(world: World, app: Flask, clock: FixedClock) -> None:
    client = browser_of(app, "safety_manager")
    url = checked(client, people_page(world), book(人员=[HEAD, ("新人", "xinren", "", "", "", "", "员工")]))
    form = fields_of(text_of(client.get(url)))
    with app.app_context(), everything("test"), unit_of_work():
        other = world.person("worker_far")
        other.login, other.password_hash = "xinren", hash_password("x")
    answer = client.post(url, data=form)
    assert answer.status_code == 409
    assert "登录名“xinren”已经有人用过" in plain(text_of(answer))


def test_a_file_that_is_no_list_of_people_is_refused(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "safety_manager")
    answer = send(client, people_page(sqlite_world), book(表=[("随便", "什么"), ("车间", "一班")]))
    assert answer.status_code == 422
    assert "没有找到人员的表头" in text_of(answer)


def test_a_list_of_units_is_not_taken_for_people(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "safety_manager")
    with sqlite_app.app_context():
        before = db.session.scalar(select(func.count()).select_from(Person))
    url = checked(client, people_page(sqlite_world), book(表=[("部门", "班组"), ("车间", "一班")]))
    html = text_of(client.get(url))
    assert "没有找到“姓名”一列，没有写入任何内容。" in plain(html)
    assert f'action="{url}/confirm"' not in html
    with sqlite_app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Person)) == before

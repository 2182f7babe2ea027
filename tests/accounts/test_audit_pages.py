"""The auditor's pages: who did what, by person, kind, subject and day; taken out; verified; and itself written down."""

from __future__ import annotations

import csv
import io
import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from openpyxl import load_workbook
from sqlalchemy import select, text

from accounts.history import record
from accounts.people import PersonDetails, change_person, grant_role
from accounts.roles import Role
from core import history_checks
from core.audit import NOT_SHOWN, entry_kinds, subject_kinds, what_of, words_of
from core.audit_models import HistoryCheck
from core.db import db, unit_of_work
from core.history_checks import run_check
from core.list_file import safe
from core.models import Event
from core.scope import everything
from tests.accounts.world import World, browser_of, log_in, post, text_of, token
from tests.clocks import FixedClock

AUDIT = "/admin/audit/"
WORDS = "电炉冷却水系统没有报警"


def lines(page: str, label: str) -> list[list[str]]:
    """The table of this name as text."""
    part = page[page.index(f'aria-label="{label}"') :]
    body = part[part.index("<tbody>") : part.index("</tbody>")]
    rows = re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL) for row in rows]
    return [[" ".join(unescape(re.sub(r"<[^>]+>", "", cell)).split()) for cell in row] for row in cells]


def entries(client: FlaskClient, query: str = "") -> list[list[str]]:
    """The entries the page shows: moment, who, what, on what."""
    page = text_of(client.get(AUDIT + query))
    return lines(page, "谁做了什么") if "<tbody>" in page else []


@pytest.fixture
def busy(world: World, app: Flask, clock: FixedClock) -> World:
    """A day later, three people did something."""
    clock.advance(days=1)
    with app.app_context(), everything("test world"):
        with unit_of_work():
            details = PersonDetails("从业人员·堃", phone="13812345678", title="炉前工")
            change_person(world.person("worker"), details, by=world.actor("safety_manager"), now=clock())
        clock.advance(minutes=5)
        with unit_of_work():
            grant_role(world.person("worker"), Role.TEAM_LEADER, by=world.actor("system_admin"), now=clock())
        clock.advance(minutes=5)
    return world


def test_what_was_done_stands_there_by_whom_to_whom(busy: World, app: Flask) -> None:
    client = browser_of(app, "auditor")
    found = entries(client, "?since=2026-11-17&until=2026-11-17")
    assert found[:3] == [
        [
            "2026-11-17 10:10:00",
            f"审计管理员·堃 系统管理 · {busy.people['auditor']} 号",
            "查看审计记录",
            "人员 审计管理员·堃",
        ],
        [
            "2026-11-17 10:05:00",
            f"系统管理员·堃 系统管理 · {busy.people['system_admin']} 号",
            "授予角色（班组长）",
            "人员 从业人员·堃",
        ],
        [
            "2026-11-17 10:00:00",
            f"安全管理人员·堃 綦江镕堃机械有限公司 · {busy.people['safety_manager']} 号",
            "修改人员信息",
            "人员 从业人员·堃",
        ],
    ]
    assert "13812345678" not in text_of(client.get(AUDIT))


def test_each_filter_does_what_it_says(busy: World, app: Flask) -> None:
    client = browser_of(app, "auditor")
    assert [row[2] for row in entries(client, "?person=system_admin")] == ["授予角色（班组长）"]
    assert [row[2] for row in entries(client, "?person=安全管理人员·堃")][:1] == ["修改人员信息"]
    assert {row[2] for row in entries(client, "?kind=role_granted&person=system_admin")} == {"授予角色（班组长）"}
    offices = entries(client, "?subject_kind=regulator")
    assert {row[2] for row in offices} == {"设立监管单位"}
    assert len(offices) == 6
    named = entries(client, "?subject_kind=enterprise&subject=綦江䶮山煤矿")
    assert {row[3] for row in named} == {"企业 綦江䶮山煤矿"}
    number = busy.enterprises["mine"]
    assert entries(client, f"?subject_kind=enterprise&subject={number}") == named
    assert entries(client, "?since=2026-11-10&until=2026-11-15") == []
    assert entries(client, "?person=没有这个人") == []


def test_filters_that_cannot_be_are_refused_in_words(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "auditor")
    for query, sentence in (
        ("?since=2025-01-01&until=2026-11-16", "一次最长一年"),
        ("?since=2026-11-16&until=2026-11-01", "止日须不早于起日"),
        ("?subject=7", "请先选对象"),
        ("?kind=nonsense", ""),
    ):
        answer = client.get(AUDIT + query)
        assert answer.status_code == 422, query
        assert sentence in text_of(answer)
    assert client.get(f"{AUDIT}?after=x-y").status_code == 200
    assert client.get(f"{AUDIT}?after=99999999999999999-1").status_code == 200
    assert client.get(f"{AUDIT}?person=%00%27--&subject_kind=person&subject=%25").status_code == 200


def test_pages_follow_each_other_without_gap_or_repetition(busy: World, app: Flask) -> None:
    client, seen = browser_of(app, "auditor"), []
    url = f"{AUDIT}?since=2026-11-16&until=2026-11-16"
    for _ in range(9):
        page = text_of(client.get(url))
        seen += re.findall(r"/admin/audit/entries/(\d+)", page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        if following is None:
            break
        url = unescape(following[1])
    with app.app_context():
        expected = list(db.session.scalars(select(Event.id).where(Event.actor_id.is_(None)).order_by(Event.id.desc())))
    assert len(expected) > 50
    assert [int(number) for number in seen] == expected


def test_one_entry_shows_its_chain_and_no_text(busy: World, app: Flask) -> None:
    with app.app_context():
        found = db.session.scalars(select(Event).where(Event.kind == "role_granted").order_by(Event.id.desc())).first()
        assert found is not None
        number, digest, previous = found.id, found.digest, found.previous
    page = text_of(browser_of(app, "auditor").get(f"{AUDIT}entries/{number}"))
    assert digest in page
    assert previous in page
    assert "班组长" in page
    assert browser_of(app, "auditor").get(f"{AUDIT}entries/999999").status_code == 404


def test_a_text_in_an_entry_is_not_shown(sqlite_world: World, sqlite_app: Flask, clock: FixedClock) -> None:
    with sqlite_app.app_context(), everything("test world"), unit_of_work():
        record(sqlite_world.person("worker"), "changed", by=None, now=clock(), why=WORDS, deep={"a": "b"})
        number = db.session.scalars(select(Event.id).order_by(Event.id.desc())).first()
    page = text_of(browser_of(sqlite_app, "auditor").get(f"{AUDIT}entries/{number}"))
    assert "冷却水" not in page
    assert page.count(NOT_SHOWN) == 2


def kinds_of(app: Flask, world: World) -> list[tuple[str, str | None]]:
    """What stands in the auditor's own history since being made."""
    with app.app_context():
        wanted = select(Event).where(Event.subject_kind == "person", Event.subject_id == world.people["auditor"])
        rows = db.session.scalars(wanted.order_by(Event.seq)).all()
        return [(row.kind, row.content.get("what")) for row in rows if row.kind.startswith("audit")]


def test_every_look_and_every_file_is_written_down(world: World, app: Flask) -> None:
    client = browser_of(app, "auditor")
    client.get(f"{AUDIT}?person=worker")
    client.get(f"{AUDIT}sign-ins")
    client.get(f"{AUDIT}entries/1")
    post(client, f"{AUDIT}entries.csv", {"subject_kind": "regulator"}, at=AUDIT)
    post(client, f"{AUDIT}sign-ins.csv", at=AUDIT)
    post(client, f"{AUDIT}checks")
    assert kinds_of(app, world) == [
        ("audit_read", "entries"),
        ("audit_read", "sign_ins"),
        ("audit_read", "entry"),
        ("audit_read", "entries"),
        ("audit_exported", "entries"),
        ("audit_read", "entries"),
        ("audit_exported", "sign_ins"),
        ("audit_verified", None),
    ]
    with app.app_context():
        taken = db.session.scalars(select(Event).where(Event.kind == "audit_exported").order_by(Event.id)).first()
    assert taken is not None
    assert (taken.content["rows"], taken.content["form"], taken.content["asked_of"]) == (6, "csv", "regulator")


def test_the_file_holds_exactly_what_was_asked_for(busy: World, app: Flask) -> None:
    client = browser_of(app, "auditor")
    answer = post(client, f"{AUDIT}entries.csv", {"person": "system_admin"}, at=AUDIT)
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [(row["操作人"], row["事项"], row["对象"]) for row in rows] == [
        ("系统管理员·堃", "授予角色（班组长）", "人员 从业人员·堃")
    ]
    answer = post(client, f"{AUDIT}entries.xlsx", {"since": "2026-11-16", "until": "2026-11-16"}, at=AUDIT)
    sheet = load_workbook(io.BytesIO(answer.get_data()), read_only=True).worksheets[0]
    with app.app_context():
        expected = len(db.session.scalars(select(Event.id).where(Event.actor_id.is_(None))).all())
    assert len(list(sheet.iter_rows())) == expected + 1
    assert post(client, f"{AUDIT}entries.exe", at=AUDIT).status_code == 404


def test_a_cell_is_never_run() -> None:
    assert [safe(cell) for cell in ("=1+1", "+86", "-1", "@x", "正常", "a=b")] == [
        "'=1+1",
        "'+86",
        "'-1",
        "'@x",
        "正常",
        "a=b",
    ]


def test_tries_to_log_in_are_filtered_and_taken_out(world: World, app: Flask) -> None:
    log_in(app.test_client(), "worker", "wrong")
    log_in(app.test_client(), "nobody-here", "wrong")
    log_in(app.test_client(), "worker")
    client = browser_of(app, "auditor")
    everything_tried = lines(text_of(client.get(f"{AUDIT}sign-ins")), "登录记录")
    assert [row[1:3] for row in everything_tried] == [
        ["auditor", "登录"],
        ["worker", "登录"],
        ["没有这个登录名", "密码不对"],
        ["worker", "密码不对"],
    ]
    wrong = lines(text_of(client.get(f"{AUDIT}sign-ins?login=worker&outcome=wrong")), "登录记录")
    assert [row[1:3] for row in wrong] == [["worker", "密码不对"]]
    answer = post(client, f"{AUDIT}sign-ins.csv", {"login": "worker"}, at=AUDIT)
    rows = list(csv.DictReader(io.StringIO(answer.get_data().decode("utf-8-sig"))))
    assert [row["结果"] for row in rows] == ["密码不对", "登录"]


# --- verification ----------------------------------------------------------------------------------------------


def asked_check(app: Flask, client: FlaskClient) -> int:
    """Ask for a verification at the page; its number."""
    assert post(client, f"{AUDIT}checks").status_code == 302
    with app.app_context():
        return db.session.scalars(select(HistoryCheck.id).order_by(HistoryCheck.id.desc())).first() or 0


def test_the_histories_are_verified_from_the_page(world: World, app: Flask, clock: FixedClock) -> None:
    client = browser_of(app, "auditor")
    number = asked_check(app, client)
    assert "等后台任务开始" in text_of(client.get(f"{AUDIT}checks"))
    assert client.post(f"{AUDIT}checks", data={"csrf_token": token(text_of(client.get(AUDIT)))}).status_code == 409
    with app.app_context():
        run_check(str(number), clock())
        walked = db.session.get_one(HistoryCheck, number).events
    page = text_of(client.get(f"{AUDIT}checks"))
    assert "核验通过" in page
    assert f"{walked:,} 条" in page
    assert 'http-equiv="refresh"' not in page


def test_what_is_broken_is_named_on_the_page(world: World, app: Flask, clock: FixedClock) -> None:
    client = browser_of(app, "auditor")
    with app.app_context(), unit_of_work() as session:
        session.execute(text("UPDATE event SET kind = 'changed' WHERE subject_kind = 'person' AND seq = 1"))
    number = asked_check(app, client)
    with app.app_context():
        run_check(str(number), clock())
        run_check(str(number), clock())  # a second runner finds it done
    page = text_of(client.get(f"{AUDIT}checks"))
    assert "核验不通过" in page
    assert re.search(r"<li>人员 \d+ 号 的第 1 条经过被改过。</li>", page)


def test_a_check_that_was_broken_off_says_so_and_another_may_be_asked(
    sqlite_world: World, sqlite_app: Flask, clock: FixedClock
) -> None:
    client = browser_of(sqlite_app, "auditor")
    asked_check(sqlite_app, client)
    clock.advance(minutes=11)
    assert "核验中断了" in text_of(client.get(f"{AUDIT}checks"))
    assert asked_check(sqlite_app, client) == 2


def test_progress_is_told_while_it_walks(
    sqlite_world: World, sqlite_app: Flask, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.history_checks.TOLD_EVERY", 10)
    told: list[int] = []
    client = browser_of(sqlite_app, "auditor")
    number = asked_check(sqlite_app, client)
    write = history_checks._write

    def noted(check_id: int, report: object, *, is_done: bool = False) -> None:
        write(check_id, report, is_done=is_done)  # type: ignore[arg-type]
        told.append(db.session.get_one(HistoryCheck, check_id).events)

    monkeypatch.setattr(history_checks, "_write", noted)
    with sqlite_app.app_context():
        run_check(str(number), clock())
    assert len(told) > 3
    assert told == sorted(told)


# --- whose pages they are --------------------------------------------------------------------------------------

DOORS = (AUDIT, f"{AUDIT}sign-ins", f"{AUDIT}checks", f"{AUDIT}entries/1")


@pytest.mark.parametrize("login", [role.value for role in Role if role is not Role.AUDITOR])
def test_nobody_else_opens_them(sqlite_world: World, sqlite_app: Flask, login: str) -> None:
    client = browser_of(sqlite_app, login)
    shown = token(text_of(client.get("/me")))
    for door in DOORS:
        assert client.get(door).status_code == 403, door
    for door in (f"{AUDIT}checks", f"{AUDIT}entries.csv", f"{AUDIT}sign-ins.csv"):
        assert client.post(door, data={"csrf_token": shown}).status_code == 403, door


def test_every_kind_of_subject_is_explained(sqlite_context: Flask) -> None:
    assert all(words_of(kind).kinds for kind in subject_kinds())
    kinds = entry_kinds()
    assert kinds["changed"] == "修改检查表名称、修改企业信息、修改文书、修改人员信息、修改监管单位、修改风险点"
    assert kinds["calendar"] == "工作日表装载，期限重算（隐患）"
    assert kinds["unit_closed"] == "关闭部门、班组（企业）"


def test_an_entry_nobody_explained_is_shown_by_its_code(sqlite_context: Flask) -> None:
    assert what_of("person", "brand_new", {"role": "worker"}) == "brand_new（从业人员）"
    assert what_of("nothing", "brand_new", {}) == "brand_new"

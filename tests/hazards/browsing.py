"""The small city through a browser: signed in as one of its people, forms sent as a browser sends them."""

from __future__ import annotations

import re
from html import unescape
from io import BytesIO
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.accounts.world import log_in
from tests.hazards.city import PASSWORD

Photo = tuple[str, bytes]


def browser(app: Flask, login: str) -> FlaskClient:
    """A browser in which this person of the city is signed in."""
    client = app.test_client()
    assert log_in(client, login, PASSWORD).status_code == 302
    return client


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the page's POST form, as a browser would send them back."""
    form = page[page.index('enctype="multipart/form-data"') :]
    fields = re.findall(r'<input(?=[^>]*type="hidden")([^>]*)>', form)
    found = {}
    for attributes in fields:
        name = re.search(r'name="([^"]*)"', attributes)
        value = re.search(r'value="([^"]*)"', attributes)
        if name is not None:
            found[name[1]] = unescape(value[1]) if value is not None else ""
    return found


def send(client: FlaskClient, url: str, page: str, values: dict[str, Any], **files: list[Photo]) -> TestResponse:
    """Send a form with its hidden fields and files (name and bytes)."""
    data: dict[str, Any] = hidden(page) | values
    for name, photos in files.items():
        data[name] = [(BytesIO(content), file_name) for file_name, content in photos]
    return client.post(url, data=data, content_type="multipart/form-data")


def errors_on(page: str) -> dict[str, str]:
    """The sentences below the fields, by the field's id."""
    found = re.findall(r'class="field-error" id="([^"]+)-error">.*?<span>(.*?)</span>', page, re.DOTALL)
    return {name: unescape(re.sub(r"<br>", " ", words)) for name, words in found}


def flashes(client: FlaskClient) -> list[tuple[str, str]]:
    """What the next page would show first."""
    with client.session_transaction() as session:
        return list(session.get("_flashes", []))

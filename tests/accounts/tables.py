"""Files for the tests of imports, and the way through their pages."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from html import unescape

from flask.testing import FlaskClient
from openpyxl import Workbook, load_workbook
from werkzeug.test import TestResponse

from tests.accounts.world import text_of, token

Rows = Iterable[Sequence[object]]


def book(**sheets: Rows) -> bytes:
    """A workbook of these sheets."""
    made = Workbook()
    made.remove(made.worksheets[0])
    for name, rows in sheets.items():
        page = made.create_sheet(name)
        for row in rows:
            page.append(list(row))
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def filled(form: bytes, **sheets: Rows) -> bytes:
    """A form that was downloaded, with rows written below its titles."""
    made = load_workbook(io.BytesIO(form))
    for name, rows in sheets.items():
        page = made[name]
        for number, row in enumerate(rows, start=3):
            for column, value in enumerate(row, start=1):
                page.cell(number, column, value)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def send(client: FlaskClient, url: str, data: bytes, name: str = "名录.xlsx") -> TestResponse:
    """Hand in a file."""
    shown = token(text_of(client.get(url)))
    return client.post(url, data={"csrf_token": shown, "file": (io.BytesIO(data), name)})


def checked(client: FlaskClient, url: str, data: bytes, name: str = "名录.xlsx") -> str:
    """Hand in a file that can be read; the address of the page that shows what would become of it."""
    answer = send(client, url, data, name)
    assert answer.status_code == 302, text_of(answer)
    return str(answer.location)


def seen(client: FlaskClient, url: str, show: str = "all") -> str:
    """What the page says of every row, as plain text."""
    answer = client.get(f"{url}?show={show}")
    assert answer.status_code == 200, text_of(answer)
    return plain(text_of(answer))


def plain(html: str) -> str:
    """A page without its tags."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def fields_of(html: str) -> dict[str, str]:
    """The hidden fields of the form that confirms."""
    start = html.index('name="seen"')
    form = html[html.rindex("<form", 0, start) : html.index("</form>", start)]
    tags = re.findall(r"<input[^>]*>", form)
    pairs = ((re.search(r'name="([^"]*)"', tag), re.search(r'value="([^"]*)"', tag)) for tag in tags if 'name="' in tag)
    return {name[1]: unescape(value[1]) if value else "" for name, value in pairs if name}


def confirmed(client: FlaskClient, url: str) -> TestResponse:
    """Confirm what the page shows."""
    return client.post(url, data=fields_of(text_of(client.get(url))))


def sheet_rows(data: bytes) -> list[tuple[object, ...]]:
    """The rows of the first sheet of a workbook."""
    page = load_workbook(io.BytesIO(data)).worksheets[0]
    return [tuple(cell.value for cell in row) for row in page.iter_rows()]

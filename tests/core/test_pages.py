"""The house says whether it is well."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from core.version import VERSION


def test_a_well_house_says_so_without_a_login(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.get_json() == {
        "status": "ok",
        "database": "ok",
        "files": "ok",
        "last_anchor_age_seconds": None,
        "version": VERSION,
    }


def test_a_store_that_cannot_be_written_is_unwell(sqlite_app: Flask, sqlite_client: FlaskClient) -> None:
    folder = sqlite_app.extensions["files"].folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.write_text("a file where the folder should be")
    answer = sqlite_client.get("/healthz")
    assert (answer.status_code, answer.get_json()["files"]) == (503, "failing")


def test_the_picture_in_the_tab_is_there(sqlite_client: FlaskClient) -> None:
    answer = sqlite_client.get("/favicon.ico")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")
    answer.close()


@pytest.mark.parametrize("wanted", ["sqlite", "postgresql"])
def test_tests_get_the_database_they_ask_for(databases: object, wanted: str, tmp_path: object) -> None:
    made = databases.filled(wanted, tmp_path)  # type: ignore[attr-defined]
    assert made.url.startswith(wanted)

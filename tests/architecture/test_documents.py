"""Documents made from tables are current."""

from __future__ import annotations

from core.settings_table import FILE, settings_page


def test_the_table_of_settings_is_current() -> None:
    assert FILE.read_text("utf-8") == settings_page(), "run `make docs`"

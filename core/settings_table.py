"""`docs/settings.md`, made from the table of settings: `python -m core.settings_table` rewrites it."""

from __future__ import annotations

from pathlib import Path

from core.settings import SETTINGS

FILE = Path(__file__).parent.parent / "docs" / "settings.md"

HEAD = """# Settings

From the environment, or from `instance/settings.toml` (`NAME = "value"`); the environment wins. All are checked at
start: a wrong one ends the start with a sentence. This table is made from `core/settings.py`.

| name | when not set | 用途 |
|---|---|---|
"""


def settings_page() -> str:
    """The page as it should stand."""
    return HEAD + "".join(f"| `{row.name}` | {row.start or '—'} | {row.purpose} |\n" for row in SETTINGS)


if __name__ == "__main__":
    FILE.write_text(settings_page(), "utf-8")

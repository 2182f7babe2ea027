"""Fonts and readers for tests of documents."""

from __future__ import annotations

from pathlib import Path

import pytest

from notices.fonts import FontBook, install_fonts, register_fonts
from tests.notices.cached_fonts import font_cache


@pytest.fixture(scope="session")
def font_folder(request: pytest.FixtureRequest) -> Path:
    """A folder of installed fonts; not to be written to."""
    folder = font_cache(request.config)
    install_fonts(folder)
    return folder


@pytest.fixture(scope="session")
def fonts(font_folder: Path) -> FontBook:
    """The registered fonts, without any of an office's own."""
    return register_fonts(font_folder)

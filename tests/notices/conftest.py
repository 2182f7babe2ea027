"""Fonts and readers for tests of documents."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from notices.fonts import FontBook, install_fonts, register_fonts
from notices.parts.pages import PageFrame, render_pages
from notices.parts.paragraph import Paragraph
from notices.parts.pen import Properties
from tests.clocks import FixedClock
from tests.hazards.city import City, build_city
from tests.notices import city as papers
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


@pytest.fixture(scope="session")
def paper(fonts: FontBook) -> bytes:
    """A paper of two pages, drawn as every notice is, before anybody signs it."""
    texts = [Paragraph(fonts, f"第{number}项隐患应于2026年12月1日前整改完毕。" * 4) for number in range(60)]
    issued = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
    properties = Properties("责令限期整改指令书", "綦江区应急管理局", "綦江铸造厂", issued)
    return render_pages(fonts, PageFrame(), texts, properties, lambda _pen, _number, _total: None)


@pytest.fixture
def town(app: Flask, clock: FixedClock) -> City:
    """The small city, its offices with their prefixes."""
    with app.app_context():
        return papers.with_prefixes(build_city(clock()))

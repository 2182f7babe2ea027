"""The house of all pages: an application on SQLite, built once a module, only looked at by the tests that share it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from notices.fonts import install_fonts
from tests.clocks import FixedClock
from tests.conftest import running, settings_for
from tests.databases import Databases
from tests.notices.cached_fonts import font_cache
from tests.pages.house import House, build_house


@pytest.fixture(scope="module")
def house(
    databases: Databases, tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[House]:
    """The city with a hazard in each stage; fonts are there, so that documents can be printed."""
    folder, clock = tmp_path_factory.mktemp("house"), FixedClock()
    settings = settings_for(databases.filled("sqlite", folder), folder / "instance")
    install_fonts(settings.instance / "fonts", cache=font_cache(request.config))
    for app in running(settings, clock):
        yield build_house(app, clock())

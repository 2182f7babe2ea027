"""The sample city in a folder of its own, for pictures of it."""

from __future__ import annotations

import re
from pathlib import Path

from flask import Flask

from application import ROOT, create_app
from core.settings import Settings, load_settings
from tests.clocks import FixedClock
from tests.databases import TEST_SECRETS

FONTS = ROOT / ".pytest_cache" / "d" / "fonts"


def sample_city(instance: Path) -> tuple[Flask, str]:
    """The application with the sample city moved in, and everybody's password."""
    settings: Settings = load_settings(instance, TEST_SECRETS)
    app = create_app(settings, clock=FixedClock(), testing=True)
    app.config.update(CHEAP_PASSWORDS=True, FONT_CACHE=str(FONTS))
    for command in ("init", "demo"):
        ran = app.test_cli_runner().invoke(args=[command])
        assert ran.exit_code == 0, ran.output
    found = re.search(r"密码都是：(\S+)", (instance / "sample-logins.txt").read_text("utf-8"))
    assert found is not None, "the sample names its password"
    return app, found[1]

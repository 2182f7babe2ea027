"""Fonts for tests: converted once, kept between runs, linked wherever a test wants them.

Any test that renders a document may use it:

    install_fonts(instance / "fonts", cache=font_cache(request.config))
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest


def font_cache(config: pytest.Config) -> Path:
    """The folder of finished fonts: HAZARDS_FONT_CACHE, or pytest's own cache."""
    named = os.environ.get("HAZARDS_FONT_CACHE")
    cache = config.cache
    if named or cache is None:
        return Path(named or ".pytest_cache/fonts").resolve()
    return cache.mkdir("fonts")

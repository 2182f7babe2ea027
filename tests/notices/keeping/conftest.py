"""The small city, for what an office sets for its notices."""

from __future__ import annotations

from tests.hazards.conftest import city, page_city

__all__ = ["city", "page_city"]

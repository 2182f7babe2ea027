"""The small city, for tests of faults."""

from tests.hazards.conftest import city, page_city

__all__ = ["city", "page_city"]

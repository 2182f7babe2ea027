"""The room's pages; importing this package gives the blueprint its routes."""

from inspections.views.blueprint import blueprint

__all__ = ["blueprint"]

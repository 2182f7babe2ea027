"""The register's pages; importing this package gives the blueprint its routes."""

from hazards.views import detail, files, listing, reporting, signing
from hazards.views.blueprint import blueprint

__all__ = ["blueprint", "detail", "files", "listing", "reporting", "signing"]

"""The register's pages; importing this package gives the blueprint its routes."""

from hazards.views import (
    asking,
    controls,
    detail,
    duties,
    files,
    import_draft,
    importing,
    listing,
    paper,
    points,
    reporting,
    signing,
    talking,
    working,
)
from hazards.views.blueprint import blueprint

__all__ = [
    "asking",
    "blueprint",
    "controls",
    "detail",
    "duties",
    "files",
    "import_draft",
    "importing",
    "listing",
    "paper",
    "points",
    "reporting",
    "signing",
    "talking",
    "working",
]

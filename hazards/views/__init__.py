"""The register's pages; importing this package gives the blueprint its routes."""

from hazards.views import (
    asking,
    co_signing,
    controls,
    detail,
    duties,
    files,
    header_titles,
    helping,
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
    "co_signing",
    "controls",
    "detail",
    "duties",
    "files",
    "header_titles",
    "helping",
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

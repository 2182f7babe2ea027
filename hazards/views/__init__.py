"""The register's pages; importing this package gives the blueprint its routes."""

from hazards.views import asking, detail, duties, files, listing, paper, points, reporting, signing, talking, working
from hazards.views.blueprint import blueprint

__all__ = [
    "asking",
    "blueprint",
    "detail",
    "duties",
    "files",
    "listing",
    "paper",
    "points",
    "reporting",
    "signing",
    "talking",
    "working",
]

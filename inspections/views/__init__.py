"""The room's pages; importing this package gives the blueprint its routes."""

from inspections.views import (
    ending,
    index,
    item_photos,
    keeping_points,
    labels,
    point_tables,
    points,
    rewards,
    running,
    scanning,
)
from inspections.views.blueprint import blueprint

__all__ = [
    "blueprint",
    "ending",
    "index",
    "item_photos",
    "keeping_points",
    "labels",
    "point_tables",
    "points",
    "rewards",
    "running",
    "scanning",
]

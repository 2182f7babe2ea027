"""The room's pages; importing this package gives the blueprint its routes."""

from inspections.views import (
    absences,
    calendar,
    checklist_editing,
    checklists,
    ending,
    facts,
    index,
    item_photos,
    keeping_points,
    labels,
    lists,
    plans,
    point_tables,
    points,
    rewards,
    running,
    scanning,
)
from inspections.views.blueprint import blueprint

__all__ = [
    "absences",
    "blueprint",
    "calendar",
    "checklist_editing",
    "checklists",
    "ending",
    "facts",
    "index",
    "item_photos",
    "keeping_points",
    "labels",
    "lists",
    "plans",
    "point_tables",
    "points",
    "rewards",
    "running",
    "scanning",
]

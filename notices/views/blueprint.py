"""The blueprint of this room's pages; each module of the package adds its own."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("notices", __name__)

"""The blueprint that every page of inspecting hangs on; the modules beside it add their pages to it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("inspections", __name__, url_prefix="/inspections")

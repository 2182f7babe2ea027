"""The blueprint that every page of the register hangs on; the modules beside it add their pages to it."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("hazards", __name__, url_prefix="/hazards")

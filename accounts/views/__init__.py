"""Pages of log-in, one's own account and administration."""

from __future__ import annotations

from flask import Blueprint

accounts = Blueprint("accounts", __name__)
administration = Blueprint("administration", __name__, url_prefix="/admin")
auditing = Blueprint("audit", __name__, url_prefix="/admin/audit")

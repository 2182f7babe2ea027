"""Pages of this room: papers of a hazard, drafting to service, texts and numbers of an office, verification."""

from __future__ import annotations

from notices.views import acting as acting  # importing them gives the blueprint their routes
from notices.views import certificates as certificates
from notices.views import detail as detail
from notices.views import drafting as drafting
from notices.views import index as index
from notices.views import many as many
from notices.views import numbering as numbering
from notices.views import papers as papers
from notices.views import serving as serving
from notices.views import templates as templates
from notices.views import verifying as verifying
from notices.views.blueprint import blueprint
from notices.views.printing import closure_form

__all__ = ["blueprint", "closure_form"]

"""Who gives the co-signature (会签) of a landlord or client on the structure, and who records one given on paper.

Source: domain.md §1 (the landlord or client co-signs what concerns the structure), §2 (paper), 安全生产法 49.
"""

from __future__ import annotations

from typing import Final

from accounts.roles import Role

SIGNERS: Final = (Role.PRINCIPAL, Role.SAFETY_MANAGER)
"""For the landlord or client."""
RECORDERS: Final = (Role.INSPECTOR, Role.TOWN_OFFICER)
"""Of the offices above the hazard, where the landlord or client has no account."""

"""Enterprises with their links, units and people from a file: checked first, written only when a person confirms.

A plan is made from what was read and from what the register holds; it tells for every row what would become of it, and
writes it through the operations of this room, so that authority and history hold. It is made again at the confirmation,
inside the unit of work: what is written is what was shown, or nothing.
"""

from accounts.importing.task import Confirmed, Handout, Overtaken, TablePlan, TableTask, check, confirm

__all__ = ["Confirmed", "Handout", "Overtaken", "TablePlan", "TableTask", "check", "confirm"]

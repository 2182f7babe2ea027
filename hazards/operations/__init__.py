"""The verbs of the register. Each refuses, changes, records and tells, inside the caller's unit of work."""

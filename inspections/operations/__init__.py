"""The verbs of inspecting. Each refuses, changes, records and tells, inside the caller's unit of work."""

"""The verbs of this room: drafting, reviewing, issuing, voiding, serving, numbering."""

"""Which clause a description speaks of: pure functions on texts, no Flask, no database, no outside service.

`words` reads a text as weighted signs (pairs of neighbouring characters, and the field's own concepts), `clauses` ranks
the clauses that share them. docs/decisions/0009-matching-clauses.md says how well, and how that was measured.
"""

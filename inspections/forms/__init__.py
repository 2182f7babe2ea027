"""The room's forms: what is typed, as the operations take it."""

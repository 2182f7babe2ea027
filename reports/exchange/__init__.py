"""Exchange formats other systems read: the province's, and that of the chemical enterprises (domain.md §9).

What goes into which field stands as tables in `formats/` (pure). `reading` gathers what a field may need, piece by
piece; `files` writes JSON, CSV and the archive with pictures; `orders` says what is taken out and notes that it was.
"""

"""How notices are shown: words, rows, the panel of what may be done, the history in sentences."""

"""Fills what a notice shows from the register: the values its text names, its items, its places for signatures."""

"""Ledgers, figures and the home page: reads what the register holds, never changes a hazard."""

"""Commands of the house itself; rooms add theirs to the same command line."""

from __future__ import annotations

from flask import Flask


def install(app: Flask) -> None:
    """Give the application its commands."""

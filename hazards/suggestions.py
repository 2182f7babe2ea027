"""What other rooms suggest where the register asks: numbers reserved for the order of a hazard."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from flask import Flask, current_app

from hazards.models import Hazard

OrderNumbers = Callable[[Hazard], Sequence[str]]


def add_order_numbers(app: Flask, find: OrderNumbers) -> None:
    """Let a room suggest numbers for ordering a hazard; called by its `install`."""
    app.extensions.setdefault("order_numbers", []).append(find)


def order_numbers(hazard: Hazard) -> list[str]:
    """The numbers reserved for the order of this hazard, each once."""
    finders: list[OrderNumbers] = current_app.extensions.get("order_numbers", [])
    return list(dict.fromkeys(number for find in finders for number in find(hazard)))

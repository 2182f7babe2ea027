"""A record's field as the value to print: codes become words, fen become 万元, nothing else changes."""

from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal

from reports.sheet.layout import Column, Kind, StateLook

Printed = str | int | Decimal | date | None


def printer(column: Column, states: Mapping[str, StateLook]) -> Callable[[object], Printed]:
    """The function that turns a field of this column into what is printed.

    It raises TypeError for a value that the column's kind does not take, ValueError for an unknown state or
    a number that is none: a wrong ledger is worse than no ledger.
    """
    if column.kind == "state":
        return lambda value: _word(value, states)
    convert = _BY_KIND[column.kind]

    def printed(value: object) -> Printed:
        if value is None or isinstance(value, str):
            return value
        try:
            return convert(value)
        except (TypeError, ValueError) as error:
            raise type(error)(f"{column.heading}: {error}") from error

    return printed


def _word(value: object, states: Mapping[str, StateLook]) -> str:
    look = states.get(str(value))
    if look is None:
        raise ValueError(f"no such state: {value!r}")
    return look.word


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(f"text expected, not {value!r}")
    return str(value)


def _day(value: object) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise TypeError(f"a day expected, not {value!r}")
    return value


def _integer(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"a whole number expected, not {value!r}")
    return value


def _number(value: object) -> int | Decimal:
    if isinstance(value, Decimal):
        if not value.is_finite():
            raise ValueError(f"a number expected, not {value!r}")
        return value
    return _integer(value)


def _wan(value: object) -> Decimal:
    """Integer fen as 万元, exact: one 万元 is a million fen."""
    return Decimal(_integer(value)).scaleb(-6)


_BY_KIND: Mapping[Kind, Callable[[object], Printed]] = {
    "serial": _integer,
    "text": _text,
    "date": _day,
    "integer": _integer,
    "overdue_days": _integer,
    "number": _number,
    "money_wan": _wan,
}

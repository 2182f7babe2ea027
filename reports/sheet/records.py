"""Canonical lines of records and their digest.

A record's canonical line is JSON in UTF-8 with sorted keys, no blanks and one line feed at its end: days as
YYYY-MM-DD, money in integer fen, states as codes, texts uncleaned. `digest_of_records` is SHA-256 over the
lines in order, so the .jsonl file of the same rows has exactly this SHA-256 and anyone can check it.
"""

import hashlib
import json
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import BinaryIO

from reports.sheet.layout import LedgerLayout


def field_reader(layout: LedgerLayout) -> Callable[[object], tuple[object, ...]]:
    """The function that reads a row's fields in the order of `layout.keys`."""
    keys = layout.keys
    read = attrgetter(*keys)
    return (lambda row: (read(row),)) if len(keys) == 1 else read


class RecordDigest:
    """Counts rows and digests them while they stream by."""

    def __init__(self, layout: LedgerLayout) -> None:
        self.count = 0
        # the order of the sorted keys, worked out once instead of for every record
        self._keys = tuple(sorted(layout.keys))
        self._sorted = _in_order([layout.keys.index(key) for key in self._keys])
        self._sum = hashlib.sha256()

    def add(self, fields: Sequence[object]) -> bytes:
        """Take one record in; returns its canonical line."""
        text = _JSON.encode(dict(zip(self._keys, self._sorted(fields), strict=True)))
        # A lone surrogate cannot be UTF-8; as the JSON escape \udXXX it stays what it was.
        line = text.encode("utf-8", "backslashreplace") + b"\n"
        self._sum.update(line)
        self.count += 1
        return line

    @property
    def digest(self) -> str:
        """SHA-256 so far, 64 hexadecimal digits."""
        return self._sum.hexdigest()


def _in_order(places: Sequence[int]) -> Callable[[Sequence[object]], Sequence[object]]:
    if len(places) < 2:
        return lambda fields: fields
    return itemgetter(*places)


class DigestingOut:
    """A binary output that knows the SHA-256 and length of what went through it."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._sum = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        """Write and take into the sum."""
        self._out.write(data)
        self._sum.update(data)
        self.size += len(data)

    @property
    def sha256(self) -> str:
        """SHA-256 so far, 64 hexadecimal digits."""
        return self._sum.hexdigest()


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format(value, "f")
    raise TypeError(f"no field of a ledger: {value!r}")


_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), default=_plain, allow_nan=False)

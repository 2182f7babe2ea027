"""The witness: a file beside the database with one line for each anchor, only ever added to.

A database put back to an earlier copy is consistent in itself; only something outside it can tell. Each line is
`seq digest moment`, written after the anchor is safely down. A line `restored seq digest moment` says that a backup was
put back on purpose: what was witnessed beyond that anchor before it counts no longer, and stays readable.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from flask import current_app
from sqlalchemy import select

from core.db import db
from core.models import Anchor

RESTORED = "restored"
TAIL = 4096


@dataclass(frozen=True, slots=True)
class Witnessed:
    """One line: the anchor as it was seen."""

    seq: int
    digest: str
    at: str
    is_restore: bool = False


def witness_path() -> Path:
    """Where the witness of this installation stands."""
    return Path(current_app.extensions["settings"].instance) / "anchors.log"


def witness_anchors() -> int:
    """Add every anchor the witness has not seen; returns how many. Outside a unit of work, after its commit."""
    path = witness_path()
    seen = last_witnessed(path)
    later = select(Anchor).where(Anchor.seq > (seen.seq if seen else 0)).order_by(Anchor.seq)
    rows = db.session.scalars(later.execution_options(yield_per=500))
    lines = [f"{row.seq} {row.digest} {row.at.isoformat()}" for row in rows]
    _append(path, lines)
    return len(lines)


def witness_restore(now: datetime) -> None:
    """Say that the database now stands where a backup left it."""
    last = db.session.scalar(select(Anchor).order_by(Anchor.seq.desc()).limit(1))
    seq, digest = (last.seq, last.digest) if last else (0, "-")
    _append(witness_path(), [f"{RESTORED} {seq} {digest} {now.isoformat()}"])


def _append(path: Path, lines: list[str]) -> None:
    """Add whole lines in one write and sync them; a line torn by a power cut before is closed first."""
    if not lines:
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    torn = path.exists() and not _tail(path).endswith(b"\n") and path.stat().st_size > 0
    data = ("\n" if torn else "") + "".join(line + "\n" for line in lines)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    try:
        os.write(handle, data.encode("ascii"))
        os.fsync(handle)
    finally:
        os.close(handle)


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - TAIL))
        return file.read()


def last_witnessed(path: Path) -> Witnessed | None:
    """The newest line, or None."""
    if not path.exists():
        return None
    lines = [found for line in _tail(path).splitlines() if (found := read_line(line)) is not None]
    return lines[-1] if lines else None


def read_line(line: bytes) -> Witnessed | None:
    """A line as written; None for one that is torn or no such line."""
    words = line.decode("ascii", "replace").split()
    is_restore = bool(words) and words[0] == RESTORED
    words = words[1:] if is_restore else words
    if len(words) != 3 or not words[0].isdecimal():
        return None
    return Witnessed(int(words[0]), words[1], words[2], is_restore)


def standing_lines(path: Path, size: int) -> Iterator[Witnessed]:
    """The lines within the first `size` bytes that still count: none beyond an anchor to which a restore went back."""
    restores = [(number, line.seq) for number, line in _lines(path, size) if line.is_restore]
    for number, line in _lines(path, size):
        if line.seq > 0 and all(line.seq <= seq for later, seq in restores if later > number):
            yield line


def undone_by_restores(path: Path, size: int) -> Iterator[tuple[Witnessed, int]]:
    """Each restore within the first `size` bytes that undid anchors witnessed before it, and the last of those."""
    newest = 0
    for _number, line in _lines(path, size):
        if line.is_restore and line.seq < newest:
            yield line, newest
        newest = line.seq if line.is_restore else max(newest, line.seq)


def _lines(path: Path, size: int) -> Iterator[tuple[int, Witnessed]]:
    read = 0
    with path.open("rb") as file:
        for number, line in enumerate(file):
            read += len(line)
            if read > size:
                return
            if (found := read_line(line)) is not None:
                yield number, found

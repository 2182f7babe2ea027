"""Files that are whole or not there: on the operator's disk, and on their way to a person."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from io import SEEK_END, BytesIO
from pathlib import Path
from typing import BinaryIO, Final, TypeVar, cast

from core.refusals import Unavailable

IN_MEMORY: Final = 4 * 1024 * 1024  # bytes
T = TypeVar("T")


@contextmanager
def whole_file(output: Path) -> Iterator[BinaryIO]:
    """What is written gets its name only when it is whole; readable by its owner only, since it names people."""
    part: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(dir=output.parent, prefix=".export-", delete=False) as file:
            part = Path(file.name)
            yield cast(BinaryIO, file)
        os.replace(part, output)
    except OSError as error:
        raise Unavailable(f"写不进 {output}（{error.strerror or error}）。请换一个能写的文件夹。") from error
    finally:
        with suppress(OSError):
            if part is not None:
                part.unlink(missing_ok=True)


def whole_stream(write: Callable[[BinaryIO], T]) -> tuple[BinaryIO, T]:
    """What is written as a file at its beginning, and what writing it gave: a small one in memory, a large one unnamed
    on the disk, which whoever sends it closes. What fails half-way leaves nothing behind.
    """
    with ExitStack() as unless_large:
        file = cast(BinaryIO, unless_large.enter_context(tempfile.SpooledTemporaryFile(IN_MEMORY)))
        written = write(file)
        file.seek(0, SEEK_END)
        size = file.tell()
        file.seek(0)
        if size <= IN_MEMORY:
            return BytesIO(file.read()), written
        unless_large.pop_all()
    return file, written

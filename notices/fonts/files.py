"""The folder of fonts: made once by `flask init`, safe to repeat, open to an office's own fonts.

- `NotoSerifSC-Regular.ttf`, `NotoSansSC-Regular.ttf`: converted from the package pylopdf-fonts-zh-cn (OFL)
- `made.json`: what was converted from what, with digests
- `office/`: put 仿宋_GB2312, 方正小标宋 … here (.ttf .ttc .otf), then run again
- `converted/`: office fonts with CFF outlines, converted
"""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import tempfile
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pylopdf_fonts_zh_cn

from notices.fonts.conversion import convert

SERIF = "NotoSerifSC-Regular.ttf"
SANS = "NotoSansSC-Regular.ttf"
OFFICE = "office"
CONVERTED = "converted"
MADE = "made.json"
FONT_ENDINGS = (".ttf", ".ttc", ".otf")
CFF_MAGIC = b"OTTO"


@dataclass(frozen=True, slots=True)
class FontReport:
    """What an installation did: names made now, names kept from before, and files refused with the reason."""

    made: tuple[str, ...]
    kept: tuple[str, ...]
    refused: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class _Task:
    source: Path
    target: Path
    name: str  # relative to the folder, as in made.json
    own: bool  # one of ours: its failure is ours, not a reason to go on without


def install_fonts(folder: Path, *, cache: Path | None = None) -> FontReport:
    """Make the folder's fonts where they are missing or stale; about half a minute on two cores, then nothing.

    `cache` is another such folder, from which finished fonts are linked (tests, several installations). An office
    font that cannot be read is reported, never fatal. Raises whatever conversion raises for our own two.
    """
    (folder / OFFICE).mkdir(parents=True, exist_ok=True)
    (folder / CONVERTED).mkdir(exist_ok=True)
    if cache is not None:
        install_fonts(cache)
        _link(cache, folder)
    made = _read_made(folder)
    tasks = _tasks(folder)
    stale = [task for task in tasks if not _is_current(task, made)]
    refused = _convert_all(stale)
    done = [task for task in tasks if task.name not in dict(refused)]
    _write_made(folder, done)
    fresh = {task.name for task in stale}
    return FontReport(
        made=tuple(task.name for task in done if task.name in fresh),
        kept=tuple(task.name for task in done if task.name not in fresh),
        refused=refused,
    )


def usable_files(folder: Path) -> tuple[Path, ...]:
    """Every font file to register: ours first, then the office's own, converted where they had CFF outlines."""
    ours = [folder / SERIF, folder / SANS]
    office = [path for path in _office_files(folder) if not _has_cff(path)]
    converted = [task.target for task in _tasks(folder) if not task.own and task.target.is_file()]
    return (*ours, *office, *converted)


def _tasks(folder: Path) -> list[_Task]:
    ours = [(pylopdf_fonts_zh_cn.serif_path(), SERIF), (pylopdf_fonts_zh_cn.sans_path(), SANS)]
    office = [(path, f"{CONVERTED}/{path.stem}.ttf") for path in _office_files(folder) if _has_cff(path)]
    return [_Task(source, folder / name, name, own=True) for source, name in ours] + [
        _Task(source, folder / name, name, own=False) for source, name in office
    ]


def _office_files(folder: Path) -> list[Path]:
    found = (folder / OFFICE).iterdir() if (folder / OFFICE).is_dir() else ()
    return sorted(path for path in found if path.suffix.lower() in FONT_ENDINGS and path.is_file())


def _has_cff(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == CFF_MAGIC


def _is_current(task: _Task, made: dict[str, dict[str, str]]) -> bool:
    """Present, whole, and made from the source as it is today."""
    entry = made.get(task.name)
    return (
        entry is not None
        and task.target.is_file()
        and entry == {"source": _digest(task.source), "made": _digest(task.target)}
    )


def _convert_all(tasks: list[_Task]) -> tuple[tuple[str, str], ...]:
    """Convert side by side, each in a process of its own; returns the office's fonts that failed, with reasons."""
    refused: list[tuple[str, str]] = []
    if not tasks:
        return ()
    spawn = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(len(tasks), os.cpu_count() or 1), mp_context=spawn) as pool:
        running = [(task, pool.submit(convert, str(task.source), str(task.target))) for task in tasks]
        for task, future in running:
            try:
                future.result()
            except Exception as error:
                if task.own:
                    raise
                refused.append((task.name, f"{type(error).__name__}: {error}"))
    return tuple(refused)


def _link(cache: Path, folder: Path) -> None:
    for name in (SERIF, SANS, MADE):
        target = folder / name
        if target.exists():
            continue
        try:
            target.hardlink_to(cache / name)
        except OSError:  # another disk, or a system without links
            shutil.copyfile(cache / name, target)


def _read_made(folder: Path) -> dict[str, dict[str, str]]:
    try:
        entries = json.loads((folder / MADE).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}


def _write_made(folder: Path, tasks: Iterable[_Task]) -> None:
    entries = {task.name: {"source": _digest(task.source), "made": _digest(task.target)} for task in tasks}
    if entries == _read_made(folder):
        return
    handle, name = tempfile.mkstemp(dir=folder, prefix=MADE, suffix=".part")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(entries, file, ensure_ascii=False, indent=1, sort_keys=True)
    Path(name).replace(folder / MADE)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()

"""Opening what was written with LibreOffice, as whoever receives it does."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from pypdf import PageObject, PdfReader


def converted(made: Path, ending: str) -> Path:
    """The file opened by LibreOffice and saved as another kind; skipped where it is not installed, but not in CI."""
    program = shutil.which("soffice")
    if program is None:
        reason = "LibreOffice (soffice) is not installed: the ledger was not opened and printed"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    folder = made.parent / f"as_{ending}"
    profile = f"-env:UserInstallation=file://{made.parent / 'profile'}"
    command = [program, profile, "--headless", "--convert-to", ending, "--outdir", str(folder), str(made)]
    subprocess.run(command, check=True, capture_output=True, timeout=240)
    return folder / f"{made.stem}.{ending}"


def pages_of(printed: Path) -> list[PageObject]:
    """The pages of a PDF."""
    return list(PdfReader(printed).pages)

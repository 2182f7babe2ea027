"""Pictures of every kind of notice and of each ledger's first page, of the sample city, with their index.

`python -m tests.browser.paper_pictures` writes docs/pictures/notices, docs/pictures/ledgers and their index; it needs
pdftoppm (poppler-utils) and LibreOffice. Notices are the bytes that were issued; ledgers are the workbooks as they are
handed in, printed by LibreOffice.
"""

from __future__ import annotations

import io
import logging
import shutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO, Final, cast

from flask import Flask
from PIL import Image
from sqlalchemy import select

from accounts.models import Enterprise
from application import ROOT
from core.db import db
from core.files import file_store
from core.models import StoredFile
from core.scope import everything
from hazards.models import Hazard
from notices.models import Notice
from reports.ledgers import LEDGERS, Ledger
from reports.operations import LedgerOrder, write_ledger
from reports.queries import coverage_of
from reports.rules import month_of
from sample.staff import MAIN_DISTRICT
from tests.browser.sample import sample_city
from tests.clocks import START
from workflows.notices import NOTICES, NoticeKind, NoticeStatus

FOLDER: Final = ROOT / "docs" / "pictures"
DOTS: Final = {"notices": 66, "ledgers": 80}  # per inch: a page of A4 is 546 by 772, one of A3 1323 by 935
COLOURS: Final = 24
HEAVIEST: Final = 60_000  # bytes


@dataclass(frozen=True, slots=True)
class Paper:
    """One picture: under which folder and name, what it shows, and the PDF it is taken of."""

    folder: str
    name: str
    title: str
    pdf: Callable[[Path], Path]

    @property
    def place(self) -> str:
        """Where it stands, from docs/pictures."""
        return f"{self.folder}/{self.name}.png"


def notices() -> Iterator[Paper]:
    """Each kind: the newest that was issued in the sample city."""
    for kind in NOTICES:
        yield Paper("notices", kind.value, kind.label, lambda folder, kind=kind: _written(folder, _issued(kind)))


def _issued(kind: NoticeKind) -> bytes:
    newest = (
        select(StoredFile.digest)
        .join(Notice, Notice.file_id == StoredFile.id)
        .where(Notice.kind == kind, Notice.status == NoticeStatus.ISSUED)
        .order_by(Notice.id.desc())
    )
    with file_store().open(db.session.scalars(newest.limit(1)).one()) as file:
        return file.read()


def _written(folder: Path, data: bytes) -> Path:
    place = folder / "paper.pdf"
    place.write_bytes(data)
    return place


def ledgers() -> Iterator[Paper]:
    """Each ledger of last month: of the main district, or of its plant with the most hazards."""
    for ledger in LEDGERS.values():
        title = ledger.layout.name
        yield Paper("ledgers", ledger.code, title, lambda folder, ledger=ledger: _printed(folder, ledger))


def _printed(folder: Path, ledger: Ledger) -> Path:
    place = folder / "ledger.xlsx"
    coverage = coverage_of("" if ledger.of_enterprise else MAIN_DISTRICT, _busiest() if ledger.of_enterprise else "")
    order = LedgerOrder(ledger, month_of(START.date()).before(), coverage, "安委办·辛", START)
    with place.open("w+b") as file:
        write_ledger(order, "xlsx", cast(BinaryIO, file))
    program = shutil.which("soffice")
    assert program is not None, "LibreOffice (soffice) is needed"
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    command = [program, profile, "--headless", "--convert-to", "pdf", "--outdir", folder, place]
    subprocess.run(command, check=True, capture_output=True, timeout=180)
    return place.with_suffix(".pdf")


def _busiest() -> str:
    """The code of the enterprise with the most hazards."""
    counted = select(Hazard.enterprise_id).group_by(Hazard.enterprise_id)
    first = counted.order_by(db.func.count().desc()).limit(1).scalar_subquery()
    return db.session.scalars(select(Enterprise.uscc).where(Enterprise.id == first)).one() or ""


def take(paper: Paper, folder: Path) -> None:
    """The first page as a small picture."""
    pdf = paper.pdf(folder)
    command = ["pdftoppm", "-r", str(DOTS[paper.folder]), "-f", "1", "-l", "1", "-png", "-singlefile", pdf]
    page = Image.open(io.BytesIO(subprocess.run(command, check=True, capture_output=True, timeout=60).stdout))
    place = FOLDER / paper.place
    place.parent.mkdir(parents=True, exist_ok=True)
    few = page.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(place, optimize=True)
    assert place.stat().st_size < HEAVIEST, (place, place.stat().st_size)
    logging.getLogger(__name__).info("%s %d bytes", paper.place, place.stat().st_size)


def take_papers(app: Flask) -> None:
    """All of them, and the page that lists them."""
    papers = [*notices(), *ledgers()]
    with app.app_context(), everything("pictures of papers"), TemporaryDirectory() as folder:
        for paper in papers:
            take(paper, Path(folder))
        db.session.remove()
    (FOLDER / "README.md").write_text(index(papers), "utf-8")


def index(papers: list[Paper]) -> str:
    """The page that shows every picture under its name."""
    heads = {"notices": "文书", "ledgers": "台账（第一页）"}
    lines = [
        "# 图样",
        "",
        "示例城市的文书和台账。`make pictures` 重新生成；文书是签发的那一份，台账是用 LibreOffice 打印的 Excel。",
        "页面的图在[操作手册](../handbook/README.md)里。",
    ]
    for folder, head in heads.items():
        lines += ["", f"## {head}"]
        for paper in papers:
            if paper.folder == folder:
                lines += ["", f"### {paper.title}（`{paper.name}`）", "", f"![{paper.title}]({paper.place})"]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Take the pictures of papers alone."""
    logging.basicConfig(level=logging.WARNING)
    logging.getLogger(__name__).setLevel(logging.INFO)
    with TemporaryDirectory() as folder:
        app, _password = sample_city(Path(folder) / "instance")
        take_papers(app)


if __name__ == "__main__":
    main()

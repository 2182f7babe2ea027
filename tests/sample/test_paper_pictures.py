"""The pictures of papers in docs/pictures: one of each kind and ledger, small, and listed."""

from __future__ import annotations

from reports.ledgers import LEDGERS
from tests.browser.paper_pictures import FOLDER, HEAVIEST, index, ledgers, notices
from workflows.notices import NoticeKind


def test_every_kind_and_every_ledger_has_its_small_picture_and_stands_in_the_index() -> None:
    papers = [*notices(), *ledgers()]
    named = {paper.name for paper in papers}
    assert named == {kind.value for kind in NoticeKind} | set(LEDGERS)
    for paper in papers:
        assert 0 < (FOLDER / paper.place).stat().st_size < HEAVIEST, paper.place
    assert (FOLDER / "README.md").read_text("utf-8") == index(papers)
    kept = {
        path.relative_to(FOLDER).as_posix() for place in ("notices", "ledgers") for path in (FOLDER / place).iterdir()
    }
    assert kept == {paper.place for paper in papers}

"""`flask notice KIND --hazard NUMBER`: every kind is made as a draft about a hazard."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask

from notices.fonts import install_fonts
from tests.clocks import FixedClock
from tests.hazards.city import build_city, reported
from tests.notices.forms import run_on
from workflows.notices import NoticeKind
from workflows.vocabulary import Grade

MADE = [kind for kind in NoticeKind if kind not in (NoticeKind.CLOSURE_FORM, NoticeKind.STATISTICS)]


def test_every_kind_is_made_of_a_hazard_as_a_draft(
    sqlite_context: Flask, clock: FixedClock, font_folder: Path, tmp_path: Path
) -> None:
    install_fonts(sqlite_context.extensions["settings"].instance / "fonts", cache=font_folder)
    number = reported(build_city(clock()), "leader", clock(), proposed_grade=Grade.MAJOR)
    for kind in MADE:
        place = tmp_path / f"{kind.value}.pdf"
        args = ["notice", kind.value, "--hazard", number, "-o", str(place)]
        done = sqlite_context.test_cli_runner().invoke(args=args)
        assert (done.exit_code, done.output) == (0, f"已生成{kind.label}：{number}，写入 {place}。\n"), kind
        assert "草稿" in run_on(place.read_bytes()), kind


@pytest.mark.parametrize("kind", ["order", "letter"])
def test_anothers_number_makes_nothing(sqlite_context: Flask, clock: FixedClock, tmp_path: Path, kind: str) -> None:
    build_city(clock())
    args = ["notice", kind, "--hazard", "YH-500110-2026-000009", "-o", str(tmp_path / "x.pdf")]
    done = sqlite_context.test_cli_runner().invoke(args=args)
    assert (done.exit_code, "找不到这条隐患" in done.output) == (1, True)
    assert list(tmp_path.glob("*.pdf")) == []

"""Labels of risk points: what is printed is what was asked for, and its code is read back from the paper."""

from __future__ import annotations

import io
import os
import shutil
import subprocess
from pathlib import Path

import pytest
import segno
from flask import Flask
from PIL import Image
from pypdf import PdfReader

from core.settings import Settings
from inspections.labels import LAYOUTS, Layout, PointLabel, places, render
from inspections.rules import RiskGrade
from notices.fonts import FontBook, install_fonts, register_fonts
from notices.parts.code import MASK, QUIET
from notices.parts.pen import MM
from tests.clocks import FixedClock
from tests.hazards.browsing import browser
from tests.hazards.city import City
from tests.inspections.points import a_point, kept, opened
from tests.notices.cached_fonts import font_cache

DPI = 300
URL = "https://yinhuan.example.gov.cn/p/AbCdEfGhIjKlMnOp"
RARE = "镕堃䶮𬭬"


@pytest.fixture(scope="module")
def fonts(request: pytest.FixtureRequest) -> FontBook:
    folder = font_cache(request.config)
    install_fonts(folder)
    return register_fonts(folder)


def a_label(number: int = 1, **changes: str) -> PointLabel:
    values = {
        "enterprise": "示例綦江机械制造有限公司5号厂",
        "code": f"FX-{number:04d}",
        "name": f"{number} 号中频电炉（{RARE}）",
        "place": "北区熔炼车间二层",
        "url": URL,
        "hint": "扫码查看、排查、上报隐患",
    }
    return PointLabel(grade=list(RiskGrade)[number % 4], **(values | changes))


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_code_of_every_place_of_a_sheet_is_read_back(
    name: str, fonts: FontBook, clock: FixedClock, tmp_path: Path
) -> None:
    if not shutil.which("pdftoppm"):
        reason = "poppler (pdftoppm) is not installed: no code of the printed sheet was read back"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    layout = LAYOUTS[name]
    labels = [a_label(n, url=f"{URL}{n:02d}") for n in range(layout.a_page + 1)]
    data = render(labels, layout, fonts, at=clock())
    (tmp_path / "a.pdf").write_bytes(data)
    subprocess.run(["pdftoppm", "-r", str(DPI), "-gray", "-png", "a.pdf", "page"], cwd=tmp_path, check=True)
    pages = sorted(tmp_path.glob("page*.png"))
    assert len(pages) == 2
    for number, (x, top) in enumerate(places(layout)):
        assert read_code(pages[0], layout, x, top) == matrix(f"{URL}{number:02d}"), number
    x, top = next(iter(places(layout)))
    assert read_code(pages[1], layout, x, top) == matrix(f"{URL}{layout.a_page:02d}")


def matrix(url: str) -> list[list[int]]:
    return [list(row) for row in segno.make_qr(url, error="m", mask=MASK, boost_error=False).matrix]


def read_code(page: Path, layout: Layout, x: float, top: float) -> list[list[int]]:
    """The modules of the code as they stand on the paper, looked at in the middle of each."""
    size = len(matrix(URL + "00"))
    module = layout.code / (size + 2 * QUIET)
    left, upper = x + layout.width - layout.code - 1 * MM, top + 3 * MM
    with Image.open(page) as shown:
        image = shown.convert("L")
        return [
            [
                int(image.getpixel(_dot(left, upper, module, down, across)) < 128)  # type: ignore[operator]
                for across in range(size)
            ]
            for down in range(size)
        ]


def _dot(left: float, upper: float, module: float, down: int, across: int) -> tuple[int, int]:
    scale = DPI / 72
    return (
        round((left + (across + QUIET + 0.5) * module) * scale),
        round((upper + (down + QUIET + 0.5) * module) * scale),
    )


def test_rare_characters_are_printed_and_equal_labels_give_equal_bytes(fonts: FontBook, clock: FixedClock) -> None:
    labels, layout = [a_label()], LAYOUTS["2x4"]
    data = render(labels, layout, fonts, at=clock())
    assert render(labels, layout, fonts, at=clock()) == data
    text = PdfReader(io.BytesIO(data)).pages[0].extract_text()
    for word in (RARE, "北区熔炼车间二层", RiskGrade.ORANGE.label, "FX-0001", "示例綦江机械制造有限公司5号厂"):
        assert word in text.replace("\n", ""), word
    assert "〓" not in text


@pytest.mark.parametrize("name", LAYOUTS)
def test_long_words_stay_inside_their_label(name: str, fonts: FontBook, clock: FixedClock) -> None:
    layout = LAYOUTS[name]
    long = a_label(name="长" * 120, place="远" * 200, enterprise="企" * 200)
    text = PdfReader(io.BytesIO(render([long], layout, fonts, at=clock()))).pages[0].extract_text()
    assert text.count("长") < 120
    assert text.count("…") == 3


@pytest.mark.parametrize("layout", LAYOUTS.values())
def test_a_sheet_fits_a4(layout: Layout) -> None:
    spots = list(places(layout))
    assert len(spots) == layout.a_page
    assert max(x for x, _ in spots) + layout.width <= 210 * MM
    assert max(top for _, top in spots) + layout.height <= 297 * MM
    used = layout.title * 1.3 * layout.name_lines + layout.title * 0.72 * (1.3 * (layout.place_lines + 2) + 2.9)
    assert used <= layout.height - 6 * MM  # words above and below do not meet


def test_no_label_is_no_sheet(fonts: FontBook, clock: FixedClock) -> None:
    with pytest.raises(ValueError, match="label"):
        render([], LAYOUTS["3x7"], fonts, at=clock())


def test_labels_of_the_chosen_points_lead_to_the_installations_address(
    app: Flask, page_city: City, clock: FixedClock, settings: Settings, request: pytest.FixtureRequest
) -> None:
    install_fonts(settings.instance / "fonts", cache=font_cache(request.config))
    with app.app_context():
        opened(page_city, clock())
        first, second = a_point(page_city, clock()), a_point(page_city, clock(), name="行车", unit_id=None)
        assert kept(first).token != kept(second).token
    client = browser(app, "manager")
    assert '选中 <b class="num">2</b> 个风险点' in client.get("/inspections/labels").get_data(as_text=True)
    answer = client.get("/inspections/labels.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    text = PdfReader(io.BytesIO(answer.data)).pages[0].extract_text()
    assert "1 号中频电炉" in text
    assert "行车" in text
    assert "不用登录" in text
    only = client.get(f"/inspections/labels.pdf?layout=2x4&pick={second}")
    text = PdfReader(io.BytesIO(only.data)).pages[0].extract_text()
    assert "行车" in text
    assert "电炉" not in text
    assert client.get("/inspections/labels.pdf?layout=9x9").status_code == 422
    assert client.get("/inspections/labels.pdf?pick=999999").status_code == 422
    # a team leader prints the own unit's
    own = PdfReader(io.BytesIO(browser(app, "leader").get("/inspections/labels.pdf").data)).pages[0].extract_text()
    assert "行车" not in own
    assert browser(app, "worker").get("/inspections/labels.pdf").status_code == 403

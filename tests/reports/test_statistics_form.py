"""季报、年报 as papers: the ledger's figures with places to sign, never of a period that is not over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from core.db import db, unit_of_work
from core.files import file_store
from core.models import StoredFile
from core.refusals import Invalid
from notices.fonts import install_fonts
from notices.operations import drafting, issuing
from notices.operations.drafting import Drafted
from tests.clocks import FixedClock
from tests.hazards.city import City, build_city, reported
from tests.notices import city as papers
from tests.notices.cached_fonts import font_cache
from tests.notices.forms import page_texts, run_on
from workflows.notices import NoticeKind, NoticeStatus


@pytest.fixture
def city(sqlite_context: Flask, clock: FixedClock) -> City:
    """The small city; two general hazards and nothing else were found in October."""
    made = build_city(clock())
    october = clock() - timedelta(days=30)
    for place in ("北区", "南区"):
        reported(made, "leader", october, place=place)
    return made


@pytest.fixture
def with_fonts(sqlite_app: Flask, request: pytest.FixtureRequest) -> None:
    """The fonts of the installation under test."""
    folder: Path = sqlite_app.extensions["settings"].instance / "fonts"
    install_fonts(folder, cache=font_cache(request.config))


def finished(city: City, by: str, period: str, clock: FixedClock) -> bytes:
    """Draft and finish the table as this person; the frozen bytes."""
    with city.eyes(by) as actor, unit_of_work():
        notice = drafting.draft(NoticeKind.STATISTICS, [], Drafted({"period": period}), by=actor, now=clock())
        issuing.issue(notice.id, by=actor, now=clock())
        notice_id = notice.id
    notice = papers.notice(notice_id)
    assert (notice.status, notice.number) == (NoticeStatus.ISSUED, None)
    file = db.session.get(StoredFile, notice.file_id)
    assert file is not None
    with file_store().open(file.digest) as stored:
        return stored.read()


@pytest.mark.usefixtures("with_fonts")
@pytest.mark.parametrize(
    ("by", "office"), [("manager", "示例綦江机械制造有限公司5号厂"), ("reviewer", "綦江区应急管理局")]
)
def test_the_table_of_a_month_is_finished_by_enterprise_and_office(
    city: City, clock: FixedClock, by: str, office: str
) -> None:
    data = finished(city, by, "2026-10", clock)
    text = run_on(data)
    assert "2026年10月隐患排查治理情况统计表" in text
    assert f"填报单位（章）：{office}" in text
    assert "单位负责人（签字）" in text
    assert "填表人（签字）" in text
    lines = [line for page in page_texts(data) for line in page.splitlines() if line.startswith("合计")]
    # one enterprise, two general hazards, none rectified, no major one: a rate over zero prints a dash
    assert lines[0].split()[:8] == ["合计", "1", "2", "0", "0.0", "0", "0", "—"]


@pytest.mark.usefixtures("with_fonts")
@pytest.mark.parametrize(("by", "over"), [("reviewer", "綦江区统计期间"), ("fire_reviewer", "綦江区（消防）统计期间")])
def test_an_office_of_some_industries_says_so(city: City, clock: FixedClock, by: str, over: str) -> None:
    assert f"统计范围：{over}" in "".join(run_on(finished(city, by, "2026-10", clock)).split())


@pytest.mark.usefixtures("with_fonts")
def test_the_words_over_a_section_stand_on_one_line_over_the_whole_width(city: City, clock: FixedClock) -> None:
    data = finished(city, "reviewer", "2026-10", clock)
    lines = [line for page in page_texts(data) for line in page.splitlines()]
    alone = [line.strip() for line in lines if line.startswith(("本期：", "累计："))]
    assert alone == ["本期：2026年10月", "累计：2026年1月1日至10月31日"]
    sectors = {line.split()[0] for line in lines if len(line.split()) > 10}
    assert {"特种设备", "建筑施工", "非煤矿山"} <= sectors  # nor is the name of an industry torn


@pytest.mark.usefixtures("with_fonts")
def test_a_period_that_is_not_over_is_refused_and_nothing_is_frozen(city: City, clock: FixedClock) -> None:
    with pytest.raises(Invalid, match="还没有结束"):
        finished(city, "manager", "2026-Q4", clock)


@pytest.mark.usefixtures("with_fonts")
def test_words_that_name_no_period_are_refused_with_how_to_write_it(city: City, clock: FixedClock) -> None:
    with pytest.raises(Invalid, match="2026-Q3"):
        finished(city, "manager", "去年秋天", clock)

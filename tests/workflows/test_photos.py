"""What the camera noted against the report: a table."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from workflows.photos import FAR_METRES, Report, Spot, Taken, distance, doubts

FOUND = datetime(2026, 11, 13, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai
PLANT = Spot(106.65, 29.02)
REPORT = Report(date(2026, 11, 13), FOUND, None, PLANT)
DAY = timedelta(days=1)


def _taken(
    at: datetime | None, *, after: bool = False, added: datetime = FOUND + DAY, spot: Spot | None = None
) -> Taken:
    return Taken(after, added, at, spot)


@pytest.mark.parametrize(
    ("taken", "report", "said"),
    [
        (_taken(None), REPORT, ()),
        (_taken(FOUND), REPORT, ()),
        (_taken(FOUND - timedelta(hours=3)), REPORT, ()),
        (_taken(FOUND - 3 * DAY), REPORT, ("拍摄于发现日期之前 3 天",)),
        (_taken(FOUND + 2 * DAY), REPORT, ("拍摄时间晚于上传时间，相机时钟可能不准",)),
        (_taken(FOUND + DAY + timedelta(minutes=9)), REPORT, ()),
        (_taken(FOUND - timedelta(minutes=1), after=True), REPORT, ("整改后的照片拍摄于发现之前",)),
        (_taken(FOUND + timedelta(minutes=1), after=True), REPORT, ()),
        (
            _taken(FOUND - 2 * DAY, after=True),
            Report(date(2026, 11, 13), None, None, None),
            ("整改后的照片拍摄于发现之前 2 天",),
        ),
        (
            _taken(FOUND + timedelta(hours=1), after=True, added=FOUND + 3 * DAY),
            Report(date(2026, 11, 13), FOUND, FOUND + 2 * DAY, None),
            ("拍摄于上次退回之前",),
        ),
        (_taken(FOUND, spot=Spot(106.66, 29.02)), REPORT, ()),
        (_taken(FOUND, spot=Spot(106.75, 29.02)), REPORT, ("拍摄位置距企业约 9.7 公里",)),
        (_taken(FOUND, spot=Spot(106.75, 29.02)), Report(None, None, None, None), ()),
    ],
)
def test_a_contradiction_is_said_and_nothing_else(taken: Taken, report: Report, said: tuple[str, ...]) -> None:
    assert doubts(taken, report) == said


def test_distance_is_that_of_the_ground() -> None:
    assert distance(PLANT, PLANT) == 0
    assert distance(Spot(106.65, 29.0), Spot(106.65, 30.0)) == pytest.approx(111_195, rel=0.001)
    assert distance(Spot(0, 0), Spot(180, 0)) == pytest.approx(20_015_087, rel=0.001)
    assert distance(PLANT, Spot(106.65, 29.0379)) < FAR_METRES < distance(PLANT, Spot(106.65, 29.0381))

"""What a notice's text is filled with: what the draft says first, then the register; no appeal without an addressee."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask

from accounts.models import Regulator
from core.db import db, unit_of_work
from core.refusals import Invalid
from core.scope import everything
from notices.fonts import FontBook
from notices.making import snapshot_of
from notices.queries import notice_by_id
from notices.snapshots import NoticeSnapshot
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, build_city, hazard, reported
from tests.notices import city as papers
from workflows.notices import NoticeKind, NoticeStatus


@pytest.fixture
def city(sqlite_context: Flask, fonts: FontBook, clock: FixedClock) -> City:
    """The small city with its offices' prefixes and the session's fonts."""
    sqlite_context.extensions["font_book"] = fonts
    return papers.with_prefixes(build_city(clock()))


def rectifying(city: City, clock: FixedClock) -> str:
    """A self-found general one that is being put right."""
    number = reported(city, "leader", clock())
    acts.accept(city, number, "manager", now=clock())
    return number


def shown(city: City, notice_id: int, clock: FixedClock) -> NoticeSnapshot:
    """What the paper would show now."""
    with city.eyes("inspector_a"):
        snapshot = snapshot_of(notice_by_id(notice_id), now=clock())
    assert isinstance(snapshot, NoticeSnapshot)
    return snapshot


def test_the_new_deadline_of_an_extension_stands_in_its_decision_not_the_old_one(city: City, clock: FixedClock) -> None:
    number = rectifying(city, clock)
    until = date(2027, 1, 8)
    assert hazard(number).deadline not in (None, until)
    given = {"decision": "同意延期", "until": until, "reason": "设备到货晚"}
    made = papers.drafted(city, NoticeKind.EXTENSION_DECISION, number, by="inspector_a", now=clock(), **given)
    assert "整改期限延长至2027年1月8日" in shown(city, made, clock).body


def test_one_hazard_is_told_in_the_text_of_a_letter_several_in_its_annex(city: City, clock: FixedClock) -> None:
    one, other = rectifying(city, clock), rectifying(city, clock)
    single = papers.drafted(city, NoticeKind.LETTER, one, by="inspector_a", now=clock(), **papers.ASKED)
    both = papers.drafted(city, NoticeKind.LETTER, one, other, by="inspector_a", now=clock(), **papers.ASKED)
    assert not shown(city, single, clock).items_shown
    assert one in shown(city, single, clock).body
    assert shown(city, both, clock).items_shown
    assert "2 项" in shown(city, both, clock).body


def test_days_overdue_are_counted_to_the_day_of_the_letter(city: City, clock: FixedClock) -> None:
    number = rectifying(city, clock)
    deadline = hazard(number).deadline
    assert deadline is not None
    made = papers.drafted(city, NoticeKind.LETTER, number, by="inspector_a", now=clock(), **papers.ASKED)
    assert "逾期" not in shown(city, made, clock).body
    clock.set(clock() + timedelta(days=(deadline - clock().date()).days + 5))
    assert "已逾期 5 天" in shown(city, made, clock).body


def test_a_decision_without_where_to_appeal_is_not_issued(city: City, clock: FixedClock) -> None:
    number = rectifying(city, clock)
    with everything("test city"), unit_of_work():
        db.session.get_one(Regulator, city.offices["district"]).court = ""
    given = {"measures": "停止使用2号炉", "basis": "安全生产法第七十条", "from_at": clock()}
    made = papers.drafted(city, NoticeKind.MEASURE_DECISION, number, by="inspector_a", now=clock(), **given)
    papers.sent(city, made, "inspector_a", clock())
    papers.reviewed(city, made, "reviewer", clock())
    with pytest.raises(Invalid, match="诉讼法院"):
        papers.issued(city, made, "approver", clock())
    assert papers.notice(made).status is NoticeStatus.REVIEWED

"""An office's own texts: versions that never change, who keeps them, and which one a notice is made of."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from accounts.models import Regulator
from core.db import db, unit_of_work
from core.models import Event
from core.refusals import Conflict, Invalid, NotAllowed
from notices.models import NoticeTemplate
from notices.operations.texts import TextSaid, keep_text
from notices.text_versions import DiffLine, difference, newest_of_each, text_before, version_of, versions_of
from notices.texts import default_text
from notices.texts_in_force import template_for
from tests.clocks import FixedClock
from tests.hazards.city import City
from workflows.notices import NoticeKind

KIND = NoticeKind.LETTER
OWN = "[正文]\n{{ 企业 }}：\n{{ 督办要求 }}\n[结语]\n特此函告。"


def keep(city: City, clock: FixedClock, text: str | None, *, expected: int = 0, by: str = "reviewer") -> NoticeTemplate:
    """Keep a version as somebody of the district."""
    with city.eyes(by) as actor, unit_of_work():
        office = db.session.get_one(Regulator, city.offices["district"])
        return keep_text(office, KIND, TextSaid(text, "换新式样", expected), by=actor, now=clock())


def test_without_a_version_of_its_own_an_office_uses_the_products_text(city: City) -> None:
    held = template_for(city.offices["district"], KIND)
    assert (held.id, held.text) == (None, default_text(KIND))
    assert template_for(None, NoticeKind.EXTENSION_REQUEST).parts.body.startswith("本单位的下列事故隐患")


def test_the_newest_version_is_used_and_older_ones_stay_as_they_were(city: City, clock: FixedClock) -> None:
    first = keep(city, clock, OWN)
    keep(city, clock, OWN + "\n[附注]\n联系人：甲", expected=1)
    held = template_for(city.offices["district"], KIND)
    assert (held.number, held.parts.note) == (2, "联系人：甲")
    assert db.session.get_one(NoticeTemplate, first.id).text == OWN
    assert template_for(city.offices["fire"], KIND).id is None
    with city.eyes("reviewer"):
        versions, more = versions_of(city.offices["district"], KIND)
        assert [(one.row.number, one.who) for one in versions] == [(2, "审核人·己"), (1, "审核人·己")]
        assert not more
        assert newest_of_each(city.offices["district"])[KIND].row.number == 2
        assert text_before(version_of(city.offices["district"], KIND, 2).row) == OWN


def test_going_back_to_the_products_text_is_a_version_too(city: City, clock: FixedClock) -> None:
    keep(city, clock, OWN)
    back = keep(city, clock, None, expected=1)
    assert (back.number, back.own) == (2, False)
    assert template_for(city.offices["district"], KIND).text == default_text(KIND)
    with pytest.raises(Invalid, match="现在用的就是系统文字"):
        keep(city, clock, None, expected=2)


def test_each_version_stands_in_the_offices_history_by_its_digest(city: City, clock: FixedClock) -> None:
    keep(city, clock, OWN)
    entry = db.session.scalars(select(Event).where(Event.kind == "text_changed")).one()
    assert entry.subject_kind == "regulator"
    assert (entry.content["notice"], entry.content["version"]) == ("letter", 1)
    assert "督办" not in str(entry.content)


def test_a_text_with_faults_is_not_kept(city: City, clock: FixedClock) -> None:
    with pytest.raises(Invalid) as refused:
        keep(city, clock, "甲\n{{ 企业名称 }}\n{% if 抄送 %}")
    assert refused.value.fields["text"].startswith("第 3 行：{% if %} 没有对应的 {% endif %}。")
    assert template_for(city.offices["district"], KIND).id is None


def test_a_text_that_is_the_same_is_no_new_version(city: City, clock: FixedClock) -> None:
    with pytest.raises(Invalid, match="没有改动"):
        keep(city, clock, default_text(KIND).strip())


def test_whoever_was_slower_is_told_and_overwrites_nothing(city: City, clock: FixedClock) -> None:
    keep(city, clock, OWN)
    with pytest.raises(Conflict, match="别人已存了第 1 版"):
        keep(city, clock, OWN + "甲")


@pytest.mark.parametrize("who", ["inspector_a", "approver", "fire_reviewer", "principal"])
def test_texts_are_kept_by_the_offices_own_editors(city: City, clock: FixedClock, who: str) -> None:
    with pytest.raises(NotAllowed, match="文书模板由本单位的"):
        keep(city, clock, OWN, by=who)


def test_two_texts_are_compared_line_by_line() -> None:
    assert difference("甲\n乙\n丙", "甲\n丁\n丙") == [
        DiffLine("", "甲"),
        DiffLine("−", "乙"),
        DiffLine("+", "丁"),
        DiffLine("", "丙"),
    ]

"""Taking an import back as a whole: while nothing moved on, and nothing of it is seen afterwards."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sqlalchemy import func, select

from accounts.models import Enterprise, OrgUnit
from core.db import db, unit_of_work
from core.models import Event
from core.refusals import Conflict, NotAllowed, NotFound
from core.scope import everything
from core.verification import verify
from hazards.models import DeadlineChange, Hazard, LedgerImport, Waiting
from hazards.operations import working
from hazards.operations.importing import take_back, why_not_take_back
from hazards.queries import hazard_by_number
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City
from tests.hazards.imports import PLANT, TOLD, hazards, imports, ledger, one_row, take
from workflows.vocabulary import Grade, State


def kinds_of(hazard: Hazard) -> list[str]:
    with everything("tests"):
        own = select(Event.kind).where(Event.subject_kind == "hazard", Event.subject_id == hazard.id)
        return list(db.session.scalars(own.order_by(Event.seq)))


def hidden_enterprises() -> Sequence[Enterprise]:
    with everything("tests"):
        return db.session.scalars(select(Enterprise).where(Enterprise.hidden)).all()


def test_what_was_taken_back_is_seen_no_more_and_may_come_again(city: City, clock: FixedClock) -> None:
    report = take(one_row(), clock(), city=city, by="inspector_a")
    number = hazards()[0].number
    assert report.import_id is not None
    assert why_not_take_back(report.import_id) == ""
    take_back(report.import_id, by=city.actor("inspector_a"), now=clock.advance(hours=1))
    with city.eyes("inspector_a"), pytest.raises(NotFound):
        hazard_by_number(number)
    with everything("tests"):
        assert db.session.scalar(select(func.count()).select_from(Waiting)) == 0
    assert why_not_take_back(report.import_id) == "这次导入已经撤回。"
    (entry,) = imports()
    assert (entry.taken_back_at, entry.taken_back_by_id) == (clock(), city.people["inspector_a"])
    with everything("tests"):
        kinds = db.session.scalars(select(Event.kind).where(Event.subject_kind == "ledger_import").order_by(Event.seq))
        assert list(kinds) == ["landed", "taken_back"]
    again = take(one_row(), clock.advance(hours=1))
    assert (again.created, hazards()[-1].hidden) == (1, False)
    assert hazards()[-1].number != number
    assert verify().is_whole


def test_enterprises_that_came_with_it_go_unless_somebody_uses_them(city: City, clock: FixedClock) -> None:
    row = ["新厂", "91500110MA0000059X", "綦江区", "积水", "一般", "2026-11-02", "整改中", "检查"]
    other = ["旧厂", "", *row[2:]]
    first = take(ledger(row, other), clock())
    take(one_row(企业名称="旧厂", 统一社会信用代码="", 隐患描述="漏电"), clock())
    assert first.new_enterprises == 2
    take_back(first.import_id or 0, by=None, now=clock())
    assert [(one.name, one.uscc) for one in hidden_enterprises()] == [("新厂", None)]
    again = take(ledger(row, other), clock())
    assert (again.created, again.new_enterprises) == (2, 1)
    assert verify().is_whole


def test_units_that_came_with_it_go_too(city: City, clock: FixedClock) -> None:
    header = ["排查日期", "排查部门/班组", "隐患部位", "隐患描述", "隐患等级"]
    data = ledger(["2026-11-02", "新班组", "炉前", "积水", "一般"], header=header, title="隐患排查治理台账")
    report = take(data, clock(), TOLD, city=city, by="manager")
    assert report.created == 1
    take_back(report.import_id or 0, by=city.actor("principal"), now=clock())
    with everything("tests"):
        unit = db.session.scalars(select(OrgUnit).where(OrgUnit.name == "新班组")).one()
        assert unit.hidden
    with city.eyes("manager"):
        assert "新班组" not in db.session.scalars(select(OrgUnit.name)).all()


def test_what_it_filled_in_elsewhere_is_emptied_again(city: City, clock: FixedClock) -> None:
    take(one_row(隐患位置="熔炼车间"), clock())
    later = one_row(隐患位置="熔炼车间", 整改时限="2026-12-20", 整改责任人="张堃", 延期次数="1")
    report = take(later, clock.advance(days=1))
    assert (report.merged, hazards()[0].responsible_person) == (1, "张堃")
    take_back(report.import_id or 0, by=None, now=clock.advance(days=1))
    found = hazards()[0]
    assert (found.deadline, found.deadline_first, found.responsible_person, found.hidden) == (None, None, "", False)
    assert kinds_of(found) == ["import", "import", "import_back"]
    with everything("tests"):
        assert db.session.scalars(select(DeadlineChange.counted)).all() == ["导入：按台账所写（导入已撤回）"]
    assert why_not_take_back(imports()[0].id).startswith(f"{found.number} 已于 2026-11-18 10:00 有后续办理")
    assert take(later, clock.advance(days=1)).merged == 1
    assert hazards()[0].responsible_person == "张堃"
    assert verify().is_whole


def test_a_basis_that_was_filled_in_goes_with_its_candidate(city: City, clock: FixedClock) -> None:
    take(one_row(隐患等级="重大"), clock())
    report = take(one_row(隐患等级="重大", 判定依据="《某标准》第三条"), clock())
    take_back(report.import_id or 0, by=None, now=clock())
    found = hazards()[0]
    assert (found.grade, found.basis, found.criterion_candidate_id, found.basis_unconfirmed) == (
        Grade.MAJOR,
        "",
        None,
        True,
    )


def test_what_moved_on_is_named_and_stays(city: City, clock: FixedClock) -> None:
    row = ["示例綦江机械制造有限公司5号厂", PLANT, "綦江区", "积水", "一般", "2026-11-02", "待整改", "检查"]
    report = take(ledger(row, [*row[:3], "漏电", *row[4:]]), clock())
    number = hazards()[1].number
    acts.order(city, number, "inspector_a", "inspector_b", now=clock.advance(hours=1))
    said = f"{number} 已于 2026-11-16 11:00 有后续办理，不能整批撤回。请逐条更正。"
    assert why_not_take_back(report.import_id or 0) == said
    with pytest.raises(Conflict) as refusal:
        take_back(report.import_id or 0, by=None, now=clock.advance(hours=1))
    assert refusal.value.sentence == said
    assert [one.hidden for one in hazards()] == [False, False]
    assert hazards()[1].state is State.RECTIFYING


def test_a_fill_that_moved_on_keeps_the_import_where_it_is(city: City, clock: FixedClock) -> None:
    take(one_row(隐患位置="熔炼车间"), clock())
    report = take(one_row(隐患位置="熔炼车间", 整改责任人="张堃"), clock())
    number = hazards()[0].number
    with city.eyes("inspector_a") as actor, unit_of_work():
        working.remind(hazard_by_number(number), text="请尽快办理", by=actor, now=clock.advance(hours=1))
    assert why_not_take_back(report.import_id or 0).startswith(f"{number} 已于")


def test_only_the_importer_and_the_own_organisation_take_back(city: City, clock: FixedClock) -> None:
    report = take(one_row(), clock(), city=city, by="inspector_a")
    for who in ("far_inspector", "manager", "worker"):
        with pytest.raises(NotAllowed, match="不能撤回"):
            take_back(report.import_id or 0, by=city.actor(who), now=clock())
    take_back(report.import_id or 0, by=city.actor("inspector_b"), now=clock())
    with pytest.raises(NotFound):
        take_back(999_999, by=None, now=clock())
    assert why_not_take_back(999_999) == "找不到这次导入。请核对。"


def test_an_import_is_seen_by_its_own_organisation_only(city: City, clock: FixedClock) -> None:

    take(one_row(), clock(), city=city, by="inspector_a")
    take(one_row(隐患描述="漏电"), clock(), city=city, by="manager")

    def seen(who: str) -> int:
        with city.eyes(who):
            return db.session.scalar(select(func.count()).select_from(LedgerImport)) or 0

    assert {who: seen(who) for who in ("inspector_a", "inspector_b", "far_inspector", "clerk", "manager")} == {
        "inspector_a": 1,
        "inspector_b": 1,
        "far_inspector": 0,
        "clerk": 0,
        "manager": 1,
    }
    assert (seen("principal"), seen("worker"), seen("leader")) == (1, 0, 0)


def test_an_import_of_an_older_version_is_not_taken_back(city: City, clock: FixedClock) -> None:
    report = take(one_row(), clock(), city=city, by="inspector_a")
    assert report.import_id is not None
    with everything("tests"), unit_of_work() as session:
        entry = session.get_one(LedgerImport, report.import_id)
        entry.chain_length = 0  # as the migration leaves those that came in before histories of imports were kept
    assert "没有留下撤回所需的记录" in why_not_take_back(report.import_id)
    with pytest.raises(Conflict, match="请逐条更正"):
        take_back(report.import_id, by=city.actor("inspector_a"), now=clock.advance(hours=1))
    assert not hazards()[0].hidden

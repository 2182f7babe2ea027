"""Closing a month: once, frozen byte for byte, verified, corrected in the next, reopened by another with a reason."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Iterator
from datetime import UTC, datetime

import openpyxl
import pytest
from flask import Flask
from sqlalchemy import select, update

from accounts.models import Deputation, Enterprise, Grant, Person
from accounts.roles import Role
from core.db import db, unit_of_work
from core.files import FileStore
from core.models import Anchor, Event, OutboxMessage
from core.refusals import Conflict, Invalid, NotAllowed, NotFound, Refusal
from core.scope import everything
from core.verification import verify
from hazards.models import Hazard, HazardStanding
from hazards.operations.handing_over import hand_over
from hazards.queries import hazard_by_number
from inspections.rollover import roll_over
from reports import closing, closing_work, running
from reports.corrections import WHOLE
from reports.ledgers import LEDGERS
from reports.models import ClosedLedger, CloseStatus, CorrectedLedger, MonthClose
from reports.rules import parse_period
from reports.standing import LedgerScope, Reader
from reports.tiers_ledger import tier_rows
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, reported
from tests.hazards.visiting import Visitor
from tests.reports.background import Runner, runner
from workflows.vocabulary import Action, Grade

__all__ = ["runner"]

OCTOBER_12 = datetime(2026, 10, 12, 2, tzinfo=UTC)
NOVEMBER_3 = datetime(2026, 11, 3, 2, tzinfo=UTC)
DECEMBER_2 = datetime(2026, 12, 2, 2, tzinfo=UTC)
JANUARY_4 = datetime(2027, 1, 4, 2, tzinfo=UTC)
KEPT = [code for code, ledger in LEDGERS.items() if not ledger.of_enterprise]


@pytest.fixture
def numbers(context: Flask, city: City, clock: FixedClock) -> Iterator[list[str]]:
    """Two majors of October, one taken up; it is November, and the district has a clerk besides its reviewer."""
    clock.set(OCTOBER_12)
    made = []
    for text in ("电炉没有流量报警 镕堃䶮𬭬", "=cmd|' /C calc'!A0"):
        made.append(reported(city, "leader", clock(), proposed_grade=Grade.MAJOR, description=text))
    acts.accept(city, made[0], "manager", "principal", now=clock())
    with everything("test"), unit_of_work() as session:
        session.add(Grant(person_id=city.people["approver"], role=Role.COMMITTEE_CLERK, granted_at=clock()))
    clock.set(NOVEMBER_3)
    yield made
    db.session.remove()


def begin(city: City, who: str, month: str, now: datetime) -> int:
    with city.eyes(who) as actor, unit_of_work():
        return closing.begin(month, by=actor, now=now).id


def close(city: City, runner: Runner, month: str, now: datetime, who: str = "approver") -> int:
    made = begin(city, who, month, now)
    assert runner.run() == 1
    with everything("test"):
        assert db.session.get_one(MonthClose, made).status is CloseStatus.CLOSED, said(made)
    return made


def said(close_id: int) -> str:
    with everything("test"):
        return db.session.get_one(MonthClose, close_id).said


def ledgers(close_id: int) -> dict[str, ClosedLedger]:
    db.session.rollback()  # what the runner wrote meanwhile is read anew
    with everything("test"):
        frozen = select(ClosedLedger).where(ClosedLedger.close_id == close_id).order_by(ClosedLedger.position)
        found = db.session.scalars(frozen)
        return {one.code: one for one in found}


def bytes_of(context: Flask, ledger: ClosedLedger, ending: str) -> bytes:
    store: FileStore = context.extensions["files"]
    file = getattr(ledger, ending)
    with store.open(file.digest) as stream:
        data = stream.read()
    assert hashlib.sha256(data).hexdigest() == file.digest
    return data


def corrections(context: Flask, close_id: int) -> list[dict[str, str]]:
    """The lines of the corrections of a close, without what every one has."""
    found = ledgers(close_id).get("corrections")
    if found is None:
        return []
    text = bytes_of(context, found, "csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


# --- what is frozen --------------------------------------------------------------------------------------------


def test_a_close_freezes_every_ledger_of_the_office(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    made = close(city, runner, "2026-10", clock())
    frozen = ledgers(made)
    assert list(frozen) == KEPT
    regulator = frozen["regulator"]
    assert (regulator.records, regulator.file_name) == (2, "綦江区2026年10月重大事故隐患台账")
    assert hashlib.sha256(bytes_of(context, regulator, "jsonl")).hexdigest() == regulator.digest_of_records
    assert bytes_of(context, regulator, "csv").count(b"\r\n") == 3
    book = openpyxl.load_workbook(io.BytesIO(bytes_of(context, regulator, "xlsx")))
    cells = [cell.value for row in book.worksheets[0].iter_rows() for cell in row if cell.value]
    assert any(regulator.digest_of_records in str(cell) for cell in cells)
    assert "电炉没有流量报警 镕堃䶮𬭬" in cells


def test_one_event_and_an_anchor_of_its_own_bind_it(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    made = close(city, runner, "2026-10", clock())
    with everything("test"):
        row = db.session.get_one(MonthClose, made)
        event = db.session.scalars(select(Event).where(Event.kind == "month_closed")).one()
        anchor = db.session.get_one(Anchor, row.anchor_id)
        told = db.session.scalars(select(OutboxMessage).where(OutboxMessage.kind == "closing")).one()
    assert (event.subject_kind, event.subject_id) == ("regulator", city.offices["district"])
    assert (event.actor_id, event.anchor_id) == (city.people["approver"], anchor.id)
    assert {"close": made, "month": "2026-10", "ledgers": len(KEPT)}.items() <= event.content.items()
    assert anchor.reason == "month_close"
    assert told.person_id == city.people["approver"]
    assert told.text.startswith(f"2026-10 已月结：冻结 {len(KEPT)} 种台账，")
    assert verify().breaks == []


def test_what_changes_afterwards_touches_no_frozen_byte(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    made = close(city, runner, "2026-10", clock())
    before = {code: bytes_of(context, one, "xlsx") for code, one in ledgers(made).items()}
    acts.accept(city, numbers[1], "manager", "principal", now=clock())
    with everything("test"), unit_of_work() as session:
        session.get_one(Enterprise, city.enterprises["plant"]).name = "改了名的厂"
    clock.set(DECEMBER_2)
    close(city, runner, "2026-11", clock())
    assert {code: bytes_of(context, one, "xlsx") for code, one in ledgers(made).items()} == before
    assert verify().breaks == []


# --- once, by whom, when ---------------------------------------------------------------------------------------


def test_a_month_is_closed_once(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    first = begin(city, "approver", "2026-10", clock())
    assert begin(city, "approver", "2026-10", clock()) == first  # a second tap
    with pytest.raises(Conflict, match="2026年10月正由分管负责人·庚于 2026-11-03 10:00 月结，没有再办一次"):
        begin(city, "reviewer", "2026-10", clock())
    assert runner.run() == 1
    with pytest.raises(Conflict, match="2026年10月已由分管负责人·庚于 2026-11-03 10:00 月结"):
        begin(city, "reviewer", "2026-10", clock())
    assert begin(city, "city_reviewer", "2026-10", clock()) != first  # another office has its own


def test_who_may_not_close_or_not_yet_is_told(
    context: Flask, city: City, numbers: list[str], clock: FixedClock
) -> None:
    cases: tuple[tuple[str, str, type[Refusal], str], ...] = (
        ("reviewer", "2026-11", Invalid, "2026年11月还没有结束，不能月结。"),
        ("reviewer", "2026-12", Invalid, "2026年12月还没有开始"),
        ("reviewer", "十月", Invalid, "月份要写成 2026-10 这样"),
        ("inspector_a", "2026-10", NotAllowed, closing.NOT_YOURS),
        ("town_head", "2026-10", NotAllowed, closing.NOT_YOURS),
        ("principal", "2026-10", NotAllowed, closing.NOT_YOURS),
    )
    for who, month, kind, sentence in cases:
        with pytest.raises(kind, match=sentence):
            begin(city, who, month, clock())


def test_offices_above_see_it_nobody_else(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    made = close(city, runner, "2026-10", clock())
    fire = close(city, runner, "2026-10", clock(), who="fire_reviewer")
    seen = {}
    for who in ("reviewer", "inspector_a", "clerk", "city_inspector_a", "town_head", "fire_inspector", "far_inspector"):
        with city.eyes(who):
            seen[who] = {one.id for one in closing.months_closed()}
            assert set(db.session.scalars(select(ClosedLedger.close_id))) == seen[who]
    both = {made, fire}
    assert seen == {
        "reviewer": both,
        "inspector_a": both,
        "clerk": both,
        "city_inspector_a": both,
        "town_head": set(),
        "fire_inspector": {fire},
        "far_inspector": set(),
    }
    with city.eyes("principal"), pytest.raises(NotFound):
        closing.get_close(made)


# --- reopening -------------------------------------------------------------------------------------------------


def reopen(city: City, who: str, close_id: int, reason: str, now: datetime) -> None:
    with city.eyes(who) as actor, unit_of_work():
        closing.reopen(close_id, reason, by=actor, now=now)


def test_a_month_is_reopened_by_another_with_a_reason_and_closed_again(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    first = close(city, runner, "2026-10", clock())
    before = bytes_of(context, ledgers(first)["regulator"], "xlsx")
    reopen(city, "reviewer", first, "  漏了一家企业  ", clock())
    with everything("test"):
        row = db.session.get_one(MonthClose, first)
        assert (row.status, row.reason) == (CloseStatus.REOPENED, "漏了一家企业")
        event = db.session.scalars(select(Event).where(Event.kind == "month_reopened")).one()
        assert event.anchor_id is not None
        assert "漏了" not in str(event.content)
    clock.advance(hours=1)
    second = close(city, runner, "2026-10", clock(), who="reviewer")
    assert second != first
    assert bytes_of(context, ledgers(first)["regulator"], "xlsx") == before
    assert bytes_of(context, ledgers(second)["regulator"], "xlsx") != before  # another day of filling in
    assert verify().breaks == []
    with pytest.raises(Conflict, match="不是已结状态"):
        reopen(city, "reviewer", first, "再开", clock())


def test_who_may_not_reopen_changes_nothing(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    made = close(city, runner, "2026-10", clock())
    cases: tuple[tuple[str, str, type[Refusal]], ...] = (
        ("approver", "自己", NotAllowed),
        ("inspector_a", "不是审核人", NotAllowed),
        ("fire_reviewer", "别的单位", NotFound),
        ("reviewer", "   ", Invalid),
        ("reviewer", "长" * 501, Invalid),
    )
    for who, reason, kind in cases:
        with pytest.raises(kind):
            reopen(city, who, made, reason, clock())
    with everything("test"):
        assert db.session.get_one(MonthClose, made).status is CloseStatus.CLOSED


def test_the_reviewer_of_the_office_above_may_reopen(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    made = close(city, runner, "2026-10", clock(), who="reviewer")
    with pytest.raises(NotAllowed, match="不能是同一个人"), everything("test"), unit_of_work():
        closing.reopen(made, "自己", by=city.actor("reviewer"), now=clock())
    reopen(city, "city_reviewer", made, "区里没有别的审核人", clock())


def test_a_deputy_counts_as_the_person(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    made = close(city, runner, "2026-10", clock())
    with everything("test"), unit_of_work() as session:
        people = {"person_id": city.people["approver"], "deputy_id": city.people["reviewer"]}
        session.add(Deputation(**people, starts_at=OCTOBER_12, ends_at=DECEMBER_2))
    with pytest.raises(NotAllowed, match="代理人视同本人"):
        reopen(city, "reviewer", made, "代理", clock())


# --- corrections -----------------------------------------------------------------------------------------------


def hide(number: str, *, hidden: bool = True) -> None:
    """What taking back an import does to a hazard that it brought (or an import that comes in late undoes)."""
    with everything("test"), unit_of_work() as session:
        session.execute(update(Hazard).where(Hazard.number == number).values(hidden=hidden))


def test_nothing_that_happens_later_by_itself_changes_a_closed_month(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    close(city, runner, "2026-10", clock())
    acts.accept(city, numbers[1], "manager", "principal", now=clock())
    reported(city, "leader", clock(), proposed_grade=Grade.MAJOR, description="十一月的")
    clock.set(DECEMBER_2)
    assert corrections(context, close(city, runner, "2026-11", clock())) == []


def test_a_list_that_is_cleared_or_moves_later_keeps_its_owner_in_the_closed_month(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    cleared = reported(city, "leader", OCTOBER_12, description="一般的")
    owners = owners_in(context, close(city, runner, "2026-10", clock()))
    assert all(owners.values())
    assert owners.keys() == {*numbers, cleared}
    roll_over(clock.advance(days=1), now=clock())
    acts.ask(city, cleared, Action.DISMISS, "manager", clock.advance(days=1), reason="不属实")
    acts.sign(city, cleared, "manager", now=clock())
    with everything("test"):
        assert hazard_by_number(cleared).tier_until is None
    assert standing_owner(city, numbers[1], "2026-11") != owners[numbers[1]]
    assert {number: standing_owner(city, number, "2026-10") for number in owners} == owners
    clock.set(DECEMBER_2)
    assert corrections(context, close(city, runner, "2026-11", clock())) == []


def test_a_list_handed_over_later_keeps_its_owner_in_the_closed_month(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    """The entry of the hand-over says in whose care the list was before."""
    october = close(city, runner, "2026-10", clock())
    before = owners_in(context, october)
    clock.advance(days=1)
    with city.eyes("manager") as actor, unit_of_work() as session:
        listed = hazard_by_number(numbers[0])
        assert listed.list_owner_id is not None
        leaver = session.get_one(Person, listed.list_owner_id)
        receiver = session.get_one(Person, city.people["head" if leaver.id != city.people["head"] else "leader"])
        names = leaver.name, receiver.name
        assert "list" in hand_over(listed, leaver, receiver, by=actor, reason="调离", now=clock())
    assert before[numbers[0]] == names[0]
    assert standing_owner(city, numbers[0], "2026-10") == names[0]
    assert standing_owner(city, numbers[0], "2026-11") == names[1]
    clock.set(DECEMBER_2)
    told = corrections(context, close(city, runner, "2026-11", clock()))
    assert [line for line in told if line["编号/对象"] == numbers[0] and line["栏目"] == "清单责任人"] == []


def owners_in(context: Flask, close_id: int) -> dict[str, str]:
    """清单责任人 of each hazard in the frozen `tiers`."""
    text = bytes_of(context, ledgers(close_id)["tiers"], "csv").decode("utf-8-sig")
    return {line["隐患编号"]: line["清单责任人"] for line in csv.DictReader(io.StringIO(text, newline=""))}


def standing_owner(city: City, number: str, month: str) -> str:
    """The same as the ledger reads it now."""
    db.session.rollback()
    period = parse_period(month, JANUARY_4.date())
    with city.eyes("approver"):
        rows = tier_rows(period, LedgerScope(region_path="/500000/500110/"), Reader(period.last_day))
        return next(row.owner or "" for row in rows if row.number == number)


def test_what_changed_in_a_closed_month_is_told_once_in_the_next(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    october = close(city, runner, "2026-10", clock())
    hide(numbers[1])
    with everything("test"), unit_of_work() as session:
        session.get_one(Person, city.people["head"]).name = "已删除"
    clock.set(DECEMBER_2)
    november = close(city, runner, "2026-11", clock())
    told = corrections(context, november)
    gone = [line for line in told if line["编号/对象"] == numbers[1] and line["台账"] == "重大事故隐患台账"]
    assert [(line["更正月份"], line["栏目"], line["原为"], line["现为"]) for line in gone] == [
        ("2026年10月", WHOLE, "（列入）", "（未列入）")
    ]
    with everything("test"):
        kept = db.session.scalars(select(CorrectedLedger).where(CorrectedLedger.close_id == november)).all()
        by_code = {db.session.get_one(ClosedLedger, one.ledger_id).code: one for one in kept}
    assert by_code["regulator"].corrections == 1
    assert ledgers(october)["regulator"].records == 2
    # told once; what changes after that is told against what was told last
    hide(numbers[1], hidden=False)
    clock.set(JANUARY_4)
    december = close(city, runner, "2026-12", clock())
    back = [line for line in corrections(context, december) if line["台账"] == "重大事故隐患台账"]
    assert {(line["更正月份"], line["原为"], line["现为"]) for line in back} == {
        ("2026年10月", "（未列入）", "（列入）"),
        ("2026年11月", "（未列入）", "（列入）"),
    }
    assert verify().breaks == []


def test_a_field_that_reads_otherwise_is_told_before_and_now(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    """A person erased or renamed: the list's owner stands in `tiers` as the register calls them now."""
    close(city, runner, "2026-10", clock())
    with everything("test"), unit_of_work() as session:
        owners = session.scalars(
            select(HazardStanding.list_owner_id).join(Hazard).where(Hazard.number.in_(numbers))
        ).all()
        for owner in {one for one in owners if one}:
            session.get_one(Person, owner).name = "（已删除）"
    clock.set(DECEMBER_2)
    told = corrections(context, close(city, runner, "2026-11", clock()))
    fields = {(line["编号/对象"], line["栏目"], line["现为"]) for line in told}
    assert {(number, "清单责任人", "（已删除）") for number in numbers} <= fields


def test_corrections_of_a_reopened_month_are_told_again(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    close(city, runner, "2026-10", clock())
    hide(numbers[1])
    clock.set(DECEMBER_2)
    november = close(city, runner, "2026-11", clock())
    told = corrections(context, november)
    reopen(city, "reviewer", november, "再核对", clock())
    again = close(city, runner, "2026-11", clock())
    assert told
    assert corrections(context, again) == told


# --- verification and faults -----------------------------------------------------------------------------------


def test_a_frozen_file_that_was_changed_or_lost_is_found(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    made = ledgers(close(city, runner, "2026-10", clock()))
    store: FileStore = context.extensions["files"]
    place = store.path(made["regulator"].xlsx.digest)
    data = place.read_bytes()
    place.write_bytes(data[:-1] + b"?")
    assert [found.sentence for found in verify().breaks] == [
        "2026-10 月结（1 号）的文件 綦江区2026年10月重大事故隐患台账.xlsx 被改过。"
    ]
    place.unlink()
    assert [found.damage.value for found in verify().breaks] == ["removed"]
    place.write_bytes(data)
    assert verify().is_whole


def test_a_row_of_a_close_that_was_changed_is_found(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock
) -> None:
    made = ledgers(close(city, runner, "2026-10", clock()))
    with everything("test"), unit_of_work() as session:
        other = made["tiers"].csv_id
        session.execute(update(ClosedLedger).where(ClosedLedger.code == "regulator").values(csv_id=other))
    assert "所列的文件与经过所记不符" in verify().breaks[0].sentence


def test_a_close_that_failed_says_so_and_leaves_the_month_open(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = begin(city, "approver", "2026-10", clock())
    with monkeypatch.context() as broken:
        broken.setattr(closing_work, "write_rows", lambda *_given, **_named: 1 / 0)
        runner.run()
    assert said(made) == closing_work.BROKE_DOWN
    assert ledgers(made) == {}
    assert close(city, runner, "2026-10", clock()) != made


class Killed(BaseException):
    """As if the runner had ended here."""


def test_killed_on_the_way_it_is_done_by_the_next_to_the_same_bytes(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    begin(city, "approver", "2026-10", clock())
    store: FileStore = context.extensions["files"]

    def end(*_given: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(closing_work, "_seal", end)
        with pytest.raises(Killed):
            runner.run()
    assert ledgers(1) == {}
    before = {path.name for path in store.folder.rglob("*") if path.is_file()}
    clock.advance(minutes=10)
    runner.every_so_often("resume-ledgers")
    assert runner.run() == 1
    assert list(ledgers(1)) == KEPT
    assert {path.name for path in store.folder.rglob("*") if path.is_file()} == before
    with everything("test"):
        assert len(db.session.scalars(select(Event).where(Event.kind == "month_closed")).all()) == 1
    assert verify().breaks == []


def test_given_up_after_some_tries_the_month_may_be_closed_again(
    context: Flask, city: City, numbers: list[str], runner: Runner, clock: FixedClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = begin(city, "approver", "2026-10", clock())

    def end(*_given: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(closing_work, "_freeze", end)
        for _ in range(running.TRIES):
            with pytest.raises(Killed):
                runner.run()
            db.session.rollback()
            clock.advance(minutes=10)
            runner.every_so_often("resume-ledgers")
    assert "试了 3 次都没有办完" in said(made)
    assert close(city, runner, "2026-10", clock(), who="reviewer") != made


# --- pages -----------------------------------------------------------------------------------------------------


def test_the_pages_from_closing_to_reopening(app: Flask, page_city: City, runner: Runner, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    with app.app_context():
        reported(page_city, "leader", clock(), proposed_grade=Grade.MAJOR)
        db.session.remove()
    clock.set(NOVEMBER_3)
    visitor = Visitor(app, "clerk")
    page = visitor.open("/reports/closing")
    assert page.form.values["month"] == ["2026-10"]
    shown = visitor.follow(visitor.send(page))
    assert (shown.url, shown.status) == ("/reports/closing/1", 200)
    assert "等待开始" in shown.text
    assert visitor.send(page).response.headers["Location"] == "/reports/closing/1"
    runner.run()
    shown = visitor.open("/reports/closing/1")
    assert "安委办·辛" in shown.text
    form = next(form for form in shown.forms if form.action.endswith("/regulator.xlsx"))
    files = []
    for _ in range(2):
        with visitor.send(shown, form).response as answer:
            files.append(answer.data)
    assert files[0] == files[1]
    assert hashlib.sha256(files[0]).hexdigest() in shown.text
    assert visitor.open("/reports/closing/1/reopen").status == 403
    reviewer = Visitor(app, "city_reviewer")
    refused = reviewer.send(reviewer.open("/reports/closing/1/reopen"), reason="")
    assert refused.status == 422
    assert "请写明重开的理由。" in refused.text
    done = reviewer.fill("/reports/closing/1/reopen", reason="漏了一家企业")
    assert "2026年10月已重开。" in done.text
    assert "下面是当时冻结的文件，照旧保留" in done.text
    assert "漏了一家企业" in visitor.open("/").text  # the clerk is told
    assert "2026-10" in visitor.open("/reports/closing").html


def test_who_does_not_close_reads_who_does(app: Flask, page_city: City) -> None:
    page = Visitor(app, "inspector_a").open("/reports/closing")
    assert (page.status, closing.NOT_YOURS in page.text) == (200, True)
    assert Visitor(app, "principal").open("/reports/closing").status == 403


def test_every_refusal_is_a_sentence(context: Flask, city: City, numbers: list[str], clock: FixedClock) -> None:
    with pytest.raises(Refusal, match="找不到这次月结"), city.eyes("reviewer"):
        closing.get_close(99)
    with pytest.raises(Refusal, match="找不到这次月结"), city.eyes("reviewer"):
        closing.get_ledger(99, "regulator")

"""Whoever can write the tables still cannot make a history that verifies: each kind of tampering is named."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import ColumnElement, Table, delete, func, select, text, update

from accounts.models import Enterprise
from core.damage import Damage, Report
from core.db import db, unit_of_work
from core.history import anchor
from core.models import Anchor, Event
from core.scope import everything
from core.snapshot import BATCH
from core.verification import verify
from core.witness import Witnessed, last_witnessed, read_line, witness_anchors, witness_path, witness_restore
from tests.clocks import FixedClock
from tests.core.subjects import add_event, make_enterprise, make_histories


@pytest.fixture
def second(context: Flask, clock: FixedClock) -> int:
    """Histories of three subjects, witnessed; the id of the one with five events."""
    ids = make_histories(clock())
    witness_anchors()
    return ids[1]


def forge(*statements: object) -> None:
    """Write to the tables as somebody with the database password would."""
    with unit_of_work() as session, everything("tests"):
        for statement in statements:
            session.execute(statement)  # type: ignore[call-overload]


def of(subject_id: int, seq: int) -> tuple[ColumnElement[bool], ...]:
    return Event.subject_kind == "enterprise", Event.subject_id == subject_id, Event.seq == seq


def first_break(report: Report) -> tuple[Damage, str, int, int]:
    found = report.breaks[0]
    return found.damage, found.subject_kind, found.subject_id, found.seq


def test_a_healthy_history_is_whole(second: int) -> None:
    report = verify()
    assert report.is_whole
    assert (report.subjects, report.events, report.anchors, report.witnessed) == (3, 8, 2, 2)
    assert report.remarks == []


def test_events_not_yet_anchored_are_no_damage(second: int, clock: FixedClock) -> None:
    add_event(second, clock())
    assert verify().is_whole


def test_histories_longer_than_a_batch_are_walked_whole(context: Flask, clock: FixedClock) -> None:
    make_histories(clock())
    with unit_of_work(), everything("tests"):
        make_enterprise("大厂", clock(), 2 * BATCH + 1)
        anchor(at=clock(), reason="periodic")
    report = verify()
    assert report.is_whole
    assert report.events == 8 + 2 * BATCH + 1


@pytest.mark.parametrize(
    "values",
    [{"content": {"name": "别的"}}, {"actor_id": 99}, {"kind": "other"}, {"digest": "0" * 64}],
    ids=lambda values: next(iter(values)),
)
def test_a_changed_event_is_named(second: int, values: dict[str, object]) -> None:
    forge(update(Event).where(*of(second, 3)).values(**values))
    report = verify()
    assert first_break(report) == (Damage.CHANGED, "enterprise", second, 3)
    assert "第 3 条经过被改过" in report.breaks[0].sentence


def test_a_moment_moved_by_a_second_is_named(second: int, clock: FixedClock) -> None:
    forge(update(Event).where(*of(second, 2)).values(at=clock.advance(seconds=1)))
    assert first_break(verify()) == (Damage.CHANGED, "enterprise", second, 2)


def test_an_event_removed_from_the_middle_is_named(second: int) -> None:
    forge(delete(Event).where(*of(second, 3)))
    report = verify()
    assert first_break(report) == (Damage.REMOVED, "enterprise", second, 3)
    assert "第 3 条经过被删去" in report.breaks[0].sentence


def test_a_removed_event_shows_when_the_rest_is_renumbered(second: int) -> None:
    forge(
        delete(Event).where(*of(second, 3)),
        update(Event).where(*of(second, 4)).values(seq=3),
        update(Event).where(*of(second, 5)).values(seq=4),
        update(Enterprise).where(Enterprise.id == second).values(chain_length=4),
    )
    assert first_break(verify()) == (Damage.REMOVED, "enterprise", second, 3)


def test_two_events_in_each_others_place_are_named(second: int) -> None:
    forge(
        update(Event).where(*of(second, 2)).values(seq=99),
        update(Event).where(*of(second, 3)).values(seq=2),
        update(Event).where(*of(second, 99)).values(seq=3),
    )
    assert first_break(verify()) == (Damage.REORDERED, "enterprise", second, 2)


def test_the_contents_of_two_events_exchanged_are_named(second: int) -> None:
    rows = db.session.execute(select(Event.seq, Event.content, Event.actor_id).where(Event.subject_id == second))
    found = {row.seq: {"content": row.content, "actor_id": row.actor_id} for row in rows}
    forge(
        update(Event).where(*of(second, 2)).values(**found[4]),
        update(Event).where(*of(second, 4)).values(**found[2]),
    )
    assert first_break(verify()) == (Damage.REORDERED, "enterprise", second, 2)


def test_a_cut_tail_is_named(second: int) -> None:
    forge(delete(Event).where(*of(second, 5)))
    report = verify()
    assert first_break(report) == (Damage.CUT, "enterprise", second, 5)
    assert "末尾被截去 1 条" in report.breaks[0].sentence


def test_a_cut_tail_with_head_and_length_patched_is_shown_by_the_anchor(second: int) -> None:
    head = select(Event.digest).where(*of(second, 3)).scalar_subquery()
    forge(
        update(Enterprise).where(Enterprise.id == second).values(chain_length=3, chain_head=head),
        delete(Event).where(Event.subject_id == second, Event.seq > 3),
    )
    report = verify()
    assert first_break(report) == (Damage.CUT, "anchor", 2, 2)
    assert "少了 2 条" in report.breaks[0].sentence


def test_a_patched_head_is_named(second: int) -> None:
    forge(update(Enterprise).where(Enterprise.id == second).values(chain_head="f" * 64))
    assert first_break(verify()) == (Damage.CHANGED, "enterprise", second, 5)


def test_a_removed_record_whose_history_remains_is_named(second: int) -> None:
    forge(delete(Enterprise).where(Enterprise.id == second))
    assert first_break(verify()) == (Damage.REMOVED, "enterprise", second, 1)


def test_a_record_removed_with_its_history_is_shown_by_the_anchor(second: int) -> None:
    forge(delete(Event).where(Event.subject_id == second), delete(Enterprise).where(Enterprise.id == second))
    assert first_break(verify()) == (Damage.CUT, "anchor", 2, 2)


def test_a_removed_anchor_is_named(second: int) -> None:
    first = select(Anchor.id).where(Anchor.seq == 1).scalar_subquery()
    forge(update(Event).where(Event.anchor_id == first).values(anchor_id=None), delete(Anchor).where(Anchor.seq == 1))
    assert first_break(verify()) == (Damage.REMOVED, "anchor", 1, 1)


def test_a_changed_anchor_is_named(second: int) -> None:
    forge(update(Anchor).where(Anchor.seq == 2).values(reason="other"))
    assert first_break(verify()) == (Damage.CHANGED, "anchor", 2, 2)


def test_events_of_an_unknown_kind_are_named(second: int) -> None:
    forge(update(Event).where(*of(second, 1)).values(subject_kind="nothing"))
    kinds = {found.subject_kind for found in verify().breaks}
    assert {"enterprise", "nothing"} <= kinds


def test_a_database_put_back_to_an_earlier_copy_is_shown_by_the_witness(second: int, clock: FixedClock) -> None:
    earlier = copy_of_tables()
    add_event(second, clock.advance(hours=1))
    with unit_of_work():
        anchor(at=clock(), reason="periodic")
    witness_anchors()
    assert verify().is_whole

    put_back(earlier)
    report = verify()
    assert first_break(report) == (Damage.ROLLED_BACK, "witness", 3, 3)
    assert "退回到了锚点 2" in report.breaks[0].sentence


def test_a_database_put_back_and_written_on_is_shown_by_the_witness(second: int, clock: FixedClock) -> None:
    earlier = copy_of_tables()
    add_event(second, clock.advance(hours=1))
    with unit_of_work():
        anchor(at=clock(), reason="periodic")
    witness_anchors()
    put_back(earlier)
    add_event(second, clock.advance(hours=1))
    with unit_of_work():
        anchor(at=clock(), reason="periodic")
    witness_anchors()
    report = verify()
    assert first_break(report) == (Damage.ROLLED_BACK, "witness", 3, 3)
    assert "续写过" in report.breaks[0].sentence


def test_going_back_on_purpose_is_written_down_and_verifies(second: int, clock: FixedClock) -> None:
    earlier = copy_of_tables()
    add_event(second, clock.advance(hours=1))
    with unit_of_work():
        anchor(at=clock(), reason="periodic")
    witness_anchors()
    put_back(earlier)
    witness_restore(clock())
    report = verify()
    assert report.is_whole
    assert len(report.remarks) == 1
    assert "用备份恢复到锚点 2：此前见证过的锚点 3 绑定的经过已不在库里" in report.remarks[0]
    add_event(second, clock.advance(hours=1))
    with unit_of_work():
        anchor(at=clock(), reason="periodic")
    assert witness_anchors() == 1
    assert verify().is_whole


def test_without_a_witness_the_report_says_so(second: int) -> None:
    witness_path().unlink()
    report = verify()
    assert report.is_whole
    assert "见证文件" in report.remarks[0]


def test_the_witness_is_added_to_once_for_each_anchor(second: int, clock: FixedClock) -> None:
    assert witness_anchors() == 0
    add_event(second, clock())
    with unit_of_work():
        anchor(at=clock(), reason="periodic")
    assert witness_anchors() == 1
    assert [line.split()[0] for line in witness_path().read_text().splitlines()] == ["1", "2", "3"]


def test_a_line_torn_by_a_power_cut_is_passed_over(second: int, clock: FixedClock) -> None:
    with witness_path().open("ab") as file:
        file.write(b"3 abc")
    add_event(second, clock())
    with unit_of_work():
        anchor(at=clock(), reason="periodic")
    assert witness_anchors() == 1
    last = last_witnessed(witness_path())
    assert last is not None
    assert last.seq == 3
    assert verify().is_whole


@pytest.mark.parametrize("line", [b"", b"x", b"1 2", b"restored", b"a b c", b"\xff\xfe \xfd 1"])
def test_lines_that_are_none_are_passed_over(line: bytes) -> None:
    assert read_line(line) is None


def test_a_line_is_read_as_it_is_written() -> None:
    assert read_line(b"restored 7 ab 2026-01-01") == Witnessed(7, "ab", "2026-01-01", True)


def copy_of_tables() -> dict[str, list[dict[str, object]]]:
    """What a copy of the database would hold of histories and anchors."""
    with everything("tests"):
        return {
            name: [dict(row._mapping) for row in db.session.execute(select(table(name)))]
            for name in ("anchor", "event", "enterprise")
        }


def put_back(copy: dict[str, list[dict[str, object]]]) -> None:
    """Make the tables what they were."""
    with unit_of_work() as session, everything("tests"):
        for name in ("event", "enterprise", "anchor"):
            session.execute(delete(table(name)))
        for name, rows in copy.items():
            session.execute(table(name).insert(), rows)
    assert db.session.scalar(select(func.count()).select_from(text("event"))) == len(copy["event"])


def table(name: str) -> Table:
    return db.metadata.tables[name]

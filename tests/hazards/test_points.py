"""A rectification of several points: each put right on its own, verification only when all are."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db, unit_of_work
from core.refusals import Invalid, NotAllowed, NotFound, Refusal
from core.scope import everything
from hazards.models import Evidence, Hazard, RectificationPoint, WorkRecord
from hazards.operations import points
from hazards.operations.points import PutRight
from hazards.queries import hazard_by_number
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import City, hazard, photo, reported
from tests.hazards.visiting import Visitor, jpeg
from workflows.vocabulary import Action, State

LIST = ["配电箱加装漏电保护", "更换破损电缆", "张贴警示标识"]


def _rectifying(city: City, clock: FixedClock) -> str:
    number = reported(city, "leader", clock())
    acts.accept(city, number, "manager", now=clock())
    return number


def _set(city: City, number: str, texts: list[str], clock: FixedClock, by: str = "head") -> None:
    with city.eyes(by) as actor, unit_of_work():
        points.set_points(hazard_by_number(number), texts, by=actor, now=clock.advance(minutes=1))


def _ids(number: str) -> list[int]:
    with everything("test"):
        wanted = select(RectificationPoint.id).join(Hazard, Hazard.id == RectificationPoint.hazard_id)
        alive = wanted.where(Hazard.number == number, RectificationPoint.struck_at.is_(None))
        return list(db.session.scalars(alive.order_by(RectificationPoint.position)))


def _put(city: City, number: str, point: int, clock: FixedClock, **more: object) -> None:
    on = clock().date()
    done = PutRight(**({"on": on, "note": "已更换", "photos": (photo(),)} | more))  # type: ignore[arg-type]
    with city.eyes("head") as actor, unit_of_work():
        points.put_right(hazard_by_number(number), point, done, by=actor, now=clock.advance(minutes=1))


def test_verification_waits_for_the_last_point(context: None, city: City, clock: FixedClock) -> None:
    number = _rectifying(city, clock)
    _set(city, number, LIST, clock)
    acts.work(city, number, clock.advance(minutes=1))
    for at, point in enumerate(_ids(number)):
        with pytest.raises(Refusal, match="全部整改要点"):
            acts.ask(city, number, Action.VERIFY, "head", clock())
        _put(city, number, point, clock)
        assert (hazard(number).points_done, hazard(number).points_total) == (at + 1, 3)
    acts.ask(city, number, Action.VERIFY, "head", clock())
    acts.sign(city, number, "manager", now=clock.advance(minutes=1))
    assert hazard(number).state is State.VERIFIED


def test_each_point_has_its_own_photos_and_doer(context: None, city: City, clock: FixedClock) -> None:
    number = _rectifying(city, clock)
    _set(city, number, LIST, clock)
    first, second, _third = _ids(number)
    _put(city, number, second, clock, photos=(photo(), photo()))
    with everything("test"):
        kept = dict(
            db.session.execute(select(Evidence.id, Evidence.point_id).where(Evidence.point_id.is_not(None))).all()
        )  # type: ignore[arg-type]
        assert set(kept.values()) == {second}
        assert len(kept) == 2
        doers = list(db.session.scalars(select(WorkRecord.person_id)))
    assert doers == [city.people["head"]]
    assert first not in kept.values()


def test_who_put_a_point_right_does_not_judge_it(context: None, city: City, clock: FixedClock) -> None:
    number = _rectifying(city, clock)
    _set(city, number, LIST[:2], clock, by="manager")
    for point in _ids(number):
        done = PutRight(on=clock().date(), note="", photos=(photo(),))
        with city.eyes("manager") as actor, unit_of_work():
            points.put_right(hazard_by_number(number), point, done, by=actor, now=clock.advance(minutes=1))
    acts.work(city, number, clock.advance(minutes=1))
    acts.ask(city, number, Action.VERIFY, "head", clock())
    with pytest.raises(NotAllowed):
        acts.sign(city, number, "manager", now=clock.advance(minutes=1))


@pytest.mark.parametrize(
    ("texts", "sentence"),
    [
        (["只有一项"], "只有一个要点"),
        (["同一项", "同一项"], "写得一样"),
        (["长" * 301, "短"], "超过 300 个字"),
        ([f"第{n}项" for n in range(31)], "最多 30 个要点"),
    ],
)
def test_a_list_that_is_none_is_refused(
    context: None, city: City, clock: FixedClock, texts: list[str], sentence: str
) -> None:
    number = _rectifying(city, clock)
    with pytest.raises(Invalid, match=sentence):
        _set(city, number, texts, clock)
    assert _ids(number) == []


def test_what_is_put_right_stays_on_the_list(context: None, city: City, clock: FixedClock) -> None:
    number = _rectifying(city, clock)
    _set(city, number, LIST, clock)
    first, second, third = _ids(number)
    _put(city, number, first, clock)
    with pytest.raises(Invalid, match="已经整改，不能从要点中去掉"):
        _set(city, number, LIST[1:], clock)
    _set(city, number, [LIST[2], LIST[0], "清理通道"], clock)
    assert _ids(number)[:2] == [third, first]
    assert second not in _ids(number)
    assert (hazard(number).points_done, hazard(number).points_total) == (1, 3)
    with pytest.raises(NotFound):
        _put(city, number, second, clock)


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"photos": ()}, "至少要 1 张"),
        ({"on": date(2099, 1, 1)}, "不能晚于今天"),
        ({"on": date(2001, 1, 1)}, "不能早于发现日期"),
    ],
)
def test_a_point_without_proof_is_not_put_right(
    context: None, city: City, clock: FixedClock, more: dict[str, object], sentence: str
) -> None:
    number = _rectifying(city, clock)
    _set(city, number, LIST, clock)
    with pytest.raises(Invalid, match=sentence):
        _put(city, number, _ids(number)[0], clock, **more)
    assert hazard(number).points_done == 0


def test_a_point_is_taken_up_again_with_a_reason(context: None, city: City, clock: FixedClock) -> None:
    number = _rectifying(city, clock)
    _set(city, number, LIST, clock)
    first = _ids(number)[0]
    _put(city, number, first, clock)
    with city.eyes("manager") as actor, unit_of_work():
        points.take_up_again(
            hazard_by_number(number), first, reason="漏保不动作", by=actor, now=clock.advance(minutes=1)
        )
    assert hazard(number).points_done == 0
    with pytest.raises(Invalid, match="不必重新整改"), city.eyes("manager") as actor, unit_of_work():
        points.take_up_again(hazard_by_number(number), first, reason="再来", by=actor, now=clock())


def test_the_list_is_frozen_while_verification_is_signed(context: None, city: City, clock: FixedClock) -> None:
    number = _rectifying(city, clock)
    acts.work(city, number, clock.advance(minutes=1))
    acts.ask(city, number, Action.VERIFY, "head", clock())
    with pytest.raises(Invalid, match="验收正在签批"):
        _set(city, number, LIST, clock)


def test_the_pages_lead_through_the_points(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = _rectifying(page_city, clock)
    visitor = Visitor(app, "head")
    assert "整改不分项" in visitor.open(f"/hazards/{number}/points").text
    page = visitor.fill(f"/hazards/{number}/points/edit", points="\n".join(LIST))
    assert "已整改 0 / 3 项" in page.text
    with app.app_context():
        first = _ids(number)[0]
    form = visitor.open(f"/hazards/{number}/points/{first}")
    answer = visitor.send(form, note="已加装", done_on=clock().date().isoformat())
    assert answer.status == 422
    assert "至少要 1 张这一项整改后的照片" in answer.text
    assert answer.form.values["note"] == ["已加装"]
    done = visitor.follow(visitor.send(answer, photos=jpeg()))
    assert "已整改 1 / 3 项" in done.text
    detail = visitor.open(f"/hazards/{number}").text
    assert "完成一项整改要点" in detail
    clock.advance(minutes=1)
    again = visitor.fill(f"/hazards/{number}/points/{first}/again", reason="漏保不动作")
    assert "已整改 0 / 3 项" in again.text


def test_a_stranger_finds_no_points(app: Flask, page_city: City, clock: FixedClock) -> None:
    with app.app_context():
        number = _rectifying(page_city, clock)
    assert Visitor(app, "far_principal").open(f"/hazards/{number}/points").status == 404


def test_days_are_shanghai_days(context: None, city: City, clock: FixedClock) -> None:
    number = _rectifying(city, clock)
    _set(city, number, LIST, clock)
    tomorrow = clock().date() + timedelta(days=2)
    with pytest.raises(Invalid, match="不能晚于今天"):
        _put(city, number, _ids(number)[0], clock, on=tomorrow)

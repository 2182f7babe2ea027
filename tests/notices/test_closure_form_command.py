"""销号审批表 filled from the register: by the command, on the page, with every signature as it was given."""

from __future__ import annotations

import os
import stat
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select

from accounts.models import Deputation
from accounts.roles import Role
from core.db import db, unit_of_work
from core.files import file_store
from core.history import anchor
from core.refusals import NotAllowed, NotFound
from core.scope import everything
from hazards.models import Hazard
from hazards.operations import working
from hazards.operations.requests import Paper
from hazards.queries import hazard_by_number
from hazards.recording import record
from hazards.rules import EvidenceKind
from notices.closure_filling import FROM_A_FILE, closure_snapshot
from notices.closure_form import MOST_PHOTOS
from notices.fonts import install_fonts
from notices.making import snapshot_of
from notices.printing import put_in_fonts
from notices.queries import notice_by_id
from notices.snapshots import ClosureFormSnapshot
from tests.accounts.world import log_in
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import PASSWORD, City, build_city, photo, reported
from tests.notices import city as papers
from tests.notices.forms import run_on
from workflows.notices import NoticeKind
from workflows.vocabulary import Action, Channel, Grade, State, Verdict


@pytest.fixture
def city(sqlite_context: Flask, clock: FixedClock) -> City:
    """The small city."""
    return build_city(clock())


@pytest.fixture
def with_fonts(sqlite_app: Flask, font_folder: Path) -> Flask:
    """The application with fonts installed as `flask init` installs them."""
    install_fonts(sqlite_app.extensions["settings"].instance / "fonts", cache=font_folder)
    return sqlite_app


def verified(city: City, clock: FixedClock, **more: object) -> str:
    """A self-found major one, verified; the principal's application came on paper."""
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR, **more)
    acts.accept(city, number, "manager", "principal", now=clock())
    acts.plan(city, number, clock.advance(days=1))
    acts.work(city, number, clock.advance(days=1))
    acts.ask(city, number, Action.VERIFY, "head", clock())
    scan = photo("white")
    signed = Paper("主要负责人·𬭬", Role.PRINCIPAL, date(2026, 11, 18), "厂安〔2026〕7号", scan)
    acts.paper(city, number, "inspector_b", signed, clock.advance(hours=2))
    acts.sign(city, number, "inspector_a", "inspector_b", now=clock.advance(days=1), opinion="现场已整改到位。")
    return number


def close(city: City, number: str, clock: FixedClock) -> None:
    acts.ask(city, number, Action.CLOSE, "reviewer", clock())
    acts.sign(city, number, "reviewer", "approver", now=clock.advance(days=1))


def filled(number: str, now: datetime) -> ClosureFormSnapshot:
    return closure_snapshot(number, now=now, unscoped=True)


def given(snapshot: ClosureFormSnapshot) -> list[tuple[str, str, str]]:
    return [(signature.stage, signature.person, signature.role) for signature in snapshot.signatures]


# --- the snapshot ----------------------------------------------------------------------------------------------


def test_every_signature_stands_on_it_with_its_manner(city: City, clock: FixedClock) -> None:
    number = verified(city, clock)
    close(city, number, clock)
    form = filled(number, clock())
    assert given(form) == [
        ("安全管理人员受理", "安全管理人员·镕", "安全管理人员"),
        ("主要负责人受理", "主要负责人·𬭬", "主要负责人"),
        ("主要负责人签批方案", "主要负责人·𬭬", "主要负责人"),
        ("企业自验并申请", "主要负责人·𬭬", "主要负责人"),
        ("现场复查", "检查人员·䶮", "检查人员"),
        ("现场复查", "检查人员·乙", "检查人员"),
        ("销号审核", "审核人·己", "审核人"),
        ("销号批准", "分管负责人·庚", "分管负责人"),
    ]
    on_paper = form.signatures[3]
    assert on_paper.at == date(2026, 11, 18)
    assert on_paper.manner == "纸质签署·代录（代录人 检查人员·乙，2026-11-18 录入，纸质文号 厂安〔2026〕7号）"
    assert {signature.manner for signature in form.signatures if signature is not on_paper} == {"页面确认·密码复核"}
    assert form.signatures[4].opinion == "现场已整改到位。"
    assert len({signature.digest for signature in form.signatures}) == 8
    assert (form.number, form.closed_on, form.struck_off_on) == (number, date(2026, 11, 20), None)


def test_it_says_what_was_wrong_what_was_done_and_by_when(city: City, clock: FixedClock) -> None:
    number = verified(city, clock)
    with unit_of_work(), everything("tests"):
        made = anchor(at=clock(), reason="periodic")
        assert made is not None
        bound = f"第 {made.seq} 号 {made.digest}"
    form = filled(number, clock())
    assert (form.grade, form.enterprise, form.region) == ("重大", "示例綦江机械制造有限公司5号厂", "綦江区三江街道")
    assert (form.deadline_original, form.deadline_current, form.extensions) == (date(2026, 12, 15),) * 2 + (0,)
    assert form.basis == "不引条款，理由：冷却水中断可致炉内爆炸"
    assert form.measures.endswith("\n整改结果：已加装并联锁，试断水 18 秒报警断电")
    assert (form.cost, form.stopped, form.listing) == ("39.60 万元", "2、3 号炉已停用，人员已撤出", None)
    assert form.responsible_office == "綦江区应急管理局"
    assert form.verification.anchor == bound
    assert form.verification.url.endswith(f"/hazards/{number}")
    hazard = db.session.scalars(select(Hazard).where(Hazard.number == number)).first()
    assert hazard is None  # nobody looks here: the form was filled past the scope, which stays as it is


def test_until_it_is_closed_the_number_says_so(city: City, clock: FixedClock) -> None:
    number = verified(city, clock)
    assert filled(number, clock()).number == f"{number}（未销号）"
    acts.ask(city, number, Action.CLOSE, "reviewer", clock())
    acts.sign(city, number, "reviewer", now=clock())
    under_way = filled(number, clock())
    assert (under_way.number, under_way.closed_on) == (f"{number}（未销号）", None)
    assert given(under_way)[-1] == ("销号审核", "审核人·己", "审核人")  # the approver has it before the eyes


def test_before_verification_there_is_none(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock())
    with pytest.raises(NotAllowed, match=r"现在是「已上报」，由.+办理，验收后再打印"):
        filled(number, clock())
    acts.ask(city, number, Action.DISMISS, "manager", clock(), reason="不是隐患")
    acts.sign(city, number, "manager", now=clock())
    with pytest.raises(NotAllowed, match="不予认定，没有销号审批表"):
        filled(number, clock())


def test_a_deputy_and_a_stand_in_are_named_as_such(city: City, clock: FixedClock) -> None:
    with everything("tests"), unit_of_work() as session:
        until = clock() + timedelta(days=30)
        people = city.people
        session.add(
            Deputation(
                person_id=people["inspector_b"], deputy_id=people["inspector_a"], starts_at=clock(), ends_at=until
            )
        )
    shop = {"enterprise_id": city.enterprises["shop"], "responsible_unit": "门店"}
    number = reported(city, "shop_principal", clock(), **shop)
    acts.accept(city, number, "shop_principal", now=clock(), responsible_person_id=city.people["shop_principal"])
    acts.work(city, number, clock(), by="shop_principal")
    acts.ask(city, number, Action.VERIFY, "shop_principal", clock())
    acts.sign(city, number, "inspector_a", now=clock())
    form = filled(number, clock())
    assert given(form)[-1] == (
        "验收",
        "检查人员·䶮",
        "检查人员；本环节无人可签，代为签批；代理 检查人员·乙",
    )


def test_what_was_refused_or_belongs_to_an_earlier_round_is_not_on_it(city: City, clock: FixedClock) -> None:
    number = verified(city, clock)
    acts.ask(city, number, Action.CLOSE, "reviewer", clock())
    refusal = {"verdict": Verdict.REFUSED, "opinion": "照片不清", "new_deadline": date(2026, 12, 20)}
    acts.sign(city, number, "reviewer", now=clock(), **refusal)  # type: ignore[arg-type]
    acts.work(city, number, clock.advance(days=1), completed_on=date(2026, 11, 20))
    acts.ask(city, number, Action.VERIFY, "head", clock())
    acts.sign(city, number, "principal", "inspector_b", "inspector_a", now=clock.advance(hours=1), opinion="再次复查。")
    form = filled(number, clock())
    stages = [stage for stage, _, _ in given(form)]
    assert stages.count("现场复查") == 2
    assert {s.opinion for s in form.signatures if s.stage == "现场复查"} == {"再次复查。"}
    assert "销号审核" not in stages
    assert len(form.photos_after) == 1  # the one that is newer than the refusal


def test_an_imported_end_names_the_file_in_place_of_signatures(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock(), proposed_grade=Grade.MAJOR)
    with city.eyes("manager") as actor, unit_of_work():
        hazard = hazard_by_number(number)
        hazard.imported, hazard.state = True, State.CLOSED
        hazard.verified_at = hazard.closed_at = clock()
        hazard.reinspected_by, hazard.closed_by_office = "甲、乙", "区应急局"
        record(hazard, "import", by=actor.person_id, now=clock())
    form = filled(number, clock())
    assert [(s.stage, s.person, s.organisation, s.manner) for s in form.signatures] == [
        ("复查", "甲、乙", "", FROM_A_FILE),
        ("销号", "", "区应急局", FROM_A_FILE),
    ]


def test_put_right_on_the_spot_was_accepted_by_the_system(city: City, clock: FixedClock) -> None:
    number = reported(city, "leader", clock(), on_the_spot=True, photos_after=(photo("green"),), result="已清理通道")
    acts.sign(city, number, "manager", now=clock())
    form = filled(number, clock())
    assert form.signatures[0].manner == "即查即改，自动受理"
    assert given(form) == [("受理", "系统", ""), ("验收", "安全管理人员·镕", "安全管理人员")]


def test_an_enterprise_reads_a_complaint_as_a_check_and_no_name(city: City, clock: FixedClock) -> None:
    number = reported(city, "inspector_a", clock(), channel=Channel.COMPLAINT)
    acts.order(city, number, "inspector_a", "inspector_b", now=clock())
    acts.work(city, number, clock())
    acts.ask(city, number, Action.VERIFY, "manager", clock())
    acts.sign(city, number, "manager", "inspector_a", "inspector_b", now=clock())
    read = {}
    for who in ("principal", "reviewer"):
        with city.eyes(who):
            form = closure_snapshot(number, now=clock())
            read[who] = (form.channel, form.photos_before[0].taken_by, form.photos_before[0].taken_at)
    assert read["principal"] == ("督导检查发现", "监管部门", None)
    assert read["reviewer"] == ("群众举报核查", "检查人员·䶮", clock())
    made = papers.drafted(city, NoticeKind.CLOSURE_FORM, number, by="reviewer", now=clock())
    with city.eyes("reviewer"):  # whoever finishes it: from then on the enterprise reads it
        kept = snapshot_of(notice_by_id(made), now=clock())
    assert isinstance(kept, ClosureFormSnapshot)
    assert (kept.channel, kept.photos_before[0].taken_by) == ("督导检查发现", "监管部门")


def test_of_many_photos_the_first_are_printed_and_the_others_counted(city: City, clock: FixedClock) -> None:
    number = verified(city, clock)
    with city.eyes("inspector_a") as actor, unit_of_work():
        files = tuple(photo("blue") for _ in range(MOST_PHOTOS))
        working.add_evidence(hazard_by_number(number), EvidenceKind.BEFORE, files, by=actor, now=clock())
    form = filled(number, clock())
    assert [bool(one.data) for one in form.photos_before] == [True] * MOST_PHOTOS + [False]


def test_nobody_prints_what_is_not_theirs(city: City, clock: FixedClock) -> None:
    number = verified(city, clock)
    for who in ("far_inspector", "shop_principal", "worker"):
        with city.eyes(who), pytest.raises(NotFound):
            closure_snapshot(number, now=clock())
    with pytest.raises(NotFound):  # nobody looks
        closure_snapshot(number, now=clock())


# --- the command, the page, the fonts --------------------------------------------------------------------------


def notice(app: Flask, *args: object) -> Result:
    return app.test_cli_runner().invoke(args=["notice", *map(str, args)])


def test_the_command_writes_the_form(with_fonts: Flask, city: City, clock: FixedClock, tmp_path: Path) -> None:
    number = verified(city, clock, description="电炉</b>冷却水 <i>镕堃䶮𬭬")
    close(city, number, clock)
    place = tmp_path / "form.pdf"
    done = notice(with_fonts, "closure_form", "--hazard", number, "-o", place)
    assert (done.exit_code, done.output) == (0, f"已生成销号审批表：{number}，写入 {place}。\n")
    text = run_on(place.read_bytes())
    for words in (
        "重大事故隐患销号审批表",
        f"编号：{number}",
        "电炉</b>冷却水<i>镕堃䶮𬭬",
        "签批人：检查人员·䶮（检查人员）綦江区应急管理局",
        "方式：纸质签署·代录（代录人检查人员·乙",
        "2026年11月20日",
        "第1页共3页",
    ):
        assert words in text, words
    assert "未销号" not in text
    if os.name == "posix":
        assert stat.S_IMODE(place.stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (
            ("orders", "--hazard", "YH-500110-2026-000001"),
            "没有名为“orders”的文书。现有：inspection_record（现场检查记录）、",
        ),
        (("statistics", "--hazard", "YH-500110-2026-000001"), "请用：flask export statistics"),
        (("closure_form", "--hazard", "YH-500110-2026-000009"), "找不到这条隐患"),
        (("closure_form", "--hazard", "YH-500110-2026-000001"), "还没有验收，不能打印销号审批表"),
    ],
)
def test_the_command_says_in_one_sentence_why_not(
    sqlite_app: Flask, city: City, clock: FixedClock, tmp_path: Path, args: tuple[str, ...], sentence: str
) -> None:
    reported(city, "leader", clock())
    done = notice(sqlite_app, *args, "-o", tmp_path / "form.pdf")
    assert done.exit_code == 1
    assert sentence in done.output
    assert list(tmp_path.glob("*.pdf")) == []


def test_without_fonts_it_says_what_to_run(sqlite_app: Flask, city: City, clock: FixedClock, tmp_path: Path) -> None:
    done = notice(sqlite_app, "closure_form", "--hazard", verified(city, clock), "-o", tmp_path / "form.pdf")
    assert (done.exit_code, "请系统管理员运行 flask init" in done.output) == (1, True)


def test_a_photo_the_store_has_lost_stops_the_form(with_fonts: Flask, city: City, clock: FixedClock) -> None:
    number = verified(city, clock)
    for path in [path for path in file_store().folder.rglob("*") if path.is_file()]:
        path.unlink()
    with pytest.raises(NotFound, match="不在存放处"):
        filled(number, clock())


def test_the_page_shows_the_form_from_verification_on(with_fonts: Flask, clock: FixedClock) -> None:
    with with_fonts.app_context():
        city = build_city(clock())
        number, early = verified(city, clock), reported(city, "leader", clock())
    client = with_fonts.test_client()
    log_in(client, "principal", PASSWORD)
    shown = client.get(f"/hazards/{number}/closure-form.pdf")
    assert (shown.status_code, shown.mimetype) == (200, "application/pdf")
    assert shown.headers["Cache-Control"] == "private, no-store"
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert f"编号：{number}（未销号）" in run_on(shown.data)
    refused = client.get(f"/hazards/{early}/closure-form.pdf")
    assert (refused.status_code, "验收后再打印" in refused.text) == (403, True)
    stranger = with_fonts.test_client()
    log_in(stranger, "far_inspector", PASSWORD)
    assert stranger.get(f"/hazards/{number}/closure-form.pdf").status_code == 404


def test_init_puts_the_fonts_in_once(sqlite_context: Flask, clock: FixedClock, font_folder: Path) -> None:
    assert put_in_fonts in sqlite_context.extensions["on_init"]
    sqlite_context.config["FONT_CACHE"] = font_folder
    assert put_in_fonts(clock()) == ""  # linked from the cache, so that nothing was made
    folder = sqlite_context.extensions["settings"].instance / "fonts"
    assert {"NotoSerifSC-Regular.ttf", "NotoSansSC-Regular.ttf"} <= {path.name for path in folder.iterdir()}
    (folder / "office" / "坏.ttf").write_bytes(b"no font")
    assert put_in_fonts(clock()) == ""
    (folder / "office" / "坏.otf").write_bytes(b"OTTO no font")
    assert "字体 converted/坏.ttf 不能用，已跳过" in put_in_fonts(clock())

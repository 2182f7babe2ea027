"""Exchange files from the register: which hazards as they stood when, in whose eyes, and as JSON, CSV and archive."""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.models import Enterprise
from core.db import db, unit_of_work
from core.files import file_store
from core.models import Event
from core.refusals import TooLarge
from core.scope import everything
from hazards.models import Evidence
from hazards.queries import hazard_by_number
from inspections.models import Finding, RiskControl, RiskPoint
from inspections.rules import ControlKind, PointKind, RiskGrade
from reports.exchange import files
from reports.exchange.formats import CHEMICAL, FORMATS, PROVINCE, Fitter, HazardFacts
from reports.exchange.reading import facts_of
from reports.rules import month_of
from reports.standing import LedgerScope
from tests.accounts.world import log_in, post
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import PASSWORD, City, photo, reported
from workflows.vocabulary import Action, Category, Channel, Grade

OCTOBER = month_of(date(2026, 10, 1))
OCTOBER_12 = datetime(2026, 10, 12, 2, tzinfo=UTC)
NOVEMBER_3 = datetime(2026, 11, 3, 2, tzinfo=UTC)
PLANT = "91350100M000100Y43"


def major(city: City, now: datetime, by: str = "leader", **more: Any) -> str:
    return reported(city, by, now, proposed_grade=Grade.MAJOR, **more)


def accepted(city: City, now: datetime) -> str:
    number = major(city, now)
    acts.accept(city, number, "manager", "principal", now=now, deadline="2026-10-30")
    return number


def verified(city: City, number: str, now: datetime) -> None:
    acts.plan(city, number, now)
    acts.work(city, number, now, completed_on=date(2026, 10, 12))
    acts.ask(city, number, Action.VERIFY, "head", now)
    acts.sign(city, number, "principal", "inspector_a", "inspector_b", now=now, opinion="三项均合格")


def facts(code: str, *, for_enterprise: bool = False, **scope: Any) -> dict[str, HazardFacts]:
    found = facts_of(FORMATS[code], OCTOBER, LedgerScope(**scope), for_enterprise=for_enterprise)
    return {one.number: one for one in found}


def records(code: str, **scope: Any) -> dict[str, dict[str, Any]]:
    with everything("tests"):
        return {number: Fitter(FORMATS[code]).record(one)[0] for number, one in facts(code, **scope).items()}


# --- which hazards, as they stood when -------------------------------------------------------------------------


def test_a_past_months_records_are_the_same_whenever_they_are_read(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    number = accepted(city, clock())
    before = {code: records(code) for code in FORMATS}
    assert before["province"][number]["RECTIFICATION_LIMIT_DATE"] == "20261030"
    clock.set(NOVEMBER_3)
    verified(city, number, clock())
    major(city, clock())
    assert {code: records(code) for code in FORMATS} == before
    assert before["chemical"][number]["dangerState"] == "0"
    assert (len(before["chemical"][number]["dangerImg"]), before["chemical"][number]["dangerAcceptImg"]) == (1, [])


def test_the_province_takes_majors_only_the_platform_every_one(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    heavy, light = major(city, clock()), reported(city, "leader", clock())
    assert set(records("province")) == {heavy}
    assert set(records("chemical")) == {heavy, light}


def test_a_verified_one_names_its_verifier_opinion_and_pictures(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    number = accepted(city, clock())
    verified(city, number, clock())
    record = records("chemical")[number]
    assert record["checkAcceptPerson"] == "检查人员·乙"
    assert (record["checkAcceptTime"], record["checkAcceptComment"]) == ("2026-10-12 10:00:00", "三项均合格")
    (before,), (after,) = record["dangerImg"], record["dangerAcceptImg"]
    digest = {colour: hashlib.sha256(photo(colour).view or b"").hexdigest() for colour in ("grey", "green")}
    assert (before, after) == (f"before/{digest['grey']}.jpg", f"after/{digest['green']}.jpg")
    checked = records("province")[number]
    assert (checked["CHECK_DATE"], checked["CHECK_ORG"]) == ("20261012", "綦江区应急管理局")
    assert checked["CHECK_SITUATION"] == "三项均合格"


def test_one_whose_verification_is_asked_for_waits_for_it(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    number = accepted(city, clock())
    acts.plan(city, number, clock())
    acts.work(city, number, clock(), completed_on=date(2026, 10, 12))
    assert records("chemical")[number]["dangerState"] == "0"
    acts.ask(city, number, Action.VERIFY, "head", clock())
    assert records("chemical")[number]["dangerState"] == "1"
    clock.set(NOVEMBER_3)
    acts.sign(city, number, "principal", "inspector_a", "inspector_b", now=clock())
    assert records("chemical")[number]["dangerState"] == "1"  # decided after the month


def test_where_it_is_comes_from_the_photo_else_from_the_enterprise(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    with_spot, without = major(city, clock()), major(city, clock())
    with everything("tests"), unit_of_work() as session:
        spot = session.scalars(select(Evidence).where(Evidence.hazard_id == hazard_by_number(with_spot).id)).one()
        spot.longitude, spot.latitude = 106.6512, 28.9731
        plant = session.get_one(Enterprise, city.enterprises["plant"])
        plant.longitude, plant.latitude = 106.65, 29.0
    found = records("province")
    assert (found[with_spot]["LONGITUDE"], found[with_spot]["LATITUDE"]) == ("106.6512", "28.9731")
    assert (found[without]["LONGITUDE"], found[without]["LATITUDE"]) == ("106.65", "29.0")


def test_a_finding_tells_that_a_control_measure_had_failed(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    failed, seen = reported(city, "leader", clock()), reported(city, "leader", clock())
    with everything("tests"), unit_of_work() as session:
        point = RiskPoint(
            enterprise_id=city.enterprises["plant"],
            code="R-1",
            token="t" * 22,
            name="电炉",
            kind=PointKind.EQUIPMENT,
            grade=RiskGrade.RED,
            created_at=clock(),
        )
        session.add(point)
        session.flush()
        control = RiskControl(risk_point_id=point.id, position=1, kind=ControlKind.ENGINEERING, text="报警装置")
        session.add(control)
        session.flush()
        session.add(Finding(hazard_id=hazard_by_number(failed).id, risk_point_id=point.id, control_id=control.id))
        session.add(Finding(hazard_id=hazard_by_number(seen).id, risk_point_id=point.id))
    found = records("chemical")
    assert (found[failed]["dangerSrc"], found[seen]["dangerSrc"]) == ("9", "1")


# --- whose eyes ------------------------------------------------------------------------------------------------


def test_nobody_reads_a_record_out_of_scope(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    plant = major(city, clock())
    shop = major(city, clock(), "shop_principal", enterprise_id=city.enterprises["shop"], responsible_unit="门店")
    found = {}
    for who in ("principal", "shop_principal", "inspector_a", "far_inspector", "worker"):
        with city.eyes(who):
            found[who] = set(facts("province"))
    assert found == {
        "principal": {plant},
        "shop_principal": {shop},
        "inspector_a": {plant, shop},
        "far_inspector": set(),
        "worker": set(),
    }
    assert facts("province") == {}  # nobody looks


def test_an_enterprise_reads_a_complaints_hazard_as_a_check(city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    number = major(city, clock(), "inspector_a", channel=Channel.COMPLAINT)
    with city.eyes("principal"):
        _, remarks = Fitter(CHEMICAL).record(facts("chemical", for_enterprise=True)[number])
    assert "督导检查发现" in [remark.said for remark in remarks]
    assert "群众举报核查" not in [remark.said for remark in remarks]


# --- files -----------------------------------------------------------------------------------------------------

NAMES = "镕堃䶮𬭬"


def export(app: Flask, *args: object) -> Result:
    return app.test_cli_runner().invoke(args=["export", *map(str, args)])


@pytest.fixture
def exported(sqlite_app: Flask, sqlite_city: City, clock: FixedClock) -> Flask:
    """A register with two majors of October, one hostile, and one that was not recognised."""
    clock.set(OCTOBER_12)
    verified_one = accepted(sqlite_city, clock())
    verified(sqlite_city, verified_one, clock())
    major(sqlite_city, clock(), description=f"=cmd|' /C calc'!A0 {NAMES}", category=Category.MANAGEMENT)
    dismissed = major(sqlite_city, clock())
    acts.ask(sqlite_city, dismissed, Action.DISMISS, "inspector_a", clock(), reason="不是隐患")
    acts.sign(sqlite_city, dismissed, "inspector_a", "reviewer", "approver", now=clock())
    clock.set(NOVEMBER_3)
    return sqlite_app


def table(path: Path, encoding: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(encoding), newline="")))


def test_the_command_writes_the_same_records_in_each_form(exported: Flask, tmp_path: Path) -> None:
    said = set()
    for name, more in (("p.json", ()), ("p.csv", ()), ("g.csv", ("--encoding", "gb18030"))):
        done = export(exported, "province", "--month", "2026-10", "-o", tmp_path / name, *more)
        assert done.exit_code == 0, done.output
        assert f"已导出2026年10月省级平台交换数据：2 条，写入 {tmp_path / name}" in done.output
        said.add(done.output.split("：")[-1].strip())
    assert len(said) == 1
    rows = json.loads((tmp_path / "p.json").read_bytes())
    assert [list(row) for row in rows] == [list(PROVINCE.names)] * 2
    assert rows[1]["HIDDEN_DANGER_DESCRIPTION"] == f"=cmd|' /C calc'!A0 {NAMES}"
    assert (tmp_path / "p.csv").read_bytes().startswith(b"\xef\xbb\xbfCO_NAME,")
    utf8, gb = table(tmp_path / "p.csv", "utf-8-sig"), table(tmp_path / "g.csv", "gb18030")
    assert utf8 == gb
    assert utf8[1].pop("HIDDEN_DANGER_DESCRIPTION") == f"'=cmd|' /C calc'!A0 {NAMES}"
    assert utf8[1] == {name: value for name, value in rows[1].items() if name != "HIDDEN_DANGER_DESCRIPTION"}


def test_every_remark_stands_in_its_own_file_beside(exported: Flask, tmp_path: Path) -> None:
    done = export(exported, "chemical", "--month", "2026-10", "--enterprise", PLANT, "-o", tmp_path / "c.json")
    assert f"不列入 1 条，写入 {tmp_path / 'c.remarks.csv'}" in done.output
    rows = table(tmp_path / "c.remarks.csv", "utf-8-sig")
    said = {(row["字段"], row["说明"], row["登记原文"]) for row in rows}
    assert ("hazardDangerType", "代码表没有对应项，填“其他”", "管理缺陷") in said
    assert ("", "不予认定，不列入；以前交换过的，请在接收方删除", "不是隐患") in said
    guarded = [row for row in rows if row["字段"] == "dangerDesc"]
    assert [row["登记原文"] for row in guarded] == [f"'=cmd|' /C calc'!A0 {NAMES}"]
    assert f"说明 {len(rows)} 条" in done.output


def test_the_archive_holds_the_pictures_under_the_names_of_the_records(exported: Flask, tmp_path: Path) -> None:
    done = export(exported, "chemical", "--month", "2026-10", "--enterprise", PLANT, "-o", tmp_path / "c.zip")
    assert done.exit_code == 0, done.output
    with zipfile.ZipFile(tmp_path / "c.zip") as archive:
        assert archive.testzip() is None
        rows = json.loads(archive.read("hazards.json"))
        named = {name for row in rows for name in (*row["dangerImg"], *row["dangerAcceptImg"])}
        assert set(archive.namelist()) == {"hazards.json", "remarks.csv"} | named
        assert {name.partition("/")[0] for name in named} == {"before", "after"}
        for name in named:
            assert hashlib.sha256(archive.read(name)).hexdigest() in name
    again = tmp_path / "again.zip"
    export(exported, "chemical", "--month", "2026-10", "--enterprise", PLANT, "-o", again)
    assert again.read_bytes() == (tmp_path / "c.zip").read_bytes()


def test_a_picture_the_store_has_lost_is_remarked(exported: Flask, tmp_path: Path) -> None:
    store = file_store()
    lost = hashlib.sha256(photo("green").view or b"").hexdigest()
    store.path(lost).unlink()
    export(exported, "chemical", "--month", "2026-10", "--enterprise", PLANT, "-o", tmp_path / "c.zip")
    with zipfile.ZipFile(tmp_path / "c.zip") as archive:
        assert f"after/{lost}.jpg" not in archive.namelist()
        assert f"照片在文件存放处缺失，没有放进压缩包。请联系系统管理员从备份恢复,after/{lost}.jpg" in archive.read(
            "remarks.csv"
        ).decode("utf-8-sig")


@pytest.mark.parametrize(("bound", "sentence"), [("MOST_PICTURES", "照片超过"), ("MOST_BYTES", "照片合计超过")])
def test_more_pictures_than_an_archive_holds_are_refused(
    exported: Flask, monkeypatch: pytest.MonkeyPatch, bound: str, sentence: str
) -> None:
    monkeypatch.setattr(files, bound, 1)
    every = facts_of(CHEMICAL, OCTOBER, LedgerScope(), for_enterprise=False)
    with everything("tests"), pytest.raises(TooLarge, match=sentence):
        files.write_archive(every, Fitter(CHEMICAL), io.BytesIO())


@pytest.mark.parametrize(
    ("args", "sentence"),
    [
        (("province", "--month", "2026-10", "-o", "p.xlsx"), "扩展名要是 .json 或 .csv"),
        (("province", "--month", "2026-10", "-o", "p.zip"), "扩展名要是 .json 或 .csv"),
        (("chemical", "--month", "2026-10", "--enterprise", PLANT, "-o", "p.xlsx"), ".json、.csv 或 .zip"),
        (("chemical", "--month", "2026-10", "-o", "p.json"), "请用 --enterprise 写明信用代码"),
        (("province", "--month", "2026-12", "-o", "p.json"), "还没有开始"),
    ],
)
def test_the_command_says_in_one_sentence_what_is_wrong(
    exported: Flask, tmp_path: Path, args: tuple[str, ...], sentence: str
) -> None:
    done = export(exported, *args[:-1], tmp_path / args[-1])
    assert (done.exit_code, sentence in done.output) == (1, True)
    assert list(tmp_path.glob("p.*")) == []


# --- the page --------------------------------------------------------------------------------------------------


def page(app: Flask, who: str, url: str) -> TestResponse:
    client = app.test_client()
    log_in(client, who, PASSWORD)
    return client.get(url)


def test_a_regulator_takes_the_provinces_file_out_and_that_is_noted(
    app: Flask, page_city: City, clock: FixedClock
) -> None:
    clock.set(OCTOBER_12)
    with app.app_context():
        number = accepted(page_city, clock())
        major(page_city, clock(), description="述" * 1001)
    clock.set(NOVEMBER_3)
    client = app.test_client()
    log_in(client, "reviewer", PASSWORD)
    shown = client.get("/reports/exchange?wide=2").text
    assert "2026年10月省级平台交换数据" in shown
    assert "共 <b>2</b> 条记录：已上报 1 条、整改中 1 条。" in shown
    assert "超过 2000 个字符（汉字按 2 个计），截断并以“…”结尾" in shown
    data = {"period": "2026-10", "wide": "2"}
    taken = post(client, "/reports/exchange/province/json", data, at="/reports/exchange")
    assert taken.headers["Cache-Control"] == "private, no-store"
    assert quote("綦江区2026年10月省级平台交换数据.json") in taken.headers["Content-Disposition"]
    rows = json.loads(taken.data)
    assert rows[0]["OUTID"] == number
    said = post(client, "/reports/exchange/province/remarks", data, at="/reports/exchange")
    assert "HIDDEN_DANGER_DESCRIPTION" in said.data.decode("utf-8-sig")
    with app.app_context():
        wanted = select(Event).where(Event.kind == "ledger_exported").order_by(Event.id)
        events = db.session.scalars(wanted).all()
        assert [event.content["form"] for event in events] == ["json", "remarks"]
        assert {key: events[0].content[key] for key in ("ledger", "period", "records", "remarks")} == {
            "ledger": "province",
            "period": "2026-10",
            "records": 2,
            "remarks": 1,
        }
        assert events[0].content["digest"] == events[1].content["digest"]


def test_an_enterprise_hands_in_its_own_whatever_it_asks_for(app: Flask, page_city: City, clock: FixedClock) -> None:
    clock.set(OCTOBER_12)
    with app.app_context():
        reported(page_city, "leader", clock(), description="本厂的")
        shop = page_city.enterprises["shop"]
        reported(page_city, "shop_principal", clock(), enterprise_id=shop, description="别家的", responsible_unit="店")
    clock.set(NOVEMBER_3)
    client = app.test_client()
    log_in(client, "manager", PASSWORD)
    data = {"period": "2026-10", "enterprise": "91110000101623741K", "region": "500000"}
    taken = post(client, "/reports/exchange/chemical/csv", data, at="/reports/exchange").data.decode("utf-8-sig")
    assert ("本厂的" in taken, "别家的" in taken) == (True, False)
    assert "双重预防隐患数据" in client.get("/reports/exchange?format=province").text  # the only one it hands in
    assert post(client, "/reports/exchange/province/json", data, at="/reports/exchange").status_code == 403
    assert post(client, "/reports/exchange/chemical/zip", data, at="/reports/exchange").data.startswith(b"PK")


def test_what_the_page_cannot_show_it_says(app: Flask, page_city: City) -> None:
    client = app.test_client()
    log_in(client, "inspector_a", PASSWORD)
    assert "先填企业的统一社会信用代码" in client.get("/reports/exchange?format=chemical").text
    foreign = client.get("/reports/exchange?region=500101")
    assert (foreign.status_code, "万州区不在您的管辖范围内" in foreign.text) == (422, True)
    assert "统计期要写成" in client.get("/reports/exchange?period=<b>").text
    for wrong in (
        "/reports/exchange/statistics/json",
        "/reports/exchange/province/zip",
        "/reports/exchange/province/x",
    ):
        assert post(client, wrong, {"period": "2026-10"}, at="/reports/exchange").status_code == 404
    late = post(client, "/reports/exchange/province/json", {"period": "2027-01"}, at="/reports/exchange")
    assert late.status_code == 422


@pytest.mark.parametrize("who", ["worker", "leader", "head"])
def test_who_sees_a_part_of_an_enterprise_takes_out_no_file(app: Flask, page_city: City, who: str) -> None:
    assert page(app, who, "/reports/exchange").status_code == 403

"""What a person decides on before rows come in: unknown names, split rows, only the rows without remarks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from accounts.models import Enterprise, OrgUnit
from core.db import db, unit_of_work
from core.refusals import Invalid
from core.scope import everything
from hazards.ledger.corrections import Corrections
from hazards.models import Criterion
from hazards.operations.importing import Decisions, ImportReport, Options, Unknown, check_ledger
from hazards.operations.importing.choices import name_key
from tests.clocks import FixedClock
from tests.hazards.city import City
from tests.hazards.imports import PLANT, TOLD, hazards, ledger, one_row, reasons, take
from workflows.vocabulary import Grade

PLAIN = Options()


def check(
    data: bytes,
    clock: FixedClock,
    options: Options = PLAIN,
    *,
    city: City | None = None,
    by: str = "",
) -> ImportReport:
    actor = city.actor(by) if city is not None and by else None
    return check_ledger(data, "台账.xlsx", options, by=actor, now=clock()).report


def decided(**more: Any) -> Options:
    return Options(decisions=Decisions(**more))


def test_decisions_are_kept_as_json() -> None:
    decisions = Decisions(True, {"a": "new"}, {"b": "7"}, {"c": "500110"})
    assert Decisions.from_json(decisions.as_json()) == decisions
    assert Decisions.from_json({"confirmed": "yes", "enterprises": {"a": 1}, "units": []}) == Decisions()


def test_an_unknown_enterprise_is_not_taken_before_it_is_decided_on(city: City, clock: FixedClock) -> None:
    data = one_row(企业名称="重庆示例綦江机械制造5号厂", 统一社会信用代码="")
    asked = check(data, clock)
    plant = str(city.enterprises["plant"])
    key = name_key("enterprise", "重庆示例綦江机械制造5号厂", "500110")
    similar = ((plant, "示例綦江机械制造有限公司5号厂"),)
    assert asked.unknown == (Unknown("enterprise", key, "重庆示例綦江机械制造5号厂", 1, 3, similar),)
    assert [one.reason for one in asked.skipped] == [
        "“重庆示例綦江机械制造5号厂”还没有登记：请先确认是新企业还是已登记的哪一家"
    ]
    assert take(data, clock(), Options()).created == 0
    skipped = take(data, clock(), decided(enterprises={key: "skip"}))
    assert [one.reason for one in skipped.skipped] == ["按您的选择不导入“重庆示例綦江机械制造5号厂”的隐患"]
    meant = take(data, clock(), decided(enterprises={key: plant}))
    assert (meant.created, meant.new_enterprises, hazards()[-1].enterprise_id) == (1, 0, int(plant))
    assert take(data, clock(), decided(enterprises={key: plant})).merged == 1
    made = take(data, clock(), decided(enterprises={key: "new"}))
    assert (made.created, made.new_enterprises) == (1, 1)
    assert not [reason for reason in reasons(made, 3) if reason.startswith("新建企业")]


def test_a_chosen_enterprise_that_is_not_there_takes_nothing(city: City, clock: FixedClock) -> None:
    key = name_key("enterprise", "新厂", "500110")
    data = one_row(企业名称="新厂", 统一社会信用代码="")
    report = take(data, clock(), decided(enterprises={key: "999999"}))
    assert [one.reason for one in report.skipped] == ["给“新厂”选的企业没有登记，请重新选择"]


def test_all_rows_of_an_unknown_enterprise_are_counted_with_it(city: City, clock: FixedClock) -> None:
    row = ["新厂", "", "綦江区", "积水", "一般", "2026-11-02", "整改中", "检查"]
    data = ledger(row, [*row[:3], "漏电", *row[4:]])
    (unknown,) = check(data, clock).unknown
    assert (unknown.rows, unknown.first_row) == (2, 3)
    (unknown,) = check(data, clock, decided(enterprises={unknown.key: "new"})).unknown
    assert (unknown.rows, unknown.first_row) == (2, 3)


def test_a_name_that_begins_alike_is_proposed_too(city: City, clock: FixedClock) -> None:
    (unknown,) = check(one_row(企业名称="示例綦江机械制造有限公司6号厂", 统一社会信用代码=""), clock).unknown
    assert [name for _, name in unknown.similar] == ["示例綦江机械制造有限公司5号厂"]


def test_an_unknown_region_is_led_to_one_that_is_known(city: City, clock: FixedClock) -> None:
    data = one_row(企业名称="新厂", 统一社会信用代码="", 区县="綦江新区")
    (unknown,) = check(data, clock).unknown
    assert (unknown.kind, unknown.name, unknown.key) == ("region", "綦江新区", name_key("region", "綦江新区"))
    assert ("500110", "綦江区") in unknown.similar
    told = Decisions(confirmed=True, regions={unknown.key: "500110"})
    assert take(data, clock(), Options(decisions=told)).created == 1
    assert hazards()[-1].region_code == "500110"
    for nonsense in ("999999", "skip", ""):
        told = Decisions(confirmed=True, regions={unknown.key: nonsense})
        other = one_row(企业名称="又一厂", 统一社会信用代码="", 区县="綦江新区")
        assert take(other, clock(), Options(decisions=told)).created == 0


def team_row(team: str, text: str = "积水") -> bytes:
    header = ["排查日期", "排查部门/班组", "隐患部位", "隐患描述", "隐患等级", "整改时限"]
    row = ["2026-11-02", team, "炉前", text, "一般", "2026-11-20"]
    return ledger(row, header=header, title="隐患排查治理台账")


def test_units_are_known_by_name_else_decided_on(city: City, clock: FixedClock) -> None:
    assert take(team_row("熔炼车间"), clock(), Options(enterprise=PLANT)).created == 1
    assert hazards()[-1].unit_id == city.units["smelting"]
    with everything("tests"):
        units = {unit.name: unit.id for unit in db.session.scalars(select(OrgUnit))}
    asked = check(team_row("熔炼二班", "漏电"), clock, Options(enterprise=PLANT))
    (unknown,) = asked.unknown
    assert (unknown.kind, unknown.name, asked.created) == ("unit", "熔炼二班", 0)
    assert str(city.units["smelting"]) in [unit_id for unit_id, _ in unknown.similar]
    for decision, unit_id in (("none", None), (str(city.units["smelting"]), city.units["smelting"])):
        told = Options(enterprise=PLANT, decisions=Decisions(units={unknown.key: decision}))
        assert take(team_row("熔炼二班", f"漏电{decision}"), clock(), told).created == 1
        assert hazards()[-1].unit_id == unit_id
    assert "熔炼二班" in hazards()[-2].import_note
    made = take(team_row("熔炼二班", "漏油"), clock(), replace(TOLD, enterprise=PLANT))
    assert "新建部门、班组：登记里没有" in reasons(made, 3)
    with everything("tests"):
        added = {unit.name for unit in db.session.scalars(select(OrgUnit))} - set(units)
    assert added == {"熔炼二班"}
    assert take(team_row("熔炼二班", "漏气"), clock(), Options(enterprise=PLANT)).created == 1


def test_only_rows_without_remarks_are_taken_where_that_is_chosen(city: City, clock: FixedClock) -> None:
    clean = ["示例綦江机械制造有限公司5号厂", PLANT, "綦江区", "积水", "一般", "2026-11-02", "整改中", "检查"]
    doubtful = [*clean[:3], "漏电", "一般", "去年", "整改中", "检查"]
    data = ledger(clean, doubtful)
    everything_ = check(data, clock, TOLD)
    assert (everything_.created, everything_.clean) == (2, 1)
    report = take(data, clock(), replace(TOLD, only_clean=True))
    assert (report.created, report.clean) == (1, 1)
    assert [(one.row, one.reason) for one in report.skipped] == [(4, "有备注，按您的选择没有导入")]
    assert [one.description for one in hazards()] == ["积水"]
    assert reasons(report, 4) == reasons(everything_, 4)


def test_a_row_of_several_hazards_is_split_and_counts_once(city: City, clock: FixedClock) -> None:
    data = one_row(隐患描述="1.安全出口锁闭；2.配电箱未上锁；3.灭火器失效")
    whole = check(data, clock, TOLD)
    assert (whole.rows, whole.hazards) == (1, 1)
    told = replace(TOLD, corrections=Corrections(split=None))
    report = take(data, clock(), told)
    assert (report.rows, report.created, report.hazards) == (1, 1, 3)
    assert [(one.row, one.part, one.outcome) for one in report.outcomes] == [(3, n, "created") for n in (1, 2, 3)]
    assert [one.import_part for one in hazards()] == [1, 2, 3]
    again = take(data, clock(), told)
    assert (again.rows, again.merged, len(hazards())) == (1, 1, 3)
    unsplit = take(data, clock())
    assert (unsplit.merged, len(hazards())) == (1, 3)


def test_a_row_that_came_in_whole_is_known_when_it_is_split(city: City, clock: FixedClock) -> None:
    data = one_row(隐患描述="1.安全出口锁闭；2.配电箱未上锁")
    take(data, clock())
    split = take(data, clock(), replace(TOLD, corrections=Corrections(split=None)))
    assert (split.merged, split.created, len(hazards())) == (1, 0, 1)


@pytest.fixture
def clauses(city: City) -> dict[str, int]:
    """One clause in two editions, and one of two industries."""
    rows = {
        "old": ("示例判定标准", "旧令", "工贸-通则", "第三条第（二）项", None, date(2024, 1, 1)),
        "new": ("示例判定标准", "新令", "工贸-通则", "第三条第（二）项", date(2024, 1, 2), None),
        "metal": ("示例分行业标准", "部令", "工贸-冶金", "第四条第（一）项", None, None),
        "machine": ("示例分行业标准", "部令", "工贸-机械", "第四条第（一）项", None, None),
    }
    with unit_of_work() as session:
        made = {
            name: Criterion(
                standard=row[0],
                document_no=row[1],
                industry=row[2],
                clause=row[3],
                text="某项",
                effective_from=row[4],
                effective_to=row[5],
            )
            for name, row in rows.items()
        }
        session.add_all(made.values())
        session.flush()
        return {name: one.id for name, one in made.items()}


@pytest.mark.parametrize(
    ("basis", "industry", "found_on", "candidate", "remark"),
    [
        ("《示例判定标准》第三条第（二）项", "", "2026-11-02", "new", ""),
        ("《示例判定标准》第3条第2项", "", "2023-11-02", "old", ""),
        ("《示例分行业标准》第四条第(一)项", "工贸-机械", "2026-11-02", "machine", ""),
        ("《示例判定标准》第九条第（九）项", "", "2026-11-02", None, "判定标准里没有找到"),
        ("《示例分行业标准》第四条第一项", "商贸", "2026-11-02", "metal", "可对应 2 条判定条款"),
    ],
)
def test_a_clause_named_in_the_basis_is_a_candidate_until_somebody_confirms_it(
    city: City,
    clock: FixedClock,
    clauses: dict[str, int],
    basis: str,
    industry: str,
    found_on: str,
    candidate: str | None,
    remark: str,
) -> None:
    report = take(one_row(隐患等级="重大", 判定依据=basis, 行业领域=industry, 发现时间=found_on), clock())
    found = hazards()[-1]
    assert found.criterion_candidate_id == (clauses[candidate] if candidate else None)
    assert (found.grade, found.basis_unconfirmed, found.criterion_clause) == (Grade.MAJOR, True, "")
    said = [one.reason for one in report.remarks if one.column == "判定依据"]
    assert [reason.startswith(remark) for reason in said] == ([True] if remark else [])
    if not remark:
        assert "待确认" in report.outcomes[0].reason


def test_similar_names_are_found_by_an_index(city: City, clock: FixedClock, context: Flask) -> None:
    with everything("tests"):
        plant = db.session.scalars(select(Enterprise).where(Enterprise.uscc == PLANT)).one()
    assert plant.name_core == "示例綦江机械制造5号厂"


def test_what_lies_outside_is_neither_asked_about_nor_called_by_its_registered_name(
    city: City, clock: FixedClock
) -> None:
    with everything("tests"):
        far = db.session.get_one(Enterprise, city.enterprises["far"])
        name, code, region = far.name, far.uscc, far.region.name
    assert code
    rows = ledger(
        ["某厂", code, "", "积水", "一般", "2026-11-02", "整改中", "检查"],
        ["某厂乙", code, region, "积水", "一般", "2026-11-02", "整改中", "检查"],
        [f"{name[:-2]}九厂", "", region, "积水", "一般", "2026-11-02", "整改中", "检查"],
    )
    report = check(rows, clock, city=city, by="inspector_a")
    assert (report.created, report.merged, report.unknown) == (0, 0, ())
    assert [one.reason for one in report.skipped] == [
        f"“{words}”不在检查人员·䶮的管辖范围内" for words in ("某厂", "某厂乙", f"{name[:-2]}九厂")
    ]
    told = [text for one in report.remarks for text in (one.reason, one.text)]
    assert not [text for text in told if name in text]


def test_another_region_is_not_told_with_the_file(city: City, clock: FixedClock) -> None:
    with everything("tests"):
        outside = db.session.get_one(Enterprise, city.enterprises["far"]).region_code
    with pytest.raises(Invalid, match="不在您的管辖范围内"):
        take(one_row(), clock(), Options(region=outside), city=city, by="inspector_a")
    assert hazards() == []


def test_a_chosen_enterprise_elsewhere_takes_nothing(city: City, clock: FixedClock) -> None:
    key = name_key("enterprise", "新厂", "500110")
    data = one_row(企业名称="新厂", 统一社会信用代码="")
    elsewhere = decided(enterprises={key: str(city.enterprises["far"])})
    report = take(data, clock(), elsewhere, city=city, by="inspector_a")
    assert [one.reason for one in report.skipped] == ["“新厂”不在检查人员·䶮的管辖范围内"]

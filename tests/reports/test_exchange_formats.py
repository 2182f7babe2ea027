"""The exchange formats as tables: every field by hand, lists of codes there and back, lengths, what is remarked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from reports.exchange.formats import CHEMICAL, PROVINCE, ExchangeFormat, Fitter, HazardFacts, Picture, Remark, Wide
from reports.exchange.formats.chemical import LEVELS, MANAGE_TYPES, SOURCES, STATES, TYPES
from reports.exchange.formats.fitting import cut, left_out, width_of
from workflows.vocabulary import Category, Grade, Tier

# (name, kind, length) as domain.md §9 and the interfaces have them, written by hand
PROVINCE_FIELDS: tuple[tuple[str, str, int | None], ...] = (
    ("CO_NAME", "text", None),
    ("HIDDEN_DANGER_INFO_SOURCES", "text", None),
    ("HIDDEN_DANGER_CATEGORY", "text", None),
    ("INVESTIGATION_DATE", "day", None),
    ("HIDDEN_DANGER_PLACE", "text", 300),
    ("HIDDEN_DANGER_DESCRIPTION", "text", 2000),
    ("RESPONSIBLE_ORG", "text", None),
    ("RESPONSIBLE_RESPONSIBLE", "text", 50),
    ("RECTIFICATION_LIMIT_DATE", "day", None),
    ("RECTIFICATION_TYPE", "text", None),
    ("RECTIFICATION_SITUATION", "text", None),
    ("RECTIFICATION_MEASURES", "text", 2000),
    ("CHECK_DATE", "day", None),
    ("CHECK_ORG", "text", 100),
    ("CHECK_SITUATION", "text", 2000),
    ("LISTED_SUPERVISORY_SITUATION", "flag", None),
    ("LISTED_SUPERVISORY_DATE", "day", None),
    ("LISTED_SUPERVISORY_LEVEL", "text", None),
    ("LISTED_SUPERVISORY_ORG", "text", 100),
    ("LISTED_SUPERVISORY_NUMBER", "text", 100),
    ("IMPROVEMENT_TARGET_SITU", "flag", None),
    ("IMPROVEMENT_DATE", "day", None),
    ("IMPROVEMENT_RES_SITU", "flag", None),
    ("IMPROVEMENT_RESP_DATE", "day", None),
    ("CONTROL_MEASURES_SITU", "flag", None),
    ("CONTROL_MEASURES_DATE", "day", None),
    ("RECTIFICATION_MONEY_SITU", "flag", None),
    ("RECTIFICATION_MONEY_DATE", "day", None),
    ("RECTIFICATION_TIME_SITU", "flag", None),
    ("RECTIFICATION_TIME_DATE", "day", None),
    ("CONTINGENCY_PLAN_SITU", "flag", None),
    ("CONTINGENCY_PLAN_DATE", "day", None),
    ("CONTROL_PLAN_SITU", "flag", None),
    ("CONTROL_PLAN_DATE", "day", None),
    ("RECTIFICATION_MONEY", "money_wan", None),
    ("RECTIFICATION_FINISH_TIME", "day", None),
    ("CANCEL_DATE", "day", None),
    ("CONFIRM_TIME", "day", None),
    ("INSPECTOR", "text", None),
    ("OUTID", "text", None),
    ("LONGITUDE", "number", None),
    ("LATITUDE", "number", None),
    ("REPAIR_UNIT", "text", None),
)
CHEMICAL_FIELDS: tuple[tuple[str, str, int | None], ...] = (
    ("id", "text", 36),
    ("dangerName", "text", 300),
    ("dangerLevel", "code", None),
    ("registTime", "moment", None),
    ("registrant", "text", 100),
    ("dangerSrc", "code", None),
    ("dangerManageType", "code", None),
    ("hazardDangerType", "code", None),
    ("dangerDesc", "text", None),
    ("dangerReason", "text", None),
    ("controlMeasures", "text", 1000),
    ("cost", "money_wan", None),
    ("liablePerson", "text", 100),
    ("dangerManageDeadline", "moment", None),
    ("checkAcceptPerson", "text", 50),
    ("checkAcceptTime", "moment", None),
    ("checkAcceptComment", "text", 1000),
    ("dangerState", "code", None),
    ("dangerImg", "pictures", None),
    ("dangerAcceptImg", "pictures", None),
)


@pytest.mark.parametrize(("form", "fields"), [(PROVINCE, PROVINCE_FIELDS), (CHEMICAL, CHEMICAL_FIELDS)])
def test_every_field_stands_with_its_name_kind_and_length(form: ExchangeFormat, fields: tuple[Any, ...]) -> None:
    assert tuple((one.name, one.kind, one.length) for one in form.fields) == fields
    assert all(one.source and one.title for one in form.fields)


# --- lists of codes, there and back ----------------------------------------------------------------------------


def facts(**more: Any) -> HazardFacts:
    """The least a version holds."""
    least = {"number": "YH-1", "enterprise_name": "厂", "channel": "self_inspection", "description": "述"}
    content = least | {"state": "rectifying", "grade": "general", "place": "车间", "found_on": "2026-10-12"}
    return HazardFacts(content | more)


def beside(base: HazardFacts, **more: Any) -> HazardFacts:
    return HazardFacts(**({name: getattr(base, name) for name in HazardFacts.__slots__} | more))


def made(form: ExchangeFormat, its: HazardFacts, wide: Wide = Wide.ONE) -> tuple[dict[str, Any], list[Remark]]:
    record, remarks = Fitter(form, wide).record(its)
    return dict(record), remarks


def why(remarks: list[Remark], field: str) -> list[tuple[str, str]]:
    return [(remark.reason, remark.said) for remark in remarks if remark.field == field]


def test_the_lists_of_codes_are_those_of_the_interface_and_lead_back() -> None:
    assert LEVELS == {"general": "0", "major": "1"}
    assert MANAGE_TYPES == {"即查即改": "0", "限期整改": "1"}
    assert list(TYPES) == ["安全", "工艺", "电气", "仪表", "消防", "总图", "设备", "其他"]
    assert list(TYPES.values()) == [str(number) for number in range(1, 9)]
    assert list(SOURCES.values()) == [str(number) for number in range(1, 11)]
    assert [word[:2] for word in SOURCES] == [
        "日常",
        "综合",
        "专业",
        "季节",
        "重点",
        "事故",
        "复产",
        "外聘",
        "管控",
        "其他",
    ]
    assert STATES == {"整改中": "0", "待验收": "1", "已验收": "9"}
    for codes in (LEVELS, MANAGE_TYPES, TYPES, SOURCES, STATES):
        back = {code: word for word, code in codes.items()}
        assert [back[codes[word]] for word in codes] == list(codes)


@pytest.mark.parametrize("category", list(Category))
def test_each_category_has_its_type_or_is_other_with_a_remark(category: Category) -> None:
    record, remarks = made(CHEMICAL, facts(category=category.value))
    numbers = {"safety": 1, "process": 2, "electrical": 3, "instrument": 4, "fire": 5, "layout": 6, "equipment": 7}
    assert record["hazardDangerType"] == str(numbers.get(category.value, 8))
    outside = category.value in ("behaviour", "condition", "management", "environment")
    said = [("代码表没有对应项，填“其他”", category.label)] if outside else []
    assert why(remarks, "hazardDangerType") == said


def test_no_category_at_all_is_other_with_a_remark() -> None:
    record, remarks = made(CHEMICAL, facts())
    assert record["hazardDangerType"] == "8"
    assert why(remarks, "hazardDangerType") == [("登记里没有，按代码表填“其他”", "")]


@pytest.mark.parametrize(
    ("base", "more", "code", "said"),
    [
        (facts(), {}, "1", ""),
        (facts(), {"found_by_tier": Tier.DAY}, "1", ""),
        (facts(), {"found_by_tier": Tier.WEEK}, "1", ""),
        (facts(), {"found_by_tier": Tier.MONTH}, "2", ""),
        (facts(), {"found_by_tier": Tier.QUARTER}, "2", ""),
        (facts(), {"found_by_tier": Tier.DAY, "control_failed": True}, "9", ""),
        (facts(imported=True), {}, "10", "导入的台账"),
        (facts(channel="supervision"), {}, "10", "督导检查发现"),
        (facts(channel="complaint"), {}, "10", "群众举报核查"),
        (facts(channel="complaint"), {"for_enterprise": True}, "10", "督导检查发现"),
    ],
)
def test_where_it_comes_from_has_its_code(base: HazardFacts, more: dict[str, Any], code: str, said: str) -> None:
    record, remarks = made(CHEMICAL, beside(base, **more))
    assert record["dangerSrc"] == code
    assert [text for _, text in why(remarks, "dangerSrc")] == ([said] if said else [])


@pytest.mark.parametrize(
    ("state", "applied", "code"),
    [
        ("reported", False, "0"),
        ("rectifying", False, "0"),
        ("rectifying", True, "1"),
        ("verified", False, "9"),
        ("closed", False, "9"),
    ],
)
def test_how_far_it_is_has_its_code(state: str, applied: bool, code: str) -> None:
    record, _ = made(CHEMICAL, beside(facts(state=state), applied=applied))
    assert record["dangerState"] == code


def test_grade_and_manner_have_their_codes() -> None:
    general, _ = made(CHEMICAL, facts(on_the_spot=True))
    major, _ = made(CHEMICAL, facts(grade=Grade.MAJOR.value))
    assert (general["dangerLevel"], general["dangerManageType"]) == ("0", "0")
    assert (major["dangerLevel"], major["dangerManageType"]) == ("1", "1")


def test_what_was_not_recognised_is_no_record_and_says_so() -> None:
    dismissed = facts(state="dismissed", dismissed_reason="不是隐患")
    for form in (PROVINCE, CHEMICAL):
        remark = left_out(form, dismissed)
        assert remark is not None
        assert (remark.number, remark.reason[:4], remark.said) == ("YH-1", "不予认定", "不是隐患")
        assert left_out(form, facts()) is None


# --- whole records ---------------------------------------------------------------------------------------------

CLOSED = {
    "state": "closed",
    "grade": "major",
    "category": "fire",
    "responsible_unit": "设备部",
    "responsible_person": "部门负责人·喆",
    "deadline": "2026-12-15",
    "found_by": "班组长·堃",
    "reported_at": "2026-10-12T01:05:00+00:00",
    "judged_at": "2026-10-12T16:30:00+00:00",  # 13 October in Shanghai
    "interim_controls": "停用 2 号炉",
    "plan_measures": "加装报警装置\n并联锁",
    "plan_responsibility": "设备部",
    "plan_money_fen": 0,
    "plan_deadline": "2026-12-15",
    "plan_signed_at": "2026-10-14T02:00:00+00:00",
    "plan_situation": "未配",
    "cause": "设计未考虑",
    "real_cost_fen": 39_600_000,
    "completed_on": "2026-10-20",
    "verified_at": "2026-10-21T02:00:00+00:00",
    "closed_at": "2026-10-22T02:00:00+00:00",
    "office": "綦江区应急管理局",
    "listed_level": "city",
    "listed_office": "市安委会",
    "listed_number": "渝安委督〔2026〕3号",
    "listed_on": "2026-10-15",
}


def closed(**more: Any) -> HazardFacts:
    photo = Picture("before", "a" * 64, "image/jpeg")
    after = Picture("after", "b" * 64, "image/png")
    both = {
        "before": (photo,),
        "after": (after,),
        "place": (106.651234567, 28.9),
        "verifier": "检查·䶮",
        "opinion": "合格",
    }
    return beside(facts(**(CLOSED | more)), **both)


def test_a_closed_major_one_as_the_province_takes_it() -> None:
    record, remarks = made(PROVINCE, closed())
    assert remarks == []
    assert record == {
        "CO_NAME": "厂",
        "HIDDEN_DANGER_INFO_SOURCES": "企业自查上报",
        "HIDDEN_DANGER_CATEGORY": "消防",
        "INVESTIGATION_DATE": "20261012",
        "HIDDEN_DANGER_PLACE": "车间",
        "HIDDEN_DANGER_DESCRIPTION": "述",
        "RESPONSIBLE_ORG": "厂",
        "RESPONSIBLE_RESPONSIBLE": "部门负责人·喆",
        "RECTIFICATION_LIMIT_DATE": "20261215",
        "RECTIFICATION_TYPE": "限期整改",
        "RECTIFICATION_SITUATION": "已销号",
        "RECTIFICATION_MEASURES": "加装报警装置 并联锁",
        "CHECK_DATE": "20261021",
        "CHECK_ORG": "綦江区应急管理局",
        "CHECK_SITUATION": "合格",
        "LISTED_SUPERVISORY_SITUATION": "1",
        "LISTED_SUPERVISORY_DATE": "20261015",
        "LISTED_SUPERVISORY_LEVEL": "市级",
        "LISTED_SUPERVISORY_ORG": "市安委会",
        "LISTED_SUPERVISORY_NUMBER": "渝安委督〔2026〕3号",
        "IMPROVEMENT_TARGET_SITU": "1",
        "IMPROVEMENT_DATE": "20261014",
        "IMPROVEMENT_RES_SITU": "1",
        "IMPROVEMENT_RESP_DATE": "20261014",
        "CONTROL_MEASURES_SITU": "1",
        "CONTROL_MEASURES_DATE": "20261014",
        "RECTIFICATION_MONEY_SITU": "1",  # nought is an amount
        "RECTIFICATION_MONEY_DATE": "20261014",
        "RECTIFICATION_TIME_SITU": "1",
        "RECTIFICATION_TIME_DATE": "20261014",
        "CONTINGENCY_PLAN_SITU": "0",
        "CONTINGENCY_PLAN_DATE": "",
        "CONTROL_PLAN_SITU": "1",
        "CONTROL_PLAN_DATE": "20261014",
        "RECTIFICATION_MONEY": "39.60",
        "RECTIFICATION_FINISH_TIME": "20261020",
        "CANCEL_DATE": "20261022",
        "CONFIRM_TIME": "20261013",
        "INSPECTOR": "班组长·堃",
        "OUTID": "YH-1",
        "LONGITUDE": "106.651235",
        "LATITUDE": "28.9",
        "REPAIR_UNIT": "设备部",
    }


def test_a_closed_major_one_as_the_chemical_platform_takes_it() -> None:
    record, remarks = made(CHEMICAL, closed())
    assert remarks == []
    number = record.pop("id")
    assert len(number) == 36
    assert number == made(CHEMICAL, facts())[0]["id"]  # the same hazard, whatever became of it
    assert record == {
        "dangerName": "述",
        "dangerLevel": "1",
        "registTime": "2026-10-12 09:05:00",
        "registrant": "班组长·堃",
        "dangerSrc": "1",
        "dangerManageType": "1",
        "hazardDangerType": "5",
        "dangerDesc": "述",
        "dangerReason": "设计未考虑",
        "controlMeasures": "管控：停用 2 号炉\n整改：加装报警装置\n并联锁",
        "cost": "39.60",
        "liablePerson": "部门负责人·喆",
        "dangerManageDeadline": "2026-12-15 23:59:59",
        "checkAcceptPerson": "检查·䶮",
        "checkAcceptTime": "2026-10-21 10:00:00",
        "checkAcceptComment": "合格",
        "dangerState": "9",
        "dangerImg": [f"before/{'a' * 64}.jpg"],
        "dangerAcceptImg": [f"after/{'b' * 64}.png"],
    }


def test_a_plan_nobody_signed_puts_nothing_in_place() -> None:
    record, _ = made(PROVINCE, closed(plan_signed_at=None))
    flags = [name for name, kind, _ in PROVINCE_FIELDS if kind == "flag" and name != "LISTED_SUPERVISORY_SITUATION"]
    assert {record[name] for name in flags} == {"0"}
    assert record["IMPROVEMENT_DATE"] == record["CONTROL_PLAN_DATE"] == ""


# --- what is remarked ------------------------------------------------------------------------------------------


def test_a_day_in_words_is_left_empty_and_its_words_are_remarked() -> None:
    for form, field in ((PROVINCE, "RECTIFICATION_LIMIT_DATE"), (CHEMICAL, "dangerManageDeadline")):
        record, remarks = made(form, facts(deadline_text="6月底前"))
        assert record[field] == ""
        assert why(remarks, field) == [("不是确切的日期，没有填", "6月底前")]


def test_what_must_be_there_and_is_not_is_remarked() -> None:
    _, remarks = made(CHEMICAL, facts(state="verified", category="fire"))
    empty = [remark.field for remark in remarks if remark.reason == "必填项，登记里没有，留空"]
    assert empty == ["liablePerson", "dangerManageDeadline", "checkAcceptPerson", "checkAcceptTime"]
    _, remarks = made(PROVINCE, facts(place=""))
    assert [remark.field for remark in remarks] == ["HIDDEN_DANGER_PLACE"]


@pytest.mark.parametrize(
    ("form", "name", "field", "length"),
    [
        (PROVINCE, "place", "HIDDEN_DANGER_PLACE", 300),
        (PROVINCE, "description", "HIDDEN_DANGER_DESCRIPTION", 2000),
        (PROVINCE, "plan_measures", "RECTIFICATION_MEASURES", 2000),
        (CHEMICAL, "description", "dangerName", 300),
    ],
)
@pytest.mark.parametrize("wide", list(Wide))
def test_a_text_over_its_length_is_cut_at_the_bound_and_remarked(
    form: ExchangeFormat, name: str, field: str, length: int, wide: Wide
) -> None:
    whole = length // wide
    fitting, remarks = made(form, facts(**{name: "炉" * whole}), wide)
    assert (fitting[field], why(remarks, field)) == ("炉" * whole, [])
    record, remarks = made(form, facts(**{name: "炉" * (whole + 1)}), wide)
    assert record[field] == "炉" * (whole - 1) + "…"
    assert width_of(record[field], wide) == length
    ((reason, _),) = why(remarks, field)
    assert reason.startswith(f"超过 {length} 个字符")
    assert ("汉字按 2 个计" in reason) is (wide is Wide.TWO)


def test_the_whole_text_stands_beside_the_cut_name() -> None:
    record, _ = made(CHEMICAL, facts(description="述" * 20_000))
    assert (len(record["dangerName"]), len(record["dangerDesc"])) == (300, 20_000)


def test_a_cut_counts_as_the_receiver_counts() -> None:
    assert cut("镕堃䶮𬭬abc", 6, Wide.ONE) == "镕堃䶮𬭬a…"
    assert cut("镕堃䶮𬭬abc", 8, Wide.TWO) == "镕堃䶮…"
    assert cut("镕a", 3, Wide.TWO) == "镕a"
    assert width_of("镕a𬭬…", Wide.TWO) == 7


def test_control_characters_and_line_breaks_do_not_break_a_record() -> None:
    hostile = "第一行\r\n第二行\t\x00\ud800‮<b>&"
    province, _ = made(PROVINCE, facts(description=hostile))
    chemical, _ = made(CHEMICAL, facts(description=hostile))
    assert province["HIDDEN_DANGER_DESCRIPTION"] == "第一行 第二行 \ufffd\ufffd‮<b>&"
    assert chemical["dangerDesc"] == "第一行\n第二行\t\ufffd\ufffd‮<b>&"


def test_of_what_an_office_found_the_enterprise_hands_in_the_office_not_the_person() -> None:
    found = facts(channel="complaint", found_by="检查人员·甲", check_office="綦江区应急管理局")
    record, _ = made(CHEMICAL, beside(found, for_enterprise=True))
    assert record["registrant"] == "綦江区应急管理局"


def test_moments_are_written_in_shanghai() -> None:
    record, _ = made(CHEMICAL, facts(reported_at=datetime(2026, 10, 31, 16, 0, 1, tzinfo=UTC).isoformat()))
    assert record["registTime"] == "2026-11-01 00:00:01"

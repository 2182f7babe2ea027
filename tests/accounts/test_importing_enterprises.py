"""The list of enterprises from a file: new ones, corrections field by field, links, and what is not taken."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import func, select

from accounts.models import Enterprise, EnterpriseLink
from accounts.rules import LinkKind
from core.db import db, unit_of_work
from core.models import Event, StoredFile
from core.scope import everything
from tests.accounts.tables import book, checked, confirmed, fields_of, filled, plain, seen, send, sheet_rows
from tests.accounts.test_pages import keeps_house_rules
from tests.accounts.world import World, browser_of, text_of, token
from tests.clocks import FixedClock

PAGE = "/admin/enterprises/import"
PLANT = "91350100M000100Y43"
OTHER_CODE, WRONG_CODE = "91110000101623741K", "91110000101623741X"
HEAD = ("序号", "单位名称", "统一社会信用代码", "属地", "镇街", "行业领域", "法定代表人", "详细地址", "经度", "纬度")


def row(number: int, name: str, code: str = "", region: str = "綦江区", **more: object) -> tuple[object, ...]:
    keys = ("town", "industry", "principal", "address", "longitude", "latitude")
    return (number, name, code, region, *(more.get(key, "") for key in keys))


def enterprises() -> list[Enterprise]:
    with everything("test"):
        return list(db.session.scalars(select(Enterprise).order_by(Enterprise.id)))


def named(name: str) -> Enterprise:
    with everything("test"):
        return db.session.scalars(select(Enterprise).where(Enterprise.name == name)).one()


def test_new_ones_are_registered_and_known_ones_corrected_only_after_confirmation(world: World, app: Flask) -> None:
    client = browser_of(app, "inspector")
    data = book(
        名录=[
            ("綦江区企业名录",),
            HEAD,
            row(1, "綦江镕堃机械有限公司", PLANT, industry="工贸-冶金", principal="张䶮", address="三江街道 1 号"),
            row(2, "綦江新磊石材厂", OTHER_CODE, "重庆市綦江区", town="三江街道", longitude="106.65", latitude=29.03),
            row(3, "綦江䶮山煤矿"),
            ("填表人：甲",),
        ]
    )
    url = checked(client, PAGE, data)
    text = seen(client, url)
    assert "数据 4 行 = 新建 1 + 更正 1 + 没有变化 1 + 不导入 1" in text
    assert "行业： 工贸-机械 → 工贸-冶金" in text
    assert "高危行业领域： 否 → 是" in text
    assert "主要负责人： （空） → 张䶮" in text
    assert "导入 2 行" in text
    keeps_house_rules(url, text_of(client.get(url)))
    with app.app_context():
        assert len(enterprises()) == 3, "nothing is written before the confirmation"
        assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 0
    answer = confirmed(client, url)
    assert answer.status_code == 302, text_of(answer)
    assert "新建 1 行，更正 1 行，没有变化 1 行，不导入 1 行。" in plain(text_of(client.get(answer.location)))
    assert "没有要写入的内容" in seen(client, url), "the same file a second time"
    with app.app_context():
        plant, new = world.enterprise("plant"), named("綦江新磊石材厂")
        assert (plant.industry, plant.sector, plant.high_risk) == ("工贸-冶金", "工贸", True)
        assert (plant.principal_name, plant.address) == ("张䶮", "三江街道 1 号")
        assert plant.town_code == "500110003000", "a blank cell changes nothing"
        assert (new.uscc, new.region_code, new.town_code) == (OTHER_CODE, "500110", "500110003000")
        assert (new.longitude, new.latitude, new.imported) == (106.65, 29.03, True)
        event = db.session.scalars(select(Event).where(Event.kind == "table_imported")).one()
        assert event.subject_id == world.people["inspector"]
        assert (event.content["created"], event.content["changed"]) == (1, 1)
        stored = db.session.scalars(select(StoredFile)).one()
        assert stored.digest == event.content["file"]


def test_each_row_that_cannot_be_taken_says_why(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "inspector")
    data = book(
        名录=[
            HEAD,
            row(1, "", OTHER_CODE),
            row(2, "万州区某厂", "", "万州区"),
            row(3, "不知在哪厂", "", "月亮区"),
            row(4, "綦江双胞胎厂", OTHER_CODE),
            row(5, "綦江双胞胎分厂", OTHER_CODE),
            row(6, "綦江双胞胎厂", OTHER_CODE),
            row(7, "綦江镕堃机械有限公司"),
            row(8, "重名机械有限公司", PLANT),
            row(9, "綦江缺码厂", "12345", longitude="东边", town="月亮街道"),
            row(10, "綦江错码厂", WRONG_CODE),
            row(11, "重庆綦江缺码有限公司"),
            row(12, "无属地厂", "", ""),
        ]
    )
    text = seen(client, checked(client, PAGE, data))
    for sentence in (
        "没有企业名称",
        "不在本单位管辖范围内（辖区或监管行业），不能登记。",
        "没有这个区县或功能区，没有写入。请写全名",
        "没有登记过这家企业，区县又没有写清，不能新建。请补上区县",
        "与第 5 行的信用代码相同，是同一家企业",
        "与第 8 行是同一家企业",
        "不是 18 位的统一社会信用代码，没有写入",
        "应是 70 到 140 之间的数，没有写入",
        "綦江区没有登记这个镇街，没有写入",
        "校验位不符：照录，请核对营业执照",
        "没有写，按本单位所在的綦江区登记",
    ):
        assert sentence in text, sentence
    assert "新建 5 + " in text


def test_a_similar_name_is_pointed_out(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "inspector")
    data = book(名录=[HEAD, row(1, "重庆市綦江镕堃机械公司"), row(2, "綦江新厂公司"), row(3, "綦江新厂")])
    text = seen(client, checked(client, PAGE, data))
    assert "与已登记的“綦江镕堃机械有限公司”相近" in text
    assert "与第 3 行的“綦江新厂公司”相近" in text


def test_an_enterprise_nobody_here_sees_is_not_registered_twice(sqlite_world: World, sqlite_app: Flask) -> None:
    with sqlite_app.app_context(), everything("test"), unit_of_work():
        sqlite_world.enterprise("far_plant").uscc = OTHER_CODE
    data = book(名录=[HEAD, row(1, "换个名字厂", OTHER_CODE)])
    client = browser_of(sqlite_app, "inspector")
    assert "已登记，但不在您的管理范围内" in seen(client, checked(client, PAGE, data))


def test_links_stand_in_columns_or_on_their_own_sheet(world: World, app: Flask) -> None:
    client = browser_of(app, "inspector")
    data = book(
        企业名录=[
            ("企业名称", "统一社会信用代码", "区县", "承租", "出租"),
            ("綦江镕堃机械有限公司", PLANT, "綦江区", "綦江园区公司、不存在公司", ""),
            ("綦江园区公司", "", "綦江区", "", "綦江镕堃机械有限公司"),
        ],
        企业关系=[
            ("企业", "关系", "对方企业", "起日", "止日"),
            ("綦江䶮山煤矿", "承包方", PLANT, "2026-01-01", "2026-12-31"),
            ("綦江镕堃机械有限公司", "承租", "綦江园区公司", "", ""),
            ("綦江䶮山煤矿", "产权", "綦江䶮山煤矿", "", ""),
            ("谁也不是", "产权", "綦江䶮山煤矿", "", ""),
            ("綦江䶮山煤矿", "亲戚", "綦江园区公司", "", ""),
        ],
    )
    url = checked(client, PAGE, data)
    text = seen(client, url)
    for sentence in (
        "承租： （空） → 綦江园区公司",
        "承租 “不存在公司” ：没有登记，这份文件里也没有这家企业",
        "綦江䶮山煤矿 是 91350100M000100Y43 的承包方",
        "前面的行已写过这项关系",
        "两边是同一家企业，不能与自己关联",
        "“谁也不是”没有登记",
        "没有关系",
    ):
        assert sentence.replace(" ", "") in text.replace(" ", ""), sentence
    assert confirmed(client, url).status_code == 302
    with app.app_context(), everything("test"):
        found = {
            (link.kind, link.enterprise_id, link.other_id, str(link.until))
            for link in db.session.scalars(select(EnterpriseLink))
        }
        plant, mine, park = world.enterprises["plant"], world.enterprises["mine"], named("綦江园区公司").id
    assert found == {
        (LinkKind.TENANT, plant, park, "None"),
        (LinkKind.LANDLORD, park, plant, "None"),
        (LinkKind.CONTRACTOR, mine, plant, "2026-12-31"),
    }
    again = checked(client, PAGE, data)
    assert "没有要写入的内容" in seen(client, again)
    ended = book(
        企业名录=[("企业名称", "区县"), ("綦江䶮山煤矿", "綦江区")],
        企业关系=[("企业", "关系", "对方企业", "止日"), ("綦江䶮山煤矿", "承包", PLANT, "2026-11-30")],
    )
    url = checked(client, PAGE, ended)
    assert "止日： 2026-12-31 → 2026-11-30" in seen(client, url)
    assert confirmed(client, url).status_code == 302
    with app.app_context(), everything("test"):
        wanted = select(EnterpriseLink.until).where(EnterpriseLink.kind == LinkKind.CONTRACTOR)
        assert str(db.session.scalar(wanted)) == "2026-11-30"


def test_what_changed_in_between_is_told_and_shown_again(world: World, app: Flask) -> None:
    client = browser_of(app, "inspector")
    data = book(名录=[HEAD, row(1, "綦江镕堃机械有限公司", PLANT, principal="张䶮")])
    url = checked(client, PAGE, data)
    before = text_of(client.get(url))
    with app.app_context(), everything("test"), unit_of_work():
        world.enterprise("plant").principal_name = "李堃"
    answer = client.post(url, data=fields_of(before))
    assert answer.status_code == 409
    text = plain(text_of(answer))
    assert "您核对以后，登记的内容有变化，没有写入任何内容。" in text
    assert "主要负责人： 李堃 → 张䶮" in text
    with app.app_context():
        assert world.enterprise("plant").principal_name == "李堃"
    assert client.post(url, data=fields_of(text_of(answer))).status_code == 302
    with app.app_context():
        assert world.enterprise("plant").principal_name == "张䶮"


def test_the_same_form_twice_writes_once(world: World, app: Flask) -> None:
    client = browser_of(app, "inspector")
    url = checked(client, PAGE, book(名录=[HEAD, row(1, "綦江新磊石材厂")]))
    form = fields_of(text_of(client.get(url)))
    assert client.post(url, data=form).status_code == 302
    again = client.post(url, data=form, follow_redirects=True)
    assert "没有重复写入" in text_of(again)
    with app.app_context():
        assert len(enterprises()) == 4


@pytest.mark.parametrize("login", ["safety_manager", "approver", "auditor", "worker"])
def test_only_those_who_register_enterprises_import_them(sqlite_world: World, sqlite_app: Flask, login: str) -> None:
    client = browser_of(sqlite_app, login)
    for url in (PAGE, f"{PAGE}/form.xlsx"):
        assert client.get(url).status_code == 403


def test_a_file_is_its_senders_alone(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "inspector")
    url = checked(client, PAGE, book(名录=[HEAD, row(1, "綦江新磊石材厂")]))
    assert browser_of(sqlite_app, "reviewer").get(url).status_code == 404
    below = f"/enterprises/{sqlite_world.enterprises['plant']}/units/import/"
    assert client.get(url.replace("/enterprises/import/", below)).status_code == 404, "a file for something else"
    assert client.get(f"{url}x").status_code == 404
    answer = client.post(f"{url}/discard", data={"csrf_token": token(text_of(client.get(PAGE)))})
    assert answer.status_code == 302
    assert client.get(url).status_code == 404


def test_a_day_later_the_file_is_gone(sqlite_world: World, sqlite_app: Flask, clock: FixedClock) -> None:
    client = browser_of(sqlite_app, "inspector")
    url = checked(client, PAGE, book(名录=[HEAD, row(1, "綦江新磊石材厂")]))
    clock.advance(hours=25)
    assert browser_of(sqlite_app, "inspector").get(url).status_code == 404


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "a.xlsx", "文件是空的"),
        (b"%PDF-1.7", "a.xlsx", "PDF"),
        (book(名录=[("随便", "什么"), (1, 2)]), "a.xlsx", "没有找到企业名录的表头"),
        ("企业名称,区县\n甲厂,=1+1\n".encode("gb18030"), "a.exe", "扩展名"),
        (None, "", "请选择文件"),
    ],
)
def test_a_bad_file_ends_with_one_sentence(
    sqlite_world: World, sqlite_app: Flask, data: bytes | None, name: str, sentence: str
) -> None:
    client = browser_of(sqlite_app, "inspector")
    answer = send(client, PAGE, data, name) if data is not None else send(client, PAGE, b"", "")
    assert answer.status_code in (413, 422)
    assert sentence in text_of(answer)
    keeps_house_rules(PAGE, text_of(answer))


def test_the_form_comes_back_clean(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "system_admin")
    form = client.get(f"{PAGE}/form.xlsx").data
    empty = checked(client, PAGE, form)
    assert "数据 0 行" in seen(client, empty)
    data = filled(
        form,
        企业名录=[
            (
                "綦江新磊石材厂",
                OTHER_CODE,
                "綦江区",
                "三江街道",
                "工贸-建材",
                "工贸",
                "否",
                "甲",
                "乙",
                "1 号",
                106.6,
                29,
                "在业",
                "",
                "",
                "",
                PLANT,
            )
        ],
        企业关系=[("綦江新磊石材厂", "承包", PLANT, "2026-01-01", "")],
    )
    url = checked(client, PAGE, data)
    text = seen(client, url)
    assert "数据 2 行 = 新建 2" in text
    assert "没有用到" not in text
    assert "没有这一类的行" in seen(client, url, "look")
    assert confirmed(client, url).status_code == 302


def test_the_outcome_can_be_taken_away_as_a_workbook(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "inspector")
    url = checked(client, PAGE, book(名录=[HEAD, row(1, "+1+1 厂"), row(2, "", OTHER_CODE)]))
    rows = sheet_rows(client.get(f"{url}/report.xlsx").data)
    assert rows[1][:2] == ("行", "企业")
    assert rows[2][1] == "+1+1 厂"
    assert rows[3][-2:] == ("不导入", "没有企业名称")


def test_many_rows_are_shown_fifty_at_a_time(sqlite_world: World, sqlite_app: Flask) -> None:
    client = browser_of(sqlite_app, "inspector")
    url = checked(client, PAGE, book(名录=[HEAD, *(row(n, f"綦江第{n}石材厂") for n in range(120))]))
    first = text_of(client.get(f"{url}?show=created"))
    assert "第 1 – 50 行，共 120 行" in first
    assert len(first.encode()) < 100_000
    assert "第 101 – 120 行，共 120 行" in text_of(client.get(f"{url}?show=created&from=100"))
    for odd in ("x", "-1", "9" * 30, "١"):
        assert "第 1 – 50 行" in text_of(client.get(url, query_string={"show": "created", "from": odd}))
    assert client.get(url, query_string={"show": "<script>"}).status_code == 200

"""The pages of an import: handed in, corrected, decided on, let in, told of; on both databases."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import func, select

from accounts.models import Enterprise
from core.db import db
from core.files import file_store
from core.models import OutboxMessage, StoredFile
from core.scope import everything
from hazards.ledger import NotALedger
from hazards.models import Hazard, ImportDraft, ImportDraftRow, LedgerImport, SheetShape
from hazards.operations import import_checking, import_runs
from hazards.operations.import_drafts import STALLED_AFTER
from hazards.operations.import_sweeping import KEPT_OPEN, sweep_imports
from tests.clocks import FixedClock
from tests.hazards.city import City
from tests.hazards.imports import HEADER, PLANT, ledger, sample_bytes
from tests.hazards.visiting import Form, Page, Visitor
from tests.pages.reading import breaks

FIRM = "示例綦江机械制造有限公司5号厂"
ABOUT_PLANT = (FIRM, PLANT, "綦江区")
SEVERAL = "1.配电箱无盖板；2.灭火器过期；3.通道堆放杂物"


def row(text: str, grade: str = "一般", day: str = "2026-11-02", state: str = "待整改") -> list[str]:
    """A row of the plant's ledger without anything to remark."""
    return [*ABOUT_PLANT, text, grade, day, state, "督导检查"]


def three() -> bytes:
    """Two clean rows and one whose date is none."""
    return ledger(row("1号炉冷却水管渗漏"), row("2号车间安全出口锁闭"), row("3号库消防通道占用", day="上周"))


def hand_in(visitor: Visitor, data: bytes, name: str = "台账.xlsx", **told: str) -> Page:
    """Upload a ledger and follow to its page."""
    answer = visitor.send(visitor.open("/hazards/import"), file=(io.BytesIO(data), name), **told)
    return visitor.follow(answer) if answer.status == 302 else answer


def form_to(page: Page, ending: str) -> Form:
    """The form of a page whose address ends so."""
    found = re.findall(r'<form[^>]*action="([^"]*)"[^>]*>(.*?)</form>', page.html, re.DOTALL)
    for action, inside in found:
        if action.endswith(ending):
            return _form(action, inside)
    raise AssertionError(f"no form to {ending}: {[action for action, _ in found]}")


def _form(action: str, inside: str) -> Form:
    values: dict[str, list[str]] = {}
    for tag in re.findall(r"<input[^>]*>", inside):
        attributes = dict(re.findall(r'(\w+)="([^"]*)"', tag))
        if attributes.get("type") != "radio" or " checked" in tag:
            values[attributes["name"]] = [attributes.get("value", "")]
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', inside, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(
            r"<option selected>([^<]*)", options
        )
        values[name] = [chosen[1] if chosen else ""]
    return Form(action, values)


def press(visitor: Visitor, page: Page, ending: str, **typed: str) -> Page:
    """Send one form of the page and follow."""
    return visitor.follow(visitor.send(page, form_to(page, ending), **typed))


def rows_of(page: Page) -> str:
    """What stands in the table of rows."""
    return page.html.partition('class="plain preview"')[2]


def count(app: Flask, model: type[Any]) -> int:
    with app.app_context(), everything("tests"):
        found = db.session.scalar(select(func.count()).select_from(model)) or 0
        db.session.remove()
        return found


def work(app: Flask) -> None:
    """Do what the runner would do."""
    queue = app.extensions["jobs"].queue
    while (task := queue.dequeue()) is not None:
        queue.execute(task)
    queue.storage.close()


@pytest.fixture
def inspector(app: Flask, page_city: City) -> Visitor:
    """An inspector of the plant's district at a browser."""
    return Visitor(app, "inspector_a")


# --- from the file to the register --------------------------------------------------------------------------------


def test_a_ledger_is_checked_confirmed_and_found_in_the_list(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, three())
    assert "数据 3 行 = 新建 3 + 并入 0 + 不导入 0" in page.text
    assert "“上周”不是确切日期" in page.text
    assert "导入 3 行" in page.text
    assert count(app, Hazard) == 0
    assert breaks(page.html) == []

    result = press(inspector, page, "/confirm")
    assert "已导入 3 行：新建 3，并入 0，不导入 0。" in result.text
    assert breaks(result.html) == []
    listed = inspector.open(re.search(r'href="(/hazards/\?[^"]*import=\d+)"', result.html)[1].replace("&amp;", "&"))  # type: ignore[index]
    assert "共 3 条" in listed.text
    assert "次导入" in listed.text
    assert inspector.open("/hazards/?view=all&import=99").text.count("YH-") == 0


@pytest.mark.parametrize(
    "name", ["regulator_ledger.xlsx", "enterprise_ledger.xlsx", "grouped_header.xlsx", "coded_export.csv"]
)
def test_the_sample_ledgers_add_up_on_the_page(app: Flask, inspector: Visitor, name: str) -> None:
    page = hand_in(inspector, sample_bytes(name), name)
    rows, *parts = map(int, re.search(r"数据 (\d+) 行 = 新建 (\d+) \+ 并入 (\d+) \+ 不导入 (\d+)", page.text).groups())  # type: ignore[union-attr]
    assert sum(parts) == rows > 0
    assert len(page.html.encode()) < 100_000
    assert breaks(page.html) == []


def test_a_safety_manager_hands_in_the_own_ledger(app: Flask, page_city: City) -> None:
    manager = Visitor(app, "manager")
    shown = manager.open("/hazards/import")
    assert "全部记在一家企业名下" not in shown.text
    assert "群众举报核查" not in shown.text
    page = hand_in(manager, ledger(row("甲处渗漏"), stranger("别家公司", "乙处渗漏")), channel="self_inspection")
    assert "新建 1 + 并入 0 + 不导入 1" in page.text
    assert "不是这次导入的企业" in manager.open(f"{page.url}?show=skipped").text
    assert "先确认名称" not in page.text
    assert "已导入 1 行" in press(manager, page, "/confirm").text


def test_each_figure_leads_to_as_many_rows(inspector: Visitor) -> None:
    page = hand_in(inspector, ledger(row("甲处渗漏"), row("乙处渗漏", day="上周"), row(""), row("正常")))
    figures = re.findall(r'<a href="([^"]*show=(\w+)[^"]*)"[^>]*><b>(\d+)</b>', page.html)
    assert {show: int(figure) for _url, show, figure in figures} == {
        "created": 2,
        "merged": 0,
        "skipped": 2,
        "remarked": 1,
    }
    for url, _show, figure in figures:
        shown = inspector.open(url.replace("&amp;", "&").partition("#")[0])
        assert len(re.findall(r'class="rowno num"', shown.html)) == int(figure)


def test_only_the_clean_rows_are_let_in(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, three())
    assert "只导入没有备注的 2 行" in page.text
    result = press(inspector, page, "/confirm", mode="clean")
    assert "已导入 2 行" in result.text
    assert count(app, Hazard) == 2


def test_rows_are_paged_by_key(inspector: Visitor) -> None:
    page = hand_in(inspector, ledger(*(row(f"{n} 号设备漏油") for n in range(1, 46))))
    seen: list[str] = []
    while True:
        seen += re.findall(r"(\d+) 号设备漏油", rows_of(page))
        more = re.search(r'rel="next" href="([^"]*)"', page.html)
        if more is None:
            break
        page = inspector.open(more[1].replace("&amp;", "&").partition("#")[0])
    assert [int(n) for n in seen] == list(range(1, 46))
    back = re.search(r'rel="prev" href="([^"]*)"', page.html)
    assert back is not None
    before = inspector.open(back[1].replace("&amp;", "&").partition("#")[0])
    assert re.findall(r"(\d+) 号设备漏油", rows_of(before)) == [str(n) for n in range(21, 41)]


def test_merged_rows_say_what_differs_field_by_field(app: Flask, inspector: Visitor) -> None:
    press(inspector, hand_in(inspector, ledger(row("1号炉冷却水管渗漏"))), "/confirm")
    page = hand_in(inspector, ledger(row("1号炉冷却水管渗漏", grade="重大")))
    assert "新建 0 + 并入 1" in page.text
    assert "隐患等级：登记为「一般」，文件为「重大」" in page.text
    assert re.search(r'href="/hazards/YH-500110-2026-\d{6}"', page.html)


# --- how the file is understood -----------------------------------------------------------------------------------

OWN_WORDS = ["单位", "信用代码", "区县", "毛病", "等级", "哪天看到的", "情况", "来源"]


def own_words(*rows: list[str]) -> bytes:
    """A ledger whose header nobody else writes so: what was found is not named as such."""
    header = [*HEADER[:3], "隐患描述", *HEADER[4:5], "哪天看到的", *HEADER[6:]]
    return ledger(*rows, header=header)


def test_a_corrected_column_is_read_anew_and_remembered(app: Flask, inspector: Visitor, page_city: City) -> None:
    page = hand_in(inspector, own_words(row("甲处渗漏")))
    assert "没有看懂这一列" in page.text
    page = press(inspector, page, "/columns", **{"field-F": "found_on"})
    assert "已按您的更正读取：1 列的对应" in page.text
    assert "没有看懂这一列" not in page.text
    assert "2026-11-02" in page.text

    again = hand_in(Visitor(app, "inspector_b"), own_words(row("乙处渗漏"), row("丙处渗漏")), "下一份.xlsx")
    assert "按以前改过的对应读取" in again.text
    assert "检查人员·䶮" in again.text
    assert "没有看懂这一列" not in again.text
    elsewhere = hand_in(Visitor(app, "far_inspector"), own_words(row("丁处渗漏")))
    assert "按以前改过的对应读取" not in elsewhere.text
    assert count(app, SheetShape) == 1


def test_what_was_remembered_can_be_forgotten(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, own_words(row("甲处渗漏")))
    press(inspector, page, "/columns", **{"field-F": "found_on"})
    page = hand_in(inspector, own_words(row("乙处渗漏")))
    page = press(inspector, page, "/columns", reset="1")
    assert "没有看懂这一列" in page.text
    assert count(app, SheetShape) == 0


def test_the_header_rows_can_be_corrected(inspector: Visitor) -> None:
    page = hand_in(inspector, three())
    answer = inspector.send(page, form_to(page, "/columns"), first="3", last="3")
    page = inspector.follow(answer)
    assert "没有" in page.text
    assert "数据 3 行" in page.text, "what was understood before is shown again"


def test_a_table_without_a_known_description_can_be_explained(inspector: Visitor) -> None:
    header = [*HEADER[:3], "毛病", *HEADER[4:]]
    page = hand_in(inspector, ledger(row("甲处渗漏"), header=header))
    assert "没有找到「隐患描述」一列" in page.text
    assert "导入 1 行" not in page.text
    page = press(inspector, page, "/columns", **{"field-D": "description"})
    assert "数据 1 行 = 新建 1" in page.text


def test_several_hazards_of_a_cell_are_split_or_kept(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, ledger(row(SEVERAL), row("丁处渗漏")))
    url = re.search(r'formaction="([^"]*/rows/3/split)"', page.html)[1]  # type: ignore[index]
    form = form_to(page, "/split")
    page = inspector.follow(inspector.send(page, Form(url, form.values), split="yes"))
    assert "1 行拆开，共新建 4 条" in page.text
    assert "由第 3 行拆出的第 1 条" in page.text
    form = form_to(page, "/split")
    whole = inspector.follow(inspector.send(page, form, split="no"))
    assert "拆开" not in whole.text.partition("逐行核对")[2].partition("行在一格")[0]
    result = press(
        inspector, inspector.follow(inspector.send(whole, form_to(whole, "/split"), split="yes")), "/confirm"
    )
    assert "4 条新隐患" in result.text
    assert count(app, Hazard) == 4


# --- names the register does not know -----------------------------------------------------------------------------


def stranger(name: str, text: str) -> list[str]:
    """A row of an enterprise nobody has registered."""
    return [name, "", "綦江区", text, "一般", "2026-11-02", "待整改", "督导检查"]


def chosen(page: Page, name: str, label: str) -> tuple[str, str]:
    """The field and the value of a choice about a name."""
    about = page.html.partition(f"<b>{name}</b>")[2].partition("先不定")[0]
    found = re.search(rf'name="(name-\d+)" value="([^"]*)"[^>]*>{label}', about)
    assert found is not None, about[:600]
    return found[1], found[2]


def test_unknown_enterprises_are_decided_on_before_their_rows_come_in(app: Flask, inspector: Visitor) -> None:
    rows = [
        row("甲处渗漏"),
        stranger("示例綦江机械公司5号厂", "乙处渗漏"),
        stranger("綦江新厂", "丙处"),
        stranger("路边摊", "丁处"),
    ]
    page = hand_in(inspector, ledger(*rows))
    assert "有 3 个名称登记里没有" in page.text
    assert "新建 1 + 并入 0 + 不导入 3" in page.text
    assert breaks(page.html) == []
    alike = chosen(page, "示例綦江机械公司5号厂", "就是「示例綦江机械制造有限公司5号厂」")
    new, skip = chosen(page, "綦江新厂", "登记为新企业"), chosen(page, "路边摊", "不导入这些行")
    page = press(inspector, page, "/names", **dict((alike, new, skip)))
    assert "新建 3 + 并入 0 + 不导入 1" in page.text
    assert "同时登记 1 家新企业" in page.text
    assert "已导入 3 行" in press(inspector, page, "/confirm").text
    with app.app_context(), everything("tests"):
        names = db.session.execute(select(Enterprise.name, Hazard.description).join(Hazard.enterprise)).all()
        db.session.remove()
    assert sorted(map(tuple, names)) == sorted([(FIRM, "甲处渗漏"), (FIRM, "乙处渗漏"), ("綦江新厂", "丙处")])


def test_one_word_decides_on_all_the_rest(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, ledger(*(stranger(f"綦江第{n}加油站", f"{n} 号罐") for n in range(1, 31))))
    assert "后 20 个" in page.text
    page = press(inspector, page, "/names", **{"rest-enterprise": "new"})
    assert "新建 30 + 并入 0 + 不导入 0" in page.text
    assert "都已选定" in page.text


# --- taken back -----------------------------------------------------------------------------------------------------


def test_an_import_is_taken_back_as_a_whole_by_a_colleague_too(app: Flask, inspector: Visitor) -> None:
    result = press(inspector, hand_in(inspector, three()), "/confirm")
    landed = re.search(r"/hazards/import/landed/\d+", result.html)
    assert landed is not None
    colleague = Visitor(app, "inspector_b")
    page = press(colleague, colleague.open(landed[0]), "/take-back")
    assert "这次导入已撤回" in page.text
    assert breaks(page.html) == []
    assert "撤回这次导入" not in inspector.open(result.url).text
    assert inspector.open("/hazards/?view=all").text.count("YH-") == 0
    assert "新建 3 + 并入 0" in hand_in(inspector, three()).text


def test_an_import_of_which_something_was_done_stays(app: Flask, inspector: Visitor) -> None:
    result = press(inspector, hand_in(inspector, three()), "/confirm")
    form = form_to(result, "/take-back")
    number = re.search(r"YH-500110-2026-\d{6}", result.html)
    assert number is not None
    inspector.fill(f"/hazards/{number[0]}/correct", place="北区 3 号炉")
    shown = inspector.open(result.url)
    assert "现在不能撤回" in shown.text
    assert inspector.send(shown, form).status == 409


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "empty.xlsx", "这个文件是空的"),
        (b"%PDF-1.7 nothing", "台账.xlsx", "PDF"),
        (b"PK\x03\x04 broken", "台账.xlsx", "已损坏"),
        (sample_bytes("statistics_not_a_ledger.xlsx"), "统计.xlsx", "统计表"),
    ],
)
def test_what_is_no_ledger_comes_back_with_its_sentence_and_the_options(
    app: Flask, inspector: Visitor, data: bytes, name: str, sentence: str
) -> None:
    page = hand_in(inspector, data, name, channel="supervision", region="500110")
    assert page.status == 422
    assert sentence in page.text
    assert page.form.values["channel"] == ["supervision"]
    assert page.form.values["region"] == ["500110"]
    assert (count(app, ImportDraft), count(app, StoredFile)) == (0, 0)


def test_an_unknown_enterprise_of_all_rows_is_refused_at_once(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, three(), enterprise="911101080000000000")
    assert page.status == 422
    assert "没有登记信用代码为 911101080000000000 的企业" in page.text
    assert count(app, ImportDraft) == 0


def test_without_a_file_the_form_asks_for_one(inspector: Visitor) -> None:
    page = inspector.send(inspector.open("/hazards/import"))
    assert page.status == 422
    assert "请选择一份台账" in page.text


# --- who sees it ----------------------------------------------------------------------------------------------------


def test_a_draft_is_its_owners_alone(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, three())
    for key in ("inspector_b", "manager", "far_inspector"):
        other = Visitor(app, key)
        assert other.open(page.url).status == 404, key
        assert other.open(f"{page.url}/remarks.xlsx").status == 404, key
        assert other.open(f"{page.url}/progress").status == 404, key
        sent = other.open("/hazards/import").form.values | {"seen": ["1"], "rows_all": ["3"]}
        for verb in ("columns", "names", "split", "again", "confirm", "cancel", "discard", "rows/3/split"):
            assert other.send(page, Form(f"{page.url}/{verb}", sent)).status == 404, (key, verb)
    for key in ("worker", "leader"):
        assert Visitor(app, key).open("/hazards/import").status == 403, key


def test_what_came_in_is_seen_by_the_importers_of_the_organisation(app: Flask, inspector: Visitor) -> None:
    press(inspector, hand_in(inspector, three()), "/confirm")
    with app.app_context(), everything("tests"):
        landed = db.session.scalars(select(LedgerImport.id)).one()
        db.session.remove()
    url = f"/hazards/import/landed/{landed}"
    colleague = Visitor(app, "inspector_b")
    assert "3 条新隐患" in colleague.open(url).text
    assert "台账.xlsx" in colleague.open("/hazards/import").text
    for key in ("manager", "far_inspector", "fire_inspector"):
        other = Visitor(app, key)
        assert other.open(url).status == 404, key
        assert "台账.xlsx" not in other.open("/hazards/import").text, key


# --- twice, in two windows, overtaken -------------------------------------------------------------------------------


def test_the_same_form_sent_twice_makes_one_draft(app: Flask, inspector: Visitor) -> None:
    shown = inspector.open("/hazards/import")
    first = inspector.send(shown, file=(io.BytesIO(three()), "台账.xlsx"))
    second = inspector.send(shown, file=(io.BytesIO(three()), "台账.xlsx"))
    assert first.response.headers["Location"] == second.response.headers["Location"]
    assert count(app, ImportDraft) == 1


def test_a_second_tap_imports_nothing_more(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, three())
    form = form_to(page, "/confirm")
    inspector.send(page, form)
    again = inspector.follow(inspector.send(page, form))
    assert "已经开始导入，没有重复导入" in again.text
    assert (count(app, Hazard), count(app, LedgerImport)) == (3, 1)


def test_a_choice_made_on_an_older_check_is_told(inspector: Visitor) -> None:
    page = hand_in(inspector, own_words(row("甲处渗漏")))
    press(inspector, page, "/columns", **{"field-F": "found_on"})
    late = inspector.send(page, form_to(page, "/confirm"))
    assert late.status == 409
    assert "刚在另一个窗口里重新核对过" in late.text


def test_where_a_colleague_was_quicker_it_is_checked_again_and_told(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, three())
    colleague = Visitor(app, "inspector_b")
    press(colleague, hand_in(colleague, three()), "/confirm")
    told = press(inspector, page, "/confirm")
    assert "核对之后登记有了变化" in told.text
    assert "新建 0 + 并入 3" in told.text
    assert count(app, Hazard) == 3
    assert "已导入 3 行：新建 0，并入 3" in press(inspector, told, "/confirm").text


# --- in the background ----------------------------------------------------------------------------------------------


@pytest.fixture
def in_background(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every file is a large one."""
    monkeypatch.setattr(import_runs, "SMALL_BYTES", 0)
    monkeypatch.setattr(import_runs, "SMALL_ROWS", 0)


@pytest.mark.usefixtures("in_background")
def test_a_large_file_is_checked_and_written_while_its_owner_is_away(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, three())
    assert "等待开始" in page.text
    assert breaks(page.html) == []
    assert inspector.open(f"{page.url}/progress").response.json["stage"] == "checking"  # type: ignore[index]
    assert "导入《台账.xlsx》" in inspector.open("/").text
    work(app)
    home = inspector.open("/").text
    assert "数据 3 行 = 新建 3" in home
    assert "去确认" in home
    running = press(inspector, inspector.open(page.url), "/confirm")
    assert "正在导入" in running.text
    assert count(app, Hazard) == 0
    work(app)
    assert "已导入 3 行" in inspector.open(page.url).text
    assert "《台账.xlsx》已导入：新建 3，并入 0，不导入 0。" in inspector.open("/").text
    assert count(app, OutboxMessage) >= 1


def test_the_columns_of_a_large_file_are_shown_while_it_is_counted(
    app: Flask, inspector: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(import_runs, "SMALL_ROWS", 2)
    monkeypatch.setattr(import_checking, "PREVIEW_ROWS", 2)
    seen: list[Page] = []

    def look(*_args: Any, **_options: Any) -> None:
        seen.append(inspector.open("/hazards/import/1"))
        raise NotALedger("只看到这里。")

    monkeypatch.setattr(import_checking, "check_ledger", look)
    hand_in(inspector, three())
    work(app)
    assert "读懂的列" in seen[0].text
    assert "从前面几百行看出来的" in seen[0].text
    assert inspector.open("/hazards/import/1").text.count("只看到这里。") == 1


@pytest.mark.usefixtures("in_background")
def test_a_check_can_be_given_up(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, three())
    gone = press(inspector, page, "/cancel")
    assert "没有写入任何内容" in gone.text
    work(app)
    assert (count(app, ImportDraft), count(app, ImportDraftRow)) == (0, 0)


@pytest.mark.usefixtures("in_background")
def test_giving_up_a_second_check_goes_back_to_the_first(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, own_words(row("甲处渗漏")))
    work(app)
    running = press(inspector, inspector.open(page.url), "/columns", **{"field-F": "found_on"})
    back = press(inspector, running, "/cancel")
    assert "核对已取消" in back.text
    assert "没有看懂这一列" in back.text
    work(app)
    assert "没有看懂这一列" in inspector.open(page.url).text


@pytest.mark.usefixtures("in_background")
def test_work_that_died_with_its_server_is_said_so_and_started_again(
    app: Flask, inspector: Visitor, clock: FixedClock
) -> None:
    page = hand_in(inspector, three())
    queue = app.extensions["jobs"].queue
    queue.flush()  # the runner was killed with the request in its hands
    values = form_to(page, "/cancel").values
    assert inspector.send(page, Form(f"{page.url}/again", values)).status == 409, "it may still be running"
    clock.advance(minutes=STALLED_AFTER / timedelta(minutes=1) + 1)
    stalled = inspector.open(page.url)
    assert "没有继续" in stalled.text
    assert "中断了" in inspector.open("/hazards/import").text
    press(inspector, stalled, "/again")
    work(app)
    assert "数据 3 行 = 新建 3" in inspector.open(page.url).text


@pytest.mark.usefixtures("in_background")
def test_an_old_run_that_wakes_up_changes_nothing(app: Flask, inspector: Visitor, clock: FixedClock) -> None:
    page = hand_in(inspector, three())
    clock.advance(minutes=STALLED_AFTER / timedelta(minutes=1) + 1)
    press(inspector, inspector.open(page.url), "/again")
    work(app)  # both requests are in the queue: the first is of a run nobody wants any more
    with app.app_context(), everything("tests"):
        assert db.session.scalars(select(ImportDraft.check_no)).one() == 1
        db.session.remove()


@pytest.mark.usefixtures("in_background")
def test_a_refused_large_file_says_why_on_its_page(app: Flask, inspector: Visitor) -> None:
    page = hand_in(inspector, sample_bytes("statistics_not_a_ledger.xlsx"))
    work(app)
    refused = inspector.open(page.url)
    assert "统计表" in refused.text
    assert "换一个文件" in refused.text
    assert breaks(refused.html) == []


# --- given back as Excel --------------------------------------------------------------------------------------------


def test_the_remarks_stand_beside_the_rows(inspector: Visitor) -> None:
    hostile = '+HYPERLINK("http://evil.example","点此")'
    page = hand_in(inspector, ledger(row("甲处渗漏", day="上周"), row(hostile), row("")))
    answer = inspector.open(f"{page.url}/remarks.xlsx")
    assert answer.status == 200, answer.text
    sheet = load_workbook(io.BytesIO(answer.response.get_data())).active
    assert sheet is not None
    width = len(HEADER)
    assert [cell.value for cell in sheet[2]] == [*HEADER, "结果", "备注"]
    assert (sheet.cell(3, 4).value, sheet.cell(3, 6).value) == ("甲处渗漏", "上周")
    assert sheet.cell(3, width + 1).value == "新建"
    assert "“上周”不是确切日期" in str(sheet.cell(3, width + 2).value)
    assert sheet.cell(3, 6).fill.fgColor.rgb == "00FBF3D6"
    assert (sheet.cell(4, 4).value, sheet.cell(4, 4).data_type) == (hostile, "s")
    assert sheet.cell(5, width + 1).value == "不导入"
    assert "没有隐患描述" in str(sheet.cell(5, width + 2).value)


# --- swept ----------------------------------------------------------------------------------------------------------


def test_what_nobody_confirmed_is_swept_with_its_file(app: Flask, inspector: Visitor, clock: FixedClock) -> None:
    hand_in(inspector, three())
    with app.app_context():
        sweep_imports(clock())
        assert db.session.scalar(select(func.count()).select_from(StoredFile)) == 1
        digest = db.session.scalars(select(StoredFile.digest)).one()
        sweep_imports(clock.advance(days=KEPT_OPEN.days + 1))
        assert not file_store().exists(digest)
        db.session.remove()
    assert (count(app, ImportDraft), count(app, ImportDraftRow), count(app, StoredFile)) == (0, 0, 0)


def test_what_came_in_is_not_swept(app: Flask, inspector: Visitor, clock: FixedClock) -> None:
    press(inspector, hand_in(inspector, three()), "/confirm")
    with app.app_context():
        sweep_imports(clock.advance(days=KEPT_OPEN.days + 1))
        db.session.remove()
    assert (count(app, ImportDraft), count(app, StoredFile), count(app, Hazard)) == (1, 1, 3)


def test_a_discarded_draft_leaves_the_file_of_another(app: Flask, inspector: Visitor) -> None:
    hand_in(inspector, three())
    page = hand_in(inspector, three())
    assert "已放弃《台账.xlsx》" in press(inspector, page, "/discard").text
    assert (count(app, ImportDraft), count(app, StoredFile)) == (1, 1)


def test_an_unknown_region_is_led_to_a_known_one_and_never_made_up(app: Flask, page_city: City) -> None:
    unknown = ["某厂", "", "不存在区", "漏电", "一般", "2026-11-02", "待整改", "检查"]
    page = hand_in(Visitor(app, "city_inspector_a"), ledger(unknown))
    assert "不存在区" in page.text
    assert "请系统管理员在「区域」里添加后再核对" in page.text
    assert "数据 1 行 = 新建 0 + 并入 0 + 不导入 1" in page.text

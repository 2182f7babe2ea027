"""Forms of notices: nothing typed is lost, nothing is taken twice, nobody sees another's; the list and its views."""

from __future__ import annotations

from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select

from core.db import db, unit_of_work
from core.scope import everything
from hazards.queries import hazards_by_numbers
from notices.fonts import FontBook
from notices.models import Notice, NoticeScan
from notices.operations.drafting import Drafted, draft
from notices.presenting.kinds import FOR
from notices.queries import PAGE
from tests.clocks import FixedClock
from tests.hazards import acts
from tests.hazards.city import PASSWORD, City, reported
from tests.hazards.visiting import Page, Visitor, jpeg
from tests.notices import city as papers
from tests.pages.reading import breaks
from workflows.notices import NOTICES, NoticeKind
from workflows.vocabulary import Action, Channel

K = NoticeKind


@pytest.fixture
def app(sqlite_app: Flask, fonts: FontBook) -> Flask:
    """The application once, on SQLite, with the fonts that the session has read."""
    sqlite_app.extensions["font_book"] = fonts
    return sqlite_app


def found(app: Flask, city: City, clock: FixedClock, firm: str = "plant") -> str:
    """One that the district found at this enterprise."""
    with app.app_context():
        more = {"enterprise_id": city.enterprises[firm], "responsible_unit": "门店"}
        number = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION, **more)
        db.session.remove()
        return number


def a_letter(app: Flask, city: City, clock: FixedClock, until: str = "issued") -> int:
    number = papers.a_major_of(app, city, clock)
    with app.app_context():
        made = papers.a_letter(city, number, clock(), until=until)
        db.session.remove()
        return made


def stored(app: Flask, notice_id: int) -> Notice:
    with app.app_context():
        kept = papers.notice(notice_id)
        db.session.remove()
        return kept


def refused(visitor: Visitor, url: str, **typed: object) -> Page:
    """The form shown again, with what is wrong."""
    page = visitor.send(visitor.open(url), **typed)
    assert page.status == 422, page.text[:600]
    assert breaks(page.html) == []
    return page


# --- drafting --------------------------------------------------------------------------------------------------


def test_every_kind_says_what_it_is_for_and_every_form_keeps_the_house_rules(
    app: Flask, town: City, clock: FixedClock
) -> None:
    assert set(FOR) == set(NoticeKind)
    number = papers.a_major_of(app, town, clock)
    inspector, manager = Visitor(app, "inspector_a"), Visitor(app, "manager")
    for visitor in (inspector, manager):
        page = visitor.open(f"/notices/new?hazard={number}")
        assert breaks(page.html) == []
    for row in NOTICES.values():
        visitor = inspector if row.numbered or row.kind is K.SERVICE else manager
        page = visitor.open(f"/notices/new?kind={row.kind.value}&hazard={number}")
        assert page.status == {K.COMPLAINT_ANSWER: 403}.get(row.kind, 200), row.kind
        assert breaks(page.html) == [], row.kind


def test_a_form_that_is_refused_keeps_what_was_typed(app: Flask, town: City, clock: FixedClock) -> None:
    number, inspector = papers.a_major_of(app, town, clock), Visitor(app, "inspector_a")
    url = f"/notices/new?kind=letter&hazard={number}"
    page = refused(inspector, url, asked="要求" * 2000, answer_by="下周", hazards=f"{number}\nYH-500110-2026-999999")
    for words in ("最多 2,000 个字", "日期看不懂", "找不到 YH-500110-2026-999999"):
        assert words in page.text
    assert page.form.values["hazards"] == [f"{number}\nYH-500110-2026-999999"]


def test_from_the_list_one_is_drafted_for_each_enterprise_and_each_is_reported(
    app: Flask, town: City, clock: FixedClock
) -> None:
    plant, shop = found(app, town, clock), found(app, town, clock, "shop")
    with app.app_context():
        closed = reported(town, "leader", clock())
        acts.ask(town, closed, Action.DISMISS, "manager", clock(), reason="不是隐患")
        acts.sign(town, closed, "manager", now=clock())
        db.session.remove()
    inspector = Visitor(app, "inspector_a")
    assert 'formaction="/notices/new"' in inspector.open("/hazards/?view=all").html
    page = inspector.open(f"/notices/new?kind=letter&pick={plant}&pick={shop}")
    assert "共 2 份" in page.text
    made = inspector.send(page, asked="请整改。")
    assert "起草 2 份" in made.text
    assert "示例綦江五金店：1 条隐患" in made.text
    again = inspector.send(page, asked="请整改。")
    assert again.status == 302
    assert "这张表已提交过" in inspector.follow(again).text
    together = inspector.send(inspector.open(page.url), asked="请整改。", spread="together")
    assert (together.status, "请写明主送单位。" in together.text) == (422, True)
    partly = inspector.send(inspector.open(f"/notices/new?kind=letter&pick={shop}&pick={closed}"), asked="请整改。")
    assert "起草 1 份，没有起草 1 份" in partly.text
    assert f"{closed} 现在是「不予认定」" in partly.text


def test_the_text_left_untouched_stays_the_templates_and_an_edited_one_is_kept(
    app: Flask, town: City, clock: FixedClock
) -> None:
    one, inspector = a_letter(app, town, clock, "drafted"), Visitor(app, "inspector_a")
    url = f"/notices/{one}/edit"
    inspector.fill(url, asked="改后的要求。")
    assert stored(app, one).body is None
    body = inspector.open(url).form.values["body"][0]
    assert "改后的要求。" in body
    inspector.fill(url, body=body + "\n另行通知。")
    assert (stored(app, one).body or "").endswith("另行通知。")
    assert "正文是手工改过的" in inspector.open(f"/notices/{one}").text
    inspector.fill(url, body="")
    assert stored(app, one).body is None


def test_two_who_change_a_draft_lose_nothing_of_what_they_typed(app: Flask, town: City, clock: FixedClock) -> None:
    one = a_letter(app, town, clock, "drafted")
    first, second = Visitor(app, "inspector_a"), Visitor(app, "inspector_a")  # at the desk and on the telephone
    seen = second.open(f"/notices/{one}/edit")
    first.fill(f"/notices/{one}/edit", asked="甲写的。")
    late = second.send(seen, asked="乙写的。")
    assert late.status == 409
    assert "您的修改没有提交：检查人员·䶮 于" in late.text
    assert "督办要求：乙写的。" in late.text


# --- steps -----------------------------------------------------------------------------------------------------


def test_what_decides_asks_for_the_reason_and_the_password(app: Flask, town: City, clock: FixedClock) -> None:
    one, reviewer = a_letter(app, town, clock, "sent"), Visitor(app, "reviewer")
    assert "请输入登录密码。" in refused(reviewer, f"/notices/{one}/approve").text
    assert "请写明理由。" in refused(reviewer, f"/notices/{one}/return").text
    assert "密码不对，没有提交" in refused(reviewer, f"/notices/{one}/approve", password="x").text
    page = reviewer.fill(f"/notices/{one}/return", reason="期限太长")
    assert "现在由 检查人员·䶮 修改" in page.text
    drafter = Visitor(app, "inspector_a")
    assert "退回理由：期限太长" in drafter.open(f"/notices/{one}").text
    assert "退回修改：期限太长" in drafter.open("/").text


@pytest.mark.parametrize("end", ["", "/edit", "/send", "/void", "/serve", "/scan", ".pdf", "/preview.pdf"])
def test_anothers_notice_is_not_found_at_any_door(app: Flask, town: City, clock: FixedClock, end: str) -> None:
    one = a_letter(app, town, clock)
    for key in ("far_inspector", "fire_inspector", "shop_principal", "worker"):
        assert Visitor(app, key).open(f"/notices/{one}{end}").status == 404, key


def test_an_enterprise_reads_what_was_issued_to_it_and_not_how_it_came_about(
    app: Flask, town: City, clock: FixedClock
) -> None:
    issued, draft = a_letter(app, town, clock), a_letter(app, town, clock, "sent")
    manager = Visitor(app, "manager")
    page = manager.open(f"/notices/{issued}")
    assert page.status == 200
    for words in ("审核通过", "您现在不能做的", "检查人员·䶮", "审核人·己"):
        assert words not in page.text
    assert "由签发单位送达。请签收，并按文书的要求办理。" in page.text
    assert manager.open(f"/notices/{issued}.pdf").status == 200
    assert manager.open(f"/notices/{draft}").status == 404
    listed = manager.open("/notices/?view=all").text
    assert "本页 1 份，共 1 份" in listed


def test_a_form_is_finished_and_its_page_says_what_to_do_with_it(app: Flask, town: City, clock: FixedClock) -> None:
    number, manager = papers.a_major_of(app, town, clock), Visitor(app, "manager")
    url = manager.fill(f"/notices/new?kind=hazard_report&hazard={number}").url
    page = manager.fill(f"{url}/issue", password=PASSWORD)
    for words in ("文书已定稿", "打印后签字盖章", "安全管理人员·镕 定稿"):
        assert words in page.text
    assert "已签发" not in page.text
    again = manager.open(f"{url}/issue")
    assert (again.status, "文书现在是「已定稿」，不能再定稿。" in again.text) == (409, True)


def test_what_was_issued_and_not_signed_for_is_a_list_of_its_own(app: Flask, town: City, clock: FixedClock) -> None:
    one, inspector = a_letter(app, town, clock), Visitor(app, "inspector_a")
    listed = inspector.open("/notices/?view=unserved").text
    assert "待签收 1" in listed
    assert "綦江区应急管理局 送达" in listed
    assert "请送达主送单位" in inspector.open(f"/notices/{one}").text
    assert "待签收 0" in Visitor(app, "clerk").open("/notices/?view=unserved").text  # another office serves it
    inspector.fill(f"/notices/{one}/serve", recipient="𬭬", relation="主要负责人", received_on=str(clock().date()))
    assert "没有待签收的文书" in inspector.open("/notices/?view=unserved").text


def test_whoever_reads_no_papers_is_told_who_does(app: Flask, town: City, clock: FixedClock) -> None:
    a_letter(app, town, clock)
    page = Visitor(app, "leader").open("/notices/")
    assert "文书由企业的管理人员看" in page.text
    assert "綦应急函" not in page.text


def test_the_list_opens_with_what_waits_for_its_reader(app: Flask, town: City, clock: FixedClock) -> None:
    a_letter(app, town, clock, "sent")
    assert "本页 1 份" in Visitor(app, "reviewer").open("/notices/").text
    assert 'aria-current="page">等我办' in Visitor(app, "reviewer").open("/notices/").html
    assert 'aria-current="page">全部' in Visitor(app, "inspector_a").open("/notices/").html


# --- service and signed papers ---------------------------------------------------------------------------------


def test_service_is_refused_in_words_and_the_form_keeps_what_was_typed(
    app: Flask, town: City, clock: FixedClock
) -> None:
    one, inspector = a_letter(app, town, clock), Visitor(app, "inspector_a")
    page = refused(inspector, f"/notices/{one}/serve", manner="left", receipt="refused", place="门卫室")
    assert "拒绝签收的，请写明理由和经过。" in page.text
    assert page.form.values["place"] == ["门卫室"]
    inspector.fill(f"/notices/{one}/serve", manner="left", receipt="refused", reason="拒收", witnesses="社区干部")
    page = inspector.open(f"/notices/{one}")
    assert "已签发，拒绝签收" in page.text
    first = inspector.follow(inspector.send(page, page.form))
    second = inspector.send(page, page.form)
    assert second.response.headers["Location"] == first.url  # drafted once


def test_a_signed_paper_is_judged_by_its_content(app: Flask, town: City, clock: FixedClock) -> None:
    one, inspector = a_letter(app, town, clock), Visitor(app, "inspector_a")
    url = f"/notices/{one}/scan"
    assert "请附签字件的照片或 PDF。" in refused(inspector, url).text
    fake = (BytesIO(b"<html><script>alert(1)</script>"), "scan.pdf")
    assert "不能收。请换成照片" in refused(inspector, url, scan=fake).text
    page = refused(inspector, url, scan=jpeg(), signed_on="2030-01-01")
    assert "不能晚于今天" in page.text
    assert "已存：photo.jpg" in page.text
    kept = inspector.follow(inspector.send(page, signed_on=str(clock().date()), signers="𬭬"))
    assert "签字件已存上。" in kept.text
    assert "photo.jpg" in kept.text
    with app.app_context(), everything("test"):
        scan = db.session.scalars(select(NoticeScan)).one().id
        db.session.remove()
    shown = inspector.open(f"/notices/{one}/scans/{scan}")
    assert (shown.status, shown.response.mimetype) == (200, "image/jpeg")
    assert "sandbox" in shown.response.headers["Content-Security-Policy"]
    for key in ("far_inspector", "fire_inspector", "shop_principal", "worker"):
        assert Visitor(app, key).open(f"/notices/{one}/scans/{scan}").status == 404, key


# --- the list --------------------------------------------------------------------------------------------------


def test_the_list_counts_its_views_finds_by_number_and_pages_by_key(app: Flask, town: City, clock: FixedClock) -> None:
    issued = a_letter(app, town, clock)
    number = papers.a_major_of(app, town, clock)
    with app.app_context():
        with town.eyes("inspector_a") as actor, unit_of_work():
            hazards = hazards_by_numbers([number])
            for _ in range(PAGE + 2):
                draft(K.LETTER, hazards, Drafted(papers.ASKED), by=actor, now=clock())
        db.session.remove()
    inspector = Visitor(app, "inspector_a")
    page = inspector.open("/notices/?view=drafts")
    assert f"起草中 {PAGE + 2}" in page.text
    assert f"本页 {PAGE} 份，共 {PAGE + 2} 份" in page.text
    assert breaks(page.html) == []
    assert len(page.html.encode()) < 100_000
    older = page.html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert f"本页 2 份，共 {PAGE + 2} 份" in inspector.open(older).text
    by_number = inspector.open("/notices/?view=all&q=函〔2026〕1号")
    assert "共 1 份" in by_number.text
    assert f'href="/notices/{issued}"' in by_number.html
    assert "没有符合条件的文书" in inspector.open("/notices/?view=all&kind=order").text
    assert inspector.open("/notices/?view=nothing&kind=none&before=x").status == 200
    assert inspector.open("/notices/?view=mine").status == 200


def test_the_home_page_and_the_bar_say_what_waits(app: Flask, town: City, clock: FixedClock) -> None:
    one = a_letter(app, town, clock, "sent")
    reviewer = Visitor(app, "reviewer")
    home = reviewer.open("/")
    assert "等我办的文书 1 份" in home.text
    assert f'href="/notices/{one}/approve"' in home.html
    assert "文书 1" in home.text
    reviewer.fill(f"/notices/{one}/approve", password=PASSWORD)
    assert "等我办的文书" not in reviewer.open("/").text

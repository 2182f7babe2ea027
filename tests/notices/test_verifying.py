"""Whoever holds a paper can check it by its code, without an account, and learns nothing that is not on the paper."""

from __future__ import annotations

import re
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from sqlalchemy import delete, select, update
from werkzeug.test import TestResponse

from accounts.models import Regulator
from core.damage import Damage
from core.db import db, unit_of_work
from core.files import MAX_FILE, file_store
from core.models import Anchor, Event
from core.refusals import NotFound
from core.scope import everything
from core.verification import verify
from notices.certificates import make_certificate
from notices.codes import new_code
from notices.fonts import FontBook
from notices.making import digest_of
from notices.models import Notice
from notices.operations.voiding import void
from notices.verifying import Compared, compared, verified
from notices.views.verifying import BESIDE_FILE
from tests.accounts.test_pages import keeps_house_rules
from tests.accounts.world import post, text_of
from tests.clocks import FixedClock
from tests.hazards.browsing import send
from tests.hazards.city import City, build_city, reported
from tests.notices.city import a_letter, with_prefixes
from tests.notices.city import notice as stands
from workflows.vocabulary import Channel

REASON = "文号写错，企业名称另行更正"


@pytest.fixture
def city(context: Flask, clock: FixedClock, fonts: FontBook) -> City:
    """The small city, whose district has a certificate; with fonts to draw papers."""
    return furnished(context, clock, fonts)


def furnished(app: Flask, clock: FixedClock, fonts: FontBook) -> City:
    app.extensions["font_book"] = fonts
    city = with_prefixes(build_city(clock()))
    with unit_of_work() as session:
        make_certificate(session.get_one(Regulator, city.offices["district"]), by=None, now=clock())
    return city


def issued(city: City, clock: FixedClock) -> Notice:
    """A 督办函 of the district's office to the plant."""
    number = reported(city, "inspector_a", clock(), channel=Channel.SUPERVISION)
    return stands(a_letter(city, number, clock()))


def code_of(notice: Notice) -> str:
    assert notice.code is not None
    return notice.code


def bytes_of(notice: Notice) -> bytes:
    with everything("test notices"), file_store().open(stands(notice.id).file.digest) as file:
        return file.read()


# --- what a code proves ------------------------------------------------------------------------------------------


def test_a_code_proves_number_office_day_signature_and_anchor(city: City, clock: FixedClock) -> None:
    notice = issued(city, clock)
    found = verified(code_of(notice).lower())
    assert (found.number, found.office, found.title) == (notice.number, "綦江区应急管理局", "督办函")
    assert (found.issued_at, found.voided_at) == (clock(), None)
    assert found.snapshot_digest == notice.snapshot_digest
    assert found.kept_whole
    assert (found.signed, found.signature_holds, found.self_made) == (True, True, True)
    bound = db.session.scalars(select(Anchor).order_by(Anchor.seq.desc())).first()
    assert bound is not None
    assert (found.anchor_seq, found.anchor_digest, bound.reason) == (bound.seq, bound.digest, "notice")


def test_a_voided_paper_says_so(city: City, clock: FixedClock) -> None:
    notice, later = issued(city, clock), clock.advance(days=2)
    with city.eyes("approver") as actor, unit_of_work():
        void(notice.id, reason=REASON, by=actor, now=later)
    assert verified(code_of(notice)).voided_at == later


@pytest.mark.parametrize("typed", ["", "K7QM", "不是核验码", "0" * 300])
def test_what_is_no_code_is_not_found(city: City, typed: str) -> None:
    with pytest.raises(NotFound, match="没有这个核验码"):
        verified(typed)


def test_a_code_never_given_out_is_not_found(city: City, clock: FixedClock) -> None:
    issued(city, clock)
    with pytest.raises(NotFound, match="没有这个核验码"):
        verified(new_code())


def test_a_lost_or_changed_file_proves_nothing(city: City, clock: FixedClock) -> None:
    notice = issued(city, clock)
    place = file_store().path(verified(code_of(notice)).file_digest)
    whole = place.read_bytes()
    place.write_bytes(whole[:-9] + b"x" + whole[-8:])
    found = verified(code_of(notice))
    assert not found.kept_whole
    assert not found.signature_holds
    place.unlink()
    assert not verified(code_of(notice)).kept_whole


def test_a_file_put_in_place_of_the_issued_one_proves_nothing(city: City, clock: FixedClock) -> None:
    first, second = issued(city, clock), issued(city, clock)
    with everything("test notices"), unit_of_work() as session:
        session.execute(update(Notice).where(Notice.id == first.id).values(file_id=second.file_id))
    assert not verified(code_of(first)).kept_whole


# --- whether a file is the one that was issued -------------------------------------------------------------------


def test_the_issued_file_is_known_a_changed_one_too_and_any_other_is_not(city: City, clock: FixedClock) -> None:
    notice, other = issued(city, clock), issued(city, clock)
    original = bytes_of(notice)
    writer, rewritten = IncrementalPdfFileWriter(BytesIO(original)), BytesIO()
    writer.root["/Lang"] = pdf_string("en")
    writer.update_root()
    writer.write(rewritten)
    files = {
        original: Compared.SAME,
        rewritten.getvalue(): Compared.CHANGED,
        original.replace(b"%PDF-1.7", b"%PDF-1.6"): Compared.CHANGED,
        b"\0" * 300_000 + original: Compared.CHANGED,
        bytes_of(other): Compared.OTHER,
        b"": Compared.OTHER,
        b"a photo": Compared.OTHER,
    }
    assert {said: compared(code_of(notice), BytesIO(data)) for data, said in files.items()} == {
        said: said for said in Compared
    }
    assert [compared(code_of(notice), BytesIO(data)) for data in files] == list(files.values())


# --- the audit ---------------------------------------------------------------------------------------------------


def test_the_audit_finds_issued_papers_whole(city: City, clock: FixedClock) -> None:
    issued(city, clock)
    issued(city, clock)
    report = verify()
    assert (report.is_whole, report.files) == (True, 2)


def _spoil(act: Callable[[Notice], None], notice: Notice) -> list[tuple[Damage, str]]:
    act(notice)
    number = notice.number or ""
    return [(one.damage, one.sentence.replace(number, "…")) for one in verify().breaks if one.seq == 0]


def _drop_file(notice: Notice) -> None:
    file_store().path(verified(code_of(notice)).file_digest).unlink()


def _change_file(notice: Notice) -> None:
    file_store().path(verified(code_of(notice)).file_digest).write_bytes(b"%PDF-1.7")


def _change_snapshot(notice: Notice) -> None:
    with everything("test notices"), unit_of_work() as session:
        changed = {**(notice.snapshot or {}), "addressee": "另一家企业"}
        session.execute(update(Notice).where(Notice.id == notice.id).values(snapshot=changed))


def _change_both_digests(notice: Notice) -> None:
    with everything("test notices"), unit_of_work() as session:
        changed = {**(notice.snapshot or {}), "addressee": "另一家企业"}
        values = {"snapshot": changed, "snapshot_digest": digest_of(changed)}
        session.execute(update(Notice).where(Notice.id == notice.id).values(values))


def _drop_event(notice: Notice) -> None:
    with unit_of_work() as session:
        session.execute(delete(Event).where(Event.subject_kind == "notice", Event.kind == "issued"))


def test_the_audit_finds_what_was_done_to_an_issued_paper(city: City, clock: FixedClock) -> None:
    file_changed = (Damage.CHANGED, "文书 … 的存档文件被改过。")
    gone = (Damage.REMOVED, "文书 … 的存档文件不见了。")
    snapshot = (Damage.CHANGED, "文书 … 签发时的内容被改过。")
    unlike = (Damage.CHANGED, "文书 … 的摘要与签发的经过不符。")
    untold = (Damage.REMOVED, "文书 … 没有签发的经过。")
    notice = issued(city, clock)
    assert _spoil(_change_file, notice) == [file_changed]
    assert _spoil(_drop_file, notice) == [gone]
    assert _spoil(_change_snapshot, notice) == [gone, snapshot]
    assert _spoil(_change_both_digests, notice) == [gone, unlike]
    assert _spoil(_drop_event, notice) == [gone, untold]


# --- pages, without an account -----------------------------------------------------------------------------------


@pytest.fixture
def paper_of(sqlite_app: Flask, clock: FixedClock, fonts: FontBook) -> tuple[City, Notice, bytes]:
    """A paper that was issued, with its bytes; for browsers."""
    with sqlite_app.app_context():
        city = furnished(sqlite_app, clock, fonts)
        notice = issued(city, clock)
        data = bytes_of(notice)
        db.session.expunge_all()
        db.session.remove()
    return city, notice, data


Issued = tuple[City, Notice, bytes]


def test_anybody_reads_what_the_code_proves_and_nothing_confidential(
    sqlite_client: FlaskClient, paper_of: Issued
) -> None:
    _city, notice, _data = paper_of
    answer = sqlite_client.get(f"/verify/{notice.code}")
    page = text_of(answer)
    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex")
    keeps_house_rules("verify", page)
    for shown in (
        notice.number,
        "督办函",
        "綦江区应急管理局",
        "2026-11-16",
        "这份文书有效",
        "完好",
        notice.snapshot_digest,
    ):
        assert shown in page
    hazard = (notice.snapshot or {})["items"][0]
    for hidden in (
        notice.addressee,
        hazard["number"],
        hazard["description"],
        hazard["place"],
        "检查人员",
        "分管负责人",
    ):
        assert hidden
        assert hidden not in page


def test_a_voided_paper_shows_its_day_and_not_its_reason(
    sqlite_app: Flask, sqlite_client: FlaskClient, clock: FixedClock, paper_of: Issued
) -> None:
    city, notice, _data = paper_of
    with sqlite_app.app_context(), city.eyes("approver") as actor, unit_of_work():
        void(notice.id, reason=REASON, by=actor, now=clock.advance(days=1))
    page = text_of(sqlite_client.get(f"/verify/{notice.code}"))
    assert "这份文书已作废。" in page
    assert "2026-11-17" in page
    assert "文号写错" not in page


def test_a_code_that_proves_nothing_is_answered_alike_whatever_it_is(
    sqlite_client: FlaskClient, paper_of: Issued
) -> None:
    def shape(answer: TestResponse) -> tuple[int, str]:
        return answer.status_code, re.sub(r'value="[^"]*"', "", text_of(answer))

    answers = [shape(sqlite_client.get(f"/verify/{code}")) for code in (new_code(), "K7QM", "%20", "0" * 200)]
    assert answers[0][0] == 404
    assert "没有这个核验码的文书" in answers[0][1]
    assert answers == [answers[0]] * 4


def test_a_typed_code_leads_to_its_page(sqlite_client: FlaskClient, paper_of: Issued) -> None:
    _city, notice, _data = paper_of
    code = code_of(notice)
    keeps_house_rules("verify", text_of(sqlite_client.get("/verify/")))
    answer = post(sqlite_client, "/verify/", {"code": f" {code.lower().replace('-', ' ')}"})
    assert (answer.status_code, answer.location) == (302, f"/verify/{code}")
    answer = post(sqlite_client, "/verify/", {"code": "K7QM-3TZP-9AB"})
    assert answer.status_code == 422
    assert "这不是一个核验码" in text_of(answer)
    assert "K7QM-3TZP-9AB" in text_of(answer)


def test_an_uploaded_file_is_compared_and_told_in_words(sqlite_client: FlaskClient, paper_of: Issued) -> None:
    _city, notice, data = paper_of
    url = f"/verify/{notice.code}"
    files = {
        data: "是签发的原件。",
        data + b"\n": "文件被改动过，不是签发的原件。",
        b"%PDF-1.7 scan": "不是签发的那个文件。",
    }
    for content, words in files.items():
        answer = send(sqlite_client, url, text_of(sqlite_client.get(url)), {}, file=[("文书.pdf", content)])
        assert answer.status_code == 200
        assert words in text_of(answer)
    answer = send(sqlite_client, url, text_of(sqlite_client.get(url)), {})
    assert answer.status_code == 422
    assert "请选择收到的 PDF 文件。" in text_of(answer)


def test_more_than_one_file_can_hold_is_not_read(sqlite_client: FlaskClient, paper_of: Issued) -> None:
    _city, notice, _data = paper_of
    url = f"/verify/{notice.code}"
    huge = b"0" * (MAX_FILE + BESIDE_FILE + 1)
    answer = sqlite_client.post(url, data=huge, content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413


def test_codes_are_not_found_by_trying(sqlite_client: FlaskClient, paper_of: Issued) -> None:
    answers = [sqlite_client.get(f"/verify/{new_code()}").status_code for _ in range(61)]
    assert answers == [404] * 60 + [429]

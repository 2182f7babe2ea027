"""With a seal service set up, papers are sealed there, and what comes back is looked at before it counts."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from urllib.parse import unquote

import pytest
from flask import Flask
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter

from accounts.models import Regulator
from core.db import db, unit_of_work
from core.settings import BadSetting, load_settings
from notices import seal_service as service_rules
from notices.signing import SealRefused, check_signature, sign_document, sign_outside
from tests.clocks import FixedClock
from tests.hazards.city import City, build_city
from tests.notices.seals import SUBJECT, Seal, known_as, sealing
from tests.receivers import SealService, free_port, silent_server

REASON = "督办函 綦应急函〔2026〕3号"


@pytest.fixture
def city(sqlite_context: Flask, clock: FixedClock) -> City:
    """The small city."""
    return build_city(clock())


@pytest.fixture
def service(clock: FixedClock, sqlite_context: Flask) -> Iterator[SealService]:
    """A service that seals, known to the installation."""
    with sealing(sqlite_context, clock()) as found:
        yield found


def sealed(city: City, paper: bytes) -> bytes:
    code = db.session.get_one(Regulator, city.offices["district"]).code
    made = sign_outside(paper, office_code=code, reason=REASON)
    assert made.is_signed
    assert made.certificate_id is None
    return made.data


def test_the_service_gets_the_paper_with_office_and_digest(city: City, paper: bytes, service: SealService) -> None:
    sealed(city, paper)
    ((told, data),) = service.got
    assert data == paper
    assert told["path"] == "/v1/seal?kind=notice"
    assert told["X-Office-Code"] == db.session.get_one(Regulator, city.offices["district"]).code
    assert told["X-Document-Digest"] == hashlib.sha256(paper).hexdigest()
    assert unquote(told["X-Reason"]) == REASON
    assert told["Authorization"] == "Basic c2VhbDpwQHNz"  # seal:p@ss


def test_what_the_service_sealed_is_what_is_kept(city: City, paper: bytes, service: SealService) -> None:
    data = sealed(city, paper)
    found = check_signature(data, None)
    assert data.startswith(paper)
    assert found is not None
    assert (found.intact, found.covers_whole, found.subject) == (True, True, SUBJECT)


def _rewritten(pdf: bytes) -> bytes:
    """Another text on the first page, added as an update."""
    writer = IncrementalPdfFileWriter(BytesIO(pdf))
    page, _resources = writer.find_page_for_modification(0)
    content = page.get_object()["/Contents"]
    content._data = b"BT ET"
    content._encoded_data = None
    writer.update_container(content)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def test_what_comes_back_must_be_the_paper_with_a_seal(city: City, paper: bytes, service: SealService) -> None:
    seal = service.seal
    wrong: dict[str, Seal] = {
        "不是送去的那一份": lambda pdf: seal(pdf)[1:],
        "没有签章": lambda pdf: pdf,
        "改动了正文": lambda pdf: seal(_rewritten(pdf)),
        "打不开": lambda pdf: pdf + b"/ByteRange [0 1 2 3]\nstartxref\n99999999\n%%EOF\n",
    }
    for fault, answer in wrong.items():
        service.seal = answer
        with pytest.raises(SealRefused, match=f"送回的文件{fault}。没有签发。"):
            sealed(city, paper)


def test_a_service_that_says_no_is_named_with_its_answer(city: City, paper: bytes, service: SealService) -> None:
    service.status = 403
    with pytest.raises(SealRefused, match="没有盖章（答复 403）。没有签发。"):
        sealed(city, paper)


def test_an_answer_without_end_is_cut_off(city: City, paper: bytes, service: SealService) -> None:
    service.seal = lambda pdf: pdf + b" " * (service_rules.MOST_ADDED + 1)
    with pytest.raises(SealRefused, match="应答太长"):
        sealed(city, paper)


def test_a_service_that_answers_drop_by_drop_is_not_waited_for(
    city: City, paper: bytes, service: SealService, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service_rules, "SECONDS", 0.5)
    service.pause = 0.2
    with pytest.raises(SealRefused, match="没有按时应答"):
        sealed(city, paper)


def test_a_service_that_is_silent_or_gone_issues_nothing(
    city: City, paper: bytes, monkeypatch: pytest.MonkeyPatch, sqlite_context: Flask
) -> None:
    monkeypatch.setattr(service_rules, "SECONDS", 0.3)
    with silent_server() as port:
        known_as(sqlite_context, f"http://127.0.0.1:{port}/")
        with pytest.raises(SealRefused, match="没有按时应答"):
            sealed(city, paper)
    known_as(sqlite_context, f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(SealRefused, match="没有应答"):
        sealed(city, paper)


def test_nobody_in_the_database_waits_for_the_service(
    city: City, clock: FixedClock, paper: bytes, service: SealService
) -> None:
    with unit_of_work(), pytest.raises(RuntimeError, match="inside a unit of work"):
        sealed(city, paper)
    with unit_of_work(), pytest.raises(RuntimeError, match="an office's certificate"):
        sign_document(paper, city.offices["district"], now=clock(), reason=REASON)
    assert service.got == []


@pytest.mark.parametrize("url", ["ftp://seal.cn/", "seal.cn", "https://seal.cn:no/", "https://u:a/b@seal.cn"])
def test_an_address_that_cannot_be_read_is_said_at_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="SEAL_URL"):
        load_settings(tmp_path, {"SEAL_URL": url})

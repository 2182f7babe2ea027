"""A paper is signed for its office; its signature holds for the whole file, and one byte changed shows."""

from __future__ import annotations

import os
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from pyhanko.pdf_utils.generic import pdf_string
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext
from pypdf import PdfReader
from sqlalchemy import update

from accounts.models import Regulator
from core.db import db, unit_of_work
from notices.certificates import chain_of, end_certificate, make_certificate
from notices.models import OfficeCertificate
from notices.pdf_signatures import read_chain
from notices.signing import CertificateUnfit, SignedDocument, check_signature, sign_document
from tests.clocks import FixedClock
from tests.hazards.city import City, build_city

REASON = "责令限期整改指令书 （綦）应急责改〔2026〕12号"
NAME = "綦江区应急管理局"


@pytest.fixture
def city(context: Flask, clock: FixedClock) -> City:
    """The small city; its offices have no certificate yet."""
    return build_city(clock())


@pytest.fixture
def district(city: City, clock: FixedClock) -> int:
    """The district's office, with a certificate of its own."""
    with unit_of_work() as session:
        office = session.get_one(Regulator, city.offices["district"])
        make_certificate(office, by=None, now=clock())
    return office.id


def signed(paper: bytes, office_id: int, clock: FixedClock) -> SignedDocument:
    return sign_document(paper, office_id, now=clock(), reason=REASON)


def validated(made: SignedDocument) -> Any:
    """What pyHanko itself says of it, with the office's certificate as the only root."""
    assert made.certificate_id is not None
    root = read_chain(chain_of(made.certificate_id))[0]
    embedded = PdfFileReader(BytesIO(made.data)).embedded_signatures[0]
    moment = embedded.self_reported_timestamp
    return validate_pdf_signature(embedded, ValidationContext(trust_roots=[root], allow_fetching=False, moment=moment))


# --- what is signed ----------------------------------------------------------------------------------------------


def test_a_signed_paper_passes_the_librarys_validation(district: int, clock: FixedClock, paper: bytes) -> None:
    status = validated(signed(paper, district, clock))
    assert (status.intact, status.valid, status.trusted, status.bottom_line) == (True, True, True, True)
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE


def test_a_signed_paper_is_intact_whole_and_the_offices(district: int, clock: FixedClock, paper: bytes) -> None:
    made = signed(paper, district, clock)
    found = check_signature(made.data, made.certificate_id)
    assert made.is_signed
    assert found is not None
    assert (found.intact, found.covers_whole, found.trusted) == (True, True, True)
    assert (found.subject, found.signed_at) == (NAME, clock())


def test_the_signature_is_added_and_the_paper_left_as_it_was(district: int, clock: FixedClock, paper: bytes) -> None:
    made = signed(paper, district, clock)
    before, after = PdfReader(BytesIO(paper)), PdfReader(BytesIO(made.data))
    assert made.data.startswith(paper)
    assert after.metadata == before.metadata
    assert after.trailer["/Root"]["/Metadata"].get_data() == before.trailer["/Root"]["/Metadata"].get_data()
    assert "/Version" not in after.trailer["/Root"]
    field = after.trailer["/Root"]["/AcroForm"]["/Fields"][0].get_object()
    assert (field["/T"], field["/Rect"]) == ("机关签章", [0, 0, 0, 0])
    assert field["/F"] & 0b100111 == 0b100  # printed, neither hidden nor invisible nor not to be viewed: PDF/A-2, 6.3.2
    assert field["/V"]["/Reason"] == REASON


def test_one_byte_changed_anywhere_breaks_the_signature(district: int, clock: FixedClock, paper: bytes) -> None:
    made = signed(paper, district, clock)
    for at in (len(paper) // 3, len(paper) // 2, len(paper) - 200):
        changed = bytearray(made.data)
        changed[at] ^= 1
        found = check_signature(bytes(changed), made.certificate_id)
        assert found is None or not found.intact


def test_what_is_added_after_the_signature_shows(district: int, clock: FixedClock, paper: bytes) -> None:
    made = signed(paper, district, clock)
    later, written = IncrementalPdfFileWriter(BytesIO(made.data)), BytesIO()
    later.root["/Lang"] = pdf_string("en")
    later.update_root()
    later.write(written)
    found = check_signature(written.getvalue(), made.certificate_id)
    assert found is not None
    assert not found.covers_whole


def test_anothers_signature_is_intact_and_not_believed(
    city: City, district: int, clock: FixedClock, paper: bytes
) -> None:
    with unit_of_work() as session:
        other = make_certificate(session.get_one(Regulator, city.offices["town"]), by=None, now=clock())
    found = check_signature(signed(paper, district, clock).data, other)
    assert found is not None
    assert (found.intact, found.trusted) == (True, False)


@pytest.mark.parametrize("data", [b"", b"no pdf", b"%PDF-1.7\n%%EOF\n"])
def test_what_is_no_pdf_has_no_signature(sqlite_context: Flask, data: bytes) -> None:
    assert check_signature(data, None) is None


@pytest.mark.skipif(shutil.which("pdfsig") is None and os.environ.get("CI") != "true", reason="poppler is not at hand")
def test_another_program_finds_the_signature_valid(
    district: int, clock: FixedClock, paper: bytes, tmp_path: Path
) -> None:
    place = tmp_path / "paper.pdf"
    place.write_bytes(signed(paper, district, clock).data)
    said = subprocess.run(["pdfsig", str(place)], capture_output=True, text=True, check=False).stdout
    assert "Signature is Valid." in said
    assert "Total document signed" in said
    assert NAME in said


def test_many_threads_sign_with_one_key(district: int, clock: FixedClock, paper: bytes, context: Flask) -> None:
    def sign(_number: int) -> bool:
        with context.app_context():
            made = signed(paper, district, clock)
            found = check_signature(made.data, made.certificate_id)
            return found is not None and found.intact and found.trusted

    with ThreadPoolExecutor(4) as pool:
        assert all(pool.map(sign, range(12)))


# --- who has none, or one that is no longer good -----------------------------------------------------------------


def test_an_office_without_a_certificate_issues_the_paper_as_it_is(city: City, clock: FixedClock, paper: bytes) -> None:
    assert signed(paper, city.offices["town"], clock) == SignedDocument(paper)


def test_an_ended_certificate_signs_no_more_and_its_signatures_stand(
    district: int, clock: FixedClock, paper: bytes
) -> None:
    before = signed(paper, district, clock)
    with unit_of_work() as session:
        end_certificate(session.get_one(Regulator, district), by=None, now=clock())
    assert not signed(paper, district, clock).is_signed
    found = check_signature(before.data, before.certificate_id)
    assert found is not None
    assert found.trusted


def test_a_certificate_that_has_run_out_signs_nothing_and_says_who_renews_it(
    district: int, clock: FixedClock, paper: bytes
) -> None:
    before = signed(paper, district, clock)
    clock.advance(days=366 * 10)
    with pytest.raises(CertificateUnfit, match=f"{NAME}的签章证书已于 2036-11-13 到期.*请系统管理员装载新证书"):
        signed(paper, district, clock)
    found = check_signature(before.data, before.certificate_id)
    assert found is not None
    assert found.trusted  # what it signed while it was good stands


def test_a_certificate_that_is_not_valid_yet_signs_nothing(district: int, clock: FixedClock, paper: bytes) -> None:
    clock.set(clock() - timedelta(days=2))
    with pytest.raises(CertificateUnfit, match="2026-11-16 起才有效"):
        signed(paper, district, clock)


def test_a_key_put_beside_another_certificate_does_not_open(
    city: City, district: int, clock: FixedClock, paper: bytes
) -> None:
    with unit_of_work() as session:
        make_certificate(session.get_one(Regulator, city.offices["town"]), by=None, now=clock())
        stolen = update(OfficeCertificate).where(OfficeCertificate.regulator_id == district)
        session.execute(stolen.values(regulator_id=city.offices["fire"]))
    db.session.expire_all()
    with pytest.raises(CertificateUnfit, match="私钥打不开"):
        signed(paper, city.offices["fire"], clock)

"""An office's certificate: read as authorities hand it out, kept sealed, loaded by the system administrator only."""

from __future__ import annotations

import datetime as dt
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from accounts.models import Regulator
from core.db import db, unit_of_work
from core.models import Event
from core.refusals import Invalid, NotAllowed, NotFound
from notices.certificates import (
    active_certificate,
    certificates_of,
    end_certificate,
    load_certificate,
    make_certificate,
    opened_key,
)
from notices.certificates_reading import LARGEST, read_pair
from notices.models import OfficeCertificate
from notices.signing import check_signature, sign_document
from tests.accounts.test_pages import keeps_house_rules
from tests.accounts.world import post
from tests.clocks import FixedClock
from tests.hazards.browsing import browser, errors_on, hidden, send
from tests.hazards.city import City, build_city
from tests.pages.house import further_people

PASSWORD = "证书-2026"


@dataclass
class Authority:
    """Who issues certificates, and what it hands out."""

    key: Any
    certificate: x509.Certificate

    def issue(self, now: dt.datetime, key: Any = None, *, days: int = 700, usage: bool | None = True) -> Issued:
        """A certificate that begins yesterday; `usage` False: for keys only, None: names no use."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        made = _builder("綦江区应急管理局", "电子认证中心", key, now, days)
        if usage is not None:
            flags = dict.fromkeys(
                ("data_encipherment", "key_agreement", "key_cert_sign", "crl_sign", "encipher_only", "decipher_only"),
                False,
            )
            made = made.add_extension(
                x509.KeyUsage(digital_signature=usage, content_commitment=False, key_encipherment=not usage, **flags),
                critical=True,
            )
        return Issued(key, made.sign(self.key, hashes.SHA256()), self.certificate)


@dataclass
class Issued:
    """A certificate with its key and issuer, in the forms in which they come."""

    key: Any
    certificate: x509.Certificate
    issuer: x509.Certificate

    def pfx(self, password: str = PASSWORD) -> bytes:
        closed = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        return pkcs12.serialize_key_and_certificates(b"seal", self.key, self.certificate, [self.issuer], closed)

    def pem(self, password: str = "") -> bytes:
        closed = BestAvailableEncryption(password.encode()) if password else NoEncryption()
        key = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, closed)
        return b"".join((self.issuer.public_bytes(Encoding.PEM), self.certificate.public_bytes(Encoding.PEM), key))


def _builder(name: str, issuer: str, key: Any, now: dt.datetime, days: int) -> x509.CertificateBuilder:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now - dt.timedelta(days=1) + dt.timedelta(days=days))
    )


@pytest.fixture(scope="module")
def authority() -> Authority:
    """One that people may have heard of."""
    key = ec.generate_private_key(ec.SECP384R1())
    made = _builder("电子认证中心", "电子认证中心", key, dt.datetime(2026, 1, 1, tzinfo=dt.UTC), 7000)
    return Authority(key, made.sign(key, hashes.SHA256()))


# --- files -------------------------------------------------------------------------------------------------------


def test_each_form_in_which_certificates_come_is_read(clock: FixedClock, authority: Authority) -> None:
    issued = authority.issue(clock())
    files = ((issued.pfx(), PASSWORD), (issued.pfx(""), ""), (issued.pem(), ""), (issued.pem(PASSWORD), PASSWORD))
    for data, password in files:
        pair = read_pair(data, password, now=clock())
        assert pair.chain == (issued.certificate, authority.certificate)
        assert pair.key.private_numbers() == issued.key.private_numbers()


def test_a_key_of_rsa_signs_too(clock: FixedClock, authority: Authority) -> None:
    issued = authority.issue(clock(), rsa.generate_private_key(65537, 2048), usage=None)
    assert read_pair(issued.pfx(), PASSWORD, now=clock()).certificate == issued.certificate


def test_what_cannot_sign_is_refused_at_its_field_in_words(clock: FixedClock, authority: Authority) -> None:
    now, good = clock(), authority.issue(clock())
    other = authority.issue(now)
    halves = good.certificate.public_bytes(Encoding.PEM)
    wrong: tuple[tuple[bytes, str, str, str], ...] = (
        (good.pfx(), "", "password", "密码不对"),
        (good.pfx(), "其他", "password", "密码不对"),
        (good.pem(PASSWORD), "", "password", "密码不对"),
        (good.pem(PASSWORD), "其他", "password", "密码不对"),
        (b"not a file", "", "file", "读不懂"),
        (b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", "", "file", "读不懂"),
        (halves, "", "file", "没有证书或没有私钥"),
        (Issued(other.key, good.certificate, good.issuer).pem(), "", "file", "不是一对"),
        (authority.issue(now, days=1).pfx(), PASSWORD, "file", "到期"),
        (authority.issue(now + dt.timedelta(days=3)).pfx(), PASSWORD, "file", "才有效"),
        (authority.issue(now, usage=False).pfx(), PASSWORD, "file", "不是签名用的"),
        (authority.issue(now, rsa.generate_private_key(65537, 1024)).pfx(), PASSWORD, "file", "RSA（2048 位以上）"),
        (authority.issue(now, ed25519.Ed25519PrivateKey.generate()).pfx(), PASSWORD, "file", "RSA（2048 位以上）"),
        (b"0" * (LARGEST + 1), "", "file", "文件太大"),
    )
    for data, password, place, words in wrong:
        with pytest.raises(Invalid) as refusal:
            read_pair(data, password, now=now)
        assert list(refusal.value.fields) == [place]
        assert words in refusal.value.fields[place]


# --- operations --------------------------------------------------------------------------------------------------


@pytest.fixture
def city(context: Flask, clock: FixedClock) -> City:
    """The small city with the system's people."""
    city = build_city(clock())
    further_people(city, clock())
    return city


def office(city: City) -> Regulator:
    return db.session.get_one(Regulator, city.offices["district"])


def said(city: City) -> list[str]:
    """What the office's history tells."""
    wanted = select(Event.kind).where(Event.subject_kind == "regulator", Event.subject_id == city.offices["district"])
    return list(db.session.scalars(wanted.order_by(Event.seq)))


def test_the_administrator_loads_and_the_office_signs_with_it(
    city: City, clock: FixedClock, authority: Authority, paper: bytes
) -> None:
    admin = city.actor("system_admin")
    with unit_of_work():
        made = load_certificate(office(city), authority.issue(clock()).pfx(), PASSWORD, by=admin, now=clock())
    signed = sign_document(paper, city.offices["district"], now=clock(), reason="签发")
    found = check_signature(signed.data, made)
    assert signed.certificate_id == made
    assert found is not None
    assert (found.intact, found.trusted) == (True, True)
    assert said(city) == ["certificate_loaded"]


def test_the_key_lies_sealed(city: City, clock: FixedClock, authority: Authority) -> None:
    issued = authority.issue(clock())
    with unit_of_work():
        load_certificate(office(city), issued.pem(), "", by=None, now=clock())
    kept = active_certificate(city.offices["district"])
    assert kept is not None
    plain = issued.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    assert opened_key(kept) == plain
    assert "PRIVATE" not in kept.certificate
    assert plain.hex() not in kept.sealed_key


def test_another_certificate_takes_the_place_of_the_one_before(
    city: City, clock: FixedClock, authority: Authority
) -> None:
    with unit_of_work():
        first = make_certificate(office(city), by=None, now=clock())
    with unit_of_work():
        second = load_certificate(office(city), authority.issue(clock()).pem(), "", by=None, now=clock())
    found = certificates_of(city.offices["district"])
    assert [(one.id, one.ended_at is None, one.self_made) for one in found] == [
        (second, True, False),
        (first, False, True),
    ]


def test_two_loaded_at_once_leave_one(city: City, clock: FixedClock, context: Flask) -> None:
    def load(_number: int) -> None:
        with context.app_context(), unit_of_work():
            make_certificate(office(city), by=None, now=clock())

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(load, range(4)))
    found = certificates_of(city.offices["district"])
    assert (len(found), len([one for one in found if one.ended_at is None])) == (4, 1)
    assert said(city) == ["certificate_made"] * 4


def test_a_certificate_ends_once(city: City, clock: FixedClock) -> None:
    with unit_of_work():
        make_certificate(office(city), by=None, now=clock())
        end_certificate(office(city), by=None, now=clock())
    assert active_certificate(city.offices["district"]) is None
    with pytest.raises(NotFound, match="没有在用的"):
        end_certificate(office(city), by=None, now=clock())
    assert said(city) == ["certificate_made", "certificate_ended"]


@pytest.mark.parametrize("key", ["approver", "reviewer", "security_admin", "auditor", "principal"])
def test_nobody_else_keeps_certificates(city: City, clock: FixedClock, authority: Authority, key: str) -> None:
    by, data = city.actor(key), authority.issue(clock()).pem()
    with pytest.raises(NotAllowed, match="系统管理员"):
        load_certificate(office(city), data, "", by=by, now=clock())
    with pytest.raises(NotAllowed, match="系统管理员"):
        make_certificate(office(city), by=by, now=clock())
    with pytest.raises(NotAllowed, match="系统管理员"):
        end_certificate(office(city), by=by, now=clock())
    assert db.session.scalars(select(OfficeCertificate)).all() == []


# --- pages -------------------------------------------------------------------------------------------------------


@pytest.fixture
def small(sqlite_app: Flask, clock: FixedClock) -> City:
    """The small city, for browsers."""
    with sqlite_app.app_context():
        city = build_city(clock())
        further_people(city, clock())
        db.session.remove()
    return city


def page_of(city: City) -> str:
    return f"/admin/regulators/{city.offices['district']}/certificate"


def press(client: FlaskClient, url: str, act: str, page: str = "") -> TestResponse:
    """Press one of the buttons that ask for nothing, on the page as it is or as it was."""
    sent = hidden(page or client.get(url).text)
    keys = re.findall(r'name="once" value="([^"]+)" data-once>', page or client.get(url).text)
    return client.post(f"{url}/{act}", data={"csrf_token": sent["csrf_token"], "once": keys[-1]})


def test_the_page_loads_makes_and_ends(sqlite_app: Flask, small: City, clock: FixedClock, authority: Authority) -> None:
    admin, url = browser(sqlite_app, "system_admin"), page_of(small)
    assert "还没有签章证书" in admin.get(url).text
    assert press(admin, url, "make").status_code == 302
    assert "本系统自制" in admin.get(url).text
    pfx = [("seal.pfx", authority.issue(clock(), days=20).pfx())]
    assert send(admin, url, admin.get(url).text, {"password": PASSWORD}, file=pfx).location == url
    page = admin.get(url).text
    keeps_house_rules(url, page)
    assert "证书还有 19 天到期" in page
    assert "停用的证书" in page
    assert press(admin, url, "end").status_code == 302
    assert "还没有签章证书" in admin.get(url).text


def test_a_second_tap_makes_loads_and_ends_nothing(
    sqlite_app: Flask, small: City, clock: FixedClock, authority: Authority
) -> None:
    admin, url = browser(sqlite_app, "system_admin"), page_of(small)
    page, pfx = admin.get(url).text, [("seal.pfx", authority.issue(clock()).pfx())]
    for act in ("make", "make"):
        assert press(admin, url, act, page).location == url
    loading = admin.get(url).text
    for _ in range(2):
        assert send(admin, url, loading, {"password": PASSWORD}, file=pfx).location == url
    assert "这张表已提交过，没有重复办理。" in admin.get(url).text
    ending = admin.get(url).text
    for act in ("end", "end"):
        assert press(admin, url, act, ending).location == url
    with sqlite_app.app_context():
        kept = [(one.self_made, one.ended_at is None) for one in certificates_of(small.offices["district"])]
        assert kept == [(False, False), (True, False)]
        assert said(small) == ["certificate_made", "certificate_loaded", "certificate_ended"]
        db.session.remove()


def test_an_act_without_its_key_or_without_anything_to_end_is_refused(sqlite_app: Flask, small: City) -> None:
    admin, url = browser(sqlite_app, "system_admin"), page_of(small)
    answer = post(admin, f"{url}/make", at=url)
    assert (answer.status_code, "这张表不完整，没有提交" in answer.text) == (422, True)
    assert press(admin, url, "end").status_code == 404
    with sqlite_app.app_context():
        assert certificates_of(small.offices["district"]) == []
        db.session.remove()


def test_a_wrong_file_is_shown_at_its_field(
    sqlite_app: Flask, small: City, clock: FixedClock, authority: Authority
) -> None:
    admin, url = browser(sqlite_app, "system_admin"), page_of(small)
    pfx = [("seal.pfx", authority.issue(clock()).pfx())]
    answer = send(admin, url, admin.get(url).text, {"password": "其他"}, file=pfx)
    assert answer.status_code == 422
    assert "密码不对" in errors_on(answer.text)["password"]
    answer = send(admin, url, admin.get(url).text, {})
    assert (answer.status_code, errors_on(answer.text)) == (422, {"file": "请选择证书文件。"})


def test_the_other_administrators_read_and_change_nothing(sqlite_app: Flask, small: City, clock: FixedClock) -> None:
    url = page_of(small)
    for key in ("security_admin", "auditor"):
        client = browser(sqlite_app, key)
        page = client.get(url)
        assert page.status_code == 200
        assert "装载证书" not in page.text
        for act in ("", "/make", "/end"):
            assert post(client, url + act, at=url).status_code == 403


def test_nobody_of_an_office_or_an_enterprise_finds_the_page(sqlite_app: Flask, small: City) -> None:
    for key in ("approver", "principal"):
        client: FlaskClient = browser(sqlite_app, key)
        assert client.get(page_of(small)).status_code == 403


def test_the_offices_page_leads_to_it(sqlite_app: Flask, small: City) -> None:
    page = browser(sqlite_app, "system_admin").get(f"/admin/regulators/{small.offices['district']}").text
    assert page_of(small) in page

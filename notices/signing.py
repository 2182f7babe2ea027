"""Signs a paper for its office, and tells of a paper whether its signature still holds.

Three ways, in this order: the seal service of the installation (`SEAL_URL`), the office's own certificate, none. Where
one is set up and does not work, nothing is issued: a paper without the seal its office promised would be worth less
than none. The service is another server and may take its time, so it is asked outside of any unit of work.

pyHanko, by which all of it is done, takes 15 MB of a process: most of them sign nothing, so it is loaded by the first
paper that is signed or looked at.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import TYPE_CHECKING, Final

from flask import current_app

from accounts.models import Regulator
from core.days import SHANGHAI
from core.db import db, is_writing
from core.refusals import Unavailable
from core.sealing import Unreadable
from core.web import settings
from notices.certificates import active_certificate, chain_of, opened_key
from notices.models import OfficeCertificate
from notices.signature_found import SignatureFound

if TYPE_CHECKING:
    from notices.pdf_signatures import OpenKey

__all__ = [
    "CertificateUnfit",
    "SealRefused",
    "SignatureFound",
    "SignedDocument",
    "check_signature",
    "has_seal_service",
    "sign_document",
    "sign_outside",
]

_KEPT: Final = "office_keys"
_opening = Lock()


class SealRefused(Unavailable):
    """The seal service gave nothing that can be issued."""


class CertificateUnfit(Unavailable):
    """The office has a certificate that cannot sign now; the sentence names who must see to it."""


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A paper as it is to be kept. `certificate_id`: of the office's own; `is_signed` also by a seal service."""

    data: bytes
    certificate_id: int | None = None
    is_signed: bool = False


def has_seal_service() -> bool:
    """Whether the papers of offices are sealed by a service."""
    return bool(settings().seal_url)


def sign_outside(pdf: bytes, *, office_code: str, reason: str) -> SignedDocument:
    """The paper as the seal service sealed it.

    `Unavailable` where it does not answer in time or answers something else. Nothing may be held in the database
    meanwhile: the caller's reading has ended, and inside a unit of work it is refused.
    """
    from notices.seal_service import sealed_outside  # see above

    if is_writing():
        raise RuntimeError("the seal service is waited for inside a unit of work")
    sealed = sealed_outside(pdf, settings().seal_url, office_code=office_code, reason=reason)
    return SignedDocument(sealed, is_signed=True)


def sign_document(pdf: bytes, office_id: int, *, now: datetime, reason: str) -> SignedDocument:
    """The paper with the signature of its office's own certificate, or as it is where the office has none.

    `CertificateUnfit` for a certificate that has run out, is not valid yet or cannot be opened. Not where a seal
    service seals the papers of this installation.
    """
    if has_seal_service():
        raise RuntimeError("a paper that the seal service seals is signed by an office's certificate")
    office = db.session.get_one(Regulator, office_id)
    found = active_certificate(office_id)
    if found is None:
        return SignedDocument(pdf)
    _refuse_unfit(found, office, now)
    signed = _key_of(found).sign(pdf, name=office.name, reason=reason, at=now)
    return SignedDocument(signed, found.id, is_signed=True)


def check_signature(data: bytes, certificate_id: int | None) -> SignatureFound | None:
    """What the signature of a paper tells, believing the certificate with which it was signed; None without one."""
    from notices.pdf_signatures import look_at_signature  # see above

    roots = [chain_of(certificate_id)] if certificate_id is not None else []
    return look_at_signature(data, roots)


def _refuse_unfit(found: OfficeCertificate, office: Regulator, now: datetime) -> None:
    if found.valid_until <= now:
        until = f"{found.valid_until.astimezone(SHANGHAI):%Y-%m-%d}"
        raise CertificateUnfit(f"{office.name}的签章证书已于 {until} 到期，没有签发。请系统管理员装载新证书后再签发。")
    if found.valid_from > now:
        since = f"{found.valid_from.astimezone(SHANGHAI):%Y-%m-%d}"
        raise CertificateUnfit(f"{office.name}的签章证书从 {since} 起才有效，没有签发。请系统管理员核对。")


def _key_of(found: OfficeCertificate) -> OpenKey:
    """The certificate's key, opened once a process; a row never changes its key, and another row seals another."""
    from notices.pdf_signatures import OpenKey  # see above

    kept: dict[str, OpenKey] = current_app.extensions.setdefault(_KEPT, {})
    with _opening:
        if found.sealed_key not in kept:
            try:
                kept[found.sealed_key] = OpenKey(found.certificate, opened_key(found))
            except Unreadable as error:
                raise CertificateUnfit("签章证书的私钥打不开，没有签发。请系统管理员重新装载证书。") from error
    return kept[found.sealed_key]

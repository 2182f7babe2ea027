"""The certificates of offices: loaded, self-made, ended. Called inside a unit of work.

The system administrator keeps them, as the offices themselves: a certificate is part of how an installation is set up,
its key must not pass through the hands of those who issue papers, and whoever keeps the key issues nothing (the
system's people have no notices). `by` None is the operator at the command line, or the demonstration's builder.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import select, update

from accounts.access import Actor
from accounts.authority import allow, may_keep_offices
from accounts.history import record
from accounts.models import Regulator
from core.db import db
from core.refusals import NotFound
from core.sealing import seal, unseal
from notices.certificates_reading import KeyPair, make_pair, read_pair
from notices.models import OfficeCertificate

PURPOSE: Final = "office-certificate"
SHOWN: Final = 20
LONGEST_SUBJECT: Final = 300


def load_certificate(office: Regulator, file: bytes, password: str, *, by: Actor | None, now: datetime) -> int:
    """Let the office sign with this certificate (PKCS #12 or PEM) from now on; the one before it ends.

    `Invalid` at `file` or `password` for what cannot sign. Returns the certificate's id.
    """
    _allow(by)
    return _put(office, read_pair(file, password, now=now), "certificate_loaded", self_made=False, by=by, now=now)


def make_certificate(office: Regulator, *, by: Actor | None, now: datetime) -> int:
    """Let the office sign with a certificate made here: it shows that a paper was changed, and proves nobody."""
    _allow(by)
    return _put(office, make_pair(office.name, now=now), "certificate_made", self_made=True, by=by, now=now)


def end_certificate(office: Regulator, *, by: Actor | None, now: datetime) -> None:
    """The office signs no longer; what it signed keeps its signature."""
    _allow(by)
    active = active_certificate(office.id)
    if active is None:
        raise NotFound("这个单位没有在用的签章证书。")
    record(office, "certificate_ended", by=by, now=now, certificate=active.id)
    _end_all(office, now)


def _allow(by: Actor | None) -> None:
    allow(by is None or may_keep_offices(by), "管理签章证书", "系统管理员")


def _put(office: Regulator, pair: KeyPair, event: str, *, self_made: bool, by: Actor | None, now: datetime) -> int:
    own = pair.certificate
    _wait_for_turn(office)
    _end_all(office, now)
    made = OfficeCertificate(
        regulator_id=office.id,
        subject=own.subject.rfc4514_string()[:LONGEST_SUBJECT],
        serial=f"{own.serial_number:X}",
        certificate=pair.pem,
        sealed_key=seal(pair.key_der, purpose=PURPOSE, owner=_owner(office.id, pair.pem)),
        valid_from=own.not_valid_before_utc,
        valid_until=own.not_valid_after_utc,
        self_made=self_made,
        loaded_by_id=by.person_id if by is not None else None,
        loaded_at=now,
    )
    db.session.add(made)
    db.session.flush()
    record(office, event, by=by, now=now, certificate=made.id, digest=hashlib.sha256(pair.pem.encode()).hexdigest())
    return made.id


def _wait_for_turn(office: Regulator) -> None:
    """Two loaded at once leave one. Before the new row: its key to the office would stand in the other's way."""
    db.session.execute(select(Regulator.id).where(Regulator.id == office.id).with_for_update())


def _end_all(office: Regulator, now: datetime) -> None:
    running = update(OfficeCertificate).where(
        OfficeCertificate.regulator_id == office.id, OfficeCertificate.ended_at.is_(None)
    )
    db.session.execute(running.values(ended_at=now))


def _owner(office_id: int, chain_pem: str) -> str:
    """For whom a key is sealed: it opens beside no other office's name and no other certificate."""
    return f"{office_id} {hashlib.sha256(chain_pem.encode()).hexdigest()}"


# --- asking ------------------------------------------------------------------------------------------------------


def active_certificate(office_id: int) -> OfficeCertificate | None:
    """With which the office signs now, whether it has run out or not."""
    wanted = select(OfficeCertificate).where(
        OfficeCertificate.regulator_id == office_id, OfficeCertificate.ended_at.is_(None)
    )
    return db.session.scalars(wanted.order_by(OfficeCertificate.id.desc()).limit(1)).first()


def certificates_of(office_id: int) -> Sequence[OfficeCertificate]:
    """The office's certificates, newest first."""
    wanted = select(OfficeCertificate).where(OfficeCertificate.regulator_id == office_id)
    return db.session.scalars(wanted.order_by(OfficeCertificate.id.desc()).limit(SHOWN)).all()


def chain_of(certificate_id: int) -> str:
    """A certificate with its issuers, as PEM."""
    return db.session.get_one(OfficeCertificate, certificate_id).certificate


def opened_key(found: OfficeCertificate) -> bytes:
    """The key as PKCS #8; raises `core.sealing.Unreadable` where it was sealed for another, or by another key."""
    return unseal(found.sealed_key, purpose=PURPOSE, owner=_owner(found.regulator_id, found.certificate))

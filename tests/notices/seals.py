"""A seal service known to the application under test, and what others do while it is waited for."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from flask import Flask

from notices.certificates_reading import make_pair
from notices.pdf_signatures import OpenKey
from tests.receivers import SealService, seal_service

SUBJECT = "重庆市电子印章平台"
Seal = Callable[[bytes], bytes]


def platform_seal(now: datetime) -> Seal:
    """How the service seals: with a key of its own."""
    pair = make_pair(SUBJECT, now=now)
    key = OpenKey(pair.pem, pair.key_der)
    return lambda pdf: key.sign(pdf, name="平台", reason="盖章", at=now)


def known_as(app: Flask, url: str) -> None:
    """From now on papers are sealed there."""
    app.extensions["settings"] = dataclasses.replace(app.extensions["settings"], seal_url=url)


@contextmanager
def sealing(app: Flask, now: datetime) -> Iterator[SealService]:
    """A service that seals, known to the application."""
    with seal_service(platform_seal(now)) as found:
        known_as(app, found.url)
        yield found


def while_waiting(service: SealService, act: Callable[[], object]) -> None:
    """Let somebody else act, in a thread of their own, before the next paper is sealed."""
    seal = service.seal

    def sealed(pdf: bytes) -> bytes:
        service.seal = seal
        act()
        return seal(pdf)

    service.seal = sealed

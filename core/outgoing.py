"""Calls from this server to others: https only, no redirect followed, no address inside the own network.

Whoever types an address for us must not be able to reach what only this server can. So a name is looked up once, every
address found must be a public one, and the call goes to that very address. The one exception is a host that the
operator named in the settings (a relay inside).
"""

from __future__ import annotations

import json
import socket
import ssl
from dataclasses import dataclass
from http.client import HTTPException, HTTPSConnection
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import urlsplit

from core.delivering import NotDelivered

TIMEOUT: Final = 8  # seconds
LONGEST_ANSWER: Final = 64 * 1024


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    body: bytes


class _Straight(HTTPSConnection):
    """A connection to one address, whatever the name may mean by then; the certificate is the name's."""

    def __init__(self, host: str, port: int, address: str, context: ssl.SSLContext) -> None:
        super().__init__(host, port, timeout=TIMEOUT, context=context)
        self._address = address
        self._closed_by = context

    def connect(self) -> None:
        """Go to the address that was looked up and found fit."""
        plain = socket.create_connection((self._address, self.port), TIMEOUT)
        self.sock = self._closed_by.wrap_socket(plain, server_hostname=self.host)


def post_json(url: str, body: dict[str, Any], *, inside: str = "") -> Answer:
    """Send JSON to another server; `inside` is a `host[:port]` that may lie in the own network.

    Raises `NotDelivered` for what must not be called and for whoever does not answer in time.
    """
    parts = urlsplit(url)
    if parts.scheme != "https" or not parts.hostname:
        raise NotDelivered("只向 https 地址发送", is_final=True)
    port, target = parts.port or 443, f"{parts.path or '/'}{'?' + parts.query if parts.query else ''}"
    try:
        address = _address_of(parts.hostname, port, is_named=bool(inside) and parts.netloc.lower() == inside)
        line = _Straight(parts.hostname, port, address, ssl.create_default_context())
        try:
            sent = json.dumps(body, ensure_ascii=False).encode()
            line.request("POST", target, sent, {"Content-Type": "application/json; charset=utf-8"})
            answer = line.getresponse()
            return Answer(answer.status, answer.read(LONGEST_ANSWER))
        finally:
            line.close()
    except (OSError, HTTPException, UnicodeError) as error:
        raise NotDelivered(f"对方没有应答（{type(error).__name__}）", is_down=True) from error


def _address_of(host: str, port: int, *, is_named: bool) -> str:
    found = [str(row[4][0]) for row in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if not is_named and not all(ip_address(one.partition("%")[0]).is_global for one in found):
        raise NotDelivered("地址指向内部网络，没有发送", is_final=True)
    return found[0]

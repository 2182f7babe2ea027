"""Whoever receives what leaves the house, as real servers on this machine: mail, a group's platform, a seal service."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

# --- mail ------------------------------------------------------------------------------------------------------


@dataclass
class Mailbox:
    """Every letter that was taken. `answer` may refuse one, `before` is called before each is answered."""

    letters: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    answer: str = "250 OK"
    refused: set[str] = field(default_factory=set)
    knows_sender: bool = True
    port: int = 0
    encrypted: list[bool] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    pause: float = 0  # seconds it takes over a letter

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def marks(self) -> list[str]:
        return [str(letter["Message-ID"]) for letter in self.letters]

    async def handle_MAIL(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if not self.knows_sender:
            return "553 not your address"
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802 - the library's name
        self, _server: SMTP, _session: Any, envelope: Envelope, address: str, _options: Any
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Any, envelope: Envelope) -> str:  # noqa: N802
        await asyncio.sleep(self.pause)
        if self.answer.startswith("250"):
            read = message_from_bytes(cast(bytes, envelope.content), policy=policy.default)
            self.letters.append(cast(EmailMessage, read))
            self.to += envelope.rcpt_tos
            self.encrypted.append(session.ssl is not None)
        return self.answer

    def admit(self, _server: SMTP, _session: Any, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append(f"{data.login.decode()}:{data.password.decode()}")
        return AuthResult(success=data.password == b"Yun-2000")


@contextmanager
def mail_server(
    certificate: Certificate | None = None, *, port: int = 0, wants_login: bool = False
) -> Iterator[Mailbox]:
    """A mail server; with a certificate it offers STARTTLS."""
    box = Mailbox()
    more: dict[str, Any] = {}
    if certificate is not None:
        more = {"tls_context": certificate.context(), "require_starttls": True}
    if wants_login:
        more |= {"auth_required": True, "authenticator": box.admit}
    controller = Controller(box, hostname="127.0.0.1", port=port or free_port(), **more)
    controller.start()
    box.port = controller.port
    try:
        yield box
    finally:
        controller.stop()


@contextmanager
def silent_server() -> Iterator[int]:
    """Takes a connection and never says a word."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        yield int(listening.getsockname()[1])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


# --- groups ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Certificate:
    """A self-made one for 127.0.0.1 and localhost."""

    path: Path

    def context(self) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        made.load_cert_chain(self.path)
        return made


def make_certificate(folder: Path) -> Certificate:
    """One that is its own authority; a test trusts it by SSL_CERT_FILE."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = [x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    path = folder / "server.pem"
    path.write_bytes(pem + made.public_bytes(serialization.Encoding.PEM))
    return Certificate(path)


@dataclass
class Platform:
    """Every post a group got: its path, the parameters of its address, its body."""

    port: int = 0
    posts: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)
    status: int = 200
    answer: dict[str, Any] = field(default_factory=lambda: {"errcode": 0, "code": 0})
    leads_to: str = ""

    @property
    def host(self) -> str:
        return f"localhost:{self.port}"

    def said(self) -> list[str]:
        """The words of each post, whatever its form."""
        return [body["text"]["content"] if "text" in body else body["content"]["text"] for _p, _q, body in self.posts]


@contextmanager
def group_platform(certificate: Certificate) -> Iterator[Platform]:
    """A platform of chat groups behind https."""
    platform = Platform()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            parts = urlsplit(self.path)
            asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            platform.posts.append((parts.path, asked, body))
            self.send_response(302 if platform.leads_to else platform.status)
            if platform.leads_to:
                self.send_header("Location", platform.leads_to)
            self.end_headers()
            self.wfile.write(json.dumps(platform.answer).encode())

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = certificate.context().wrap_socket(server.socket, server_side=True)
    platform.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield platform
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


# --- seals -----------------------------------------------------------------------------------------------------


@dataclass
class SealService:
    """What a seal service was sent: its headers and its bytes. `seal` makes the answer, `pause` lets it wait."""

    seal: Callable[[bytes], bytes]
    port: int = 0
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    status: int = 200
    pause: float = 0  # seconds before each tenth of the answer

    @property
    def url(self) -> str:
        return f"http://seal:p%40ss@127.0.0.1:{self.port}/v1/seal?kind=notice"


@contextmanager
def seal_service(seal: Callable[[bytes], bytes]) -> Iterator[SealService]:
    """A server that seals papers."""
    service = SealService(seal)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))
            service.got.append(({**dict(self.headers), "path": self.path}, data))
            sealed = service.seal(data)
            self.send_response(service.status)
            self.end_headers()
            step = len(sealed) // 10 + 1
            with suppress(OSError):  # whoever asked may have gone
                for at in range(0, len(sealed), step):
                    time.sleep(service.pause)
                    self.wfile.write(sealed[at : at + step])

        def log_message(self, *_args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

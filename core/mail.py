"""Letters: plain text in UTF-8 over SMTP, encrypted wherever the server can, never waiting for ever.

`MAIL_URL` is `smtp://` (port 587 or 25, STARTTLS wherever it is offered) or `smtps://` (465). A password is sent over
an encrypted connection only. `?from=` names the sender, `?tls=off` a server inside that speaks no TLS at all.
"""

from __future__ import annotations

import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Final
from urllib.parse import parse_qs, unquote, urlsplit

from core.days import SHANGHAI
from core.delivering import NotDelivered

TIMEOUT: Final = 15  # seconds for each answer
LONGEST_SUBJECT: Final = 120


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. `mark` becomes the Message-ID: the same letter sent twice bears the same."""

    to: str
    subject: str
    text: str
    mark: str
    at: datetime


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where letters are handed in, read from `MAIL_URL`, and the name they bear."""

    host: str
    port: int
    is_smtps: bool
    user: str
    password: str
    sender: str
    domain: str
    plain: bool

    @classmethod
    def of(cls, mail_url: str, public_url: str) -> MailServer:
        """The server of these settings (`MAIL_URL` is set)."""
        parts, domain = urlsplit(mail_url), urlsplit(public_url).hostname or "localhost"
        asked = parse_qs(parts.query)
        user = unquote(parts.username or "")
        is_smtps = parts.scheme == "smtps"
        return cls(
            host=parts.hostname or "localhost",
            port=parts.port or (465 if is_smtps else 587 if user else 25),
            is_smtps=is_smtps,
            user=user,
            password=unquote(parts.password or ""),
            sender=asked.get("from", [user if "@" in user else f"no-reply@{domain}"])[0],
            domain=domain,
            plain=asked.get("tls") == ["off"],
        )

    @contextmanager
    def open(self) -> Iterator[Connection]:
        """A connection for one or several letters; raises `NotDelivered` where the server cannot be reached."""
        line = Connection(self, self._connect())
        try:
            yield line
        finally:
            line.close()

    def _connect(self) -> smtplib.SMTP:
        try:
            return self._greet()
        except (smtplib.SMTPException, OSError) as error:
            raise NotDelivered(f"邮件服务器没有应答（{type(error).__name__}）", is_down=True) from error

    def _greet(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        if self.is_smtps:
            line: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=TIMEOUT, context=context)
        else:
            line = smtplib.SMTP(self.host, self.port, timeout=TIMEOUT)
        try:
            line.ehlo()
            is_closed = self.is_smtps
            if not is_closed and not self.plain and line.has_extn("starttls"):
                line.starttls(context=context)
                line.ehlo()
                is_closed = True
            if self.user:
                if not is_closed and not self.plain:
                    raise NotDelivered("邮件服务器不加密，没有发送密码（MAIL_URL）", is_down=True)
                line.login(self.user, self.password)
        except BaseException:
            line.close()
            raise
        return line


class Connection:
    """An open line to the server."""

    def __init__(self, server: MailServer, line: smtplib.SMTP) -> None:
        self._server = server
        self._line = line

    def send(self, letter: Letter) -> None:
        """Hand one letter in; returns once the server has taken it. Raises `NotDelivered`."""
        try:
            self._line.send_message(message_of(letter, self._server), self._server.sender, [letter.to])
        except smtplib.SMTPRecipientsRefused as error:
            code = next(iter(error.recipients.values()))[0]
            raise NotDelivered(f"收件地址被拒（{code}）", is_final=500 <= code < 600) from error
        except smtplib.SMTPSenderRefused as error:  # refused is who we are, not this letter: the operator can mend it
            raise NotDelivered(f"发件地址被拒（{error.smtp_code}），请核对 MAIL_URL", is_down=True) from error
        except smtplib.SMTPResponseException as error:
            words = f"邮件服务器拒收（{error.smtp_code}）"
            raise NotDelivered(words, is_final=500 <= error.smtp_code < 600) from error
        except (smtplib.SMTPException, OSError) as error:
            raise NotDelivered(f"邮件服务器没有应答（{type(error).__name__}）", is_down=True) from error

    def close(self) -> None:
        """Say goodbye, if anybody listens."""
        with suppress(smtplib.SMTPException, OSError):
            self._line.quit()
        self._line.close()


def message_of(letter: Letter, server: MailServer) -> EmailMessage:
    """The letter as it travels."""
    message = EmailMessage()
    message["From"] = server.sender
    message["To"] = letter.to
    message["Subject"] = " ".join(letter.subject.split())[:LONGEST_SUBJECT]
    message["Date"] = format_datetime(letter.at.astimezone(SHANGHAI))
    message["Message-ID"] = f"<{letter.mark}@{server.domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(letter.text, charset="utf-8")
    return message

"""Letters are handed to a real mail server on this machine, encrypted where it can, and never waited for for ever."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import core.mail
from core.delivering import NotDelivered
from core.mail import Letter, MailServer
from core.settings import BadSetting, load_settings
from tests.receivers import free_port, mail_server, make_certificate, silent_server

PUBLIC = "https://yinhuan.example.cn"
AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
LETTER = Letter("rong@example.cn", "【逾期】綦江-1 已逾期 8 天：䶮山", "正文：䶮山\n", "told.1.2.3", AT)


def send(server: MailServer, letter: Letter = LETTER) -> None:
    with server.open() as line:
        line.send(letter)


def test_a_letter_arrives_as_it_was_written_and_can_be_told_from_another() -> None:
    with mail_server() as box:
        send(MailServer.of(box.url, PUBLIC))
        send(MailServer.of(box.url, PUBLIC))
    letter = box.letters[0]
    assert letter["Subject"] == "【逾期】綦江-1 已逾期 8 天：䶮山"
    assert letter.get_content().replace("\r\n", "\n") == "正文：䶮山\n"
    assert letter["From"] == "no-reply@yinhuan.example.cn"
    assert letter["Auto-Submitted"] == "auto-generated"
    assert letter["Date"].datetime == AT
    assert box.marks == ["<told.1.2.3@yinhuan.example.cn>"] * 2
    assert box.to == ["rong@example.cn"] * 2


def test_several_letters_go_over_one_line() -> None:
    with mail_server() as box, MailServer.of(box.url, PUBLIC).open() as line:
        for _ in range(3):
            line.send(LETTER)
    assert len(box.letters) == 3


def test_a_subject_of_several_lines_makes_no_further_header() -> None:
    with mail_server() as box:
        send(MailServer.of(box.url, PUBLIC), Letter("a@b.cn", "一\r\nBcc: x@y.cn\n二", "正文", "told.1.1.1", AT))
    assert box.letters[0]["Subject"] == "一 Bcc: x@y.cn 二"
    assert box.letters[0]["Bcc"] is None


def test_where_the_server_can_everything_is_encrypted_and_the_password_goes_only_then(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    with mail_server(certificate, wants_login=True) as box:
        send(MailServer.of(f"smtp://office%40example.cn:Yun-2000@localhost:{box.port}", PUBLIC))
    assert box.encrypted == [True]
    assert box.logins == ["office@example.cn:Yun-2000"]
    assert box.letters[0]["From"] == "office@example.cn"


def test_a_certificate_nobody_vouches_for_is_not_taken(tmp_path: Path) -> None:
    certificate = make_certificate(tmp_path)
    with mail_server(certificate) as box, pytest.raises(NotDelivered) as refused:
        send(MailServer.of(f"smtp://localhost:{box.port}", PUBLIC))
    assert refused.value.is_down
    assert not refused.value.is_final
    assert box.letters == []


def test_no_password_goes_over_an_open_line() -> None:
    with mail_server() as box, pytest.raises(NotDelivered, match="没有发送密码"):
        send(MailServer.of(f"smtp://office:Yun-2000@127.0.0.1:{box.port}", PUBLIC))
    assert box.logins == []


def test_the_sender_may_be_named() -> None:
    with mail_server() as box:
        send(MailServer.of(f"{box.url}?from=anquan@example.cn&tls=off", PUBLIC))
    assert box.letters[0]["From"] == "anquan@example.cn"


def test_nobody_there_is_tried_again_later() -> None:
    with pytest.raises(NotDelivered) as refused:
        send(MailServer.of(f"smtp://127.0.0.1:{free_port()}", PUBLIC))
    assert (refused.value.is_down, refused.value.is_final) == (True, False)


def test_a_server_that_never_answers_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.mail, "TIMEOUT", 0.2)
    with silent_server() as port, pytest.raises(NotDelivered) as refused:
        send(MailServer.of(f"smtp://127.0.0.1:{port}", PUBLIC))
    assert (refused.value.is_down, refused.value.is_final) == (True, False)


@pytest.mark.parametrize(("answer", "final"), [("451 try later", False), ("554 spam", True)])
def test_a_refused_letter_is_tried_again_unless_it_is_refused_for_good(answer: str, *, final: bool) -> None:
    with mail_server() as box:
        box.answer = answer
        with pytest.raises(NotDelivered) as refused:
            send(MailServer.of(box.url, PUBLIC))
    assert (refused.value.is_down, refused.value.is_final) == (False, final)


def test_a_sender_the_server_refuses_costs_no_letter() -> None:
    with mail_server() as box:
        box.knows_sender = False
        with pytest.raises(NotDelivered, match="发件地址被拒（553）") as refused:
            send(MailServer.of(box.url, PUBLIC))
    assert (refused.value.is_down, refused.value.is_final) == (True, False)


def test_an_address_that_is_no_mailbox_is_final_and_not_named() -> None:
    with mail_server() as box:
        box.refused.add("rong@example.cn")
        with pytest.raises(NotDelivered) as refused:
            send(MailServer.of(box.url, PUBLIC))
    assert refused.value.is_final
    assert "rong" not in refused.value.reason


@pytest.mark.parametrize("url", ["smtp://mail.cn:no", "smtp://u:a/b@mail.cn", "smtps://mail.cn:99999", "smtp://[::1"])
def test_a_server_that_cannot_be_read_is_said_at_the_start(url: str, tmp_path: Path) -> None:
    with pytest.raises(BadSetting, match="MAIL_URL 的主机或端口读不懂"):
        load_settings(tmp_path, {"MAIL_URL": url})


@pytest.mark.parametrize(
    ("url", "port", "smtps"),
    [("smtp://mail.cn", 25, False), ("smtp://u:p@mail.cn", 587, False), ("smtps://u:p@mail.cn", 465, True)],
)
def test_ports_are_the_usual_ones(url: str, port: int, *, smtps: bool) -> None:
    server = MailServer.of(url, PUBLIC)
    assert (server.port, server.is_smtps, server.domain) == (port, smtps, "yinhuan.example.cn")

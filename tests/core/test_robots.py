"""Posts to groups: each platform's format and signature, checked by a receiver; and no address but the platforms'."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

import core.outgoing
from core.delivering import NotDelivered
from core.outgoing import post_json
from core.refusals import Invalid
from core.robots import LONGEST, Group, RobotKind, check_address, post
from tests.receivers import Platform, group_platform, make_certificate, silent_server

AT = datetime(2026, 11, 16, 2, 0, tzinfo=UTC)
SECRET = "SEC-镕-0f3a"
OWN = {
    RobotKind.WECOM: "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=693axxx6-7aoc",
    RobotKind.DINGTALK: "https://oapi.dingtalk.com/robot/send?access_token=66e0",
    RobotKind.FEISHU: "https://open.feishu.cn/open-apis/bot/v2/hook/2f6b",
}


@pytest.fixture
def platform(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Platform]:
    certificate = make_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
    with group_platform(certificate) as made:
        yield made


def group(platform: Platform, kind: RobotKind, secret: str = "") -> Group:
    return Group(kind, OWN[kind].replace(kind.host, platform.host), secret)


def say(platform: Platform, kind: RobotKind, secret: str = "", text: str = "䶮山：逾期 8 天") -> None:
    post(group(platform, kind, secret), text, now=AT, relay=platform.host)


def test_wecom_gets_its_format_and_is_recognised_by_its_key(platform: Platform) -> None:
    say(platform, RobotKind.WECOM)
    body = {"msgtype": "text", "text": {"content": "䶮山：逾期 8 天"}}
    assert platform.posts == [("/cgi-bin/webhook/send", {"key": "693axxx6-7aoc"}, body)]


def test_dingtalk_is_signed_in_the_address(platform: Platform) -> None:
    say(platform, RobotKind.DINGTALK, SECRET)
    path, asked, body = platform.posts[0]
    stamp = str(int(AT.timestamp() * 1000))
    mac = hmac.new(SECRET.encode(), f"{stamp}\n{SECRET}".encode(), hashlib.sha256)
    assert (path, asked["access_token"], asked["timestamp"]) == ("/robot/send", "66e0", stamp)
    assert asked["sign"] == b64encode(mac.digest()).decode()
    assert body == {"msgtype": "text", "text": {"content": "䶮山：逾期 8 天"}}


def test_feishu_is_signed_in_the_body(platform: Platform) -> None:
    say(platform, RobotKind.FEISHU, SECRET)
    path, asked, body = platform.posts[0]
    stamp = str(int(AT.timestamp()))
    mac = hmac.new(f"{stamp}\n{SECRET}".encode(), b"", hashlib.sha256)
    assert (path, asked) == ("/open-apis/bot/v2/hook/2f6b", {})
    assert (body["timestamp"], body["sign"]) == (stamp, b64encode(mac.digest()).decode())
    assert (body["msg_type"], body["content"]) == ("text", {"text": "䶮山：逾期 8 天"})


def test_feishu_without_a_secret_is_not_signed(platform: Platform) -> None:
    say(platform, RobotKind.FEISHU)
    assert set(platform.posts[0][2]) == {"msg_type", "content"}


def test_a_long_text_is_cut(platform: Platform) -> None:
    say(platform, RobotKind.WECOM, text="䶮" * 5000)
    content = platform.said()[0]
    assert (len(content), content[-1]) == (LONGEST, "…")
    assert len(content.encode()) <= 2048


@pytest.mark.parametrize(
    ("kind", "answer", "words"),
    [
        (RobotKind.WECOM, {"errcode": 93000, "errmsg": "invalid webhook url"}, "errcode 93000"),
        (RobotKind.DINGTALK, {"errcode": 310000, "errmsg": "sign not match"}, "errcode 310000"),
        (RobotKind.FEISHU, {"code": 19021, "msg": "sign match fail"}, "code 19021"),
    ],
)
def test_what_the_platform_objects_to_is_said(
    platform: Platform, kind: RobotKind, answer: dict[str, object], words: str
) -> None:
    platform.answer = answer
    with pytest.raises(NotDelivered, match=words):
        say(platform, kind, SECRET)


def test_a_redirect_is_not_followed(platform: Platform) -> None:
    platform.leads_to = f"https://{platform.host}/elsewhere"
    with pytest.raises(NotDelivered, match="HTTP 302"):
        say(platform, RobotKind.WECOM)
    assert len(platform.posts) == 1


@pytest.mark.parametrize("kind", list(RobotKind))
def test_the_platforms_own_address_is_taken(kind: RobotKind) -> None:
    check_address(kind, OWN[kind], relay="")


@pytest.mark.parametrize(
    "url",
    [
        "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com.evil.cn/cgi-bin/webhook/send?key=1",
        "https://evil.cn/cgi-bin/webhook/send?key=1",
        "https://user@qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com@evil.cn/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com:8443/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com:99999999/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com/cgi-bin/media/upload?key=1",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1 HTTP/1.1\r\nHost: x",
        "https://127.0.0.1/cgi-bin/webhook/send?key=1",
        "https://[::1]/cgi-bin/webhook/send?key=1",
        "https://[::1/cgi-bin/webhook/send?key=1",
        "https://169.254.169.254/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send/../../media/upload?key=1",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send-to-all?key=1",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1。",
        "file:///etc/passwd",
        "",
    ],
)
def test_no_other_address_is_taken(url: str) -> None:
    with pytest.raises(Invalid, match="整段复制"):
        check_address(RobotKind.WECOM, url, relay="")


@pytest.mark.parametrize("found", ["127.0.0.1", "10.1.2.3", "192.168.0.9", "169.254.169.254", "::1", "fd00::1"])
def test_a_platforms_name_that_leads_inside_is_not_called(monkeypatch: pytest.MonkeyPatch, found: str) -> None:
    rows = [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", (found, 443))]
    monkeypatch.setattr(core.outgoing.socket, "getaddrinfo", lambda *_a, **_k: rows)
    monkeypatch.setattr(core.outgoing.socket, "create_connection", lambda *_a: pytest.fail("it was called"))
    with pytest.raises(NotDelivered, match="内部网络") as refused:
        post_json(OWN[RobotKind.WECOM], {})
    assert refused.value.is_final


def test_only_https_is_spoken() -> None:
    with pytest.raises(NotDelivered, match="https"):
        post_json("http://qyapi.weixin.qq.com/", {})


def test_only_the_relay_that_the_settings_name_may_lie_inside(platform: Platform) -> None:
    with pytest.raises(NotDelivered, match="内部网络"):
        post_json(f"https://{platform.host}/", {}, inside="relay.internal:8443")
    assert platform.posts == []


def test_a_platform_that_never_answers_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core.outgoing, "TIMEOUT", 0.2)
    with silent_server() as port, pytest.raises(NotDelivered, match="没有应答"):
        post_json(f"https://localhost:{port}/", {}, inside=f"localhost:{port}")


def test_a_certificate_nobody_vouches_for_is_not_taken(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    with pytest.raises(NotDelivered, match="没有应答"):
        say(platform, RobotKind.WECOM)
    assert platform.posts == []

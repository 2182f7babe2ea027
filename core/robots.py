"""Robots of chat groups (企业微信, 钉钉, 飞书): their addresses, message formats and signatures.

企业微信 recognises a post by the key in the address; 钉钉 by a time and an HMAC-SHA256 in the address; 飞书 by both in
the body. Sources: the open platforms' pages on 群机器人 / 自定义机器人.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from hmac import digest as hmac_digest
from typing import Any, Final
from urllib.parse import quote_plus, urlsplit

from core.delivering import NotDelivered
from core.outgoing import Answer, post_json
from core.refusals import Invalid

LONGEST: Final = 600  # characters of a post: 企业微信 takes 2,048 bytes


class RobotKind(StrEnum):
    """Which chat a group's robot belongs to; `host` is the only one its address may name."""

    label: str
    host: str

    def __new__(cls, value: str, label: str = "", host: str = "") -> RobotKind:
        member = str.__new__(cls, value)
        member._value_ = value
        member.label = label
        member.host = host
        return member

    WECOM = "wecom", "企业微信", "qyapi.weixin.qq.com"
    DINGTALK = "dingtalk", "钉钉", "oapi.dingtalk.com"
    FEISHU = "feishu", "飞书", "open.feishu.cn"


PATHS: Final[dict[RobotKind, str]] = {
    RobotKind.WECOM: "/cgi-bin/webhook/send",
    RobotKind.DINGTALK: "/robot/send",
    RobotKind.FEISHU: "/open-apis/bot/v2/hook/",
}
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]+")  # what follows the path of 飞书; the others end with theirs


@dataclass(frozen=True, slots=True)
class Group:
    """A group's robot: whose, where, and the secret it is signed with (none for 企业微信)."""

    kind: RobotKind
    url: str
    secret: str = ""


def check_address(kind: RobotKind, url: str, relay: str) -> None:
    """Refuse an address that is not the robot's own: https, its host (or the relay of the settings), its path."""
    wrong = f"{kind.label}机器人的地址应以 https://{kind.host}{PATHS[kind]} 开头。请从群机器人的设置里整段复制。"
    try:
        parts = urlsplit(url)
        place, port = (parts.hostname or "").lower(), parts.port
    except ValueError as error:
        raise Invalid(wrong, fields={"url": wrong}) from error
    own = place == kind.host and port in (None, 443)
    relayed = bool(relay) and parts.netloc.lower() == relay
    plain = parts.username is None and all(32 < ord(c) < 127 for c in url) and not parts.fragment
    if parts.scheme != "https" or not (own or relayed) or not _is_path_of(kind, parts.path) or not plain:
        raise Invalid(wrong, fields={"url": wrong})
    if kind is RobotKind.WECOM and not parts.query.startswith("key="):
        missing = "地址里没有 key。请从群机器人的设置里整段复制。"
        raise Invalid(missing, fields={"url": missing})
    if kind is RobotKind.DINGTALK and not parts.query.startswith("access_token="):
        missing = "地址里没有 access_token。请从群机器人的设置里整段复制。"
        raise Invalid(missing, fields={"url": missing})


def _is_path_of(kind: RobotKind, path: str) -> bool:
    """Whether it is the robot's path to its end: behind a relay inside, no other may be reached by `..`."""
    before, found, rest = path.partition(PATHS[kind])
    if before or not found:
        return False
    return _TOKEN.fullmatch(rest) is not None if kind is RobotKind.FEISHU else not rest


def post(group: Group, text: str, *, now: datetime, relay: str) -> None:
    """Say something in the group; raises `NotDelivered`."""
    check_address(group.kind, group.url, relay)
    url, body = signed(group, text, now)
    answer = post_json(url, body, inside=relay)
    if (trouble := trouble_of(group.kind, answer)) is not None:
        raise NotDelivered(f"{group.kind.label}没有接收（{trouble}）")


def signed(group: Group, text: str, now: datetime) -> tuple[str, dict[str, Any]]:
    """The address and the body of a post at this moment."""
    said = text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
    if group.kind is RobotKind.FEISHU:
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": said}}
        if group.secret:
            stamp = str(int(now.timestamp()))
            body |= {"timestamp": stamp, "sign": _mac(f"{stamp}\n{group.secret}", "")}
        return group.url, body
    body = {"msgtype": "text", "text": {"content": said}}
    if group.kind is RobotKind.DINGTALK and group.secret:
        stamp = str(int(now.timestamp() * 1000))
        sign = quote_plus(_mac(group.secret, f"{stamp}\n{group.secret}"))
        return f"{group.url}&timestamp={stamp}&sign={sign}", body
    return group.url, body


def _mac(key: str, said: str) -> str:
    return b64encode(hmac_digest(key.encode(), said.encode(), sha256)).decode()


def trouble_of(kind: RobotKind, answer: Answer) -> str | None:
    """What the group's platform objects to, by its own number; None where it took the post."""
    if answer.status != 200:
        return f"HTTP {answer.status}"
    try:
        said = json.loads(answer.body)
    except ValueError:
        return "回答不是 JSON"
    name = "code" if kind is RobotKind.FEISHU else "errcode"
    code = said.get(name, said.get("StatusCode")) if isinstance(said, dict) else None
    return None if code == 0 else f"{name} {code!s:.20}"

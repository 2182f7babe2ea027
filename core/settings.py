"""Settings from the environment or `instance/settings.toml`, checked at start; secrets made once and kept.

The table of settings in docs/settings.md is made from `SETTINGS`. Secrets that nobody set are made at the first
start and kept in `instance/`, readable by the owner only; `CHAIN_KEY` must never change afterwards.
"""

from __future__ import annotations

import os
import re
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from core.refusals import Refusal


class BadSetting(Refusal):
    """A setting cannot be used; the server does not start with it."""


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting: name, start value, what it is for."""

    name: str
    start: str
    purpose: str


SETTINGS: tuple[SettingRow, ...] = (
    SettingRow("DATABASE_URL", "sqlite:///instance/hazards.db", "数据库；postgresql+psycopg://用户:密码@主机/库"),
    SettingRow("REDIS_URL", "", "后台任务与限流用的 Redis；不设则用本机文件"),
    SettingRow("STORAGE_URL", "file:instance/files", "照片和文件存放处（file:目录）"),
    SettingRow("SECRET_KEY", "（首次启动时生成）", "登录会话的密钥，不少于 32 个字符"),
    SettingRow("CHAIN_KEY", "（首次启动时生成）", "经过链的密钥，64 位十六进制；一经使用不能更换"),
    SettingRow("PUBLIC_URL", "http://127.0.0.1:8000", "对外网址，用于二维码和核验链接"),
    SettingRow("HOST", "127.0.0.1", "监听地址"),
    SettingRow("PORT", "8000", "监听端口"),
    SettingRow("TRUSTED_PROXIES", "0", "前面有几层反向代理（决定信任几层 X-Forwarded-For）"),
    SettingRow(
        "MAIL_URL",
        "",
        "发邮件的服务器 smtp://用户:密码@主机:端口（能加密就加密）或 smtps://…；?from=发件地址；"
        "内网服务器不支持加密的加 tls=off；不设则不发邮件",
    ),
    SettingRow(
        "ROBOT_RELAY",
        "",
        "群机器人经内网转发时，转发服务器的 主机[:端口]（https）；不设则只向企业微信、钉钉、飞书自己的地址发送",
    ),
    SettingRow(
        "SEAL_URL",
        "",
        "外部电子签章系统的地址 http(s)://用户:密码@主机/路径：签发文书时把 PDF 发给它盖章，须在 10 秒内送回；"
        "不设则用各单位自己的签章证书（接口见 notices/seal_service.py）",
    ),
    SettingRow("CHAIN_HASH", "sha256", "经过链的摘要算法：sha256 或 sm3；一经使用不能更换"),
    SettingRow(
        "SECOND_FACTOR",
        "optional",
        "动态口令：optional 自愿；signers 会签重大隐患的人和三种管理员必须；everybody 人人必须（等保三级用后两种）",
    ),
)


# who must have a second factor; everybody may
SECOND_FACTORS = ("optional", "signers", "everybody")


@dataclass(frozen=True, slots=True)
class Settings:
    """The checked values."""

    instance: Path
    database_url: str
    redis_url: str
    storage: Path
    secret_key: str
    chain_key: bytes
    chain_hash: str
    public_url: str
    host: str
    port: int
    trusted_proxies: int
    mail_url: str
    robot_relay: str
    seal_url: str
    second_factor: str

    @property
    def is_https(self) -> bool:
        """Whether people reach it over HTTPS, so that cookies are marked secure."""
        return self.public_url.startswith("https://")


def load_settings(instance: Path, environment: Mapping[str, str] | None = None) -> Settings:
    """Read, complete and check all settings; `BadSetting` says which one is wrong and what it should be."""
    instance.mkdir(parents=True, exist_ok=True)
    given = _read_file(instance / "settings.toml") | {
        row.name: value for row in SETTINGS if (value := (environment or os.environ).get(row.name))
    }
    return Settings(
        instance=instance,
        database_url=_database(given.get("DATABASE_URL", ""), instance),
        redis_url=_scheme("REDIS_URL", given.get("REDIS_URL", ""), ("redis", "rediss", "unix")),
        storage=_storage(given.get("STORAGE_URL", ""), instance),
        secret_key=_secret_key(given.get("SECRET_KEY", ""), instance),
        chain_key=_chain_key(given.get("CHAIN_KEY", ""), instance),
        chain_hash=_one_of("CHAIN_HASH", given.get("CHAIN_HASH", "sha256"), ("sha256", "sm3")),
        public_url=_scheme("PUBLIC_URL", given.get("PUBLIC_URL", "http://127.0.0.1:8000"), ("http", "https")).rstrip(
            "/"
        ),
        host=given.get("HOST", "127.0.0.1"),
        port=_number("PORT", given.get("PORT", "8000"), 1, 65535),
        trusted_proxies=_number("TRUSTED_PROXIES", given.get("TRUSTED_PROXIES", "0"), 0, 10),
        mail_url=_server("MAIL_URL", given.get("MAIL_URL", ""), ("smtp", "smtps")),
        robot_relay=_host("ROBOT_RELAY", given.get("ROBOT_RELAY", "")),
        seal_url=_server("SEAL_URL", given.get("SEAL_URL", ""), ("http", "https")),
        second_factor=_one_of("SECOND_FACTOR", given.get("SECOND_FACTOR", "optional"), SECOND_FACTORS),
    )


def _read_file(path: Path) -> dict[str, str]:
    if not path.exists():
        return {}
    try:
        read = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadSetting(f"设置文件 {path} 读不懂（{error}）。请改正后再启动。") from error
    known = {row.name for row in SETTINGS}
    unknown = sorted(set(read) - known)
    if unknown:
        raise BadSetting(f"设置文件 {path} 里有不认识的设置：{'、'.join(unknown)}。请核对名称。")
    return {name: str(value) for name, value in read.items()}


def _database(url: str, instance: Path) -> str:
    if not url:
        return f"sqlite:///{(instance / 'hazards.db').resolve()}"
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    if not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSetting("DATABASE_URL 只支持 sqlite:///文件 和 postgresql://用户:密码@主机/库。请改正后再启动。")
    return url


def _storage(url: str, instance: Path) -> Path:
    if not url:
        return (instance / "files").resolve()
    if not url.startswith("file:"):
        raise BadSetting("STORAGE_URL 只支持 file:目录。请改正后再启动。")
    return Path(url.removeprefix("file:").removeprefix("//")).resolve()


def _scheme(name: str, url: str, schemes: tuple[str, ...]) -> str:
    if url and urlsplit(url).scheme not in schemes:
        raise BadSetting(f"{name} 应以 {'、'.join(s + '://' for s in schemes)} 开头。请改正后再启动。")
    return url


def _server(name: str, url: str, schemes: tuple[str, ...]) -> str:
    """Its port is read at every letter or paper: one that is none must be said now."""
    try:
        _ = urlsplit(_scheme(name, url, schemes)).port
    except ValueError as error:
        words = "的主机或端口读不懂（密码里的 @ : / # 等符号要写成 %40 %3A %2F %23）"
        raise BadSetting(f"{name} {words}。请改正后再启动。") from error
    return url


def _host(name: str, text: str) -> str:
    if text and not re.fullmatch(r"[a-z0-9.-]+(:[0-9]{1,5})?", text.lower()):
        raise BadSetting(f"{name} 应是 主机 或 主机:端口，不带 https:// 和路径。请改正后再启动。")
    return text.lower()


def _one_of(name: str, value: str, choices: tuple[str, ...]) -> str:
    if value not in choices:
        raise BadSetting(f"{name} 应是 {' 或 '.join(choices)}。请改正后再启动。")
    return value


def _number(name: str, text: str, low: int, high: int) -> int:
    if not text.isdecimal() or not low <= int(text) <= high:
        raise BadSetting(f"{name} 应是 {low} 到 {high} 的整数，现在是“{text}”。请改正后再启动。")
    return int(text)


def _secret_key(given: str, instance: Path) -> str:
    value = given or _kept(instance / "secret_key")
    if len(value) < 32:
        raise BadSetting("SECRET_KEY 不足 32 个字符。请换一个长的随机值，或不设，由系统生成。")
    return value


def _chain_key(given: str, instance: Path) -> bytes:
    value = given or _kept(instance / "chain_key")
    try:
        key = bytes.fromhex(value)
    except ValueError as error:
        raise BadSetting("CHAIN_KEY 应是 64 位十六进制。请改正后再启动。") from error
    if len(key) < 32:
        raise BadSetting("CHAIN_KEY 不足 64 位十六进制。请改正后再启动。")
    return key


def _kept(path: Path) -> str:
    """A secret made once; two starts at the same time agree on the first one's."""
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text("ascii").strip()
    with os.fdopen(handle, "w") as file:
        file.write(secrets.token_hex(32))
    return path.read_text("ascii").strip()
